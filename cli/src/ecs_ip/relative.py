"""Relative times such as `-10m` on the command line, where they look like options."""

import re
from collections.abc import Sequence

_RELATIVE = re.compile(r"-(\d+(?:s|m|h|d|w)(?:\d+(?:s|m|h|d|w))*)", re.ASCII)


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """Replace `-10m` by `10m ago`; no option of any command looks like that."""
    return [
        f"{match[1]} ago" if (match := _RELATIVE.fullmatch(argument)) else argument
        for argument in arguments
    ]
