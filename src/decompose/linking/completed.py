"""Methods that a decorator makes of others of a class, as ``total_ordering`` makes ``>`` of ``<`` and ``==``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.effects import effects_of
from decompose.linking.found_once import found_once

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope

_COMPLETES = "completes"


@found_once
def also_called(engine: Engine, cls: Scope, asked: str, found: str) -> tuple[str, ...]:
    """What else of a class is called where ``asked`` was made of ``found``, as the decorators of the class and its ancestors say."""
    also: dict[str, None] = {}
    for owner in engine.hierarchy.order(cls):
        for ref in owner.facts.decorators if not owner.library and owner.parent is not None else ():
            for value in engine.names.evaluate(owner.parent or owner, ref):
                description = engine.values[value]
                decorator = engine.program.scopes[description[1]] if description[0] == "F" else None
                if decorator is None or not decorator.library:
                    continue
                for effect, arguments in effects_of(engine, decorator):
                    if effect == _COMPLETES and arguments[0] == found and asked in arguments[1].split():
                        also.update(dict.fromkeys(arguments[2:]))
    return tuple(also)
