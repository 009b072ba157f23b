"""SQLAlchemy's unit of work: what changes objects, and what writes the changes to the database later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.sqlalchemy_mapping import BASE
from decompose.linking.libraries.sqlalchemy_relations import Relationship, relations_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_SESSION = "sqlalchemy.orm:Session"
GETTERS = ("sqlalchemy.orm:Relationship.__get__", "sqlalchemy.orm:Mapped.__get__")
_MUTATORS = frozenset({"add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "update"})
_NEVER_LOADED = frozenset({"dynamic", "write_only", "noload"})
_REMOVING = frozenset({"clear", "discard", "pop", "remove"})
_ORPHANS = "delete-orphan"
"""The cascade by which rows are deleted that a collection no longer has."""

PENDING = frozenset(
    (*(f"{_SESSION}.{name}" for name in ("add", "add_all", "merge", "delete")),
     "sqlalchemy.orm.attributes:flag_modified", "sqlalchemy.orm.attributes:flag_dirty", "sqlmodel:SQLModel.sqlmodel_update",
     "oslo_db.sqlalchemy.models:ModelBase.update", "wtforms:Form.populate_obj", "marshmallow_sqlalchemy:SQLAlchemySchema.load")
)  # fmt: skip
"""Calls after which something is to be written, but is not yet."""

ADDS = frozenset({f"{_SESSION}.add", f"{_SESSION}.add_all", "oslo_db.sqlalchemy.models:ModelBase.save"})
"""Calls that insert what is new to the session, and nothing that it has loaded."""

MERGES = frozenset({f"{_SESSION}.merge", f"{_SESSION}.merge_all"})
"""Calls that insert or update the row of an object; nothing that was loaded is inserted."""

RUNS_QUERIES = (
    "sqlalchemy.orm:Query.",
    f"{_SESSION}.get",
    f"{_SESSION}.execute",
    f"{_SESSION}.scalar",
    f"{_SESSION}.exec",
)
"""Calls before which a session writes what is pending, unless it is told not to."""

WRITES_NOW = (f"{_SESSION}.commit", f"{_SESSION}.flush")
WRITES_AT_END = (f"{_SESSION}.begin", "sqlalchemy.orm:sessionmaker.begin")
"""What is pending is written when the block ends."""


class Change(NamedTuple):
    """A relation of a mapped object is given other members; ``operation`` is what the database will see, on ``table``.

    Of a collection that is replaced, what was in it is read at once, to see what is gone.

    ``table`` is a class, or the name of a table without one.
    """

    scope: int
    receiver: Value
    table: Scope | str
    operation: str
    line: int


def changed_relations(linked: Linked) -> Iterator[Change]:
    """Relations that are assigned, and collections that members are added to or taken from."""
    yield from _assigned(linked)
    yield from _given_when_made(linked)
    yield from _mutated(linked)


def _assigned(linked: Linked) -> Iterator[Change]:
    made: dict[int, set[int]] = {}
    for site, _ in linked.constructions():
        made.setdefault(site.frame.scope.index, set()).add(id(site.operation))
    for frame, value, name, line in linked.engine.attribute_stores:
        scope, description = frame.scope, linked.values[value]
        cls = linked.program.scopes[description[1]]
        if description[0] != "I" or scope.library or not linked.inherits(cls, BASE):
            continue
        relation = next((r for r in relations_of(linked, cls) if r.name == name), None)
        if relation is not None:
            new = scope.facts.name == "__init__" and scope.parent in linked.hierarchy.order(cls)
            empty = _is_emptied(scope, name, line)
            fresh = new or _is_made_here(scope, name, line, made)
            for table, operation in _written(cls, relation, removing=empty) if not (empty and fresh) else ():
                if not (new and table is cls):  # the row is inserted anyway
                    yield Change(scope.index, frame.receiver, table, operation, line)
            loaded = (relation.many or relation.between) and relation.lazy not in _NEVER_LOADED
            if loaded and not fresh:
                yield Change(scope.index, frame.receiver, relation.target, "read", line)
                for between in relation.between:
                    yield Change(scope.index, frame.receiver, between, "read", line)
                if relation.many and _ORPHANS in relation.cascade and not empty:
                    yield Change(scope.index, frame.receiver, relation.target, "delete", line)


def _given_when_made(linked: Linked) -> Iterator[Change]:
    """``Order(lines=[...])``, where the constructor is the library's, which sets whatever attribute it is given."""
    for site, classes in linked.constructions():
        given = site.operation[4]
        for index in classes if given else ():
            cls = linked.program.scopes[index]
            if not linked.inherits(cls, BASE):
                continue
            member = linked.hierarchy.own_member(cls, "__init__")
            if member is None:
                names = {name for name, ref in given if not _is_nothing(site.frame.scope, ref, site.operation)}
                for relation in relations_of(linked, cls):
                    for table, operation in _written(cls, relation, removing=False) if relation.name in names else ():
                        if table is not cls:  # the row is inserted anyway
                            yield Change(site.frame.scope.index, site.frame.receiver, table, operation, site.line)


