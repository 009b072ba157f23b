"""How far two partitions of the same things agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence


def adjusted_rand_index(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Agreement of two labelings, corrected for chance (Hubert and Arabie, 1985); 1.0 for fewer than two items."""
    return rand_index_of_sizes(*_sizes(pairs))


def rand_index_of_sizes(together: Iterable[int], first: Iterable[int], second: Iterable[int]) -> float:
    """The same from sizes: of the groups that two labelings share, and of the groups of each."""
    second = [*second]
    return rand_index(_pairs(together), _pairs(first), _pairs(second), sum(second) * (sum(second) - 1) / 2)


def rand_index(together: float, first: float, second: float, total: float) -> float:
    """The same from pairs: those that both labelings put together, those that the first does, the second does, and all."""
    if not total:
        return 1.0
    expected = first * second / total
    most = (first + second) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def pairwise_f1(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """The harmonic mean of precision and recall over pairs of items; ``(found, expected)`` for each item."""
    same, found, expected = (_pairs(sizes) for sizes in _sizes(pairs))
    return 2 * same / (found + expected) if found + expected else 1.0


def mojo_fm(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """MoJoFM (Wen and Tzerpos, 2004): 1 less the moves and joins that lead from the first labeling to the second, of the most
    that any labeling would need. ``(found, expected)`` for each item; not symmetric.
    """
    largest = 0
    for size in sorted(Counter(second for _, second in pairs).values()):
        largest += size > largest
    most = len(pairs) - largest
    return 1.0 - _moves_and_joins(pairs) / most if most else 1.0


def _moves_and_joins(pairs: Sequence[tuple[Hashable, Hashable]]) -> int:
    """MoJo (Wen and Tzerpos, 2003): each cluster becomes the group that it has most of; those that share a group join."""
    import networkx as nx

    inside: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for first, second in pairs:
        inside[first][second] += 1
    stay = sum(max(counts.values()) for counts in inside.values())
    choices = nx.Graph()
    for first, counts in inside.items():
        most = max(counts.values())
        choices.add_edges_from(((0, first), (1, second)) for second, count in counts.items() if count == most)
    tops = [node for node in choices if node[0] == 0]
    groups = len(nx.bipartite.hopcroft_karp_matching(choices, tops)) // 2
    return len(pairs) - stay + len(inside) - groups


def _sizes(pairs: Sequence[tuple[Hashable, Hashable]]) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
    return Counter(pairs).values(), Counter(a for a, _ in pairs).values(), Counter(b for _, b in pairs).values()


def _pairs(sizes: Iterable[int]) -> float:
    return sum(size * (size - 1) for size in sizes) / 2
