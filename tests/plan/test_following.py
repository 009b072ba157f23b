"""What follows from splits is the same, whether a process of its own works it out or this one does."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator

import pytest

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.split import Split
from decompose.plan.consequences import Consequences, consequences
from decompose.plan.following import following
from decompose.plan.step import EffortUnits
from decompose.system.model import System
from tests.applications import analysed_shop

pytestmark = pytest.mark.single_thread

UNITS = EffortUnits(unit="days", ranges={"tables": (1.0, 2.0)})


@pytest.fixture(name="system")
def _system() -> System:
    return analysed_shop().analysis.system


@pytest.fixture(name="splits")
def _splits() -> list[Split]:
    return [split for split in analysed_shop().analysis.splits if not split.trivial]


@pytest.fixture(autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def followed(system: System, splits: list[Split], *, jobs: int, killed: bool = False) -> list[Consequences]:
    """What follows from the splits, the first of which is shown."""
    with following(system, UNITS, Scorer(EvidenceGraph(system)), jobs, least=0) as beside:
        for split in splits:
            beside.begin(split)
        if killed:
            for process in multiprocessing.active_children():
                process.kill()
        return list(beside.of([split.name for split in splits], splits[0].name))


def test_another_process_comes_to_the_same(system: System, splits: list[Split]) -> None:
    here = followed(system, splits, jobs=1)
    assert followed(system, splits, jobs=2) == here
    assert here[0] == consequences(system, splits[0], units=UNITS)
    assert [one.plan.split for one in here] == [split.name for split in splits]


@pytest.mark.parametrize(("least", "most", "processes"), [(0, 10_000, 1), (10_000, 20_000, 0), (0, 3, 0)])
def test_a_process_is_started_where_it_is_worth_its_time_and_its_memory(
    system: System, splits: list[Split], least: int, most: int, processes: int
) -> None:
    with following(system, UNITS, Scorer(EvidenceGraph(system)), 2, least=least, most=most) as beside:
        assert len(multiprocessing.active_children()) == processes
        beside.begin(splits[0])
        assert beside.of([splits[0].name], splits[0].name) == [consequences(system, splits[0], units=UNITS)]


def test_only_the_split_that_is_shown_has_its_detail(system: System, splits: list[Split]) -> None:
    designed = [one.database.design is not None for one in followed(system, splits, jobs=2)]
    assert designed == [True] + [False] * (len(splits) - 1)


def test_what_a_process_that_was_killed_leaves_is_done_here(system: System, splits: list[Split]) -> None:
    assert followed(system, splits, jobs=2, killed=True) == followed(system, splits, jobs=1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_known_beforehand_is_scored_as_it_is_here(system: System, splits: list[Split], jobs: int) -> None:
    scorer = Scorer(EvidenceGraph(system))
    labels = labels_of(scorer.graph, splits[0])
    with following(system, UNITS, scorer, jobs, least=0) as beside:
        assert beside.score(labels)() == scorer.scores(labels)
