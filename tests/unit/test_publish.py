"""Function `publish`, from Lambda's events to EventBridge's, on stand-ins for both ends."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pytest

from adapters.bus import ChangeBus
from adapters.dynamodb.items import encode
from core.table.store import Stored, Subnet
from core.table.vpc import KnownVpcs
from core.task.changes import change_between
from core.task.kinds import Newest
from core.task.record import Record, join
from core.text.instant import DAY, HOUR, from_text, to_text
from handlers import publish, wiring
from tests.support.event_bridge import FakeEventBridge, refuses_every_other
from tests.support.event_contract import check, delivered
from tests.support.memory import MemoryStore
from tests.support.samples import EVENTS, read_event

PUBLISHED_AT = from_text("2026-11-06T00:00:00Z")
LIFE = [f"fargate-service-{n}" for n in range(1, 7)]


class Context:
    """What Lambda passes beside the event."""

    function_name = "publish"

    def __init__(self, milliseconds: int = 60_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


@dataclass
class Letters:
    """A dead-letter queue that can be out of order."""

    kept: list[tuple[Any, str]] = field(default_factory=list)
    broken: bool = False

    def put(self, body: str, reason: str) -> None:
        if self.broken:
            raise ConnectionError("no queue")
        self.kept.append((json.loads(body), reason))


class Unreadable(MemoryStore):
    """A table that cannot be read."""

    def subnets(self) -> Mapping[str, Subnet | None]:
        raise ConnectionError("no table")


@dataclass
class Ends:
    """Both ends of the function, and the table beside it."""

    bridge: FakeEventBridge
    letters: Letters
    store: MemoryStore = field(default_factory=MemoryStore)
    pointed_to: list[Mapping[str, Any]] = field(default_factory=list)

    def fetch(self, batch: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        assert batch["startSequenceNumber"] == "100"
        return self.pointed_to

    def told(self) -> list[dict[str, Any]]:
        events = [delivered(entry) for entry in self.bridge.accepted]
        for event in events:
            check(event)
        return events


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Ends:
    made = Ends(FakeEventBridge(), Letters())
    bus = ChangeBus(made.bridge, "the-bus", sleep=lambda _: None)  # type: ignore[arg-type]  # a fake of the one call
    monkeypatch.setattr(wiring, "change_bus", lambda: bus)
    monkeypatch.setattr(wiring, "dead_letters", lambda: made.letters)
    monkeypatch.setattr(wiring, "stream", lambda: made)
    monkeypatch.setattr(wiring, "store", lambda: made.store)
    known = KnownVpcs()
    monkeypatch.setattr(wiring, "known_vpcs", lambda: known)
    monkeypatch.setattr(wiring, "now", lambda: PUBLISHED_AT)
    monkeypatch.setattr(publish.metrics.provider, "namespace", "Test")
    return made


def seen(name: str) -> Record:
    [full] = [known for known in EVENTS if known.startswith(name)]
    return read_event(full).record


def stream_records(records: list[Record], news_at: int = PUBLISHED_AT) -> list[dict[str, Any]]:
    """Write records as the store does, and give what the table's stream tells of it."""
    written: list[dict[str, Any]] = []
    before: Stored | None = None
    for number, record in enumerate(records, start=100):
        joined = join(before.record, record) if before else record
        told = change_between(before.record if before else None, joined) is not None
        revision, sequence = (before.revision, before.sequence) if before else (0, 0)
        after = Stored(joined, revision + 1, sequence + told, news_at=news_at)
        images = {"NewImage": encode(after, 90 * DAY)}
        if before:
            images["OldImage"] = encode(before, 90 * DAY)
        written.append(stream_record(number, images))
        before = after
    return written


def stream_record(number: int, images: dict[str, Any], name: str = "") -> dict[str, Any]:
    keys = {key: next(iter(images.values()))[key] for key in ("taskId", "clusterArn")}
    return {
        "eventID": f"id-{number}",
        "eventName": name or ("MODIFY" if "OldImage" in images else "INSERT"),
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "SequenceNumber": str(number), **images},
    }


def kept(ends: Ends, names: list[str], sequence: int) -> None:
    """Keep the record of observations in the table, as their writes left it."""
    joined = reduce(join, map(seen, names))
    assert list(ends.store.put_many([Stored(joined, 1, sequence)])) == [None]


def message(body: Any, number: int = 1) -> dict[str, Any]:
    return {"messageId": f"message-{number}", "body": json.dumps(body), "eventSource": "aws:sqs"}


def run(records: list[dict[str, Any]], *, milliseconds: int = 60_000) -> list[str]:
    answer = publish.handler({"Records": records}, Context(milliseconds))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_life_in_the_stream_becomes_its_changes_on_the_bus(ends: Ends) -> None:
    assert run(stream_records([seen(name) for name in LIFE])) == []
    told = ends.told()
    assert [event["detail-type"].split()[-1] for event in told] == [
        *("Assigned", "Updated", "Updated", "Updated", "Released")
    ]
    assert [event["detail"]["metadata"]["sequence"] for event in told] == [1, 2, 3, 4, 5]
    assert ends.letters.kept == []


