"""VPC flow logs: their fields, and how to recognise which ones a log has.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html lists the fields. A file in
S3 begins with their names. CloudWatch Logs has none: there, AWS's default format (version 2) is
recognised by its shape, and a custom one must be named (`--fields`).
"""

import csv
import re
from collections.abc import Iterator, Sequence

from ecs_ip.rows import BadRow, Lines, Records, Row, UnknownFormError, shown

DEFAULT_FIELDS = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
]

# By the version that brought them. Unknown names are taken too: AWS adds some every year.
KNOWN_FIELDS = frozenset(
    [
        *DEFAULT_FIELDS,
        *[
            "vpc-id",
            "subnet-id",
            "instance-id",
            "tcp-flags",
            "type",
            "pkt-srcaddr",
            "pkt-dstaddr",
        ],  # 3
        *["region", "az-id", "sublocation-type", "sublocation-id"],  # 4
        *["pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"],  # 5
        *["ecs-cluster-arn", "ecs-cluster-name", "ecs-container-instance-arn"],  # 7
        *["ecs-container-instance-id", "ecs-container-id", "ecs-second-container-id"],  # 7
        *["ecs-service-name", "ecs-task-definition-arn", "ecs-task-arn", "ecs-task-id"],  # 7
        *["reject-reason", "resource-id", "encryption-status"],  # 8, 9, 10
        *["interface-type", "next-hop-interface-id", "next-hop-interface-type"],  # 11
        *[
            "next-hop-subnet-id",
            "next-hop-az-id",
            "next-hop-vpc-id",
            "instance-tag",
            "interface-tag",
        ],
    ]
)

