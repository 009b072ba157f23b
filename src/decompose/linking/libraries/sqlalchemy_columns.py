"""The parts of SQLAlchemy's declarations: columns with their types, and indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex
from decompose.linking.libraries import sql_types
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

COLUMNS = frozenset({"Column", "mapped_column", "MappedColumn"})
KEYS = frozenset({"ForeignKey"})
_INDEXES = {"Index": False, "UniqueConstraint": True}
_NOT_TYPES = frozenset({*KEYS, "Sequence", "Identity", "Computed", "CheckConstraint", "text"})
_DECLARED = frozenset({"declared_attr", "directive", "cascading"})
_MAPPED = frozenset({"Mapped"})
_OPTIONAL = frozenset({"Optional"})
_MAX_IMPLEMENTATIONS = 4


def makers(owner: Scope, ref: Any) -> Iterator[tuple[Scope, list[Any]]]:
    """The calls that make an attribute: in the class body, or what a function under ``declared_attr`` returns."""
    direct = call_of(owner, ref)
    if direct is not None:
        yield owner, direct
        return
    for operation in owner.operations_producing(ref):
        decorator = operation[2] if operation[0] == Op.DECORATE else -1
        if called_name(owner, [Op.CALL, -1, decorator]) not in _DECLARED:
            continue
        for inner in owner.operations_producing(operation[3]):
            if inner[0] == Op.FUNCTION:
                function = owner.module.scopes[inner[2]]
                made = (call_of(function, returned) for returned in function.facts.returns)
                yield from ((function, call) for call in made if call is not None)


def made_by_function(linked: Linked, scope: Scope, operation: list[Any]) -> Iterator[tuple[Scope, list[Any]]]:
    """The calls that a function of the application gives back: ``id = primary_key("Order")``."""
    for value in linked.names.evaluate(scope, operation[2]):
        described = linked.values[value]
        if described[0] == "F" and not linked.program.scopes[described[1]].library:
            function = linked.program.scopes[described[1]]
            made = (call_of(function, returned) for returned in function.facts.returns)
            yield from ((function, call) for call in made if call is not None)


def decorated_function(owner: Scope, ref: Any) -> Scope | None:
    """The function behind a name of a class body, whatever decorates it."""
    while type(ref) is int and ref >= 0:
        operation = next(iter(owner.operations_producing(ref)), None)
        if operation is None or operation[0] not in (Op.DECORATE, Op.FUNCTION):
            return None
        if operation[0] == Op.FUNCTION:
            function: Scope = owner.module.scopes[operation[2]]
            return function
        ref = operation[3]
    return None


def call_of(scope: Scope, ref: Any) -> list[Any] | None:
    """The call that makes a value, where it is made by one."""
    if type(ref) is not int or ref < 0:
        return None
    return scope.call_producing(ref)


def called_name(scope: Scope, operation: list[Any]) -> str:
    """The last part of the name of what a call operation calls."""
    for producer in scope.operations_producing(operation[2]):
        if producer[0] == Op.ATTRIBUTE:
            return str(producer[3])
        if producer[0] == Op.FROM:
            return str(producer[4])
        if producer[0] == Op.FREE:
            return str(producer[2])
    return ""


def column(
    linked: Linked, scope: Scope, operation: list[Any], name: str, annotation: list[Any] | None = None
) -> FoundColumn:
    """A column as its call declares it; ``annotation`` is what stands behind the colon, with or without ``Mapped``."""
    type_name, sql_type = "", ""
    for ref in (*operation[3], keyword_ref(operation, "type_"), keyword_ref(operation, "sa_type")):
        declared, in_database = _type(linked, scope, ref)
        if declared and declared not in _NOT_TYPES:
            type_name, sql_type = declared, in_database
            break
    hint, optional = hinted_type(annotation)
    alias = _annotated(linked, scope, hint)
    if alias is not None:
        home, inner, declared_type = alias
        made = column(
            linked, home, [*inner[:3], [*inner[3], *operation[3]], [*operation[4], *inner[4]], operation[-1]], name
        )
        real, _ = hinted_type(declared_type)
        known = made.sql_type or sql_types.ANNOTATIONS.get(real, "")
        nullable = made.nullable if keyword_ref(inner, "nullable") != -1 else bool(optional) and not made.primary_key
        whole = made.primary_key and known in ("integer", "bigint")
        return made._replace(
            type=made.type or real, sql_type=known, nullable=nullable, generated=whole, file=scope.module.file
        )
    primary = linked.keyword(scope, operation, "primary_key") is True
    stated = linked.keyword(scope, operation, "nullable")
    nullable = stated if isinstance(stated, bool) else bool(optional) and not primary
    if not hint and not isinstance(stated, bool):
        nullable = not primary
    generated = primary and linked.keyword(scope, operation, "autoincrement") is not False
    points_away = any(called_name(scope, c) in KEYS for ref in operation[3] if (c := call_of(scope, ref)) is not None)
    if not sql_type and not type_name and not points_away:
        sql_type = sql_types.ANNOTATIONS.get(hint, "")
    whole = sql_type in ("integer", "bigint", "smallint")
    return FoundColumn(
        name, type_name or hint, nullable, primary, sql_type, generated and whole and not points_away,
        scope.module.file, operation[-1],
    )  # fmt: skip


def _annotated(linked: Linked, scope: Scope, hint: str) -> tuple[Scope, list[Any], list[Any] | None] | None:
    """``intpk = Annotated[int, mapped_column(primary_key=True)]``: where the alias stands, its call, and the type."""
    if not hint or hint in sql_types.ANNOTATIONS:
        return None
    holder = linked.program.exporting_module(scope.module, hint)
    ref = holder.top.facts.names.get(hint) if holder is not None else None
    if holder is None or type(ref) is not int:
        return None
    origin = linked.origin(holder.top, ref)
    if origin is None or origin.operation[0] != Op.ITEM:
        return None
    home = origin.scope
    parts = next((o for o in home.operations_producing(origin.operation[3]) if o[0] == Op.CONTAINER), None)
    if parts is None or len(parts[3]) < 2 or _plain_name(home, origin.operation[2]) != "Annotated":
        return None
    for ref in parts[3][1:]:
        inner = call_of(home, ref)
        if inner is not None and called_name(home, inner) in COLUMNS:
            return home, inner, ["n", _plain_name(home, parts[3][0])]
    return None


def hinted_type(annotation: list[Any] | None) -> tuple[str, bool | None]:
    """The last name of the type in an annotation, and whether it may be None; nothing without an annotation."""
    if annotation is None:
        return "", None
    if annotation[0] == "s":
        outer = annotation[1][-1] if annotation[1][0] in ("n", "a") else ""
        inner = annotation[2][0] if annotation[2] else None
        if outer in _MAPPED:
            return hinted_type(inner)
        if outer in _OPTIONAL:
            return hinted_type(inner)[0], True
        return (hinted_type(inner)[0], hinted_type(inner)[1]) if outer == "Annotated" else (str(outer), False)
    if annotation[0] == "u":
        parts = [hinted_type(part)[0] for part in annotation[1]]
        named = [part for part in parts if part not in ("", "None")]
        return (named[0] if named else ""), len(named) < len(parts)
    if annotation[0] in ("n", "a"):
        return str(annotation[-1]), False
    return "", annotation[1] is None if annotation[0] == "c" else False


def _type(linked: Linked, scope: Scope, ref: Any, *, given: bool = False) -> tuple[str, str]:
    """The name of a column's type and what it is in the database, through the project's own types to what they are made of.

    ``given``: a function has given it back, and no further one is asked.
    """
    made = call_of(scope, ref) if type(ref) is int else None
    name = called_name(scope, made) if made is not None else _plain_name(scope, ref)
    if not name:
        return "", ""
    pattern = sql_types.SQLALCHEMY.get(name, "")
    if not pattern and name == "Enum":
        return name, "varchar"
    if not pattern and name == "ARRAY" and made is not None and made[3]:
        inner = _type(linked, scope, made[3][0])[1]
        return name, f"{inner}[]" if inner else ""
    if name == "as_mutable" and made is not None and made[3]:
        return _type(linked, scope, made[3][0], given=given)
    if not pattern:
        own = _implementation(linked, scope, made[2] if made is not None else ref)
        return name, own or (_given(linked, scope, made) if made is not None and not given else "")
    arguments = {}
    for position, argument in enumerate(sql_types.arguments_of(pattern)):
        arguments[argument] = linked.keyword(scope, made, argument, position) if made is not None else None
    return name, sql_types.filled(pattern, arguments)


def _given(linked: Linked, scope: Scope, call: list[Any]) -> str:
    """What the type is in the database that a function of the project's own gives back."""
    found = (
        _type(linked, function, made[1], given=True)[1] for function, made in made_by_function(linked, scope, call)
    )
    return next(filter(None, found), "")