def test_the_metrics_have_the_dimensions_that_the_dashboard_reads(
    ends: Ends, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(stream_records([seen(name) for name in LIFE])) == []
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    ((directive),) = line["_aws"]["CloudWatchMetrics"]
    (dimensions,) = directive["Dimensions"]
    assert "FunctionName" in dimensions
    assert line["FunctionName"] == "publish"
    assert line["Published"] == [len(ends.told())]


def test_a_batch_that_comes_again_tells_the_same_under_the_same_ids(ends: Ends) -> None:
    records = stream_records([seen(name) for name in LIFE])
    run(records)
    run(records)
    ids = [event["detail"]["metadata"]["id"] for event in ends.told()]
    assert ids[:5] == ids[5:]
    assert len(set(ids)) == 5


def test_an_event_tells_the_vpc_that_the_table_knows_of_the_subnet(ends: Ends) -> None:
    running = seen("fargate-service-3")
    ends.store.put_subnets({str(running.interface.subnet_id): Subnet("vpc-1")})
    run(stream_records([running]))
    [event] = ends.told()
    assert event["detail"]["data"]["vpcId"] == "vpc-1"


def test_an_event_does_not_wait_for_a_vpc_that_cannot_be_read(ends: Ends) -> None:
    ends.store = Unreadable()
    assert run(stream_records([seen("fargate-service-3")])) == []
    [event] = ends.told()
    assert event["detail"]["data"]["vpcId"] is None
    assert ends.letters.kept == []


@pytest.mark.parametrize("age, late", [(HOUR, False), (HOUR + 1, True)])
def test_news_of_more_than_an_hour_ago_is_published_as_late(
    ends: Ends, age: int, late: bool
) -> None:
    run(stream_records([seen("fargate-service-3")], news_at=PUBLISHED_AT - age))
    [event] = ends.told()
    assert event["detail"]["metadata"]["late"] is late
    assert event["detail"]["metadata"]["publishedAt"] == "2026-11-06T00:00:00.000Z"


def test_the_ttl_s_removal_of_an_old_record_tells_nothing(ends: Ends) -> None:
    image = stream_records([seen("fargate-service-6")])[0]["dynamodb"]["NewImage"]
    removal = stream_record(1, {"OldImage": image}, "REMOVE")
    removal["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert run([removal]) == []
    assert ends.bridge.calls == []
    assert ends.letters.kept == []


def test_items_that_are_no_task_s_record_tell_nothing(ends: Ends) -> None:
    item = {"taskId": {"S": "#status"}, "clusterArn": {"S": "#last-event"}, "at": {"N": "1"}}
    assert run([stream_record(1, {"NewImage": item})]) == []
    assert ends.bridge.calls == []
    assert ends.letters.kept == []


def test_a_bus_that_refuses_half_of_the_entries_loses_nothing(ends: Ends) -> None:
    ends.bridge.refuses = refuses_every_other()
    run(stream_records([seen(name) for name in LIFE]))
    assert sorted(event["detail"]["metadata"]["sequence"] for event in ends.told()) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert ends.letters.kept == []


def test_what_is_refused_in_the_end_is_kept_whole_and_can_be_sent_again(ends: Ends) -> None:
    ends.bridge.refuses = lambda entry: '"sequence":2' in entry["Detail"]
    assert run(stream_records([seen(name) for name in LIFE])) == []
    assert len(ends.told()) == 4
    [(entry, reason)] = ends.letters.kept
    assert reason == "InternalFailure: try again"
    check(delivered(entry))

    ends.bridge.refuses = lambda _: False
    kept(ends, LIFE, 5)
    assert run([message(entry)]) == []
    assert ends.told()[-1]["detail"]["metadata"]["sequence"] == 2


@pytest.mark.parametrize("after, late", [(HOUR, False), (HOUR + 1, True), (2 * DAY, True)])
def test_what_is_sent_again_later_says_when_and_that_it_is_late(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, after: int, late: bool
) -> None:
    ends.bridge.refuses = lambda _: True
    running = seen("fargate-service-3")._replace(newest=Newest(observed_at=PUBLISHED_AT))
    run(stream_records([running]))
    [(entry, _)] = ends.letters.kept
    ends.bridge.refuses = lambda _: False
    assert list(ends.store.put_many([Stored(running, 1, 1)])) == [None]
    monkeypatch.setattr(wiring, "now", lambda: PUBLISHED_AT + after)
    assert run([message(entry)]) == []
    [event] = ends.told()
    first, again = json.loads(entry["Detail"]), event["detail"]
    assert again["metadata"]["publishedAt"] == to_text(PUBLISHED_AT + after)
    assert again["metadata"]["late"] is late
    assert again["data"] == first["data"]
    moving = {"publishedAt", "late"}
    assert {k: v for k, v in again["metadata"].items() if k not in moving} == {
        k: v for k, v in first["metadata"].items() if k not in moving
    }


def forgeries(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Change an entry as somebody would who may send to the queue."""
    detail = json.loads(entry["Detail"])
    for part, name, value in (
        ("data", "privateIpv4Address", "10.66.6.6"),
        ("data", "subnetId", "subnet-forged"),
        ("data", "networkInterfaceId", "eni-forged"),
        ("data", "taskArn", detail["data"]["taskArn"][:-1] + "x"),
        ("data", "clusterArn", detail["data"]["clusterArn"] + "x"),
        ("metadata", "sequence", 6),
        ("metadata", "sequence", 0),
        ("metadata", "id", "0d9a4b0e-4b5d-5d0a-9d57-2f1a6f0f8a41"),
    ):
        forged = {**detail, part: {**detail[part], name: value}}
        yield {**entry, "Detail": json.dumps(forged)}
    yield {**entry, "DetailType": "Task Address Stolen"}
    yield {**entry, "Source": "aws.ecs"}
    yield {**entry, "EventBusName": "default"}
    yield {**entry, "Resources": ["arn:aws:ecs:eu-west-1:111122223333:task/shop/other"]}
    yield {**entry, "Detail": "{}"}


def test_a_letter_that_is_no_change_of_a_record_is_not_published(ends: Ends) -> None:
    run(stream_records([seen("fargate-service-3")]))
    entry: Any = ends.bridge.accepted[0]
    kept(ends, LIFE, 5)
    assert run([message(entry)]) == []
    published = len(ends.bridge.accepted)
    for forged in forgeries(entry):
        assert run([message(forged)]) == ["message-1"], forged
    assert len(ends.bridge.accepted) == published


def test_a_letter_of_a_task_that_nobody_saw_is_not_published(ends: Ends) -> None:
    [record] = stream_records([seen("fargate-service-3")])
    assert run([message(record)]) == ["message-1"]
    run([record])
    assert run([message(ends.bridge.accepted[0])]) == ["message-1"]
    assert len(ends.bridge.accepted) == 1


def test_a_dead_letter_that_is_refused_again_stays_in_its_queue(ends: Ends) -> None:
    run(stream_records([seen("fargate-service-3")]))
    [entry] = ends.bridge.accepted
    ends.bridge.refuses = lambda _: True
    assert run([message(entry)]) == ["message-1"]
    assert ends.letters.kept == []


@pytest.mark.parametrize("image", ["OldImage", "NewImage"])
def test_an_unreadable_record_is_kept_whole_and_costs_no_other(ends: Ends, image: str) -> None:
    good = stream_records([seen(name) for name in LIFE])
    bad = json.loads(json.dumps(good[1]))
    bad["dynamodb"]["SequenceNumber"] = "99"
    bad["dynamodb"][image]["clusterArn"] = {"S": "nonsense"}
    assert run([good[0], bad, *good[1:]]) == []
    assert len(ends.told()) == 5
    [(letter, reason)] = ends.letters.kept
    assert letter == bad
    assert reason.startswith("ValueError: ")


def test_a_record_that_a_later_release_can_read_is_told_of_when_it_is_sent_back(ends: Ends) -> None:
    [record] = stream_records([seen("fargate-service-3")])
    kept(ends, ["fargate-service-3"], 1)
    assert run([message(record)]) == []
    assert len(ends.told()) == 1


def test_records_that_lambda_gave_up_on_are_fetched_by_the_pointer_it_left(ends: Ends) -> None:
    ends.pointed_to = list(stream_records([seen(name) for name in LIFE]))
    pointer = {"DDBStreamBatchInfo": {"startSequenceNumber": "100", "endSequenceNumber": "105"}}
    assert run([message(pointer)]) == []
    assert len(ends.told()) == 5


def test_a_message_that_is_none_of_these_stays_in_its_queue(ends: Ends) -> None:
    assert run([message({"what": "is this"}, 1), message("nothing", 2)]) == [
        *("message-1", "message-2")
    ]
    assert ends.letters.kept == []


def test_what_cannot_even_be_kept_comes_again(ends: Ends) -> None:
    ends.bridge.refuses = lambda entry: '"sequence":2' in entry["Detail"]
    ends.letters.broken = True
    assert run(stream_records([seen(name) for name in LIFE])) == ["102"]


def test_without_time_left_everything_is_kept_for_later(ends: Ends) -> None:
    assert run(stream_records([seen(name) for name in LIFE]), milliseconds=15_000) == []
    assert ends.bridge.calls == []
    assert len(ends.letters.kept) == 5
