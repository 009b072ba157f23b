"""Two splits side by side: which service is which, what moved, how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from decompose.boundaries.agreement import adjusted_rand_index, mojo_fm
from decompose.boundaries.split import SHARED, Split
from decompose.system.model import Record

_TABLE = "table:"


class Match(Record, frozen=True):
    """A service of the first split and the one of the second that shares most with it (empty: none)."""

    first: str
    second: str
    common: int
    only_first: int
    only_second: int


class Move(Record, frozen=True):
    """A unit, or ``table:NAME``, that the two splits place differently, matched services counting as the same."""

    id: str
    first: str
    second: str


class Shift(NamedTuple):
    """How much goes from one service of the first split to one service of the second."""

    first: str
    second: str
    units: int
    tables: int


class Comparison(Record, frozen=True):
    """``agreement_units`` and ``agreement_tables`` are adjusted Rand indices (Hubert and Arabie, 1985): 1 is equal.

    ``mojo_units`` and ``mojo_tables`` are MoJoFM (Wen and Tzerpos, 2004): 1 less the share of moves and joins that lead from the
    first to the second, of the most that any split would need.
    """

    first: str
    second: str
    matches: tuple[Match, ...]
    moved: tuple[Move, ...]
    agreement_units: float
    agreement_tables: float
    mojo_units: float = 1.0
    mojo_tables: float = 1.0


def better(direction: int, first: float, second: float) -> int:
    """Which of two values of a score is better, 1 or 2, or 0: what three digits do not show is no difference.

    ``direction`` is that of `decompose.boundaries.DIRECTIONS`.
    """
    if not direction or f"{first:.3g}" == f"{second:.3g}" or round(first, 3) == round(second, 3):
        return 0
    return 2 if direction * (second - first) > 0 else 1


def shifts(moved: Iterable[Move]) -> list[Shift]:
    """What moved from where to where, the most first."""
    counts = Counter((move.first, move.second, move.id.startswith(_TABLE)) for move in moved)
    pairs = sorted({(first, second) for first, second, _ in counts})
    found = [Shift(*pair, counts[*pair, False], counts[*pair, True]) for pair in pairs]
    return sorted(found, key=lambda shift: -shift.units - shift.tables)


def by_weight(moved: Iterable[Move], ties: Mapping[str, tuple[int, int]]) -> list[Move]:
    """What moved in the order in which it matters: tables, then what has most ties inside a service."""
    return sorted(moved, key=lambda move: (not move.id.startswith(_TABLE), -max(ties[move.id]), move.id))


def compare_splits(first: Split, second: Split) -> Comparison:
    """Compare two splits of the same system, or of two versions of it (over the ids that both have)."""
    units = _common(first.service_of_unit(), second.service_of_unit())
    tables = _common(first.service_of_table(), second.service_of_table())
    everything = {**units, **{f"{_TABLE}{name}": pair for name, pair in tables.items()}}
    overlap = Counter(everything.values())
    partner = _matching(overlap)
    sizes_first = Counter(a for a, _ in everything.values())
    sizes_second = Counter(b for _, b in everything.values())
    matches = [
        Match(
            first=a, second=b, common=overlap[a, b],
            only_first=sizes_first[a] - overlap[a, b], only_second=sizes_second[b] - overlap[a, b],
        )
        for a, b in sorted(partner.items())
    ]  # fmt: skip
    matched_second = set(partner.values())
    matches += [
        Match(first=a, second="", common=0, only_first=sizes_first[a], only_second=0)
        for a in sorted(set(sizes_first) - set(partner) - {SHARED})
    ]
    matches += [
        Match(first="", second=b, common=0, only_first=0, only_second=sizes_second[b])
        for b in sorted(set(sizes_second) - matched_second - {SHARED})
    ]
    same = {**partner, SHARED: SHARED}
    return Comparison(
        first=first.name,
        second=second.name,
        matches=tuple(matches),
        moved=tuple(Move(id=i, first=a, second=b) for i, (a, b) in sorted(everything.items()) if same.get(a) != b),
        agreement_units=round(adjusted_rand_index(list(units.values())), 6),
        agreement_tables=round(adjusted_rand_index(list(tables.values())), 6),
        mojo_units=round(mojo_fm(list(units.values())), 6),
        mojo_tables=round(mojo_fm(list(tables.values())), 6),
    )


def _common(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (first[name], second[name]) for name in sorted(first) if name in second}


def _matching(overlap: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """The pairing of services with the greatest total overlap (Hungarian method, by networkx)."""
    import networkx as nx

    graph = nx.Graph()
    for (a, b), count in sorted(overlap.items()):
        if SHARED not in (a, b):
            graph.add_edge(("first", a), ("second", b), weight=count)
    pairs = nx.max_weight_matching(graph)
    return dict(sorted((x[1], y[1]) if x[0] == "first" else (y[1], x[1]) for x, y in pairs))
