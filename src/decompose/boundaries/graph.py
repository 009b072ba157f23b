"""The evidence graph: units and tables as nodes, and for each kind of evidence weighted edges between them.

A model class and its table are one node (they never part). Weights of several sites between the same two nodes
grow with the logarithm of their number: the first call says more than the twentieth. An edge into a node that
everybody uses says little about where either belongs, so it is divided by the logarithm of that node's fan-in.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import Edges, Pair
from decompose.boundaries.likeness import likeness
from decompose.system.divisible import divisible, had_by_each
from decompose.system.model import Dependency, System
from decompose.system.words import singular, words_of

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

TABLE = "table:"

DEFAULT_WEIGHTS: Mapping[str, float] = {
    "calls": 1.0,
    "writes": 2.5,
    "reads": 1.0,
    "foreign keys": 1.5,
    "transactions": 1.0,
    "inheritance": 1.0,
    "references": 0.6,
    "imports": 0.4,
    "modules": 1.2,
    "packages": 1.5,
    "names": 0.8,
    "terms": 0.7,
}
"""How much one piece of evidence of each layer counts. ``terms`` is for the generators that ask for words; ``packages`` is how much ties
each unit to others of a package that is one thing (`folders`).
"""

CALL_LAYERS = ("calls", "tasks")
"""The layers of dependencies that are calls."""

_ASYNCHRONOUS = 0.3
_MODEL_NEIGHBOUR = 0.5
_AROUND = 0.25
_REACH = 16
"""How many units before and after it in its file a unit is tied to; `_AROUND` is shared among them."""

_MOST_CALLS = 4
"""A call that may lead to one of thirty subclasses ties no more than so many calls."""

_MAX_SHARED_WORD = 0.08
_MANY_TABLES, _THROUGH = 8, 4
"""A word of more tables than the first ties code only to those, as many as the second, that have most other ties to code with it: to
all of them there would be the more ties for each unit the more tables there are.
"""

_TIED = 0.25
"""The share of the modules with a word that have other ties to the tables with it, from which it counts in full."""


class EvidenceGraph:
    """Nodes by number; ``layers[name][(a, b)]`` is the weight between ``a < b``.

    ``unit_node`` and ``table_node`` map ids to nodes; ``members[node]`` lists the ids (tables as ``table:NAME``). Tables that each
    service's database has of its own, ``had_by_each``, are no part of it, nor of its ``system``.
    """

    def __init__(self, system: System) -> None:
        self.had_by_each = frozenset(f"{TABLE}{table}" for table in had_by_each(system))
        self.system = system = divisible(system)
        self.unit_node: dict[str, int] = {}
        self.table_node: dict[str, int] = {}
        self.members: list[list[str]] = []
        self.lines: list[int] = []
        for unit in sorted(system.units, key=lambda unit: unit.id):
            self.unit_node[unit.id] = len(self.members)
            self.members.append([unit.id])
            self.lines.append(unit.lines)
        model_of = {unit.model_of: unit.id for unit in system.units if unit.model_of}
        for table in sorted(system.tables, key=lambda table: table.name):
            model = model_of.get(table.name)
            if model is not None:
                self.table_node[table.name] = self.unit_node[model]
                self.members[self.unit_node[model]].append(f"{TABLE}{table.name}")
            else:
                self.table_node[table.name] = len(self.members)
                self.members.append([f"{TABLE}{table.name}"])
                self.lines.append(0)
        self.unit_of = {definition.id: definition.unit for definition in system.definitions}
        self.places = [_places(members[0]) for members in self.members]
        """For each node its module and the packages around it, innermost first."""
        self.declared = self._declared()
        """For a table without a model those of the file that declares it."""
        self.layers: dict[str, dict[Pair, float]] = {}
        self._arrays: dict[str, tuple[Labels, Weights]] = {}
        self.users: list[set[int]] = [set() for _ in self.members]
        self.uses: list[set[int]] = [set() for _ in self.members]
        self.holds_data: set[int] = set(self.table_node.values())
        self.enters: set[int] = {
            node for entry in system.entry_points if (node := self.node_of(entry.handler)) is not None
        }
        self.steering = list(self._steering())
        """Every dependency that may steer a split, with its nodes and its layer."""
        self.shares = _shares_of_calls(dependency for dependency, *_ in self.steering)
        """How much of a call each of these is: one of several that the call may lead to is that part of it."""
        self._add_dependencies()
        self._add_accesses()
        self._add_keys()
        self._add_transactions()
        self._add_modules()
        self._add_names()

    def _declared(self) -> dict[int, list[str]]:
        modules = {unit.file: unit.module for unit in self.system.units}
        found = {}
        for table in self.system.tables:
            node = self.table_node[table.name]
            if table.file and self.members[node][0].startswith(TABLE):
                found[node] = _places(modules.get(table.file) or table.file.removesuffix(".py").replace("/", "."))
        return found

    def node_of(self, definition: str, unit: str = "") -> int | None:
        """The node of a definition; ``unit`` if the acting unit is known."""
        return self.unit_node.get(unit or self.unit_of.get(definition, ""))

    def combined(
        self, weights: Mapping[str, float] | None = None, layers: Collection[str] | None = None, *, terms: bool = False
    ) -> Edges:
        """The named layers, or all, added up with their weights; with ``terms`` also likeness of words."""
        import numpy as np

        chosen = {**DEFAULT_WEIGHTS, **(weights or {})}
        pairs, found, count = [np.empty(0, dtype=np.int64)], [np.empty(0)], len(self.members)
        listed = [name for name in self.layers if layers is None or name in layers]
        for name in [*listed, "terms"] if terms else listed:
            factor = chosen.get(name, 0.0)
            if factor > 0:
                numbers, strengths = self.arrays_of(name)
                pairs.append(numbers)
                found.append(factor * strengths)
        keys, which = np.unique(np.concatenate(pairs), return_inverse=True)
        weights_of = np.bincount(which, np.concatenate(found), len(keys)).astype(np.float64)
        return Edges(np.stack([keys // count, keys % count], axis=1), weights_of).rounded()

    def layers_between(self, first: int, second: int, besides: Mapping[str, float] | None = None) -> list[str]:
        """The layers that tie two nodes, the heaviest first; ``besides`` are weights of ties that are no layer of the graph."""
        pair = min(first, second), max(first, second)
        found = {
            name: DEFAULT_WEIGHTS.get(name, 0.0) * edges[pair] for name, edges in self.layers.items() if pair in edges
        } | {**(besides or {})}
        return sorted((name for name, weight in found.items() if weight), key=lambda name: (-found[name], name))

    def arrays_of(self, name: str) -> tuple[Labels, Weights]:
        """The pairs of a layer, each as one number, and their weights; made once."""
        import numpy as np

        if name not in self._arrays:
            edges = self.terms if name == "terms" else self.layers[name]
            ends = np.fromiter(chain.from_iterable(edges), dtype=np.int64, count=2 * len(edges))
            weights = np.fromiter(edges.values(), dtype=np.float64, count=len(edges))
            self._arrays[name] = ends[::2] * len(self.members) + ends[1::2], weights
        return self._arrays[name]

    @cached_property
    def terms(self) -> dict[Pair, float]:
        """Likeness of the words in names, docstrings and comments; see `likeness`."""
        words = [
            [singular(word) for member in members for word in words_of(member.removeprefix(TABLE).rpartition(":")[2])]
            for members in self.members
        ]
        for unit in self.system.units:
            words[self.unit_node[unit.id]] += [singular(term) for term in unit.terms]
        return likeness(words)

    def _layer(self, name: str, counts: Mapping[Pair, float]) -> None:
        """Directed counts become damped, undirected weights."""
        fan_in: Counter[int] = Counter(target for _, target in counts)
        edges = self.layers.setdefault(name, {})
        for (source, target), count in counts.items():
            if source == target:
                continue
            weight = math.log2(1 + count) / math.log2(2 + fan_in[target])
            pair = (source, target) if source < target else (target, source)
            edges[pair] = edges.get(pair, 0.0) + weight

    def _steering(self) -> Iterator[tuple[Dependency, int, int, str]]:
        for dependency in self.system.dependencies:
            if dependency.resolution == "guessed":
                continue
            source = self.node_of(dependency.source, dependency.source_unit)
            target = self.node_of(dependency.target, dependency.target_unit)
            if source is None or target is None or source == target:
                continue
            if dependency.kind == "inherit":
                layer = "inheritance"
            elif dependency.kind == "reference":
                layer = "references"
            elif dependency.kind == "import":
                layer = "imports"
            elif dependency.runs:
                layer = "tasks" if dependency.kind in ("task", "signal") else "calls"
            else:
                continue
            yield dependency, source, target, layer

    def _add_dependencies(self) -> None:
        counts: dict[str, dict[Pair, float]] = {}
        for (_, source, target, layer), share in zip(self.steering, self.shares, strict=True):
            pairs = counts.setdefault("calls" if layer == "tasks" else layer, {})
            weight = _ASYNCHRONOUS if layer == "tasks" else 1.0
            pairs[source, target] = pairs.get((source, target), 0.0) + weight * min(1.0, _MOST_CALLS * share)
            if layer != "imports":
                self.users[target].add(source)
                self.uses[source].add(target)
        for layer, found in counts.items():
            self._layer(layer, found)

    def _add_accesses(self) -> None:
        counts: dict[str, Counter[Pair]] = {"writes": Counter(), "reads": Counter()}
        for access in self.system.accesses:
            source = self.node_of(access.definition, access.unit)
            target = self.table_node.get(access.table)
            if source is None or target is None or access.resolution == "guessed":
                continue
            self.holds_data.add(source)
            counts["reads" if access.operation == "read" else "writes"][source, target] += 1
        for layer, pairs in counts.items():
            self._layer(layer, pairs)

    def _add_keys(self) -> None:
        counts: Counter[Pair] = Counter()
        for key in self.system.foreign_keys:
            source, target = self.table_node.get(key.table), self.table_node.get(key.target_table)
            if source is not None and target is not None and source != target:
                counts[source, target] += 1
        self._layer("foreign keys", counts)

    def _add_transactions(self) -> None:
        """Tables written together; a transaction that writes many says less about each pair, and so does a table, such as a log of
        events, that is written together with many.
        """
        import numpy as np

        edges = self.layers.setdefault("transactions", {})
        written = [
            sorted({self.table_node[t] for t in transaction.tables_written if t in self.table_node})
            for transaction in sorted(self.system.transactions, key=lambda t: (t.file, t.line, t.unit))
        ]
        together = [nodes for nodes in written if len(nodes) > 1]
        nodes_of = np.array(sorted(set(chain.from_iterable(together))), dtype=np.int64)
        weights = np.zeros((len(nodes_of), len(nodes_of)))
        for nodes in together:
            places = np.searchsorted(nodes_of, nodes)
            weights[np.ix_(places, places)] += 1.0 / (len(nodes) - 1)
        np.fill_diagonal(weights, 0.0)
        partners = np.count_nonzero(weights, axis=1).tolist()
        for first, second in zip(*(places.tolist() for places in np.nonzero(np.triu(weights))), strict=True):
            most = max(partners[first], partners[second])
            pair = int(nodes_of[first]), int(nodes_of[second])
            edges[pair] = math.log2(1 + float(weights[first, second])) / math.log2(2 + most)

    def _add_modules(self) -> None:
        """Units that share a file: strongly those next to each other, weakly those around, so that a large file is no clique.

        Models tell less by their neighbours: where all tables are declared in one file, it says little about where they belong.
        """
        edges = self.layers.setdefault("modules", {})
        tables = set(self.table_node.values())
        by_file: dict[str, list[int]] = {}
        for unit in sorted(self.system.units, key=lambda unit: (unit.file, unit.line, unit.id)):
            by_file.setdefault(unit.file, []).append(self.unit_node[unit.id])
        for nodes in by_file.values():
            weak = _AROUND / min(len(nodes), 2 * _REACH + 1)
            for position, node in enumerate(nodes):
                for distance, other in enumerate(nodes[position + 1 : position + 1 + _REACH]):
                    near = 0.0 if distance else _MODEL_NEIGHBOUR if node in tables or other in tables else 1.0
                    pair = (node, other) if node < other else (other, node)
                    edges[pair] = edges.get(pair, 0.0) + near + weak

    def _add_names(self) -> None:
        """A unit and a table whose names share a word that is rare among the tables.

        Where hardly any module with the word has other ties to these tables, it names a layer and no subject, as ``endpoint`` of
        ``webhook_endpoints`` does where every package has its ``endpoints``; it counts that much less.
        """
        words_of_table: dict[int, set[str]] = {}
        for table, node in self.table_node.items():
            words = {singular(word) for word in table.lower().replace(".", "_").split("_") if len(word) > 2}
            words_of_table.setdefault(node, set()).update(words)
        spread = Counter(word for words in words_of_table.values() for word in words)
        most = max(2, _MAX_SHARED_WORD * len(words_of_table))
        by_word: dict[str, list[int]] = {}
        for node, words in words_of_table.items():
            for word in words:
                if spread[word] <= most:
                    by_word.setdefault(word, []).append(node)
        having: dict[str, list[int]] = defaultdict(list)
        for unit in self.system.units:
            for word in sorted({singular(term) for term in _words_of_id(unit.id)} & by_word.keys()):
                having[word].append(self.unit_node[unit.id])
        beside = {node: {node} | self.users[node] | self.uses[node] for node in words_of_table}
        for one, other in chain(self.layers["writes"], self.layers["reads"], self.layers["foreign keys"]):
            beside.get(one, set()).add(other)
            beside.get(other, set()).add(one)
        edges = self.layers.setdefault("names", {})
        for word, nodes in having.items():
            named = by_word[word]
            tied_to = {table_node: beside[table_node].intersection(nodes) for table_node in named}
            tied = set().union(*tied_to.values())
            modules, telling = ({self.places[node][0] for node in found} for found in (nodes, tied))
            subject = min(1.0, (1 + len(telling)) / (_TIED * (1 + len(modules))))
            if len(named) > _MANY_TABLES:
                named = sorted(named, key=lambda table_node: (-len(tied_to[table_node]), table_node))[:_THROUGH]
            for node in nodes:
                for table_node in named:
                    if table_node != node:
                        pair = (node, table_node) if node < table_node else (table_node, node)
                        edges[pair] = edges.get(pair, 0.0) + subject / len(named)


def _shares_of_calls(dependencies: Iterable[Dependency]) -> list[float]:
    """1 for what is certain; of the methods of one name that a line may call, each has an equal share of one call."""
    told = list(dependencies)
    calls = [
        (d.source, d.source_unit, d.line, d.kind, d.target.rpartition(".")[2]) if d.resolution == "inferred" else None
        for d in told
    ]
    alternatives = Counter(calls)
    return [1.0 if call is None else 1.0 / alternatives[call] for call in calls]


def _places(identifier: str) -> list[str]:
    parts = identifier.partition(":")[0].split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _words_of_id(unit: str) -> list[str]:
    module, _, name = unit.partition(":")
    return [*words_of(name), *words_of(module.rpartition(".")[2])]
