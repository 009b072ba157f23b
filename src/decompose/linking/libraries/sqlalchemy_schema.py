"""SQLAlchemy mapped classes and Core tables -> tables and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from decompose.facts import Op
from decompose.linking.linked import FoundKey, FoundTable, Linked, keyword_ref
from decompose.linking.program import Program, Scope

BASE = "sqlalchemy.orm:DeclarativeBase"
_AUTOMATIC_NAMES = "flask_sqlalchemy:Model"
_COLUMNS = frozenset({"Column", "mapped_column", "MappedColumn"})
_KEYS = frozenset({"ForeignKey"})
_KEY_CONSTRAINTS = frozenset({"ForeignKeyConstraint"})
_DECLARED = frozenset({"declared_attr", "directive", "cascading"})
_SQLMODEL = "sqlmodel:SQLModel"
_CAMEL = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_MIN_TABLE_ARGUMENTS = 2


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and foreign keys of mapped classes and Core tables."""
    for cls in linked.application_classes():
        name = table_name(linked, cls)
        if name is not None:
            yield from _mapped(linked, cls, name)
    for site in linked.sites_calling("sqlalchemy:Table"):
        name = linked.constant(site.frame.scope, site.argument(0))
        if isinstance(name, str) and len(site.arguments) >= _MIN_TABLE_ARGUMENTS:
            yield from _core(linked, site.frame.scope, site.operation, name)


def table_name(linked: Linked, cls: Scope) -> str | None:
    """The name of the table that a class maps, or None if it maps none of its own."""
    schema_name = _schema_of(linked, cls)
    own = cls.facts.names.get("__tablename__")
    own = linked.constant(cls, own) if own is not None else None
    if isinstance(own, str):
        return f"{schema_name}.{own}" if schema_name else own
    if not linked.inherits(cls, BASE) or cls.facts.names.get("__abstract__") == ["c", True]:
        return None
    core = cls.facts.names.get("__table__")
    if core is not None:
        origin = linked.origin(cls, core)
        if origin is not None and origin.operation[0] == Op.CALL and origin.operation[3]:
            found = linked.constant(origin.scope, origin.operation[3][0])
            return found if isinstance(found, str) else None
    if _is_sqlmodel(linked, cls):
        return cls.facts.name.lower()
    if linked.inherits(cls, _SQLMODEL) or not _has_primary_key(linked, cls):
        return None
    if any(_maps_table(linked, ancestor) for ancestor in linked.hierarchy.order(cls)[1:]):
        return None  # single-table inheritance
    member = linked.hierarchy.member(cls, "__tablename__")
    if member is not None and member.ref is not None:
        # A computed name: nearly always made from the class's.
        inherited = linked.constant(member.owner, member.ref)
        if isinstance(inherited, str):
            return inherited
        function = linked.engine.plain_function(member.owner, member.ref)
        lowered = any(o[0] == Op.ATTRIBUTE and o[3] == "lower" for o in (function.facts.ops if function else ()))
        return cls.facts.name.lower() if lowered else _snake(cls.facts.name)
    if linked.inherits(cls, _AUTOMATIC_NAMES):
        return _snake(cls.facts.name)
    return None


def _maps_table(linked: Linked, cls: Scope) -> bool:
    return not cls.library and isinstance(cls.facts.names.get("__tablename__"), str) and linked.inherits(cls, BASE)


def _schema_of(linked: Linked, cls: Scope) -> str:
    arguments = cls.facts.names.get("__table_args__")
    found = linked.constant(cls, arguments) if arguments is not None else None
    if isinstance(found, dict) and isinstance(found.get("schema"), str):
        return str(found["schema"])
    return ""


def _snake(name: str) -> str:
    return _CAMEL.sub(r"_\1", name).lower()


def _columns(linked: Linked, cls: Scope) -> Iterator[tuple[str, Scope, list[Any]]]:
    seen: set[str] = set()
    for owner in linked.hierarchy.order(cls):
        if owner.library or (owner is not cls and _maps_table(linked, owner)):
            continue
        for name, ref in owner.facts.names.items():
            for scope, operation in _makers(owner, ref):
                if name not in seen and _called_name(scope, operation) in _COLUMNS:
                    seen.add(name)
                    yield name, scope, operation
        for name in owner.facts.annotations:
            if name not in seen and name not in owner.facts.names and owner.facts.annotations[name][0] == "s":
                base = owner.facts.annotations[name][1]
                if base[-1] == "Mapped":
                    seen.add(name)
                    yield name, owner, [Op.CALL, -1, -1, [], [], owner.facts.line]


