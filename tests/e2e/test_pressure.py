"""Thousands of events and garbage while functions are killed and DynamoDB fails: all is exact."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local.events import messages_left, take_dead_letters, wait_until_empty
from local.stack import NAME, Stack, deployed_stack
from tests.e2e.redriving import redrive
from tests.support.faulty_dynamodb import Fault, FaultyDynamoDB, faulty_dynamodb
from tests.support.plain_holders import Address

type Json = dict[str, Any]

SUBNETS = ("subnet-a", "subnet-b", "subnet-c", "subnet-d")
HOSTS = 15
TURNS = 6
"""Tasks that hold each address, one after the other."""

KILLS = 10
"""How many batches are to be cut short by them, at least half."""
FAULT_RATE = 0.05
REFUSALS = 200
VISIBILITY_SECONDS = 3

ACCOUNT = "444455556666"  # not the stack's own, so that no sweep asks for these tasks
REGION = "eu-west-1"
HOME = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
TURN = timedelta(minutes=10)
CONNECTED = timedelta(seconds=5)
STOPPED = timedelta(minutes=9)

# version, lastStatus, desiredStatus, status of the ENI, how long after the task was created
STEPS = (
    (1, "PROVISIONING", "RUNNING", "PRECREATED", timedelta(seconds=1)),
    (2, "PENDING", "RUNNING", "ATTACHED", timedelta(seconds=8)),
    (3, "RUNNING", "RUNNING", "ATTACHED", timedelta(seconds=20)),
    (4, "RUNNING", "STOPPED", "ATTACHED", timedelta(minutes=8)),
    (5, "DEPROVISIONING", "STOPPED", "DETACHING", timedelta(minutes=8, seconds=30)),
    (6, "STOPPED", "STOPPED", "DELETED", STOPPED),
)

pytestmark = pytest.mark.timeout(300)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Life:
    """A task that held one address for a turn, or holds it still."""

    name: str
    subnet: str
    address: str
    began: datetime
    versions: tuple[int, ...]
    """Which of its events were not lost; the last of them is how it stands."""

    @property
    def cluster(self) -> str:
        return f"cluster-of-{self.subnet}"

    @property
    def arn(self) -> str:
        return f"{HOME}:task/{self.cluster}/{self.name}"

    @property
    def ended(self) -> bool:
        return self.versions[-1] == 6

    def holds_at(self, moment: datetime) -> bool:
        attached = self.began + CONNECTED <= moment
        return attached and not (self.ended and self.began + STOPPED <= moment)

    def events(self) -> list[Json]:
        return [self.event(*step) for step in STEPS if step[0] in self.versions]

    def event(
        self, version: int, last: str, desired: str, attachment: str, after: timedelta
    ) -> Json:
        """Say what ECS says at one step."""
        known = {"subnetId": self.subnet}
        if version > 1:
            known |= {"networkInterfaceId": f"eni-{self.name}", "privateIPv4Address": self.address}
        eni = {
            "id": f"attachment-{self.name}",
            "type": "eni",
            "status": attachment,
            "details": [{"name": name, "value": value} for name, value in known.items()],
        }
        said_at = text(self.began + after)
        detail = {
            "taskArn": self.arn,
            "clusterArn": f"{HOME}:cluster/{self.cluster}",
            "version": version,
            "lastStatus": last,
            "desiredStatus": desired,
            "createdAt": text(self.began),
            "updatedAt": said_at,
            "group": "service:web",
            "launchType": "FARGATE",
            "attachments": [eni],
            **({"connectivityAt": text(self.began + CONNECTED)} if version > 1 else {}),
            **({"stoppedAt": said_at} if last == "STOPPED" else {}),
        }
        return {
            "version": "0",
            "id": f"{self.name}-{version}",
            "detail-type": "ECS Task State Change",
            "source": "aws.ecs",
            "account": ACCOUNT,
            "time": said_at,
            "region": REGION,
            "resources": [self.arn],
            "detail": detail,
        }

    def outcome(self) -> Json:
        """Say how its record must stand in the end."""
        stopped = text(self.began + STOPPED) if self.ended else None
        step = STEPS[self.versions[-1] - 1]
        return {
            "taskArn": self.arn,
            **dict(zip(("version", "lastStatus", "desiredStatus"), step, strict=False)),
            "attachmentStatus": step[3],
            "live": not self.ended,
            "addressState": "released" if self.ended else "held",
            "subnetId": self.subnet,
            "privateIpv4Address": self.address,
            "networkInterfaceId": f"eni-{self.name}",
            "attachmentId": f"attachment-{self.name}",
            "createdAt": text(self.began),
            "connectivityAt": text(self.began + CONNECTED),
            "attachedAt": text(self.began + CONNECTED),
            "attachedAtEstimated": False,
            "stoppedAt": stopped,
            "releasedAt": stopped,
            "releasedAtEstimated": False,
            "observedAt": text(self.began + step[4]),
            "missingAt": None,
        }


def made_up_lives(chance: random.Random) -> list[Life]:
    """Let tasks take turns at the same addresses in every subnet; some events are lost for good."""
    lives = []
    for subnet in SUBNETS:
        for host in range(HOSTS):
            for turn in range(TURNS):
                lasts = turn == TURNS - 1 and chance.random() < 0.5
                last = 3 if lasts else 6
                versions = [version for version in range(1, last) if chance.random() < 0.85]
                lives.append(
                    Life(
                        name=f"{subnet[-1]}{host:02}{turn}{chance.getrandbits(64):016x}",
                        subnet=subnet,
                        address=f"10.0.4.{host + 1}",
                        began=START + turn * TURN,
                        versions=(*versions, last),
                    )
                )
    return lives


# What makes an event of a task none; a field that is None is left out.
SPOILED_ENVELOPE: tuple[Json, ...] = (
    {"source": "mine.ecs"},
    {"detail-type": "ECS Service Action"},
    {"account": "111122223333"},
    {"region": "us-east-1"},
    {"time": None},
    {"detail": None},
    {"detail": ["taskArn"]},
)
SPOILED_DETAIL: tuple[Json, ...] = (
    *({name: None} for name in ("taskArn", "clusterArn", "lastStatus", "createdAt", "version")),
    *({"version": version} for version in ("3", 3.5, -1, True, [3])),
    {"attachments": "none"},
    {"attachments": {"eni": 1}},
    {"attachments": [None]},
    {"createdAt": "yesterday"},
    {"createdAt": "2025-02-30T00:00:00Z"},
    {"createdAt": True},
    {"taskArn": f"{HOME}:service/cluster-of-subnet-g/ghost"},
    {"lastStatus": 7},
)
NO_EVENTS = ("", "no JSON", "null", "[]", "[" * 5000, '{"detail": ', "👻")


def garbage(chance: random.Random) -> list[str]:
    """Make messages that are no events of a task, most of them almost."""
    rubbish = [f"{text} " for text in NO_EVENTS]
    for number, spoiled in enumerate(5 * (*SPOILED_ENVELOPE, *SPOILED_DETAIL)):
        name = f"ghost-{number}-{chance.getrandbits(32):08x}"
        event = Life(name, "subnet-g", "10.0.4.1", START, (3,)).events()[0]
        if spoiled in SPOILED_DETAIL:
            event["detail"] = without_none(event["detail"] | spoiled)
        else:
            event = without_none(event | spoiled)
        rubbish += [json.dumps(event)]
    return rubbish


def without_none(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Ordeal:
    """What went in, what was done to it, and where it ended up."""

    stack: Stack
    lives: list[Life]
    garbage: list[str]
    messages: int
    killed: int
    faulty: FaultyDynamoDB
    dead_letters: list[tuple[str, str | None]]


@pytest.fixture(scope="module")
def ordeal(built: Path) -> Iterator[Ordeal]:
    """Put everything, shuffled and partly repeated, through a stack that is under attack."""
    chance = random.Random(20)  # noqa: S311 - it draws a test
    lives, rubbish = made_up_lives(chance), garbage(chance)
    bodies = [json.dumps(event) for life in lives for event in life.events()]
    bodies += chance.sample(bodies, len(bodies) // 4)
    bodies += rubbish
    chance.shuffle(bodies)
    with deployed_stack(built) as stack, faulty_dynamodb(stack.aws.endpoint, seed=20) as faulty:
        put_between(stack, faulty)
        send(stack, bodies)
        killed = attack(stack, faulty, len(bodies), chance)
        wait_until_empty(stack, stack.outputs["IngestQueueUrl"])
        letters = [(letter.body, letter.reason) for letter in take_dead_letters(stack)]
        yield Ordeal(stack, lives, rubbish, len(bodies), killed, faulty, letters)


def put_between(stack: Stack, faulty: FaultyDynamoDB) -> None:
    """Lead the function's calls of DynamoDB through the proxy, and let messages come again soon."""
    faulty.rate = FAULT_RATE
    function = ingest_function(stack)
    settings = stack.aws.functions.get_function_configuration(FunctionName=function)
    stack.aws.functions.update_function_configuration(
        FunctionName=function,
        Environment={
            "Variables": {
                **settings["Environment"]["Variables"],
                "AWS_ENDPOINT_URL_DYNAMODB": faulty.url,
            }
        },
    )
    stack.aws.sqs.set_queue_attributes(
        QueueUrl=stack.outputs["IngestQueueUrl"],
        Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
    )


