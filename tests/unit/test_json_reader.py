"""A JSON object of ECS's: each field by its type, and each refusal by the field's path."""

from datetime import UTC, datetime

import pytest

from core.task.json_reader import JsonObject, MalformedObservationError
from core.text.arn import ClusterArn
from tests.support.tasks import NOON, cluster_arn


def refusal(values: object, read: str, *names: str) -> MalformedObservationError:
    with pytest.raises(MalformedObservationError) as caught:
        getattr(JsonObject(values, "detail", "the-task"), read)(*names)
    return caught.value


def test_a_refusal_names_path_reason_and_task() -> None:
    error = refusal({"group": 7}, "text", "group")
    assert (str(error), error.field) == ("detail.group is not text", "detail.group")
    assert (error.reason, error.task) == ("is not text", "the-task")


@pytest.mark.parametrize("value", [None, 7, "text", [], [{}]])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(MalformedObservationError, match=r"^the message is not a JSON object$"):
        JsonObject(value, "")
    with pytest.raises(MalformedObservationError, match=r"^detail is not a JSON object$"):
        JsonObject(value, "detail")


def test_children_know_their_place_and_the_task() -> None:
    outer = JsonObject({"boxes": [{"inner": [{"id": 7}]}]}, "", "the-task")
    [box] = outer.children("boxes")
    [inner] = box.children("inner")
    with pytest.raises(MalformedObservationError) as caught:
        inner.text("id")
    assert (caught.value.field, caught.value.task) == ("boxes[0].inner[0].id", "the-task")
    assert outer.children("none") == []


def test_an_absent_list_is_empty_and_anything_else_is_none() -> None:
    assert JsonObject({"boxes": None}, "").children("boxes") == []
    wrong: list[object] = [{}, "text", 7]
    for value in wrong:
        assert refusal({"boxes": value}, "children", "boxes").reason == "is not a list"
    assert refusal({"boxes": [{}, 7]}, "children", "boxes").field == "detail.boxes[1]"


def test_a_child_must_be_there() -> None:
    assert refusal({}, "child", "inner").reason == "is missing"
    assert refusal({"inner": None}, "child", "inner").reason == "is missing"
    assert refusal({"inner": []}, "child", "inner").reason == "is not a JSON object"
    assert JsonObject({"inner": {"id": "x"}}, "").child("inner").text("id") == "x"


def test_text_can_be_absent_and_has_a_greatest_length_in_bytes() -> None:
    values = JsonObject({"a": None, "b": "", "c": "é" * 200, "d": "x" * 9_000}, "")
    assert [values.text(name) for name in ("a", "b", "none")] == [None, None, None]
    assert values.text("c") == "é" * 200
    assert values.text("d", longest=None) == "x" * 9_000
    assert refusal({"c": "é" * 201}, "text", "c").reason == "is longer than 400 bytes"
    assert refusal({"c": "\ud800"}, "text", "c").reason == "is not valid Unicode"


def test_a_required_text_or_instant_must_say_something() -> None:
    for value in (None, ""):
        assert refusal({"a": value}, "required_text", "a").reason == "is missing"
        assert refusal({"a": value}, "required_instant", "a").reason == "is missing"
    assert JsonObject({"a": "x"}, "").required_text("a") == "x"
    assert JsonObject({"a": "2026-11-20T12:00:00Z"}, "").required_instant("a") == NOON


def test_a_constant_is_told_apart_from_nothing() -> None:
    assert refusal({"source": "x"}, "require", "source", "aws.ecs").reason == "is not 'aws.ecs'"
    assert refusal({}, "require", "source", "aws.ecs").reason == "is missing"
    JsonObject({"source": "aws.ecs"}, "").require("source", "aws.ecs")


def test_an_arn_is_read_into_its_type_or_refused_by_its_reason() -> None:
    values = JsonObject({"clusterArn": str(cluster_arn())}, "")
    assert values.arn("clusterArn", ClusterArn).name == "shop"
    with pytest.raises(MalformedObservationError) as caught:
        JsonObject({"clusterArn": "nonsense"}, "").arn("clusterArn", ClusterArn)
    assert caught.value.reason == "is not the ARN of an ECS cluster"
    with pytest.raises(MalformedObservationError, match="is missing"):
        JsonObject({}, "").arn("clusterArn", ClusterArn)


@pytest.mark.parametrize(
    "moment",
    ["2026-11-20T12:00:00Z", NOON // 1_000, NOON / 1_000, datetime(2026, 11, 20, 12, tzinfo=UTC)],
)
def test_an_instant_comes_in_any_of_ecs_s_forms(moment: object) -> None:
    assert JsonObject({"at": moment}, "").instant("at") == NOON


@pytest.mark.parametrize(
    "moment, reason",
    [
        (True, "is not a timestamp"),
        ([], "is not a timestamp"),
        ("noon", "is not an RFC 3339 timestamp"),
        (-1, "is not between 1970 and 2286"),
        (datetime(2026, 11, 20, 12), "has no time zone"),  # noqa: DTZ001 - that it is refused
    ],
)
def test_anything_else_is_no_instant(moment: object, reason: str) -> None:
    assert refusal({"at": moment}, "instant", "at").reason == reason


def test_a_version_is_a_whole_number_that_javascript_can_hold() -> None:
    assert [JsonObject({"version": n}, "").version() for n in (0, 2**53)] == [0, 2**53]
    for value, reason in (
        (None, "is missing, so that the observation cannot be ordered"),
        ("3", "is not a whole number"),
        (True, "is not a whole number"),
        (-1, "is out of range"),
        (2**53 + 1, "is out of range"),
    ):
        assert refusal({"version": value}, "version").reason == reason
