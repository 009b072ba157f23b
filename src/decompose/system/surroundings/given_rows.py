"""Which parameters are rows of tables: an object of a mapper cannot be sent, its identifier can."""

from __future__ import annotations

from collections.abc import Sequence

from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.linking.values import NAMED
from decompose.system.schema.tables import Schema

MANY_TABLES = 3
"""A parameter that may be a row of more tables than this is generic: it is told of none."""


def given_rows(linked: Linked, schema: Schema, functions: Sequence[Scope]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Function -> parameter -> the tables that what callers give for it is a row of; what is only assumed is not told."""
    wanted = {function.index: function for function in functions if function.facts.parameters}
    table_of: dict[int, str | None] = {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for frame in linked.engine.frames:
        function = wanted.get(frame.scope.index)
        if function is None or frame.general is not None:
            continue
        of_class = function.is_method and function.facts.flavour == "class"
        for name, ref, *_ in function.facts.parameters[1 if of_class else 0 :]:
            tables: set[str] = set()
            for value in linked.engine.values_of(linked.engine.node_of(frame, ref)):
                described = linked.values[value]
                if described[0] == "I" and NAMED not in described[3:]:
                    cls = described[1]
                    if cls not in table_of:
                        table_of[cls] = schema.table_meant(linked.program.scopes[cls])
                    table = table_of[cls]
                    if table is not None:
                        tables.add(table)
            if 0 < len(tables) <= MANY_TABLES:
                known = found.setdefault(function.definition, {})
                known[name] = tuple(sorted({*known.get(name, ()), *tables}))
    return found
