"""Two writers at once: every interleaving of their single calls ends alike."""

from collections.abc import Iterator
from contextlib import closing
from copy import replace
from itertools import count
from typing import Any

import boto3
import pytest

from adapters.dynamodb import DynamoStore
from core.task.kinds import TaskKey
from core.task.record import Record
from tests.proof.scenes import SCENES, Scene
from tests.proof.service import Shelf
from tests.proof.suite import (
    OURS,
    RETENTION,
    Arena,
    check_every_interleaving,
    records,
)
from tests.support.tables import Table, new_table, write_records

each_scene = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


class DynamoArena(Arena):
    """A table, met at its client; a task of its own for each meeting saves a table for each."""

    calls = ("batch_get_item", "put_item")
    numbers = count()

    def __init__(self, table: Table) -> None:
        self.shared: Any = table.client
        self._table = table
        self._suffix = f"-{next(self.numbers)}"

    def store(self, shared: Any) -> Any:
        return DynamoStore(shared, self._table.name, RETENTION)

    def named(self, sighting: Record) -> Record:
        return replace(sighting, key=self._key(sighting.key))

    def begin(self, before: Shelf) -> None:
        write_records(self._table, map(self.named, records(before)))

    def end(self, scene: Scene) -> Shelf:
        shelf = Shelf()
        keys = {self._key(sighting.key): sighting.key for sighting in scene.sightings}
        for key, stored in self.store(self.shared).get_many(list(keys)).items():
            shelf.overwrite(replace(stored.record, key=keys[key]))
        return shelf

    def _key(self, key: TaskKey) -> TaskKey:
        return TaskKey(key.task_id + self._suffix, key.cluster_arn)


@pytest.fixture(scope="module")
def table(dynamodb_local: str) -> Iterator[Table]:
    with (
        closing(boto3.client("dynamodb", endpoint_url=dynamodb_local)) as client,
        new_table(client) as table,
    ):
        yield table


@each_scene
def test_two_writers_are_as_good_as_one_after_the_other(scene: Scene) -> None:
    assert check_every_interleaving(OURS, scene) > 0


@each_scene
def test_two_writers_on_dynamodb_are_so_too(scene: Scene, table: Table) -> None:
    first = DynamoArena(table)
    for (
        sighting
    ) in scene.sightings:  # so that the names are noted: a meeting that notes them calls more
        OURS.write(first.store(first.shared), first.named(sighting))
    assert check_every_interleaving(OURS, scene, lambda: DynamoArena(table)) > 0
