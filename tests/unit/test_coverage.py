"""What the completed sweeps let the inventory say of the past."""

from copy import replace
from typing import Any

from core.table.coverage import (
    ClusterCoverage,
    CompletedSweep,
    Coverage,
    Gap,
    Sweeps,
    Tally,
    coverage,
    last_reconcile,
)
from core.text.instant import DAY, HOUR, MINUTE, Duration, Instant, to_text

NOON: Instant = 1_900_000_000_000
RETENTION: Duration = 90 * DAY
BLUE = "arn:aws:ecs:eu-west-1:123456789012:cluster/blue"
GREEN = "arn:aws:ecs:eu-west-1:123456789012:cluster/green"


def noticed(arn: str = BLUE, at: Instant = NOON) -> ClusterCoverage:
    return ClusterCoverage(cluster_arn=arn, swept_at=at)


def swept(
    cluster: ClusterCoverage,
    start: Instant,
    end: Instant | None = None,
    *,
    gone: bool = False,
    tally: Tally | None = None,
) -> ClusterCoverage:
    sweep = CompletedSweep(
        started_at=start,
        finished_at=start + MINUTE if end is None else end,
        tally=tally or Tally(),
    )
    return cluster.after(sweep, gone=gone, horizon=0)


def seen_at(
    now: Instant, *clusters: ClusterCoverage, surveyed_at: Instant | None = None
) -> Coverage:
    return coverage(Sweeps(clusters, surveyed_at), now=now, retention=RETENTION)


def test_nothing_is_covered_before_the_first_completed_sweep() -> None:
    assert seen_at(NOON) == Coverage(None)
    assert seen_at(NOON, noticed()) == Coverage(None)
    assert Coverage(None).as_json() == {"from": None, "to": None, "gaps": []}


def test_coverage_begins_where_the_first_completed_sweep_began() -> None:
    first = swept(noticed(), NOON + MINUTE)
    second = swept(first, NOON + 16 * MINUTE)
    assert seen_at(NOON + 20 * MINUTE, second) == Coverage(NOON + MINUTE, NOON + 15 * MINUTE)


def test_coverage_does_not_reach_behind_the_retention() -> None:
    old = swept(noticed(), NOON)
    now = NOON + RETENTION + DAY
    assert seen_at(now, swept(old, now)).start == now - RETENTION


def test_sweeps_less_than_55_minutes_apart_leave_no_gap() -> None:
    first = swept(noticed(), NOON)
    second = swept(first, NOON + 50 * MINUTE, NOON + 55 * MINUTE)
    assert seen_at(NOON + 56 * MINUTE, second).gaps == ()


def test_a_gap_is_measured_from_a_minute_before_a_sweep_to_the_end_of_the_next() -> None:
    first = swept(noticed(), NOON)
    second = swept(first, NOON + 50 * MINUTE, NOON + 55 * MINUTE + 1)
    gap = Gap(NOON - MINUTE, NOON + 50 * MINUTE, BLUE)
    assert seen_at(NOON + 56 * MINUTE, second).gaps == (gap,)


def test_a_gap_is_open_while_no_sweep_completes() -> None:
    first = swept(noticed(), NOON)
    assert seen_at(NOON + 55 * MINUTE, first).gaps == ()
    assert seen_at(NOON + 55 * MINUTE + 1, first).gaps == (Gap(NOON - MINUTE, None, BLUE),)
    assert seen_at(NOON + 55 * MINUTE + 1, first).as_json()["gaps"] == [
        {"from": "2030-03-17T17:45:40.000Z", "to": None, "clusterArn": BLUE}
    ]


def test_a_cluster_that_newly_appears_opens_no_gap() -> None:
    blue = swept(swept(noticed(), NOON), NOON + DAY, NOON + DAY)
    green = replace(noticed(GREEN, NOON + DAY), first_swept_at=Sweeps([blue]).first)
    opened = seen_at(NOON + DAY + 5 * MINUTE, blue, green).gaps
    assert [gap.cluster_arn for gap in opened] == [BLUE]
    after = swept(green, NOON + DAY + 6 * MINUTE)
    assert seen_at(NOON + DAY + 7 * MINUTE, blue, after).gaps == blue.gaps