def _is_nothing(scope: Scope, ref: Ref, given_to: list[Any]) -> bool:
    """Whether an argument is ``None`` or a container without members, and nobody else has it to put any in."""
    if ref == ["c", None]:
        return True
    made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    return (
        bool(made)
        and all(o[0] == Op.CONTAINER and not o[3] for o in made)
        and not any(o is not given_to and o not in made and _takes(o, ref) for o in scope.facts.ops)
        and ref not in scope.facts.names.values()
    )


def _takes(operation: list[Any], ref: int) -> bool:
    """Whether a ref may be among what an operation is about."""
    parts = [part for part in operation[1:-1] if part != -1]
    return ref in parts or any(
        isinstance(part, list) and (ref in part or [r for r in part if isinstance(r, list) and ref in r])
        for part in parts
    )


def _is_made_here(scope: Scope, name: str, line: int, made: dict[int, set[int]]) -> bool:
    """Whether the object whose attribute is set was made by the same function: then nothing was in it."""
    bases = [o[1] for o in scope.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[2] == name and o[-1] == line]
    seen = set(bases)
    while bases:
        for producer in scope.operations_producing(bases.pop()):
            if producer[0] == Op.CALL and id(producer) in made.get(scope.index, ()):
                return True
            if producer[0] == Op.COPY and type(producer[2]) is int and producer[2] >= 0 and producer[2] not in seen:
                seen.add(producer[2])
                bases.append(producer[2])
    return False


def _is_emptied(scope: Scope, name: str, line: int) -> bool:
    """Whether nothing is assigned: ``order.lines = []``."""
    assigned = [o[3] for o in scope.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[2] == name and o[-1] == line]
    made = [(ref == ["c", None], scope.operations_producing(ref)) for ref in assigned]
    return bool(made) and all(
        nothing or (bool(by) and all(o[0] == Op.CONTAINER and not o[3] and o[-1] == line for o in by))
        for nothing, by in made
    )


def _written(cls: Scope, relation: Relationship, *, removing: bool) -> Iterator[tuple[Scope | str, str]]:
    """The tables whose rows hold the key of a relation; none where it is only for reading."""
    if relation.viewed:
        return
    if relation.between:
        yield from ((table, "delete" if removing else "insert") for table in relation.between)
    elif relation.many:
        yield relation.target, "delete" if removing and _ORPHANS in relation.cascade else "update"
    else:
        yield cls, "update"


def _mutated(linked: Linked) -> Iterator[Change]:
    """``order.lines.append(line)``, ``del order.lines[0]``."""
    engine = linked.engine
    indexes = {index for index, _, _, _, _, rule, _ in engine.accesses if rule in GETTERS}
    for frame in engine.frames if indexes else ():
        scope = frame.scope
        if scope.index not in indexes or scope.library:
            continue
        for collection, removing, line in _collections_changed(scope):
            for asked in scope.operations_producing(collection):
                if asked[0] != Op.ATTRIBUTE:
                    continue
                for value in sorted(engine.values_of(engine.node_of(frame, asked[2]))):
                    description = linked.values[value]
                    if description[0] != "I" or linked.program.scopes[description[1]].library:
                        continue
                    cls = linked.program.scopes[description[1]]
                    for relation in (r for r in relations_of(linked, cls) if r.name == asked[3]):
                        for table, kind in _written(cls, relation, removing=removing):
                            yield Change(scope.index, frame.receiver, table, kind, line)


def _collections_changed(scope: Scope) -> Iterator[tuple[Ref, bool, int]]:
    """What a function adds members to or takes them from: the collection, whether they are taken, and the line."""
    for operation in scope.facts.ops:
        if operation[0] == Op.BINARY and operation[4] == "delitem":
            yield operation[2], True, operation[-1]
        if operation[0] == Op.CALL and type(operation[2]) is int and operation[2] >= 0:
            for method in scope.operations_producing(operation[2]):
                if method[0] == Op.ATTRIBUTE and method[3] in _MUTATORS:
                    yield method[2], method[3] in _REMOVING, operation[-1]


def flushes(linked: Linked) -> Iterator[tuple[int, Value, int, bool]]:
    """Where pending changes are written: scope, receiver, line, and whether it is the end of a block that begins there."""
    for names, at_end in ((WRITES_NOW, False), (WRITES_AT_END, True)):
        for site in linked.sites_calling(*names):
            if not site.frame.scope.library:
                yield site.frame.scope.index, site.frame.receiver, site.line, at_end