def ingest_function(stack: Stack) -> str:
    described = stack.aws.cloudformation.describe_stack_resource(
        StackName=NAME, LogicalResourceId="IngestFunction"
    )
    return described["StackResourceDetail"]["PhysicalResourceId"]


def send(stack: Stack, bodies: list[str]) -> None:
    for batch in batched(bodies, 10, strict=False):
        sent = stack.operator_sqs.send_message_batch(
            QueueUrl=stack.outputs["IngestQueueUrl"],
            Entries=[{"Id": str(at), "MessageBody": body} for at, body in enumerate(batch)],
        )
        assert not sent.get("Failed")


def attack(stack: Stack, faulty: FaultyDynamoDB, messages: int, chance: random.Random) -> int:
    """Kill a function at random moments while the queue empties; half-way, DynamoDB shuts.

    A kill between two batches hits nothing, and another is due.
    """
    killed = 0
    while left := messages_left(stack, stack.outputs["IngestQueueUrl"]):
        hits = batches_cut_short(stack)
        faulty.shut = left < messages / 2 and faulty.faults[Fault.REFUSED] < REFUSALS
        if left < messages * (1 - hits / KILLS) and (workers := ingest_workers(stack)):
            time.sleep(chance.random() / 10)
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
                killed += 1
        time.sleep(0.02)
    faulty.shut = False
    return killed


