"""Progress on stderr: a bar on a terminal that can draw one, one plain line for each stage elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]

_TITLES = {
    "sources": "Finding files",
    "facts": "Reading files",
    "linking": "Linking",
    "system": "Building the model",
    "boundaries": "Proposing boundaries",
    "report": "Writing the report",
}


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Progress]:
    """A progress callback for as long as the block runs."""
    if quiet:
        yield lambda *_: None
    elif sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb":
        yield from _bar()
    else:
        yield _plain()


def _plain() -> Progress:
    seen: set[str] = set()

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            detail = f" ({total - done} of {total} new or changed)" if stage == "facts" else ""
            with contextlib.suppress(OSError):  # who does not want to read it need not
                print(f"{_TITLES.get(stage, stage)}{detail}", file=sys.stderr, flush=True)

    return progress


def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")) or None)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Drawn when something is told: a thread that draws all the time would keep other processes from being forked.
    with Bar(*columns, console=console, transient=True, auto_refresh=False) as bar:
        tasks = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(_TITLES.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total, refresh=True)

        yield progress
