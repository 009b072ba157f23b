"""Queries that write: ``query(Order).filter(...).delete()`` reads nothing, though a query is made on the way."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.libraries.consequence import AT_FLUSH
from decompose.linking.program import Scope
from decompose.system.accesses.found import FoundAccesses


def drop_queries_that_write(linked: Linked, kept: FoundAccesses) -> None:
    """Leave out the reading of a query that ends in a call that writes, on the same line or further down."""
    writing = [
        (key, access)
        for key, access in kept.accesses.items()
        if access.operation in ("update", "delete") and access.role == "execute"
    ]
    lines = _lines_of_chains(linked, {access.definition for _, access in writing})
    for (definition, unit, table, _, line), written in writing:
        for begun in {line, *lines.get((definition, line), ())}:
            query = kept.accesses.get((definition, unit, table, "read", begun))
            of_library = query is not None and query.rule.partition(":")[0].split(".")[0]
            if query is None or query.role != "build" or AT_FLUSH in query.rule:
                continue
            if written.rule.startswith(str(of_library)):
                del kept.accesses[definition, unit, table, "read", begun]


def _lines_of_chains(linked: Linked, definitions: set[str]) -> dict[tuple[str, int], set[int]]:
    """Definition and line of a call -> the lines of the calls before it in its chain, where there are others."""
    found: dict[tuple[str, int], set[int]] = {}
    for scope in linked.program.scopes:
        if scope.library or scope.definition not in definitions:
            continue
        for operation in scope.facts.ops:
            if operation[0] == Op.CALL:
                before = {line for line in _before(scope, operation) if line != operation[-1]}
                if before:
                    found.setdefault((scope.definition, operation[-1]), set()).update(before)
    return found


def _before(scope: Scope, call: list[object]) -> Iterator[int]:
    """The lines of the calls on whose results a call is made, one on the other."""
    steps: list[list[object]] = [call]
    for step in steps:
        for asked in scope.operations_producing(step[2]):
            made = scope.operations_producing(asked[2]) if asked[0] == Op.ATTRIBUTE else []
            if len(made) == 1 and made[0][0] == Op.CALL:
                yield made[0][-1]
                steps.append(made[0])
