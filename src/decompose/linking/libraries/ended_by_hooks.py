"""Requests around which the application itself puts a transaction: by what a framework calls at the end of each, or by a middleware."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.facts import Op
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.transaction_scopes import opened_at

_COMMITS = "commits"


def does_commit(linked: Linked, functions: Iterable[Scope]) -> bool:
    """Whether one of some functions commits, itself or by what it calls."""
    committing = {site.frame.scope.index for site, effect, _ in linked.engine.transactions if effect == _COMMITS}
    asked = {function.index for function in functions} if committing else set()
    if not asked.isdisjoint(committing):
        return True
    sites = linked.engine.sites if asked else ()
    return any(
        target in committing for site in sites if site.frame.scope.index in asked for target, _, _ in site.targets
    )


def goes_on_in_transaction(linked: Linked, middleware: Scope, name: str) -> bool:
    """Whether a function goes on to what it is given under a name, or has as an attribute, inside of a transaction, or commits behind it."""
    lines = _lines_of_calls(middleware, name)
    calls = [call for call in linked.engine.transactions if call[0].frame.scope is middleware] if lines else []
    if any(effect == _COMMITS and site.line > min(lines) for site, effect, _ in calls):
        return True
    decorating = [call for call in linked.engine.transactions if call[0].kind == "decorate"] if lines else []
    return any(
        found.extent == "whole" or found.first <= line <= found.last
        for found in opened_at(linked.engine, [*calls, *decorating])
        if found.scope == middleware.index and found.extent in ("whole", "block", "rest")
        for line in lines
    )


def _lines_of_calls(function: Scope, name: str) -> list[int]:
    given = {p[1] for p in function.facts.parameters if p[0] == name}
    calls = (operation for operation in function.facts.ops if operation[0] == Op.CALL)
    return [
        int(call[-1])
        for call in calls
        if (type(call[2]) is int and call[2] in given)
        or any(
            (asked[0] == Op.ATTRIBUTE and asked[3] == name) or (asked[0] == Op.FREE and asked[2] == name)
            for asked in function.operations_producing(call[2])
        )
    ]
