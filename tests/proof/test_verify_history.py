"""The checker of exported tables: it finds each planted fault, and none where none is."""

import gzip
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.dynamodb.items import encode
from core.table.store import Stored
from core.task.kinds import Facts
from core.task.record import Record, join
from core.text.instant import DAY, SECOND, Instant, to_text
from operations import verify_history
from operations.verify_history import Finding, Interval, Verifier
from tests.proof import driver
from tests.proof.sightings import Task, at

RETENTION = 90 * DAY
NOW = at(30 * 86400)
A = Task(id="a1")
B = Task(id="b2", created=at(90))

type Item = dict[str, Any]


def life_of(task: Task, start: float, end: float | None = None) -> Item:
    """Write the item of a task that held its address for a while."""
    record = task.event(at(start), 2, startedAt=at(start))
    if end is not None:
        record = join(record, task.event(at(end), 5, executionStoppedAt=at(end), stoppedAt=at(end)))
    return item_of(record)


def item_of(record: Record, revision: int = 3, sequence: int = 2) -> Item:
    return encode(Stored(record, revision, sequence), RETENTION)


def findings(items: Iterable[Item], now: Instant = NOW) -> list[Finding]:
    verifier = Verifier(now=now)
    return [*(found for item in items for found in verifier.take(item)), *verifier.finish()]


def kinds(*items: Item) -> set[tuple[str, str]]:
    return {(found.kind, found.task) for found in findings(items)}


def test_nothing_is_found_in_a_sound_table() -> None:
    coverage = {"taskId": {"S": "#coverage"}, "clusterArn": {"S": "c"}}
    assert kinds(life_of(A, 10, 100), life_of(B, 101), coverage) == set()


def test_nothing_is_found_in_the_tables_of_the_made_up_world() -> None:
    records = 0
    for seed in range(20):
        world = driver.run(driver.Run(seed, questions=10))
        table = [encode(stored, RETENTION) for stored in world.service.table.contents().values()]
        assert findings(table, now=world.now) == []
        records += len(table)
    assert records > 100


@pytest.mark.parametrize("end, found", [(160, set()), (161, {("overlap", "shop/a1")})])
def test_two_holders_at_once_are_found_after_a_minute(end: int, found: set[Any]) -> None:
    assert kinds(life_of(B, 100, 400), life_of(A, 10, end)) == found


def test_an_overlap_with_any_earlier_holder_is_found() -> None:
    long, short, late = (Task(id=name) for name in ("long", "short", "late"))
    items = [life_of(long, 10, 900), life_of(short, 20, 30), life_of(late, 500, 600)]
    assert [found.sentence for found in findings(items)] == [
        (
            "10.0.4.128 in subnet-a was held by shop/late too, "
            "from 2026-11-01T00:08:20.000Z until 2026-11-01T00:10:00.000Z"
        )
    ]


def test_a_live_holder_that_another_shadows_is_found() -> None:
    assert kinds(life_of(A, 10), life_of(B, 100, 400)) == {("shadowed", "shop/a1")}
    assert kinds(life_of(A, 10), life_of(B, 100)) == {("shadowed", "shop/a1")}


def test_a_live_holder_that_many_shadow_is_told_of_once() -> None:
    found = findings([life_of(A, 10), life_of(B, 100, 400), life_of(Task(id="c3"), 500, 600)])
    assert [(one.kind, one.task) for one in found] == [("shadowed", "shop/a1")]


def test_both_addresses_of_a_task_are_compared() -> None:
    one = Task(id="a1", ipv4="10.0.4.1", ipv6="2001:db8::7")
    other = Task(id="b2", ipv4="10.0.4.2", ipv6="2001:db8::7")
    assert kinds(life_of(one, 10, 900), life_of(other, 100, 400)) == {("overlap", "shop/a1")}


def test_an_estimated_attachment_does_not_collide() -> None:
    end_alone = A.event(at(900), 5, stoppingAt=at(200), stoppedAt=at(900))
    assert end_alone.attached_at_estimated
    assert kinds(item_of(end_alone), life_of(B, 100, 700)) == set()