def _implementation(linked: Linked, scope: Scope, ref: Any) -> str:
    """What a type of the project's own (a ``TypeDecorator`` with its ``impl``, or a subclass) is in the database."""
    if type(ref) is not int or ref < 0:
        return ""
    for value in linked.names.evaluate(scope, ref):
        if linked.values[value][0] != "C":
            continue
        for cls in linked.hierarchy.order(linked.program.scopes[linked.values[value][1]])[:_MAX_IMPLEMENTATIONS]:
            if cls.library:
                continue
            if "impl" in cls.facts.names:
                return _type(linked, cls, cls.facts.names["impl"])[1]
            assert cls.parent is not None
            for base in cls.facts.bases:
                found = sql_types.SQLALCHEMY.get(_plain_name(cls.parent, base), "")
                if found:
                    return sql_types.filled(found, {})
    return ""


def _plain_name(scope: Scope, ref: Any) -> str:
    if type(ref) is not int or ref < 0:
        return ""
    return called_name(scope, [Op.CALL, -1, ref])


def index(linked: Linked, scope: Scope, operation: list[Any], *, known_as: dict[str, str]) -> Iterator[FoundIndex]:
    """An index or a unique constraint over named columns; ``known_as`` are the columns of attributes."""
    called = called_name(scope, operation)
    if called not in _INDEXES:
        return
    names = [linked.constant(scope, ref) or attribute_named(scope, ref) for ref in operation[3]]
    label = linked.keyword(scope, operation, "name")
    if called == "Index" and names:
        label, names = names[0], names[1:]
    unique = _INDEXES[called] or linked.keyword(scope, operation, "unique") is True
    partial = any(str(name).endswith("_where") for name, _ in operation[4])
    columns = tuple(known_as.get(name, name) for name in names if isinstance(name, str) and name)
    over = columns if len(columns) == len(names) else ()
    yield FoundIndex(label if isinstance(label, str) else "", over, unique, partial, scope.module.file, operation[-1])


def attribute_named(scope: Scope, ref: Any) -> str:
    """The attribute that something refers to: ``Index("name", User.email)``."""
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE:
            return str(operation[3])
    return next((name for name, node in scope.facts.names.items() if node == ref), "") if type(ref) is int else ""


def index_of_column(linked: Linked, scope: Scope, operation: list[Any], name: str) -> Iterator[FoundIndex]:
    """The index that a column asks for itself."""
    unique = linked.keyword(scope, operation, "unique") is True
    if unique or linked.keyword(scope, operation, "index") is True:
        yield FoundIndex("", (name,), unique, False, scope.module.file, operation[-1])
