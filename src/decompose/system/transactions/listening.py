"""Who listens to rows that are written: what runs for the rows of some tables only, and is given the row."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from decompose.facts.records import ParameterKind
from decompose.linking import Linked
from decompose.linking.values import Value
from decompose.system.calls.listeners import Heard
from decompose.system.calls.placement import Placement
from decompose.system.schema.tables import Schema
from decompose.system.transactions.narrowed import Actor, plain

_Call = tuple[str, int, str, str]
"""Who writes, at which line, who listens, and the unit that acts there."""


class Listeners:
    """Answers for one linked program. A line that saves whatever row it is given is heard by those who listen to that row."""

    def __init__(self, linked: Linked, placement: Placement, schema: Schema, heard: Iterable[Heard]) -> None:
        self._tables: dict[_Call, set[str]] = {}
        self._by: dict[str, set[str]] = {}
        for call, tables, by in heard:
            if tables:
                self._tables.setdefault((call.source, call.line, call.target, call.target_unit), set()).update(tables)
                self._by.setdefault(call.target, set()).update(by)
        scopes = linked.program.scopes
        for (caller, _, line, _, index, receiver), rows in linked.engine.implicit_calls.rows.items():
            function = scopes[index]
            written = {table for row in rows for table in _tables_of(linked, schema, row)}
            key = (scopes[caller].definition, line, function.definition, placement.acting_unit(function, receiver))
            self._tables.setdefault(key, set()).update(written)
        for index, names in linked.engine.implicit_calls.parameters_for_rows.items():
            rest = {p[0] for p in scopes[index].facts.parameters if p[4] == ParameterKind.STAR_STAR}
            self._by.setdefault(scopes[index].definition, set()).update(names | rest)

    def tables_heard(self, caller: Actor, line: int, listener: Actor) -> Collection[str]:
        """The tables whose rows make a listener run where a line writes them; none where it is called otherwise."""
        definition, unit = plain(listener)
        return self._tables.get((caller[0], line, definition, unit), ())

    def is_given_row(self, listener: str, name: str) -> bool:
        """Whether a parameter of a listener is the row that is written, or its class."""
        return name in self._by.get(listener, ())


def _tables_of(linked: Linked, schema: Schema, row: Value) -> Iterable[str]:
    table = schema.table_meant(linked.program.scopes[linked.values[row][1]])
    return (table,) if table is not None else ()