@pytest.mark.parametrize(
    "name, bound, proof",
    [
        ("se", 100, "the last event that shows the address {} after stoppedAt"),
        ("sv", 100, "the last view that shows the address {} after stoppedAt"),
        ("ua", 10, "the last sighting without an address {} after startedAt"),
        ("st", 100, "startedAt {} after stoppedAt"),
    ],
)
def test_proofs_may_differ_by_a_minute(name: str, bound: int, proof: str) -> None:
    record = join(A.event(at(10), 2, startedAt=at(10)), A.event(at(100), 5, stoppedAt=at(100)))
    for excess, found in ((60, 0), (60.001, 1)):
        instant = at(bound + excess)
        told = findings([item_of(record) | {name: {"N": str(instant)}}])
        sentence = proof.format(to_text(instant))
        assert sum(sentence in one.sentence for one in told if one.kind == "interval") == found


@dataclass
class Bounded:
    """What the order of instants is checked of."""

    attached_not_before: Instant | None = 2
    attached_at: Instant | None = 3
    released_not_before: Instant | None = 4
    released_at: Instant | None = 5
    facts: Facts = field(default_factory=lambda: Facts(created_at=1))
    addresses: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "name, wrong, before, after",
    [
        ("attached_not_before", 0, "createdAt", "attachedNotBefore"),
        ("attached_not_before", 4, "attachedNotBefore", "attachedAt"),
        ("attached_at", 5, "attachedAt", "releasedNotBefore"),
        ("released_not_before", 6, "releasedNotBefore", "releasedAt"),
        ("released_at", 3, "releasedNotBefore", "releasedAt"),
    ],
)
def test_instants_out_of_order_are_found(name: str, wrong: int, before: str, after: str) -> None:
    def found(record: Bounded) -> list[str]:
        faults = verify_history._interval_faults(cast("Record", record), NOW)
        return [sentence for _, sentence in faults]

    assert found(Bounded()) == []
    disordered = Bounded()
    setattr(disordered, name, wrong)
    [sentence] = found(disordered)
    assert sentence.startswith(f"has {before} ")
    assert f" after {after} " in sentence


def test_two_networks_and_estimated_ends_do_not_collide() -> None:
    elsewhere = Task(id="b2", subnet="subnet-b")
    assert kinds(life_of(A, 10, 900), life_of(elsewhere, 100, 400)) == set()
    gone = join(A.event(at(10), 2, startedAt=at(10)), A.missing(at(8000)))
    assert kinds(item_of(gone), life_of(B, 100, 400)) == set()


def test_one_interface_of_two_tasks_is_found() -> None:
    other = life_of(Task(id="b2", ipv4="10.0.4.129"), 100)
    assert kinds(life_of(A, 10), other | {"eni": {"S": "eni-a1"}}) == {("interface", "shop/b2")}


