"""Access logs of load balancers: Application, Network (TLS) and Classic.

The lines name the client and the target as `address:port`. The target is the task's address where
a target group registers addresses, as it does for ECS services with `awsvpc`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from ecs_ip.rows import BadRow, Lines, Row

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ADDRESS = re.compile(r"\[?([0-9a-fA-F.:]+?)\]?:(\d+)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
_APPLICATION = [
    "type",
    "time",
    "elb",
    "client:port",
    "target:port",
    "request_processing_time",
    "target_processing_time",
    "response_processing_time",
    "elb_status_code",
    "target_status_code",
    "received_bytes",
    "sent_bytes",
    "request",
    "user_agent",
    "ssl_cipher",
    "ssl_protocol",
    "target_group_arn",
    "trace_id",
    "domain_name",
    "chosen_cert_arn",
    "matched_rule_priority",
    "request_creation_time",
    "actions_executed",
    "redirect_url",
    "error_reason",
    "target:port_list",
    "target_status_code_list",
    "classification",
    "classification_reason",
    "conn_trace_id",
    "transformed_host",
    "transformed_uri",
    "request_transform_status",
]
_CLASSIC = [
    "time",
    "elb",
    "client:port",
    "backend:port",
    "request_processing_time",
    "backend_processing_time",
    "response_processing_time",
    "elb_status_code",
    "backend_status_code",
    "received_bytes",
    "sent_bytes",
    "request",
    "user_agent",
    "ssl_cipher",
    "ssl_protocol",
]
_NETWORK = [
    "type",
    "version",
    "time",
    "elb",
    "listener",
    "client:port",
    "destination:port",
    "connection_time",
    "tls_handshake_time",
    "received_bytes",
    "sent_bytes",
    "incoming_tls_alert",
    "chosen_cert_arn",
    "chosen_cert_serial",
    "tls_cipher",
    "tls_protocol_version",
    "tls_named_group",
    "domain_name",
    "alpn_fe_protocol",
    "alpn_be_protocol",
    "alpn_client_preference_list",
    "tls_connection_creation_time",
]
_APPLICATION_TYPES = frozenset({"http", "https", "h2", "grpcs", "ws", "wss"})
_FEWEST = {"application": 12, "classic": 11, "network": 16}
# The seconds that a request took, if a log has no time of its beginning.
_DURATIONS = (
    "request_processing_time",
    "target_processing_time",
    "backend_processing_time",
    "response_processing_time",
)
_BEGINNINGS = ("request_creation_time", "tls_connection_creation_time")


class BalancerLog:
    """An access log of one kind of load balancer."""

    sides = ("client", "target")
    has_next_hop = False

    def __init__(self, balancer: str, fields: Sequence[str], values: int) -> None:
        self.kind = f"an access log of a load balancer ({balancer})"
        self._fewest = min(_FEWEST[balancer], values)
        more = [f"field_{number}" for number in range(len(fields) + 1, values + 1)]
        self.columns = (*fields[:values], *more)
        self._at = {name: at for at, name in enumerate(self.columns)}
        target = {"application": "target", "classic": "backend", "network": "destination"}
        self._sides = (self._at["client:port"], self._at[f"{target[balancer]}:port"])

    def rows(self, lines: Lines) -> Iterator[tuple[int, Row | BadRow]]:
        """Read the requests."""
        for number, line in lines:
            values = tokens(line)
            if values:
                yield number, self._row(values)

    def _row(self, values: list[str]) -> Row | BadRow:
        if len(values) < self._fewest:
            return BadRow(f"it has {len(values)} values, and needs at least {self._fewest}")
        cells = (values + [""] * len(self.columns))[: len(self.columns)]
        try:
            start, end = self._window(cells)
        except (ValueError, OverflowError):
            return BadRow(f"it has no time: {cells[self._at['time']]!r}")
        return Row(cells, start, end, tuple(address_of(cells[at]) for at in self._sides))

    def _window(self, cells: list[str]) -> tuple[int, int]:
        end = _milliseconds(cells[self._at["time"]])
        for name in _BEGINNINGS:
            at = self._at.get(name)
            if at is not None and _TIME.fullmatch(cells[at]):
                return min(_milliseconds(cells[at]), end), end + 1
        took = sum(self._seconds(cells, name) for name in _DURATIONS)
        return end - int(took * 1000), end + 1

    def _seconds(self, cells: list[str], name: str) -> float:
        at = self._at.get(name)
        text = cells[at] if at is not None else ""
        return max(float(text), 0.0) if text not in {"", "-"} else 0.0  # -1: never handed on


def recognised(line: str) -> BalancerLog | None:
    """Return the log whose first line this is, or None."""
    values = tokens(line)
    for balancer, fields, time_at in _SHAPES:
        fits = len(values) >= _FEWEST[balancer] and _TIME.fullmatch(values[time_at])
        if fits and _has_type(balancer, values[0]) and _has_client(fields, values):
            return BalancerLog(balancer, fields, len(values))
    return None


_SHAPES = (("application", _APPLICATION, 1), ("network", _NETWORK, 2), ("classic", _CLASSIC, 0))


def _has_type(balancer: str, first: str) -> bool:
    if balancer == "application":
        return first in _APPLICATION_TYPES
    return first == "tls" if balancer == "network" else True


def _has_client(fields: Sequence[str], values: Sequence[str]) -> bool:
    return bool(_ADDRESS.fullmatch(values[fields.index("client:port")]))


def tokens(line: str) -> list[str]:
    """Split a line at blanks outside quotes."""
    return [quoted or plain for quoted, plain in _TOKEN.findall(line)]


def address_of(text: str) -> str:
    """Return the address in `address:port`; "" if there is none (`-`)."""
    found = _ADDRESS.fullmatch(text)
    return found[1] if found else ""


def _milliseconds(text: str) -> int:
    plain = text.removesuffix("Z")
    if not _PLAIN_TIME.fullmatch(plain):
        raise ValueError(text)
    return int(datetime.fromisoformat(f"{plain[:26]}+00:00").timestamp() * 1000)
