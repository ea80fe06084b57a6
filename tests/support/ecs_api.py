"""An Amazon ECS to test against: its API over HTTP on loopback, on a clock of the test's.

It answers ListClusters, ListTasks and DescribeTasks in the JSON 1.1 protocol as ECS does: pages of
at most 100, `MISSING` for tasks it does not know, stopped tasks shown for an hour and then
forgotten, no word of a cluster's tasks once it is deleted, and throttling by a token bucket. The
tasks have the shape of recorded DescribeTasks output.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from threading import Lock
from typing import Any

from core.text.arn import ClusterArn, TaskArn
from core.text.instant import HOUR, SECOND, Instant
from local import loopback

REGION = "eu-west-1"
ACCOUNT = "123456789012"
HOME = f"arn:aws:ecs:{REGION}:{ACCOUNT}:"

_TARGET = "AmazonEC2ContainerServiceV20141113."
_SHOWN_FOR = HOUR
_PAGE = 100


class _RefusalError(Exception):
    """An error answer of ECS."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Task:
    """A task's whole life; what is None has not happened."""

    arn: str
    cluster_arn: str
    number: int
    created_at: Instant
    awsvpc: bool = True
    running_at: Instant | None = None
    stopping_at: Instant | None = None
    stopped_at: Instant | None = None

    @property
    def id(self) -> str:
        return TaskArn(self.arn).name

    @property
    def address(self) -> str:
        return str(IPv4Address("10.0.0.1") + self.number)

    def describe(self) -> dict[str, Any]:
        """Write it as DescribeTasks does, timestamps as epoch seconds."""
        last, desired, version, eni = self._status()
        attachment = f"a{self.number:031x}"
        interfaces = [{"attachmentId": attachment, "privateIpv4Address": self.address}]
        whole = {
            "attachments": [self._attachment(attachment, eni)] if self.awsvpc else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": f"{REGION}b",
            "clusterArn": self.cluster_arn,
            "connectivity": "CONNECTED" if self.running_at else None,
            "connectivityAt": _seconds(self.running_at),
            "containers": [
                {
                    "containerArn": self.arn.replace(":task/", ":container/") + "/0",
                    "taskArn": self.arn,
                    "name": "web",
                    "image": "nginx",
                    "lastStatus": last,
                    "networkBindings": [],
                    "networkInterfaces": interfaces if self.awsvpc and self.running_at else [],
                    "healthStatus": "UNKNOWN",
                    "cpu": "99",
                    "memory": "100",
                }
            ],
            "cpu": "256",
            "createdAt": _seconds(self.created_at),
            "desiredStatus": desired,
            "enableExecuteCommand": False,
            "executionStoppedAt": _seconds(self.stopped_at),
            "group": "service:web",
            "healthStatus": "UNKNOWN",
            "lastStatus": last,
            "launchType": "FARGATE" if self.awsvpc else "EC2",
            "memory": "512",
            "overrides": {
                "containerOverrides": [
                    {"name": "web", "environment": [{"name": "PASSWORD", "value": "hunter2"}]}
                ],
                "inferenceAcceleratorOverrides": [],
            },
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "pullStartedAt": _seconds(self.running_at),
            "startedAt": _seconds(self.running_at),
            "startedBy": "ecs-svc/9884010400180000001",
            "stopCode": "UserInitiated" if self.stopped_at else None,
            "stoppedAt": _seconds(self.stopped_at),
            "stoppedReason": "Task stopped by user" if self.stopped_at else None,
            "stoppingAt": _seconds(self.stopping_at),
            "tags": [],
            "taskArn": self.arn,
            "taskDefinitionArn": f"{HOME}task-definition/webserver:2",
            "version": version,
            "ephemeralStorage": {"sizeInGiB": 20},
        }
        return {name: value for name, value in whole.items() if value is not None}

    def _status(self) -> tuple[str, str, int, str]:
        if self.stopped_at:
            return "STOPPED", "STOPPED", 6, "DELETED"
        if self.stopping_at:
            return "RUNNING", "STOPPED", 4, "ATTACHED"
        if self.running_at:
            return "RUNNING", "RUNNING", 3, "ATTACHED"
        return "PROVISIONING", "RUNNING", 1, "PRECREATED"

    def _attachment(self, attachment: str, status: str) -> dict[str, Any]:
        details = {"subnetId": "subnet-0d0eab1bb3a0b1c2d"}
        if self.running_at:
            details |= {
                "networkInterfaceId": f"eni-{self.number:017x}",
                "macAddress": "0e:89:76:28:07:b3",
                "privateDnsName": f"ip-{self.address.replace('.', '-')}.{REGION}.compute.internal",
                "privateIPv4Address": self.address,
            }
        return {
            "id": attachment,
            "type": "ElasticNetworkInterface",
            "status": status,
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }


