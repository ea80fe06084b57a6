"""The layer of a test, and the line that says how long each layer took."""

import pytest

from tests.support.layers import LAYERS, Times, layer_of


@pytest.mark.parametrize(
    "folder, needs, layer",
    [
        ("unit", {"monkeypatch"}, "fast"),
        ("contract", {"store", "moto"}, "fast"),
        ("contract", {"store", "memory"}, "fast"),
        ("contract", {"store", "dynamodb-local"}, "engine"),
        ("contract", {"table", "ministack"}, "engine"),
        ("contract", {"open_table", "moto"}, "fast"),
        ("contract", {"open_table"}, "engine"),
        ("integration", {"service"}, "engine"),
        ("integration", {"dynamodb_local"}, "engine"),
        ("sweep", {"estate"}, "proof"),
        ("proof", {"dynamodb_local"}, "proof"),
        ("e2e", {"stack"}, "deployed"),
        ("console", set(), "browser"),
        ("test_of_no_folder.py", set(), "fast"),
    ],
)
def test_a_layer_follows_from_the_folder_and_the_engine(
    folder: str, needs: set[str], layer: str
) -> None:
    assert layer_of(folder, needs) == layer


def test_a_mark_of_its_own_comes_first_and_the_dearest_of_two() -> None:
    assert layer_of("e2e", (), {"browser", "skipif"}) == "browser"
    assert layer_of("unit", (), {"fast", "deployed"}) == "deployed"


def test_a_test_knows_its_layer(request: pytest.FixtureRequest) -> None:
    assert [mark.name for mark in request.node.iter_markers() if mark.name in LAYERS] == ["fast"]
    assert ("layer", "fast") in request.node.user_properties


def test_the_line_says_how_many_tests_of_a_layer_ran_and_for_how_long() -> None:
    times = Times()
    assert times.line() == ""
    times.add("deployed", "setup", 60.0)
    times.add("deployed", "call", 1.25)
    for _ in range(2):
        times.add("fast", "call", 0.1)
    assert times.line() == "Time by layer (tests): fast 0.2 s (2), deployed 61.2 s (1)"
