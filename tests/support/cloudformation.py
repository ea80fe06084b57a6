"""What CloudFormation makes of the template, with parameters and conditions told."""

import logging
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, cast

import pytest
from samtranslator.translator.transform import transform  # type: ignore[import-untyped]  # it has no types

from tests.support.template import template

STACK = "ecs-ip-inventory-of-a-team-whose-stacks-have-long-names".ljust(128, "x")
"""As long as a stack's name can be."""

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "ap-southeast-2",
    "AWS::StackId": f"arn:aws:cloudformation:ap-southeast-2:111122223333:stack/{STACK}/0",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
KEY = "arn:aws:kms:ap-southeast-2:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"

DEFAULT: dict[str, str] = {}
PROD = {
    "RetentionDays": "365",
    "LogRetentionDays": "365",
    "DeletionProtection": "true",
    "AlarmTopicArn": "arn:aws:sns:ap-southeast-2:111122223333:on-call",
    "SubscriberOrganizationId": "o-a1b2c3d4e5",
    "AccountLogRole": "keep",
}
PRIVATE = {"VpcEndpointIds": "vpce-0123456789abcdef0,vpce-0123456789abcdef1"}
ENCRYPTED = {"KmsKeyArn": KEY}
ARCHIVED = {**ENCRYPTED, "ArchiveDays": "365"}
GUARDED = {
    "WebAclArn": "arn:aws:wafv2:ap-southeast-2:111122223333:regional/webacl/it/0",
    "Architecture": "x86_64",
}
COMBINATIONS = {
    "default": DEFAULT,
    "prod": PROD,
    "private": PRIVATE,
    "key": ENCRYPTED,
    "archive": ARCHIVED,
    "guarded": GUARDED,
    "everything": {**PROD, **PRIVATE, **ARCHIVED, **GUARDED},
}

_NOTHING = object()


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def transformed(values: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Return the template as SAM hands it to CloudFormation.

    SAM replaces some references to parameters by their values, and a list then becomes a text.
    """
    return _transformed(tuple(sorted(values.items())))


@cache
def _transformed(values: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    source = deepcopy(template())
    source["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    logging.disable()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", PSEUDO["AWS::Region"])
        made: dict[str, Any] = transform(source, dict(values), _NoManagedPolicies())
    logging.disable(logging.NOTSET)
    return made


def refusal(values: Mapping[str, str]) -> str | None:
    """Return why CloudFormation would not take these parameters, or None if it would."""
    for name, value in values.items():
        described = template()["Parameters"][name]
        allowed = [str(it) for it in described.get("AllowedValues", [value])]
        pattern = described.get("AllowedPattern", ".*")
        if value not in allowed or not re.fullmatch(pattern, value):
            return name
    deployed = Deployment(values)
    for rule in template().get("Rules", {}).values():
        if deployed.judge(rule["RuleCondition"]):
            for assertion in rule["Assertions"]:
                if not deployed.judge(assertion["Assert"]):
                    return cast("str", assertion["AssertDescription"])
    return None


@dataclass(eq=False)
class Deployment:
    """The resources of a stack with some parameters."""

    parameters: Mapping[str, str]

    @cached_property
    def template(self) -> dict[str, Any]:
        """The template as SAM hands it on with these parameters."""
        return transformed(self.parameters)

    def resources(self, kind: str | None = None) -> dict[str, dict[str, Any]]:
        """Return the properties of the resources that are made, of one type or of all."""
        return {
            logical_id: properties
            for logical_id, (type_, properties) in self._resolved.items()
            if kind is None or type_ == f"AWS::{kind}"
        }

    @cached_property
    def _resolved(self) -> dict[str, tuple[str, dict[str, Any]]]:
        return {
            logical_id: (described["Type"], self.resolve(described.get("Properties", {})))
            for logical_id, described in self.made().items()
        }

    def made(self) -> dict[str, dict[str, Any]]:
        """Return the resources whose condition holds, unresolved."""
        return {
            logical_id: described
            for logical_id, described in self.template["Resources"].items()
            if "Condition" not in described or self.judge({"Condition": described["Condition"]})
        }

    def judge(self, condition: Any) -> bool:
        """Evaluate a condition."""
        [(function, argument)] = condition.items()
        match function:
            case "Condition":
                return self.judge(self.template["Conditions"][argument])
            case "Fn::Not":
                return not self.judge(argument[0])
            case "Fn::Equals":
                return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
        raise ValueError(f"a condition uses {function}")

    def resolve(self, value: Any) -> Any:
        """Resolve what functions stand in a value; what is AWS::NoValue is left out."""
        if isinstance(value, list):
            return [it for it in map(self.resolve, value) if it is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {key: self.resolve(it) for key, it in value.items()}
        return {key: it for key, it in resolved.items() if it is not _NOTHING}

    def _call(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._referred(argument)
            case "Fn::GetAtt":
                return self._attribute(*argument)
            case "Fn::If":
                name, then, otherwise = argument
                return self.resolve(then if self.judge({"Condition": name}) else otherwise)
            case "Fn::Join":
                separator, parts = argument
                return separator.join(self.resolve(parts))
            case "Fn::Split":
                separator, text = argument
                return self.resolve(text).split(separator)
            case "Fn::Sub":
                text, names = argument if isinstance(argument, list) else (argument, {})
                return self._substitute(text, self.resolve(names))
        raise ValueError(f"the template uses {function}")

    def _referred(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        if name in template()["Parameters"]:
            return str(self.parameters.get(name, template()["Parameters"][name]["Default"]))
        return self._physical(name)

    def _physical(self, logical_id: str) -> str:
        described = self.made()[logical_id]  # a KeyError is a reference to what is not made
        if described["Type"] == "AWS::SQS::Queue":
            return f"https://sqs.amazonaws.com/111122223333/{logical_id}"
        return f"{STACK[:24]}-{logical_id}-0"[:64]

    def _attribute(self, logical_id: str, name: str) -> str:
        kind = self.made()[logical_id]["Type"]
        if name != "Arn":
            return f"{logical_id}.{name}"
        account = "" if kind == "AWS::IAM::Role" else "ap-southeast-2"
        service = {"AWS::IAM::Role": "iam", "AWS::CloudWatch::Alarm": "cloudwatch"}
        words = kind.split("::")
        prefix = {"Role": "role/", "Rule": "rule/", "Table": "table/", "Alarm": "alarm:"}
        name = prefix.get(words[2], "") + self._physical(logical_id).split("/")[-1]
        return f"arn:aws:{service.get(kind, words[1].lower())}:{account}:111122223333:{name}"

    def _substitute(self, text: str, names: Mapping[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] in names:
                return names[match[1]]
            name, _, attribute = match[1].partition(".")
            found = self._attribute(name, attribute) if attribute else self._referred(name)
            return cast("str", found)

        return re.sub(r"\$\{([^!][^}]*)\}", value, text)


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that a value refers to, parameters among them."""
    if isinstance(value, list):
        for it in value:
            yield from references(it)
    if not isinstance(value, dict):
        return
    for key, it in value.items():
        match key:
            case "Ref" if isinstance(it, str):
                yield it
            case "Fn::GetAtt":
                yield it[0]
            case "Fn::Sub":
                text, names = it if isinstance(it, list) else (it, {})
                yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))
                yield from references(names)
            case "DependsOn":
                yield from [it] if isinstance(it, str) else it
            case _:
                yield from references(it)
