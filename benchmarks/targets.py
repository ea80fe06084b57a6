"""`GET /targets` of a large estate: how long it takes, how much memory, how large the answer is.

    python -m benchmarks.targets [TASKS]

Writes that many running tasks (50,000 unless told otherwise) into Amazon's DynamoDB Local, and
asks the query function for them in a process of its own, gzipped, as Prometheus does, three times.
The median counts. Time counts from the request on, memory is the process's peak with everything in
it.
"""

import gzip
import json
import os
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import boto3
from botocore.config import Config

from core.task.kinds import Earliest, Facts, Interface, Newest, Status, TaskKey
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import from_text
from tests.support.dynamodb_local import running
from tests.support.tables import new_table, write_records

NOON = from_text("2026-11-20T12:00:00Z")
REQUEST: dict[str, Any] = {
    "httpMethod": "GET",
    "path": "/targets",
    "multiValueHeaders": {"Accept": ["application/json"], "Accept-Encoding": ["gzip"]},
    "multiValueQueryStringParameters": {"port": ["9100"]},
    "requestContext": {"requestId": "1", "path": "/v1/targets", "stage": "v1"},
}


TIMES = 3
"""How often the function is asked, each time in a new process. DynamoDB Local is slow at first."""


class Answer(NamedTuple):
    """What one answer took."""

    seconds: float
    text: str


def main(arguments: list[str]) -> None:
    """Print one line of figures."""
    print(measured(int(arguments[0]) if arguments else 50_000))


def measured(count: int) -> str:
    """Ask for the targets of that many tasks; return one line of figures."""
    with running() as url:
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": url,
            "AWS_LAMBDA_FUNCTION_NAME": "query",
            "RETENTION_DAYS": "90",
            "POWERTOOLS_SERVICE_NAME": "query",
        }
        client = boto3.client("dynamodb", config=Config(max_pool_connections=16))
        with new_table(client) as table:
            write_records(table, tasks(count))
            os.environ["TABLE_NAME"] = table.name
            answers = sorted((_asked() for _ in range(TIMES)), key=lambda answer: answer.seconds)
    return answers[TIMES // 2].text


def tasks(count: int) -> Iterator[Record]:
    """Make up running tasks, each with names and ids as long and as random as real ones."""
    for number in range(count):
        task_id = UUID(int=hash((number, 1)) % 2**64 * 2**64 + hash((number, 2)) % 2**64).hex
        cluster = ClusterArn(f"arn:aws:ecs:eu-west-1:111122223333:cluster/production-{number % 9}")
        service = f"service:team-{number % 70}-backend"
        family = f"{cluster.home}task-definition/team-{number % 70}"
        yield Record(
            key=TaskKey(task_id, cluster),
            status=Status(
                last_status="RUNNING",
                desired_status="RUNNING",
                version=3,
                attachment_status="ATTACHED",
                source="event",
            ),
            facts=Facts(
                task_arn=cluster.task_arn(task_id),
                group=service,
                started_by=f"ecs-svc/{number % 70:019}",
                task_definition_arn=f"{family}:{number % 5}",
                launch_type="FARGATE",
                platform_version="1.4.0",
                availability_zone=f"eu-west-1{'abc'[number % 3]}",
                network_mode="awsvpc",
                vpc_id="vpc-0a1b2c3d4e5f60718",
                created_at=NOON - 60_000,
            ),
            interface=Interface(
                attachment_id=str(UUID(task_id)),
                network_interface_id=f"eni-{task_id[:17]}",
                subnet_id=f"subnet-{number % 12:017x}",
                mac_address="0a:58:a9:fe:ac:01",
                private_dns_name=f"ip-10-{number:06}.eu-west-1.compute.internal",
                private_ipv4_address=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
            ),
            earliest=Earliest(connectivity_at=NOON, started_at=NOON + number, shown_by_event=NOON),
            newest=Newest(observed_at=NOON + number),
        )


def _asked() -> Answer:
    command = [sys.executable, "-m", "benchmarks.targets", "--ask"]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Answer(*json.loads(run.stdout))


def ask() -> None:
    """Ask the function, and print what it took, as JSON."""
    from handlers import query  # noqa: PLC0415 - it is to be loaded in the process that is measured

    before = peak_memory()
    started, cpu = time.monotonic(), time.process_time()
    answer = query.handler(REQUEST, None)
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    peak = peak_memory()
    size = len(json.dumps(answer))
    targets = json.loads(gzip.decompress(b64decode(answer["body"])))
    text = (
        f"{len(targets):,} targets, whole: {seconds:.1f} s ({cpu:.1f} s CPU),"
        f" peak {peak / 1024:.0f} MiB ({(peak - before) / 1024:.0f} MiB more than before),"
        f" answer {size / 2**20:.2f} MiB of Lambda's 6"
    )
    print(json.dumps(Answer(seconds, text)))


def peak_memory() -> int:
    """Read the most memory that this process has had, in KiB; Linux alone tells it so."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    ask() if sys.argv[1:] == ["--ask"] else main(sys.argv[1:])
