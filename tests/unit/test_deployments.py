"""The environments of samconfig.toml, and the pages about deploying and security."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.cloudformation import Deployment, refusal
from tests.support.template import template

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = ("default", "dev", "prod")
PAGES = ("docs/deploying.md", "docs/security.md", "docs/operations.md", "README.md")


def parameters(environment: str) -> dict[str, str]:
    overrides = CONFIG[environment]["deploy"]["parameters"]["parameter_overrides"]
    return dict(override.split("=", 1) for override in overrides)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_can_be_deployed(environment: str) -> None:
    assert refusal(parameters(environment)) is None
    assert CONFIG[environment]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    names = {CONFIG[it]["deploy"]["parameters"]["stack_name"] for it in ENVIRONMENTS}
    assert len(names) == len(ENVIRONMENTS)


def test_prod_keeps_logs_for_a_year_and_its_table_for_good() -> None:
    stack = Deployment(parameters("prod"))
    assert all(
        int(it["RetentionInDays"]) >= 365 for it in stack.resources("Logs::LogGroup").values()
    )
    assert stack.resources("DynamoDB::Table")["Table"]["DeletionProtectionEnabled"] is True
    assert CONFIG["prod"]["deploy"]["parameters"]["confirm_changeset"] is True


@pytest.mark.parametrize("page", PAGES)
def test_parameters_outputs_and_resources_that_a_page_sets_exist(page: str) -> None:
    known = {*template()["Parameters"]}
    assert set(re.findall(r"`([A-Z]\w+)=", text(page))) <= known


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text(page)):
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), path
        if anchor:
            titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^a-z0-9 -]", "", it.lower()).replace(" ", "-") for it in titles}
            assert anchor in anchors, anchor


def test_the_tests_and_rules_that_security_names_exist() -> None:
    page = text("docs/security.md")
    tests = {
        path.name for path in [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("cli/tests/test_*.py")]
    }
    named = {it.rsplit("/", 1)[-1] for it in re.findall(r"`([\w/]*test_\w+\.py)`", page)}
    assert named
    assert named <= tests
    rules = set(re.findall(r"^rule (\w+)", text("scanners/rules.guard"), re.MULTILINE))
    table = page.partition("## AWS Foundational")[2].partition("\n## ")[0]
    of_guard = {it for it in re.findall(r"`(\w+)`", table) if it.count("_") > 2 and ".py" not in it}
    assert of_guard - {"test_template", "test_publish_template"} <= rules


def test_the_calls_that_check_account_makes_are_on_the_page() -> None:
    code = text("operations/check_account.py")
    operations = set(re.findall(r'\.ask\(\s*"[\w-]+", "(\w+)"', code)) | {"get_products"}
    page = text("docs/deploying.md").lower()
    for operation in operations - {"get_account"}:
        assert operation.replace("_", "") in page
    assert "apigateway:get" in page