def test_the_past_is_known_since_the_first_sweep_of_what_is_there_else_of_what_is_gone() -> None:
    gone = replace(swept(noticed(), NOON), gone=True)
    unswept = noticed(GREEN)
    assert Sweeps([unswept]).first is None
    assert Sweeps([gone, unswept]).first == NOON
    assert Sweeps([gone, swept(unswept, NOON + MINUTE)]).first == NOON + MINUTE


def test_a_cluster_that_is_noticed_and_never_swept_opens_a_gap() -> None:
    blue = swept(noticed(), NOON)
    green = noticed(GREEN)
    blue = swept(blue, NOON + 50 * MINUTE, NOON + 51 * MINUTE)
    assert seen_at(NOON + 56 * MINUTE, blue, green).gaps == (Gap(NOON - MINUTE, None, GREEN),)


def test_a_cluster_that_waits_for_its_first_sweep_is_not_covered_by_those_of_others() -> None:
    blue, green = swept(noticed(), NOON + MINUTE), noticed(GREEN)
    assert seen_at(NOON + 2 * MINUTE, blue, green).gaps == (Gap(NOON - MINUTE, None, GREEN),)
    green = swept(green, NOON + 3 * MINUTE)
    assert seen_at(NOON + 5 * MINUTE, blue, green) == Coverage(NOON + MINUTE, NOON)


def test_a_sweep_of_a_deleted_cluster_leaves_a_gap_however_soon_it_comes() -> None:
    blue = swept(noticed(), NOON)
    sweep = CompletedSweep(started_at=NOON + MINUTE, finished_at=NOON + MINUTE)
    gap = Gap(NOON, NOON + MINUTE, BLUE)
    assert blue.after(sweep, horizon=0, deleted=True).gaps == (gap,)
    assert blue.after(sweep, horizon=0, deleted=True, gone=True).gaps == (gap,)
    at_once = replace(sweep, started_at=NOON)
    assert blue.after(at_once, horizon=0, deleted=True).gaps == ()


def test_a_sweep_that_could_not_read_a_task_leaves_a_gap_however_soon_it_comes() -> None:
    blue = swept(swept(noticed(), NOON), NOON + MINUTE, tally=Tally(seen=5, unreadable=1))
    assert blue.gaps == (Gap(NOON, NOON + MINUTE, BLUE),)
    assert swept(blue, NOON + 2 * MINUTE).gaps == blue.gaps


def test_what_had_expired_is_not_covered_again_where_the_retention_is_raised() -> None:
    gone = swept(noticed(GREEN), NOON, gone=True)
    blue = swept(noticed(), NOON)
    now = NOON + 31 * DAY
    sweep = CompletedSweep(started_at=now, finished_at=now)
    blue = blue.after(sweep, horizon=now - 30 * DAY)
    assert seen_at(now, blue, gone).start == now - 30 * DAY
    later = CompletedSweep(started_at=now + DAY, finished_at=now + DAY)
    blue = blue.after(later, horizon=now + DAY - 90 * DAY)
    assert seen_at(now + DAY, blue, gone).start == now - 30 * DAY


def test_a_cluster_that_comes_back_is_not_covered_before_it_was_gone() -> None:
    gone = swept(noticed(GREEN), NOON + HOUR, gone=True)
    assert gone.again(NOON).swept_at == NOON + HOUR
    back = replace(gone, unsure_since=NOON).again(NOON + DAY)
    assert (back.swept_at, back.gone, back.last, back.unsure_since) == (
        *(NOON + DAY, False, None, None),
    )


# Until when


def test_coverage_reaches_to_a_minute_before_the_earliest_of_the_last_sweeps() -> None:
    blue, green = swept(noticed(), NOON + 10 * MINUTE), swept(noticed(GREEN), NOON + 5 * MINUTE)
    assert seen_at(NOON + HOUR, blue, green).end == NOON + 4 * MINUTE
    assert seen_at(NOON + HOUR, blue, green).as_json()["to"] == to_text(NOON + 4 * MINUTE)


