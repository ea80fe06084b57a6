"""Samples of what is too much to try in full: long lives, and every scene on AWS's engine.

In any order, with duplicates, in batches of any size; each sample is that of its seed.
"""

from collections.abc import Iterator
from contextlib import closing
from random import Random

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb import DynamoStore
from core.table.recording import record_observations
from core.table.store import Store
from tests.proof.scenes import SCENES, Scene, longer
from tests.proof.service import Shelf
from tests.proof.suite import NOW, RETENTION, check_truth, joined, settled
from tests.support.tables import new_table

ALL = SCENES | longer()


def shuffled(scene: Scene, random: Random) -> list[int]:
    """Order the sightings as they could come, some of them again."""
    order = list(range(len(scene.sightings)))
    while True:
        random.shuffle(order)
        if scene.admits(tuple(order)):
            break
    repeated: list[int] = []
    for number in order:
        repeated.append(number)
        again = random.choice(repeated)
        if scene.may_follow(again, tuple(repeated)):
            repeated.append(again)
    return repeated


def write(store: Store, scene: Scene, random: Random) -> None:
    order = shuffled(scene, random)
    while order:
        count = random.randrange(1, 5)
        batch, order = order[:count], order[count:]
        sightings = [scene.sightings[number] for number in batch]
        assert not record_observations(store, sightings, now=NOW, retention=RETENTION).failures


def check(store: Store, scene: Scene) -> None:
    keys = {sighting.key for sighting in scene.sightings}
    known = {settled(item.record) for item in store.get_many(keys).values()}
    assert known == {settled(record) for record in joined(scene.sightings)}
    check_truth(store, scene)


@pytest.mark.parametrize("scene", longer().values(), ids=longer())
def test_long_lives_end_in_the_truth(scene: Scene) -> None:
    assert len(scene.sightings) > 20
    for seed in range(300):
        store = Shelf()
        write(store, scene, Random(seed))  # noqa: S311 - chance, not secrets
        check(store, scene)


@pytest.fixture(scope="module")
def client(dynamodb_local: str) -> Iterator[DynamoDBClient]:
    with closing(boto3.client("dynamodb", endpoint_url=dynamodb_local)) as client:
        yield client


@pytest.mark.parametrize("name", ALL)
def test_every_scene_ends_in_the_truth_on_dynamodb(name: str, client: DynamoDBClient) -> None:
    with new_table(client) as table:
        store = DynamoStore(client, table.name, RETENTION)
        write(store, ALL[name], Random(name))  # noqa: S311 - as above
        check(store, ALL[name])
