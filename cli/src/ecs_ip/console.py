"""The console's files: what the proxy serves below `/console/`, and under which policy."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

PATH = "/console/"
_INDEX = "index.html"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_ANY_TYPE = "application/octet-stream"

# Nothing inline, nothing from elsewhere, and no text becomes markup or code by accident.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the console, as it is served."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        """The entity tag of this content."""
        return self.headers["ETag"]


def console_files() -> dict[str, File]:
    """Read all files, by the path at which each is served; there are none in a bare checkout."""
    found: dict[str, File] = {}
    root = files("ecs_ip").joinpath("console_files")
    if root.is_dir():
        _read_into(found, root, PATH)
    if index := found.get(PATH + _INDEX):
        found[PATH] = index
    return found


def _read_into(found: dict[str, File], folder: Traversable, path: str) -> None:
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir():
            _read_into(found, entry, f"{path}{entry.name}/")
        else:
            found[path + entry.name] = _file(entry.name, entry.read_bytes())


def _file(name: str, body: bytes) -> File:
    content_type = _TYPES.get(PurePosixPath(name).suffix.lower(), _ANY_TYPE)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return File(body, {**_HEADERS, "Content-Type": content_type, "ETag": etag})
