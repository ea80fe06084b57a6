"""Parameters: each read by its type, each fault named, no forged cursor believed."""

import json
from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.cursor import _digest
from core.text.instant import MINUTE, to_text
from tests.support.asking import Inventory, inventory
from tests.support.tasks import NOON, task

__all__ = ["inventory"]

IP = "/ips/10.0.4.128"


@pytest.mark.parametrize(
    "at",
    [
        to_text(NOON),
        *(str(NOON // 1000), f"{NOON // 1000}.000", str(NOON)),
        *("2026-11-20T13:00:00%2B01:00", "2026-11-20t12:00:00z", "2026-11-20%2012:00:00Z"),
        "2026-11-20T06:30:00.0004-05:30",
    ],
)
def test_an_instant_is_a_timestamp_or_epoch_seconds_or_milliseconds(
    inventory: Inventory, at: str
) -> None:
    inventory.put(task("a1", stopped=NOON + MINUTE))
    answer = inventory.get(f"{IP}?at={at}").json
    assert (answer["at"], answer["verdict"]) == (to_text(NOON), "held")


@pytest.mark.parametrize(
    "at, lacks",
    [
        ("2026-11-20", "is a date alone; add a time"),
        ("2026-11-20T12:00:00", "has no time zone; add Z"),
        ("2026-11-20T12:00", "has no time zone; add Z"),
        ("2026-11-20 12:00:00.5", "has no time zone; add Z"),
        ("2026-11-20T12:00:00+01:00", "in a URL, write + as %2B"),
        ("2026-11-20T12:00:00%2B0100", "has an offset that is not of the form +01:00"),
        ("2026-11-20T12:00:00%2B01", "has an offset that is not of the form +01:00"),
        ("2026-11-20T12:00Z", "has no seconds"),
        ("2026-02-30T12:00:00Z", "is not a real date and time"),
        ("2026-11-20T25:00:00Z", "is not a real date and time"),
        ("yesterday", "is not an RFC 3339 timestamp, nor a number of epoch seconds"),
        ("-1", "nor a number of epoch seconds or milliseconds"),
        ("1e9", "nor a number of epoch seconds or milliseconds"),
        ("4000000000", "is in the future"),
        ("99999999999999", "nor a number of epoch seconds or milliseconds"),
        ("\u0662\u0660\u0662\u0666", "nor a number of epoch seconds"),
    ],
)
def test_a_text_that_is_nearly_an_instant_is_told_what_it_lacks(
    inventory: Inventory, at: str, lacks: str
) -> None:
    for target in (f"{IP}?at={at}", f"/tasks?at={at}", f"/addresses?at={at}"):
        assert lacks in inventory.get(target).faults["at"]
    for name in ("from", "to"):
        assert lacks in inventory.get(f"{IP}/history?{name}={at}").faults[name]


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/tasks?limit=1001&cursor=x&colour=red", {"limit", "cursor", "colour"}),
        ("/tasks?limit=0000000001009999999999", {"limit"}),
        ("/tasks?limit=%D9%A3", {"limit"}),
        ("/tasks?limit=1.0", {"limit"}),
        ("/tasks?limit=-1", {"limit"}),
        ("/tasks?limit=", {"limit"}),
        ("/tasks?service=a&service=b", {"service"}),
        ("/tasks?service=a&service=a", {"service"}),
        ("/tasks?Service=a", {"Service"}),
        ("/tasks?=", {""}),
        ("/status?x=1", {"x"}),
        ("/?x=1", {"x"}),
        ("/openapi.json?x=1", {"x"}),
        ("/subnets?x=1", {"x"}),
        ("/tasks/c/t?x=1", {"x"}),
        (f"{IP}/history?to=1", {"to"}),
    ],
)
def test_bad_input_is_a_400_that_names_each_parameter(
    inventory: Inventory, target: str, faults: set[str]
) -> None:
    assert set(inventory.get(target).faults) == faults


def test_a_window_that_ends_before_what_is_kept_is_told_so(inventory: Inventory) -> None:
    answer = inventory.get(f"{IP}/history?to=1")
    assert answer.faults == {"to": "is not after the oldest record that is kept"}


# Cursors

SCOPES = {
    "/tasks": ["/tasks", {}],
    f"/tasks?at={NOON}": ["/tasks", {"at": [str(NOON)]}],
    f"{IP}/history": [f"{IP}/history", {}],
    "/services/shop/web/history": ["/services/shop/web/history", {}],
    "/subnets": ["/subnets", {}],
}


def forged(payload: str, scope: object) -> str:
    """Write a cursor of any content, with the digest that only ours should have."""
    raw = payload.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(_digest(raw, scope) + raw).decode().rstrip("=")


PAYLOADS = [
    *("5", "null", "true", '"a"', "{}", "[]", "[[]]", "[5]", "[null]", "NaN", "", "[", "\x00"),
    *('["a"]', '["a","b"]', '["a","b","c","d","e","f"]', '["1","2","a",5]'),
    "[" * 900,
    f"{'[' * 400}{']' * 400}",
    *(json.dumps([""] * count) for count in range(1, 6)),
    *(json.dumps(["1"] * count) for count in range(1, 6)),
    *(json.dumps(["a\x00b"] * count) for count in range(1, 6)),
    *(json.dumps(["\x00"] * count) for count in range(1, 6)),
    *(json.dumps(["é"] * count) for count in range(1, 6)),
    *(json.dumps(["\ud800"] * count) for count in range(1, 6)),
    *(json.dumps(["9" * 400] * count) for count in range(1, 6)),
    *(json.dumps(["9" * 14] * count) for count in range(1, 6)),
    *(json.dumps(["a" * 901] * count) for count in range(1, 4)),
    *(json.dumps(["1", "2", "-1", "", ""][:count]) for count in range(3, 6)),
    json.dumps(["1", "2", "shop", "\x00"]),
    json.dumps(["1", "2", "", "#"]),
    json.dumps(["1", "2", "", "a#b#c"]),
    json.dumps(["1", "2", "", "no-key"]),
    json.dumps(["shop", "1#a", "a", "arn:aws:ecs:nowhere"]),
    "5" * 5_000,
]


@pytest.mark.parametrize("target", SCOPES)
def test_a_forged_cursor_is_a_400_or_leads_nowhere_and_never_an_error(
    inventory: Inventory, target: str
) -> None:
    inventory.put(task("a1"), task("a2", stopped=NOON + MINUTE))
    joint = "&" if "?" in target else "?"
    for payload in PAYLOADS:
        cursor = quote(forged(payload, SCOPES[target]))
        answer = inventory.get(f"{target}{joint}cursor={cursor}")
        assert answer.status in {200, 400}, payload
        if answer.status == 400:
            assert answer.faults == {"cursor": "is not a cursor of this request"}
    for payload in ("5", "null", "[[]]", "[" * 900, "\x00", json.dumps(["\x00"] * 4), "5" * 5_000):
        cursor = quote(forged(payload, SCOPES[target]))
        assert inventory.get(f"{target}{joint}cursor={cursor}").status == 400


@pytest.mark.parametrize("target", SCOPES)
def test_any_text_as_a_cursor_is_a_400(inventory: Inventory, target: str) -> None:
    joint = "&" if "?" in target else "?"

    @given(st.text(min_size=1).filter(lambda text: text.isprintable()))
    def check(text: str) -> None:
        answer = inventory.get(f"{target}{joint}cursor={quote(text)}")
        assert answer.faults == {"cursor": "is not a cursor of this request"}

    check()
