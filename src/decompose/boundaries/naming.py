"""Names for services, from the words of their own tables, entry points and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.words import singular, words_of

_WEIGHTS = {"table": 3.0, "path": 1.0, "unit": 1.0}
_NOISE = frozenset(
    """app apps api view views model models service services manager repository repositories schema schemas form forms
    serializer serializers task tasks test util utils common core base admin list detail create update delete get post
    put any html http request response error errors handler mixin config field fields route routes url urls data item
    items type types table command commands dao abstract default json set add edit new index src lib com main""".split()
)


def names_of(graph: EvidenceGraph, groups: Sequence[Sequence[int]]) -> list[tuple[str, tuple[str, ...]]]:
    """A unique name and the telling words for each group of nodes."""
    paths: dict[int, list[str]] = {}
    for entry in graph.system.entry_points:
        node = graph.node_of(entry.handler)
        if node is not None:
            paths.setdefault(node, []).append(entry.name)
    surfaces: dict[str, Counter[str]] = {}
    counts = [_words(graph, nodes, paths, surfaces) for nodes in groups]
    total: dict[str, float] = {}
    for words in counts:
        for word, weight in words.items():
            total[word] = total.get(word, 0.0) + weight
    taken: set[str] = set()
    named = []
    for words in counts:
        # A telling word covers much of this group and little of the others.
        score = {word: weight * weight / total[word] for word, weight in words.items()}
        stems = sorted(score, key=lambda word: (-score[word], word))[:8]
        best = [min(surfaces[stem], key=lambda form: (-surfaces[stem][form], form)) for stem in stems]
        named.append((_unique(best, taken), tuple(best)))
    return named


def _words(
    graph: EvidenceGraph, nodes: Sequence[int], paths: Mapping[int, list[str]], surfaces: dict[str, Counter[str]]
) -> dict[str, float]:
    """Stem -> weight. Each source of words counts as a whole, however many names it has: tables most, for they are
    what is owned.
    """
    counts: dict[str, Counter[str]] = {source: Counter() for source in _WEIGHTS}
    for node in nodes:
        for member in graph.members[node]:
            if member.startswith(TABLE):
                _count(counts["table"], member.removeprefix(TABLE), surfaces)
            else:
                _count(counts["unit"], member.replace(":", " ").rpartition(".")[2], surfaces)
        for path in paths.get(node, ()):
            _count(counts["path"], path, surfaces)
    total: dict[str, float] = {}
    for source, words in counts.items():
        size = sum(words.values()) or 1
        for word, count in words.items():
            total[word] = total.get(word, 0.0) + _WEIGHTS[source] * count / size
    return total


def _count(counts: Counter[str], text: str, surfaces: dict[str, Counter[str]]) -> None:
    for word in set(words_of(text)):
        if word not in _NOISE:
            stem = singular(word)
            counts[stem] += 1
            surfaces.setdefault(stem, Counter())[word] += 1


def _unique(words: Sequence[str], taken: set[str]) -> str:
    for count in (1, 2, 3):
        name = "-".join(words[:count])
        if name and name not in taken and name != "shared":
            taken.add(name)
            return name
    number = 1
    while f"service-{number}" in taken:
        number += 1
    taken.add(f"service-{number}")
    return f"service-{number}"
