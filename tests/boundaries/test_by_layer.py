"""Where code is laid out by layer, a split of single units that breaks less takes the place of what most ways of looking agree on."""

from __future__ import annotations

import pytest

from decompose.boundaries.by_layer import breaking_less
from decompose.boundaries.split import Score, Service, Split


def split(name: str, trust: float, services: int = 4, **broken: float) -> Split:
    """A candidate that the ensemble agrees with so far, and what it breaks."""
    values = {"seed_agreement": trust, "foreign_writes": 0.3, "inter_call": 0.2, "single_writer_tables": 0.5} | broken
    scores = tuple(Score(name=score, value=value) for score, value in values.items())
    made = tuple(Service(name=f"s{number}", units=(f"a:{number}",), tables=()) for number in range(services))
    return Split(name=name, generator=name, trivial=False, services=made, shared=(), scores=scores)


CONSENSUS = split("consensus", 0.6)
BY_LAYER = split("package-structure", 0.35)


def chosen(*others: Split, modules: Split = BY_LAYER) -> str:
    """What takes the place of the consensus, if anything does."""
    splits = (CONSENSUS, *others, modules)
    found = breaking_less(CONSENSUS, splits, splits, 0.1)
    return found.name if found else ""


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        pytest.param(split("whole-graph", 0.55, foreign_writes=0.2), True, id="less is broken"),
        pytest.param(split("whole-graph", 0.55), False, id="as much is broken"),
        pytest.param(
            split("whole-graph", 0.55, foreign_writes=0.2, inter_call=0.21), False, id="something more is broken"
        ),
        pytest.param(
            split("whole-graph", 0.55, foreign_writes=0.2, single_writer_tables=0.4), False, id="fewer writers"
        ),
        pytest.param(split("whole-graph", 0.45, foreign_writes=0.2), False, id="the ensemble agrees less"),
        pytest.param(split("semantic", 0.55, foreign_writes=0.2), False, id="it looks at words alone"),
    ],
)
def test_what_breaks_nothing_more_and_something_less_is_taken(other: Split, taken: bool) -> None:
    assert chosen(other) == (other.name if taken else "")


def test_where_modules_are_telling_the_consensus_stays() -> None:
    other = split("whole-graph", 0.55, foreign_writes=0.2)
    assert chosen(other, modules=split("package-structure", 0.5)) == ""


def test_of_several_that_with_the_fewest_services_is_taken() -> None:
    finer = split("whole-graph", 0.58, services=5, foreign_writes=0.2)
    assert chosen(finer, split("tables-first", 0.55, services=4, foreign_writes=0.2)) == "tables-first"