@pytest.mark.parametrize(
    "planted, kind",
    [
        ({"v": {"N": "0"}}, "version"),
        ({"ds": item_of(A.event(at(10), 2))["ds"]}, "version"),
        ({"rv": {"N": "0"}, "sq": {"N": "0"}}, "version"),
        ({"sq": {"N": "4"}}, "version"),
        ({"sq": {"N": "-1"}}, "version"),
        ({"until": {"S": f"{at(99)}#a1"}}, "keys"),
        ({"live": {"S": "shop"}}, "keys"),
        ({"place": {"S": f"subnet-a#{at(9)}#a1"}}, "keys"),
        ({"past": {"S": "shop#38"}}, "keys"),
        ({"expiresAt": {"N": str((at(100) + 29 * DAY) // SECOND)}}, "expiry"),
        ({"clusterArn": {"S": "no ARN"}}, "unreadable"),
        ({"v": {"S": "three"}}, "unreadable"),
    ],
)
def test_a_planted_fault_is_found(planted: Item, kind: str) -> None:
    found = findings([life_of(A, 10, 100) | planted])
    assert [one.kind for one in found] == [kind]


@pytest.mark.parametrize("name", ["expiresAt", "until", "clusterArn", "v"])
def test_a_lost_attribute_is_found(name: str) -> None:
    item = life_of(A, 10, 100)
    del item[name]
    assert len(findings([item])) == 1


def test_a_live_record_that_expires_and_one_of_the_future_are_found() -> None:
    assert kinds(life_of(A, 10) | {"expiresAt": {"N": "1"}}) == {("expiry", "shop/a1")}
    late = (NOW - at(0)) / SECOND + 61
    assert kinds(life_of(A, late)) == {("interval", "shop/a1")}


# The command


def export(folder: Path, items: list[Item]) -> None:
    data = folder / "AWSDynamoDB" / "01693685827463-2d8752fd" / "data"
    data.mkdir(parents=True)
    (data.parent / "manifest-files.json").write_text('{"itemCount": 1}\n')
    for number, item in enumerate(items):
        with gzip.open(data / f"{number}.json.gz", "wt") as file:
            file.write(json.dumps({"Item": item}) + "\n\n")


def run(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, str, str]:
    code = verify_history.main([str(path)])
    return code, *capsys.readouterr()


def test_an_export_is_read_from_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(tmp_path, [life_of(A, 10, 500), life_of(B, 100, 400), {"taskId": {"S": "#status"}}])
    code, out, _ = run(capsys, tmp_path)
    assert code == 1
    assert out.splitlines() == [
        (
            "overlap    shop/a1: 10.0.4.128 in subnet-a was held by shop/b2 too, "
            "from 2026-11-01T00:01:40.000Z until 2026-11-01T00:06:40.000Z"
        ),
        "2 records, 1 other items: 1 findings",
    ]


@pytest.mark.parametrize("indent", [None, 4])
def test_what_a_scan_prints_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], indent: int | None
) -> None:
    answer = {"Items": [life_of(A, 10, 100), life_of(B, 101)], "Count": 2, "ScannedCount": 2}
    (tmp_path / "scan.json").write_text(json.dumps(answer, indent=indent))
    assert run(capsys, tmp_path / "scan.json") == (
        0,
        "2 records, 0 other items: 0 findings\n",
        "",
    )


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"nonsense\n", ":1: is not JSON: Expecting value"),
        (b'{"Item": {"v": {"N": "1"}}}\n{"Item": \n', ":2: is not JSON"),
        (b'{"Keys": {}, "NewImage": {}}\n', ":1: is of an incremental export"),
        (b'{"items": []}\n', ":1: has no Item, as an export in DynamoDB JSON has"),
        (b'{"Item": {"v": 1}}\n', ":1: holds something that is no item"),
        (b'{\n "Count": 0\n}\n', "has no list named Items"),
        (b"{\n nonsense\n}\n", "is neither JSON lines nor a JSON document"),
        (b'{"Items": [1]}\n', "holds something that is no item"),
        (b"\x1f\x8bnonsense", "Unknown compression method"),
        (gzip.compress(b'{"Item": {}}\n', mtime=0)[:-6], "ended before"),
    ],
)
def test_what_is_no_export_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    (tmp_path / "export.json").write_bytes(content)
    code, out, err = run(capsys, tmp_path / "export.json")
    assert (code, out) == (2, "")
    assert reason in err


def test_no_path_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        verify_history.main([""])
    assert "make verify-history EXPORT=" in capsys.readouterr().err


def test_a_path_that_holds_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, tmp_path)[::2] == (
        2,
        f"{tmp_path}: there is no .json.gz or .json file in it\n",
    )
    assert run(capsys, tmp_path / "x")[::2] == (
        2,
        f"{tmp_path / 'x'}: there is no such file or folder\n",
    )


def test_a_hundred_thousand_holders_of_one_address_are_compared_in_one_pass() -> None:
    """Each with each would be five thousand million comparisons, which take half an hour."""
    verifier = Verifier(now=NOW)
    held = verifier._held["subnet-a", "10.0.4.128"]
    held += [Interval(at(number), at(number + 30), f"t{number}") for number in range(100_000)]
    held.append(Interval(at(50_000), at(50_100), "long"))
    started = time.monotonic()
    assert len(list(verifier.finish())) == 0
    held.append(Interval(at(50_000), at(50_200), "longer"))
    assert [found.task for found in verifier.finish()] == ["long"]
    assert time.monotonic() - started < 20
