"""Recorded events: every form in which people keep them, and what is wrong with some."""

import ast
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ecs_ip import json_stream, recorded
from ecs_ip.recorded import BadLine, RecordedEvent, read_recorded, read_stream, without_overrides


def event(number: int, **detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"event-{number}",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "detail": {
            "taskArn": f"arn:aws:ecs:eu-west-1:1:task/shop/{number}",
            "text": "ä}{",
            **detail,
        },
    }


EVENTS = [event(1), event(2), event(3)]
LINES = [json.dumps(event) for event in EVENTS]
LOG_EVENTS = [{"timestamp": 1, "message": line, "ingestionTime": 2} for line in LINES]
ENVELOPE = {"messageType": "DATA_MESSAGE", "owner": "1", "logEvents": LOG_EVENTS}
CONTROL = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "CWL CONTROL"}]}

FORMS = {
    "a list": json.dumps(EVENTS),
    "an indented list": json.dumps(EVENTS, indent=2, ensure_ascii=False),
    "lines": "\n".join(LINES),
    "lines of Windows": "\r\n".join(LINES) + "\r\n",
    "lines with commas": ",\n".join(LINES),
    "indented, one after another": "\n".join(json.dumps(event, indent=4) for event in EVENTS),
    "concatenated": "".join(LINES),
    "filter-log-events": json.dumps({"events": LOG_EVENTS, "searchedLogStreams": []}, indent=4),
    "get-log-events": json.dumps({"events": LOG_EVENTS, "nextForwardToken": "f/1"}),
    "events after another member": json.dumps({"nextToken": "1", "events": LOG_EVENTS}),
    "an export of CloudWatch Logs": "".join(f"2026-11-24T10:00:31.000Z {x}\n" for x in LINES),
    "aws logs tail": "".join(f"2026-11-24T10:00:31+00:00 a-stream/1 {line}\n" for line in LINES),
    "a subscription": json.dumps(CONTROL) + json.dumps(ENVELOPE),
    "a query's results": json.dumps(
        {
            "results": [
                [{"field": "@ptr", "value": "x"}, {"field": "@message", "value": x}] for x in LINES
            ]
        }
    ),
    "dead letters": json.dumps({"Messages": [{"MessageId": "1", "Body": line} for line in LINES]}),
}


def read(content: str | bytes) -> list[RecordedEvent | BadLine]:
    packed = content.encode() if isinstance(content, str) else content
    return list(read_stream(io.BytesIO(packed), "a file"))


def events_in(content: str | bytes) -> list[dict[str, Any]]:
    found = read(content)
    assert [one for one in found if isinstance(one, BadLine)] == []
    return [one.event for one in found if isinstance(one, RecordedEvent)]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form: str) -> None:
    assert events_in(FORMS[form]) == EVENTS


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 7, 64, 1024])
def test_it_does_not_matter_where_a_read_ends(
    form: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "_READ", size)
    monkeypatch.setattr(json_stream._Text, "match", _match_with_enough)
    assert events_in(FORMS[form]) == EVENTS


def _match_with_enough(text: Any, pattern: Any) -> int:
    while len(text._text) - text._at < 200 and text._more():
        pass
    found = pattern.match(text._text, text._at)
    return found.end() - text._at if found else 0


def test_gzip_is_known_by_its_content_once_twice_and_in_pieces() -> None:
    once = gzip.compress(FORMS["a subscription"].encode())
    assert events_in(once) == EVENTS
    assert events_in(gzip.compress(once)) == EVENTS
    assert events_in(b"".join(gzip.compress(line.encode()) for line in LINES)) == EVENTS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_text(encoding: str) -> None:
    assert events_in(FORMS["a list"].encode(encoding)) == EVENTS


def test_bad_lines_are_named_and_skipped() -> None:
    cut = LINES[1][:-20]
    content = "\n".join([LINES[0], cut, "some text", LINES[2], '{"a": 1}', "5"])
    found = read(content)
    assert [one.event for one in found if isinstance(one, RecordedEvent)] == [EVENTS[0], EVENTS[2]]
    bad = [one for one in found if isinstance(one, BadLine)]
    assert [one.line for one in bad] == [2, 5, 6]
    assert "skipped to line 4" in bad[0].reason
    assert bad[1].reason == "this is no event: it has no detail-type and detail"


def test_each_event_knows_its_line() -> None:
    found = read(json.dumps(EVENTS, indent=1))
    assert [one.line for one in found] == [2, 12, 22]


def test_a_broken_piece_between_concatenated_events_costs_only_itself() -> None:
    broken = LINES[0] + '{"version": oops}' + LINES[2]
    found = read(broken)
    assert [type(one) for one in found] == [RecordedEvent, BadLine, RecordedEvent]


def test_a_broken_element_does_not_cost_the_lines_after_it() -> None:
    found = read(f"[\n{LINES[0]},\n{{oops,\n{LINES[2]}\n]\n")
    assert [type(one) for one in found] == [RecordedEvent, BadLine, RecordedEvent]


def test_a_message_that_is_no_event_is_named_with_its_line() -> None:
    messages = [LOG_EVENTS[0], {"timestamp": 1, "message": "hello"}]
    found = read(json.dumps({"events": messages}, indent=1))
    assert str(found[1]) == "a file, line 8: this message is not JSON: 'hello'"


@pytest.mark.parametrize(
    "content, reason",
    [
        (gzip.compress(LINES[0].encode() * 9)[:-30], "the rest cannot be read"),
        (LINES[0].encode().replace(b"aws.ecs", b"\xff\xfe"), "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b"\x89PNG\r\n\x1a\n", "not JSON"),
    ],
)
def test_what_is_damaged_is_said(content: bytes, reason: str) -> None:
    [bad] = [one for one in read(content) if isinstance(one, BadLine)]
    assert reason in bad.reason


def test_a_value_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_LONGEST", 5_000_000)
    [bad] = read('{"detail": "' + "x" * 20_000_000)
    assert "longer than" in str(bad)


def test_a_folder_stands_for_its_files_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.json").write_text(LINES[1])
    (tmp_path / "a.json").write_text(LINES[0])
    (tmp_path / "c.gz").write_bytes(gzip.compress(LINES[2].encode()))
    (tmp_path / "aws-logs-write-test").write_text("Permission Check Successful")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "README.md").write_text("# What is here")
    found = list(read_recorded([tmp_path]))
    assert [one.event for one in found if isinstance(one, RecordedEvent)] == EVENTS
    assert len(found) == 3


def test_overrides_are_dropped_and_nothing_else() -> None:
    told = event(1, overrides={"containerOverrides": [{"environment": [{"name": "KEY"}]}]})
    assert without_overrides(told) == event(1)
    assert "overrides" in told["detail"]


def test_the_reader_needs_the_standard_library_alone() -> None:
    for module in (recorded, json_stream):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        names = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert names <= {*sys.stdlib_module_names, "ecs_ip"}
