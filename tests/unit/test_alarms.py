"""The alarms, tried against made-up series; and the pages that they send people to."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.alarms import EXTRA_PERIODS, Series, first_alarm, is_in_alarm
from tests.support.cloudformation import Deployment

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
ALARMS: dict[str, dict[str, Any]] = Deployment({}).resources("CloudWatch::Alarm")
QUIET: dict[str, tuple[Series, ...]] = {
    # For each metric, series of healthy days; None is a period in which nothing was told.
    "ApproximateNumberOfMessagesVisible": ([0.0] * 50, [None] * 50),
    "ApproximateAgeOfOldestMessage": ([3.0] * 50, [None] * 50, [0, 299, 301, 302, 303, 304, 2]),
    "Failed": ([0.0] * 20, [None] * 20, [None, None, 4, None, None, None], [0, 9, 0, 0, 9, 0]),
    "Errors": ([0.0] * 20, [None] * 20, [0, 1, 0, 0, 0, 1, 0, 0, 0]),
    "Throttles": ([0.0] * 20, [0, 3, 0, 0, 5, 0, 0]),
    "FailedInvocations": ([None] * 20, [0.0] * 20),
    "SweepAge": ([900, 1200, 600, 900] * 9, [0.0] * 9, [1800, 2100, None, 300, 600, None, 900]),
    "Drift": ([0.0] * 9, [None] * 9, [0, 5, 0, 0, 7, 0]),
    "IteratorAge": ([900.0] * 30, [None] * 30),
    "5XXError": ([0.0] * 30, [None] * 30, [0, 2, 0, 0, 0, 0, 1, 0]),
    "ReadThrottleEvents": ([None] * 9, [0, 2, 0, 0, 2]),
    "WriteThrottleEvents": ([None] * 9, [0, 2, 0, 0, 2]),
}
TROUBLE: dict[str, tuple[Series, int]] = {
    # A series that goes wrong after ten quiet periods, and within how many seconds it must be told.
    "ApproximateNumberOfMessagesVisible": ([1.0] * 3, 60),
    "ApproximateAgeOfOldestMessage": ([301 + 60 * it for it in range(20)], 5 * 60),
    "Failed": ([5.0] * 4, 30 * 60),
    "Errors": ([1.0] * 5, 15 * 60),
    "Throttles": ([1.0] * 4, 15 * 60),
    "FailedInvocations": ([1.0], 60),
    "SweepAge": ([2701 + 300 * it for it in range(5)], 10 * 60),
    "Drift": ([1.0] * 4, 2 * 3600),
    "IteratorAge": ([301_000.0] * 9, 5 * 60),
    "5XXError": ([1.0] * 5, 5 * 60),
    "ReadThrottleEvents": ([1.0] * 4, 15 * 60),
    "WriteThrottleEvents": ([1.0] * 4, 15 * 60),
}


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
@pytest.mark.parametrize("name", ALARMS)
def test_healthy_days_raise_no_alarm(name: str, extra: int) -> None:
    for series in QUIET[ALARMS[name]["MetricName"]]:
        assert first_alarm(ALARMS[name], [series[0]] * 20 + list(series), extra) is None


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
@pytest.mark.parametrize("name", ALARMS)
def test_trouble_is_told_in_time(name: str, extra: int) -> None:
    alarm = ALARMS[name]
    series, seconds = TROUBLE[alarm["MetricName"]]
    found = first_alarm(alarm, [0.0] * 10 + list(series), extra)
    assert found is not None
    assert (found - 10) * alarm["Period"] <= seconds


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
@pytest.mark.parametrize("name", ALARMS)
def test_what_is_over_is_told_to_be_over(name: str, extra: int) -> None:
    alarm = ALARMS[name]
    series, _ = TROUBLE[alarm["MetricName"]]
    over = [0.0] * 10 + list(series) + [0.0] * (alarm["EvaluationPeriods"] + 1)
    assert not is_in_alarm(alarm, over, extra)


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
def test_sweeps_that_stop_are_told_before_ecs_forgets(extra: int) -> None:
    """The last sweep began at 0; a heartbeat every five minutes says how long that is ago."""
    ages = [300.0 * it for it in range(1, 20)]
    found = first_alarm(ALARMS["SweepAgeAlarm"], ages, extra)
    assert found is not None
    assert found * 300 <= 55 * 60


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
def test_a_heartbeat_that_stops_is_told_within_the_hour_too(extra: int) -> None:
    found = first_alarm(ALARMS["SweepAgeAlarm"], [900.0] * 10 + [None] * 12, extra)
    assert found is not None
    assert (found - 10) * 300 <= 45 * 60


def test_an_hourly_survey_in_the_heartbeat_s_place_would_be_missed_for_hours() -> None:
    """What this alarm was: one period of an hour, which real points farther back keep quiet."""
    former = {**ALARMS["SweepAgeAlarm"], "Period": 3600, "EvaluationPeriods": 1}
    former["DatapointsToAlarm"] = 1
    late = [first_alarm(former, [900.0] * 10 + [None] * 12, extra) for extra in EXTRA_PERIODS]
    assert all(found is not None and found - 10 >= 2 for found in late)


@pytest.mark.parametrize("extra", EXTRA_PERIODS)
def test_one_event_that_always_fails_is_told_although_the_queue_s_age_hides_it(extra: int) -> None:
    """SQS leaves out of the age what was received three times; a retry comes every 180 seconds."""
    assert first_alarm(ALARMS["IngestDelayAlarm"], [170, 180, 180, *[0.0] * 60], extra) is None
    assert first_alarm(ALARMS["IngestFailedAlarm"], [0, 0, 5, 5, 5], extra) == 4


def test_sweeps_of_half_an_hour_that_always_find_drift_are_told() -> None:
    for extra in EXTRA_PERIODS:
        assert first_alarm(ALARMS["DriftAlarm"], [0, 0, 2, 1, 4], extra) == 4


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_s_text_names_its_section(name: str) -> None:
    found = re.search(
        r"Runbook: docs/operations\.md#([a-z0-9-]+)$", ALARMS[name]["AlarmDescription"]
    )
    assert found
    sections = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-"): body
        for title, body in re.findall(r"^### (.+)\n((?:(?!^#).*\n)*)", OPERATIONS, re.MULTILINE)
    }
    body = sections[found[1]]
    assert f"`{name}`" in body
    for question in ("**Means.**", "**Look.**", "**Do.**", "**Over when.**"):
        assert question in body


def test_the_metrics_that_alarms_and_dashboard_read_are_in_the_table_of_metrics() -> None:
    table = OPERATIONS.partition("## Metrics")[2].partition("\n## ")[0]
    own = {it["MetricName"] for it in ALARMS.values() if it["Namespace"] == "EcsIpInventory"}
    [dashboard] = Deployment({}).resources("CloudWatch::Dashboard").values()
    own |= set(re.findall(r'"EcsIpInventory", "(\w+)"', dashboard["DashboardBody"]))
    assert own <= set(re.findall(r"`(\w+)`", table))


def test_the_functions_metrics_are_read_with_both_dimensions() -> None:
    for alarm in ALARMS.values():
        if alarm["Namespace"] == "EcsIpInventory":
            names = [dimension["Name"] for dimension in alarm["Dimensions"]]
            assert names == ["FunctionName", "service"]
