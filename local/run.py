"""`make run`: the whole path on this machine, from ECS and its events to an API to ask."""

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from ecs_ip.errors import UsageError
from ecs_ip.proxy import Proxy, wait_for_ever
from ecs_ip.recorded import BadLine
from local.api import ApiError
from local.embedded import REGION, embedded_aws
from local.estate.player import SweepError, living_estate
from local.estate.questions import Question
from local.events import UndeliveredError, UnreadableEventsError, read_events, replay
from local.processes import CommandError
from local.sam import MissingToolError, check_tools
from local.stack import Stack, build, deploy
from local.task_map import plain, table

_COMMANDS = Path(sys.executable).parent  # make puts ecs-ip there
_PORT = 8080
_LAST_PORT = 65535
_WIDE = 180  # columns, where no terminal says how many it has
_NAMED = 5  # of what is left out of recordings
_LABEL = 44  # columns that a step's name takes
_FAULTS = (ApiError, BotoCoreError, ClientError, CommandError, SweepError, UndeliveredError)


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C; answers the exit code."""
    options = _options(arguments)
    for name in [name for name in os.environ if name.startswith("AWS")]:
        del os.environ[name]  # nothing here is to find the developer's own account
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        check_tools()
        bad: list[BadLine] = []
        bodies = read_events(options.events, bad.append) if options.events else None
        proxy = Proxy(port=options.port)
    except MissingToolError as error:
        return _complain(f"{error} is missing: install it and try again")
    except UnreadableEventsError as error:
        return _complain(str(error))
    except UsageError as error:  # the text names the port
        return _complain(f"{error}; try another, as in: make run PORT={_PORT + 1000}")
    _warn(bad)
    with proxy:
        try:
            _run(bodies, proxy)
        except _FAULTS as error:
            _complain(str(error))
            return 1
        except KeyboardInterrupt:
            print("Stopped; nothing is left running.")
    return 0


def _run(bodies: list[str] | None, proxy: Proxy) -> None:
    begun = time.monotonic()
    with ExitStack() as ends:
        with _step("Starting the embedded AWS (MiniStack)"):
            aws = ends.enter_context(embedded_aws())
        with _step("Building the functions (sam build)"):
            built = build(aws.folder)
        with _step("Deploying template.yaml (sam deploy)"):
            stack = deploy(aws, built)
        questions = _fill(stack, bodies, ends)
        with _step("Asking for the map"):
            records = list(stack.api.items("/tasks", limit=1000))
        _show(stack, proxy.url, records, questions)
        print(f"Ready after {time.monotonic() - begun:.1f} s. Ctrl-C ends it all.", flush=True)
        proxy.upstream = stack.upstream
        wait_for_ever()


def _fill(stack: Stack, bodies: list[str] | None, ends: ExitStack) -> list[Question]:
    """Put recorded events into the stack, or the estate's; answers what is worth asking then."""
    if bodies is not None:
        with _step(f"Replaying {len(bodies)} events through the queue"):
            replay(stack, bodies)
        return []
    living = ends.enter_context(living_estate(stack))
    with _step("Playing a day of an invented estate") as progress:
        questions = living.play(progress)
    living.go_on(_complain)
    return questions


class _Progress:
    """A step that is being done; on a terminal, how much of it is done already."""

    def __init__(self, what: str) -> None:
        self._label = f"{what:.<{_LABEL}} "
        self._begun = time.monotonic()
        print(self._label, end="", flush=True)

    def __call__(self, share: float) -> None:
        if sys.stdout.isatty():
            print(f"\r{self._label}{share:.0%}", end="", flush=True)

    def end(self, how: str | None = None) -> None:
        """Say how it ended, and how long it took."""
        start = f"\r{self._label}" if sys.stdout.isatty() else ""
        print(start + (how or f"{time.monotonic() - self._begun:.1f} s"), flush=True)


