"""How far a run is, on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_DRAWINGS = 0.1


class PlainProgress:
    """One line for each stage; used where stderr is a file, a pipe, or a CI log."""

    def __init__(self) -> None:
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is left to tidy up."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say that ``stage`` has begun, once."""
        if stage != self._stage:
            self._stage = stage
            click.echo(f"{stage} ({total:,})" if total else stage, err=True)


class SilentProgress(PlainProgress):
    """Says nothing."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say nothing."""


class BarProgress:
    """A bar that goes away at the end. It is drawn from the caller's thread: the work below forks."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only on a terminal
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        self._progress: Progress = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
        )
        self._task: TaskID | None = None
        self._stage = ""
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Take the bar away."""
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw ``stage``, not more often than people can see."""
        begun = stage != self._stage
        if begun or self._task is None:
            self._stage = stage
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(stage, total=total or None, count="")
        count = f"{done:,}/{total:,}" if total else ""
        self._progress.update(self._task, completed=done, total=total or None, count=count)
        now = time.monotonic()
        if begun or now - self._drawn > _SECONDS_BETWEEN_DRAWINGS or (total and done >= total):
            self._drawn = now
            self._progress.refresh()


def progress_reporter(*, quiet: bool) -> PlainProgress | BarProgress:
    """The reporter that suits this terminal and environment."""
    if quiet:
        return SilentProgress()
    if sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb":
        return BarProgress()
    return PlainProgress()
