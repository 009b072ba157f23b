"""Whether a related row was loaded before an attribute asks for it: then asking reads nothing.

The object is followed backwards, through calls into the callers and into what functions return, to where it came
from. It has the related row when a query loaded it along, when it was made with it, when it came from that row's own
collection, or when a function on the way asked for the same attribute before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame
from decompose.linking.libraries import GivenRows, comes_along, fills_in, rows_behind
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.selected_relations import SelectedRelations, is_node, leads_there
from decompose.system.accesses.worked_out import is_worked_out
from decompose.system.calls.asked import Asked, Path, enclosing_variable
from decompose.system.calls.callers import Callers, sites_of

_MAX_DEPTH = 8
_SAME_OBJECTS = frozenset({Op.COPY, Op.NARROW, Op.ITERATE, Op.ENTER})


class Store(NamedTuple):
    """``self.name = value`` in a method of a class."""

    cls: Scope
    scope: Scope
    ref: Ref


class Loaded:
    """Answers for one linked program, remembering what it worked out."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.callers = Callers(linked)
        self._frames: dict[int, list[Frame]] = {}
        self.sites = sites_of(linked)
        self._stores: dict[str, list[Store]] = {}
        self.asked = Asked(linked, self.callers, self.sites)
        self.selected = SelectedRelations(linked, self.sites, partial(_held, linked, self._frames))
        self.start(of_collections=False)
        self._only_made: set[tuple[int, int]] = set()
        for frame in linked.engine.frames:
            if not frame.scope.library and frame.scope.is_function:
                self._frames.setdefault(frame.scope.index, []).append(frame)
        for index in sorted(self._frames):
            self._keep_stores(linked.program.scopes[index])
        self.forget()

    def _keep_stores(self, scope: Scope) -> None:
        if not scope.is_method or not scope.facts.parameters or scope.parent is None:
            return
        own = scope.facts.parameters[0][1]
        for operation in scope.facts.ops:
            if operation[0] == Op.SET_ATTRIBUTE and operation[1] == own:
                self._stores.setdefault(operation[2], []).append(Store(scope.parent, scope, operation[3]))

    def of_collections(self) -> Loaded:
        """The same for the collections of rows: who asks for one has the database asked each time, unless it was loaded along."""
        made = copy(self)
        made.start(of_collections=True)
        return made

    def start(self, *, of_collections: bool) -> None:
        """Know of no answers yet."""
        self._of_collections = of_collections
        self._known: dict[tuple[int, Any, Path], bool] = {}
        self._open: set[tuple[int, Any, Path]] = set()
        self._leant_on: set[tuple[int, Any, Path]] = set()
        self._found: list[tuple[int, Any, Path]] = []
        """Answered since the oldest open question that others lean on."""

    def forget(self) -> None:
        """Work out anew what depends on accesses: more of them are known by now."""
        self._known.clear()
        written, read = set(), set()
        for index, _, operation, _, _, _, line in self.linked.engine.accesses:
            if operation == "insert":
                written.add((index, line))
            elif operation == "read":
                read.add((index, line))
        self._only_made = written - read

    def before(self, scope: Scope, line: int, related: Value) -> bool:
        """Whether all attributes on a line that give such a related row find it loaded."""
        asked = [
            operation
            for operation in scope.facts.ops
            if operation[0] == Op.ATTRIBUTE and operation[4] == line and self.gives(scope, operation, related)
        ]
        return bool(asked) and all(
            self._has(scope, operation[2], (operation[3],), (), 0)
            or self.asked.set_before(scope, operation[2], (operation[3],), line)
            or self.asked.called_before(scope, operation[2], (operation[3],), line)
            for operation in asked
        )

    def has(self, scope: Scope, ref: Ref, path: Path) -> bool:
        """Whether the object of a ref has the rows along ``path``, or its function asks for them itself."""
        return self._asked_before(scope, ref, path) or self._has(scope, ref, path, (), 0)

    def _asked_before(self, scope: Scope, ref: Ref, path: Path, *line: int) -> bool:
        return not self._of_collections and self.asked.before(scope, ref, path, *line)

    def kept(self, scope: Scope, ref: Ref, name: str) -> list[Store]:
        """What the methods of the object of a ref keep under a name; nothing where it is a row that is related by that name."""
        found: list[Store] = []
        for index in sorted({d[1] for d in (self.linked.values[v] for v in self.values_of(scope, ref)) if d[0] == "I"}):
            cls = self.linked.program.scopes[index]
            if cls.library or self.linked.engine.relations.find(cls, name) is not None:
                return []
            found += self.stores(cls, name)
        return found

    def stores(self, cls: Scope, name: str) -> list[Store]:
        """What the methods of a class, and of those above and below it, keep under a name."""
        above = self.linked.hierarchy.order(cls)
        return [
            store
            for store in self._stores.get(name, ())
            if store.cls in above or cls in self.linked.hierarchy.order(store.cls)
        ]

    def may_be(self, scope: Scope, ref: Ref, cls: int) -> bool:
        """Whether a ref may be an object of a class, or of one below or above it; of what nothing is known it may."""
        classes = {d[1] for d in (self.linked.values[v] for v in self.values_of(scope, ref)) if d[0] == "I"}
        return cls < 0 or not classes or any(self.linked.hierarchy.are_related(cls, other) for other in classes)

    def gives(self, scope: Scope, operation: list[Any], related: Value) -> bool:
        cls = self.linked.values[related][1]
        return any(self.linked.values[value][:2] == ("I", cls) for value in self.values_of(scope, operation[1]))

    def values_of(self, scope: Scope, ref: Ref) -> set[Value]:
        """What a ref may hold, whoever the function acts for."""
        return _held(self.linked, self._frames, scope, ref)

    def _has(self, scope: Scope, ref: Ref, path: Path, items: tuple[Any, ...], depth: int) -> bool:
        """Whether the object of a ref has the rows along ``path``; ``items`` are positions to take from it first."""
        if type(ref) is not int or ref < 0 or depth > _MAX_DEPTH:
            return False
        key = (scope.index, (ref, items), path)
        known = self._known.get(key)
        if known is not None:
            if key in self._open:
                self._leant_on.add(key)
            return known
        self._known[key] = True  # what goes round in a circle is decided by its other sources
        self._open.add(key)
        before = len(self._found)
        known = self._known[key] = self._find(scope, ref, path, items, depth)
        self._open.discard(key)
        self._found.append(key)
        if key in self._leant_on:
            self._leant_on.discard(key)
            if not known:
                # What was found while this was taken for granted is to be found again.
                for other in self._found[before:-1]:
                    if self._known.get(other):
                        del self._known[other]
        if not self._leant_on:
            del self._found[before:]
        return known

    def _find(self, scope: Scope, ref: int, path: Path, items: tuple[Any, ...], depth: int) -> bool:
        if not items and self._comes_along(scope, ref, path[0]):
            return len(path) == 1
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None)
        if parameter is not None:
            return not items and self._given(scope, parameter, path, depth)
        producers = scope.operations_producing(ref)
        # What is put into an empty container later is not seen here.
        filled = [o for o in producers if o[0] != Op.CONTAINER or o[3]]
        return bool(filled) and all(self._made(scope, operation, path, items, depth) for operation in filled)

    def _comes_along(self, scope: Scope, ref: int, name: str) -> bool:
        classes = {d[1] for d in (self.linked.values[v] for v in self.values_of(scope, ref)) if d[0] == "I"}
        mapped = [self.linked.program.scopes[index] for index in sorted(classes)]
        own = [cls for cls in mapped if not cls.library]
        return bool(own) and all(comes_along(self.linked, cls, name) for cls in own)

    def _made(self, scope: Scope, operation: list[Any], path: Path, items: tuple[Any, ...], depth: int) -> bool:
        code = operation[0]
        if code in _SAME_OBJECTS:
            return self._has(scope, operation[2], path, items, depth + 1)
        if code == Op.ITEM:
            if not items and self.selected.by(scope, [operation[1]], path):
                return True  # a query that is kept in a table
            index = operation[3]
            position = index[1] if isinstance(index, list) and isinstance(index[1], int) else None
            further = items if position is None else (position, *items)
            return self._has(scope, operation[2], path, further, depth + 1)
        if code == Op.CONTAINER:
            if items and operation[2] == "tuple" and -len(operation[3]) <= items[0] < len(operation[3]):
                return self._has(scope, operation[3][items[0]], path, items[1:], depth + 1)
            return all(self._has(scope, element, path, items, depth + 1) for element in operation[3])
        if code == Op.ATTRIBUTE:
            if self._collection(scope, operation, path) or self._kept(scope, operation, path, items, depth):
                return True
            return self._has(scope, operation[2], (operation[3], *path), items, depth + 1)
        if code == Op.FREE:
            outer = enclosing_variable(scope, operation[2])
            return outer is not None and (
                (not items and self._asked_before(*outer, path)) or self._has(*outer, path, items, depth + 1)
            )
        return code == Op.CALL and self._called(scope, operation, path, items, depth)

    def _kept(self, scope: Scope, operation: list[Any], path: Path, items: tuple[Any, ...], depth: int) -> bool:
        """Whether all that the methods of an object that is no row keep under a name has the rows along ``path``."""
        stores = self.kept(scope, operation[2], operation[3])
        return (
            bool(stores)
            and all(
                (not items and self._asked_before(store.scope, store.ref, path))
                or self._has(store.scope, store.ref, path, items, depth + 1)
                for store in stores
            )
            and self._begins_with(scope, operation, path)
        )

    def _begins_with(self, scope: Scope, operation: list[Any], path: Path) -> bool:
        """Whether what the class of an object says an attribute is before any method has kept something has the rows, too."""
        engine, hierarchy = self.linked.engine, self.linked.hierarchy
        for described in (self.linked.values[value] for value in self.values_of(scope, operation[2])):
            cls = self.linked.program.scopes[described[1]] if described[0] == "I" else None
            member = hierarchy.member(cls, operation[3]) if cls is not None else None
            if member is not None and not member.owner.library and is_node(member.ref):
                held = set(engine.values_of(engine.node_of(engine.class_frame(member.owner), member.ref)))
                if held and not self.selected.by_values(held, path):
                    return False
        return True

    def _collection(self, scope: Scope, operation: list[Any], path: Path) -> bool:
        """Whether an attribute is the collection of rows that point back to its owner by the name asked for.

        Rows may have several keys to one table: only that by which they were found is known.
        """
        relations, scopes = self.linked.engine.relations, self.linked.program.scopes
        described = (self.linked.values[value] for value in self.values_of(scope, operation[2]))
        holders = {d[1] for d in described if d[0] == "I"}
        ways = [relations.find(scopes[holder], operation[3]) for holder in sorted(holders)]
        if len(path) > 1 or any(way is not None and way.key and way.key != path[0] for way in ways):
            return False
        entities = (entity for value in self.values_of(scope, operation[1]) for entity in self._entities(value))
        asked = (relations.find(scopes[entity], path[0]) for entity in entities)
        return any(relation is not None and relation.here and relation.target in holders for relation in asked)

    def _entities(self, value: Value) -> list[int]:
        description = self.linked.values[value]
        if description[0] != "I" or not description[2] or not self.linked.program.scopes[description[1]].library:
            return []
        described = (self.linked.values[inner] for inner in description[2][0])
        return [d[1] for d in described if d[0] == "I"]

    def _called(self, scope: Scope, operation: list[Any], path: Path, items: tuple[Any, ...], depth: int) -> bool:
        if not items and (self.selected.by(scope, [operation[1]], path) or self.selected.by_call(operation, path)):
            return True  # the query itself
        sites = self.sites.get(id(operation), ())
        for site in sites:
            if self.linked.constructed(site):
                given = next((ref for name, ref in operation[4] if name == path[0]), -1)
                return given != -1 and (len(path) == 1 or self._has(scope, given, path[1:], (), depth + 1))
        targets = {t for site in sites for t, _, kind in site.targets if kind not in ("library", "construct")}
        if targets:
            return all(
                self._returned(self.linked.program.scopes[target], path, items, depth) for target in sorted(targets)
            )
        if (scope.index, operation[-1]) in self._only_made and not items:
            given = next((ref for name, ref in operation[4] if name == path[0]), -1)
            if given != -1:
                return len(path) == 1 or self._has(scope, given, path[1:], (), depth + 1)
        # A library's: a query, or something made of what it is given.
        asked = [o[2] for o in scope.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE]
        sources = [ref for ref in [*asked, *operation[3]] if type(ref) is int and ref >= 0]
        if self.selected.by(scope, sources, path) or self.selected.by_loader(scope, operation, path):
            return True
        if len(sources) > 1 and self._is_no_query(scope, sources[0]) and self.selected.of(scope, sources[1]):
            return self._has(scope, sources[1], path, items, depth + 1)  # a session runs the query that it is given
        return bool(sources) and self._has(scope, sources[0], path, items, depth + 1)

    def _is_no_query(self, scope: Scope, ref: int) -> bool:
        """Whether a ref is an object that is about no rows, such as a session."""
        described = [self.linked.values[value] for value in self.values_of(scope, ref)]
        return bool(described) and all(d[0] == "I" and not d[2] for d in described)

    def _returned(self, function: Scope, path: Path, items: tuple[Any, ...], depth: int) -> bool:
        refs = [*function.facts.returns, *function.facts.yields]
        objects = [ref for ref in refs if type(ref) is int and ref >= 0]
        return bool(objects) and all(
            (not items and self._asked_before(function, ref, path)) or self._has(function, ref, path, items, depth + 1)
            for ref in objects
        )

    def _of_queries(self, function: Scope, path: Path, depth: int) -> bool:
        """Whether a framework gives a function rows of queries that all load those along ``path``, by what it says or the application does."""
        any_rows = False
        for rows in rows_behind(self.linked, function):
            if not rows.models or any(self._is_asked_of(model, path[0]) for model in rows.models):
                any_rows = True
                if not self._come_with(rows, path, depth):
                    return False
        return any_rows

    def _is_asked_of(self, model: Scope, name: str) -> bool:
        if self.linked.engine.relations.find(model, name) is not None:
            return True
        return self._of_collections and is_worked_out(self.linked, model, name)

    def _come_with(self, rows: GivenRows, path: Path, depth: int) -> bool:
        """Whether rows that a framework gives have those along ``path``, or were asked for them before."""
        if not self._of_collections and any(self.asked.asks_always(*asking, path) for asking in rows.before):
            return True
        path = (*rows.within, *path)
        if rows.source is not None:
            return self._has(*rows.source, path, (), depth + 1)
        if rows.changed and (self._of_collections or rows.within):
            return False
        return leads_there(rows.along, path) or (rows.maker is not None and self._made_by(rows.maker, path, depth))

    def _made_by(self, function: Scope, path: Path, depth: int) -> bool:
        """Whether all queries that a function returns load the rows along ``path``."""
        refs = function.facts.returns
        return bool(refs) and all(
            is_node(ref) and (self.selected.by(function, [ref], path) or self._has(function, ref, path, (), depth + 1))
            for ref in refs
        )

    def _given(self, function: Scope, parameter: list[Any], path: Path, depth: int) -> bool:
        """Whether all callers in view give an object that has the rows along ``path``."""
        callers = self.callers.given(function, parameter)
        if callers is None:
            if function.is_method and function.facts.parameters[0] == parameter:
                return not self._of_collections and fills_in(self.linked, function)
            return self._of_queries(function, path, depth)
        return all(
            given.ref != -1
            and (
                self._asked_before(given.scope, given.ref, path, given.line)
                or self._has(given.scope, given.ref, path, (), depth + 1)
            )
            for given in callers
        )


def _held(linked: Linked, frames: Mapping[int, Sequence[Frame]], scope: Scope, ref: Ref) -> set[Value]:
    """What a ref may hold in any frame of its function."""
    engine = linked.engine
    return {value for frame in frames.get(scope.index, ()) for value in engine.values_of(engine.node_of(frame, ref))}
