"""A task whose end no event told: a newer holder of its address proves that it is over."""

import json
from datetime import UTC, datetime

import pytest

from conftest import Run
from ecs_ip import ends, timeline
from ecs_ip.ends import End
from fake_api import FakeApi, Record, Reply
from samples import ended, record

IP = "10.0.4.1"
NOON = "2026-11-20T12:00:05.000Z"
LATER = "2026-11-20T13:00:00.000Z"
OPEN_ENDED = record(1)
"""Its STOPPED was lost, so it reads as if it still held the address."""


def newer(number: int = 2, at: str = NOON, **fields: object) -> Record:
    """Return a record that took the address over."""
    known = {"privateIpv4Address": IP, "service": "cart", "attachedAt": at}
    return record(number, **{**known, "attachedNotBefore": "2026-11-20T12:00:00.000Z", **fields})


def answer(**lists: list[Record]) -> dict[str, object]:
    empty: dict[str, object] = {"holders": [], "possible": [], "previous": [], "next": []}
    coverage = {"from": "2026-11-10T00:00:00.000Z", "to": "2026-11-25T00:00:00.000Z", "gaps": []}
    return {"ip": IP, "at": NOON, "verdict": "held", "coverage": coverage, **empty, **lists}


def told(ask: Run, api: FakeApi, **lists: list[Record]) -> str:
    api.canned[f"/ips/{IP}"] = answer(**lists)
    return ask("who", IP, "-o", "table").out


def test_a_previous_holder_without_an_end_is_over_by_the_newer_one(ask: Run, api: FakeApi) -> None:
    out = told(ask, api, holders=[newer()], previous=[OPEN_ENDED])
    assert f"until      over by {NOON}, when another task had it" in out
    assert out.count("still held") == 1


def test_a_holder_of_then_is_over_by_the_next_one(ask: Run, api: FakeApi) -> None:
    out = told(ask, api, holders=[OPEN_ENDED], next=[newer()])
    assert f"over by {NOON}" in out
    assert "still held" not in out
    assert "no end is known" in out  # of the next one: who came after it is not told


def test_an_end_that_came_late_gives_way_to_a_newer_proof(ask: Run, api: FakeApi) -> None:
    missing = record(1, releasedNotBefore="2026-11-20T09:00:00.000Z", releasedAt=LATER)
    out = told(ask, api, holders=[newer()], previous=[missing])
    assert f"2026-11-20T09:00:00.000Z at least, over by {NOON}" in out


@pytest.mark.parametrize(
    "other",
    [
        newer(attachedAtEstimated=True),
        newer(subnetId="subnet-0b2"),
        newer(subnetId=None),
        newer(privateIpv4Address="10.0.4.9"),
        newer(at="2026-11-20T07:00:00.000Z"),
    ],
)
def test_what_proves_nothing_ends_nothing(ask: Run, api: FakeApi, other: Record) -> None:
    assert ends.by_records([OPEN_ENDED, other]).get(OPEN_ENDED["taskArn"]) is None
    out = told(ask, api, holders=[other], previous=[OPEN_ENDED])
    assert "over by" not in out.partition("Before")[2]
    assert "no end is known" in out.partition("Before")[2]


def test_of_two_proofs_at_one_instant_the_greater_task_id_is_newer() -> None:
    first, second = record(1), record(2, privateIpv4Address=IP)
    assert list(ends.by_records([second, first])) == [first["taskArn"]]


WINDOW = ("--from", "2026-11-20T08:00:00Z", "--to", "2026-11-20T14:00:00Z")


def spans(of: Record, *parts: tuple[str, str, bool]) -> dict[str, object]:
    listed = [
        {"taskArn": of["taskArn"], "from": begin, "to": end, "certain": certain}
        for begin, end, certain in parts
    ]
    return {"lookup": {}, "verdict": "held", "holders": [], "possible": [], "spans": listed}


def test_the_history_of_an_address_draws_the_old_holder_to_its_last_proof(
    ask: Run, api: FakeApi
) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    proof = "2026-11-20T10:00:00.000Z"
    api.records = [OPEN_ENDED, newer()]
    held = [(NOON, now, True)]
    over = [("2026-11-20T08:00:05.000Z", proof, True), (proof, NOON, False)]
    results = [spans(newer(), *held), spans(OPEN_ENDED, *over)]
    api.canned["/lookups"] = {"results": results, "coverage": api.coverage}
    out = ask("history", IP, *WINDOW, "-o", "table").out
    _, new, old, _ = out.splitlines()
    assert NOON in old
    assert "still held" not in old
    assert proof in old
    assert "█" * 8 + "░" * 9 + "·" * 7 in old
    assert "·" * 16 + "█" * 8 in new
    asked = api.requests[-1].body["lookups"]
    assert asked[1]["from"] == OPEN_ENDED["attachedAt"]
    assert (asked[1]["ip"], asked[1]["subnetId"]) == (IP, "subnet-0a1")


def test_a_service_without_its_newer_neighbours_is_asked_for(ask: Run, api: FakeApi) -> None:
    held = newer(3, service="web", privateIpv4Address="10.0.4.3")
    api.records = [OPEN_ENDED, held, ended(4)]
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    results = [
        spans(OPEN_ENDED, (OPEN_ENDED["attachedAt"], NOON, False)),
        spans(held, (NOON, now, True)),
    ]
    api.canned["/lookups"] = {"results": results, "coverage": api.coverage}
    _, old, new, other, _ = ask("history", "shop/web", *WINDOW, "-o", "table").out.splitlines()
    assert NOON in old
    assert "still held" in new
    assert "2026-11-20T09:30:24.000Z" in other
    assert len(api.requests[-1].body["lookups"]) == 2


def test_what_is_not_answered_is_not_claimed(ask: Run, api: FakeApi) -> None:
    api.records = [OPEN_ENDED]
    error = {"lookup": {}, "error": {"detail": "more than a hundred holders"}}
    api.canned["/lookups"] = {"results": [error], "coverage": api.coverage}
    assert "no end is known" in ask("history", "shop/web", "-o", "table").out
    answered = api.answer

    def refuse(request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return Reply(403) if request.path == "/lookups" else answered(request)

    api.answer = refuse  # type: ignore[method-assign]
    result = ask("history", "shop/web", "-o", "table")
    assert result.code == 0
    assert "no end is known" in result.out
    assert json.loads(ask("history", "shop/web").out)["items"] == [OPEN_ENDED]


@pytest.mark.parametrize(
    "end, drawn",
    [
        (ends.OPEN, "·" * 2 + "█" * 22),
        (ends.UNKNOWN, "·" * 2 + "█" + "░" * 21),
        (End(over="2026-11-20T09:00:00.000Z", is_open=False), "·" * 2 + "█" + "░" + "·" * 20),
    ],
)
def test_nothing_is_drawn_as_certain_beyond_the_last_proof(end: End, drawn: str) -> None:
    first, last = (datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (7, 19))
    cut = record(
        1,
        attachedAt="2026-11-20T08:10:00.000Z",
        attachedNotBefore="2026-11-20T08:05:00.000Z",
    )
    assert timeline.bar(cut, first, last, "utf-8", end) == drawn
