"""Toss-ups: blocks of units and tables that belong as well to another service as to their own.

A split is made of an ensemble of clusterings, and again of each half of them. What a half puts elsewhere than the whole does, or what at
least as many clusterings put elsewhere, is decided by chance: with another seed, or a little more code, it would lie there. Which of the
two services has it is for people to say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.split import SHARED, Split
from decompose.system.model import Record
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

FEWEST = 5
"""Units and tables of a block that is told: what is less stands among the contested members."""

ITSELF = -3
"""The label of what a half makes a service of its own."""

_DRAWN = 0.5
"""What moves to where neither clusterings nor ties draw it is not told: nobody would agree that it goes there as well."""

_NEARLY_ALL = 0.9
_NAMED, _MODULES, _TABLES = 4, 2, 3


class TossUp(Record, frozen=True):
    """A block of units and tables in ``service`` that goes as well to ``rival``: a service, ``shared``, or empty for a service of its own.
    ``share`` is how much of its service it is: where that is all, the service is as well a part of the rival.

    ``agree`` and ``rival_agree`` are the shares of repeated clusterings that put it in either, ``ties`` and ``rival_ties`` the shares of the
    weight of all evidence that leads out of the block; None where there is no such service. ``modules`` counts its units by module, ``touches``
    the lines that access each table.
    """

    service: str
    rival: str
    share: float
    units: tuple[str, ...]
    tables: tuple[str, ...]
    agree: float | None
    rival_agree: float | None
    ties: float
    rival_ties: float | None
    modules: dict[str, int]
    touches: dict[str, int]

    @property
    def members(self) -> tuple[str, ...]:
        """Its units, and its tables as ``table:NAME``."""
        return (*self.units, *(f"{TABLE}{table}" for table in self.tables))

    @property
    def whole(self) -> bool:
        """Whether it is all, or nearly all, of a service that is as well a part of another."""
        return bool(self.rival) and self.share >= _NEARLY_ALL

    @property
    def size(self) -> str:
        """How many units and tables it has, in words."""
        parts = [counted(len(self.units), "unit")] if self.units else []
        return " and ".join([*parts, *([counted(len(self.tables), "table")] if self.tables else [])])

    @property
    def modules_named(self) -> str:
        """In words, the modules with most of its units; of a block of tables alone these."""
        if not self.modules:
            return _first_of(self.tables, _TABLES, "table")
        return _first_of([f"{module} {count}" for module, count in self.modules.items()], _MODULES, "module")

    @property
    def tables_named(self) -> str:
        """In words, the tables that it touches, most first; empty where it touches none."""
        return _first_of([*self.touches], _TABLES, "table")

    @property
    def pulls(self) -> str:
        """In words, what pulls it to either side."""
        sides = [(self.service, self.agree, self.ties)]
        sides += [(self.rival, self.rival_agree, self.rival_ties or 0.0)] if self.rival else []
        voting = " and ".join(f"{agree:.0%} put it in {told(name)}" for name, agree, _ in sides if agree is not None)
        others = sides[1:] if self.share == 1 else sides  # what is all of a service has all its ties to it inside
        tying = " and ".join(f"{ties:.0%} lead to {told(name)}" for name, _, ties in others)
        return (
            f"of the clusterings {voting}; of its ties to others {tying}"
            if voting
            else f"of its ties to others {tying}"
        )

    def __str__(self) -> str:
        if self.whole:
            nearly = "" if self.share == 1 else "nearly all of "
            return f"{nearly}{self.service} ({self.size}) is as well a part of {told(self.rival)}"
        block = f"{self.size} ({self.modules_named}) of {told(self.service)}"
        return (
            f"{block} go as well to {told(self.rival)}" if self.rival else f"{block} are as well a service of their own"
        )


def told(service: str) -> str:
    """What a service is called in a sentence."""
    return "the shared library" if service == SHARED else service


def toss_ups(
    scorer: Scorer,
    certainty: Certainty,
    split: Split,
    remade: Sequence[Split] = (),
    *,
    pinned: Collection[int] = (),
    divided: bool = True,
) -> tuple[TossUp, ...]:
    """The blocks of a split that what is ``remade`` from parts of the ensemble, or as much of the ensemble, puts elsewhere, the largest first.
    Nodes that are ``pinned`` are in none. Not ``divided``: what is remade divides services that the split has merged, and that says nothing.
    """
    own, votes = labels_of(scorer.graph, split), certainty.votes(labels_of(scorer.graph, split), len(split.services))
    homes = [_homes(own, labels_of(scorer.graph, half), divided=divided) for half in remade]
    elsewhere = _elsewhere(own, homes, votes)
    elsewhere[list(pinned)] = own[list(pinned)]
    blocks = _blocks(scorer, own, elsewhere)
    found = [_told(scorer, votes[block], split, own, block, rival) for block, rival in blocks]
    kept = [one for one, most in found if len(one.members) >= FEWEST and _is_drawn(one, most)]
    return tuple(sorted(kept, key=lambda one: (-len(one.members), one.members)))


def _is_drawn(one: TossUp, most: float) -> bool:
    """Whether a block is drawn to its rival: half as many clusterings put it there, or half as many of its ties lead there, as to its service.
    What is all of that has no ties to it: half as many as the ``most`` that lead to any other. Where ties lead to its service and none to the
    rival, clusterings put it there together with those it is tied to, and moved alone it has no business there.
    """
    if one.rival and not one.rival_ties and one.ties:
        return False
    by_votes = one.rival_agree is not None and one.rival_agree >= _DRAWN * (one.agree or 0.0)
    by_ties = bool(one.rival_ties) and (one.rival_ties or 0.0) >= _DRAWN * (most if one.whole else one.ties)
    return not one.rival or by_votes or by_ties


def _homes(own: Labels, half: Labels, *, divided: bool) -> Labels:
    """For each node the service, of those that ``own`` numbers, that its community in a ``half`` is. Of communities that are none of them: `ITSELF`
    where it is ``divided``, else what most of each is in.
    """
    import numpy as np

    services, communities = int(own.max(initial=-1)) + 1, int(half.max(initial=-1)) + 1
    if not services or not communities:
        return own.copy()
    both = (own >= 0) & (half >= 0)
    common = np.bincount(half[both] * services + own[both], minlength=communities * services)
    common = common.reshape(communities, services)
    at = np.full(communities, ITSELF) if divided else common.argmax(axis=1)
    for community, service in _matched(common):
        at[community] = service
    return np.where(half >= 0, at[half], SHARED_LABEL)


def _matched(common: Labels) -> Iterator[tuple[int, int]]:
    """Which community is which service, each once, by what they have in ``common``: those first that are most alike (Jaccard)."""
    sizes, others = common.sum(axis=1).tolist(), common.sum(axis=0).tolist()
    pairs = [
        (count / (sizes[community] + others[service] - count), community, service)
        for community, row in enumerate(common.tolist())
        for service, count in enumerate(row)
        if count
    ]
    taken: set[tuple[str, int]] = set()
    for _, community, service in sorted(pairs, key=lambda pair: (-pair[0], *pair[1:])):
        ends = {("community", community), ("service", service)}
        if not ends & taken:
            taken |= ends
            yield community, service


def _elsewhere(own: Labels, homes: Sequence[Labels], votes: Weights) -> Labels:
    """For each node where else it belongs as well; its own service where it does not."""
    import numpy as np

    everyone, others = np.arange(len(own)), votes.copy()
    mine = np.where(own >= 0, votes[everyone, own], np.inf)
    others[everyone, own] = 0
    rival: Labels = np.where((others.max(axis=1) > 0) & (others.max(axis=1) >= mine), others.argmax(axis=1), own)
    for home in reversed(homes):
        rival = np.where(home != own, home, rival)
    return rival


def _blocks(scorer: Scorer, own: Labels, rival: Labels) -> Iterator[tuple[list[int], int]]:
    """Nodes that are tied to each other, in one service, and that go to the same other one; and which."""
    near: dict[int, list[int]] = defaultdict(list)
    ends = scorer.edges[:, (rival != own)[scorer.edges].all(axis=0)]
    alike = (own[ends[0]] == own[ends[1]]) & (rival[ends[0]] == rival[ends[1]])
    for one, other in ends[:, alike].T.tolist():
        near[one].append(other)
        near[other].append(one)
    seen: set[int] = set()
    for start in (rival != own).nonzero()[0].tolist():
        if start in seen:
            continue
        seen.add(start)
        block = [start]
        for node in block:
            block += (new := sorted({*near[node]} - seen))
            seen.update(new)
        yield sorted(block), int(rival[start])


def _told(
    scorer: Scorer, votes: Weights, split: Split, own: Labels, block: list[int], rival: int
) -> tuple[TossUp, float]:
    """The block, and the largest share of its ties that lead to a service other than its own."""
    import numpy as np

    graph, here, names = scorer.graph, int(own[block[0]]), [service.name for service in split.services]
    inside = np.isin(np.arange(len(own)), block)
    leading = inside[scorer.edges[0]] != inside[scorer.edges[1]]
    outer = np.where(inside[scorer.edges[0]], scorer.edges[1], scorer.edges[0])[leading]
    weights, total = scorer.weights[leading], float(scorer.weights[leading].sum())

    def tied(label: int) -> float:
        return round(float(weights[own[outer] == label].sum()) / total, 3) if total else 0.0

    def agreed(label: int) -> float | None:
        return round(float(votes[:, label].sum() / votes.sum()), 3) if label >= 0 and votes.any() else None

    members = [member for node in block for member in graph.members[node]]
    units = tuple(sorted(member for member in members if not member.startswith(TABLE)))
    one = TossUp(
        service=names[here] if here >= 0 else SHARED,
        rival="" if rival == ITSELF else names[rival] if rival >= 0 else SHARED,
        share=round(len(block) / int((own == here).sum()), 3) if here >= 0 else 0.0,
        units=units,
        tables=tuple(sorted(member.removeprefix(TABLE) for member in members if member.startswith(TABLE))),
        agree=agreed(here),
        rival_agree=agreed(rival),
        ties=tied(here),
        rival_ties=None if rival == ITSELF else tied(rival),
        modules=_most_first(Counter(unit.partition(":")[0] for unit in units)),
        touches=_touched(graph, set(units)),
    )
    return one, max((tied(label) for label in range(len(names)) if label != here), default=0.0)


def _touched(graph: EvidenceGraph, units: set[str]) -> dict[str, int]:
    lines = {
        (access.table, access.file, access.line)
        for access in graph.system.accesses
        if access.resolution != "guessed" and (access.unit or graph.unit_of.get(access.definition)) in units
    }
    return _most_first(Counter(table for table, _, _ in lines))


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name))}


def told_of_toss_ups(found: Sequence[TossUp]) -> str:
    """In words, the toss-ups of a split; empty where there are none."""
    if not found:
        return ""
    ranked, fewer = _whole_first(found), _fewer(found)
    named = ranked[: max(_NAMED, sum(block.whole for block in found))]
    said = "; ".join(f"{block}{_with_tables(block)}" for block in named)
    more = f"; and {len(found) - len(named)} more" if len(found) > len(named) else ""
    more += f". So there may as well be {counted(fewer, 'service')} fewer" if fewer else ""
    one = len(found) == 1
    return (
        f"{'one block is a toss-up' if one else f'{len(found)} blocks are toss-ups'}: {said}{more}. Made again from half of the clusterings "
        f"{'it lies' if one else 'they lie'} there, or as many put {'it' if one else 'them'} there. The code does not decide that: a pin does, by whoever "
        f"knows what {'it is' if one else 'they are'} for"
    )


def _with_tables(block: TossUp) -> str:
    return f" (tables they touch: {block.tables_named})" if block.tables_named else ""


def toss_ups_in_short(found: Sequence[TossUp]) -> str:
    """The same in a line."""
    if len(found) < 2:
        return f"{found[0]}" if found else ""
    units, whole = sum(len(block.units) for block in found), sum(block.whole for block in found)
    first = f"{counted(whole, 'whole service')} among them" if whole else "the largest"
    return f"{len(found)} blocks ({counted(units, 'unit')}) belong as well elsewhere, {first}: {_whole_first(found)[0]}"


def _whole_first(found: Sequence[TossUp]) -> list[TossUp]:
    """Whole services before parts of one: whether they are services at all is the larger question."""
    return sorted(found, key=lambda block: not block.whole)


def _fewer(found: Sequence[TossUp]) -> int:
    """How many services fewer there are where each that is as well a part of another is that; of two that are each a part of the other, one."""
    return len({frozenset((block.service, block.rival)) for block in found if block.whole})


def _first_of(names: Sequence[str], most: int, noun: str) -> str:
    more = f" and {counted(len(names) - most, f'more {noun}')}" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
