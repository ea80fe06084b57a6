"""What MiniStack leaves out of an API that SAM defines: the gateway's own answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient


def complete(client: "APIGatewayClient", api_id: str, stage: str, template: Path) -> None:
    """Set them as the built template has them, and deploy the API anew, as AWS does by itself."""
    resources = yaml.safe_load(template.read_text(encoding="utf-8"))["Resources"]
    [api] = [
        resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Serverless::Api"
    ]
    for kind, response in api["GatewayResponses"].items():
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            statusCode=str(response["StatusCode"]),
            responseParameters=_parameters(response),
            responseTemplates={
                media_type: body if isinstance(body, str) else json.dumps(body)
                for media_type, body in response["ResponseTemplates"].items()
            },
        )
    client.create_deployment(restApiId=api_id, stageName=stage)


def _parameters(response: Any) -> dict[str, str]:
    headers = response["ResponseParameters"]["Headers"]
    return {f"gatewayresponse.header.{name}": value for name, value in headers.items()}
