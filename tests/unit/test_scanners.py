"""The scanners: few exceptions, each with its reason; a lock that names no place."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = ("cfn-lint.yaml", "checkov.yaml", "bandit.yaml")
MOST = 8


def exceptions(name: str) -> dict[str, str]:
    """Return what a scanner's settings leave out, each with its reason."""
    text = (ROOT / "scanners" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^  - ([A-Z]\w+) *#? ?(.*)$", text, re.MULTILINE))


def test_there_are_few_exceptions_and_each_says_why() -> None:
    left_out = [it for name in SETTINGS for it in exceptions(name).items()]
    assert 0 < len(left_out) <= MOST
    assert all(len(reason) > 30 for _, reason in left_out)


@pytest.mark.parametrize("mark", ["# nosec", "checkov:skip", "allowlist " + "secret", "cfn_nag"])
def test_nothing_is_excepted_where_the_settings_do_not_tell(mark: str) -> None:
    shipped = [ROOT / "template.yaml", *(ROOT / "examples").glob("*/template.yaml")]
    for folder in ("src", "examples", "operations", "local", "scanners"):
        shipped += (ROOT / folder).rglob("*.py")
    assert [path for path in shipped if mark in path.read_text(encoding="utf-8")] == []


def test_every_template_and_all_shipped_code_is_scanned() -> None:
    text = (ROOT / "scanners/scan.py").read_text(encoding="utf-8")
    assert 'glob("examples/*/template.yaml")' in text
    for folder in ("src", "cli/src", "examples", "operations", "local"):
        assert f'"{folder}"' in text
    templates = {path.parent.parent.name for path in ROOT.glob("*/*/template.yaml")}
    assert templates <= {"examples", ".aws-sam"}


def test_the_lock_names_no_registry_and_no_path() -> None:
    lock = (ROOT / "scanners/requirements.txt").read_text(encoding="utf-8")
    assert "checkov==" in lock
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|file:|^--|/\w+/", lock, re.MULTILINE)
