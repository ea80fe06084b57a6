"""Signatures (SigV4) for API Gateway, with a person's own credentials."""

import threading
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from ecs_ip.errors import ApiError


class AwsSigner:
    """Signs for `execute-api`; credentials are refreshed when they are about to expire."""

    def __init__(self, credentials: Credentials, region: str) -> None:
        self._credentials = credentials
        self._region = region
        self._refreshing = threading.Lock()  # an SSO refresh, once for all threads

    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return the headers with the signature and, for temporary credentials, the token."""
        request = AWSRequest(method, url, headers=dict(headers), data=body)
        SigV4Auth(self._current(), "execute-api", self._region).add_auth(request)
        return dict(request.headers.items())

    def _current(self) -> ReadOnlyCredentials:
        try:
            with self._refreshing:
                return self._credentials.get_frozen_credentials()
        except (BotoCoreError, RuntimeError) as error:  # the latter: they were refreshed in vain
            raise ApiError(
                f"the AWS credentials cannot be used: {error} "
                "(log in again, for instance with `aws sso login`)"
            ) from error
