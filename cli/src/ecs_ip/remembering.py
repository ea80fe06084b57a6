"""What a bulk command remembers: answers, and its position in a small file beside the input.

The file is a SQLite database. Answers are stored as soon as they come, so that a run interrupted at
any moment never repeats an answered question. The position is written after its rows, so that a
resumed run cuts off what the interrupted one wrote beyond it. The file survives the end of the
process, but not a power failure.
"""

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from ecs_ip.errors import CommandError, UsageError
from ecs_ip.output import say

Told = TypeVar("Told")
Key = tuple[tuple[str, str], ...]

_IN_MEMORY = 50_000
_SAID = {"run": "SELECT said FROM run", "place": "SELECT said FROM place"}
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, told TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (only INTEGER PRIMARY KEY CHECK (only = 1), said TEXT);
CREATE TABLE IF NOT EXISTS run (only INTEGER PRIMARY KEY CHECK (only = 1), said TEXT);
"""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run came: files read whole, rows of the next one, bytes written, rows failed."""

    files: int = 0
    rows: int = 0
    written: int = 0
    failed: int = 0
    done: int = 0


class Notebook:
    """The file beside the input."""

    def __init__(self, path: Path, run: dict[str, Any], *, resume: bool) -> None:
        """Open the file; `run` says what must be the same for a run to be continued.

        `begun` is when the run began, however often it was interrupted since.
        """
        self.path = path
        self.begun = datetime.now(UTC)
        self._lock = threading.Lock()
        if not resume:
            path.unlink(missing_ok=True)
        fresh = not path.exists()
        self._file = self._opened()
        try:
            self._begin(run, fresh=fresh)
        except BaseException:
            self._file.close()
            raise
        if fresh and resume:
            say("no interrupted run is known for this input: it is read from its beginning")

    def _begin(self, run: dict[str, Any], *, fresh: bool) -> None:
        if fresh:
            said = {"run": run, "begun": self.begun.isoformat()}
            self._file.execute("INSERT INTO run VALUES (1, ?)", [json.dumps(said)])
            return
        kept: dict[str, Any] = self._said("run") or {}
        if kept.get("run") != run:
            raise UsageError(
                f"{self.path} belongs to a run with other files, options or zone: repeat those, "
                "or leave --resume out"
            )
        self.begun = datetime.fromisoformat(kept["begun"])

    def _opened(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path, timeout=1, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            file.execute("PRAGMA synchronous = OFF")
            file.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            file.close()
            if "locked" in str(error):
                raise UsageError(f"{self.path} is in use by another run") from None
            raise NotKeptError(str(error)) from None
        except sqlite3.DatabaseError as error:
            file.close()
            raise UsageError(f"{self.path} is damaged ({error}): leave --resume out") from None
        return file

    @property
    def place(self) -> Place:
        """Where an interrupted run stopped, or the beginning."""
        said = self._said("place")
        return Place(**said) if said else Place()

    @property
    def is_worth_keeping(self) -> bool:
        """Whether a run that continues would save anything."""
        query = "SELECT EXISTS (SELECT 1 FROM answers) OR EXISTS (SELECT 1 FROM place)"
        with self._lock, closing(self._file.execute(query)) as found:
            return bool(found.fetchone()[0])

    def keep_place(self, place: Place) -> None:
        """Save how far this run came."""
        with self._lock, self._writing():
            self._file.execute("REPLACE INTO place VALUES (1, ?)", [json.dumps(asdict(place))])

    def answer(self, question: Key) -> Any:
        """Return what was told, or None."""
        with self._lock:
            row = self._file.execute(
                "SELECT told FROM answers WHERE question = ?", [json.dumps(question)]
            ).fetchone()
        return json.loads(row[0]) if row else None

    def keep_answers(self, told: Iterable[tuple[Key, Any]]) -> None:
        """Save answers, all at once."""
        rows = [(json.dumps(question), json.dumps(kept)) for question, kept in told]
        with self._lock, self._writing():
            self._file.execute("BEGIN")
            self._file.executemany("REPLACE INTO answers VALUES (?, ?)", rows)
            self._file.execute("COMMIT")

    def close(self, *, finished: bool) -> None:
        """Close the file; a run that finished needs it no more."""
        with self._lock:
            self._file.close()
        if finished:
            self.path.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CommandError(f"{self.path} cannot be written: {error}") from None

    def _said(self, table: str) -> Any:
        with closing(self._file.execute(_SAID[table])) as found:
            row = found.fetchone()
        return json.loads(row[0]) if row else None


class NotKeptError(Exception):
    """The file beside the input cannot be written."""


def notebook(first: str, command: str, run: dict[str, Any], *, resume: bool) -> Notebook | None:
    """Open the file beside an input; return None, and say so, if that is impossible."""
    if first == "-":
        if resume:
            raise UsageError("standard input cannot be resumed: name a file")
        return None
    path = Path(first).absolute()
    beside = path.with_name(f".{path.name}.ecs-ip-{command}")
    try:
        return Notebook(beside, run, resume=resume)
    except (NotKeptError, OSError) as error:
        if resume:
            raise UsageError(f"{beside} cannot be opened, so nothing can be resumed") from None
        say(f"{beside} cannot be written, so this run cannot be resumed ({error})")
        return None


class Memory(Generic[Told]):
    """What was told: the latest in memory, all of it in the file if there is one."""

    def __init__(
        self, read: Callable[[Any], Told], book: Notebook | None, most: int = _IN_MEMORY
    ) -> None:
        self._read = read
        self._book = book
        self._most = most
        self._lock = threading.Lock()
        self._latest: OrderedDict[Key, Told] = OrderedDict()

    def get(self, question: Key) -> Told | None:
        """Return what was told, or None if the question was not answered yet."""
        with self._lock:
            told = self._latest.get(question)
            if told is not None:
                self._latest.move_to_end(question)
                return told
        kept = self._book.answer(question) if self._book else None
        return self._remember(question, self._read(kept)) if kept is not None else None

    def put_all(self, told: Iterable[tuple[Key, Any]]) -> dict[Key, Told]:
        """Remember answers, and return them as they are used."""
        pairs = list(told)
        if self._book:
            self._book.keep_answers(pairs)
        return {question: self._remember(question, self._read(kept)) for question, kept in pairs}

    def _remember(self, question: Key, told: Told) -> Told:
        with self._lock:
            self._latest[question] = told
            if len(self._latest) > self._most:
                self._latest.popitem(last=False)
        return told
