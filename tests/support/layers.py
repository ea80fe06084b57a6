"""The layers of the tests: which one a test belongs to, and how long each one took."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest

LAYERS = {
    "fast": "needs no other process: the core, the handlers, and every contract in memory",
    "engine": "needs an engine or a server of AWS's kind: DynamoDB Local, an embedded AWS, moto",
    "proof": "tries by brute force, or lives through a made-up world",
    "deployed": "needs the stack, deployed to an embedded AWS",
    "browser": "drives a browser",
}
"""From the cheapest to the dearest."""

_FOLDERS = {
    "unit": "fast",
    "contract": "fast",
    "integration": "engine",
    "sweep": "proof",
    "proof": "proof",
    "e2e": "deployed",
    "console": "browser",
}
_ENGINES = {"dynamodb_local", "dynamodb-local", "ministack"}
"""By fixture, and by parameter where a test runs on each engine in turn."""

_IN_PROCESS = {"memory", "moto"}
_CHOOSES_AN_ENGINE = "open_table"
"""A test that takes this fixture, and is not told its engine, asks for a real one."""


def layer_of(folder: str, needs: Collection[str], marks: Collection[str] = ()) -> str:
    """Name the layer of a test: by its own mark, else by its folder and by what it needs."""
    for layer in reversed(LAYERS):
        if layer in marks:
            return layer
    layer = _FOLDERS.get(folder, "fast")
    return "engine" if layer == "fast" and _needs_an_engine(needs) else layer


def _needs_an_engine(needs: Collection[str]) -> bool:
    chooses = _CHOOSES_AN_ENGINE in needs and not _IN_PROCESS.intersection(needs)
    return chooses or bool(_ENGINES.intersection(needs))


def mark_layer(item: pytest.Item, tests: Path) -> None:
    """Mark a test with its layer, and have its reports tell it."""
    folder = item.path.relative_to(tests).parts[0]
    marks = {mark.name for mark in item.iter_markers()}
    layer = layer_of(folder, _needs_of(item), marks)
    if layer not in marks:
        item.add_marker(layer)
    item.user_properties.append(("layer", layer))


def _needs_of(item: pytest.Item) -> set[str]:
    if not isinstance(item, pytest.Function):
        return set()
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return {*item.fixturenames, *(value for value in chosen if isinstance(value, str))}


class Times:
    """How many tests of each layer ran, and for how long, fixtures included."""

    def __init__(self) -> None:
        self._tests: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}

    def add(self, layer: str, phase: str, seconds: float) -> None:
        """Count one phase of a test: setup, call or teardown."""
        self._tests[layer] += phase == "call"
        self._seconds[layer] = self._seconds.get(layer, 0.0) + seconds

    def line(self) -> str:
        """Write one line of what was counted; empty if nothing was."""
        parts = [
            f"{layer} {self._seconds[layer]:.1f} s ({self._tests[layer]})"
            for layer in LAYERS
            if layer in self._seconds
        ]
        return f"Time by layer (tests): {', '.join(parts)}" if parts else ""
