"""The scanners of `make lint`: all of them, offline, on every template and all shipped code."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml
from guardpycfn import validate_with_guard
from samtranslator.translator.transform import transform

_HERE = Path(__file__).parent
_PROJECT = _HERE.parent
_BIN = Path(sys.executable).parent
_TEMPLATES = [_PROJECT / "template.yaml", *sorted(_PROJECT.glob("examples/*/template.yaml"))]
_CODE = [
    folder
    for folder in ("src", "cli/src", "examples", "operations", "local")
    if (_PROJECT / folder).exists()
]
# What is random in a file is a task's id, an image's digest or a lock's hash: entropy says nothing.
_NO_ENTROPY = ("HexHighEntropyString", "Base64HighEntropyString")
_LOCKS = r"(^|/)(requirements[^/]*\.txt|package-lock\.json|uv\.lock)$"
# In tests, made-up passwords are data; known kinds of tokens are still looked for there.
_TESTS = r"^(tests|benchmarks|cli/tests)/"


def main() -> int:
    """Run all scanners; return the exit code."""
    os.chdir(_PROJECT)
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    found = [_told(name, scan) for name, scan in _SCANNERS.items()]
    return 1 if any(found) else 0


def cfn_lint() -> Iterator[str]:
    """Run cfn-lint with the serverless rules."""
    yield from _lines(
        "cfn-lint", "--config-file", _HERE / "cfn-lint.yaml", "--format", "parseable", *_TEMPLATES
    )


def checkov() -> Iterator[str]:
    """Run Checkov on the templates."""
    files = [argument for template in _TEMPLATES for argument in ("--file", template)]
    text = _run("checkov", "--config-file", _HERE / "checkov.yaml", "--output", "json", *files)
    reports = json.loads(text)
    for report in reports if isinstance(reports, list) else [reports]:
        yield from (f"{file} cannot be read" for file in _results(report, "parsing_errors"))
        for it in _results(report, "failed_checks"):
            yield f"{it['repo_file_path']}: {it['check_id']} {it['check_name']}: {it['resource']}"


def guard() -> Iterator[str]:
    """Run CloudFormation Guard, with rules of our own, on what SAM makes of the templates."""
    rules = (_HERE / "rules.guard").read_text(encoding="utf-8")
    for path in _TEMPLATES:
        answer = validate_with_guard(yaml.safe_dump(_transformed(path)), rules, verbose=False)
        if not answer["success"]:
            yield f"{path}: {answer['error']}"
            continue
        for failed in answer["result"]["not_compliant"]:
            for message in _messages(failed):
                yield f"{path}: {failed['Rule']['name']}: {message}"


def bandit() -> Iterator[str]:
    """Run bandit on all code that is shipped."""
    text = _run("bandit", "-q", "-c", _HERE / "bandit.yaml", "-f", "json", "-r", *_CODE)
    report = json.loads(text)
    yield from (f"{it['filename']}: {it['reason']}" for it in report["errors"])
    for it in report["results"]:
        yield f"{it['filename']}:{it['line_number']}: {it['test_id']} {it['issue_text']}"


def secrets() -> Iterator[str]:
    """Look for secrets in every file of the project."""
    disabled = [argument for name in _NO_ENTROPY for argument in ("--disable-plugin", name)]
    everywhere = [*disabled, "--exclude-files", _LOCKS]
    outside_tests = ["--exclude-files", _TESTS]
    in_tests = ["--disable-plugin", "KeywordDetector"]
    for arguments in (outside_tests, in_tests):
        text = _run("detect-secrets", "scan", *everywhere, *arguments, *_files())
        for path, found in json.loads(text)["results"].items():
            yield from (f"{path}:{it['line_number']}: {it['type']}" for it in found)


_SCANNERS: dict[str, Callable[[], Iterator[str]]] = {
    "cfn-lint": cfn_lint,
    "Checkov": checkov,
    "CloudFormation Guard": guard,
    "bandit": bandit,
    "detect-secrets": secrets,
}


def _told(name: str, scan: Callable[[], Iterator[str]]) -> list[str]:
    begun = time.monotonic()
    found = sorted(set(scan()))
    print(f"{name}: {len(found)} findings ({time.monotonic() - begun:.0f} s)", flush=True)
    for finding in found:
        print(f"  {finding}")
    return found


def _lines(command: str, *arguments: str | Path) -> list[str]:
    return [line for line in _run(command, *arguments).splitlines() if line.strip()]


def _run(command: str, *arguments: str | Path) -> str:
    """Run a scanner; return what it printed. One that did not run ends the whole command."""
    result = subprocess.run(
        [str(_BIN / command), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if not result.stdout.strip() and result.returncode not in (0, 1):
        sys.exit(f"{command} failed:\n{result.stderr[-2000:]}")
    return result.stdout


def _results(report: dict[str, Any], name: str) -> list[Any]:
    found: list[Any] = report.get("results", {}).get(name, [])
    return found


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if Path(name).is_file()]


def _transformed(path: Path) -> dict[str, Any]:
    source = json.loads(json.dumps(cfn_yaml.load(str(path))))
    for described in [source.get("Globals", {}).get("Function"), *source["Resources"].values()]:
        properties = (described or {}).get("Properties", described)
        if properties and "CodeUri" in properties:
            properties["CodeUri"] = "s3://bucket/key"
    logging.disable()
    made: dict[str, Any] = transform(source, {}, _ManagedPolicies())
    logging.disable(logging.NOTSET)
    return made


class _ManagedPolicies:
    def load(self) -> dict[str, str]:
        name = "AWSXRayDaemonWriteAccess"
        return {name: f"arn:aws:iam::aws:policy/{name}"}


def _messages(failed: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a rule that does not hold, with the place in the template."""
    for key, value in failed.items():
        if key == "messages" and isinstance(value, dict) and value.get("error_message"):
            place = value["error_message"].partition("Path=")[2].partition("[L:")[0]
            yield f"{value.get('custom_message') or value['error_message']} ({place})"
        for it in value if isinstance(value, list) else [value]:
            if isinstance(it, dict):
                yield from _messages(it)


if __name__ == "__main__":
    sys.exit(main())
