"""What a call of a library function does to rows, as its summary states: each effect here records what is accessed.

Each is given the call, the name of the effect and its arguments, and is applied again whenever more is known of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking import query_types
from decompose.linking.effects import ALONG, COPY, DECLARED, TAKEN_FOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from decompose.linking.library_call import LibraryCall
    from decompose.linking.values import Types

ACCESSES = frozenset({"read", "insert", "update", "delete", "cascade", "cascade_of_query", "scan", COPY})
WRITING = frozenset({"insert", "update", "delete", "cascade", "cascade_of_query"})
FOLLOWING = DECLARED | {"collect"}
"""Effects of which only the class itself tells what they do."""

ALWAYS_THE_SAME = ACCESSES | FOLLOWING | {"builds", "comes_in_order"}
"""Effects that depend only on what the type variables stand for."""


def _access(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    """The rows of the first variable are accessed, and of those behind it what comes along."""
    _record(call, effect, arguments[0], "execute")
    for variable in arguments[1:]:
        _record(call, effect, variable, "execute", ALONG)
    along = dict.fromkeys(value for variable in arguments[1:] for value in meant_by(call, variable))
    call.touch_along(_rule(call), tuple(along))


def _build(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """A query is made here and runs elsewhere."""
    _record(call, arguments[0], arguments[1], "build")


def _scan_in_order(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """What the usual order of the rows lies in is looked at."""
    rows, stated = (call.bindings.get(name, ()) for name in arguments)
    for value in query_types.usual_order(call.engine, rows, stated):
        call.access("scan", value, f"{call.function.definition}{ALONG}")


def _scan_where_joined(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    if call.bindings.get(arguments[1]):
        _record(call, "scan", arguments[0], "execute")


def _scan_across(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """What lies along paths of relations is looked at: from the rows that a variable, or a class of the summary, stands for."""
    engine, described = call.engine, call.engine.values
    for value in meant_by(call, arguments[0]):
        cls = described[value][1] if described[value][0] == "I" else -1
        for path in arguments[1:] if cls >= 0 else ():
            for touched in engine.relations.across(cls, path, loads=True):
                call.access("scan", touched, f"{call.function.definition}{ALONG}")


def meant_by(call: LibraryCall, name: str) -> Types:
    """What stands for a type variable; else rows of the class of the summary that has this name."""
    bound = call.bindings.get(name, ())
    top = call.function.module.top
    if bound or name not in top.facts.names:
        return bound
    named = call.engine.names.evaluate(top, top.facts.names[name])
    made = (call.engine.values.instance_of(value) for value in named if call.engine.values[value][0] == "C")
    return tuple(value for value in made if value is not None)


def _record(call: LibraryCall, operation: str, variable: str, role: str, how: str = "") -> None:
    rule = f"{_rule(call)}{how}"
    for value in meant_by(call, variable):
        if operation not in WRITING or not call.leaves(variable, value):
            call.access(operation, value, rule, role)


def _rule(call: LibraryCall) -> str:
    """The method by the name of its class that people know, and what is to be said of an object whose class no code proves."""
    described = call.engine.values[call.receiver] if call.receiver >= 0 else ("",)
    names = call.engine.program.scopes[described[1]].facts.names if described[0] == "I" else {}
    if "__is_taken_for_granted__" not in names:
        return call.function.definition
    owner, function = call.function.parent, call.function
    told = owner.facts.names.get("__told_as__") if owner is not None else None
    known = f"{function.module.name}:{told}.{function.facts.name}" if type(told) is str else function.definition
    return f"{known}{TAKEN_FOR}"


ON_ROWS: dict[str, Callable[[LibraryCall, str, list[Any]], None]] = {
    **dict.fromkeys(ACCESSES | FOLLOWING, _access),
    "builds": _build,
    "comes_in_order": _scan_in_order,
    "scans_where_joined": _scan_where_joined,
    "scans_across": _scan_across,
}
"""Effect -> what applies it."""