def test_a_single_sweep_covers_nothing_yet() -> None:
    seen = seen_at(NOON + 5 * MINUTE, swept(noticed(), NOON))
    assert seen.start == NOON
    assert seen.end == NOON - MINUTE


def test_a_cluster_that_was_not_swept_yet_counts_from_the_survey_before_it_was_noticed() -> None:
    blue = swept(noticed(), NOON + 10 * MINUTE)
    green = replace(noticed(GREEN, NOON + 2 * MINUTE), first_swept_at=NOON)
    assert seen_at(NOON + 12 * MINUTE, blue, green).end == NOON + MINUTE


def test_a_cluster_that_is_gone_holds_nothing_back() -> None:
    gone = swept(noticed(GREEN), NOON, gone=True)
    blue = swept(noticed(), NOON + DAY)
    assert seen_at(NOON + DAY, blue, gone).end == NOON + DAY - MINUTE


def test_without_any_cluster_left_coverage_reaches_to_the_last_survey() -> None:
    gone = swept(noticed(), NOON, gone=True)
    assert seen_at(NOON + DAY, gone).end is None
    assert seen_at(NOON + DAY, gone, surveyed_at=NOON + HOUR).end == NOON + HOUR


def test_nothing_is_covered_to_any_time_before_the_first_completed_sweep() -> None:
    assert seen_at(NOON, noticed(), surveyed_at=NOON) == Coverage(None)
    assert seen_at(NOON, surveyed_at=NOON) == Coverage(None)


def after(cluster: ClusterCoverage, start: Instant, **more: Any) -> ClusterCoverage:
    sweep = CompletedSweep(
        started_at=start, finished_at=start + MINUTE, tally=more.pop("tally", Tally())
    )
    return cluster.after(sweep, horizon=0, **more)


def test_what_a_sweep_was_unsure_of_holds_coverage_back() -> None:
    blue = after(noticed(), NOON + 10 * MINUTE, unsure_since=NOON + 3 * MINUTE)
    assert blue.covered_until == NOON + 3 * MINUTE
    assert seen_at(NOON + 12 * MINUTE, blue).end == NOON + 2 * MINUTE
    sure = after(blue, NOON + 20 * MINUTE)
    assert sure.covered_until == NOON + 20 * MINUTE


def test_a_sign_of_life_after_the_sweep_began_leaves_nothing_unsure() -> None:
    for since in (NOON + 10 * MINUTE, NOON + 11 * MINUTE, None):
        blue = after(noticed(), NOON + 10 * MINUTE, unsure_since=since)
        assert (blue.unsure_since, blue.covered_until) == (None, NOON + 10 * MINUTE)


def test_what_ecs_forgot_too_soon_is_a_gap_since_the_previous_sweep() -> None:
    blue = after(after(noticed(), NOON), NOON + 15 * MINUTE, tally=Tally(dropped_early=1))
    assert blue.gaps == (Gap(NOON, NOON + 15 * MINUTE, BLUE),)
    assert after(blue, NOON + 30 * MINUTE).gaps == blue.gaps


def test_a_gap_begins_where_the_previous_sweep_was_unsure() -> None:
    blue = after(noticed(), NOON + 10 * MINUTE, unsure_since=NOON + 3 * MINUTE)
    blind = after(blue, NOON + 15 * MINUTE, tally=Tally(dropped_early=1))
    assert blind.gaps == (Gap(NOON + 3 * MINUTE, NOON + 15 * MINUTE, BLUE),)


