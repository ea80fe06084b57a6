"""Reads recorded events from a log group of CloudWatch Logs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecs_ip.operator_role import told
from ecs_ip.recorded import BadLine, RecordedEvent, read_message

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


def read_log_group(
    logs: "CloudWatchLogsClient", group: str, start: int, end: int
) -> Iterator[RecordedEvent | BadLine]:
    """Read the events of a log group between two times, in epoch milliseconds, oldest first."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=start, endTime=end, PaginationConfig={"PageSize": 10_000}
    )
    number = 0
    with told(f"read the log group {group}"):
        for page in pages:
            for event in page["events"]:
                number += 1
                yield from read_message(event["message"], group, number)
