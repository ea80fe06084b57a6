"""What the made-up world has found wrong, each in its shortest form."""

from copy import replace

from core.answers.candidates import Question
from core.answers.holders import Judge
from core.answers.questions import Holders, holders_at, instant_window
from core.table.coverage import ClusterCoverage, CompletedSweep, Sweeps, coverage
from core.table.recording import record_observations
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, Instant
from tests.proof.scenes import RUNNING, A
from tests.proof.service import Shelf
from tests.proof.sightings import at

CLUSTER = A.key.cluster_arn


def swept(*starts: Instant) -> ClusterCoverage:
    """Complete sweeps of the cluster, each within a second."""
    cluster = ClusterCoverage(cluster_arn=CLUSTER, swept_at=starts[0])
    for start in starts:
        sweep = CompletedSweep(started_at=start, finished_at=start + 1_000)
        cluster = cluster.after(sweep, horizon=start - DAY)
    return cluster


def table_of(*sightings: tuple[Instant, Record]) -> Shelf:
    """Record sightings, each when it came in."""
    table = Shelf()
    for now, sighting in sightings:
        record_observations(table, [sighting], now=now, retention=90 * DAY)
    return table


def holders(table: Shelf, instant: Instant, *clusters: ClusterCoverage) -> Holders:
    asked = Question(address="10.0.4.128", window=instant_window(instant))
    return holders_at(table, asked, Judge(Sweeps(clusters)))


def test_a_gap_begins_a_minute_before_the_sweep_that_it_follows() -> None:
    """What that sweep was shown can have been a minute old: a younger task was not listed."""
    [gap] = swept(at(0), at(2 * 3600)).gaps
    assert gap.start == at(0) - MINUTE


def test_a_gap_that_lasts_begins_so_too() -> None:
    known = Sweeps([swept(at(0), at(900))])
    [gap] = coverage(known, now=at(900) + 2 * HOUR, retention=DAY).gaps
    assert gap.start == at(900) - MINUTE


def test_news_of_a_task_does_not_make_its_past_uncertain() -> None:
    """It proves that the task held its address all the time before."""
    ten_hours = 10 * HOUR
    later = A.event(at(0) + ten_hours, 3)
    table = table_of((at(20), RUNNING), (at(1) + ten_hours, later))
    sweeps = swept(at(0), at(0) + ten_hours - MINUTE)
    found = holders(table, at(5 * 3600), sweeps)
    assert [record.key for record in found.certain] == [A.key]


def test_a_sweep_that_wrote_a_record_confirms_it() -> None:
    start = at(3600)
    table = table_of((at(20), RUNNING), (start + 2, A.view(start + 1, 2)))
    found = holders(table, at(1800), swept(at(0), start))
    assert [record.key for record in found.certain] == [A.key]


def test_a_cluster_that_was_never_swept_confirms_nothing() -> None:
    """Of another one the sweeps may be complete; what they cover says nothing of this one."""
    late = at(20 * 86_400)
    table = table_of((late, RUNNING))
    other = replace(swept(at(0), late - MINUTE), cluster_arn=ClusterArn(f"{CLUSTER}-other"))
    unswept = ClusterCoverage(cluster_arn=CLUSTER, swept_at=late - HOUR)
    for clusters in ((other,), (other, unswept)):
        found = holders(table, late - DAY, *clusters)
        assert found.certain == []
        assert [record.key for record in found.possible] == [A.key]
