"""Splits a stream of text into JSON values, however they are separated."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

_READ = 1 << 20
_LONGEST = 32 << 20
_DECODER = json.JSONDecoder()
# An error this close to the end of what was read so far may only mean that more must be read.
_NEAR_THE_END = 16
# The member that holds what an answer of AWS lists; it comes first where the AWS CLI prints it.
_LISTING = re.compile(r'\{\s*"(?:events|logEvents|Messages|Records|results)"\s*:\s*\[')
# CloudWatch Logs writes a time before each message of an export; `aws logs tail` a stream, too.
_PREFIX = re.compile(r"\d{4}-\d\d-\d\dT\S+[ \t]+(?:[^\s{]\S*[ \t]+)?(?=\{)")
_NEW_VALUE = re.compile(r"\n(?=[\[{\d])")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value, and the line on which it begins."""

    data: Any
    line: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of text that is not a JSON value."""

    reason: str
    line: int


def json_values(stream: TextIO) -> Iterator[Value | Unreadable]:
    """Read the values of a stream: lines, concatenated, or the elements of lists.

    What cannot be read is reported, and skipped up to the next value. Memory is bounded by the
    longest single value, which may have 32 million characters.
    """
    text = _Text(stream)
    while start := text.peek():
        if start == "[":
            text.skip(1)
            yield from _elements(text)
        elif start == "{" and (listing := text.match(_LISTING)):
            text.skip(listing)
            yield from _elements(text)
            yield from _rest_of_object(text)
        elif start == "{":
            yield _value(text)
        elif start in {",", "]"}:  # what is left of a list with a broken element
            text.skip(1)
        elif prefix := text.match(_PREFIX):
            text.skip(prefix)
        else:
            yield _no_value(text)


def _value(text: "_Text") -> Value | Unreadable:
    line = text.line
    try:
        return Value(text.decode(), line)
    except (ValueError, RecursionError) as error:
        return _skipped(text, _reason(error), line, _position(error))


def _no_value(text: "_Text") -> Unreadable:
    return _skipped(text, f"this is not JSON: {text.shown()}", text.line)


def _skipped(text: "_Text", reason: str, line: int, failed_at: int = 0) -> Unreadable:
    """Report what cannot be read, and what is skipped with it."""
    text.skip_to_next_value(failed_at)
    if not text.peek():
        reason += "; nothing after it was read" if text.line > line + 1 else ""
    elif text.line > line + 1:
        reason += f"; skipped to line {text.line}"
    return Unreadable(reason, line)


def _elements(text: "_Text") -> Iterator[Value | Unreadable]:
    """Read the elements of a list whose bracket was read."""
    while (start := text.peek()) != "]":
        if start == ",":
            text.skip(1)
            continue
        line = text.line
        try:
            value = text.decode()
        except (ValueError, RecursionError) as error:
            yield _skipped(text, _reason(error), line, _position(error))
            return
        yield Value(value, line)
    text.skip(1)


def _rest_of_object(text: "_Text") -> Iterator[Unreadable]:
    """Skip the members after a list that was read element by element."""
    try:
        while (start := text.peek()) != "}":
            if start in {",", ":"}:
                text.skip(1)
            else:
                text.decode()
    except (ValueError, RecursionError) as error:
        yield _skipped(text, _reason(error), text.line, _position(error))
    else:
        text.skip(1)


def _position(error: Exception) -> int:
    return error.pos if isinstance(error, json.JSONDecodeError) else 0


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"this is not JSON: {error.msg}"
    return "this JSON is nested too deeply" if isinstance(error, RecursionError) else str(error)


class _Text:
    """The text that was read but not yet used, with its line."""

    def __init__(self, stream: TextIO) -> None:
        self.line = 1
        self._stream = stream
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """Return the next character that is not white space, or "" at the end."""
        while True:
            end = self._at
            while end < len(self._text) and self._text[end] in " \t\r\n":
                end += 1
            self._advance(end)
            if end < len(self._text):
                return self._text[end]
            if not self._more():
                return ""

    def match(self, pattern: re.Pattern[str]) -> int:
        """Return how many characters match here, or 0."""
        if len(self._text) - self._at < _READ // 1024:
            self._more()
        found = pattern.match(self._text, self._at)
        return found.end() - self._at if found else 0

    def skip(self, characters: int) -> None:
        self._advance(self._at + characters)

    def shown(self) -> str:
        """Return the beginning of this line, to show in a message."""
        line = self._text[self._at : self._at + _SHOWN + 1].splitlines()[0]
        return repr(line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…")

    def decode(self) -> Any:
        """Read the value that begins here; raise ValueError or RecursionError."""
        if not self.peek():
            raise ValueError("this JSON ends too early")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not (self._may_go_on(error) and self._more()):
                    raise
            else:
                self._check_encoding(end)
                self._advance(end)
                return value

    def skip_to_next_value(self, failed_at: int) -> None:
        """Skip to where a value can begin: a line that starts with one, or `}{` on this line."""
        while True:
            found = _NEW_VALUE.search(self._text, self._at + 1)
            joined = self._text.find("}{", max(failed_at - 1, self._at))
            newline = self._text.find("\n", self._at)
            if joined >= 0 and (newline < 0 or joined < newline):
                return self._advance(joined + 1)
            if found:
                return self._advance(found.start() + 1)
            self._advance(max(len(self._text) - 1, self._at))
            failed_at = 0
            if not self._more():
                return self._advance(len(self._text))

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        cut = error.msg.startswith("Unterminated string")
        return cut or error.pos >= len(self._text) - _NEAR_THE_END

    def _more(self) -> bool:
        """Read more, and return whether there was any."""
        kept = self._text[self._at :]
        if len(kept) > _LONGEST:
            raise ValueError("this value is longer than 32 million characters")
        read = self._stream.read(max(_READ, len(kept)))
        self._text, self._at = kept + read, 0
        return bool(read)

    def _advance(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _check_encoding(self, end: int) -> None:
        # `surrogateescape` stands for bytes that are not UTF-8.
        if not self._text.isascii() and re.search("[\udc80-\udcff]", self._text[self._at : end]):
            self._advance(end)
            raise ValueError("this is not UTF-8 text")
