"""Names for services, from the words of their own tables, entry points and code."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.model import System
from decompose.system.words import singular, words_of

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_Word = tuple[str, str]
"""The stem of a word and the word itself."""

_NEARLY_ALWAYS = 0.6
_JOINS = 2
_SHOWN = 8
_TRIED = 3
_OWN = 2
"""A word of a table's own name counts so many times what the label of its app does."""

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
        import numpy as np

        words: dict[str, list[Counter[_Word]]] = {source: [Counter() for _ in graph.members] for source in _WEIGHTS}
        self._tables: list[list[tuple[str, ...]]] = [[] for _ in graph.members]
        """The words of each node's tables, in their order: of a table with a model the words of the model's name."""
        names = _names_of_tables(graph.system)
        for node, members in enumerate(graph.members):
            for member in members:
                if member.startswith(TABLE):
                    table = member.removeprefix(TABLE)
                    if table in names:
                        label, name = names[table]
                        self._tables[node].append(name)
                        for word in _telling(" ".join(name)) or [(singular(part), part) for part in name]:
                            words["table"][node][word] += _OWN
                        words["table"][node].update(_telling(label))
                else:
                    words["unit"][node].update(_telling(member.replace(":", " ").rpartition(".")[2]))
        for entry in graph.system.entry_points:
            handler = graph.node_of(entry.handler)
            if handler is not None:
                words["path"][handler].update(_telling(entry.name))
        forms = Counter(chain.from_iterable(chain.from_iterable(words.values())))
        surface: dict[str, str] = {}
        # The singular where it occurs, so that names of services are of one kind; else the form that occurs most.
        for form in sorted(forms, key=lambda form: (form[0] != form[1], -forms[form], form)):
            surface.setdefault(*form)
        self._stems = sorted(surface)
        self._surface = [surface[stem] for stem in self._stems]
        number = {stem: position for position, stem in enumerate(self._stems)}
        self._words: dict[str, Labels] = {}
        """For each source of words three rows: a node, a stem by its number, how often."""
        for source, counts in words.items():
            found = [(node, number[stem], n) for node, of in enumerate(counts) for (stem, _), n in sorted(of.items())]
            self._words[source] = np.array(found, dtype=np.int64).reshape(-1, 3).T
        self._uses = _uses(graph, set(names))
        self._standing = _standing(graph)

    def names_of(
        self, groups: Sequence[Sequence[int]], settled: Sequence[str] = ()
    ) -> list[tuple[str, tuple[str, ...]]]:
        """A unique name and the telling words for each group of nodes; ``settled`` names, where not empty, are kept.

        Of groups that are about the same, the one whose tables are used most has the word.
        """
        import numpy as np

        own = np.full(len(self._tables), -1)
        for position, nodes in enumerate(groups):
            own[list(nodes)] = position
        used, users, often = self._uses
        inside = (own[used] == own[users]) & (own[used] >= 0)
        uses = np.bincount(used[inside], often[inside], len(own))
        traffic = np.bincount(own[used[inside]], often[inside], len(groups)).tolist()
        telling = self._telling_words(own, (1 + uses) * self._standing, len(groups))
        taken = {name for name in settled if name}
        named: dict[int, tuple[str, tuple[str, ...]]] = {}
        for number in sorted(range(len(groups)), key=lambda number: (-traffic[number], number)):
            stems = telling[number]
            tables = [name for node in groups[number] for name in self._tables[node]]
            whole = [self._in_full(self._stems[stem], self._surface[stem], tables) for stem in stems[:_TRIED]]
            given = settled[number] if settled else ""
            named[number] = (given or _unique(whole, taken), tuple(self._surface[stem] for stem in stems))
        return [named[number] for number in range(len(groups))]

    def _telling_words(self, own: Labels, weight_of_tables: Weights, groups: int) -> list[list[int]]:
        """For each group the stems that cover much of it and little of the others, most telling first.

        Each source of words counts as a whole, however many names it has: tables most, for they are what is owned. What a service
        is about is the table that most of its code is about and that other tables refer to, not the number of tables beside it.
        """
        import numpy as np

        span = max(1, len(self._stems))
        keys, weights = [], []
        for source, found_words in self._words.items():
            nodes, stems, counts = found_words[:, own[found_words[0]] >= 0]
            often = counts * weight_of_tables[nodes] if source == "table" else counts.astype(np.float64)
            size = np.bincount(own[nodes], often, groups)
            keys.append(own[nodes] * span + stems)
            weights.append(_WEIGHTS[source] * often / size[own[nodes]])
        pairs, which = np.unique(np.concatenate(keys), return_inverse=True)
        weight = np.bincount(which, np.concatenate(weights), len(pairs))
        group, stem = pairs // span, pairs % span
        score = np.round(weight * weight / np.bincount(stem, weight, span)[stem], 9)
        found: list[list[int]] = [[] for _ in range(groups)]
        order = np.lexsort((stem, -score, group))
        for position, number in zip(group[order].tolist(), stem[order].tolist(), strict=True):
            if len(found[position]) < _SHOWN:
                found[position].append(number)
        return found

    def _in_full(self, stem: str, word: str, tables: Sequence[tuple[str, ...]]) -> str:
        """A word with the one that it nearly always stands with in the names of tables: ``key`` of ``ApiKey`` alone means nothing."""
        neighbours: Counter[tuple[str, str]] = Counter()
        names = 0
        for name in tables:
            stems = [singular(part) for part in name]
            if stem not in stems:
                continue
            if len(name) == 1:
                return word
            names += 1
            at = stems.index(stem)
            before, after = name[:at][-1:], name[at + 1 :][:1]
            neighbours.update({(part, word) for part in before} | {(word, part) for part in after})
        pair, count = max(neighbours.items(), key=lambda found: (found[1], found[0]), default=(("", ""), 0))
        return "-".join(pair) if count > _NEARLY_ALWAYS * names else word


