"""What `sam build` makes: compiled, whole, the same each time, and without the runtime's own."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.sam import sam
from tests.support.template import template

PROJECT = Path(__file__).parents[2]
# What Lambda's Python has besides the standard library.
RUNTIME = ("boto3", "botocore", "dateutil", "s3transfer", "six", "urllib3")
UNCHECKED_HASH = 0b01

LARGEST = 2_700_000
"""Bytes of an artifact as a zip file; nine tenths are Powertools. 2.6 million were measured."""

HANDLERS = {
    logical_id: described["Properties"]["Handler"]
    for logical_id, described in template()["Resources"].items()
    if described["Type"] == "AWS::Serverless::Function"
}

# Runs in Lambda's place: nothing to import from but the artifact and what the runtime has.
IMPORT = """
import importlib, sys
artifact, runtime, module = sys.argv[1:]
sys.path[:0] = [artifact, runtime]
compiled = []
def hook(event, arguments):
    if event == "compile" and str(arguments[1]).startswith(artifact):
        compiled.append(arguments[1])
sys.addaudithook(hook)
assert callable(importlib.import_module(module).handler)
assert not compiled, compiled
"""


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a copy of the project."""
    return build_copy(tmp_path_factory.mktemp("first"))


def build_copy(folder: Path, project: Path = PROJECT) -> Path:
    """Build a copy of the project in a folder; its dependencies are installed already."""
    shutil.copy(project / "template.yaml", folder)
    shutil.copytree(project / "src", folder / "src")
    for packages in project.glob(".aws-sam/packages-*"):
        shutil.copytree(packages, folder / ".aws-sam" / packages.name)
    built = folder / "built"
    sam("build", "--template-file", folder / "template.yaml", "--build-dir", built, folder=folder)
    return built


def files(folder: Path) -> dict[Path, bytes]:
    """Read all files of a folder."""
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("function", HANDLERS)
def test_an_artifact_imports_without_compiling_anything(
    artifacts: Path, function: str, tmp_path: Path
) -> None:
    for name in RUNTIME:
        found = importlib.util.find_spec(name)
        assert found
        assert found.origin
        origin = Path(found.origin)
        link = origin.parent if origin.name == "__init__.py" else origin
        (tmp_path / link.name).symlink_to(link)
    module = HANDLERS[function].rpartition(".")[0]
    python = getattr(sys, "_base_executable", sys.executable)
    result = subprocess.run(
        [python, "-I", "-B", "-c", IMPORT, artifacts / function, tmp_path, module],
        capture_output=True,
        text=True,
        check=False,
        env={"AWS_LAMBDA_FUNCTION_NAME": function},
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("function", HANDLERS)
def test_every_module_is_compiled_for_good(artifacts: Path, function: str) -> None:
    sources = list((artifacts / function).rglob("*.py"))
    assert sources
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert compiled[:4] == importlib.util.MAGIC_NUMBER, source
        assert int.from_bytes(compiled[4:8], "little") == UNCHECKED_HASH, source


@pytest.mark.parametrize("function", HANDLERS)
def test_what_the_runtime_has_is_left_out(artifacts: Path, function: str) -> None:
    assert not [name for name in RUNTIME if list((artifacts / function).glob(f"{name}*"))]


@pytest.mark.parametrize("function", HANDLERS)
def test_an_artifact_grows_no_larger(artifacts: Path, function: str, tmp_path: Path) -> None:
    made = shutil.make_archive(str(tmp_path / function), "zip", artifacts / function)
    assert Path(made).stat().st_size <= LARGEST


def test_nothing_in_an_artifact_is_made_for_one_processor(artifacts: Path) -> None:
    assert not [path for path in artifacts.rglob("*") if path.suffix in {".so", ".dylib", ".pyd"}]


def test_the_same_source_makes_the_same_artifact_anywhere(artifacts: Path, tmp_path: Path) -> None:
    elsewhere = build_copy(tmp_path, artifacts.parent)
    for function in HANDLERS:
        assert files(elsewhere / function) == files(artifacts / function)


def test_another_python_than_313_is_refused(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "src", tmp_path / "src")
    python = tmp_path / "bin" / "python3.13"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    result = subprocess.run(
        ["make", "--makefile", tmp_path / "src" / "Makefile", f"build-{next(iter(HANDLERS))}"],
        cwd=tmp_path / "src",
        env={"PATH": f"{python.parent}:{os.environ['PATH']}", "ARTIFACTS_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "put python3.13 on the PATH" in result.stderr


def test_the_build_needs_nothing_that_stock_macos_lacks() -> None:
    """Its make is 3.81 (no .ONESHELL, no .SHELLFLAGS), its tools are BSD's, its bash is 3.2."""
    lines = (PROJECT / "src/Makefile").read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    for missing in (".ONESHELL", ".SHELLFLAGS", "mv -T", "cp -T", "cp -a", "readlink", "mapfile"):
        assert missing not in code, missing
    assert not re.search(r"^define .*=|^\w+ (!=|::=)|\$\(file |declare -A", code, re.MULTILINE)
