"""ECS ARNs, as types that parse themselves."""

import re
from typing import Self

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z0-9-]*):ecs:(?P<region>[A-Za-z0-9-]+):(?P<account>[A-Za-z0-9]*)"
    r":(?P<kind>[a-z-]+)/(?P<path>[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)",
    re.ASCII,
)


class EcsArn(str):
    """An Amazon Resource Name of ECS, of any partition: `arn:aws:ecs:REGION:ACCOUNT:KIND/PATH`."""

    __slots__ = ("account", "aws_partition", "home", "name", "region")

    aws_partition: str
    region: str
    account: str
    home: str
    """The beginning that all ARNs of one partition, region and account share."""
    name: str
    """The last segment: a task's id, a cluster's short name."""

    kind = ""
    deepest = 1
    """The greatest number of segments in the path."""

    def __new__(cls, text: str) -> Self:
        """Parse the text; raise ValueError that says what it is not."""
        match = _ARN.fullmatch(text)
        path = match["path"].split("/") if match else []
        if match is None or match["kind"] != cls.kind or len(path) > cls.deepest:
            raise ValueError(f"is not the ARN of an ECS {cls.kind}")
        arn = super().__new__(cls, text)
        arn.aws_partition, arn.region, arn.account = match.group("partition", "region", "account")
        arn.home = f"arn:{arn.aws_partition}:ecs:{arn.region}:{arn.account}:"
        arn.name = path[-1]
        return arn


class TaskArn(EcsArn):
    """A task's ARN: `task/CLUSTER/ID`, or `task/ID` in the format before 2018."""

    __slots__ = ()
    kind = "task"
    deepest = 2


class ClusterArn(EcsArn):
    """A cluster's ARN: `cluster/NAME`."""

    __slots__ = ()
    kind = "cluster"

    def task_arn(self, task_id: str) -> str:
        """Return the ARN of a task of this cluster, in the current format."""
        return f"{self.home}task/{self.name}/{task_id}"
