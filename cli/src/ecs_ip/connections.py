"""Connections to the API: kept open, with the configured proxy and certificate authorities."""

import os
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from ecs_ip.errors import UsageError

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 35.0  # API Gateway gives up after 29


def pool(url: str, connections: int) -> urllib3.PoolManager:
    """Return a pool that keeps this many connections to the host of `url` open."""
    parts = _parts(url)
    kwargs: dict[str, Any] = {
        "maxsize": connections,
        "block": True,
        "timeout": urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
        **(authorities() if parts[0] == "https" else {}),
    }
    proxy = getproxies().get(parts[0])
    if proxy and not proxy_bypass(parts[1]):
        return urllib3.ProxyManager(_with_scheme(proxy), **kwargs)
    return urllib3.PoolManager(**kwargs)


def _parts(url: str) -> tuple[str, str]:
    """Return scheme and host of a base URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UsageError(f"--url: {url!r} is not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"--url: {url!r} is not the URL of an API, such as http://127.0.0.1:8080")
    return parts.scheme, parts.netloc.rpartition("@")[2]


def authorities() -> dict[str, Any]:
    """Return the certificate authorities to trust, as botocore chooses them."""
    from botocore.httpsession import get_cert_path  # noqa: PLC0415 - slow, and http needs none

    chosen = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    return {"cert_reqs": "CERT_REQUIRED", "ca_certs": chosen or get_cert_path(True)}  # noqa: FBT003 - botocore's signature


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
