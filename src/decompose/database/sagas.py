"""Transactions that span services -> sagas: local transactions in order, pivot, compensations, anomalies.

The classification of steps and the countermeasures are those of Richardson, *Microservices Patterns* (2018), chapter 4, after
Garcia-Molina and Salem, *Sagas* (1987), and Frank and Zahle, *Semantic ACID properties* (1998).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from decompose.database.places import Places, place
from decompose.database.saga_parts import SAVE, Part, Write, arranged, parts_of
from decompose.database.split import Anomaly, ColumnGroup, LocalTransaction, Saga, SpanningTransaction
from decompose.database.ties import Actor
from decompose.system.model import Access

MAX_EVIDENCE = 5
_STATES = ("status", "state", "deleted_at", "is_deleted")
_OF_ADDRESSES = re.compile(r"city|country|county|postcode|postal|province|street|zip")
"""Beside columns of these names a ``state`` is a part of a country."""


def sagas_of(
    places: Places, spanning: Iterable[SpanningTransaction], groups: Mapping[str, Sequence[ColumnGroup]]
) -> list[Saga]:
    """One saga for each transaction that spans services, in the same order.

    ``groups``: table -> the groups of its columns that other services use.
    """
    return [_saga(places, item, groups) for item in spanning]


def _saga(places: Places, spanning: SpanningTransaction, groups: Mapping[str, Sequence[ColumnGroup]]) -> Saga:
    transaction = spanning.transaction
    append_only = places.ties.append_only
    parts = parts_of(places, spanning)
    ordered, coordinator, pivot, awaited = arranged(places, spanning, parts)
    steps = tuple(
        _step(places, number, part, pivot, append_only, awaited=part.service in awaited)
        for number, part in enumerate(ordered, 1)
    )
    style, reason = _style(ordered, steps, coordinator)
    passed = {
        step.actor for step in places.ties.walk((transaction.definition, transaction.unit), transaction.lines).steps
    }
    return Saga(
        definition=transaction.definition,
        unit=transaction.unit,
        file=transaction.file,
        line=transaction.line,
        services=tuple(part.service for part in ordered),
        coordinator=coordinator,
        style="orchestration" if style else "choreography",
        style_reason=reason,
        steps=steps,
        pivot=pivot,
        anomalies=tuple(_anomalies(places, ordered, pivot, passed)),
        idempotency=_idempotency(places, coordinator, parts.get(coordinator)),
        outbox=(coordinator,),
        remarks=tuple(_remarks(ordered, groups)),
        answering=transaction.answering,
    )


def _step(
    places: Places, number: int, part: Part, pivot: int, append_only: frozenset[str], *, awaited: bool
) -> LocalTransaction:
    operations = part.done()
    if number < pivot:
        kind, reason = "compensatable", "a later step may still fail, so this one must be undone then"
        if awaited:
            reason = f"rows of a later step point to those that it inserts; {reason}"
    elif number == pivot:
        kind = "pivot"
        if part.leaves:
            reason = f"it acts outside of the process ({part.leaves[0]}), which no database can take back"
        elif part.refuses:
            names = list(dict.fromkeys(part.refuses))
            reason = f"the last that may refuse ({', '.join(names[:2])}); once it is done the rest must be done too"
        else:
            reason = "the last step that others wait for; once it is done the rest must be done too"
    elif part.by_event:
        kind, reason = "retriable", "its writes are reached through signals only: nobody waits for them"
    elif part.by_cascade and not part.refuses:
        kind, reason = "retriable", "its rows only go with others that are deleted: it follows that event"
    elif all(write.access.table in append_only for write in part.writes):
        kind, reason = "retriable", "it only adds rows that are never changed"
    elif part.refuses:
        kind, reason = "retriable", "it comes after the point of no return, and is repeated until it is done"
    else:
        kind, reason = "retriable", "nothing in it was seen to refuse, so it may be done later and until it succeeds"
    undone = kind == "compensatable"
    return LocalTransaction(
        order=number,
        service=part.service,
        kind="compensatable" if undone else "pivot" if kind == "pivot" else "retriable",
        writes=tuple(f"{operation} {table}" for operation, table in operations),
        compensations=tuple(
            _compensation(places, operation, table, writes)
            for (operation, table), writes in reversed(operations.items())
        )
        if undone
        else (),
        reason=reason,
        evidence=tuple(dict.fromkeys(place(write.access) for write in part.writes))[:MAX_EVIDENCE],
        cascaded=tuple(
            f"{operation} {table}"
            for (operation, table), writes in operations.items()
            if all(write.access.by_cascade for write in writes)
        ),
    )


def _compensation(places: Places, operation: str, table: str, writes: list[Write]) -> str:
    state = _state_column(places, table)
    columns = sorted({column for write in writes for column in write.access.columns})
    marked = f", or mark it by its column {state} where others have seen it" if state else ""
    if operation == "insert":
        return f"delete the row that was inserted into {table}{marked}"
    if operation in ("update", SAVE):
        which = f"{', '.join(columns)} of {table}" if columns else f"the columns of {table} that it changed"
        new = f", or delete the row if it is new{marked}" if operation == SAVE else ""
        return f"restore {which}{new}; the saga keeps the old values"
    kept = f" (its column {state})" if state else ""
    return f"insert the deleted rows of {table} again: only mark them{kept} until the saga has ended"


def _state_column(places: Places, table: str) -> str:
    known = places.tables.get(table)
    names = {column.name for column in known.columns} if known is not None else set()
    if any(map(_OF_ADDRESSES.search, names)):
        names.discard("state")
    return next((name for name in _STATES if name in names), "")


def _style(parts: list[Part], steps: tuple[LocalTransaction, ...], coordinator: str) -> tuple[bool, str]:
    """Whether to orchestrate, and why."""
    asked = [s.service for s, p in zip(steps, parts, strict=True) if s.kind != "retriable" and p.service != coordinator]
    following = [s.service for s in steps if s.kind == "retriable" and s.service != coordinator]
    if not asked:
        who = ", ".join(following)
        return (
            False,
            f"only {coordinator} can fail; {who} follow{'s' if len(following) == 1 else ''} its event and answer{'s' if len(following) == 1 else ''} nothing",
        )
    undo = [s.service for s in steps if s.kind == "compensatable"]
    told = f"; {', '.join(following)} only listen{'s' if len(following) == 1 else ''}" if following else ""
    back = f", and {', '.join(undo)} must be undone in reverse order when a later step fails" if undo else ""
    return True, f"{coordinator} needs the answer of {', '.join(asked)}{back}{told}"


def _anomalies(places: Places, parts: list[Part], pivot: int, passed: set[Actor]) -> Iterable[Anomaly]:
    """Who else reads or writes what the steps before the pivot leave for others to see."""
    for part in parts[: pivot - 1]:
        written = dict.fromkeys(write.access.table for write in part.writes)
        updated = {write.access.table for write in part.writes if write.access.operation == "update"}
        for table in written:
            columns = _changed_columns(table, part)
            others = [
                a
                for a in places.accesses.get(table, ())
                if (a.definition, a.unit) not in passed
                and (not columns or not a.columns or a.operation == "delete" or columns & set(a.columns))
            ]
            state = _state_column(places, table)
            readers = [a for a in others if a.operation == "read"]
            if readers:
                lock = (
                    f"semantic lock: its column {state} says that the row is not final yet"
                    if state
                    else "semantic lock: add a column that says that the row is not final yet"
                )
                yield Anomaly(
                    kind="dirty read", table=table, places=len(readers), evidence=_who(readers), countermeasure=lock
                )
            writers = [a for a in others if a.operation in ("update", "delete")]
            if writers and table in updated:
                again = "reread the value before it is put back, or change it by a difference that commutes"
                yield Anomaly(
                    kind="lost update", table=table, places=len(writers), evidence=_who(writers), countermeasure=again
                )


def _changed_columns(table: str, part: Part) -> set[str]:
    """The columns that a step changes in rows that were there; empty where it does more, or they are not known."""
    found: set[str] = set()
    for write in part.writes:
        if write.access.table == table:
            if write.access.operation != "update" or not write.access.columns:
                return set()
            found.update(write.access.columns)
    return found


def _who(accesses: Iterable[Access]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for access in accesses:
        found[f"{access.definition} ({place(access)})"] = None
        if len(found) == MAX_EVIDENCE:
            break
    return tuple(found)


def _remarks(parts: Sequence[Part], groups: Mapping[str, Sequence[ColumnGroup]]) -> Iterable[str]:
    """Steps that are not needed where a table is split by columns."""
    for part in parts:
        written = {(w.access.table, column) for w in part.writes for column in w.access.columns or ("",)}
        home = {
            (table, column): group.service
            for table, of_table in groups.items()
            for group in of_table
            for column in group.columns
        }
        services = {home.get(item, "") for item in written}
        if written and "" not in services:
            columns = ", ".join(f"{table}.{column}" for table, column in sorted(written))
            yield f"{part.service} writes only {columns} here: if those columns move to {' and '.join(sorted(services))}, its step is not needed"


def _idempotency(places: Places, coordinator: str, part: Part | None) -> str:
    """What a repeated message is recognised by."""
    tables = [w.access.table for w in part.writes if w.access.operation == "insert"] if part is not None else []
    for table in dict.fromkeys(tables):
        unique = _natural_key(places, table)
        if unique:
            return f"{table}.{unique}, with the name of the step: every service keeps which it has done, in the same transaction"
    return f"an identifier that {coordinator} makes when the saga starts, with the name of the step: every service keeps which it has done, in the same transaction"


def _natural_key(places: Places, table: str) -> str:
    """Columns that are unique and never empty, and no keys to other tables."""
    known = places.tables.get(table)
    empty = {column.name for column in known.columns if column.nullable} if known is not None else set()
    keys = {column for key in places.system.foreign_keys if key.table == table for column in key.columns}
    for index in known.indexes if known is not None else ():
        if index.unique and index.columns and not (keys | empty) & set(index.columns) and not index.partial:
            return ", ".join(index.columns)
    return ""
