"""A second process beside this one, where there is room for it.

It is a fork of this one, so that it has at hand what this one knew: only questions are sent to it, and answers come back. What it
does not answer, as it was killed or could not be started, is worked out here: nothing depends on it but the time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from decompose.interrupts import help_until, interrupts_held_back

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

Known = TypeVar("Known")
Answer = TypeVar("Answer")
About = ParamSpec("About")


class Beside(Generic[Known]):
    """Is asked what the process beside is to work out, one thing after the other; without an ``executor`` there is none."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor

    def ask(
        self, work_out: Callable[Concatenate[Known, About], Answer], *about: About.args, **named: About.kwargs
    ) -> Future[Answer] | None:
        """Have ``work_out`` begun with what is known there; None where there is no process beside, or none any more."""
        if self._executor is not None:
            try:
                return self._executor.submit(_answer, work_out, about, named)
            except (BrokenExecutor, OSError):  # it was killed; there is no memory for it
                self._executor = None
        return None


def answer_to(asked: Future[Answer] | None) -> Answer | None:
    """What was worked out beside, as soon as it is there; None where it was not: what fails here as well is told then."""
    return asked.result() if asked is not None and asked.exception() is None else None


@contextmanager
def alongside(known: Known, jobs: int | None = None, *, worth_it: bool = True) -> Iterator[Beside[Known]]:
    """A process that has ``known`` at hand, where it is ``worth_it`` and ``jobs`` and the machine have room for it."""
    if not worth_it or not _has_room(jobs):
        yield Beside()
        return
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(stop, known))
    beside = Beside[Known](pool)
    try:
        with interrupts_held_back(), warnings.catch_warnings():
            # Threads of numpy's linear algebra, with which neither of the two does anything.
            warnings.simplefilter("ignore", DeprecationWarning)
            beside.ask(_ready)  # the process is started by what it is given to do
        yield beside
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _has_room(jobs: int | None) -> bool:
    # Forking is safe while this process has a single thread.
    room = min(jobs or 2, os.cpu_count() or 1) > 1
    return room and sys.platform == "linux" and threading.active_count() == 1


# In the process beside

_known: Any = None


def _start(stop: Event, known: object) -> None:
    global _known  # noqa: PLW0603 - of the process: what it was forked with
    _known = known
    help_until(stop)


def _answer(work_out: Callable[..., Answer], about: tuple[object, ...], named: dict[str, object]) -> Answer:
    return work_out(_known, *about, **named)


def _ready(known: object) -> None:
    """It has started."""
