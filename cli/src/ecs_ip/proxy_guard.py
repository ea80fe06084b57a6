"""Decides which requests the proxy lets through: those that no web page can have sent.

The proxy signs with a person's own credentials, and browsers reach loopback. A page on any site
could therefore send requests in the person's name, directly or after making its own name resolve to
loopback (DNS rebinding). Browsers say where a request comes from in `Host`, `Origin` and
`Sec-Fetch-Site`, and no page can change these.

A link on another site may lead to the console: its files hold no data, and what they then ask comes
from the proxy's own page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address

from ecs_ip.console import PATH

LOOPBACK = "127.0.0.1"
PORT = 8080

METHODS = ("GET", "HEAD", "POST")
LONGEST_BODY = 1 << 20  # a hundred lookups are some 20 KB
_ABSURD_BODY = 1 << 31

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN_SITES = frozenset({"same-origin", "none"})
_LINKING_SITES = frozenset({"cross-site", "same-site"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.ASCII)
# RFC 3986 allows these in a path and a query; `#`, `\` and the like are not among them.
_TARGET = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/\[\]|?-]*", re.ASCII)
_BROKEN_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(/|%2f|\\|%5c|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused."""

    status: HTTPStatus
    detail: str


class Guard:
    """Judges the head of a request."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        """`allow_hosts` are names, with or without a port, in addition to loopback's."""
        self._allowed = frozenset(host.lower() for host in allow_hosts)

    def refusal(self, method: str, target: str, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request is refused, or None; `headers` are found by any case."""
        return (
            self._of_site(headers, is_link=_is_link(method, target, headers))
            or _of_target(target)
            or _of_method(method)
            or _of_length(headers.get("Content-Length"))
        )

    def _of_site(self, headers: Mapping[str, str], *, is_link: bool) -> Refusal | None:
        host = headers.get("Host", "").lower()
        if not self._is_ours(host):
            return _forbidden(
                f"The host {host[:100]!r} is not this proxy's: ask for 127.0.0.1, or start it "
                "with --allow-host."
            )
        origin = headers.get("Origin")
        if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
            return _forbidden("A page of another origin cannot ask this proxy.")
        sites = _OWN_SITES | _LINKING_SITES if is_link else _OWN_SITES
        if headers.get("Sec-Fetch-Site", "none").lower() not in sites:
            return _forbidden(
                "A page of another site cannot ask this proxy. To follow a link from one, copy it "
                "into the address bar."
            )
        return None

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]")
        return name in _NAMES or _is_loopback(name) or bool(self._allowed & {host, name, found[1]})


def _is_link(method: str, target: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a browser opens a file of the console as a page of its own, not in a frame."""
    path = target.partition("?")[0]
    return (
        method == "GET"
        and (path + "/" == PATH or path.startswith(PATH))
        and headers.get("Sec-Fetch-Mode", "").lower() == "navigate"
        and headers.get("Sec-Fetch-Dest", "").lower() == "document"
    )


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _of_target(target: str) -> Refusal | None:
    if not _TARGET.fullmatch(target) or _BROKEN_ENCODING.search(target):
        return Refusal(
            HTTPStatus.BAD_REQUEST, "The path is not one: percent-encode what is not ASCII."
        )
    if _DOT_SEGMENT.search(target.partition("?")[0]):
        return Refusal(HTTPStatus.BAD_REQUEST, "A path cannot contain the segments . and ..")
    return None


def _of_method(method: str) -> Refusal | None:
    if method in METHODS:
        return None
    return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"Only {', '.join(METHODS)} are let through.")


def _of_length(length: str | None) -> Refusal | None:
    if length is None or (length.isascii() and length.isdigit() and int(length) <= LONGEST_BODY):
        return None
    if length.isascii() and length.isdigit() and int(length) < _ABSURD_BODY:
        return Refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {LONGEST_BODY} bytes."
        )
    return Refusal(HTTPStatus.BAD_REQUEST, "The Content-Length is absurd.")


def _forbidden(detail: str) -> Refusal:
    return Refusal(HTTPStatus.FORBIDDEN, detail)
