"""Tests that the committed bundle is what its manifest says, and is built from these sources."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.console.fake_api import FILES, POLICY

CONSOLE = Path(__file__).parents[2] / "console"
MANIFEST = json.loads((FILES / "manifest.json").read_text())


def hashes(folder: Path, names: list[str]) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_each_file_of_the_bundle_has_the_hash_that_the_manifest_says() -> None:
    files = sorted(path.name for path in FILES.iterdir() if path.name != "manifest.json")
    assert hashes(FILES, files) == MANIFEST["files"]


def test_the_bundle_was_built_from_the_sources_as_they_are() -> None:
    sources = {path.relative_to(CONSOLE).as_posix() for path in (CONSOLE / "src").rglob("*.*")}
    others = {"build.mjs", "package.json", "package-lock.json", "LICENCES.md"}
    assert set(MANIFEST["sources"]) == sources | others
    assert hashes(CONSOLE, sorted(sources | others)) == MANIFEST["sources"], "run `make console`"


def test_a_build_gives_the_same_bytes(tmp_path: Path) -> None:
    if not shutil.which("node") or not (CONSOLE / "node_modules").is_dir():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Node.js or console/node_modules is missing (make console)")
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=CONSOLE, check=True)
    built = sorted(path.name for path in tmp_path.iterdir())
    assert hashes(tmp_path, built) == hashes(FILES, built)
    assert built == sorted(path.name for path in FILES.iterdir())


def test_the_lock_file_names_hashes_and_no_registry() -> None:
    lock = (CONSOLE / "package-lock.json").read_text()
    assert "resolved" not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_every_package_of_the_bundle_is_pinned_and_its_licence_listed() -> None:
    package = json.loads((CONSOLE / "package.json").read_text())
    pinned = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    packages = json.loads((CONSOLE / "package-lock.json").read_text())["packages"]
    licences = (CONSOLE / "LICENCES.md").read_text()
    bundled = ("lit", "lit-html", "lit-element", "@lit/reactive-element")
    for name in bundled:
        one = packages[f"node_modules/{name}"]
        assert f"| {name} | {one['version']} | {one['license']} |" in licences


def test_the_page_carries_a_policy_that_is_no_looser_than_the_one_it_is_served_with() -> None:
    page = (FILES / "index.html").read_text()
    [carried] = re.findall(r'Content-Security-Policy"\s+content="([^"]+)"', page)
    for rule in carried.split("; "):
        assert rule in POLICY
    assert "unsafe" not in carried
    assert "require-trusted-types-for 'script'" in carried
    assert "<style" not in page
    assert "style=" not in page