@contextmanager
def _step(what: str) -> Iterator[_Progress]:
    """Say what is being done, and then how long it took."""
    progress = _Progress(what)
    try:
        yield progress
    except KeyboardInterrupt:
        progress.end("stopped")
        raise
    except BaseException:
        progress.end("failed")
        raise
    progress.end()


def _show(
    stack: Stack, url: str, records: Sequence[dict[str, Any]], questions: Sequence[Question]
) -> None:
    """Show the map, what can be asked, and where everything is."""
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    held = sum(record["addressState"] == "held" for record in records)
    what = "an invented estate" if questions else "the events replayed"
    title = f"The map of {what}: {len(records)} live tasks, {held} of which hold an address"
    print()
    console.print(table(records, title, console.width))
    if questions:
        print("Nothing of this is real: ECS is made up, and goes on by itself. All else is as")
        print("deployed: template, functions, queues, table, sweeps.\n")
        _ask(url, questions)
    else:
        _ask_of_records(url, records)
    print(f"Console     {url}/console/")
    print(f"API         {url}  (curl {url}/status)\n")
    _tell_of_aws(stack)


def _ask(url: str, questions: Sequence[Question]) -> None:
    print("Five questions worth asking. For `ecs-ip`, paste this first:")
    _show_path(url)
    for number, question in enumerate(questions, 1):
        print(f"\n  {number}. {question.text}")
        print(f"     {question.command}")
        print(f"     curl '{url}{question.path}'")
    print()


def _show_path(url: str) -> None:
    print(f"  export ECS_IP_URL={url} PATH={shlex.quote(str(_COMMANDS))}:$PATH")


def _ask_of_records(url: str, records: Sequence[dict[str, Any]]) -> None:
    """Show what can be asked of what was replayed."""
    print("What can be asked. For `ecs-ip`, paste this first:")
    _show_path(url)
    asked = [("ecs-ip tasks", "/tasks")]
    for record in [record for record in records if record["privateIpv4Address"]][:1]:
        address, since = record["privateIpv4Address"], record["attachedAt"]
        asked += [
            (f"ecs-ip who {address}", f"/ips/{address}"),
            (f"ecs-ip who {address} --at {since}", f"/ips/{address}?at={since}"),
            (f"ecs-ip history {address}", f"/ips/{address}/history"),
        ]
    for command, path in asked:
        print(f"\n  {command}\n  curl '{url}{path}'")
    print()


def _tell_of_aws(stack: Stack) -> None:
    """Show how to look into the embedded AWS."""
    found = stack.operator.get_credentials()
    if found is None:
        return
    credentials = found.get_frozen_credentials()
    print("The embedded AWS, to paste into a shell (its operator role, for an hour):")
    for name, value in {
        "AWS_ENDPOINT_URL": stack.aws.endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,  # the one that boto3 reads
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token,
    }.items():
        print(f"  export {name}={value}")
    print()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Deploy to an embedded AWS, let an invented estate live, and serve the API.",
    )
    parser.add_argument(
        "--events",
        metavar="FOLDER",
        type=Path,
        default=os.environ.get("EVENTS") or None,
        help="replay a folder of recorded events instead (default: $EVENTS)",
    )
    parser.add_argument(
        "--port",
        type=_port_number,
        default=os.environ.get("PORT") or _PORT,
        help=f"loopback port of the API (default: $PORT, else {_PORT})",
    )
    return parser.parse_args(arguments)


def _port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to {_LAST_PORT})")
    return int(text)


def _warn(bad: Sequence[BadLine]) -> None:
    for each in bad[:_NAMED]:
        _complain(f"left out: {plain(str(each))}")
    if more := bad[_NAMED:]:
        _complain(f"left out: {len(more)} more that are no events")


def _complain(text: str) -> int:
    print(f"make run: {text}", file=sys.stderr, flush=True)
    return 2


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal calls it
    """End, once: a second Ctrl-C is not to cut the ending short."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    os.write(sys.stdout.fileno(), b"\nStopping...\n")  # print is not to be called in a handler
    raise KeyboardInterrupt