def test_a_gap_that_was_kept_before_its_sweep_completed_is_added_once() -> None:
    kept = swept(noticed(), NOON).with_gap(NOON + 15 * MINUTE)
    gap = Gap(NOON, NOON + 15 * MINUTE, BLUE)
    assert (kept.gaps, kept.swept_at) == ((gap,), NOON)
    assert kept.with_gap(NOON + 15 * MINUTE).gaps == (gap,)
    assert after(kept, NOON + 15 * MINUTE, tally=Tally(dropped_early=1)).gaps == (gap,)
    assert after(kept, NOON + 16 * MINUTE).gaps == (gap,), "also where its sweep died"
    longer = after(kept, NOON + 16 * MINUTE, tally=Tally(dropped_early=1))
    assert longer.gaps == (Gap(NOON, NOON + 16 * MINUTE, BLUE),)
    assert swept(noticed(), NOON).with_gap(NOON).gaps == ()


def test_an_instant_is_in_a_gap_from_its_start_to_before_its_end() -> None:
    seen = Coverage(
        NOON, NOON + DAY, (Gap(NOON, NOON + MINUTE, BLUE), Gap(NOON + HOUR, None, BLUE))
    )
    inside = [seen.in_gap(NOON + at) for at in (-1, 0, MINUTE - 1, MINUTE, HOUR - 1, HOUR, DAY)]
    assert inside == [False, True, True, False, False, True, True]
    lasting = [seen.in_lasting_gap(NOON + at) for at in (0, HOUR - 1, HOUR, DAY)]
    assert lasting == [False, False, True, True]


def test_a_cluster_is_found_among_the_sweeps_by_its_arn() -> None:
    blue, green = noticed(), noticed(GREEN)
    assert Sweeps([blue, green]).of(GREEN) == green
    assert Sweeps([blue]).of(GREEN) is None


def test_a_cluster_that_is_gone_has_no_open_gap() -> None:
    gone = swept(noticed(), NOON, gone=True)
    seen = seen_at(NOON + DAY, gone, surveyed_at=NOON + DAY - MINUTE)
    assert seen == Coverage(NOON, NOON + DAY - MINUTE)


def test_a_cluster_that_comes_back_opens_no_gap_for_the_time_it_was_gone() -> None:
    back = swept(noticed(), NOON, gone=True).again(NOON + DAY)
    assert seen_at(NOON + DAY + 55 * MINUTE, back) == Coverage(NOON, NOON + DAY - MINUTE)
    assert seen_at(NOON + DAY + 55 * MINUTE + 1, back).gaps == (
        Gap(NOON + DAY - MINUTE, None, BLUE),
    )


def test_gaps_that_touch_are_one() -> None:
    cluster = noticed()
    for hour in range(1, 4):
        cluster = swept(cluster, NOON + hour * 60 * MINUTE)
    assert cluster.gaps == (Gap(NOON - MINUTE, NOON + 180 * MINUTE, BLUE),)


def test_gaps_older_than_the_retention_are_dropped() -> None:
    gap = Gap(NOON, NOON + 60 * MINUTE, BLUE)
    cluster = replace(noticed(), swept_at=NOON + DAY, gaps=(gap,))
    sweep = CompletedSweep(started_at=NOON + DAY, finished_at=NOON + DAY + MINUTE)
    assert cluster.after(sweep, horizon=NOON + 60 * MINUTE - 1).gaps == (gap,)
    assert cluster.after(sweep, horizon=NOON + 60 * MINUTE).gaps == ()


def test_the_oldest_of_too_many_gaps_become_one_that_spans_them() -> None:
    cluster = noticed()
    at = NOON
    for _ in range(120):
        at += 60 * MINUTE
        cluster = swept(cluster, at)
        at += 5 * MINUTE
        cluster = swept(cluster, at)
        assert len(cluster.gaps) <= 100
    assert len(cluster.gaps) == 100
    assert cluster.gaps[0] == Gap(NOON - MINUTE, NOON + (20 * 65 + 60) * MINUTE, BLUE)
    assert cluster.gaps[-1].end == at - 5 * MINUTE


