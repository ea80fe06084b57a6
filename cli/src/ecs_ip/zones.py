"""The time zone of times without one: the one that is named, or the machine's."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from ecs_ip.errors import UsageError

_LOCALTIME = Path("/etc/localtime")
_DATABASE = "zoneinfo/"


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone and its name."""

    name: str
    rules: tzinfo


def named(name: str) -> Zone:
    """Return the zone of an IANA name, such as `Europe/Berlin`."""
    try:
        return Zone(name, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f"--zone: {name!r} is no time zone; names look like Europe/Berlin or UTC"
        ) from None


def of_machine(environment: Mapping[str, str], localtime: Path = _LOCALTIME) -> Zone:
    """Return the zone of this machine: `TZ`, else `/etc/localtime`, else what its clock says."""
    for name in (environment.get("TZ", "").removeprefix(":"), _linked(localtime)):
        try:
            return named(name)
        except UsageError:
            continue
    return Zone("the machine's time zone", _OfTheClock())


def from_environment(name: str | None) -> Zone:
    """Return the zone that is named, or the machine's."""
    return named(name) if name else of_machine(os.environ)


def _linked(localtime: Path) -> str:
    """Return the zone's name from the file that the system's link points to."""
    target = str(localtime.resolve())
    return target.partition(_DATABASE)[2] if _DATABASE in target else ""


class _OfTheClock(tzinfo):
    """The zone of the C library, if it has no name (`TZ=CET-1CEST`, Windows)."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        del moment
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        offset = moment.replace(tzinfo=None) - datetime(1970, 1, 1)  # noqa: DTZ001 - both are UTC
        local = datetime.fromtimestamp(offset.total_seconds())  # noqa: DTZ006 - its local time
        return local.replace(tzinfo=self)