def _makers(owner: Scope, ref: Any) -> Iterator[tuple[Scope, list[Any]]]:
    """The calls that make an attribute: in the class body, or what a function under ``declared_attr`` returns."""
    direct = _call(owner, ref)
    if direct is not None:
        yield owner, direct
        return
    for operation in owner.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
        decorator = operation[2] if operation[0] == Op.DECORATE else -1
        if _called_name(owner, [Op.CALL, -1, decorator]) not in _DECLARED:
            continue
        for inner in owner.operations_producing(operation[3]):
            if inner[0] == Op.FUNCTION:
                function = owner.module.scopes[inner[2]]
                made = (_call(function, returned) for returned in function.facts.returns)
                yield from ((function, call) for call in made if call is not None)


def _of_single_table(linked: Linked, cls: Scope) -> list[Scope]:
    """The subclasses that are stored in the table of a class."""
    below = linked.hierarchy.subclasses.get(cls.index, ())
    return [s for s in below if not _maps_table(linked, s) and _nearest_mapped(linked, s) is cls]


def _nearest_mapped(linked: Linked, cls: Scope) -> Scope | None:
    return next((a for a in linked.hierarchy.order(cls)[1:] if _maps_table(linked, a)), None)


def _has_primary_key(linked: Linked, cls: Scope) -> bool:
    return any(linked.keyword(owner, operation, "primary_key") is True for _, owner, operation in _columns(linked, cls))


def _call(scope: Scope, ref: Any) -> list[Any] | None:
    if type(ref) is not int or ref < 0:
        return None
    return next((operation for operation in scope.operations_producing(ref) if operation[0] == Op.CALL), None)


def _called_name(scope: Scope, operation: list[Any]) -> str:
    """The last part of the name of what a call operation calls."""
    for producer in scope.operations_producing(operation[2]) if operation[2] >= 0 else ():
        if producer[0] == Op.ATTRIBUTE:
            return str(producer[3])
        if producer[0] == Op.FROM:
            return str(producer[4])
        if producer[0] == Op.FREE:
            return str(producer[2])
    return ""


def _mapped(linked: Linked, cls: Scope, table: str) -> Iterator[FoundTable | FoundKey]:
    columns = []
    if _is_sqlmodel(linked, cls):
        yield from _sqlmodel(linked, cls, table)
        return
    declared = {attribute: (owner, operation) for attribute, owner, operation in _columns(linked, cls)}
    for below in _of_single_table(linked, cls):
        for attribute, owner, operation in _columns(linked, below):
            declared.setdefault(attribute, (owner, operation))
    for attribute, (owner, operation) in declared.items():
        named = operation[3][0] if operation[3] else None
        name = named if isinstance(named, str) and named != attribute else attribute
        columns.append(_column(linked, owner, operation, name))
        yield from _keys(linked, owner, operation, table, name)
    for parent in linked.hierarchy.order(cls)[1:]:
        if _maps_table(linked, parent) and not columns:
            break
    yield from _constraints(linked, cls, table)
    yield FoundTable(table, cls, "model", tuple(columns), cls.module.file, cls.facts.line)


def _is_sqlmodel(linked: Linked, cls: Scope) -> bool:
    """Whether a class maps a table because it is declared with ``table=True``."""
    return linked.inherits(cls, _SQLMODEL) and any(
        name == "table" and ref == ["c", True] for name, ref in cls.facts.keywords
    )


def _sqlmodel(linked: Linked, cls: Scope, table: str) -> Iterator[FoundTable | FoundKey]:
    columns: dict[str, tuple[str, str, bool | None, bool]] = {}
    for owner in linked.hierarchy.order(cls):
        for name in owner.facts.annotations if not owner.library else ():
            ref = owner.facts.names.get(name, -1)
            operation = _call(owner, ref)
            called = _called_name(owner, operation) if operation is not None else ""
            if name in columns or name.startswith("__") or called == "Relationship":
                continue
            key, target = (
                linked.keyword(owner, operation, option) if operation is not None and called == "Field" else None
                for option in ("primary_key", "foreign_key")
            )
            columns[name] = (name, "", None, key is True)
            if isinstance(target, str) and operation is not None:
                pointed, _, column = target.rpartition(".")
                yield FoundKey(table, (name,), pointed, (column,), "", owner.module.file, operation[-1])
    yield FoundTable(table, cls, "model", tuple(columns.values()), cls.module.file, cls.facts.line)


def _constraints(linked: Linked, cls: Scope, table: str) -> Iterator[FoundKey]:
    for operation in cls.facts.ops:
        if operation[0] == Op.CALL and _called_name(cls, operation) in _KEY_CONSTRAINTS:
            yield from _key_constraint(linked, cls, operation, table)


