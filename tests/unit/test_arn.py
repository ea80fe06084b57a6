"""ECS ARNs: both formats, every partition, and what is none."""

import pickle

import pytest

from core.text.arn import ClusterArn, TaskArn

HOME = "arn:aws:ecs:eu-west-1:111122223333:"


def test_a_task_arn_of_today_names_its_cluster_and_ends_in_the_id() -> None:
    arn = TaskArn(HOME + "task/shop/1ff744328c98a9249c4a2cc4a26570e3")
    assert arn.name == "1ff744328c98a9249c4a2cc4a26570e3"
    assert (arn.aws_partition, arn.region, arn.account) == ("aws", "eu-west-1", "111122223333")


def test_a_task_arn_before_2018_ends_in_the_id_too() -> None:
    arn = TaskArn(HOME + "task/9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a")
    assert arn.name == "9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a"


@pytest.mark.parametrize("task_id", ["a1173316d40a45dea9", "a" * 28, "a" * 32, "1"])
def test_an_id_has_no_fixed_length(task_id: str) -> None:
    assert TaskArn(f"{HOME}task/shop/{task_id}").name == task_id


@pytest.mark.parametrize(
    "partition",
    [
        *("aws", "aws-cn", "aws-us-gov", "aws-eusc"),
        *("aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"),
    ],
)
def test_every_partition_is_read(partition: str) -> None:
    text = f"arn:{partition}:ecs:somewhere-1:111122223333:cluster/shop"
    assert ClusterArn(text).aws_partition == partition
    assert ClusterArn(text).home == f"arn:{partition}:ecs:somewhere-1:111122223333:"


def test_an_arn_is_the_text_it_was_made_of() -> None:
    text = HOME + "cluster/shop"
    arn = ClusterArn(text)
    assert arn == text
    assert {arn: 1}[text] == 1  # type: ignore[index]  # a str, whatever the key type says
    assert str(arn) == f"{arn}" == text
    assert arn.partition(":")[0] == "arn"
    assert pickle.loads(pickle.dumps(arn)).name == "shop"  # noqa: S301 - our own bytes


def test_a_cluster_names_its_tasks_in_the_present_format() -> None:
    assert ClusterArn(HOME + "cluster/shop").task_arn("a1") == HOME + "task/shop/a1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop",
        "arn:aws:ecs:eu-west-1:111122223333:task/",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/",
        "arn:aws:ecs:eu-west-1:111122223333:task//a1",
        "arn:aws:ecs:eu-west-1:111122223333:task/x/shop/a1",
        "arn:aws:ecs:eu-west-1:111122223333:task",
        "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
        "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop:1",
        "arn:aws:ec2:eu-west-1:111122223333:task/shop/a1",
        "arn:aws:ecs::111122223333:task/shop/a1",
        "arn:gcp:ecs:eu-west-1:111122223333:task/shop/a1",
        "ARN:AWS:ECS:eu-west-1:111122223333:task/shop/a1",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/a#1",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/a~1",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/a 1",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/ä1",
        "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1\n",
        " arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
    ],
)
def test_what_is_not_the_arn_of_a_task_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not the ARN of an ECS task$"):
        TaskArn(text)


@pytest.mark.parametrize(
    "text", [HOME + "task/shop/a1", HOME + "cluster/", HOME + "cluster/a/b", HOME + "service/shop"]
)
def test_what_is_not_the_arn_of_a_cluster_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not the ARN of an ECS cluster$"):
        ClusterArn(text)
