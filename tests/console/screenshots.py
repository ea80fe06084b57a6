"""The pictures of docs/console.md: each view, in a real browser, of a made-up estate."""

from pathlib import Path
from typing import NamedTuple

from tests.console import estate
from tests.console.browser import chromium, looking, window
from tests.console.estate import LARGE, SMALL
from tests.console.fake_api import FakeApi, serving
from tests.console.world import HOUR, MINUTE, World, instant

FOLDER = Path(__file__).parents[2] / "docs/console"


class Picture(NamedTuple):
    """What is photographed, and how."""

    name: str
    route: str
    dark: bool = False
    width: int = 1200
    height: int = 760


def pictures(world: World) -> list[Picture]:
    """Return the pictures; times are relative to the estate's now."""
    reuse = world.now - 2 * HOUR
    [task] = [
        one["taskId"]
        for one in world.records
        if one["privateIpv4Address"] == "10.0.4.128"
        and one["releasedAt"]
        and one["service"] == "web"
    ]
    zoomed = f"from={instant(reuse - 2 * MINUTE)}&to={instant(reuse + 2 * MINUTE)}"
    earlier = instant(world.now - 6 * HOUR)
    only = f"subnetId={SMALL}"
    return [
        Picture("tasks", "#/tasks", height=600),
        Picture("changes", "#/tasks?show=changes", height=420),
        Picture("address", f"#/ips/10.0.4.128?{only}", height=700),
        Picture("possible", f"#/ips/10.0.4.128?{only}&at={earlier}", height=560),
        Picture("reuse", f"#/ips/10.0.4.128?{only}&at={instant(reuse)}&{zoomed}", height=560),
        Picture("task", f"#/tasks/shop/{task}", height=640),
        Picture("subnet", f"#/subnets/{SMALL}", height=740),
        Picture("subnet-dark", f"#/subnets/{SMALL}?at={earlier}", dark=True, height=740),
        Picture("subnet-16", f"#/subnets/{LARGE}", height=800),
        Picture("service", "#/services/shop/checkout", height=760),
        Picture("status", "#/status", height=760),
        Picture("narrow", f"#/ips/10.0.4.128?{only}", width=360, height=740),
    ]  # fmt: skip


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    world = estate.shop()
    estate.fill(world, 6000)
    with serving(FakeApi(world)) as url, chromium() as browser, window(browser) as context:
        for picture in pictures(world):
            size = {"width": picture.width, "height": picture.height}
            with looking(context, url, **size, dark=picture.dark) as page:
                page.goto(f"{url}/console/{picture.route}")
                page.wait_for_selector("main h1:not(.quiet)")
                page.wait_for_timeout(1500)
                path = FOLDER / f"{picture.name}.png"
                page.screenshot(path=path)
                print(f"{path.stat().st_size // 1024:4} KB  {path.name}")


if __name__ == "__main__":
    main()
