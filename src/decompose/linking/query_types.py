"""What a query touches besides its own rows stands in its type: a call that adds to that widens the type it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.linking.library_call import LibraryCall
    from decompose.linking.values import Value

MAX_QUERIES_AT_A_CALL = 6
"""Where more kinds of queries share a call, what it adds to each of them tells little and is left out."""

_ENLARGING = frozenset({"looks_up", "loads_along", "loads_required", "joins", "names", "forgets"})


def enlarges(call: LibraryCall) -> bool:
    """Whether the call adds to what a query touches."""
    for effect, _ in call.effects:
        if effect in _ENLARGING:
            return len(call.site.bound) <= MAX_QUERIES_AT_A_CALL
    return False


def enlarge(call: LibraryCall) -> None:
    """Bind the variables that stand for what a query touches besides its own rows."""
    for effect, arguments in call.effects:
        if effect == "names":
            _widen(call, arguments[0], (call.engine.values.intern("D", text) for text in _texts(call)))
        elif effect == "forgets":
            call.bindings.update((name, ()) for name in arguments)
        elif effect == "joins":
            _widen(call, arguments[0], (v for name in arguments[1:] for v in call.bindings.get(name, ())))
        elif effect in ("looks_up", "loads_along"):
            _widen(call, arguments[0], _across(call, arguments, loads=effect == "loads_along"))
        elif effect == "loads_required" and not (call.site.arguments or call.site.keywords):
            _require(call, *arguments)
    _renew_receiver(call)


def _require(call: LibraryCall, loaded: str, rows: str, names: str) -> None:
    """Relations whose keys are never empty are loaded along."""
    described = call.engine.values
    for entity in call.bindings.get(rows, ()):
        if described[entity][0] == "I":
            required = list(call.engine.relations.required(described[entity][1]))
            _widen(call, loaded, (value for _, value in required))
            _widen(call, names, (described.intern("D", path) for path, _ in required))


def _texts(call: LibraryCall) -> Iterator[str]:
    """The names that a call is given: constant strings and the names of keywords."""
    yield from (ref for ref in call.site.arguments if isinstance(ref, str))
    for name, ref in call.site.keywords:
        if name is not None:
            yield name
        if isinstance(ref, str):
            yield ref


def _across(call: LibraryCall, arguments: list[Any], *, loads: bool) -> Iterator[Value]:
    described = call.engine.values
    paths = [*_texts(call), *(described[v][1] for name in arguments[2:] for v in call.bindings.get(name, ()))]
    for entity in call.bindings.get(arguments[1], ()):
        if described[entity][0] == "I":
            for path in paths:
                yield from call.engine.relations.across(described[entity][1], path, loads=loads)


def _widen(call: LibraryCall, variable: str, values: Iterable[Value]) -> None:
    """Add to a variable, except for the rows that the receiver is about: those are no others."""
    described, known, own = call.engine.values, call.bindings.get(variable, ()), set()
    if call.receiver >= 0 and call.function.parent is not None:
        first = call.engine.names.type_parameters(call.function.parent)[:1]
        own = {described[v][:2] for name in first for v in call.bindings.get(name, ())}
    call.bindings[variable] = tuple(sorted({*known, *(v for v in values if described[v][:2] not in own)}))


def _renew_receiver(call: LibraryCall) -> None:
    """``Self`` is the receiver's class with the type arguments that its variables have by now."""
    engine, parent = call.engine, call.function.parent
    description = engine.values[call.receiver] if call.receiver >= 0 else ("",)
    if description[0] != "I" or parent is None:
        return
    arguments = list(description[2])
    for position, name in enumerate(engine.names.type_parameters(parent)):
        arguments[position : position + 1] = [call.bindings.get(name, ())]
    while arguments and not arguments[-1]:
        arguments.pop()
    call.bindings["Self"] = (engine.values.instance(description[1], tuple(arguments)),)
