"""The estates that the console's tests look at: a small one with everything, and others."""

import time

from tests.console.world import DAY, HOUR, MINUTE, Record, World, instant, usable

SMALL = "subnet-0a4"
OTHER = "subnet-0b7"
LARGE = "subnet-0f0"
SIX = "subnet-066"
PAYMENTS_RUNS = 9


def shop() -> World:
    """Return a day in two clusters: reuse, a lost stop, a gap, what is only possible."""
    world = World(now=round(time.time() * 1000))
    world.subnets = [
        subnet(SMALL, "vpc-0main", "eu-west-1a", "10.0.4.0/24"),
        subnet(OTHER, "vpc-0other", "eu-west-1b", "10.0.4.0/25"),
        subnet(LARGE, "vpc-0main", "eu-west-1c", "10.2.0.0/16"),
    ]
    _cover(world)
    _services(world)
    _one_address(world)
    _oddities(world)
    return world


def subnet(subnet_id: str, vpc_id: str, zone: str, cidr: str | None, *sixes: str) -> Record:
    """Return a subnet as GET /subnets shows it, without the numbers that the API counts."""
    return {
        "subnetId": subnet_id,
        "vpcId": vpc_id,
        "availabilityZone": zone,
        "ipv4Cidr": cidr,
        "ipv6Cidrs": list(sixes),
        "usable": usable(cidr) if cidr else None,
    }


def _cover(world: World) -> None:
    gap = {
        "from": instant(world.now - 9 * HOUR),
        "to": instant(world.now - 8 * HOUR),
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
    }
    world.coverage = {
        "from": instant(world.now - 13 * DAY),
        "to": instant(world.now - 6 * MINUTE),
        "gaps": [gap],
    }
    world.status = {
        "lastEventAt": instant(world.now - 40_000),
        "lastReconcile": {
            "startedAt": instant(world.now - 5 * MINUTE),
            "finishedAt": instant(world.now - 5 * MINUTE + 2400),
            "clusters": 2,
            "tasksSeen": 71,
            "missed": 0,
            "repaired": 1,
            "closed": 0,
            "drift": 0,
            "unreadable": 0,
        },
        "version": "0.1.0",
    }


def _services(world: World) -> None:
    """Fill the subnets: services of different sizes, and a deployment of one, hours ago."""
    sizes = {"web": 24, "cart": 9, "search": 12, "payments": 5, "checkout": 7}
    last = 10
    for service, size in sizes.items():
        for index in range(size):
            last += 1 + index % 3
            world.add(service=service, ip=f"10.0.4.{last}", ago=(3 + index) * HOUR)
    for index in range(16):
        world.add(
            cluster="batch", service="invoice", ip=f"10.2.{index * 7}.{20 + index}", subnetId=LARGE
        )
    for index in range(6):
        old = world.add(service="checkout", ip=f"10.0.4.{180 + index}", ago=30 * HOUR)
        world.stop(old, world.now - (20 + 5 * index) * MINUTE)


def _one_address(world: World) -> None:
    """Give 10.0.4.128 a past: reuse within seconds, a lost stop, a crash loop, and another VPC."""
    for run in range(PAYMENTS_RUNS):
        start = 20 * HOUR - run * 20 * MINUTE
        crashed = world.add(service="payments", ip="10.0.4.128", ago=start)
        world.stop(crashed, world.now - start + 17 * MINUTE)
    lost = world.add(service="cart", ip="10.0.4.128", ago=12 * HOUR)
    lost["lastProof"] = instant(world.now - 7 * HOUR)
    lost |= {"live": False, "lastStatus": "RUNNING", "addressState": "released"}
    lost |= {
        "releasedNotBefore": lost["lastProof"],
        "releasedAt": instant(world.now - 5 * HOUR - 30 * MINUTE),
        "releasedAtEstimated": True,
        "missingAt": instant(world.now - 5 * HOUR),
    }
    before = world.add(service="web", ip="10.0.4.128", ago=5 * HOUR)
    world.stop(before, world.now - 2 * HOUR)
    world.add(service="web", ip="10.0.4.128", ago=2 * HOUR + 3000)
    world.add(
        cluster="edge", service="gateway", ip="10.0.4.128", ago=3 * DAY,
        subnetId=OTHER, vpcId="vpc-0other", availabilityZone="eu-west-1b",
    )  # fmt: skip


def _oddities(world: World) -> None:
    """Add what is not a plain Fargate task with an address, and what changed just now."""
    world.add(service="checkout", ago=20_000, lastStatus="PROVISIONING", addressState="pending")
    world.add(service=None, ip="10.0.4.201", ago=4 * MINUTE, startedBy="deploy@example.com")
    world.add(service="metrics", cluster="batch", launchType="EC2", ago=5 * DAY)
    world.add(service="web", ip="10.0.4.203", ipv6Address="2001:db8:4a:600::d815", ago=2 * MINUTE)
    guessed = world.add(service="search", ip="10.0.4.210", ago=50 * MINUTE)
    guessed |= {"attachedAtEstimated": True, "attachedAt": guessed["createdAt"]}
    guessed |= {"attachedNotBefore": guessed["createdAt"]}
    gone = world.add(service="search", ip="10.0.4.205", ago=2 * HOUR)
    world.stop(gone, world.now - 90_000)


def add_six(world: World) -> None:
    """Add a subnet that has IPv6 addresses alone: three held, one just released, one possible."""
    world.subnets.append(subnet(SIX, "vpc-0main", "eu-west-1a", None, "2001:db8:66::/64"))
    for last in range(1, 4):
        world.add(service="mesh", ip=f"2001:db8:66::{last}", subnetId=SIX, ago=2 * last * MINUTE)
    gone = world.add(service="mesh", ip="2001:db8:66::4", subnetId=SIX)
    world.stop(gone, world.now - 10 * MINUTE)
    guessed = world.add(service="relay", ip="2001:db8:66::5", subnetId=SIX)
    guessed |= {"attachedAtEstimated": True, "attachedAt": guessed["createdAt"]}
    guessed |= {"attachedNotBefore": guessed["createdAt"]}


def crowd(size: int) -> World:
    """Return an estate of many tasks, spread over a /16."""
    world = shop()
    fill(world, size)
    return world


def fill(world: World, size: int) -> None:
    """Add many tasks, of forty services, from the beginning of the /16 on."""
    for index in range(size):
        world.add(
            service=f"service-{index % 40}",
            ip=f"10.2.{index // 200}.{10 + index % 200}",
            subnetId=LARGE,
            ago=HOUR + index * 1000,
        )


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "\u202egnp.exe\u202c",
    "line\nbreak\ttab\x00\x1b[31m",
    "n" * 400,
    "=cmd|' /C calc'!A0",
    "${alert(1)}{{7*7}}",
    "javascript:alert(1)",
    "\u200b\u2066\u2028 ' \" & < >",
)


def hostile() -> World:
    """Return an estate whose every free text wants to act on the page."""
    world = shop()
    texts = [
        "startedBy",
        "stoppedReason",
        "stopCode",
        "platformVersion",
        "capacityProviderName",
        "privateDnsName",
        "lastStatus",
    ]
    for index, text in enumerate(HOSTILE):
        record = world.add(
            cluster=text.replace("/", ""), service=text, ip=f"10.0.4.{220 + index}", ago=HOUR
        )
        record |= dict.fromkeys(texts, text)
    return world
