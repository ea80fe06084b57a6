"""A reading of CloudWatch alarms: what an alarm says of a made-up series.

As AWS documents it: an alarm looks farther back than its evaluation periods. If it finds as many
real points there as it evaluates, the newest of them decide; else what is missing is filled in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

type Series = Sequence[float | None]
"""One value a period, the oldest first; None where nothing was told."""

EXTRA_PERIODS = (1, 2, 5)
"""How much farther back it looks is not documented; whatever holds must hold for each of these."""


def is_in_alarm(alarm: Mapping[str, Any], series: Series, extra: int) -> bool:
    """Whether an alarm is in the state ALARM at the end of a series that began long ago."""
    periods = int(alarm["EvaluationPeriods"])
    needed = int(alarm.get("DatapointsToAlarm", periods))
    seen = list(series[-(periods + extra) :])
    real = [point for point in seen if point is not None]
    if len(real) >= periods:
        judged = [_breaches(alarm, point) for point in real[-periods:]]
    else:
        filled = alarm["TreatMissingData"] == "breaching"
        judged = [_breaches(alarm, point) for point in real]
        judged += [filled] * (periods - len(real))
    return sum(judged) >= needed


def first_alarm(alarm: Mapping[str, Any], series: Series, extra: int) -> int | None:
    """Return after how many periods of a series an alarm goes off, if it does."""
    for count in range(1, len(series) + 1):
        if is_in_alarm(alarm, series[:count], extra):
            return count
    return None


def _breaches(alarm: Mapping[str, Any], point: float) -> bool:
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    return point > float(alarm["Threshold"])
