"""What follows from each split, worked out by a process of its own where there is one to spare, while the next split is made.

While there is none yet, that process scores what is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from decompose.alongside import Beside, alongside, answer_to
from decompose.boundaries.scores import Scored, Scorer
from decompose.boundaries.split import Score, Split
from decompose.database.ties import Ties
from decompose.interrupts import is_stopped
from decompose.plan.consequences import Consequences, Outlined, in_detail, outlined
from decompose.plan.deeds import deeds_of
from decompose.plan.on_behalf import on_behalf
from decompose.plan.readings import readings_of
from decompose.plan.step import EffortUnits
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

WORTH_A_PROCESS = 4_000
"""From how many dependencies on a process of its own takes less time than it saves."""
TOO_LARGE = 80_000
"""From how many on it holds more memory than the time is worth: at a million lines some 300 MB, of 2 GB that are allowed in all."""


class Follower:
    """What follows from the splits of one system, by their names."""

    def __init__(self, system: System, units: EffortUnits, scorer: Scorer) -> None:
        self.scorer = scorer
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


class FollowingBeside:
    """The same, by the process ``beside`` where there is one; what could not be done there is done here."""

    def __init__(self, here: Follower, beside: Beside[Follower]) -> None:
        self._here, self._beside = here, beside
        self._begun: dict[str, tuple[Split, Sequence[str]]] = {}
        beside.ask(Follower.prepare)

    def score(self, labels: Labels) -> Scored:
        """Have a partition scored."""
        asked = self._beside.ask(_scored, labels)
        return lambda: answer_to(asked) or self._here.scorer.scores(labels)

    def begin(self, split: Split, before: Sequence[str] = ()) -> None:
        """Have it worked out what follows from a split."""
        self._begun[split.name] = split, before
        self._beside.ask(_outline, split, before)

    def of(
        self, names: Sequence[str], shown: str, meanwhile: Callable[[], object] = lambda: None
    ) -> list[Consequences]:
        """What follows from splits that were begun, with all detail of the one that is shown; while that is worked out beside,
        this process calls ``meanwhile``.
        """
        # What is there already is read while the one that is shown is worked out.
        pending = {n: self._beside.ask(_told, n, n == shown) for n in sorted(names, key=lambda name: name == shown)}
        meanwhile()
        found = {name: _received(asked) for name, asked in pending.items()}
        return [found[name] or self._worked_out(name, detail=name == shown) for name in names]

    def _worked_out(self, name: str, *, detail: bool) -> Consequences:
        self._here.outline(*self._begun[name])
        return self._here.told(name, detail=detail)


_DECODER = msgspec.msgpack.Decoder(Consequences)


def _received(asked: Future[bytes] | None) -> Consequences | None:
    told = answer_to(asked)
    return _DECODER.decode(told) if told is not None else None


# In the process beside


def _scored(follower: Follower, labels: Labels) -> tuple[Score, ...]:
    return follower.scorer.scores(labels)


def _outline(follower: Follower, split: Split, before: Sequence[str]) -> None:
    if not is_stopped():
        follower.outline(split, before)


def _told(follower: Follower, name: str, detail: bool) -> bytes:
    return msgspec.msgpack.encode(follower.told(name, detail=detail))


# In this one


@contextmanager
def following(
    system: System,
    units: EffortUnits,
    scorer: Scorer,
    jobs: int | None = None,
    *,
    least: int = WORTH_A_PROCESS,
    most: int = TOO_LARGE,
) -> Iterator[FollowingBeside]:
    """Works out what follows from splits, with one process more where ``jobs`` and the machine have room for it, and the system has
    at ``least`` and at ``most`` so many dependencies.
    """
    here = Follower(system, units, scorer)
    with alongside(here, jobs, worth_it=least <= len(system.dependencies) <= most) as beside:
        yield FollowingBeside(here, beside)