def _key_constraint(linked: Linked, scope: Scope, operation: list[Any], table: str) -> Iterator[FoundKey]:
    own, others = (linked.keyword(scope, operation, "", position) for position in (0, 1))
    if isinstance(own, list) and isinstance(others, list) and others:
        target = str(others[0]).rpartition(".")[0]
        columns = tuple(str(other).rpartition(".")[2] for other in others)
        on_delete = str(linked.keyword(scope, operation, "ondelete") or "").upper()
        yield FoundKey(table, tuple(map(str, own)), target, columns, on_delete, scope.module.file, operation[-1])


def _column(linked: Linked, scope: Scope, operation: list[Any], name: str) -> tuple[str, str, bool | None, bool]:
    type_name = ""
    for ref in operation[3]:
        inner = _call(scope, ref) if type(ref) is int else None
        candidate = _called_name(scope, inner) if inner is not None else _plain_name(scope, ref)
        if candidate and candidate not in _KEYS:
            type_name = candidate
            break
    nullable = linked.keyword(scope, operation, "nullable")
    primary = linked.keyword(scope, operation, "primary_key") is True
    return name, type_name, nullable if isinstance(nullable, bool) else None, primary


def _plain_name(scope: Scope, ref: Any) -> str:
    if type(ref) is not int or ref < 0:
        return ""
    return _called_name(scope, [Op.CALL, -1, ref])


def _keys(linked: Linked, scope: Scope, operation: list[Any], table: str, column: str) -> Iterator[FoundKey]:
    for ref in operation[3]:
        inner = _call(scope, ref)
        if inner is None or _called_name(scope, inner) not in _KEYS:
            continue
        on_delete = str(linked.keyword(scope, inner, "ondelete") or "").upper()
        target = linked.constant(scope, keyword_ref(inner, "column", 0))
        line = inner[-1]
        if isinstance(target, str):
            name, _, target_column = target.rpartition(".")
            yield FoundKey(table, (column,), name or target, (target_column,), on_delete, scope.module.file, line)
        else:
            target_class, target_column = _class_column(linked, scope, keyword_ref(inner, "column", 0))
            if target_class is not None:
                yield FoundKey(table, (column,), target_class, (target_column,), on_delete, scope.module.file, line)


def _class_column(linked: Linked, scope: Scope, ref: Any) -> tuple[Scope | None, str]:
    """``ForeignKey(User.id)``."""
    for operation in scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
        if operation[0] == Op.ATTRIBUTE:
            for value in linked.names.evaluate(scope, operation[2]):
                if linked.values[value][0] == "C":
                    return linked.program.scopes[linked.values[value][1]], str(operation[3])
    return None, ""


def _core(linked: Linked, scope: Scope, operation: list[Any], table: str) -> Iterator[FoundTable | FoundKey]:
    columns = []
    for ref in operation[3][1:]:
        inner = _call(scope, ref)
        if inner is None:
            continue
        called = _called_name(scope, inner)
        name = linked.constant(scope, inner[3][0]) if inner[3] else None
        if called in _COLUMNS and isinstance(name, str):
            rest = [inner[0], inner[1], inner[2], inner[3][1:], inner[4], inner[5]]
            columns.append(_column(linked, scope, rest, name))
            yield from _keys(linked, scope, inner, table, name)
        elif called in _KEY_CONSTRAINTS:
            yield from _key_constraint(linked, scope, inner, table)
    given = linked.keyword(scope, operation, "schema")
    full = f"{given}.{table}" if isinstance(given, str) else table
    yield FoundTable(full, None, "core", tuple(columns), scope.module.file, operation[-1])


def keyed_classes(linked: Linked, cls: Scope) -> set[int]:
    """The classes that the keys of a class point to, by index."""
    by_table = _classes_by_table(linked)
    found: set[int] = set()
    for _, owner, operation in _columns(linked, cls):
        for key in _keys(linked, owner, operation, "", ""):
            target = by_table.get(key.target) if isinstance(key.target, str) else key.target
            if target is not None:
                found.add(target.index)
    return found


_BY_TABLE: WeakKeyDictionary[Program, dict[str, Scope]] = WeakKeyDictionary()


def _classes_by_table(linked: Linked) -> dict[str, Scope]:
    known = _BY_TABLE.get(linked.program)
    if known is None:
        known = _BY_TABLE[linked.program] = {}
        for cls in linked.application_classes():
            name = table_name(linked, cls)
            if name is not None:
                known.setdefault(name, cls)
    return known
