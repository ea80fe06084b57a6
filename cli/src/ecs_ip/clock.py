"""Reads the times of a file: as of one instant, and in one zone, which it says once."""

from datetime import datetime

from ecs_ip import times
from ecs_ip.output import say
from ecs_ip.times import Moment
from ecs_ip.zones import Zone


class Clock:
    """Reads times; `now` is when the run began, also where an interrupted run is continued."""

    def __init__(self, now: datetime, zone: Zone) -> None:
        self.now = now
        self.zone = zone
        self._told = False

    def moment(self, text: str) -> Moment:
        """Read a time; raise UsageError that says what is wrong with the text."""
        moment = times.parse(text, self.now, self.zone)
        if moment.zone and not self._told:
            self._told = True
            say(f"times without a zone are read in {moment.zone}")
        return moment

    def wire(self, text: str) -> str | None:
        """Return a time as the API reads it, None for `now`."""
        moment = self.moment(text)
        return None if moment.now else moment.wire

    def milliseconds(self, text: str) -> int:
        """Return a time in epoch milliseconds."""
        return int(self.moment(text).at.timestamp() * 1000)
