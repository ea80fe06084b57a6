"""A command that serves the console with a made-up estate, to look at while working on it."""

import argparse
import contextlib
import threading
import time

from tests.console import estate
from tests.console.fake_api import FakeApi, serving
from tests.console.world import World

PULSE = 4  # seconds between two changes


def main() -> None:
    """Serve until Ctrl-C; now and then a task appears or ends, so that the page lives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=0, help="so many more tasks, in a /16")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--hostile", action="store_true", help="texts that want to act on the page")
    options = parser.parse_args()
    world = estate.hostile() if options.hostile else estate.crowd(options.tasks)
    with serving(FakeApi(world), options.port) as url, contextlib.suppress(KeyboardInterrupt):
        print(f"The console, with an invented estate: {url}/console/")
        _live(world)


def _live(world: World) -> None:
    threading.Thread(target=_clock, args=(world,), daemon=True).start()
    for turn in range(10_000):
        time.sleep(PULSE)
        live = [one for one in world.records if one["live"] and one["service"] == "checkout"]
        if turn % 2 and len(live) > 3:
            world.stop(live[0])
        else:
            world.add(service="checkout", ip=f"10.0.4.{230 + turn % 20}", ago=8000)


def _clock(world: World) -> None:
    while True:
        time.sleep(0.5)
        world.now = round(time.time() * 1000)


if __name__ == "__main__":
    main()
