"""Triggers, functions and procedures of all sources, under the names of the tables and routines that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from decompose.system.model import Routine


def known_routines(routines: Sequence[Routine], resolve: Callable[[str], str | None]) -> tuple[Routine, ...]:
    """Each once; ``resolve`` gives the known table that a name means."""
    functions = {name for routine in routines if routine.kind != "trigger" for name in _names(routine.name.lower())}
    found: dict[tuple[str, str, str], Routine] = {}
    for routine in routines:
        table = resolve(routine.table) or routine.table
        own = routine.name.lower()
        known = msgspec.structs.replace(
            routine,
            table=table,
            tables_read=_tables(routine.tables_read, resolve),
            tables_written=_tables(routine.tables_written, resolve),
            does=_operations(routine.does, resolve),
            runs=tuple(name for name in routine.runs if name != own and not _names(name).isdisjoint(functions)),
        )
        found.setdefault((routine.kind, own, table), known)
    return tuple(sorted(found.values(), key=lambda r: (r.kind, r.name, r.table)))


def _names(name: str) -> set[str]:
    """A name, and the same without its schema."""
    return {name, name.rpartition(".")[2]}


def _tables(names: Iterable[str], resolve: Callable[[str], str | None]) -> tuple[str, ...]:
    return tuple(sorted({resolve(name) or name for name in names}))


def _operations(does: Iterable[str], resolve: Callable[[str], str | None]) -> tuple[str, ...]:
    each = (said.partition(" ") for said in does)
    return tuple(sorted({f"{operation} {resolve(name) or name}" for operation, _, name in each}))
