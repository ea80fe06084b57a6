"""Reads what people type as a time; the clock and the zone are passed in.

A local time that the clocks skipped, or showed twice, has no single meaning. It is an error that
says which instants could be meant. The exception is a time of day without a date, which means the
most recent instant at which the clocks showed it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from ecs_ip.errors import UsageError
from ecs_ip.zones import Zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MILLISECONDS = 10**11  # as seconds, this is the year 5138
_DAYS_LOOKED_BACK = 9  # a time of day is skipped on one day at most, and never on two in a row

_NUMBER = re.compile(r"\d{1,16}(\.\d{1,9})?", re.ASCII)
_AGO = re.compile(r"-?((?:\d{1,9}\s*[a-z]+\s*)+)", re.ASCII)
_PART = re.compile(r"(\d+)\s*([a-z]+)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?", re.ASCII)
_DATED = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]+([\d:.,]+)\s*(z|utc|[+-]\d\d(?::?\d\d)?)?", re.ASCII | re.IGNORECASE
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 604800),
}

FORMS: Final = (
    "write it as 2026-11-22T03:12:00Z, '2026-11-22 03:12', 03:12, 'yesterday 03:12', "
    "'10m ago', -10m, now, or epoch seconds"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC; `zone` is the name of the assumed zone, if any."""

    text: str
    at: datetime
    zone: str | None = None
    now: bool = False

    @property
    def wire(self) -> str:
        """The instant in the API's form."""
        return wire(self.at)


def wire(at: datetime) -> str:
    """Format an instant as RFC 3339 in UTC with three fraction digits."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    whole = _EPOCH + timedelta(seconds=milliseconds // 1000)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def parse(text: str, now: datetime, zone: Zone) -> Moment:
    """Read a time; `now` is aware. Raise UsageError that says what is wrong with the text."""
    stripped = " ".join(text.split()).lower()
    try:
        return _parse(text, stripped, now.astimezone(UTC), zone)
    except OverflowError:
        raise UsageError(f"{text!r} is out of range for a time") from None


def _parse(text: str, stripped: str, now: datetime, zone: Zone) -> Moment:
    if stripped == "now":
        return Moment(text, now, now=True)
    if _NUMBER.fullmatch(stripped):
        return Moment(text, _since_epoch(stripped))
    if (before := _before_now(stripped)) is not None:
        return Moment(text, now - before)
    if dated := _DATED.fullmatch(stripped):
        return _dated(text, dated, zone)
    return _of_the_clock(text, stripped, now, zone)


def _since_epoch(number: str) -> datetime:
    whole, _, fraction = number.partition(".")
    if int(whole) >= _FIRST_MILLISECONDS:
        return _EPOCH + timedelta(milliseconds=int(whole))
    return _EPOCH + timedelta(seconds=int(whole), microseconds=_microseconds(fraction))


def _before_now(stripped: str) -> timedelta | None:
    """Read `10m ago`, `1h 30m ago` or `-10m`."""
    if not stripped.startswith("-") and not stripped.endswith(" ago"):
        return None
    match = _AGO.fullmatch(stripped.removesuffix("ago").strip())
    parts = _PART.findall(match[1]) if match else []
    if not parts or any(unit not in _SECONDS for _, unit in parts):
        return None
    return timedelta(seconds=sum(int(count) * _SECONDS[unit] for count, unit in parts))


def _dated(text: str, match: re.Match[str], zone: Zone) -> Moment:
    day, clock, offset = match.groups()
    shown = datetime.combine(_day(text, day), _time(text, clock))
    if offset:
        return Moment(text, _with_offset(text, shown, offset))
    return Moment(text, _only_instant(text, shown, zone), zone.name)


def _with_offset(text: str, shown: datetime, offset: str) -> datetime:
    if offset in {"z", "utc"}:
        return shown.replace(tzinfo=UTC)
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours >= 24 or minutes >= 60:  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise UsageError(f"{text!r}: there is no offset {offset}")
    return (shown - sign * timedelta(hours=hours, minutes=minutes)).replace(tzinfo=UTC)


def _of_the_clock(text: str, stripped: str, now: datetime, zone: Zone) -> Moment:
    """Read `03:12`, `today 03:12` or `yesterday 03:12`."""
    first, _, rest = stripped.partition(" ")
    today = now.astimezone(zone.rules).date()
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    if first in days and _CLOCK.fullmatch(rest):
        shown = datetime.combine(days[first], _time(text, rest))
        return Moment(text, _only_instant(text, shown, zone), zone.name)
    if _CLOCK.fullmatch(stripped):
        return Moment(text, _most_recent(text, _time(text, stripped), now, zone), zone.name)
    if _DATE.fullmatch(stripped):
        raise UsageError(f"{text!r} is a date alone; add a time, such as '{stripped} 00:00'")
    raise UsageError(f"{text!r} is not a time; {FORMS}")


def _most_recent(text: str, clock: time, now: datetime, zone: Zone) -> datetime:
    today = now.astimezone(zone.rules).date()
    for back in range(-1, _DAYS_LOOKED_BACK):
        shown = datetime.combine(today - timedelta(days=back), clock)
        past = [instant for instant in _instants(shown, zone) if instant <= now]
        if past:
            return max(past)
    raise UsageError(f"{text!r} is a time that the clocks in {zone.name} do not show")


def _only_instant(text: str, shown: datetime, zone: Zone) -> datetime:
    instants = sorted(_instants(shown, zone))
    if len(instants) == 1:
        return instants[0]
    if not instants:
        raise UsageError(
            f"{text!r} did not exist in {zone.name}: the clocks skipped it; "
            f"give the time with an offset, such as {shown.isoformat()}Z"
        )
    choices = " or ".join(instant.astimezone(zone.rules).isoformat() for instant in instants)
    raise UsageError(f"{text!r} happened twice in {zone.name}: write {choices}")


def _instants(shown: datetime, zone: Zone) -> Iterator[datetime]:
    """Return each instant, in UTC, at which clocks of the zone show this: none, one or two."""
    seen = set()
    for fold in (0, 1):
        instant = shown.replace(tzinfo=zone.rules, fold=fold).astimezone(UTC)
        back = instant.astimezone(zone.rules).replace(tzinfo=None, fold=0)
        if back == shown and instant not in seen:
            seen.add(instant)
            yield instant


def _day(text: str, day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{text!r}: there is no day {day}") from None


def _time(text: str, clock: str) -> time:
    match = _CLOCK.fullmatch(clock)
    if not match:
        raise UsageError(f"{text!r}: {clock} is no time of day; write it as 03:12 or 03:12:45")
    hour, minute, second, fraction = match.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), _microseconds(fraction or ""))
    except ValueError:
        raise UsageError(f"{text!r}: there is no time of day {clock}") from None


def _microseconds(fraction: str) -> int:
    return int(fraction[:6].ljust(6, "0"))


def wire_now() -> str:
    """Return the present instant in the API's form."""
    return wire(datetime.now(UTC))
