"""Event buses of the application's own: who announces something under a constant name runs those who listen to that name.

``bus.publish("order.placed", order)`` goes through a table of lists, so `publish` calls the listeners of all names. Who is told by
whom is known all the same: by the name that each caller gives, and what the table has under it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.containers.keying import Asking
    from decompose.linking.engine import Engine

_MAX_LISTENERS = 40
_LEVELS = 2
"""Listeners may stand in the list beside something else: a priority, an owner."""


def wire(engine: Engine) -> None:
    """Add the calls from announcers to listeners, of the kind ``signal``."""
    announced = list(engine.given.picked())
    called = _called(engine, {asking.frame.scope.index for _, _, asking in announced})
    for site, key, asking in announced:
        listeners = {
            listener
            for listener in _listed(engine, asking, key)
            if _function(engine, listener)[0] in called[asking.frame.scope.index]
        }
        for listener in listeners if len(listeners) <= _MAX_LISTENERS else ():
            function, receiver = _function(engine, listener)
            call = ImplicitCall(site.frame.scope.index, site.frame.receiver, site.line, "signal", function, receiver)
            engine.implicit_calls.add_wired(call, f"listens to {key}")


def _called(engine: Engine, functions: set[int]) -> dict[int, set[int]]:
    """What each of some functions calls."""
    called: dict[int, set[int]] = {function: set() for function in functions}
    for site in engine.sites if functions else ():
        if site.frame.scope.index in called:
            called[site.frame.scope.index].update(index for index, _, kind in site.targets if kind == "call")
    return called


def _listed(engine: Engine, asking: Asking, key: Any) -> set[Value]:
    """The functions in the containers that stand under a key; a table with names of its own is one to pick from."""
    waiting = [engine.containers.slot(asking.every, key)]
    found: set[Value] = set()
    for level in range(_LEVELS + 1):
        values = {value for node in waiting for value in engine.values_of(node)}
        described = {value: engine.values[value] for value in values}
        if level:
            found.update(value for value, d in described.items() if d[0] in ("F", "B"))
        waiting = [
            d[2]
            for d in described.values()
            if d[0] == "O" and (level or d[1] != "dict" or not engine.containers.keyed(d[2]))
        ]
    return found


def _function(engine: Engine, value: Value) -> tuple[int, Value]:
    """The function that a value is, and whom it is bound to or -1."""
    described = engine.values[value]
    if described[0] == "B":
        return engine.values[described[1]][1], described[2]
    return described[1], -1