def test_gaps_are_listed_in_order_the_open_ones_too() -> None:
    blue = swept(swept(noticed(), NOON), NOON + 60 * MINUTE)
    green = swept(noticed(GREEN), NOON)
    gaps = seen_at(NOON + 62 * MINUTE, green, blue).gaps
    begins = NOON - MINUTE
    assert gaps == (Gap(begins, NOON + 60 * MINUTE, BLUE), Gap(begins, None, GREEN))


def test_there_is_no_last_reconcile_before_a_sweep_completed() -> None:
    assert last_reconcile([]) is None
    assert last_reconcile([noticed()]) is None


def test_the_last_reconcile_adds_up_the_last_sweep_of_every_cluster() -> None:
    tally = Tally(seen=5, missed=1, repaired=2, closed=1, drift=2, unreadable=3, dropped_early=1)
    blue = swept(noticed(), NOON, tally=tally)
    green = swept(noticed(GREEN), NOON + MINUTE, tally=tally)
    assert last_reconcile([blue, green]) == {
        "startedAt": "2030-03-17T17:46:40.000Z",
        "finishedAt": "2030-03-17T17:48:40.000Z",
        "clusters": 2,
        "tasksSeen": 10,
        "missed": 2,
        "repaired": 4,
        "closed": 2,
        "drift": 4,
        "unreadable": 6,
        "droppedEarly": 2,
    }


def test_a_cluster_that_is_gone_counts_only_as_long_as_its_last_sweep_is_recent() -> None:
    gone = swept(noticed(), NOON, gone=True, tally=Tally(closed=7))
    alone = last_reconcile([gone])
    assert alone is not None
    assert alone["closed"] == 7
    same_round = last_reconcile([gone, swept(noticed(GREEN), NOON - MINUTE)])
    assert same_round is not None
    assert same_round["closed"] == 7
    next_round = last_reconcile([gone, swept(noticed(GREEN), NOON + MINUTE)])
    assert next_round is not None
    assert next_round["closed"] == 0


def test_a_gap_counts_until_it_lies_behind_the_retention() -> None:
    gap = Gap(NOON, NOON + DAY, BLUE)
    swept_since = NOON + DAY + RETENTION
    cluster = ClusterCoverage(
        cluster_arn=BLUE, swept_at=swept_since, first_swept_at=NOON, gaps=(gap,)
    )
    assert seen_at(swept_since - 1, cluster).gaps == (gap,)
    assert seen_at(swept_since, cluster).gaps == ()
    assert seen_at(swept_since + 1, cluster).gaps == ()


def test_of_clusters_that_are_all_gone_the_last_sweep_is_told() -> None:
    first = swept(noticed(BLUE), NOON, gone=True, tally=Tally(seen=1))
    last = swept(noticed(GREEN), NOON + DAY, gone=True, tally=Tally(seen=2))
    told = last_reconcile([first, last])
    assert told is not None
    assert (told["clusters"], told["tasksSeen"]) == (1, 2)
    assert told["startedAt"] == to_text(NOON + DAY)


def test_the_age_of_sweeps_is_that_of_the_cluster_longest_unswept() -> None:
    gone = replace(noticed(at=NOON - 9), gone=True)
    clusters = (noticed(at=NOON - 2), noticed(GREEN, NOON - 1), gone)
    assert Sweeps(clusters, NOON - 5).age(NOON) == 2
    assert Sweeps((gone,), NOON - 5).age(NOON) == 5
    assert Sweeps((), None).age(NOON) == 0
    assert Sweeps(clusters).age(NOON - DAY) == 0


def test_of_more_gaps_than_are_kept_the_oldest_become_one_that_claims_less() -> None:
    gaps = tuple(Gap(NOON + n * DAY, NOON + n * DAY + HOUR, BLUE) for n in range(103))
    for count in range(98, 103):
        before = replace(noticed(at=gaps[count].start), gaps=gaps[:count])
        after = before.with_gap(NOON + count * DAY + HOUR).gaps
        merged = count + 1 - len(after)
        assert len(after) == min(count + 1, 100)
        assert after == (gaps[0]._replace(end=gaps[merged].end), *gaps[merged + 1 : count + 1])
