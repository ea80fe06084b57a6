"""The promise that every engine has the template's table and keeps DynamoDB's rules."""

import pytest

from tests.support.tables import Table
from tests.support.template import resource

KEY = {"taskId": {"S": "1dc5c17a"}, "clusterArn": {"S": "arn:aws:ecs:eu-west-1:1:cluster/c"}}


def test_an_engine_has_the_indexes_of_the_template(table: Table) -> None:
    description = table.client.describe_table(TableName=table.name)["Table"]
    assert {index["IndexName"] for index in description["GlobalSecondaryIndexes"]} == {
        index["IndexName"] for index in resource("Table")["GlobalSecondaryIndexes"]
    }
    assert description["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_an_engine_starts_empty_and_keeps_what_is_put(table: Table) -> None:
    assert table.client.scan(TableName=table.name)["Count"] == 0
    table.client.put_item(TableName=table.name, Item=KEY)
    assert table.client.get_item(TableName=table.name, Key=KEY)["Item"] == KEY


def test_an_engine_refuses_a_put_whose_condition_fails(table: Table) -> None:
    table.client.put_item(TableName=table.name, Item=KEY)
    with pytest.raises(table.client.exceptions.ConditionalCheckFailedException):
        table.client.put_item(
            TableName=table.name, Item=KEY, ConditionExpression="attribute_not_exists(taskId)"
        )


def test_an_item_is_in_an_index_only_while_it_has_the_key_of_the_index(table: Table) -> None:
    live = {**KEY, "live": {"S": "c"}, "created": {"S": "1"}}
    for item, count in ((KEY, 0), (live, 1), (KEY, 0)):
        table.client.put_item(TableName=table.name, Item=item)
        assert table.client.scan(TableName=table.name, IndexName="live")["Count"] == count
