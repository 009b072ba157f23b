"""Names for services, from the words of their own tables, modules, entry points and code."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

from decompose.boundaries.carriers import Carriers
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.nouns import (
    OF_DATABASES,
    TECHNICAL,
    NameOfTable,
    Phrases,
    Places,
    Word,
    names_of_tables,
    neighbours_of,
    path_of_entry,
    telling,
    words_of_entry,
    words_of_product,
)
from decompose.system.words import singular, words_of

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_NEARLY_ALWAYS = 0.6
_SHOWN = 8
_TRIED = 3
_MEANT = 5
"""Among how many of a service's most telling words one has to be, to be told beside another."""

_TOUCHING = 0.2
"""Where less than this share of a service's code touches its own tables, they say so much less of what it is about: a check that reads
the table of a migration tool says nothing. The same holds for paths where little of its code answers to any."""

_CARRIED = 0.4
"""The share of a service's units that carry a word, from which it counts in full: what few of them say is no name for the others."""

_FEW = 0.1
"""What less than this share of its units carry is no name of a service where more carry another of its telling words."""

_WEIGHTS = {"table": 3.0, "place": 1.5, "path": 1.0, "unit": 1.0}
"""How much each source of words counts: tables, modules with their packages, paths of entry points, names of units."""

_MUCH = 0.3
"""The share of a service's code that lies in packages of one name, from which on that is a name for the service."""

_LITTLE = 0.2
"""Where less than this share of a service's units carry its most telling word, that says less of it than the package most of it is in."""

_MOST = 0.6
"""The share of a service's code that such a package holds; it holds no more than half of all code, and is no version, such as ``v2``."""

_VERSION = re.compile(r"v?\d")

_MANY = 5
"""So many paths have to say a word to tell whether it stands alone."""

_NOUNS = ("table", "place")
"""Where a name has to come from: a word of paths or functions alone, such as ``rename``, says what is done and not to what."""


