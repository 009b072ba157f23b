"""What follows from each split, worked out by a process of its own where there is one to spare, while the next split is made.

That process is a fork of this one, so that it has the system at hand: only splits are sent to it, and what follows from them is
sent back.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec

from decompose.boundaries.split import Split
from decompose.database.ties import Ties
from decompose.interrupts import help_until, interrupts_held_back, is_stopped
from decompose.plan.consequences import Consequences, Outlined, in_detail, outlined
from decompose.plan.deeds import deeds_of
from decompose.plan.on_behalf import on_behalf
from decompose.plan.readings import readings_of
from decompose.plan.step import EffortUnits
from decompose.system.model import System

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

Result = TypeVar("Result")

WORTH_A_PROCESS = 4_000
"""From how many dependencies on a process of its own takes less time than it saves."""
TOO_LARGE = 80_000
"""From how many on it holds more memory than the time is worth: at a million lines some 300 MB, of 2 GB that are allowed in all."""


class Follower:
    """What follows from the splits of one system, by their names."""

    def __init__(self, system: System, units: EffortUnits) -> None:
        self._ties, self._units = Ties(system), units
        self._outlines: dict[str, Outlined] = {}

    def prepare(self) -> None:
        """Look up what is the same for every split, while there is none yet."""
        ties = self._ties
        deeds, given = deeds_of(ties), on_behalf(ties)
        for call, _, _ in ties.calls:
            given.tables(call)
        deeds.asking, deeds.at_start, deeds.touching, readings_of(ties), ties.checks, ties.acting_outside, ties.bases
        for transaction in ties.system.transactions:
            if len(transaction.tables_written) > 1:
                ties.walk((transaction.definition, transaction.unit), transaction.lines)

    def outline(self, split: Split, before: Sequence[str]) -> None:
        """Work out what follows from a split, but for what to do about each cut. ``before``: the order decided on earlier."""
        self._outlines[split.name] = outlined(split, self._ties, units=self._units, before=before)

    def told(self, name: str, *, detail: bool) -> Consequences:
        """What follows from a split that was outlined."""
        outline = self._outlines[name]
        return in_detail(outline) if detail else Consequences(outline.database, outline.plan)


class Alongside:
    """The same, by ``executor`` where there is one; what could not be done there is done here."""

    def __init__(self, here: Follower, executor: Executor | None = None) -> None:
        self._here, self._executor = here, executor
        self._begun: dict[str, tuple[Split, Sequence[str]]] = {}
        self._asked(_prepare)

    def begin(self, split: Split, before: Sequence[str] = ()) -> None:
        """Have it worked out what follows from a split."""
        self._begun[split.name] = split, before
        self._asked(_outline, split, before)

    def of(
        self, names: Sequence[str], shown: str, meanwhile: Callable[[], object] = lambda: None
    ) -> list[Consequences]:
        """What follows from splits that were begun, with all detail of the one that is shown; while that is worked out beside,
        this process calls ``meanwhile``.
        """
        # What is there already is read while the one that is shown is worked out.
        pending = {name: self._asked(_told, name, name == shown) for name in sorted(names, key=lambda n: n == shown)}
        meanwhile()
        found = {name: self._received(future) for name, future in pending.items()}
        return [found[name] or self._worked_out(name, detail=name == shown) for name in names]

    def _asked(self, ask: Callable[..., Result], *about: object) -> Future[Result] | None:
        if self._executor is not None:
            try:
                return self._executor.submit(ask, *about)
            except BrokenExecutor:
                self._executor = None
        return None

    def _received(self, future: Future[bytes] | None) -> Consequences | None:
        """What was worked out; nothing where that failed: what fails here as well is told then."""
        if future is not None and future.exception() is None:
            return _DECODER.decode(future.result())
        return None

    def _worked_out(self, name: str, *, detail: bool) -> Consequences:
        self._here.outline(*self._begun[name])
        return self._here.told(name, detail=detail)


_DECODER = msgspec.msgpack.Decoder(Consequences)

# In the process beside

_follower: Follower | None = None


def _start(stop: Event, follower: Follower) -> None:
    global _follower  # noqa: PLW0603 - of the process: what it was forked with
    _follower = follower
    help_until(stop)


def _known() -> Follower:
    assert _follower is not None
    return _follower


def _prepare() -> None:
    _known().prepare()


def _outline(split: Split, before: Sequence[str]) -> None:
    if not is_stopped():
        _known().outline(split, before)


def _told(name: str, detail: bool) -> bytes:
    return msgspec.msgpack.encode(_known().told(name, detail=detail))


# In this one


@contextmanager
def alongside(
    system: System, units: EffortUnits, jobs: int | None = None, *, least: int = WORTH_A_PROCESS, most: int = TOO_LARGE
) -> Iterator[Alongside]:
    """Works out what follows from splits, with one process more where ``jobs`` and the machine have room for it, and the system has
    at ``least`` and at ``most`` so many dependencies.
    """
    here = Follower(system, units)
    if not least <= len(system.dependencies) <= most or not _has_room(jobs):
        yield Alongside(here)
        return
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(stop, here))
    try:
        with interrupts_held_back(), warnings.catch_warnings():  # the process is started by what it is given to do
            # Threads of numpy, which this process has done nothing with so far and the other one never will.
            warnings.simplefilter("ignore", DeprecationWarning)
            beside = Alongside(here, pool)
        yield beside
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _has_room(jobs: int | None) -> bool:
    # Forking is safe while this process has a single thread.
    room = min(jobs or 2, os.cpu_count() or 1) > 1
    return room and sys.platform == "linux" and threading.active_count() == 1
