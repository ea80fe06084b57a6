"""The patterns of docs/events.md, put to EventBridge's TestEventPattern."""

import copy
import json
import re
from typing import Any

import pytest

from core.task.changes import ASSIGNED, RELEASED, UPDATED
from local.embedded import EmbeddedAws
from local.stack import Stack
from tests.support.event_contract import FOLDER, KINDS

type Change = dict[str, Any]

PAGE = (FOLDER.parent / "events.md").read_text(encoding="utf-8")
PATTERNS: dict[str, str] = dict(
    re.findall(r"^### (.+?)\n\n```json\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
)

READY = {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"}
STOPPING = {"lastStatus": "RUNNING", "desiredStatus": "STOPPED"}

# For each pattern: the kind of event, its data (and, under `changed`, its metadata), and whether
# the pattern is to match it.
CASES: dict[str, list[tuple[str, Change, bool]]] = {
    "A service of a cluster": [
        *((kind, {}, True) for kind in KINDS),
        (ASSIGNED, {"service": "api"}, False),
        (ASSIGNED, {"service": None, "group": "family:web"}, False),
        (ASSIGNED, {"clusterArn": "arn:aws:ecs:eu-west-1:444455556666:cluster/shop"}, False),
    ],
    "Tasks that became ready, or that are ready and changed": [
        (UPDATED, READY, True),
        (ASSIGNED, READY, True),
        (ASSIGNED, {"lastStatus": "PENDING"}, False),
        (UPDATED, STOPPING, False),
        (RELEASED, {}, False),
    ],
    "Tasks that are asked to stop": [
        (UPDATED, {**STOPPING, "changed": ["desiredStatus"]}, True),
        (UPDATED, {**STOPPING, "changed": ["lastStatus", "desiredStatus"]}, True),
        (UPDATED, {**STOPPING, "lastStatus": "DEPROVISIONING", "changed": ["lastStatus"]}, False),
        (UPDATED, READY, False),
        (RELEASED, {"changed": ["lastStatus", "desiredStatus"]}, False),
    ],
    "Addresses of a network": [
        (ASSIGNED, {"privateIpv4Address": "10.0.0.0"}, True),
        (ASSIGNED, {"privateIpv4Address": "10.0.255.255"}, True),
        (ASSIGNED, {"privateIpv4Address": "10.1.0.0"}, False),
        (ASSIGNED, {"privateIpv4Address": "9.255.255.255"}, False),
        (RELEASED, {"privateIpv4Address": "172.31.255.255"}, True),
        (RELEASED, {"privateIpv4Address": "172.32.0.0"}, False),
        (UPDATED, {"privateIpv4Address": None, "ipv6Address": "2001:db8::1"}, False),
    ],
    "One address": [
        *((kind, {}, True) for kind in KINDS),
        (ASSIGNED, {"privateIpv4Address": "10.0.4.7"}, False),
        (ASSIGNED, {"privateIpv4Address": "10.0.4.710"}, False),
    ],
    "Releases whose instant is certain": [
        (RELEASED, {}, True),
        (RELEASED, {"releasedAtEstimated": True}, False),
        (UPDATED, {"releasedAtEstimated": False}, False),
    ],
    "Everything but one cluster": [
        *((kind, {}, True) for kind in KINDS),
        (ASSIGNED, {"cluster": "sandbox"}, False),
    ],
}


@pytest.fixture(scope="module")
def aws(stack: Stack) -> EmbeddedAws:
    return stack.aws


def example(kind: str, change: Change) -> dict[str, Any]:
    file = FOLDER / "examples" / KINDS[kind].replace(".schema", "")
    event: dict[str, Any] = copy.deepcopy(json.loads(file.read_text(encoding="utf-8")))
    for name, value in change.items():
        part = "metadata" if name == "changed" else "data"
        assert name in event["detail"][part]
        event["detail"][part][name] = value
    return event


def test_every_pattern_of_the_page_has_its_cases_and_both_ways() -> None:
    assert list(PATTERNS) == list(CASES)
    for cases in CASES.values():
        assert {matches for _, _, matches in cases} == {True, False}


@pytest.mark.parametrize("name", CASES)
def test_a_pattern_matches_what_it_says_and_nothing_else(aws: EmbeddedAws, name: str) -> None:
    for kind, change, expected in CASES[name]:
        answer = aws.events.test_event_pattern(
            EventPattern=PATTERNS[name], Event=json.dumps(example(kind, change))
        )
        assert answer["Result"] == expected, (kind, change)


@pytest.mark.parametrize("name", CASES)
def test_no_pattern_matches_the_events_of_ecs(aws: EmbeddedAws, name: str) -> None:
    foreign = {**example(ASSIGNED, {}), "source": "aws.ecs"}
    answer = aws.events.test_event_pattern(EventPattern=PATTERNS[name], Event=json.dumps(foreign))
    assert answer["Result"] is False


@pytest.mark.parametrize("bits, taken", [(31, True), (32, False)])
def test_a_prefix_has_up_to_31_bits(aws: EmbeddedAws, bits: int, taken: bool) -> None:
    pattern = {"detail": {"data": {"privateIpv4Address": [{"cidr": f"10.0.4.70/{bits}"}]}}}
    request: Any = {"EventPattern": json.dumps(pattern), "Event": json.dumps(example(ASSIGNED, {}))}
    if taken:
        assert aws.events.test_event_pattern(**request)["Result"] is True
    else:
        with pytest.raises(aws.events.exceptions.InvalidEventPatternException):
            aws.events.test_event_pattern(**request)
