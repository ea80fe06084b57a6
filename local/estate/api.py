"""The API of the estate's ECS and EC2, as far as the sweep asks it; refusals as AWS has them."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any

from local.embedded import REGION
from local.estate.clock import Instant
from local.estate.network import Subnet
from local.estate.task import HOME, Task
from local.estate.wire import describe
from local.estate.world import World

PAGE = 100
_EC2 = "http://ec2.amazonaws.com/doc/2016-11-15/"
_EC2_PAGES = range(5, 1001)


class RefusalError(Exception):
    """AWS's own word for what is wrong with a request."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def answer_ecs(world: World, action: str, request: Mapping[str, Any], now: Instant) -> Any:
    """Answer a call of ECS; raises RefusalError."""
    match action:
        case "ListClusters":
            return _page(_clusters(world), "clusterArns", request)
        case "ListTasks":
            cluster = _cluster(world, request)
            wanted = request.get("desiredStatus", "RUNNING")
            arns = [
                task.arn
                for task in world.shown(now)
                if (task.workload.cluster_arn, task.desired_status) == (cluster, wanted)
            ]
            return _page(arns, "taskArns", request)
        case "DescribeTasks":
            return _describe_tasks(world, request, now)
    raise RefusalError("UnknownOperationException", f"There is no {action} here.")


def answer_ec2(world: World, request: Mapping[str, str]) -> str:
    """Answer DescribeSubnets with XML; raises RefusalError."""
    if request.get("Action") != "DescribeSubnets":
        raise RefusalError("InvalidAction", f"There is no {request.get('Action')} here.")
    ids = _numbered(request, "SubnetId")
    unknown = sorted(set(ids) - {subnet.id for subnet in world.subnets})
    if unknown:
        raise RefusalError("InvalidSubnetID.NotFound", f"The subnet ID '{unknown[0]}' is not there")
    found = [
        subnet
        for subnet in sorted(world.subnets, key=lambda subnet: subnet.id)
        if (not ids or subnet.id in ids) and _passes(subnet, request)
    ]
    left = [subnet for subnet in found if subnet.id > request.get("NextToken", "")]
    size = int(request.get("MaxResults", "1000"))
    if size not in _EC2_PAGES:
        raise RefusalError("InvalidParameterValue", f"Value ( {size} ) for maxResults is invalid.")
    token = f"<nextToken>{left[size - 1].id}</nextToken>" if len(left) > size else ""
    items = "".join(_subnet_xml(subnet) for subnet in left[:size])
    return (
        f'<DescribeSubnetsResponse xmlns="{_EC2}"><requestId>{_request_id()}</requestId>'
        f"<subnetSet>{items}</subnetSet>{token}</DescribeSubnetsResponse>"
    )


def ec2_error(refusal: RefusalError) -> str:
    """Write a refusal as EC2 does."""
    return (
        f"<Response><Errors><Error><Code>{escape(refusal.code)}</Code>"
        f"<Message>{escape(refusal.message)}</Message></Error></Errors>"
        f"<RequestID>{_request_id()}</RequestID></Response>"
    )


def _request_id() -> str:
    return "00000000-0000-4000-8000-000000000000"


def _clusters(world: World) -> list[str]:
    return sorted({workload.cluster_arn for workload in world.workloads.values()})


def _cluster(world: World, request: Mapping[str, Any]) -> str:
    """Find the cluster of a request, by name or ARN; without one it is `default`."""
    named = request.get("cluster", "default")
    arn = named if ":" in named else f"{HOME}cluster/{named}"
    if arn not in _clusters(world):
        raise RefusalError("ClusterNotFoundException", "Cluster not found.")
    return str(arn)


def _describe_tasks(world: World, request: Mapping[str, Any], now: Instant) -> dict[str, Any]:
    cluster = _cluster(world, request)
    names: Sequence[str] = request.get("tasks", ())
    if not 1 <= len(names) <= PAGE:
        raise RefusalError("InvalidParameterException", "Tasks should be between 1 and 100.")
    shown = {task.id: task for task in world.shown(now) if task.workload.cluster_arn == cluster}
    tasks = [(name, _named(name, cluster, shown)) for name in names]
    return {
        "tasks": [describe(task) for _, task in tasks if task],
        "failures": [
            {"arn": _task_arn(name, cluster), "reason": "MISSING"}
            for name, task in tasks
            if task is None
        ],
    }


def _named(name: str, cluster: str, shown: Mapping[str, Task]) -> Task | None:
    task = shown.get(name.rpartition("/")[2])
    return task if task and name in {task.id, _task_arn(task.id, cluster)} else None


def _task_arn(name: str, cluster: str) -> str:
    return name if ":" in name else f"{cluster.replace(':cluster/', ':task/')}/{name}"


def _page(arns: Sequence[str], name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Cut a page out of a list that is kept in order, so that a token is the last one shown."""
    size = request.get("maxResults", PAGE)
    if not 1 <= size <= PAGE:
        raise RefusalError("InvalidParameterException", "maxResults should be between 1 and 100.")
    after = request.get("nextToken", "")
    left = list(islice((arn for arn in sorted(arns) if arn > after), size + 1))
    return {name: left[:size], **({"nextToken": left[size - 1]} if len(left) > size else {})}


def _numbered(request: Mapping[str, str], prefix: str) -> list[str]:
    """List the values of `Prefix.1`, `Prefix.2` and so on."""
    return [value for name, value in request.items() if name.rpartition(".")[0] == prefix]


def _passes(subnet: Subnet, request: Mapping[str, str]) -> bool:
    facts = {"subnet-id": subnet.id, "vpc-id": subnet.vpc_id, "availability-zone": subnet.zone}
    for name, wanted in request.items():
        if not (name.startswith("Filter.") and name.endswith(".Name")):
            continue
        if wanted not in facts:
            raise RefusalError("InvalidParameterValue", f"The filter '{wanted}' is invalid")
        if facts[wanted] not in _numbered(request, name.removesuffix("Name") + "Value"):
            return False
    return True


def _subnet_xml(subnet: Subnet) -> str:
    associated = "" if subnet.ipv6_cidr is None else _ipv6_xml(subnet.ipv6_cidr)
    return (
        f"<item><subnetId>{subnet.id}</subnetId><state>available</state>"
        f"<vpcId>{subnet.vpc_id}</vpcId><cidrBlock>{subnet.cidr}</cidrBlock>"
        f"<ipv6CidrBlockAssociationSet>{associated}</ipv6CidrBlockAssociationSet>"
        f"<availableIpAddressCount>{len(subnet.free)}</availableIpAddressCount>"
        f"<availabilityZone>{subnet.zone}</availabilityZone>"
        f"<ownerId>{HOME.split(':')[4]}</ownerId><ipv6Native>false</ipv6Native>"
        f"<subnetArn>arn:aws:ec2:{REGION}:{HOME.split(':')[4]}:subnet/{subnet.id}</subnetArn></item>"
    )


def _ipv6_xml(cidr: str) -> str:
    return (
        f"<item><ipv6CidrBlock>{cidr}</ipv6CidrBlock>"
        "<associationId>subnet-cidr-assoc-0a51e57a7e0000001</associationId>"
        "<ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>"
    )
