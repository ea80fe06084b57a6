"""The check of the made-up world: what its ECS shows is never at odds with its truth."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from tests.proof.clock import HOUR, MINUTE, SECOND, START
from tests.proof.estate import CLUSTERS, Estate
from tests.proof.life import Life
from tests.proof.plan import Clocks
from tests.proof.proofs import Dossier, Sighting
from tests.proof.showing import event_of, view_of


def observed(seed: int, clocks: Clocks) -> tuple[Estate, dict[int, Dossier]]:
    """Let an estate live for some hours, seen by all of its events and by many views."""
    random, now = Random(seed), START  # noqa: S311 - chance, not secrets
    estate, dossiers = Estate(clocks=clocks), dict[int, Dossier]()

    def see(life: Life, sighting: Sighting) -> None:
        dossiers.setdefault(life.number, Dossier(life)).add(sighting, now=now, wrote=True)

    for _ in range(40):
        now += random.choice((SECOND, 10 * SECOND, MINUTE, 10 * MINUTE))
        estate.start(now, random)
        for life, picture in estate.sent_until(now):
            see(life, Sighting.of_event(life, event_of(life, picture)))
        for cluster in CLUSTERS:
            answered = now + random.choice((1, 2 * SECOND))
            for life, picture in estate.views(cluster, now, answered).values():
                see(life, Sighting.of_view(life, view_of(life, picture), now, answered))
    for life, picture in estate.sent_until(now + 10 * HOUR):
        see(life, Sighting.of_event(life, event_of(life, picture)))
    return estate, dossiers


@pytest.mark.parametrize("clocks", [Clocks.RIGHT, Clocks.BEHIND])
def test_what_sightings_prove_is_true_of_every_life(clocks: Clocks) -> None:
    met = Counter[str]()
    for seed in range(40):
        estate, dossiers = observed(seed, clocks)
        for life in estate.lives:
            proven = dossiers[life.number].delivered
            if life.attached is None or life.released is None:
                met["never attached"] += 1
                continue
            assert life.created <= life.attached < life.released <= life.stopped
            assert proven.not_yet <= life.attached <= proven.had
            assert proven.still <= life.released <= proven.gone
            met[life.launch_type] += 1
            met["died with its host"] += "executionStoppedAt" not in life.stamps_in(
                life.pictures[-1]
            )
    assert min(met.values()) > 20, met


def test_an_address_has_one_holder_at_a_time_and_is_soon_used_again() -> None:
    soon = 0
    for seed in range(40):
        estate, _ = observed(seed, Clocks.RIGHT)
        for place in estate.places:
            held = sorted(
                (life.attached, life.released)
                for life in estate.lives
                if life.place == place and life.attached is not None and life.released is not None
            )
            for (_, released), (attached, _) in pairwise(held):
                assert released <= attached
                soon += attached - released < 5 * SECOND
    assert soon > 50


def test_a_clock_that_is_off_is_at_odds_with_the_truth() -> None:
    wrong = 0
    for seed in range(10):
        estate, dossiers = observed(seed, Clocks.OFF)
        for life in estate.lives:
            proven = dossiers[life.number].delivered
            if life.attached is not None and life.released is not None:
                wrong += not (life.attached <= proven.had and proven.still <= life.released)
    assert wrong > 10
