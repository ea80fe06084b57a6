"""Cursors: read back where they belong, refused everywhere else."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.cursor import from_cursor, part_instant, part_of_key, to_cursor
from core.text.instant import FAR_FUTURE


def as_is(parts: list[str]) -> list[str]:
    return parts


def three(parts: list[str]) -> tuple[str, str, str]:
    one, other, third = parts
    return one, other, third


SCOPE = ["/tasks", {"cluster": ["shop"]}]
POSITION = ["shop", "a1", "arn:aws:ecs:eu-west-1:111122223333:cluster/shop"]


@given(st.lists(st.text(), min_size=1, max_size=4), st.dictionaries(st.text(), st.lists(st.text())))
def test_a_position_is_read_back_in_its_scope(position: list[str], scope: object) -> None:
    cursor = to_cursor(position, scope)
    assert from_cursor(cursor, scope, as_is) == position


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_cursor_is_safe_in_a_url(position: list[str]) -> None:
    assert to_cursor(position, SCOPE).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "scope",
    [
        ["/enis", {"cluster": ["shop"]}],
        ["/tasks", {"cluster": ["shop"], "service": ["web"]}],
        ["/tasks", {"cluster": ["other"]}],
        ["/tasks", {}],
        None,
    ],
)
def test_a_cursor_is_refused_in_another_scope(scope: object) -> None:
    with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
        from_cursor(to_cursor(POSITION, SCOPE), scope, three)


def test_the_order_of_filters_does_not_matter() -> None:
    cursor = to_cursor(POSITION, {"a": 1, "b": 2})
    assert from_cursor(cursor, {"b": 2, "a": 1}, as_is) == POSITION


def test_a_cursor_changed_in_any_character_is_refused() -> None:
    cursor = to_cursor(POSITION, SCOPE)
    for at, character in enumerate(cursor):
        changed = cursor[:at] + ("A" if character != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
            from_cursor(changed, SCOPE, three)


OURS = to_cursor(POSITION, SCOPE)


@pytest.mark.parametrize(
    "cursor",
    [
        *(OURS + "=", OURS + "\n", OURS + "!", OURS + "AAAA", OURS[:-4], OURS[4:], OURS[:12]),
        *("", "A", "ü", "null", urlsafe_b64encode(b'["shop","a1","b"]').decode()),
    ],
)
def test_a_cursor_that_we_did_not_write_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
        from_cursor(cursor, SCOPE, three)


def test_a_cursor_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
        from_cursor(to_cursor(["shop", "a1"], SCOPE), SCOPE, three)


@pytest.mark.parametrize("reason", ["", "of any kind"])
def test_what_the_reader_of_a_position_refuses_is_refused_in_the_same_words(reason: str) -> None:
    def refuse(parts: list[str]) -> str:
        raise ValueError(reason or parts[0])

    with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
        from_cursor(to_cursor(POSITION, SCOPE), SCOPE, refuse)


@pytest.mark.parametrize("text", ["a", "subnet-a#1795176000000#a1", "~", " ", "a" * 900])
def test_a_part_can_be_a_key(text: str) -> None:
    assert part_of_key(text) == text


@pytest.mark.parametrize("text", ["", "a" * 901, "a\x00", "é", "a\nb", "\ud800", "\x7f"])
def test_a_part_that_no_key_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        part_of_key(text)


def test_a_part_can_be_an_instant() -> None:
    assert [part_instant(text) for text in ("0", "007", str(FAR_FUTURE))] == [0, 7, FAR_FUTURE]


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", " 1", "1 ", "1" * 14, "9" * 5_000, "٣", "²", "a"]
)
def test_a_part_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="instant"):
        part_instant(text)


@given(st.text())
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a cursor of this request$"):
        from_cursor(text, SCOPE, three)
