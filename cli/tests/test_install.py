"""The package as people install it: a wheel that has all of it and names what it needs."""

import re
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from ecs_ip import __version__
from ecs_ip.main import COMMANDS

PACKAGE = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip does, with the builder that is installed, so without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=PACKAGE, check=True, timeout=100)
    [built] = folder.iterdir()
    return built


def test_the_wheel_names_what_it_needs_and_what_it_starts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        [folder] = {name.split("/")[0] for name in names if ".dist-info/" in name}
        metadata = HeaderParser().parsestr(packed.read(f"{folder}/METADATA").decode())
        entry_points = packed.read(f"{folder}/entry_points.txt").decode()
    assert (metadata["Name"], metadata["Version"]) == ("ecs-ip", __version__)
    assert metadata["Requires-Python"] == ">=3.11"
    needed = {re.split(r"[^\w-]", each)[0] for each in metadata.get_all("Requires-Dist", [])}
    assert {"aiohttp", "boto3", "rich", "typer", "urllib3"} <= needed
    assert "parquet" in metadata.get_all("Provides-Extra", [])
    assert "ecs-ip = ecs_ip.main:run" in entry_points
    assert {f"ecs_ip/commands/{name}.py" for name in COMMANDS} <= names
    assert {name for name in names if not name.startswith(("ecs_ip/", f"{folder}/"))} == set()


def test_the_wheel_installs_into_an_empty_environment_and_runs(wheel: Path, tmp_path: Path) -> None:
    """Take what it needs from this environment, because a test has no network."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=100)
    python = tmp_path / "venv" / "bin" / "python"
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(install, check=True, timeout=100)
    needed = next(path for path in sys.path if path.endswith("site-packages"))
    found = subprocess.run(
        [python.with_name("ecs-ip"), "--version"], capture_output=True, text=True, check=True,
        timeout=30, env={"PYTHONPATH": needed},
    )  # fmt: skip
    assert found.stdout == f"ecs-ip {__version__}\n"
    where = subprocess.run(
        [python, "-c", "import ecs_ip; print(ecs_ip.__file__)"], capture_output=True, text=True,
        check=True, timeout=30, cwd=tmp_path,
    )  # fmt: skip
    assert where.stdout.startswith(str(tmp_path / "venv"))
