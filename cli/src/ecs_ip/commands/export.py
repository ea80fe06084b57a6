"""`ecs-ip export`: every record of a period, as CSV, JSON lines or Parquet."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ecs_ip import resuming
from ecs_ip.errors import ApiError, UsageError
from ecs_ip.exporting import Export, Kind, Progress, kind_of
from ecs_ip.filters import Filters
from ecs_ip.invocation import Invocation
from ecs_ip.output import say

EXAMPLES = (
    ("Yesterday, as a lookup table", "ecs-ip export --from -1d --out tasks.csv"),
    ("One cluster, compressed", "ecs-ip export --cluster shop --from -7d | gzip > shop.jsonl.gz"),
    ("All that is kept, as Parquet", "ecs-ip export --out tasks.parquet"),
    ("Go on after an interruption", "ecs-ip export --from -1d --out tasks.csv --resume"),
)


def export(
    invocation: Invocation,
    filters: Filters,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Default: all that is kept.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Default: now.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--format", help="Default: by the name of --out, else jsonl.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --out: continue where an earlier run stopped.")
    ] = False,
) -> None:
    """Write every record of a period: all tasks that existed at any time in it."""
    out = invocation.options.out
    chosen = kind_of(kind, out, invocation.options.output)
    if out is None and (resume or chosen is Kind.PARQUET):
        raise UsageError("--resume and Parquet need a file: name it with --out")
    # What a time meant when the export began is kept with its place.
    window = {} if resume else invocation.window(start, end)
    if start is None and end is None:
        window["from"] = _EVER  # without either, the API answers for the present
    api = invocation.api.url
    said = {**filters.params, "from": start, "to": end, "format": chosen, "api": api}
    work = Export(invocation.api, said, {**filters.params, **window}, chosen)
    with _told(plain=invocation.options.no_color) as progress:
        rows = _run(work, invocation, progress, resume=resume)
    say(f"{rows} records written to {out or 'standard output'}")


_EVER = "1970-01-01T00:00:00.000Z"


def _run(work: Export, invocation: Invocation, progress: Progress, *, resume: bool) -> int:
    out = invocation.options.out
    if out is None:
        with invocation.output.stream() as stream:
            return work.to_stream(stream, progress)
    try:
        return work.to_file(out, progress, resume=resume)
    except (ApiError, KeyboardInterrupt):
        if resuming.beside(work.file(out)).exists():
            say("what was written is kept; the same command with --resume goes on from there")
        raise


@contextmanager
def _told(*, plain: bool) -> Iterator[Progress]:
    """Show the progress on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only terminals need it

    console = Console(stderr=True, no_color=plain or None)
    with console.status("exporting …") as status:
        yield lambda rows: status.update(f"exporting … {rows} records")
