"""`make setup` where Python, uv or a package is wanting: it says what it does, and why not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TOOLS = (
    "make",
    "bash",
    "sh",
    "ls",
    "wc",
    "grep",
    "sleep",
    "mktemp",
    "rm",
    "cat",
    "chmod",
    "touch",
    "printf",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a project with nothing in it but what `make setup` reads, and a PATH of its own."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "requirements-dev.txt").write_text("one==1\ntwo==2\n")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def command(folder: Path, name: str, script: str) -> None:
    """Put a command on the PATH that notes how it was called."""
    path = folder / "bin" / name
    path.write_text(f'#!/bin/bash\necho "{name} $*" >>{folder}/calls\n{script}\n')
    path.chmod(0o755)


def make_setup(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "setup"],
        cwd=folder,
        env={"PATH": str(folder / "bin"), "HOME": str(folder), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_uv_is_asked_to_fetch_a_python_that_is_missing(folder: Path) -> None:
    fetched = folder / "fetched"
    command(
        folder,
        "uv",
        f"""case "$*" in
        "python install 3.13") touch {fetched} ;;
        "python find --system 3.13") [ -e {fetched} ] && echo {sys.executable} ;;
        esac""",
    )
    result = make_setup(folder)
    assert result.returncode == 0, result.stderr
    assert "Python 3.13 is missing: asking uv to fetch it" in result.stdout
    assert f"Making .venv with {sys.executable}" in result.stdout
    assert "Installed what is needed in" in result.stdout
    assert ".venv is ready" in result.stdout
    assert calls(folder)[1:3] == ["uv python install 3.13", "uv python find --system 3.13"]
    assert calls(folder)[3].startswith("uv pip install --python .venv/bin/python --require-hashes")


def test_without_uv_it_says_how_to_get_python(folder: Path) -> None:
    result = make_setup(folder)
    assert result.returncode == 2
    assert "Python 3.13 is missing: get it with" in result.stderr


def test_uv_that_cannot_fetch_it_is_no_end_without_a_word(folder: Path) -> None:
    command(folder, "uv", 'echo "no network" >&2; exit 2')
    result = make_setup(folder)
    assert result.returncode == 2
    assert "Python 3.13 is missing: get it with" in result.stderr


def test_an_installation_that_fails_says_why(folder: Path) -> None:
    command(folder, "python3.13", f'exec {sys.executable} "$@"')
    command(folder, "uv", 'if [ "$1" = pip ]; then echo "hash mismatch of two"; exit 1; fi; exit 1')
    result = make_setup(folder)
    assert result.returncode == 2
    assert "hash mismatch of two" in result.stderr
    assert not (folder / ".venv" / "installed").exists()
    assert not list(folder.glob("tmp.*"))
