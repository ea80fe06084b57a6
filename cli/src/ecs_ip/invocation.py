"""One run of the command: its options, the API, the clock, and the output."""

import os
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ecs_ip import times, zones
from ecs_ip.api import Api
from ecs_ip.errors import UsageError
from ecs_ip.options import Options
from ecs_ip.output import Output, say
from ecs_ip.times import Moment
from ecs_ip.zones import Zone

if TYPE_CHECKING:
    from ecs_ip.stack import Stack

_URL = "ECS_IP_URL"
_STACK = "ECS_IP_STACK"


class Invocation:
    """What a command works with; nothing is connected before it is used."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.now = datetime.now(UTC)

    @cached_property
    def output(self) -> Output:
        """The output."""
        return Output(self.options)

    @cached_property
    def api(self) -> Api:
        """The API, asked one question at a time."""
        return self.api_for(1)

    def api_for(self, connections: int) -> Api:
        """Return the API, for this many threads at once."""
        if self.url:
            return Api(self.url, connections=connections)
        return Api(self.stack.api_url, self.stack.signer, connections=connections)

    @property
    def url(self) -> str | None:
        """The URL of an API that needs no signature; None if a stack is asked."""
        if self.options.url or self.options.stack:
            return self.options.url
        return os.environ.get(_URL) or None

    @property
    def names_stack(self) -> bool:
        """Whether the person named a stack, so that it is not the default one."""
        return bool(self.options.stack or os.environ.get(_STACK))

    @cached_property
    def stack(self) -> "Stack":
        """The stack, whichever way the API is asked."""
        from ecs_ip.stack import DEFAULT_NAME, Stack  # noqa: PLC0415 - boto3 is slow to import

        name = self.options.stack or os.environ.get(_STACK) or DEFAULT_NAME
        return Stack(name, self.options.profile, self.options.region)

    @cached_property
    def zone(self) -> Zone:
        """The zone of times without one."""
        return zones.from_environment(self.options.zone)

    def moment(self, text: str) -> Moment:
        """Read a time, and report which zone was assumed if it has none."""
        moment = times.parse(text, self.now, self.zone)
        if moment.zone:
            say(f"{text} is read in {moment.zone}: {moment.wire}")
        return moment

    def wire(self, text: str | None) -> str | None:
        """Return a time as a query parameter; None (not given, or `now`) leaves it to the API."""
        moment = self.moment(text) if text is not None else None
        return None if moment is None or moment.now else moment.wire

    def window(self, start: str | None, end: str | None) -> dict[str, str | None]:
        """Return the parameters `from` and `to`."""
        first = self.moment(start) if start is not None else None
        last = self.moment(end) if end is not None else None
        if first and first.at >= (last.at if last else self.now):
            until = last.wire if last else "now"
            raise UsageError(f"--from must be before --to: {first.wire} is not before {until}")
        return {
            "from": first.wire if first else None,
            "to": last.wire if last and not last.now else None,
        }
