"""Instants: every form that ECS, boto3 and people write them in, and the one form we write."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.instant import (
    DAY,
    FAR_FUTURE,
    from_datetime,
    from_epoch,
    from_parameter,
    from_text,
    to_text,
)

SECOND_OF_MAY = 1_683_037_174_000  # 2023-05-02T14:19:34Z


@pytest.mark.parametrize(
    "text, milliseconds",
    [
        ("2023-05-02T14:19:34Z", 0),
        ("2023-05-02T14:19:34.52Z", 520),
        ("2023-05-02T14:19:34.8Z", 800),
        ("2023-05-02T14:19:34.007Z", 7),
        ("2023-05-02T14:19:34.000Z", 0),
        ("2023-05-02t14:19:34z", 0),
        ("2023-05-02 14:19:34Z", 0),
        ("2023-05-02T23:19:34+09:00", 0),
        ("2023-05-02T23:19:34.25+09:00", 250),
        ("2023-05-02T09:49:34-04:30", 0),
        ("2023-05-02T14:19:34-00:00", 0),
    ],
)
def test_rfc_3339_text_is_read_with_any_fraction_and_offset(text: str, milliseconds: int) -> None:
    assert from_text(text) == SECOND_OF_MAY + milliseconds


@pytest.mark.parametrize("digits", ["9999", "99999", "999999", "999999999", "9994999999999"])
def test_digits_past_the_millisecond_are_dropped_not_rounded(digits: str) -> None:
    assert from_text(f"2023-05-02T14:19:34.{digits}Z") == SECOND_OF_MAY + 999


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "now",
        "2023-05-02",
        "2023-05-02T14:19Z",
        "2023-05-02T14:19:34",
        "2023-05-02T14:19:34.Z",
        "2023-05-02T14:19:34+0900",
        "2023-05-02T14:19:34+09",
        "2023-05-02T14:19:34 Z",
        "2023-05-02T14:19:34Z ",
        "2023-05-02T14:19:34Z\n",
        "2023-W18-2T14:19:34Z",
        "20230502T141934Z",
        "+2023-05-02T14:19:34Z",
        "\uff12023-05-02T14:19:34Z",
        "1683037174",
    ],
)
def test_text_that_is_not_rfc_3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an RFC 3339 timestamp"):
        from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2023-05-02T24:00:00Z",
        "2023-05-02T14:60:34Z",
        "2023-05-02T14:19:34+24:00",
        "2023-05-02T14:19:34+00:99",
    ],
)
def test_a_date_or_time_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a real date and time"):
        from_text(text)


def test_a_leap_second_is_refused_because_aws_smears_it() -> None:
    with pytest.raises(ValueError, match="is not a real date and time"):
        from_text("2016-12-31T23:59:60Z")


@pytest.mark.parametrize(
    "text",
    [
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00+00:01",
        "0001-01-01T00:00:00+23:59",
        "2286-11-20T17:46:39.999Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_instants_before_1970_and_after_2286_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not between 1970 and 2286"):
        from_text(text)


def test_a_day_lies_between_two_midnights() -> None:
    assert from_text("2023-05-03T00:00:00Z") - from_text("2023-05-02T00:00:00Z") == DAY


def test_the_first_and_the_last_instant_are_accepted() -> None:
    assert from_text("1970-01-01T00:00:00Z") == 0
    assert from_text("2286-11-20T17:46:39.998Z") == FAR_FUTURE - 1


@pytest.mark.parametrize(
    "seconds, milliseconds",
    [
        (1_683_037_174, 0),
        (1_683_037_174.0, 0),
        (1_683_037_174.52, 520),
        (1_683_037_174.999, 999),
        (1_683_037_174.001, 1),
    ],
)
def test_epoch_seconds_are_read_to_the_millisecond(seconds: float, milliseconds: int) -> None:
    assert from_epoch(seconds) == SECOND_OF_MAY + milliseconds


@pytest.mark.parametrize(
    "seconds", [-1, -0.001, 9_999_999_999.999, 10**400, float("inf"), float("-inf"), float("nan")]
)
def test_epoch_seconds_out_of_range_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="is not between 1970 and 2286"):
        from_epoch(seconds)


def test_a_datetime_of_any_zone_is_read_as_boto3_returns_it() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert from_datetime(datetime(2023, 5, 2, 23, 19, 34, 520_999, tokyo)) == SECOND_OF_MAY + 520
    assert from_datetime(datetime(2023, 5, 2, 14, 19, 34, tzinfo=UTC)) == SECOND_OF_MAY


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        from_datetime(datetime(2023, 5, 2, 14, 19, 34))  # noqa: DTZ001 - that is the point


def test_a_datetime_before_1970_is_refused() -> None:
    with pytest.raises(ValueError, match="is not between 1970 and 2286"):
        from_datetime(datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC))


@pytest.mark.parametrize(
    "text", ["1683037174", "1683037174.0", "2023-05-02T14:19:34Z", "2023-05-02T14:19:34.000+00:00"]
)
def test_a_parameter_is_rfc_3339_or_epoch_seconds(text: str) -> None:
    assert from_parameter(text) == SECOND_OF_MAY


def test_a_parameter_can_be_epoch_milliseconds() -> None:
    assert from_parameter("1683037174000") == SECOND_OF_MAY
    assert from_parameter("1683037174007") == SECOND_OF_MAY + 7
    with pytest.raises(ValueError, match="is not between 1970 and 2286"):
        from_parameter("9999999999999")


@pytest.mark.parametrize(
    "text, lacking",
    [
        ("2026-11-20", "is a date alone; add a time"),
        ("2026-11-20T03:12:00", "has no time zone; add Z, or an offset"),
        ("2026-11-20 03:12", "has no time zone; add Z, or an offset"),
        ("2026-11-20T03:12:00.5", "has no time zone; add Z, or an offset"),
        ("2026-11-20T03:12:00 01:00", "has a blank where its offset begins; in a URL, write + as"),
        ("2026-11-20T03:12Z", "has no seconds"),
        ("2026-11-20T03:12+01:00", "has no seconds"),
        ("2026-11-20T03:12:00+0100", "has an offset that is not of the form +01:00"),
        ("2026-11-20T03:12:00+01", "has an offset that is not of the form +01:00"),
    ],
)
def test_what_is_nearly_an_instant_is_told_what_it_lacks(text: str, lacking: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(lacking)}"):
        from_parameter(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-1", "1e9", "0x10", "1683037174.", ".5", "yesterday", "NaN", "٣"),
        # A digit more than seconds have, or a few less than milliseconds, is a slip.
        *("16830371740", "168303717400", "16830371740000"),
    ],
)
def test_a_parameter_of_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not an RFC 3339 timestamp, nor a number of epoch"):
        from_parameter(text)


@pytest.mark.parametrize(
    "instant, text",
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (SECOND_OF_MAY + 7, "2023-05-02T14:19:34.007Z"),
        (SECOND_OF_MAY + 190, "2023-05-02T14:19:34.190Z"),
        (FAR_FUTURE - 1, "2286-11-20T17:46:39.998Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_exactly_three_fraction_digits(
    instant: int, text: str
) -> None:
    assert to_text(instant) == text


@given(st.integers(0, FAR_FUTURE - 1))
def test_what_is_written_is_read_back(instant: int) -> None:
    assert from_text(to_text(instant)) == instant
    assert from_epoch(instant / 1_000) == instant
    assert from_parameter(f"{instant / 1_000:.3f}") == instant


@given(st.integers(0, FAR_FUTURE - 1), st.integers(0, FAR_FUTURE - 1))
def test_texts_sort_as_the_instants_do(one: int, other: int) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"))
def test_no_text_does_anything_but_be_read_or_be_refused(text: str) -> None:
    try:
        instant = from_text(text)
    except ValueError:
        return
    assert 0 <= instant < FAR_FUTURE
