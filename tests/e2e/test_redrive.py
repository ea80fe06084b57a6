"""`ecs-ip redrive`: dead letters go back where they failed, and come to rest again if they must."""

import json

from local.events import take_dead_letters, wait_until_empty
from local.stack import Stack
from tests.e2e.redriving import open_to_all, queue_url, redrive
from tests.support.changes import life
from tests.support.template import template

INGEST = ("IngestDeadLetterQueue", "IngestQueue")


def put_letter(stack: Stack, body: str) -> None:
    url = stack.outputs["IngestDeadLetterQueueUrl"]
    with open_to_all(stack, url):
        stack.aws.sqs.send_message(
            QueueUrl=url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": "made up"}},
        )


def test_every_queue_that_has_a_dead_letter_queue_is_served(stack: Stack) -> None:
    served = redrive(stack, "--dry-run")
    queues = {
        logical_id: described["Properties"]
        for logical_id, described in template()["Resources"].items()
        if described["Type"] == "AWS::SQS::Queue"
    }
    assert sorted(served) == sorted(
        (queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0], logical_id)
        for logical_id, queue in queues.items()
        if "RedrivePolicy" in queue
    )


def test_a_dead_letter_whose_cause_is_mended_is_stored(stack: Stack) -> None:
    cluster = "redriven"
    for number in range(12):
        event = life(f"t{number}", f"10.9.0.{number}", cluster)[1]
        put_letter(stack, json.dumps(event))
    assert redrive(stack)[INGEST] == 12
    wait_until_empty(stack, queue_url(stack, "IngestQueue"))
    tasks = list(stack.api.items("/tasks", cluster=cluster))
    assert {task["taskId"] for task in tasks} == {f"t{number}" for number in range(12)}
    assert take_dead_letters(stack) == []


def test_a_dead_letter_that_fails_again_comes_back_with_its_reason_and_only_once(
    stack: Stack,
) -> None:
    put_letter(stack, "garbage")
    assert redrive(stack)[INGEST] == 1
    wait_until_empty(stack, queue_url(stack, "IngestQueue"))
    [letter] = take_dead_letters(stack)
    assert (letter.body, letter.reason) == ("garbage", "the message is not JSON")


def test_a_dry_run_moves_nothing(stack: Stack) -> None:
    put_letter(stack, "garbage")
    assert redrive(stack, "--dry-run")[INGEST] == 1
    assert [letter.body for letter in take_dead_letters(stack)] == ["garbage"]
