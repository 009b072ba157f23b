"""Services that are hardly worth a process of their own, by their size alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.soundness import USUAL
from decompose.boundaries.split import Split
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.system.model import System

_LINES = 1000
_SHARE = 1 / 3
"""Below so many lines, and below this share of the mean service: what a process costs does not depend on its size (`Smallest`)."""

_NAMED = 4


def small_services(system: System, split: Split) -> dict[str, int]:
    """The services of a split that are small, with their lines, the smallest first."""
    lines = {unit.id: unit.lines for unit in system.units}
    sizes = {service.name: sum(lines.get(unit, 0) for unit in service.units) for service in split.services}
    small = [name for name, size in sizes.items() if is_small(size, sizes.values())]
    return {name: sizes[name] for name in sorted(small, key=lambda name: (sizes[name], name))}


def is_small(lines: int, services: Collection[int]) -> bool:
    """Whether a service of so many lines is small beside all ``services``, by their lines."""
    return lines < _LINES and _below_mean(lines, services)


def is_slight(lines: int, tables: int, services: Collection[int]) -> bool:
    """Whether a service joins another where few are wanted: it is far below the mean of all ``services``, by their lines, or holds no table.
    What as an application would be large enough to divide does not, whatever it holds.
    """
    return lines < USUAL.lines and (not tables or _below_mean(lines, services))


def _below_mean(lines: int, services: Collection[int]) -> bool:
    return lines < _SHARE * sum(services) / max(1, len(services))


def told_of_small(scorer: Scorer, split: Split) -> str:
    """In words, which services of a split are small, and beside which others they are as modules; empty where none is."""
    small = small_services(scorer.graph.system, split)
    if not small:
        return ""
    beside = _tied_most(scorer, split, set(small))
    tables = {service.name: len(service.tables) for service in split.services}

    def named(name: str) -> str:
        near = f"; tied most to {beside[name]}" if name in beside else ""
        return f"{name} ({counted(small[name], 'line')}, {counted(tables[name], 'table')}{near})"

    shown = ", ".join(named(name) for name in list(small)[:_NAMED])
    more = f" and {len(small) - _NAMED} more" if len(small) > _NAMED else ""
    one = len(small) == 1
    return (
        f"by {'its' if one else 'their'} size {'one service is' if one else f'{len(small)} services are'} hardly worth a process of "
        f"{'its' if one else 'their'} own: {shown}{more}. Take {'it' if one else 'them'} out to learn how it is done, or because "
        f"{'it has' if one else 'they have'} to be scaled or owned apart; otherwise a seam inside the monolith is enough"
    )


def _tied_most(scorer: Scorer, split: Split, small: set[str]) -> dict[str, str]:
    """For each small service that other services are tied to, that which all evidence ties it to most; one that is not small if there is any."""
    import numpy as np

    names = [service.name for service in split.services]
    ends = labels_of(scorer.graph, split)[scorer.edges]
    kept = (ends >= 0).all(axis=0) & (ends[0] != ends[1])
    between = np.zeros((len(names), len(names)))
    np.add.at(between, tuple(ends[:, kept]), scorer.weights[kept])
    between += between.T
    large = np.array([name not in small for name in names])
    found = {}
    for number, name in enumerate(names):
        ties = between[number] * large if (between[number] * large).any() else between[number]
        if name in small and ties.any():
            found[name] = names[int(ties.argmax())]
    return found