def _uses(graph: EvidenceGraph, named: set[str]) -> Labels:
    """Three rows: the node of a table that has a name of its own, a node of code that uses it, how often."""
    import numpy as np

    found: Counter[tuple[int, int]] = Counter()
    for access in graph.system.accesses:
        user = graph.node_of(access.definition)
        if user is not None and access.table in named and access.table in graph.table_node:
            found[graph.table_node[access.table], user] += 1
    return np.array([(*pair, n) for pair, n in sorted(found.items())], dtype=np.int64).reshape(-1, 3).T


def _standing(graph: EvidenceGraph) -> Weights:
    """How much a table stands for those around it: 1, and more the more other tables refer to it."""
    import numpy as np

    referring: dict[int, set[str]] = defaultdict(set)
    for key in graph.system.foreign_keys:
        if key.target_table in graph.table_node and key.table != key.target_table:
            referring[graph.table_node[key.target_table]].add(key.table)
    return np.array([1 + math.log2(1 + len(referring[node])) for node in range(len(graph.members))])


def _names_of_tables(system: System) -> dict[str, tuple[str, tuple[str, ...]]]:
    """For each table the label of its app, where it has one, and the words of its name; none of those tables that only
    join others, which are named after these.
    """
    keys = Counter(key.table for key in system.foreign_keys)
    models = {table.name: table.model.rpartition(":")[2].rpartition(".")[2] for table in system.tables}
    of_apps = (name.removesuffix(f"_{models[name].lower()}") for name in models if models[name])
    labels = sorted({label for label in of_apps if label not in models})
    found = {}
    for name, model in models.items():
        if not model and keys[name] >= _JOINS:
            continue
        label = next((label for label in labels if name.startswith(f"{label}_")), "")
        # ``oauth_session`` says where ``OAuthSession`` has its words; ``shop_salesorder`` of ``SalesOrder`` does not.
        alike = "_" in name and singular(name.replace("_", "")) == singular(model.lower())
        found[name] = label, words_of(name.removeprefix(f"{label}_") if alike or not model else model)
    return found


def _telling(text: str) -> list[_Word]:
    return [(singular(word), word) for word in set(words_of(text)) if word not in _NOISE]


def _unique(words: Sequence[str], taken: set[str]) -> str:
    for name in (*words, "-".join(words[:2]), "-".join(words[:3])):
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
