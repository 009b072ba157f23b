"""Modules that are one thing, and modules that only lie together: what the rest of the evidence says of each.

In a monolith that is laid out by domain a module is about one thing, and its units belong together even where little ties them. In one
that is laid out by layer there are besides modules such as ``models.py`` with something of everything in it. Which of the two a module
is can be told without looking at modules: from how its units lie in partitions that were made from all other evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from decompose.boundaries.clustering import Labels, Marks, Weights

    Choice = np.ndarray[Any, np.dtype[np.bool_]]

_ROUNDS = 15
_WHOLE = 0.3
"""From which likelihood on a module is taken as whole. Those of code that is laid out by layer have none at all; in between is what every
look at it tells otherwise, and to divide such a module at random would move all that is in it.
"""
_DOUBT, _SURE = 0.05, 0.05
"""How gradually, on both sides of that, a module is taken as whole less often, and how seldom is never: with other seeds the likelihood of
one module moves by up to 0.2, and one of forty units that is always or never whole by chance moves whole services.
"""
GOLDEN = 0.6180339887498949
"""Steps of this size fill the numbers from 0 to 1 evenly, however many there are (Weyl, Über die Gleichverteilung von Zahlen mod. Eins, 1916)."""
_START = (0.7, 0.8)
"""The share of units that are where their module is, and the share of modules that are whole, to begin with."""
_BOUNDS = (0.05, 0.99)


class Whole(NamedTuple):
    """What a partition tells: the numbers of the modules with at least two units in it, and how likely each is one thing."""

    modules: Labels
    likely: Weights


def wholeness(count: int, told: Sequence[Sequence[Whole]]) -> Weights:
    """How likely each of the ``count`` modules is whole: 1 where nothing is told of it.

    ``told``: for each resolution, the lowest first, what partitions tell that are made without what ties the units of a module (`whole_in`).
    It counts how likely it is, in the mean over those up to the resolution where it is likeliest, that its units do not lie as those of
    the application at large: that small services would divide what larger ones do not, says nothing against it.
    """
    import numpy as np

    whole, often, most = np.zeros(count), np.zeros(count), np.zeros(count)
    for looks in told:
        for counted, likely in looks:
            whole[counted] += likely
            often[counted] += 1
        most = np.maximum(most, np.round(whole / np.maximum(often, 1), 6))
    return np.where(often > 0, most, 1.0)


def grains_of(modules: Labels, whole: Weights) -> Labels:
    """For each node the number of its grain: a module that is `whole <wholeness>` is one grain, of any other each node is."""
    return _numbered(modules, whole < _WHOLE)


class Turns(NamedTuple):
    """What is a grain each time that it is looked again: ``often`` says how often each of the ``modules`` is divided, ``marks`` when."""

    modules: Labels
    often: Weights
    marks: Marks

    def grains(self, turn: int) -> Labels:
        """For each node the number of its grain. A module of which it is in doubt whether it is whole is that in some of the turns."""
        divided = (turn * GOLDEN + self.marks / 2**32) % 1 < self.often
        return _numbered(self.modules, divided)


def turns_of(modules: Labels, whole: Weights, marks: Marks) -> Turns:
    """Which modules are divided how often, by how `whole <wholeness>` they are; ``marks`` are numbers below 2**32 that each has for its own."""
    import numpy as np

    often = 1 / (1 + np.exp(np.clip((whole - _WHOLE) / _DOUBT, -500, 500)))
    often = np.where(often < _SURE, 0.0, np.where(often > 1 - _SURE, 1.0, often))
    return Turns(modules, np.round(often, 6), marks)


def _numbered(modules: Labels, divided: Choice) -> Labels:
    import numpy as np

    grains = np.where(divided[modules], len(divided) + np.arange(len(modules)), modules)
    found: Labels = np.unique(grains, return_inverse=True)[1]
    return found


def layered(modules: Labels, whole: Weights) -> float:
    """The share of nodes that lie in modules with something of everything in them: high where code is laid out by layer.

    A module of which it is as likely as not counts by half: were it in or out, a look more or less would decide how everything is looked at.
    """
    import numpy as np

    several = np.bincount(modules)[modules] > 1
    divided = 1 - np.clip(whole / (2 * _WHOLE), 0, 1)
    return round(float((several * divided[modules]).mean()), 6) if len(modules) else 0.0


def whole_in(labels: Labels, modules: Labels) -> Whole:
    """How likely each module is whole, by expectation and maximisation over two kinds of modules; ``modules`` numbers that of each node.

    Of a whole module every unit is with one probability in the community of the module, else anywhere; of the other kind all are
    anywhere, that is in a community by its share of all units.
    """
    import numpy as np

    placed, communities = np.flatnonzero(labels >= 0), int(labels.max(initial=-1)) + 1
    counted, module = np.unique(modules[placed], return_inverse=True)
    several = np.bincount(module, minlength=len(counted)) > 1
    if communities < 2 or not several.any():
        return Whole(counted[:0], np.zeros(0))
    share = np.maximum(np.bincount(labels[placed], minlength=communities) / len(placed), 1 / len(placed))
    kept = several[module]
    counted, module = counted[several], (np.cumsum(several) - 1)[module[kept]]
    # Only the communities that a module has units in are looked at one by one: there are as many of both as units in the worst case.
    cell, units = np.unique(module * communities + labels[placed][kept], return_counts=True)
    module, community = np.divmod(cell, communities)
    first = np.flatnonzero(np.diff(module, prepend=-1))

    def of_module(cells: Weights) -> Weights:
        return np.bincount(module, cells, minlength=len(counted)).astype(np.float64, copy=False)

    there = share[community]
    anywhere, size = of_module(units * np.log(there)), of_module(units)
    absent = np.maximum(share.sum() - of_module(there), 0)
    together, whole = _START
    likely = np.ones(len(counted))
    for _ in range(_ROUNDS):
        elsewhere = np.log((1 - together) * there)
        home = np.log(together + (1 - together) * there)
        # The likelihood of each home, as a multiple of that of a home where the module has no unit.
        each = np.log(there) + units * (home - elsewhere)
        top = np.maximum.reduceat(each, first)
        one = top + np.log(of_module(np.exp(each - top[module])) + absent * np.exp(-top))
        odds = np.log(1 - whole) + anywhere - np.log(whole) - one - of_module(units * elsewhere)
        likely = 1 / (1 + np.exp(np.clip(odds, -500, 500)))
        at_home = of_module(np.exp(each - one[module]) * units * (together / (together + (1 - together) * there)))
        together = float(np.clip((likely * at_home).sum() / max((likely * size).sum(), 1e-9), *_BOUNDS))
        whole = float(np.clip(likely.mean(), *_BOUNDS))
    return Whole(counted, likely)
