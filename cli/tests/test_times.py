"""What people type as a time, and the instant that it means."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_ip import zones
from ecs_ip.errors import UsageError
from ecs_ip.times import parse, wire

BERLIN = zones.named("Europe/Berlin")
NOW = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)  # 12:00 in Berlin


def read(text: str, now: datetime = NOW) -> str:
    return parse(text, now, BERLIN).wire


@pytest.mark.parametrize(
    "text,instant",
    [
        ("2026-11-22T03:12:45Z", "2026-11-22T03:12:45.000Z"),
        ("2026-11-22t03:12:45.1234567z", "2026-11-22T03:12:45.123Z"),
        ("2026-11-22T03:12:45+05:30", "2026-11-21T21:42:45.000Z"),
        ("2026-11-22 03:12 -0800", "2026-11-22T11:12:00.000Z"),
        ("2026-11-22 03:12 UTC", "2026-11-22T03:12:00.000Z"),
        ("1795000000", "2026-11-18T11:06:40.000Z"),
        ("1795000000.25", "2026-11-18T11:06:40.250Z"),
        ("1795000000123", "2026-11-18T11:06:40.123Z"),
        ("10m ago", "2026-11-26T10:50:00.000Z"),
        ("-10m", "2026-11-26T10:50:00.000Z"),
        ("1h 30m ago", "2026-11-26T09:30:00.000Z"),
        ("-1h30m", "2026-11-26T09:30:00.000Z"),
        ("2 days ago", "2026-11-24T11:00:00.000Z"),
        ("-1w", "2026-11-19T11:00:00.000Z"),
        ("now", "2026-11-26T11:00:00.000Z"),
    ],
)
def test_a_time_that_needs_no_zone(text: str, instant: str) -> None:
    moment = parse(text, NOW, BERLIN)
    assert (moment.wire, moment.zone) == (instant, None)


@pytest.mark.parametrize(
    "text,instant",
    [
        ("2026-11-22 03:12", "2026-11-22T02:12:00.000Z"),
        ("2026-07-22T03:12:30", "2026-07-22T01:12:30.000Z"),
        ("11:59", "2026-11-26T10:59:00.000Z"),
        ("12:00", "2026-11-26T11:00:00.000Z"),
        ("12:01", "2026-11-25T11:01:00.000Z"),
        ("3:12", "2026-11-26T02:12:00.000Z"),
        ("today 03:12", "2026-11-26T02:12:00.000Z"),
        ("Yesterday 03:12", "2026-11-25T02:12:00.000Z"),
        ("yesterday  03:12:45.5", "2026-11-25T02:12:45.500Z"),
    ],
)
def test_a_time_without_a_zone_is_read_in_the_zone_that_is_assumed(text: str, instant: str) -> None:
    moment = parse(text, NOW, BERLIN)
    assert (moment.wire, moment.zone) == (instant, "Europe/Berlin")


@pytest.mark.parametrize(
    "text,said",
    [
        ("2026-11-22", "a date alone"),
        ("2026-11-31 03:12", "no day 2026-11-31"),
        ("2026-11-22 24:12", "no time of day 24:12"),
        ("2026-11-22 03", "no time of day"),
        ("2026-11-22 03:12 +25:00", "no offset"),
        ("tomorrow 03:12", "is not a time"),
        ("10 parsecs ago", "is not a time"),
        ("-10", "is not a time"),
        ("ago", "is not a time"),
        ("", "is not a time"),
        ("٠٣:١٢", "is not a time"),
        ("9999999w ago", "out of range"),
        ("9999999999999999", "out of range"),
        ("0001-01-01 00:00 +05:00", "out of range"),
    ],
)
def test_what_is_no_time_is_an_error_that_says_why(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(text)


def test_a_time_that_the_clocks_skipped_is_an_error() -> None:
    with pytest.raises(UsageError, match="skipped"):
        read("2026-03-29 02:30")


def test_a_time_that_the_clocks_showed_twice_is_an_error_that_names_both() -> None:
    with pytest.raises(UsageError) as raised:
        read("2026-10-25 02:30")
    assert "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00" in str(raised.value)
    assert read("2026-10-25T02:30:00+02:00") == "2026-10-25T00:30:00.000Z"


def test_a_time_of_day_that_was_shown_twice_means_the_most_recent_one() -> None:
    after_both = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert read("02:30", after_both) == "2026-10-25T01:30:00.000Z"
    assert read("02:30", between) == "2026-10-25T00:30:00.000Z"


def test_a_time_of_day_that_was_skipped_today_means_that_of_yesterday() -> None:
    assert read("02:30", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)) == "2026-03-28T01:30:00.000Z"


seconds = st.floats(min_value=315532800, max_value=4102444800)
instants = seconds.map(lambda since_epoch: datetime.fromtimestamp(since_epoch, UTC))


@given(instants)
def test_an_instant_survives_being_written_and_read(at: datetime) -> None:
    assert read(wire(at)) == wire(at)


@given(instants, st.times())
def test_a_time_of_day_is_in_the_past_and_no_later_one_shows_it(
    now: datetime, clock: object
) -> None:
    text = str(clock)[:5]
    at = parse(text, now, BERLIN).at
    assert at <= now
    assert f"{at.astimezone(BERLIN.rules):%H:%M}" == text
    assert now - at < timedelta(hours=49)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        at = parse(text, NOW, BERLIN).at
    except UsageError:
        return
    assert at.tzinfo is UTC


def test_the_zone_of_the_machine_is_tz_or_what_localtime_links_to(tmp_path: Path) -> None:
    (tmp_path / "zoneinfo" / "Asia").mkdir(parents=True)
    target = tmp_path / "zoneinfo" / "Asia" / "Tokyo"
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    localtime = tmp_path / "localtime"
    assert zones.of_machine({"TZ": "America/Lima"}, localtime).name == "America/Lima"
    assert zones.of_machine({}, localtime).name == "Asia/Tokyo"


def test_a_zone_without_a_name_is_what_the_clock_of_the_machine_says(tmp_path: Path) -> None:
    zone = zones.of_machine({"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}, tmp_path / "none")
    assert zone.name == "the machine's time zone"
    summer = parse("2026-07-22 03:12", NOW, zone)
    expected = datetime(2026, 7, 22, 3, 12).astimezone(UTC)
    assert summer.at == expected
    assert parse("11:00", NOW, zone).at <= NOW
