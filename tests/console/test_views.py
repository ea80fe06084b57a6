"""Tests that each view answers its question in plain words, in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.estate import LARGE, SMALL
from tests.console.fake_api import FakeApi
from tests.console.world import DAY, HOUR, MINUTE, Record, World, instant

IP = "10.0.4.128"
COLOURS = """() => [...document.querySelectorAll('.legend li')]
  .map((li) => [li.innerText, li.querySelector('i')?.className])"""
BETWEEN = """() => {
  const boxes = [...document.querySelectorAll('time-line .bar.certain')]
    .map((bar) => bar.getBoundingClientRect()).sort((a, b) => a.left - b.left);
  return boxes[1].left - boxes[0].right;
}"""


def holder(world: World, ip: str = IP, subnet: str = SMALL) -> Record:
    """Return the live task that holds an address."""
    [one] = [
        record
        for record in world.records
        if record["live"] and (record["privateIpv4Address"], record["subnetId"]) == (ip, subnet)
    ]
    return one


def words(page: Page) -> str:
    """Return what the page says first, as one line."""
    text = " ".join(page.locator("main .lead").all_inner_texts())
    return re.sub(r"\s+", " ", text)


def test_the_tasks_view_counts_what_is_there_and_what_changed(visit: Visit, world: World) -> None:
    page = visit("#/tasks")
    live = [record for record in world.records if record["live"]]
    expect(page.locator("main h1")).to_contain_text(f"{len(live)} tasks in 3 clusters now")
    expect(page.locator("main h1")).to_contain_text("In the last 5 minutes, 3 appeared and 1 left.")
    expect(page.locator("data-table table")).to_have_attribute("aria-rowcount", str(len(live) + 1))


def test_what_changed_in_the_last_five_minutes_has_a_list_of_its_own(visit: Visit) -> None:
    page = visit("#/tasks")
    page.get_by_role("button", name="Changed in the last 5 min").click()
    expect(page.locator("data-table tbody tr")).to_have_count(4)
    expect(page.locator("data-table")).to_contain_text("left 1 min 3")
    assert "show=changes" in page.url


def test_searching_narrows_the_table_as_one_types(visit: Visit) -> None:
    page = visit("#/tasks")
    page.keyboard.press("/")
    page.keyboard.type("payments")
    expect(page.locator("data-table tbody tr")).to_have_count(5)
    page.locator("#search").fill("10.0.4.200/29")
    expect(page.locator("data-table tbody tr")).to_have_count(2)
    page.locator("#search").fill("2001:db8:4a::/48 web")
    expect(page.locator("data-table tbody tr")).to_have_count(1)


def test_filters_columns_and_order_are_in_the_address(visit: Visit) -> None:
    page = visit("#/tasks?cluster=batch&sort=-address&columns=address,cluster")
    first = page.locator("data-table tbody tr").first
    expect(first).to_contain_text("10.2.105.35")
    expect(page.locator("data-table th")).to_have_count(2)
    expect(page.locator("data-table th").first).to_have_attribute("aria-sort", "descending")


def test_the_csv_is_what_is_shown(visit: Visit) -> None:
    page = visit("#/tasks?service=payments&columns=address,service,since")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "address,service,since"
    assert len(lines) == 6
    assert all(re.fullmatch(r"10\.0\.4\.\d+,payments,\d{4}-.*Z", line) for line in lines[1:])


def test_an_address_is_told_in_a_sentence(visit: Visit, world: World) -> None:
    page = visit(f"#/ips/{IP}?subnetId={SMALL}")
    task_id = holder(world)["taskId"][:8]
    assert f"{IP} is held by task {task_id}, service web of cluster shop, since" in words(page)
    expect(page.locator(".neighbours")).to_contain_text("Before")


def test_an_address_of_two_networks_has_two_answers(visit: Visit) -> None:
    page = visit(f"#/ips/{IP}")
    assert "service gateway of cluster edge" in words(page)
    assert "service web of cluster shop" in words(page)
    page.get_by_role("button", name="subnet-0b7").click()
    expect(page.locator("main .lead")).to_have_count(1)
    assert "service web" not in words(page)


def test_each_verdict_has_its_words(visit: Visit, world: World) -> None:
    only = f"subnetId={SMALL}"
    cases = {
        6 * HOUR: "may have been task",
        14 * DAY: "Nobody can tell who had",
        4 * DAY: "No ECS task had",
        3 * HOUR: "was held by task",
    }
    for ago, sentence in cases.items():
        page = visit(f"#/ips/{IP}?{only}&at={instant(world.now - ago)}")
        expect(page.locator(".answer")).to_contain_text(sentence)
    page = visit("#/ips/10.0.4.99")
    expect(page.locator(".answer")).to_contain_text("No completed sweep has confirmed it yet")
    page = visit(f"#/ips/10.0.4.99?at={instant(world.now - 8 * HOUR - MINUTE)}")
    expect(page.locator(".answer")).to_contain_text("The instant lies in a gap")


def test_the_time_line_draws_certain_possible_and_unknown(visit: Visit) -> None:
    page = visit(f"#/ips/{IP}?subnetId={SMALL}")
    expect(page.locator("time-line .bar.certain")).to_have_count(12)
    assert page.locator("time-line .bar.possible").count() >= 11
    expect(page.locator("time-line .veil.unknown")).to_have_count(1)
    expect(page.locator("time-line .veil.unconfirmed")).to_have_count(1)
    expect(page.locator("time-line .moment text")).to_contain_text("Held · web")


def test_zooming_in_shows_who_followed_within_seconds(visit: Visit, world: World) -> None:
    page = visit(f"#/ips/{IP}?subnetId={SMALL}&at={instant(world.now - 2 * HOUR)}")
    page.get_by_role("button", name="Show 10 min").click()
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url("**from=*")
    bars = page.locator("time-line .bar.certain")
    expect(bars).to_have_count(2)
    page.wait_for_timeout(1000)
    # The half minute between them can be seen.
    assert page.evaluate(BETWEEN) > 50


def test_a_click_on_the_time_line_asks_about_that_moment(visit: Visit, api: FakeApi) -> None:
    page = visit(f"#/ips/{IP}")
    picture = page.locator("time-line svg").first
    picture.click(position={"x": 300, "y": 12})
    page.wait_for_url("**at=*")
    expect(page.locator(".light")).to_contain_text("Past")
    assert any(request.startswith(f"/ips/{IP}?at=") for request in api.requests)


def test_ten_minutes_ago_is_one_click_away(visit: Visit) -> None:
    page = visit("#/ips/10.0.4.205")
    expect(page.locator(".verdict")).to_contain_text("Unconfirmed")
    page.get_by_role("button", name="10 min ago").click()
    expect(page.locator(".verdict")).to_contain_text("Held")
    assert "was held by task" in words(page)
    page.locator("#at").fill("90s ago")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).not_to_contain_text("Held")


def test_a_time_that_cannot_be_read_says_why(visit: Visit) -> None:
    page = visit("#/tasks")
    for text, why in {
        "2026-01-01": "Add a time of day",
        "soon": "Write a time like",
        "2199-01-01 00:00": "That is in the future",
        "2026-02-31 10:00": "There is no such time",
    }.items():
        page.locator("#at").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator("#at-help")).to_contain_text(why)


def test_a_task_is_told_whole(visit: Visit, world: World) -> None:
    record = holder(world)
    page = visit(f"#/tasks/shop/{record['taskId']}")
    assert "It belongs to service web of cluster shop and holds 10.0.4.128" in words(page)
    expect(page.locator(".facts")).to_contain_text(record["networkInterfaceId"])
    expect(page.locator("time-line .bar")).to_have_count(3)


def test_a_subnet_says_how_full_it_is(visit: Visit) -> None:
    page = visit(f"#/subnets/{SMALL}")
    expect(page.locator(".lead")).to_contain_text("60 of 251 usable addresses, 24%")
    expect(page.locator(".grid .cell.held")).to_have_count(60)
    expect(page.locator(".grid .cell.aws")).to_have_count(5)
    expect(page.locator(".grid .cell.possible")).to_have_count(1)
    expect(page.locator(".grid .cell.released")).to_have_count(7)
    expect(page.locator(".grid .cell.changed")).to_have_count(3)
    expect(page.locator("main")).not_to_contain_text("free")


def test_a_cell_tells_who_has_it(visit: Visit) -> None:
    page = visit(f"#/subnets/{SMALL}")
    page.get_by_role("link", name=f"{IP}, held by web").hover()
    expect(page.locator(".detail")).to_contain_text(f"{IP} is held by task")
    page.get_by_role("link", name="10.0.4.9, no task").hover()
    expect(page.locator(".detail")).to_contain_text("It may belong to an instance")
    page.get_by_role("link", name=f"{IP}, held by web").click()
    expect(page.locator("main h1")).to_contain_text(IP)


def test_the_slider_moves_a_subnet_through_time(visit: Visit) -> None:
    page = visit(f"#/subnets/{SMALL}")
    page.locator("#slide").fill("100")
    expect(page.locator(".lead")).to_contain_text("tasks held")
    expect(page.locator(".light")).to_contain_text("Past")
    page.locator("#slide").fill("240")
    expect(page.locator(".lead")).to_contain_text("Tasks hold")


def test_a_large_subnet_is_drawn_by_24s_that_open(visit: Visit) -> None:
    page = visit(f"#/subnets/{LARGE}")
    expect(page.locator(".tiles li")).to_have_count(256)
    page.get_by_role("link", name="10.2.7 1 held").click()
    expect(page.locator(".grid .cell.held")).to_have_count(1)
    expect(page.locator(".grid .cell")).to_have_count(256)
    assert "block=10.2.7.0" in page.url


def test_the_subnets_are_listed_fullest_first(visit: Visit) -> None:
    page = visit("#/subnets")
    expect(page.locator("data-table tbody tr").first).to_contain_text(SMALL)
    expect(page.locator("data-table tbody tr").last).to_contain_text("under 1%")


def test_a_service_shows_its_tasks_and_addresses_over_time(visit: Visit) -> None:
    page = visit("#/services/shop/payments")
    expect(page.locator(".lead")).to_contain_text("5 tasks with an address now")
    expect(page.locator(".lead")).to_contain_text("14 tasks on 6 addresses")
    expect(page.locator("time-line .bar.certain")).to_have_count(14)
    expect(page.locator("time-line .chart")).to_be_visible()


def test_the_status_says_since_when_answers_can_be_trusted(visit: Visit) -> None:
    page = visit("#/status")
    expect(page.locator("main h1")).to_contain_text("Answers can be trusted since")
    expect(page.locator("main h1")).to_contain_text("except in 1 gap")
    expect(page.locator("main")).to_contain_text("Confirmed by sweeps up to")
    expect(page.locator(".plain-table tbody tr")).to_have_count(1)


def test_the_status_says_how_far_it_lags(visit: Visit) -> None:
    page = visit("#/status")
    [lag] = page.locator(".tiles-of-facts > div").filter(has_text="Lag").all()
    both = r"6 min( \d+ s)?\s+by sweeps,\s+4\d s\s+by events"
    expect(lag).to_contain_text(re.compile(both))


def test_before_the_first_sweep_nothing_is_promised(visit: Visit, world: World) -> None:
    world.coverage = {"from": None, "to": None, "gaps": []}
    world.status = {"lastEventAt": None, "lastReconcile": None, "version": "0.1.0"}
    page = visit("#/status")
    expect(page.locator("main h1")).to_contain_text("No sweep has completed yet")
    expect(page.locator(".tiles-of-facts")).to_contain_text(re.compile("\N{EN DASH}\\s+by sweeps"))
    page = visit("#/ips/10.0.4.99")
    expect(page.locator(".verdict")).to_contain_text("Unknown")


def test_the_map_at_an_instant_says_whether_it_is_whole(visit: Visit, world: World) -> None:
    page = visit(f"#/tasks?at={instant(world.now - 12 * HOUR)}")
    expect(page.locator("main h1")).to_contain_text("there were")
    expect(page.locator(".strip")).to_contain_text("Inside coverage")
    page = visit(f"#/tasks?at={instant(world.now - 20 * DAY)}")
    expect(page.locator(".strip")).to_contain_text("May be incomplete")
    expect(page.locator("main")).to_contain_text("No task is known of that time")


def test_one_box_leads_to_every_view(visit: Visit, world: World) -> None:
    record = holder(world)
    ended = next(one for one in world.records if not one["live"] and one["service"] == "payments")
    page = visit("#/status")
    for text, view in {
        "10.0.4.13": "#/ips/10.0.4.13",
        "2001:db8:4a:600::d815": "#/ips/2001%3Adb8",
        "10.0.4.0/24": "#/tasks?q=10.0.4.0%2F24",
        SMALL: f"#/subnets/{SMALL}",
        record["networkInterfaceId"]: f"#/tasks/shop/{record['taskId']}",
        record["taskArn"]: f"#/tasks/shop/{record['taskId']}",
        ended["taskId"]: f"#/tasks/shop/{ended['taskId']}",
        "invoice": "#/services/batch/invoice",
        "shop/web": "#/services/shop/web",
        "no such thing": "#/tasks?q=no+such+thing",
        f"{IP} 10m ago": f"#/ips/{IP}?at=",
    }.items():
        page.locator("#search").fill(text)
        page.locator("#search").press("Enter")
        page.wait_for_function("start => location.hash.startsWith(start)", arg=view)
        page = visit("#/status")


def test_times_are_shown_in_the_zone_that_is_chosen(visit: Visit) -> None:
    page = visit(f"#/ips/{IP}?at=2026-01-20T12:00:00Z")
    expect(page.locator("#at")).to_have_value("2026-01-20 13:00:00")
    page.get_by_role("button", name="UTC").click()
    expect(page.locator("#at")).to_have_value("2026-01-20 12:00:00")
    assert "zone=utc" in page.url
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("button", name="UTC")).to_have_attribute("aria-pressed", "true")


def test_outside_coverage_a_cell_is_unknown_and_not_without_a_task(
    visit: Visit, world: World
) -> None:
    page = visit(f"#/subnets/{SMALL}?at={instant(world.now - 8 * HOUR - MINUTE)}")
    expect(page.locator(".grid .cell.none")).to_have_count(0)
    assert page.locator(".grid .cell.unknown").count() > 100
    expect(page.locator(".lead")).to_contain_text("of which nobody can tell")
    expect(page.locator(".grid .cell.held").first).to_be_visible()


def test_a_service_keeps_its_colour_while_time_moves(visit: Visit, world: World) -> None:
    page = visit(f"#/subnets/{SMALL}")
    colours = COLOURS
    expect(page.locator(".legend")).to_contain_text("payments")
    before = {text.split()[0]: colour for text, colour in page.evaluate(colours)}
    page.evaluate(f"location.hash = '#/subnets/{SMALL}?at={instant(world.now - 6 * HOUR)}'")
    expect(page.locator(".light")).to_contain_text("Past")
    after = {text.split()[0]: colour for text, colour in page.evaluate(colours)}
    assert len(set(before) & set(after)) > 5
    assert {name: before[name] for name in after if name in before} == {
        name: after[name] for name in after if name in before
    }


def test_the_time_line_is_dragged_and_zoomed_with_the_mouse(visit: Visit) -> None:
    page = visit(f"#/ips/{IP}?subnetId={SMALL}")
    box = page.locator("time-line svg").first.bounding_box()
    assert box
    x, y = box["x"] + 500, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 300, y, steps=5)
    page.mouse.up()
    page.wait_for_url("**from=*")
    assert "at=" not in page.url  # to drag is not to ask about a moment
    dragged = page.locator("time-line .range").inner_text()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(page.locator("time-line .range")).not_to_have_text(dragged)


def test_going_back_leads_to_what_was_searched_for(visit: Visit) -> None:
    page = visit("#/tasks?q=payments")
    expect(page.locator("#search")).to_have_value("payments")
    page.locator("data-table tbody a.ip").first.click()
    expect(page.locator("time-line")).to_be_visible()
    page.go_back()
    expect(page.locator("#search")).to_have_value("payments")
    expect(page.locator("data-table tbody tr")).to_have_count(5)


def test_a_subnet_whose_prefix_is_not_known_lists_what_is(visit: Visit, world: World) -> None:
    facts = ("ipv4Cidr", "ipv6Cidrs", "usable", "vpcId", "availabilityZone")
    world.subnets[0] |= dict.fromkeys(facts)
    page = visit(f"#/subnets/{SMALL}")
    expect(page.locator(".lead")).to_contain_text("Tasks hold 60 addresses here")
    expect(page.locator(".lead")).to_contain_text("and 1 IPv6 address")
    expect(page.locator("main")).to_contain_text("only addresses with a task are listed")
    expect(page.locator("data-table")).to_contain_text("10.0.4.11")


def test_a_task_of_two_accounts_asks_which(visit: Visit, world: World, api: FakeApi) -> None:
    record = holder(world)
    other = record | {"account": "999999999999", "taskArn": "arn:aws:ecs:eu-west-1:999999999999:x"}
    api.conflict = [record, other]
    page = visit(f"#/tasks/shop/{record['taskId']}")
    expect(page.locator("main h1")).to_contain_text("Which one?")
    page.get_by_role("button", name="account 999999999999").click()
    expect(page.locator(".facts")).to_contain_text("999999999999")


def test_a_service_is_shown_at_the_moment_asked_about(visit: Visit, world: World) -> None:
    page = visit(f"#/services/shop/checkout?at={instant(world.now - 25 * HOUR)}")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"it had\s+6 tasks with an address"))
    window = f"from={instant(world.now - 28 * HOUR)}&to={instant(world.now - 26 * HOUR)}"
    page = visit(f"#/services/shop/checkout?{window}")
    expect(page.locator(".lead")).to_contain_text("6 tasks on 6 addresses")
    expect(page.locator(".lead")).not_to_contain_text("now")
