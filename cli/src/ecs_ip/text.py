"""Makes untrusted text harmless: on terminals, in JSON, and in spreadsheets.

Whoever runs a task chooses its service name and stop reason. Printed unchanged, they could move the
cursor, recolour the screen, or reverse the direction of what follows.
"""

import json
import re
import unicodedata
from typing import Any

# What a spreadsheet takes for the start of a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones, which spreadsheets take for the plain ones

# Control (Cc), format and direction (Cf), line and paragraph separators, lone surrogates.
_HOSTILE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})

# The characters of these categories that JSON does not escape by itself.
_HOSTILE_IN_JSON = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)


def escape(text: str) -> str:
    r"""Return a text with control and direction characters written as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _HOSTILE_CATEGORIES:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def to_json(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON that is safe to print and means the same."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return _HOSTILE_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], text)


def cell(value: Any) -> str:
    """Return a value as a CSV cell: null is empty, and no cell is a spreadsheet formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
