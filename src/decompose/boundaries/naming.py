"""Names for services, from the words of their own tables, entry points and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.words import singular, words_of

_Word = tuple[str, str]
"""The stem of a word and the word itself."""

_WEIGHTS = {"table": 3.0, "path": 1.0, "unit": 1.0}
_NOISE = frozenset(
    """app apps api view views model models service services manager repository repositories schema schemas form forms
    serializer serializers task tasks test util utils common core base admin list detail create update delete get post
    put any html http request response error errors handler mixin config field fields route routes url urls data item
    items type types table command commands dao abstract default json set add edit new index src lib com main""".split()
)


class Vocabulary:
    """The words of a system's tables, entry points and code, looked up once for all its splits."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._words: dict[str, list[list[_Word]]] = {source: [[] for _ in graph.members] for source in _WEIGHTS}
        for node, members in enumerate(graph.members):
            for member in members:
                if member.startswith(TABLE):
                    self._words["table"][node] += _telling(member.removeprefix(TABLE))
                else:
                    self._words["unit"][node] += _telling(member.replace(":", " ").rpartition(".")[2])
        for entry in graph.system.entry_points:
            handler = graph.node_of(entry.handler)
            if handler is not None:
                self._words["path"][handler] += _telling(entry.name)

    def names_of(
        self, groups: Sequence[Sequence[int]], settled: Sequence[str] = ()
    ) -> list[tuple[str, tuple[str, ...]]]:
        """A unique name and the telling words for each group of nodes; ``settled`` names, where not empty, are kept."""
        forms: Counter[_Word] = Counter()
        counts = [self._weights(nodes, forms) for nodes in groups]
        total: dict[str, float] = {}
        for words in counts:
            for word, weight in words.items():
                total[word] = total.get(word, 0.0) + weight
        surface: dict[str, str] = {}
        for stem, word in sorted(forms, key=lambda form: (-forms[form], form)):
            surface.setdefault(stem, word)
        taken = {name for name in settled if name}
        named = []
        for number, words in enumerate(counts):
            # A telling word covers much of this group and little of the others.
            score = {word: weight * weight / total[word] for word, weight in words.items()}
            best = [surface[stem] for stem in sorted(score, key=lambda word: (-score[word], word))[:8]]
            given = settled[number] if settled else ""
            named.append((given or _unique(best, taken), tuple(best)))
        return named

    def _weights(self, nodes: Sequence[int], forms: Counter[_Word]) -> dict[str, float]:
        """Stem -> weight. Each source of words counts as a whole, however many names it has: tables most, for they are
        what is owned.
        """
        total: dict[str, float] = {}
        for source, words in self._words.items():
            counts = Counter(chain.from_iterable([words[node] for node in nodes]))
            forms.update(counts)
            stems: Counter[str] = Counter()
            for (stem, _), count in counts.items():
                stems[stem] += count
            size = stems.total()
            for stem, count in stems.items():
                total[stem] = total.get(stem, 0.0) + _WEIGHTS[source] * count / size
        return total


def _telling(text: str) -> list[_Word]:
    return [(singular(word), word) for word in set(words_of(text)) if word not in _NOISE]


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


def context_of(entry: str) -> str:
    """The business context of an entry point: the first telling word of its path or name, or nothing."""
    path = entry.partition(" ")[2] or entry
    return next((singular(word) for word in words_of(path) if word not in _NOISE), "")
