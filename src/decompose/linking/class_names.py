"""The names that classes have anything under: what no class has need not be looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decompose.linking import operators, put_into_classes

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

_KEEPING_OPERATORS = frozenset(
    {"add", "radd", "iadd", "mod", "mul", "or", "ror", "ior", "delattr", "sent", "returned", "caught"}
)
"""Operators that say something about SQL text, containers, generators and properties too."""


class ClassNames(NamedTuple):
    """Of all classes of a program."""

    own: frozenset[str] = frozenset()
    """What the classes of the application have in their bodies."""
    special: frozenset[str] = frozenset()
    """Special methods that any class has, or is given from elsewhere."""
    special_put_in: frozenset[str] = frozenset()
    descriptors_put_in: frozenset[str] = frozenset()
    telling_operators: frozenset[str] = frozenset()
    """Operators that may lead somewhere."""


def class_names_of(engine: Engine) -> ClassNames:
    """The names, once all modules are read."""
    classes = list(engine.program.classes())
    put_in = put_into_classes.special_methods_put_in(engine.program)
    special = put_in.union(name for cls in classes for name in cls.facts.names if name.startswith("__"))
    return ClassNames(
        own=frozenset(name for cls in classes if not cls.library for name in cls.facts.names),
        special=special,
        special_put_in=put_in,
        descriptors_put_in=put_into_classes.descriptors_put_in(engine),
        telling_operators=_KEEPING_OPERATORS | operators.operators_of(special),
    )