# As AWS's own tables for Athena once called them, and what CloudWatch Logs Insights exports.
_OTHER_NAMES = {
    "account": "account-id",
    "sourceaddress": "srcaddr",
    "destinationaddress": "dstaddr",
    "src-addr": "srcaddr",
    "dst-addr": "dstaddr",
    "pkt-src-addr": "pkt-srcaddr",
    "pkt-dst-addr": "pkt-dstaddr",
    "starttime": "start",
    "endtime": "end",
}
_NAMING = frozenset(
    ["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "interface-id", "next-hop-interface-id"]
)
_NAME = re.compile(r"[A-Za-z@][A-Za-z0-9_.:@-]*", re.ASCII)
_FIELDS_SPLIT = re.compile(r"[\s,]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*", re.ASCII)
_TIMESTAMP_COLUMN = "timestamp"
_NO_VALUE = "-"
_LOCAL = {"ingress": 1, "egress": 0}

# What a record of the default format looks like.
_DEFAULT_SHAPE = re.compile(
    r"2 (\d{12}|unknown|-) (eni-[0-9a-f]+|-) ([0-9a-fA-F.:]+|-) ([0-9a-fA-F.:]+|-) "
    r"(\d+|-) (\d+|-) (\d+|-) (\d+|-) (\d+|-) (\d+|-) (\d+|-) "
    r"(ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)",
    re.ASCII,
)


def named_fields(text: str) -> list[str]:
    """Read the fields that a person names: blanks, commas and `${…}` are all accepted."""
    plain = re.sub(r"\$\{([^}]*)\}", r" \1 ", text)
    names = [canonical(name) for name in _FIELDS_SPLIT.split(plain.strip()) if name]
    if not _NAMING & set(names):
        raise UnknownFormError(
            "--fields names no field that tells whose a flow was: "
            f"it needs one of {', '.join(sorted(_NAMING))}"
        )
    return names


def canonical(name: str) -> str:
    """Return a field's name as AWS spells it: `srcaddr` for `srcAddr`, `vpc-id` for `vpc_id`."""
    plain = name.strip().strip("$").strip("{}").strip('"')
    dashed = _CAMEL.sub("-", plain).lower().replace("_", "-")
    return _OTHER_NAMES.get(dashed, dashed)


class FlowLog:
    """A flow log with these fields, in this order."""

    kind = "a VPC flow log"
    sides = ("src", "dst")

    def __init__(self, fields: Sequence[str], delimiter: str | None = None) -> None:
        self.fields = list(fields)
        self._delimiter = delimiter
        self._stamped = False
        self._at = {name: at for at, name in reversed(list(enumerate(fields)))}
        self._address = [self._first(f"pkt-{side}addr", f"{side}addr") for side in self.sides]
        self._interface_address = [self._at.get(f"{side}addr") for side in self.sides]
        self._wanted = {name: self._at.get(name) for name in _WANTED}

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields, after the time of the export if there is one."""
        return (_TIMESTAMP_COLUMN, *self.fields) if self._stamped else tuple(self.fields)

    @property
    def has_next_hop(self) -> bool:
        """Whether the log has the field (version 11)."""
        return "next-hop-interface-id" in self._at

    def stamped(self) -> "FlowLog":
        """Expect the time of the export before each line."""
        self._stamped = True
        return self

    def rows(self, lines: Lines) -> Iterator[tuple[int, Row | BadRow]]:
        """Read the records; lines without data (NODATA, SKIPDATA) have no addresses."""
        for number, line in lines:
            values = self._split(line)
            if not values or self._is_header(values, number):
                continue
            if len(values) == len(self.columns):
                yield number, self.row(values)
            else:
                yield number, self._misfit(values)

    def records(self, records: Records) -> Iterator[tuple[int, Row | BadRow]]:
        """Read records whose values are known."""
        for number, values in records:
            yield number, self.row(values)

    def row(self, values: list[str]) -> Row | BadRow:
        """Read one record."""
        own = values[1:] if self._stamped else values
        wanted = {
            name: own[at] if at is not None and own[at] != _NO_VALUE else ""
            for name, at in self._wanted.items()
        }
        try:
            start, end = _window(wanted["start"], wanted["end"])
        except ValueError:
            return BadRow("start and end are not whole seconds")
        addresses = tuple(_value(own, at) for at in self._address)
        return Row(
            values,
            start,
            end,
            addresses,
            interface=wanted["interface-id"],
            local=_LOCAL.get(wanted["flow-direction"]),
            next_hop=wanted["next-hop-interface-id"],
            subnet=wanted["subnet-id"],
            vpc=wanted["vpc-id"],
            interface_addresses=tuple(_value(own, at) for at in self._interface_address),
        )

    def _split(self, line: str) -> list[str]:
        if self._delimiter is None:
            return line.split()
        return next(csv.reader([line], delimiter=self._delimiter), [])

    def _is_header(self, values: list[str], number: int) -> bool:
        if values[0].isdigit() or not is_header(values):
            return False
        if [canonical(value) for value in values] == self.fields:
            return True
        raise UnknownFormError(
            f"the fields change in line {number}; enrich what follows by itself: "
            f"{shown(' '.join(values))}"
        )

    def _misfit(self, values: list[str]) -> BadRow:
        expected = len(self.columns)
        return BadRow(f"it has {len(values)} values instead of {expected}")

    def _first(self, *names: str) -> int | None:
        return next((self._at[name] for name in names if name in self._at), None)


_WANTED = (
    "start",
    "end",
    "interface-id",
    "flow-direction",
    "next-hop-interface-id",
    "subnet-id",
    "vpc-id",
)


def _value(values: list[str], at: int | None) -> str:
    return "" if at is None or values[at] == _NO_VALUE else values[at]


def _window(start: str, end: str) -> tuple[int | None, int | None]:
    """Return a flow's time; the second in which it ended belongs to it."""
    if not start and not end:
        return None, None
    first, last = int(start or end), int(end or start)
    return first * 1000, (max(first, last) + 1) * 1000


def is_header(values: Sequence[str]) -> bool:
    """Return whether a line names fields of a flow log."""
    if not all(_NAME.fullmatch(value.strip("$").strip("{}")) for value in values):
        return False
    names = {canonical(value) for value in values}
    return bool(names & _NAMING) and len(names & KNOWN_FIELDS) * 2 >= len(names)


def with_header(line: str) -> FlowLog | None:
    """Return the log whose first line this is, or None."""
    for delimiter in (None, ",", "\t"):
        values = next(csv.reader([line], delimiter=delimiter)) if delimiter else line.split()
        if len(values) > 1 and is_header(values):
            return FlowLog([canonical(value) for value in values], delimiter)
    return None


def with_fields(fields: Sequence[str], line: str) -> FlowLog:
    """Return the log that has the fields that a person named, and whose first line this is."""
    log = FlowLog(fields)
    values = line.split()
    if len(values) == len(fields) + 1 and _TIMESTAMP.fullmatch(values[0]):
        return log.stamped()
    if len(values) != len(fields) and not is_header(values):
        raise UnknownFormError(
            f"--fields names {len(fields)} fields, and the first line has {len(values)} values: "
            f"{shown(line)}"
        )
    return log


def of_default_format(lines: Sequence[str]) -> FlowLog | None:
    """Return the log of AWS's default format, or None unless each of these lines really fits."""
    stamped = bool(lines) and bool(_TIMESTAMP.match(lines[0]))
    for line in lines:
        _, _, rest = line.partition(" ") if stamped else ("", "", line)
        if not _DEFAULT_SHAPE.fullmatch(" ".join(rest.split())):
            return None
    if not lines:
        return None
    return FlowLog(DEFAULT_FIELDS).stamped() if stamped else FlowLog(DEFAULT_FIELDS)
