"""Objects that calls make, and what each of them has of its own: fields that its class declares with a call."""

from __future__ import annotations

from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.linked import Linked
from decompose.linking.origins import Given, Origin
from decompose.linking.program import Scope

OBJECT = -1
"""What stands for an object of a class, beside the class, where it is settled which one is meant."""


def classes_made(linked: Linked, made: Origin) -> list[Scope]:
    """The classes of the objects that an operation makes."""
    if made.operation[0] != Op.CALL:
        return []
    described = (linked.values[value] for value in linked.names.evaluate(made.scope, made.operation[1]))
    return [linked.program.scopes[d[1]] for d in described if d[0] == "I"]


def is_of_each(linked: Linked, step: tuple[Scope, Ref]) -> bool:
    """Whether each object has its own of what a class binds: a call describes it, that makes no object itself.

    ``items: list = field(default_factory=list)``, but not ``items = Items()``.
    """
    made = step[0].call_producing(step[1]) if step[0].facts.kind == ScopeKind.CLASS else None
    called = linked.names.evaluate(step[0], made[2]) if made is not None else ()
    return made is not None and all(linked.values[value][0] != "C" for value in called)


def made_with(scope: Scope, operation: list[Any], given: Given) -> list[tuple[Scope, Ref]]:
    """What the call that makes an object says of the field that an operation reads, where it is settled which object it is."""
    held = given.get((scope.index, operation[2]))
    call = held[0].call_producing(held[1]) if held is not None else None
    return [(held[0], ref) for name, ref in call[4] if name == operation[3]] if held is not None and call else []
