"""Shows the progress of a long command: a bar on standard error, if that is a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_REFRESHES_A_SECOND = 4


class Advance:
    """A progress bar, or nothing if there is no terminal."""

    def __init__(self, bar: "Progress | None" = None, task: "TaskID | None" = None) -> None:
        self._bar = bar
        self._task = task

    def to(self, done: int, said: str) -> None:
        """Show how much is done, and a text."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, said=said)


@contextmanager
def advancing(title: str, total: int | None, *, plain: bool) -> Iterator[Advance]:
    """Show a bar while the block runs, without colours if `plain`.

    Without a total it only pulses.
    """
    if not sys.stderr.isatty():
        yield Advance()
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only terminals need it
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - slow to import

    columns = ("{task.description}", BarColumn(), TextColumn("{task.fields[said]}"))
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True, no_color=plain or None),
        transient=True,
        refresh_per_second=_REFRESHES_A_SECOND,
    )
    with bar:
        yield Advance(bar, bar.add_task(title, total=total, said=""))
