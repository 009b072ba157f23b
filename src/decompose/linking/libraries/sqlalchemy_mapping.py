"""Which classes SQLAlchemy maps to a table, what the table is called, and which columns of a class are in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from decompose.facts import HOLE, Op
from decompose.linking.libraries.own_model_bases import is_given_as_base
from decompose.linking.libraries.sqlalchemy_bases import is_decorated_as_base
from decompose.linking.libraries.sqlalchemy_columns import (
    COLUMNS,
    called_name,
    decorated_function,
    made_by_function,
    makers,
)
from decompose.linking.libraries.sqlalchemy_keys import keys
from decompose.linking.libraries.sqlalchemy_made_classes import made_for
from decompose.linking.linked import Linked
from decompose.linking.program import Program, Scope

BASE = "sqlalchemy.orm:DeclarativeBase"
_AUTOMATIC_NAMES = "flask_sqlalchemy:Model"
_SQLMODEL = "sqlmodel:SQLModel"
_JOINS = frozenset({"join", "outerjoin"})
_CAMEL = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


def table_name(linked: Linked, cls: Scope) -> str | None:
    """The name of the table that a class maps, or None if it maps none of its own."""
    schema_name = _schema_of(linked, cls)
    own = cls.facts.names.get("__tablename__")
    own = _text(linked, cls, own) if own is not None else None
    outer = made_for(linked, cls) if isinstance(own, str) and HOLE in own else None
    if outer is not None and isinstance(own, str):
        own = own.replace(HOLE, table_name(linked, outer) or HOLE)
    if isinstance(own, str) and not _is_kept_with_its_base(linked, cls):
        return f"{schema_name}.{own}" if schema_name else own
    if not linked.inherits(cls, BASE) or cls.facts.names.get("__abstract__") == ["c", True]:
        return None
    core = cls.facts.names.get("__table__")
    if core is not None:
        origin = linked.origin(cls, core)
        if origin is not None and origin.operation[0] == Op.CALL and origin.operation[3]:
            found = linked.constant(origin.scope, origin.operation[3][0])
            return found if isinstance(found, str) else None
    declares = any(tree[-1] == "DeclarativeBase" for tree in cls.facts.base_annotations)
    if declares or is_decorated_as_base(cls) or is_given_as_base(linked, cls):
        return None  # the base of the application's own classes
    if is_sqlmodel(linked, cls):
        return cls.facts.name.lower()
    if linked.inherits(cls, _SQLMODEL) or not _has_primary_key(linked, cls):
        return None
    if any(_maps_table(linked, ancestor) for ancestor in linked.hierarchy.order(cls)[1:]):
        return None  # single-table inheritance
    member = linked.hierarchy.member(cls, "__tablename__")
    if member is not None and member.ref is not None:
        # A computed name: nearly always made from the class's.
        function = decorated_function(member.owner, member.ref)
        inherited = linked.constant(member.owner, member.ref) if function is None else None
        if isinstance(inherited, str):
            return inherited
        asked = {o[3] for o in (function.facts.ops if function else ()) if o[0] == Op.ATTRIBUTE}
        usual = cls.facts.name.lower() if "lower" in asked and "sub" not in asked else _snake(cls.facts.name)
        returned = function.facts.returns if function is not None else []
        made = _computed(linked, function, returned[0], cls) if function is not None and len(returned) == 1 else None
        return usual if made is None else made.replace(HOLE, usual)
    if linked.inherits(cls, _AUTOMATIC_NAMES):
        return _snake(cls.facts.name)
    return None


def put_together(linked: Linked, cls: Scope) -> list[Scope]:
    """The classes of whose tables a class is a join: ``__table__ = outerjoin(Person.__table__, Secret.__table__)``."""
    origin = linked.origin(cls, core) if (core := cls.facts.names.get("__table__")) is not None else None
    if origin is None or origin.operation[0] != Op.CALL:
        return []
    scope, operation = origin.scope, origin.operation
    called = [o for o in scope.operations_producing(operation[2]) if o[0] in (Op.FREE, Op.ATTRIBUTE)]
    if not any((o[2] if o[0] == Op.FREE else o[3]) in _JOINS for o in called):
        return []
    sides = [*(o[2] for o in called if o[0] == Op.ATTRIBUTE), *operation[3]]
    tables = [
        o[2] for side in sides for o in scope.operations_producing(side) if o[0] == Op.ATTRIBUTE and o[3] == "__table__"
    ]
    found = (linked.values[value] for table in tables for value in sorted(linked.names.evaluate(scope, table)))
    return [linked.program.scopes[described[1]] for described in found if described[0] == "C"]


def _is_kept_with_its_base(linked: Linked, cls: Scope) -> bool:
    """Whether a class has no table although it names one: Flask-SQLAlchemy makes none for a subclass without a key of its own."""
    if not linked.inherits(cls, _AUTOMATIC_NAMES):
        return False
    mapped = [ancestor for ancestor in linked.hierarchy.order(cls)[1:] if _names_table(linked, ancestor)]
    if not mapped:
        return False
    own = [d for d in declared_columns(linked, cls) if d.scope not in mapped]
    return not any(linked.keyword(d.scope, d.operation, "primary_key") is True for d in own)


def _text(linked: Linked, scope: Scope, ref: Any) -> str | None:
    """A constant text, also one that is added up from constants."""
    found = linked.constant(scope, ref)
    if isinstance(found, str):
        return found
    origin = linked.origin(scope, ref)
    if origin is None or origin.operation[0] != Op.BINARY or origin.operation[4] != "add":
        return None
    sides = [_text(linked, origin.scope, side) for side in origin.operation[2:4]]
    return "".join(side for side in sides if side is not None) if None not in sides else None


def _computed(linked: Linked, function: Scope, ref: Any, cls: Scope, *whole: Any) -> str | None:
    """What a function makes of the name of a class: parts that are added up, in lower or upper case.

    ``whole`` is what it is a part of: what is made of itself (``name = name.lower()``) is not known.
    """
    if ref in whole:
        return None
    for operation in function.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE and operation[3] == "__name__":
            return cls.facts.name
        if operation[0] == Op.COPY:
            return _computed(linked, function, operation[2], cls, ref, *whole)
        if operation[0] == Op.BINARY and operation[4] == "add":
            sides = [_computed(linked, function, side, cls, ref, *whole) for side in operation[2:4]]
            return "".join(side for side in sides if side is not None) if None not in sides else None
        if operation[0] == Op.CALL:
            called = next((o for o in function.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE), None)
            inner = _computed(linked, function, called[2], cls, ref, *whole) if called is not None else None
            if inner is not None and called is not None and called[3] in ("lower", "upper"):
                return inner.lower() if called[3] == "lower" else inner.upper()
            return None  # not the text that the call is given
    return _text(linked, function, ref)


def _maps_table(linked: Linked, cls: Scope) -> bool:
    return _names_table(linked, cls) and not _is_kept_with_its_base(linked, cls)


def _names_table(linked: Linked, cls: Scope) -> bool:
    return not cls.library and isinstance(cls.facts.names.get("__tablename__"), str) and linked.inherits(cls, BASE)


def _schema_of(linked: Linked, cls: Scope) -> str:
    arguments = cls.facts.names.get("__table_args__")
    found = linked.constant(cls, arguments) if arguments is not None else None
    origin = linked.origin(cls, arguments) if found is None and arguments is not None else None
    if origin is not None and origin.operation[0] == Op.CONTAINER and origin.operation[3]:
        found = linked.constant(origin.scope, origin.operation[3][-1])
    if isinstance(found, list) and found:
        found = found[-1]
    if isinstance(found, dict) and isinstance(found.get("schema"), str):
        return str(found["schema"])
    return ""


def _snake(name: str) -> str:
    return _CAMEL.sub(r"_\1", name).lower().lstrip("_")


class Declared(NamedTuple):
    """A column of a class: its attribute, where and by which call it is declared, and its annotation."""

    attribute: str
    scope: Scope
    operation: list[Any]
    annotation: list[Any] | None


def in_other_tables(linked: Linked, cls: Scope) -> set[int]:
    """The ancestors of a class whose columns are stored in another table: mapped classes, and what is above them."""
    mapped = [above for above in linked.hierarchy.order(cls)[1:] if _maps_table(linked, above)]
    return {scope.index for parent in mapped for scope in linked.hierarchy.order(parent)}


def declared_columns(linked: Linked, cls: Scope) -> Iterator[Declared]:
    seen: set[str] = set()
    elsewhere = in_other_tables(linked, cls)
    for owner in linked.hierarchy.order(cls):
        if owner.index in elsewhere:
            continue
        for name, ref in owner.facts.names.items():
            for maker in makers(owner, ref):
                plain = called_name(*maker) in COLUMNS
                for scope, operation in [maker] if plain else made_by_function(linked, *maker):
                    if name not in seen and called_name(scope, operation) in COLUMNS:
                        seen.add(name)
                        yield Declared(name, scope, operation, owner.facts.annotations.get(name))
        for name, annotation in owner.facts.annotations.items() if not owner.library else ():
            if name not in seen and name not in owner.facts.names and annotation[0] == "s":
                base = annotation[1]
                if base[-1] == "Mapped":
                    seen.add(name)
                    yield Declared(name, owner, [Op.CALL, -1, -1, [], [], owner.facts.line], annotation)


def joined(linked: Linked, cls: Scope) -> list[Scope]:
    """The ancestors of a mapped class whose tables hold a part of each of its rows (joined-table inheritance)."""
    mapped = [above for above in linked.hierarchy.order(cls) if _maps_table(linked, above)]
    own = mapped[0] if mapped else None
    if own is None or len(mapped) == 1 or _is_concrete(linked, own):
        return []
    return [above for above in mapped[1:] if above.facts.names["__tablename__"] != own.facts.names["__tablename__"]]


def loaded_below(linked: Linked, cls: Scope) -> Iterator[tuple[Scope, bool]]:
    """The subclasses whose tables are read with the rows of a class because the mapping says so; whether by another statement.

    Otherwise what a subclass keeps in its own table is read when it is asked for.
    """
    for below in linked.hierarchy.subclasses.get(cls.index, ()):
        if _maps_table(linked, below) and cls in joined(linked, below):
            way = _mapper_option(linked, below, "polymorphic_load")
            if way in ("inline", "selectin") or _mapper_option(linked, cls, "with_polymorphic") == "*":
                yield below, way == "selectin"


def _is_concrete(linked: Linked, cls: Scope) -> bool:
    return _mapper_option(linked, cls, "concrete") is True


def _mapper_option(linked: Linked, cls: Scope, name: str) -> Any:
    """What a class says of its mapping, where that is constant."""
    said = cls.facts.names.get("__mapper_args__", -1)
    for made in cls.operations_producing(said):
        if made[0] == Op.CONTAINER and name in (made[4] or ()):
            return linked.constant(cls, made[3][made[4].index(name)])
    options = linked.constant(cls, said)
    return options.get(name) if isinstance(options, dict) else None


_ATTRIBUTES: WeakKeyDictionary[Linked, dict[int, dict[str, tuple[Scope, str]]]] = WeakKeyDictionary()


def column_of(linked: Linked, cls: Scope, attribute: str) -> tuple[Scope, str] | None:
    """The column that an attribute of a mapped class is: the class whose table it is in, and its name there."""
    by_class = _ATTRIBUTES.setdefault(linked, {})
    known = by_class.get(cls.index)
    if known is None:
        known = by_class[cls.index] = {}
        for holder in (cls, *joined(linked, cls)):
            for declared in declared_columns(linked, holder):
                named = declared.operation[3][0] if declared.operation[3] else None
                name = named if isinstance(named, str) else declared.attribute
                known.setdefault(declared.attribute, (holder, name))
    return known.get(attribute)


def of_single_table(linked: Linked, cls: Scope) -> list[Scope]:
    """The subclasses that are stored in the table of a class."""
    below = linked.hierarchy.subclasses.get(cls.index, ())
    return [s for s in below if not _maps_table(linked, s) and _nearest_mapped(linked, s) is cls]


def _nearest_mapped(linked: Linked, cls: Scope) -> Scope | None:
    return next((a for a in linked.hierarchy.order(cls)[1:] if _maps_table(linked, a)), None)


def _has_primary_key(linked: Linked, cls: Scope) -> bool:
    return any(linked.keyword(d.scope, d.operation, "primary_key") is True for d in declared_columns(linked, cls))


def is_sqlmodel(linked: Linked, cls: Scope) -> bool:
    """Whether a class maps a table because it is declared with ``table=True``."""
    return linked.inherits(cls, _SQLMODEL) and any(
        name == "table" and ref == ["c", True] for name, ref in cls.facts.keywords
    )


def keyed_classes(linked: Linked, cls: Scope) -> set[int]:
    """The classes that the keys of a class point to, by index."""
    by_table = _classes_by_table(linked)
    found: set[int] = set()
    for declared in declared_columns(linked, cls):
        for key in keys(linked, declared.scope, declared.operation, "", ""):
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
