"""The calls in migrations, and what they are given, from the facts of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op, ScopeFacts

FORTH, BACK = ("code", 0), ("reverse_code", 1)
"""Where ``RunPython`` is given what it runs, there and back."""


def calls_named(scope: ScopeFacts, names: frozenset[str]) -> Iterator[tuple[str, list[Any]]]:
    """The calls in a scope of something that has one of these names, each with the name."""
    called = {operation[1]: operation[3] for operation in scope.ops if operation[0] == Op.ATTRIBUTE}
    called.update((operation[1], operation[4]) for operation in scope.ops if operation[0] == Op.FROM)
    for operation in scope.ops:
        if operation[0] == Op.CALL and called.get(operation[2]) in names:
            yield called[operation[2]], operation


def argument(call: list[Any], name: str, position: int = -1) -> Any:
    """An argument of a call, by keyword or position; None if it is not there."""
    found = next((ref for keyword, ref in call[4] if keyword == name), None)
    return call[3][position] if found is None and 0 <= position < len(call[3]) else found


def sql_text(given: Any) -> str:
    """SQL as it is given: one text, or a list of statements."""
    listed = given[1] if isinstance(given, list) and given[0] == "c" and isinstance(given[1], list) else [given]
    return ";\n".join(statement for statement in listed if isinstance(statement, str))


def functions_run(scope: ScopeFacts, place: tuple[str, int]) -> Iterator[str]:
    """The names of the functions that ``RunPython`` is given in one of its places."""
    for _, operation in calls_named(scope, frozenset({"RunPython"})):
        yield from functions_named(scope, argument(operation, *place))


def functions_named(scope: ScopeFacts, ref: Any) -> Iterator[str]:
    """The name that an argument is, where it is one."""
    for operation in scope.ops if type(ref) is int else ():
        if operation[0] == Op.FREE and operation[1] == ref:
            yield operation[2]
