"""Mapped classes that no base class in view shows to be mapped.

A class that names its table is one where its base is of a package that is not in view; so is one that ``registry.mapped`` decorates,
that the metaclass of mapped classes makes, or that a call maps to a Core table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.engine import Engine
from decompose.linking.libraries.sqlalchemy_columns import called_name
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Program, Scope

_MODULE = "sqlalchemy.orm"
_OF_BASES = frozenset({"as_declarative", "as_declarative_base"})
_DECORATORS = frozenset({"mapped", "mapped_as_dataclass"}) | _OF_BASES
_METACLASS = "DeclarativeMeta"
_TABLES = ("__tablename__", "__table__")


_MAPPERS = frozenset({"map_imperatively", "mapper"})


def maps(scope: Scope, operation: list[Any]) -> bool:
    """Whether an operation is a call that maps a class to a Core table."""
    if operation[0] != Op.CALL:
        return False
    name = called_name(scope, operation)
    return name == "map_imperatively" or (name == "mapper" and "sqlalchemy" in scope.module.facts.packages)


def bind_models(program: Program, engine: Engine) -> None:
    """Give such classes the declarative base, before anything else looks at them."""
    library = program.by_name.get(_MODULE)
    told = {scope.facts.qualname: scope for scope in library.scopes} if library else {}
    base, meta = told.get("DeclarativeBase"), told.get(_METACLASS)
    if base is None:
        return
    called = {cls.index for cls in _mapped_by_calls(program, engine)}
    value = engine.values.intern("C", base.index, ())
    for cls in program.classes():
        if not cls.library and (
            cls.index in called
            or _is_decorated(cls)
            or _names_table(engine, cls)
            or _is_made_as_base(program, engine, cls, meta)
        ):
            bases = engine.names.inheritance.bases(cls)
            if value not in bases and not _inherits(program, engine, cls, base):
                engine.names.inheritance.rebase(cls, (*bases, value))


def is_decorated_as_base(cls: Scope) -> bool:
    """Whether a decorator makes a class the base of the application's own models, and none itself."""
    return _is_decorated(cls, _OF_BASES)


def _is_decorated(cls: Scope, decorators: frozenset[str] = _DECORATORS) -> bool:
    parent = cls.parent
    if parent is None or not cls.facts.decorators:
        return False
    return any(
        called_name(parent, call) in decorators
        for ref in cls.facts.decorators
        for call in ([Op.CALL, -1, ref], *_calls(parent, ref))
    )


def _is_made_as_base(program: Program, engine: Engine, cls: Scope, meta: Scope | None) -> bool:
    """Whether the metaclass of mapped classes makes a class: ``class Base(metaclass=DeclarativeMeta)``."""
    made = [ref for name, ref in cls.facts.keywords if name == "metaclass"] if meta is not None else []
    described = (engine.values[value] for ref in made for value in engine.names.evaluate(cls.parent or cls, ref))
    makers = (program.scopes[d[1]] for d in described if d[0] == "C")
    return any(maker is meta or (meta is not None and _inherits(program, engine, maker, meta)) for maker in makers)


def _calls(scope: Scope, ref: object) -> list[list[object]]:
    return [o for o in scope.operations_producing(ref) if o[0] == Op.CALL]


def _names_table(engine: Engine, cls: Scope) -> bool:
    """Whether a class names its table, and has a base outside of the program that may be a declarative one."""
    if not any(name in cls.facts.names for name in _TABLES):
        return False
    described = (engine.values[base] for base in engine.names.inheritance.bases(cls))
    return any(d[0] == "X" and d[1] not in ("builtins", "typing", "abc") for d in described)


def _inherits(program: Program, engine: Engine, cls: Scope, base: Scope) -> bool:
    stack, seen = [cls], {cls.index}
    while stack:
        for value in engine.names.inheritance.bases(stack.pop()):
            description = engine.values[value]
            if description[0] != "C" or description[1] in seen:
                continue
            if description[1] == base.index:
                return True
            seen.add(description[1])
            stack.append(program.scopes[description[1]])
    return False


def names_a_mapper(scope: Scope) -> bool:
    """Whether what maps a class is named anywhere in a scope, without looking at what is called."""
    for operation in scope.facts.ops:
        at = _NAMES_AT.get(operation[0])
        if at is not None and operation[at] in _MAPPERS:
            return True
    return False


_NAMES_AT = {Op.ATTRIBUTE: 3, Op.FROM: 4, Op.FREE: 2}
"""Where an operation has a name."""


def _mapped_by_calls(program: Program, engine: Engine) -> Iterator[Scope]:
    for module in program.modules:
        for scope in module.scopes if not module.library else ():
            for operation in scope.facts.ops if names_a_mapper(scope) else ():
                if maps(scope, operation):
                    for value in engine.names.evaluate(scope, keyword_ref(operation, "class_", 0)):
                        description = engine.values[value]
                        if description[0] == "C" and not program.scopes[description[1]].library:
                            yield program.scopes[description[1]]
