"""Listeners of what sessions write: whoever changes rows of a class makes its listeners run, in the transaction that writes them.

Only what goes through the unit of work tells them: bulk statements of a query do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from decompose.linking import Linked
from decompose.linking.effects import WHERE_INSERTED, WHERE_UPDATED
from decompose.linking.libraries import FLUSHED_LATER, ROW_LISTENERS
from decompose.linking.libraries.sqlalchemy_session import PENDING
from decompose.linking.program import Scope
from decompose.system.accesses.unit_of_work import ASSIGNED, RULES
from decompose.system.calls.placement import Placement
from decompose.system.model import Access, Dependency, Table
from decompose.system.schema.tables import Schema

EVENT = "event of a row that a session writes"
"""The rule of a call of a listener."""


_AWAITED = {WHERE_INSERTED: "insert", WHERE_UPDATED: "update"}
_SAVING = frozenset(_AWAITED.values())


class Heard(NamedTuple):
    """A call of a listener, with the tables whose rows are written there, and the parameters by which it is given the row."""

    call: Dependency
    tables: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()


def listener_calls(
    linked: Linked, placement: Placement, schema: Schema, accesses: Collection[Access]
) -> Iterator[Heard]:
    """Who makes which listeners run, at each line that changes rows: of two transactions of one function each has its own."""
    listeners: dict[tuple[str, str], dict[Scope, set[str]]] = {}
    for found in (listener for find in ROW_LISTENERS for listener in find(linked)):
        table = schema.table_of_class(found.cls)
        if table is not None:
            listeners.setdefault((table, found.operation), {}).setdefault(found.function, set()).update(found.by)
    if not listeners:
        return
    made = {(a.definition, a.unit, a.table) for a in accesses if a.operation == "insert"}
    told: dict[tuple[str, str, int, int], Heard] = {}
    for a in accesses:
        changes = a.rule in RULES or a.rule.partition(", ")[0] in PENDING
        # What is assigned to an object that is new is inserted with it.
        if not changes or (a.rule == ASSIGNED and (a.definition, a.unit, a.table) in made):
            continue
        for function, by in listeners.get((a.table, a.operation), {}).items():
            key = (a.definition, a.unit, function.index, a.line)
            heard = told.get(key) or Heard(_call(placement, a.definition, a.unit, function, a.file, a.line))
            told[key] = heard._replace(tables=heard.tables | {a.table}, by=heard.by | by)
    yield from told.values()
    for outer, inner, line in (one for find in FLUSHED_LATER for one in find(linked)):
        yield Heard(
            _call(placement, outer.definition, placement.acting_unit(outer, -1), inner, outer.module.file, line)
        )


def run_by_what_is_done(
    calls: Iterable[Dependency], accesses: Collection[Access], tables: Collection[Table]
) -> Iterator[Dependency]:
    """The calls without those of hooks that wait for the other thing: what saves a row that was loaded inserts none."""
    of_model = {table.model: table.name for table in tables if table.model}
    done: dict[tuple[str, int, str], set[str]] | None = None
    for call in calls:
        awaited = next((operation for rule, operation in _AWAITED.items() if rule in call.rule), "")
        if awaited:
            if done is None:
                done = {}
                for a in accesses:
                    done.setdefault((a.definition, a.line, a.table), set()).add(a.operation)
            here = done.get((call.source, call.line, of_model.get(call.target_unit, "")), set())
            if here & _SAVING and awaited not in here:
                continue
        yield call


def _call(placement: Placement, source: str, unit: str, function: Scope, file: str, line: int) -> Dependency:
    return Dependency(
        source=source,
        target=function.definition,
        kind="signal",
        resolution="inferred",
        rule=EVENT,
        file=file,
        line=line,
        source_unit=unit,
        target_unit=placement.acting_unit(function, -1),
    )
