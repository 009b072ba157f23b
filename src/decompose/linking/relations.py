"""Relations between classes whose rows a library stores: what a lookup across them touches, what is loaded along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from decompose.linking.values import Value, Values

if TYPE_CHECKING:
    from decompose.linking.hierarchy import Hierarchy
    from decompose.linking.program import Program, Scope

SEPARATOR = "__"
_MAX_DEPTH = 5
"""How far Django follows keys that nobody names."""

_KEY_NAMES = frozenset({"id", "pk"})


class Relation(NamedTuple):
    """A relation of a class: the class it leads to, the tables between, and whether the key is a column of the class itself.

    ``required``: the key is never empty. ``key``: of the way back, the name by which the other class leads here; empty where it is not told.
    """

    target: int
    through: tuple[Value, ...]
    here: bool
    required: bool = False
    key: str = ""


class Relations:
    """What contributors state of the relations of classes, by the name that lookups use."""

    hierarchy: Hierarchy

    def __init__(self, program: Program, values: Values) -> None:
        self.program = program
        self.values = values
        self._known: dict[tuple[int, str], Relation] = {}
        self._above: dict[int, list[Scope]] = {}
        self._required_keys: dict[int, list[tuple[str, int]]] = {}
        self._orders: dict[int, tuple[str, ...]] = {}
        self._in_order: dict[int, list[Value]] = {}

    def add(self, cls: int, name: str, relation: Relation) -> None:
        """State a relation; the first of a name stays."""
        self._in_order.clear()
        self._known.setdefault((cls, name), relation)
        if relation.required:
            self._required_keys.setdefault(cls, []).append((name, relation.target))

    def add_table(self, cls: Scope, parent: Scope) -> None:
        """State that the rows of a class have a part in the table of another that it inherits from; the nearest first."""
        self._above.setdefault(cls.index, []).append(parent)

    def state_order(self, cls: int, paths: tuple[str, ...]) -> None:
        """State by what the rows of a class are ordered where a query says nothing else."""
        self._orders[cls] = paths
        self._in_order.clear()

    def in_order(self, cls: int, paths: tuple[str, ...] | None = None) -> Iterable[Value]:
        """What is touched beyond the rows of a class by giving them in an order: of these paths, or the one that is stated for it.

        Where a path ends at a key, the order is that of the rows that it leads to, if one is stated for them.
        """
        if paths is not None:
            return self._ordered(cls, paths)
        known = self._in_order.get(cls)
        if known is None:
            known = self._in_order[cls] = self._ordered(cls, self._orders.get(cls, ()))
        return known

    def _ordered(self, cls: int, paths: tuple[str, ...]) -> list[Value]:
        found: dict[Value, None] = {}
        asked, level = {cls}, {cls: paths}
        for _ in range(_MAX_DEPTH):
            ends: dict[int, tuple[str, ...]] = {}
            for current, path in ((index, path) for index, own in level.items() for path in own):
                found.update(dict.fromkeys(self.across(current, path, loads=False)))
                end = self._end(current, path)
                if end is not None and self._orders.get(end):
                    found[self.values.instance(end)] = None
                    ends[end] = self._orders[end]
            level = {index: own for index, own in ends.items() if index not in asked}
            asked.update(level)
        return list(found)

    def _end(self, cls: int, path: str) -> int | None:
        """The class that a path of relations leads to; None if it leads to a column."""
        end: int | None = cls
        for part in path.lstrip("-+").split(SEPARATOR):
            relation = self.find(self.program.scopes[end], part) if end is not None else None
            end = relation.target if relation is not None else None
        return end

    def find(self, cls: Scope, name: str) -> Relation | None:
        """The relation of that name, of the class or of an ancestor."""
        for ancestor in self.hierarchy.order(cls):
            found = self._known.get((ancestor.index, name))
            if found is not None:
                return found
        return None

    def back(self, cls: Scope) -> Iterator[tuple[str, int]]:
        """The relations of a class, or of an ancestor, whose key is elsewhere: the name and the class that it leads to."""
        above = {ancestor.index for ancestor in self.hierarchy.order(cls)}
        for (index, name), relation in self._known.items():
            if index in above and not relation.here:
                yield name, relation.target

    def across(self, cls: int, path: str, *, loads: bool) -> Iterator[Value]:
        """What a path such as ``customer__address__city`` touches beyond the rows of the class.

        A key that is only compared is a column here: its target is not touched, unless the path ``loads`` what it
        leads to.
        """
        parts = path.lstrip("-+").split(SEPARATOR)
        scope = self.program.scopes[cls]
        for position, part in enumerate(parts):
            yield from self._held_above(scope, part)
            relation = self.find(scope, part)
            if relation is None:
                return
            yield from relation.through
            rest = parts[position + 1 :]
            scope = self.program.scopes[relation.target]
            only_key = not rest or rest[0] in _KEY_NAMES or self._is_comparison(scope, rest)
            if loads or not only_key or not (relation.here or relation.through):
                yield self.values.instance(relation.target)
                for parent in self._above.get(relation.target, ()) if loads else ():
                    yield self.values.instance(parent.index)

    def follows_keys(self, cls: int, path: str) -> bool:
        """Whether a path leads over keys alone, each to one row."""
        scope = self.program.scopes[cls]
        for part in path.split(SEPARATOR):
            relation = self.find(scope, part)
            if relation is None or not relation.here or relation.through:
                return False
            scope = self.program.scopes[relation.target]
        return True

    def required(self, cls: int) -> Iterator[tuple[str, Value]]:
        """The classes that keys which are never empty lead to, and so on, each with its path."""
        seen, level = {cls}, {cls: ""}
        for _ in range(_MAX_DEPTH):
            found: dict[int, str] = {}
            for index, path in sorted(level.items()):
                for name, target in self._required_of(self.program.scopes[index]):
                    found.setdefault(target, f"{path}{SEPARATOR}{name}" if path else name)
            level = {target: path for target, path in found.items() if target not in seen}
            seen.update(level)
            for target, path in sorted(level.items()):
                yield path, self.values.instance(target)
                for parent in self._above.get(target, ()):
                    yield path, self.values.instance(parent.index)

    def _required_of(self, cls: Scope) -> Iterator[tuple[str, int]]:
        for ancestor in self.hierarchy.order(cls):
            yield from self._required_keys.get(ancestor.index, ())

    def _held_above(self, cls: Scope, name: str) -> Iterator[Value]:
        """The class whose table holds an inherited column or relation, where it is another."""
        for parent in reversed(self._above.get(cls.index, ())):
            for ancestor in self.hierarchy.order(parent):
                if not ancestor.library and (name in ancestor.facts.names or (ancestor.index, name) in self._known):
                    yield self.values.instance(parent.index)
                    return

    def _is_comparison(self, scope: Scope, rest: list[str]) -> bool:
        """Whether what follows a relation only says how its key is compared."""
        return len(rest) == 1 and rest[0] in _COMPARISONS and self.find(scope, rest[0]) is None


_COMPARISONS = frozenset({"in", "isnull", "exact", "gt", "gte", "lt", "lte", "range"})
