"""`make run`: the whole path on this machine, from recorded events to an API that curl can ask."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from local.api import ApiError
from local.embedded import embedded_aws
from local.events import UndeliveredError, UnreadableEventsError, read_events, replay
from local.processes import CommandError
from local.proxy import SigningProxy, port_number
from local.sam import MissingToolError, check_tools
from local.stack import build, deploy
from local.task_map import table

_EVENTS = Path(__file__).parents[1] / "events"
_PORT = 8080


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C; answers the exit code."""
    options = _options(arguments)
    for name in [name for name in os.environ if name.startswith("AWS")]:
        del os.environ[name]  # nothing here is to find the developer's own account
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        check_tools()
        bodies = read_events(options.events)
        proxy = SigningProxy(options.port)
    except MissingToolError as error:
        return _complain(f"{error} is missing: install it and try again")
    except UnreadableEventsError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"port {options.port} cannot be used: {error.strerror}")
    with proxy:
        try:
            _run(bodies, proxy)
        except (ApiError, CommandError, UndeliveredError) as error:
            _complain(str(error))
            return 1
        except KeyboardInterrupt:
            print("\nStopped; nothing is left running.")
    return 0


def _run(bodies: list[str], proxy: SigningProxy) -> None:
    begun = time.monotonic()
    with ExitStack() as ends:
        with _step("Starting the embedded AWS (MiniStack)"):
            aws = ends.enter_context(embedded_aws())
        with _step("Building the functions (sam build)"):
            build(aws)
        with _step("Deploying template.yaml (sam deploy)"):
            stack = deploy(aws)
        with _step(f"Replaying {len(bodies)} events through the queue"):
            replay(stack, bodies)
        with _step("Asking for the map"):
            records = list(stack.api.items("/tasks", limit=1000))
        print(f"\n{table(records)}\n")
        _invite(proxy.url, records)
        print(f"Ready after {time.monotonic() - begun:.1f} s. Ctrl-C ends it all.", flush=True)
        proxy.serve(stack.api)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    print(f"{what:.<48} ", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed")
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def _invite(url: str, records: list[dict[str, Any]]) -> None:
    """Show what can be asked, with what was replayed."""
    print(f"The API is on {url}:")
    print(f"  curl {url}/tasks")
    held = [record for record in records if record["privateIpv4Address"]]
    for record in held[:1]:
        print(f"  curl {url}/tasks/{record['cluster']}/{record['taskId']}")
        print(f"  curl {url}/ips/{record['privateIpv4Address']}")
        print(f"  curl '{url}/ips/{record['privateIpv4Address']}?at={record['attachedAt']}'")
    print(f"  curl {url}/status\n")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.run",
        description="Deploy to an embedded AWS, replay recorded events, and serve the API.",
    )
    parser.add_argument(
        "--events",
        metavar="FOLDER",
        type=Path,
        default=os.environ.get("EVENTS") or _EVENTS,
        help="folder of events, one *.json a file (default: $EVENTS, else events/)",
    )
    parser.add_argument(
        "--port",
        type=port_number,
        default=os.environ.get("PORT") or _PORT,
        help=f"loopback port of the API (default: $PORT, else {_PORT})",
    )
    return parser.parse_args(arguments)


def _complain(text: str) -> int:
    print(f"make run: {text}", file=sys.stderr)
    return 2


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal calls it
    """End, once: a second Ctrl-C is not to cut the ending short."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
