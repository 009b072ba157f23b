"""The columns that a statement of SQLAlchemy names, as far as the function that runs it also makes it.

What is known is what the expression shows: the columns that are selected, compared, ordered by or set. Where a part of it comes from
elsewhere, such as a query that another function makes, the columns are not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.libraries.sqlalchemy_mapping import BASE
from decompose.linking.libraries.sqlalchemy_relations import relations_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_TABLE = "sqlalchemy:Table"
_COLLECTIONS = frozenset({"c", "columns"})
_SELECTING = frozenset(
    {
        "add_columns",
        "add_column",
        "add_entity",
        "exists",
        "query",
        "select",
        "Query",
        "with_entities",
        "with_only_columns",
    }
)
_REPLACING = frozenset({"with_entities", "with_only_columns"})
_CHANGING = frozenset({"insert", "update", "delete"})
_SETTING = frozenset({"values", "set_"})
_PARAMETERS = frozenset({"execute", "bulk_insert_mappings", "bulk_update_mappings"})
_JOINING = frozenset({"join", "outerjoin"})
_WITH_CONDITION = 2
_COUNTING = frozenset({"fetch", "limit", "offset", "slice", "yield_per"})
_NAMING_NOTHING = frozenset({"Connection", "Engine", "Function", "Functions", "Session", "Table"})
_MAX_STEPS = 200

RUNNING = (
    *(f"sqlalchemy.orm:Session.{name}" for name in ("execute", "exec", "scalar", "scalars", "stream", "stream_scalars")),
    *(f"sqlalchemy.orm:Session.bulk_{name}_mappings" for name in ("insert", "update")),
    *(f"sqlalchemy:Connection.{name}" for name in ("execute", "scalar", "scalars", "stream", "stream_scalars")),
    "sqlalchemy:Engine.execute", "sqlalchemy:Engine.scalar",
    *(f"sqlalchemy.orm:Query.{name}" for name in (
        "all", "count", "delete", "first", "first_or_404", "one", "one_or_none", "paginate", "scalar", "update", "__iter__",
    )),
)  # fmt: skip
"""Calls that run a statement which the function may have made itself."""


class NamedColumns:
    """What one call that runs a statement shows of it.

    ``named`` and ``set``: columns, each as a mapped class or a Core table and an attribute of it. ``whole``: classes and tables
    whose rows are asked for as they are. ``known`` is false where a part of the statement is made elsewhere, ``set_known`` where
    it is what is set. ``only``: classes of which just the named columns are loaded, and the key.
    """

    def __init__(self, linked: Linked, site: Site) -> None:
        self.linked = linked
        self.frame = site.frame
        self.scope: Scope = site.frame.scope
        self.named: set[tuple[Value, str]] = set()
        self.set: set[tuple[Value, str]] = set()
        self.whole: set[Value | str] = set()
        self.only: set[Value] = set()
        self.known = self.set_known = True
        self._about: set[Value] = set()
        self._by_keyword: set[str] = set()
        self._set_by_keyword: set[str] = set()
        self._replaced = False
        self._seen: set[int] = set()
        self._of_a_call(site.operation, runs=True)
        self.whole -= self.only
        about = self._about or {entity for entity, _ in self.named}
        if len(about) == 1:
            self.named.update((entity, name) for entity in about for name in self._by_keyword)
            self.set.update((entity, name) for entity in about for name in self._set_by_keyword)
        else:
            self.known = self.known and not self._by_keyword
            self.set_known = self.set_known and not self._set_by_keyword

    def _values(self, ref: Ref) -> list[Value]:
        return sorted(self.linked.engine.values_of(self.linked.engine.node_of(self.frame, ref)))

    def _entities(self, ref: Ref) -> list[Value]:
        """The mapped classes and the Core tables that an expression is."""
        values = self.linked.values
        return [
            v
            for v in (self._values(ref) if type(ref) is int else ())
            if (values[v][0] == "C" and self.linked.inherits(self.linked.program.scopes[values[v][1]], BASE))
            or self.linked.is_instance_of(v, _TABLE)
        ]

    def _walk(self, ref: Ref) -> None:
        if isinstance(ref, str):
            self._walk_all(self.scope.facts.templates.get(ref, ()))
            return
        if type(ref) is not int:
            self.known = self.known and not (type(ref) is list and ref[0] == "*")
            return
        if ref < 0 or ref in self._seen:
            return
        if len(self._seen) >= _MAX_STEPS:
            self.known = False
            return
        self._seen.add(ref)
        producers = self.scope.operations_producing(ref)
        for operation in producers:
            match operation[0]:
                case Op.COPY | Op.NARROW:
                    self._walk(operation[2])
                case Op.ATTRIBUTE:
                    self._of_an_attribute(operation)
                case Op.CALL:
                    self._of_a_call(operation)
                case Op.CONTAINER:
                    self._walk_all((*operation[3], *(operation[4] or ())))
                case Op.BINARY:
                    self._walk_all(operation[2:4])
                case _:
                    self._end(ref)
        if not producers:
            self._end(ref)

    def _walk_all(self, refs: Iterable[Ref]) -> None:
        for ref in refs:
            self._walk(ref)

    def _end(self, ref: int) -> None:
        """What is not made here: a statement or a condition may name anything."""
        described = (self.linked.values[v] for v in self._values(ref))
        classes = [self.linked.program.scopes[d[1]] for d in described if d[0] == "I"]
        made = {cls.module.name.partition(".")[0] for cls in classes}
        names = {cls.facts.name for cls in classes}
        self.known = self.known and ("sqlalchemy" not in made or names <= _NAMING_NOTHING)

    def _of_an_attribute(self, operation: list[Any]) -> None:
        _, _, base, name, _ = operation
        for collection in self.scope.operations_producing(base):
            if collection[0] == Op.ATTRIBUTE and collection[3] in _COLLECTIONS:
                # Columns of a subquery that is made here are those that it names itself.
                tables = [] if self._is_made_here(collection[2]) else self._entities(collection[2])
                self.named.update((table, name) for table in tables)
                if not tables:
                    self._walk(collection[2])
                return
        entities = self._entities(base)
        if name == "query" and entities:
            self.whole.update(entities)
            self._about.update(entities)
            return
        for entity in entities:
            cls = self.linked.program.scopes[self.linked.values[entity][1]]
            relation = next((r for r in relations_of(self.linked, cls) if r.name == name), None)
            if relation is not None:  # by which columns rows are joined the relation knows, and it may load them whole
                self.whole.update(
                    (
                        self.linked.engine.values.class_of(self.linked.engine.values.instance(relation.target.index)),
                        *relation.between,
                    )
                )
            else:
                self.named.add((entity, name))
        if not entities:
            self._walk(base)

    def _of_a_call(self, operation: list[Any], *, runs: bool = False) -> None:
        _, _, callee, arguments, keywords, _ = operation
        name, base = self._called(callee)
        if not name:
            self.known = False
            return
        if base >= 0:
            if name in _CHANGING or name == "select":
                self._about.update(self._entities(base))
                self.whole.update(self._entities(base) if name == "select" else ())
            self._replaced = self._replaced or name in _REPLACING
            self._walk(base)
        if name in _SELECTING:
            self._select(arguments, counts=name in _REPLACING or not self._replaced)
        elif name in _SETTING or (name == "update" and base >= 0 and not self._is_table(base)):
            self._set(arguments, keywords)
        elif name == "load_only":
            before, self.named = self.named, set()
            self._walk_all(arguments)
            self.only.update(entity for entity, _ in self.named)
            self.named |= before
        elif name == "filter_by":
            self._by_keyword.update(keyword for keyword, _ in keywords if keyword is not None)
            self.known = self.known and all(keyword is not None for keyword, _ in keywords)
        elif runs and name in _PARAMETERS:
            self._about.update(entity for ref in arguments[:1] for entity in self._entities(ref))
            self._walk_all(arguments[:1])
            if len(arguments) > 1:
                self._set(arguments[1:2], [])
        else:
            # Rows that are joined by what their keys say, attributes by a name that only running tells, and what is not followed
            # leave columns open.
            open_join = name in _JOINING and len(arguments) + len(keywords) < _WITH_CONDITION
            unfollowed = -1 in arguments and name not in _COUNTING
            self.known = self.known and name != "getattr" and not open_join and not unfollowed
            if name in _CHANGING and base < 0:
                self._about.update(entity for ref in arguments for entity in self._entities(ref))
            self._walk_all((*arguments, *(ref for _, ref in keywords)))

    def _is_made_here(self, ref: Ref) -> bool:
        """Whether a call of this function gives what an expression is."""
        seen: set[int] = set()
        waiting = [ref]
        while waiting:
            current = waiting.pop()
            if type(current) is not int or current in seen:
                continue
            seen.add(current)
            for operation in self.scope.operations_producing(current):
                if operation[0] == Op.CALL:
                    return True
                waiting += [operation[2]] if operation[0] == Op.COPY else []
        return False

    def _is_table(self, ref: Ref) -> bool:
        return any(self.linked.is_instance_of(v, _TABLE) for v in self._entities(ref))

    def _called(self, callee: Ref) -> tuple[str, int]:
        """The name of what of a library is called, and the ref of what it is a method of; an empty name for the application's own."""
        for value in self._values(callee):
            described = self.linked.values[value]
            described = self.linked.values[described[1]] if described[0] == "B" else described
            if described[0] in ("F", "C") and not self.linked.program.scopes[described[1]].library:
                return "", -1
        for operation in self.scope.operations_producing(callee):
            if operation[0] == Op.ATTRIBUTE:
                return operation[3], operation[2] if type(operation[2]) is int else -1
            if operation[0] in (Op.FREE, Op.FROM):
                return operation[2] if operation[0] == Op.FREE else operation[4], -1
        return "?", -1

    def _select(self, arguments: list[Ref], *, counts: bool) -> None:
        for ref in arguments:
            lists = [o for o in self.scope.operations_producing(ref) if o[0] == Op.CONTAINER]
            if lists and type(ref) is int:
                if ref in self._seen:  # a list may hold itself
                    continue
                self._seen.add(ref)
                self._select(lists[0][3], counts=counts)
                continue
            entities = self._entities(ref)
            self._about.update(entities)
            if counts:
                self.whole.update(entities)
            if not entities:
                self._walk(ref)

    def _set(self, arguments: list[Ref], keywords: list[list[Any]]) -> None:
        """What is given values, by keywords, by dictionaries, or by lists of those."""
        for keyword, ref in keywords:
            if keyword is None:
                self._set([ref], [])
            else:
                self._set_by_keyword.add(keyword)
                self._walk(ref)
        for ref in arguments:
            constant = ref[1] if type(ref) is list and ref[0] == "c" else None
            rows = constant if isinstance(constant, list) else [constant]
            dictionaries = [row for row in rows if isinstance(row, dict)]
            if dictionaries and len(dictionaries) == len(rows):
                self._set_by_keyword.update(str(key) for row in dictionaries for key in row)
                continue
            made = self.scope.operations_producing(ref) if type(ref) is int and ref not in self._seen else []
            self._seen.update([ref] if type(ref) is int else [])
            if len(made) == 1 and made[0][0] == Op.CONTAINER and made[0][4] is None:
                self._set(made[0][3], [])
            elif len(made) == 1 and made[0][0] == Op.CONTAINER:
                for key in made[0][4] or ():
                    self._set_one(key)
                self._walk_all(made[0][3])
            elif len(made) == 1 and made[0][0] == Op.CALL and self._called(made[0][2])[0] == "dict" and not made[0][3]:
                self._set([], made[0][4])
            else:
                self.set_known = False

    def _set_one(self, key: Ref) -> None:
        if isinstance(key, str):
            self._set_by_keyword.add(key)
            return
        before = self.named
        self.named = set()
        self._walk(key)
        self.set |= self.named
        self.set_known = self.set_known and bool(self.named)
        self.named = before