@dataclass(slots=True)
class EcsApi:
    """The state behind the API. The test moves `now`, and changes what happens to tasks."""

    now: Instant
    url: str = ""
    clusters: list[str] = field(default_factory=list)
    everything: dict[str, Task] = field(default_factory=dict)
    """All tasks there ever were, by ARN."""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before_call: Callable[[str], None] = field(default=lambda _: None)
    """What the test lets happen before a call is answered, by its name."""
    inconsistent: set[str] = field(default_factory=set)
    """ARNs of tasks that reads do not show, for the time being."""
    refuse_next: list[str] = field(default_factory=list)
    """Error codes that the next calls are answered with."""
    page: int = _PAGE
    """How many entries a list gives at once, at most; ECS may give fewer than asked for."""
    burst: float = float("inf")
    a_second: float = 20
    throttled: int = 0
    _tokens: float | None = None
    _filled_at: Instant = 0
    _lock: Lock = field(default_factory=Lock)

    def reset(self, now: Instant) -> None:
        """Forget everything, and go on serving at the same URL."""
        self.__init__(now, self.url)  # type: ignore[misc]  # a new start is what is meant

    def cluster(self, name: str) -> str:
        """Create a cluster; answers its ARN."""
        arn = f"{HOME}cluster/{name}"
        self.clusters.append(arn)
        return arn

    def delete(self, cluster_arn: str) -> None:
        """Delete a cluster; as with ECS, nothing may run in it."""
        tasks = [task for task in self.everything.values() if task.cluster_arn == cluster_arn]
        assert all(task.stopped_at for task in tasks)
        self.clusters.remove(cluster_arn)

    def start(self, cluster_arn: str, *, awsvpc: bool = True, running: bool = True) -> Task:
        """Start a task, which runs at once or is still being provisioned."""
        number = len(self.everything)
        arn = ClusterArn(cluster_arn).task_arn(f"{number:032x}")
        task = Task(arn, cluster_arn, number, self.now, awsvpc)
        task.running_at = self.now if running else None
        self.everything[arn] = task
        return task

    def stop(self, task: Task) -> None:
        """Stop a task for good."""
        task.stopping_at = task.stopping_at or self.now
        task.stopped_at = self.now

    def answer(self, target: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one call."""
        with self._lock:
            self.before_call(target)
            self.calls.append((target, request))
            self._throttle()
            if self.refuse_next:
                raise _RefusalError(self.refuse_next.pop(0), "asked for by the test")
            match target:
                case "ListClusters":
                    return self._page(sorted(self.clusters), "clusterArns", request)
                case "ListTasks":
                    wanted = request.get("desiredStatus", "RUNNING")
                    shown = self._shown(self._found(request["cluster"]))
                    arns = [
                        arn
                        for arn, task in shown.items()
                        if ("STOPPED" if task.stopping_at else "RUNNING") == wanted
                    ]
                    return self._page(sorted(arns), "taskArns", request)
                case "DescribeTasks":
                    return self._describe(request)
        raise _RefusalError("UnknownOperationException", target)

    def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        cluster_arn = self._found(request["cluster"])
        if not 1 <= len(request["tasks"]) <= _PAGE:
            raise _RefusalError("InvalidParameterException", "Tasks should be between 1 and 100")
        shown = self._shown(cluster_arn)
        by_id = {task.id: task for task in shown.values()}
        found = [shown.get(name) or by_id.get(name) for name in request["tasks"]]
        missing = [name for name, task in zip(request["tasks"], found, strict=True) if task is None]
        return {
            "tasks": [task.describe() for task in found if task],
            "failures": [
                {
                    "arn": name if ":" in name else ClusterArn(cluster_arn).task_arn(name),
                    "reason": "MISSING",
                }
                for name in missing
            ],
        }

    def _found(self, cluster: str) -> str:
        arn = cluster if ":" in cluster else f"{HOME}cluster/{cluster}"
        if arn not in self.clusters:
            raise _RefusalError("ClusterNotFoundException", "Cluster not found.")
        return arn

    def _shown(self, cluster_arn: str) -> dict[str, Task]:
        return {
            arn: task
            for arn, task in self.everything.items()
            if task.cluster_arn == cluster_arn
            and arn not in self.inconsistent
            and (task.stopped_at is None or self.now - task.stopped_at < _SHOWN_FOR)
        }

    def _page(self, arns: list[str], name: str, request: dict[str, Any]) -> dict[str, Any]:
        size = request.get("maxResults", _PAGE)
        if not 1 <= size <= _PAGE:
            raise _RefusalError("InvalidParameterException", "maxResults is out of range")
        left = [arn for arn in arns if arn > request.get("nextToken", "")]
        size = min(size, self.page)
        more = {"nextToken": left[size - 1]} if len(left) > size else {}
        return {name: left[:size], **more}

    def _throttle(self) -> None:
        if self._tokens is None:
            self._tokens, self._filled_at = self.burst, self.now
        gained = (self.now - self._filled_at) * self.a_second / SECOND
        self._tokens, self._filled_at = min(self.burst, self._tokens + gained), self.now
        if self._tokens < 1:
            self.throttled += 1
            raise _RefusalError("ThrottlingException", "Rate exceeded")
        self._tokens -= 1


@contextmanager
def serve(api: EcsApi) -> Iterator[EcsApi]:
    """Serve the API on a free port of loopback, whose URL is `api.url`."""
    with loopback.serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, api))) as api.url:
        yield api


class _Handler(loopback.Prompt, BaseHTTPRequestHandler):
    def __init__(self, api: EcsApi, *arguments: Any) -> None:
        self._api = api
        super().__init__(*arguments)

    def do_POST(self) -> None:
        target = self.headers["X-Amz-Target"].removeprefix(_TARGET)
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/ecs/aws4_request" not in self.headers.get("Authorization", ""):
            return self._send(400, {"__type": "MissingAuthenticationTokenException"})
        try:
            return self._send(200, self._api.answer(target, request))
        except _RefusalError as refusal:
            return self._send(400, {"__type": refusal.code, "message": refusal.message})

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _seconds(instant: Instant | None) -> float | None:
    return None if instant is None else instant / SECOND
