"""DynamoDB's limits and its documented way to count an item's size.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from typing import Any

WRITE_UNIT = 1_024
"""Bytes that one write unit pays for."""

LONGEST_PARTITION_KEY = 2_048
LONGEST_SORT_KEY = 1_024
SORT_KEYS = ("clusterArn", "created", "place", "until")
PARTITION_KEYS = ("taskId", "live", "past", "service", "ipv4", "ipv6", "eni")


def item_size(item: Mapping[str, Any]) -> int:
    """Count the bytes of an item of texts and numbers: each name and each value."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, str]) -> int:
    if "S" in value:
        return len(value["S"].encode())
    digits = value["N"].lstrip("-").strip("0") if value["N"] != "0" else "0"
    # One byte for two significant digits, one more for the number, one more for a minus.
    return (len(digits) + 1) // 2 + 1 + value["N"].startswith("-")