def batches_cut_short(stack: Stack) -> int:
    """Count the batches in the middle of which the function died."""
    log = stack.aws.log.read_text(encoding="utf-8", errors="replace")
    return log.count("failed processing SQS batch")


def ingest_workers(stack: Stack) -> list[int]:
    """List the processes that run the function: they alone work in this stack's own folder."""
    listed = subprocess.run(
        ["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    worker = f"{stack.aws.folder}/ministack-lambda-{ingest_function(stack)}"
    return [int(line.split()[0]) for line in listed.splitlines() if worker in line]


def test_the_attack_was_one(ordeal: Ordeal) -> None:
    assert ordeal.messages > 2000
    assert ordeal.killed >= KILLS / 2
    assert batches_cut_short(ordeal.stack) >= KILLS / 2
    log = ordeal.stack.aws.log.read_text(encoding="utf-8", errors="replace")
    assert log.count('"not stored"') > 50  # and came again
    assert set(ordeal.faulty.faults) == set(Fault)
    assert ordeal.faulty.faults.total() > 50


def test_nothing_is_lost_and_nothing_invented(ordeal: Ordeal) -> None:
    paths = [f"/tasks/{life.cluster}/{life.name}" for life in ordeal.lives]
    for life, answer in zip(ordeal.lives, ask(ordeal.stack, paths), strict=True):
        outcome = life.outcome()
        assert {name: answer[name] for name in outcome} == outcome
    assert keys_in_table(ordeal.stack) == sorted(life.name for life in ordeal.lives)


def test_the_current_map_is_exact(ordeal: Ordeal) -> None:
    listed = [record["taskArn"] for record in ordeal.stack.api.items("/tasks", limit=100)]
    assert sorted(listed) == sorted(life.arn for life in ordeal.lives if not life.ended)


def test_every_address_is_told_as_it_was(ordeal: Ordeal) -> None:
    moments = [START + turn * TURN + timedelta(minutes=5) for turn in range(TURNS)]
    moments += [START + turn * TURN for turn in range(TURNS + 1)]  # between two tasks
    addresses = sorted({life.address for life in ordeal.lives})[::4]
    asked = [(address, moment) for address in addresses for moment in moments]
    paths = [f"/ips/{address}?at={quote(text(moment))}" for address, moment in asked]
    known = {
        address: Address(
            address, {life.arn: life.events() for life in ordeal.lives if life.address == address}
        )
        for address in addresses
    }
    for (address, moment), answer in zip(asked, ask(ordeal.stack, paths), strict=True):
        certain, possible = (
            {record["taskArn"] for record in answer[name]} for name in ("holders", "possible")
        )
        assert (certain, possible) == known[address].at(text(moment))[:2]
        lives = [life for life in ordeal.lives if life.address == address]
        held = {life.arn for life in lives if life.holds_at(moment)}
        assert certain <= held <= certain | possible


def test_the_garbage_and_only_the_garbage_is_put_aside(ordeal: Ordeal) -> None:
    assert {body for body, _ in ordeal.dead_letters} == set(ordeal.garbage)
    assert all(reason for _, reason in ordeal.dead_letters)


def test_what_an_outage_made_dead_letters_is_stored_once_it_is_over(ordeal: Ordeal) -> None:
    stack, queue = ordeal.stack, ordeal.stack.outputs["IngestQueueUrl"]
    life = Life("late", "subnet-late", "10.0.9.1", START, (1, 2, 3))
    attributes = stack.aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    policy = json.loads(attributes["Attributes"]["RedrivePolicy"]) | {"maxReceiveCount": 1}
    stack.aws.sqs.set_queue_attributes(
        QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "1"}
    )
    ordeal.faulty.shut = True
    send(stack, [json.dumps(event) for event in life.events()])
    wait_until_empty(stack, queue)
    assert stack.api.get(f"/tasks/{life.cluster}/{life.name}").status == 404
    assert messages_left(stack, stack.outputs["IngestDeadLetterQueueUrl"]) == 3

    ordeal.faulty.shut, ordeal.faulty.rate = False, 0.0
    assert redrive(stack)["IngestDeadLetterQueue", "IngestQueue"] == 3
    wait_until_empty(stack, queue)
    [record] = ask(stack, [f"/tasks/{life.cluster}/{life.name}"])
    assert {name: record[name] for name in life.outcome()} == life.outcome()
    assert take_dead_letters(stack) == []


def keys_in_table(stack: Stack) -> list[str]:
    """List the ids of all tasks in the table."""
    pages = stack.aws.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs["TableName"], ProjectionExpression="taskId", ConsistentRead=True
    )
    names = [item["taskId"]["S"] for page in pages for item in page["Items"]]
    return sorted(name for name in names if not name.startswith("#"))


def ask(stack: Stack, targets: Iterable[str]) -> list[Json]:
    """Ask the API side by side; answers in the same order."""
    with ThreadPoolExecutor(4) as threads:
        return [answer.json() for answer in threads.map(stack.api.get, targets)]
