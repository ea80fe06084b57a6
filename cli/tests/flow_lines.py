"""Lines of flow logs, made up, and the addresses that are in them."""

import csv
import io
from collections.abc import Callable
from typing import Any

AT = 1_795_514_400  # 2026-11-24T10:00:00Z
ENI = "eni-00000000000000001"
PEER = "10.31.9.9"
OURS = "10.31.7.7"
Enrich = Callable[..., list[dict[str, str]]]


def rows_of(result: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.out)))


def default(
    src: str = OURS, dst: str = PEER, eni: str = ENI, start: int = AT, end: int = AT + 59
) -> str:
    return f"2 111122223333 {eni} {src} {dst} 41822 443 6 20 4249 {start} {end} ACCEPT OK\n"
