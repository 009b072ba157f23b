"""Classes of the application below ``dict`` or ``list``: what is put into their objects is kept for each class, as attributes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.found_once import found_once
from decompose.linking.places import ITEMS
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope

_KINDS = frozenset({"dict", "list"})


@found_once
def container_of(engine: Engine, cls: Scope, method: str, arguments: tuple[Types, ...] = ()) -> Value | None:
    """What the objects of a class hold, for a ``method`` that the class has from the language's own; None where it holds nothing so.

    With type arguments, or whatever stands in their place, it is what those objects hold alone.
    """
    member = engine.hierarchy.member(cls, method)
    if cls.library or member is None or not member.owner.library:
        return None
    kind = engine.hierarchy.member(cls, "__container__")
    if kind is None or not kind.owner.library or kind.ref not in _KINDS:
        return None
    above = [a for a in engine.hierarchy.order(cls) if not a.library and kind.owner in engine.hierarchy.order(a)]
    every = engine.fields(above[-1].index, ITEMS)
    if arguments and above[-1] is cls:
        apart = engine.fields_of(engine.values.instance(cls.index, arguments), ITEMS)
        engine.containers.merge(apart, every)
        every = apart
    container = engine.values.intern("O", str(kind.ref), every)
    engine.held_by_class.add(container)
    return container


def makes(engine: Engine, cls: Scope, kind: str) -> bool:
    """Whether containers of a kind are what a class of a library makes, or what it stands for: ``Iterable`` for all."""
    made = engine.hierarchy.member(cls, "__container__") if cls.library else None
    return made.ref == kind if made is not None else cls.definition == "builtins:Iterable"


def is_of_own_class(engine: Engine, container: Value) -> bool:
    """Whether a container is what objects of a class hold: their methods are named as that class has them."""
    return container in engine.held_by_class
