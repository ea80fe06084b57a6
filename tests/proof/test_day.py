"""The sharpness that is promised: of a day of mixed lives, nearly all is certain."""

import pytest

from tests.proof.day import Day, live_through, measure

DAY = Day(tasks=150, addresses=40, instants=2_000)


@pytest.mark.timeout(300)
def test_at_nearly_all_instants_of_a_day_the_holder_is_certain() -> None:
    counts = measure(live_through(DAY), DAY)
    assert counts["held"] / counts["instants"] > 0.97
    assert counts["held"] + counts["possible"] == counts["instants"], "whoever held it is found"
