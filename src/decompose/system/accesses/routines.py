"""What code inside the database does for statements: functions and procedures that they call, triggers of tables that they write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import cast

import msgspec

from decompose.linking import Linked
from decompose.linking.libraries.database_functions import database_functions
from decompose.linking.program import Scope
from decompose.system.accesses.found import FoundAccesses, order_of
from decompose.system.model import APART, Access, Operation, Routine
from decompose.system.schema.tables import Schema
from decompose.system.sql.routines import Routines, unknown_function

_MOST_FIRED = 200
"""Of triggers that fire each other, a write is told no more."""


class RoutineAccesses:
    """The accesses of one linked program that happen inside the database."""

    def __init__(self, linked: Linked, schema: Schema, kept: FoundAccesses) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept

    @cached_property
    def routines(self) -> Routines:
        """The routines of the schema, as far as it is known when they are first asked for."""
        return Routines(self.schema.finished_routines())

    def of_statement(self, scope: Scope, receiver: int, text: str, line: int) -> None:
        """What the functions and procedures do that a statement calls; an unknown one that is all of it is a blind spot."""
        called = self.routines.called(text)
        for routine in called:
            self._tell(scope, receiver, routine, "execute", line)
        unknown = unknown_function(text) if not called else ""
        if unknown:
            self._blind(scope, line, f"what the function {unknown} does is in the database")

    def of_procedure(self, scope: Scope, receiver: int, name: str, line: int) -> None:
        """What a procedure does that is called by its name."""
        routine = self.routines.named(name)
        if routine is not None:
            self._tell(scope, receiver, routine, "execute", line)
        else:
            self._blind(scope, line, f"what the procedure {name} does is in the database")

    def of_mappers(self) -> None:
        """What functions do that a mapper's queries are given: told where they are given, and run there if the function runs any."""
        if not self.routines:
            return
        running = {site.frame.scope.index for site, _ in self.linked.statements_run()}
        running |= {index for index, _, _, _, role, _, _ in self.linked.engine.accesses if role == "execute"}
        for site, name in database_functions(self.linked):
            routine, scope = self.routines.named(name), site.frame.scope
            if routine is not None and not self.linked.seen.acts_unseen(scope, site.frame.receiver):
                role = "execute" if scope.index in running else "build"
                self._tell(scope, site.frame.receiver, routine, role, site.line)

    def with_triggers(self, accesses: Iterable[Access]) -> list[Access]:
        """``accesses`` with what triggers do because of them, and what those of the tables do that triggers write."""
        accesses = list(accesses)
        if not self.routines:
            return accesses
        known = {_key(access) for access in accesses}
        found: dict[tuple[str, str, str, str, int, str], Access] = {}
        for access in accesses:
            if access.resolution != "guessed" and access.operation != "read":
                for fired in self._fired_by(access):
                    if _key(fired) not in known:
                        found.setdefault(_key(fired), fired)
        return sorted([*accesses, *found.values()], key=order_of) if found else accesses

    def _fired_by(self, access: Access) -> Iterator[Access]:
        waiting, seen = [(access.table, access.operation)], {(access.table, access.operation)}
        while waiting and len(seen) < _MOST_FIRED:
            table, operation = waiting.pop()
            for trigger in self.routines.fired(table, operation):
                for done, touched, does in self._done(trigger):
                    through = "" if does is trigger else f"{trigger.kind} {trigger.name}, "
                    rule = f"{through}{does.kind} {_place(does)}{APART}"
                    if (touched, done) not in seen:
                        seen.add((touched, done))
                        waiting += [(touched, done)] if done != "read" else []
                        yield msgspec.structs.replace(
                            access, table=touched, operation=done, columns=(), resolution="inferred", rule=rule
                        )

    def _tell(self, scope: Scope, receiver: int, routine: Routine, role: str, line: int) -> None:
        for operation, table, does in self._done(routine):
            rule = f"SQL of {does.kind} {_place(does)}{APART}"
            self.kept.add(scope.index, receiver, table, operation, (), role, "inferred", rule, line)
        hidden = next((each for each in self.routines.all_of(routine) if each.hidden), None)
        if hidden is not None:
            reason = f"what the {hidden.kind} {hidden.name} does is not all known: {hidden.hidden}"
            self._blind(scope, line, reason)

    def _done(self, routine: Routine) -> Iterator[tuple[Operation, str, Routine]]:
        """Operation and known table of each access of a routine and of what it calls."""
        for each in self.routines.all_of(routine):
            for said in each.does:
                operation, _, name = said.partition(" ")
                table = self.schema.resolve(name)
                if table is not None:
                    yield cast("Operation", operation), table, each

    def _blind(self, scope: Scope, line: int, reason: str) -> None:
        self.kept.blind(scope.definition, scope.module.file, line, reason)


def _place(routine: Routine) -> str:
    return f"{routine.name} at {routine.file}:{routine.line}" if routine.file else routine.name


def _key(access: Access) -> tuple[str, str, str, str, int, str]:
    return access.definition, access.unit, access.table, access.operation, access.line, access.role