class Vocabulary:
    """The words of a system's tables, modules, entry points and code, looked up once for all its splits."""

    def __init__(self, graph: EvidenceGraph) -> None:
        import numpy as np

        self._graph = graph
        said: dict[str, dict[int, list[set[Word]]]] = {source: defaultdict(list) for source in _WEIGHTS}
        """For each source and node the words of each of its things."""
        self._tables: list[list[NameOfTable]] = [[] for _ in graph.members]
        names = names_of_tables(graph.system)
        places = Places(graph.system)
        for node, members in enumerate(graph.members):
            for member in members:
                if not member.startswith(TABLE):
                    module, _, name = member.partition(":")
                    said["unit"][node].append(telling(name))
                    said["place"][node].append(places.of(module))
                elif member.removeprefix(TABLE) in names:
                    table = names[member.removeprefix(TABLE)]
                    self._tables[node].append(table)
                    said["table"][node].append(table.telling())
        around = {places[0]: {singular(part) for part in places[0].lower().split(".")[:-1]} for places in graph.places}
        self._packages = [around[places[0]] for places in graph.places]
        """For each node the names of the packages around it."""
        self._around = Counter(chain.from_iterable(self._packages))
        phrases = {module: tuple(map(words_of, sorted(packages))) for module, packages in around.items()}
        self._phrases = [phrases[places[0]] for places in graph.places]
        """For each node the words of these names."""
        self._paths: dict[int, list[set[str]]] = defaultdict(list)
        """For each node that answers to paths all words of each of them."""
        for entry in graph.system.entry_points:
            handler = graph.node_of(entry.handler)
            if handler is not None:
                said["path"][handler].append(words_of_entry(entry.name))
                self._paths[handler].append({singular(word) for word in words_of(path_of_entry(entry.name))})
        forms = Counter(chain.from_iterable(chain.from_iterable(chain.from_iterable(map(dict.values, said.values())))))
        surface: dict[str, str] = {}
        # The singular where it occurs, so that names of services are of one kind; else the form that occurs most.
        for form in sorted(forms, key=lambda form: (form[0] != form[1], -forms[form], form)):
            surface.setdefault(*form)
        self._stems = sorted(surface)
        self._surface = [surface[stem] for stem in self._stems]
        self._of_product = words_of_product(graph.system, names)
        self._empty = np.isin(self._stems, [*OF_DATABASES, *self._of_product])
        """Whether each stem says nothing of a service."""
        number = {stem: position for position, stem in enumerate(self._stems)}
        self._words: dict[str, Labels] = {}
        """For each source of words three rows: a node, a stem by its number, how many things of the node have it."""
        self._things: dict[str, Labels] = {}
        """For each source how many things each node has there."""
        for source, of_nodes in said.items():
            found = [
                (node, number[stem], count)
                for node, things in of_nodes.items()
                for stem, count in sorted(
                    Counter(stem for words in things for stem in {stem for stem, _ in words}).items()
                )
            ]
            self._words[source] = np.array(found, dtype=np.int64).reshape(-1, 3).T
            self._things[source] = np.array([len(of_nodes.get(node, ())) for node in range(len(graph.members))])
        bare = [
            (node, number[singular(table.words[0])])
            for node, tables in enumerate(self._tables)
            for table in tables
            if len(table.words) == 1 and not table.of_library
        ]
        self._bare: Labels = np.array(bare, dtype=np.int64).reshape(-1, 2).T
        """Two rows: a table's node, and the word that is the whole name of the table."""
        self._uses = _uses(graph, set(names))
        self._carriers = Carriers(graph, number, self._paths, self._words["table"], self._uses)
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
        traffic = np.bincount(own[used[inside]], often[inside], len(groups)).tolist()
        telling_words = self._telling_words(own, len(groups))
        taken, numbers = {name for name in settled if name}, count(1)
        named: dict[int, tuple[str, tuple[str, ...]]] = {}
        for number in sorted(range(len(groups)), key=lambda number: (-traffic[number], number)):
            shares = telling_words[number]
            tables = [name for node in groups[number] for name in self._tables[node]]
            first = next((stem for stem, share in shares.items() if share >= _FEW), next(iter(shares), None))
            carried = [stem for stem, share in shares.items() if stem == first or share >= _CARRIED]
            whole = [
                self._surface[stem]
                if self._is_place(stem, groups[number])
                else self._in_full(stem, shares, tables, groups[number])
                for stem in carried[:_TRIED]
            ]
            words = tuple(self._surface[stem] for stem in shares)
            if first is None or shares[first] < _LITTLE:
                whole = [*self._package_of_most(groups[number]), *whole]
            given = settled[number] if settled else ""
            named[number] = (given or _unique(whole, words, taken, numbers), words)
        return [named[number] for number in range(len(groups))]

    def _telling_words(self, own: Labels, groups: int) -> list[dict[int, float]]:
        """For each group the stems that cover much of it and little of the others, most telling first, each with the share of the group's
        units that carry it.

        What covers a little of every source says more than what covers one of them alone. Tables count most, for they are what is
        owned: each by how much of the group's code uses it and how many other tables refer to it.
        """
        import numpy as np

        span = max(1, len(self._stems))
        placed = np.flatnonzero(own >= 0)
        used, users, often = self._uses
        inside = (own[used] == own[users]) & (own[used] >= 0)
        uses = np.bincount(used[inside], often[inside], len(own))
        touching = np.bincount(own[np.unique(users[inside])], minlength=groups)
        answering = np.bincount(own[placed], self._things["path"][placed] > 0, groups)
        enough = _TOUCHING * np.maximum(1, np.bincount(own[placed], minlength=groups))
        counted = {
            source: np.minimum(1.0, (1 + often) / enough)
            for source, often in (("table", touching), ("path", answering))
        }
        keys, shares, weights = [], [], []
        for source, (nodes, stems, counts) in self._words.items():
            here = own[nodes] >= 0
            of_node = (1 + uses) * self._standing if source == "table" else np.ones(len(own))
            said, which = np.unique(own[nodes[here]] * span + stems[here], return_inverse=True)
            size = np.bincount(own[placed], (self._things[source] * of_node)[placed], groups)
            keys.append(said)
            shares.append(np.bincount(which, (counts * of_node[nodes])[here], len(said)) / size[said // span])
            weights.append(_WEIGHTS[source] * counted.get(source, np.ones(groups))[said // span])
        share, weight = np.concatenate(shares), np.concatenate(weights)
        pairs, which = np.unique(np.concatenate(keys), return_inverse=True)
        covered = np.bincount(which, weight * share, len(pairs))
        agreed = np.bincount(which, weight * np.sqrt(share), len(pairs)) ** 2
        group, stem = pairs // span, pairs % span
        # Whoever owns the orders is about orders, however many others have notes of orders.
        owned = np.isin(pairs, own[self._bare[0]] * span + self._bare[1])
        alone = covered / np.bincount(stem, covered, span)[stem]
        score = agreed * np.where(owned, np.maximum(alone, counted["table"][group]), alone)
        carried = self._carriers.shares(own, group, stem)
        score = score * np.minimum(1.0, carried / _CARRIED)
        nouns = np.concatenate([said for source, said in zip(self._words, keys, strict=True) if source in _NOUNS])
        named = np.isin(pairs, nouns) & ~self._empty[stem]
        order = np.lexsort((stem, -np.round(score, 9), ~named, group))
        found: list[dict[int, float]] = [{} for _ in range(groups)]
        for position, number, share in zip(
            *(of_pairs[order].tolist() for of_pairs in (group, stem, carried)), strict=True
        ):
            if len(found[position]) < _SHOWN:
                found[position][number] = share
        return found

    def _is_place(self, number: int, nodes: Sequence[int]) -> bool:
        """Whether a package that has just this name holds much of a service: then it means something alone."""
        stem = self._stems[number]
        return sum(stem in self._packages[node] for node in nodes) >= _MUCH * len(nodes)

    def _package_of_most(self, nodes: Sequence[int]) -> list[str]:
        """The name of the package that holds most of a service and little else, also where it is one of technique, such as ``api``."""
        held = Counter(chain.from_iterable(self._packages[node] for node in nodes))
        alone = {
            name: count * count / self._around[name]
            for name, count in held.items()
            if count >= _MOST * len(nodes)
            and 2 * self._around[name] <= len(self._packages)
            and not _VERSION.match(name)
        }
        return [max(alone, key=lambda name: (alone[name], name))] if alone else []

    def _stands_alone(self, stem: str, beside: str, nodes: Sequence[int]) -> bool:
        """Whether many paths say a word, and most of them without the other."""
        saying = [words for node in nodes for words in self._paths.get(node, ()) if stem in words]
        return len(saying) >= _MANY and 2 * sum(beside in words for words in saying) < len(saying)

    def _in_full(
        self, number: int, shares: Mapping[int, float], tables: Sequence[NameOfTable], nodes: Sequence[int]
    ) -> str:
        """A word with the one that it nearly always stands with in the names of tables, or of packages where no table says it: ``key`` of ``ApiKey`` alone means nothing,
        but ``offer`` does where it is the label of ranges and benefits too, ``settings`` where a single table says whose, and ``import``
        where many paths say it, and one table has the errors of imports. What stands behind it and few units carry is not said, nor
        what stands before a word that many carry.
        """
        stem, word = self._stems[number], self._surface[number]
        telling_stems = {self._stems[other] for other in [*shares][:_MEANT]} - self._of_product
        said_by: Counter[Phrases] = Counter((table.words, words_of(table.label)) for table in tables)
        if any([singular(part) for part in words] == [stem] for words, *_ in said_by):
            return word
        neighbours, names = neighbours_of(stem, said_by)
        if not names:
            said_by = Counter(self._phrases[node] for node in nodes)
            neighbours, names = neighbours_of(stem, said_by)
        forms: Counter[str] = Counter()
        for phrases, things in said_by.items():
            for form in chain.from_iterable(phrases):
                forms[form] += things
        pair, count = max(neighbours.items(), key=lambda item: (item[1], item[0]), default=(("", ""), 0))
        beside = pair[0] if pair[1] == stem else pair[1]
        said = self._said(beside, forms)
        says = beside in telling_stems or not TECHNICAL.isdisjoint((beside, said))
        full = f"{said}-{word}" if pair[1] == stem else f"{word}-{said}"
        # What stands before a word says which it is; what stands behind it is another thing, of which it says which.
        alone = pair[0] == stem and self._stands_alone(stem, beside, nodes)
        if not says or alone or count <= _NEARLY_ALWAYS * names:
            return word
        enough = _FEW if pair[0] == stem else _CARRIED
        return word if shares[number] >= enough and self._share(beside, shares, nodes) < _FEW else full

    def _share(self, stem: str, shares: Mapping[int, float], nodes: Sequence[int]) -> float:
        """The share of these units that carry a word; of one that tells nothing, such as one of technique, that have it in their names."""
        known = next((share for number, share in shares.items() if self._stems[number] == stem), None)
        if known is not None:
            return known
        units = [self._graph.members[node][0] for node in nodes if not self._graph.members[node][0].startswith(TABLE)]
        return sum(stem in map(singular, words_of(unit)) for unit in units) / max(1, len(units))

    @staticmethod
    def _said(stem: str, forms: Counter[str]) -> str:
        """How a word is said in names: in the singular where that occurs, else as it occurs most."""
        of_stem = (form for form in forms if singular(form) == stem)
        return max(of_stem, key=lambda form: (form == stem, forms[form], form), default=stem)


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
    """How much a table stands for those around it: 1, and of the application's own tables the more the more others refer to it."""
    import numpy as np

    own = {table.name for table in graph.system.tables if table.file}
    referring: dict[int, set[str]] = defaultdict(set)
    for key in graph.system.foreign_keys:
        if key.target_table in own and key.table != key.target_table:
            referring[graph.table_node[key.target_table]].add(key.table)
    return np.array([1 + math.log2(1 + len(referring[node])) for node in range(len(graph.members))])


def _unique(names: Sequence[str], words: Sequence[str], taken: set[str], numbers: Iterator[int]) -> str:
    """The first of the names that is not taken, else the first with one of the words behind it, else the next of the numbers."""
    pairs = [f"{names[0]}-{word}" for word in words if word not in names[0].split("-")] if names else []
    for name in (*names, *pairs):
        if name and name not in taken and name != "shared":
            taken.add(name)
            return name
    numbered = next(name for number in numbers if (name := f"service-{number}") not in taken)
    taken.add(numbered)
    return numbered
