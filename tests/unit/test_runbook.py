"""The names in the runbook: commands, log messages, graphs, resources and fields that exist."""

import json
import re
from pathlib import Path

import pytest

from tests.support.cloudformation import Deployment
from tests.support.runbook import (
    ALARMS,
    GLOBAL,
    OF_THE_CLI_ALONE,
    PAGE,
    Command,
    commands,
    members,
    named_resources,
)
from tests.support.template import resource, template

HANDLERS = Path(__file__).parents[2] / "src/handlers"
NOT_OURS = {
    *("ConcurrentExecutions", "UnreservedConcurrentExecutions", "DDBStreamBatchInfo"),
    *("ERROR_CODE", "ERROR_MESSAGE", "MissingSettingError"),
}
CONSOLE = {"Throttle"}
"""What the console of AWS says."""


def spans(text: str) -> set[str]:
    """Return what a text sets in code, outside blocks."""
    without = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return {" ".join(it.split()) for it in re.findall(r"`([^`]+)`", without)}


@pytest.mark.parametrize(
    "command", [pytest.param(it, id=f"{at} {it}") for at, it in enumerate(commands())]
)
def test_a_command_exists_and_takes_its_options(command: Command) -> None:
    own = OF_THE_CLI_ALONE.get(str(command))
    known = set(members(command)) if own is None else own
    assert set(command.options) <= known | GLOBAL


def test_commands_in_the_text_exist() -> None:
    named = {it for it in spans(PAGE) if it.startswith("aws ")}
    assert len(named) > 4
    for text in named:
        _, service, operation, *rest = text.split()
        command = Command(text, service, operation, {})
        options = {it.removeprefix("--") for it in rest if it.startswith("--")}
        assert options <= set(members(command)) | GLOBAL


def test_the_resources_whose_names_it_asks_for_exist() -> None:
    assert named_resources()
    assert named_resources() <= set(template()["Resources"])


def test_names_in_the_sections_of_alarms_exist() -> None:
    metrics = set(re.findall(r"`(\w+)`", PAGE.partition("## Metrics")[2].partition("\n## ")[0]))
    metrics |= {it["MetricName"] for it in Deployment({}).resources("CloudWatch::Alarm").values()}
    known = metrics | {*template()["Resources"], *template()["Parameters"], *template()["Outputs"]}
    named = {it for it in spans(ALARMS) if re.fullmatch(r"[A-Z]\w+", it)}
    assert named - known - NOT_OURS == set()


def test_graphs_that_it_names_are_on_the_dashboard() -> None:
    [dashboard] = Deployment({}).resources("CloudWatch::Dashboard").values()
    shown = set(re.findall(r'"(?:title|label)": "([^"]+)"', dashboard["DashboardBody"]))
    text = re.sub(r"^```.*?^```$|`[^`]+`", "", ALARMS, flags=re.DOTALL | re.MULTILINE)
    named = {" ".join(it.split()) for it in re.findall(r'"([^"]+)"', text)}
    assert len(named) > 4
    assert named - shown - CONSOLE == set()


def test_log_messages_that_it_names_are_written() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in HANDLERS.glob("*.py"))
    written = set(re.findall(r'logger\.\w+\(\s*"([^"]+)"', code))
    named = spans(ALARMS)
    assert {
        *("not stored", "could not be put into the dead-letter queue", "refused", "unreadable"),
        *("swept", "the table did not answer", "unexpected"),
    } <= named & written
    assert {it for it in named if re.fullmatch(r"[a-z]+( [a-z-]+)+", it)} <= {
        *written,
        *("make check-account", "sam deploy"),
    }


def test_fields_of_the_api_s_log_that_it_names_are_in_it() -> None:
    fields = json.loads(resource("Api")["AccessLogSetting"]["Format"])
    named = {"status", "route", "caller", "functionStatus", "functionRequestId"}
    assert named <= spans(ALARMS)
    assert named <= set(fields)
    assert fields["functionRequestId"] == "$context.integration.requestId"
    assert "request_id=_request_id(context)" in (HANDLERS / "query.py").read_text(encoding="utf-8")


def test_nothing_is_said_to_be_put_back_by_deploying_again() -> None:
    assert "eploy the stack again" not in PAGE
    assert "deploy again" not in PAGE


def test_each_alarm_says_how_it_was_checked() -> None:
    table = PAGE.partition("## How this page was checked")[2]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    named = [it for row in rows for it in re.findall(r"`(\w+Alarm)`", row)]
    assert sorted(named) == sorted(Deployment({}).resources("CloudWatch::Alarm"))
