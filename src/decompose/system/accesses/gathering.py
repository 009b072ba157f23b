"""What the linked program does to tables, and in which transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from decompose.linking import Linked
from decompose.linking.effects import ALONG, DECLARED
from decompose.linking.libraries import ACCESSES, IMPLIED, Implied, consequences
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses, order_of
from decompose.system.accesses.library import OPERATIONS, LibraryAccesses
from decompose.system.accesses.loaded import Loaded
from decompose.system.accesses.mapped_changes import MappedChanges
from decompose.system.accesses.named_columns import name_columns
from decompose.system.accesses.pending_changes import Written
from decompose.system.accesses.returned_queries import ReturnedQueries
from decompose.system.accesses.routines import RoutineAccesses
from decompose.system.accesses.sql_objects import SqlObjects
from decompose.system.accesses.sql_text import SqlAccesses
from decompose.system.accesses.unit_of_work import FLUSHED, LOOKED_UP, UnitOfWork
from decompose.system.accesses.writing_queries import drop_queries_that_write
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.placement import Placement
from decompose.system.model import BY_CASCADE, Access, Dependency, Resolution
from decompose.system.schema.tables import Schema
from decompose.system.sql.files import SqlFiles


class Accesses:
    """Collects accesses from all that tells of them."""

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        schema: Schema,
        files: SqlFiles,
        loaded: Loaded,
        arguments: Arguments,
    ) -> None:
        self.linked = linked
        self.arguments = arguments
        self.placement = placement
        self.schema = schema
        self.kept = FoundAccesses(linked, placement, schema.supposed())
        self.of_libraries = LibraryAccesses(linked, schema, self.kept, loaded)
        self.of_routines = RoutineAccesses(linked, schema, self.kept)
        self.of_text = SqlAccesses(linked, schema, self.kept, files, arguments, self.of_routines)
        self.of_sql_objects = SqlObjects(linked, schema, self.kept)
        self.returned = ReturnedQueries(linked, schema, self.kept)
        self.of_objects = MappedChanges(linked, placement, schema, self.kept, loaded.sites)

    def collect(self) -> list[Access]:
        """All accesses, sorted."""
        for step in (
            self.of_libraries.collect,
            partial(name_columns, self.linked, self.schema, self.kept),
            self.of_text.collect,
            self.of_routines.of_mappers,
            self.of_sql_objects.collect,
            self._through_mappers,
            self.returned.collect,
            self._implied,
            self.of_objects.collect,
            partial(drop_queries_that_write, self.linked, self.kept),
        ):
            self.linked.engine.attempt(step, None)
        return self.of_routines.with_triggers(self.kept.sorted())

    def told_again(
        self,
        accesses: Iterable[Access],
        dependencies: Collection[Dependency],
        below: Iterable[tuple[int, Value, str, Value, str, str, int]],
    ) -> list[Access]:
        """What is known of other code already: what sessions flush, what a framework does below a middleware, and what wrappers are asked to do."""
        accesses = list(accesses)
        known = {(a.definition, a.unit, a.table, a.operation) for a in accesses}
        found: dict[tuple[str, ...], Access] = {}
        for index, receiver, operation, value, _, rule, line in below:
            scope = self.linked.program.scopes[index]
            unit = self.placement.acting_unit(scope, receiver)
            said = "read" if operation == "scan" else operation
            for table in self.schema.tables_of_value(value) if operation in OPERATIONS else ():
                key = (scope.definition, unit, table, said)
                if key not in known:
                    made = self.kept.access(scope, unit, table, said, (), "execute", "inferred", rule, line)
                    found.setdefault(key, made)
        again = [*self.flushed(accesses, dependencies), *found.values(), *self.kept.told_elsewhere()]
        return sorted(again, key=order_of)

    def flushed(self, accesses: Iterable[Access], dependencies: Collection[Dependency]) -> list[Access]:
        """What sessions write where they flush: changes that ``accesses`` has where they are made."""
        known = {(a.definition, a.unit, a.table, a.operation) for a in accesses if a.role == "execute"}
        # What code asks for comes before what cascades do: of the two the first is told.
        written = sorted(
            UnitOfWork(self.linked, self.placement, self.arguments, accesses, dependencies).written(), key=_by_cascade
        )
        tables: dict[tuple[int, int], set[str]] = {}
        for flush, table, operation, _ in written:
            if operation != "read":
                tables.setdefault((flush.scope, flush.line), set()).add(table)
        found: dict[tuple[str, ...], Access] = {}
        for flush, table, operation, by_cascade in written:
            scope = self.linked.program.scopes[flush.scope]
            unit = self.placement.acting_unit(scope, flush.receiver)
            count = len(tables.get((flush.scope, flush.line), ()))
            rule = LOOKED_UP if operation == "read" else FLUSHED
            # Code that so many share flushes one of them at a time.
            rule = rule if count <= MAX_ALTERNATIVES else f"{rule}, one of {count} tables"
            rule = f"{rule}, {BY_CASCADE}" if by_cascade else rule
            resolution: Resolution = "inferred" if count <= MAX_ALTERNATIVES else "guessed"
            key = (scope.definition, unit, table, operation)
            if key not in known:
                made = self.kept.access(scope, unit, table, operation, (), "execute", resolution, rule, flush.line)
                found.setdefault(key, made)
        return self.of_routines.with_triggers(sorted(found.values(), key=order_of))

    def _through_mappers(self) -> None:
        """Calls that mappers without a summary make something of."""
        for recognise in ACCESSES:
            for found in recognise(self.linked):
                site, scope = found.site, found.site.frame.scope
                if self.linked.seen.acts_unseen(scope, site.frame.receiver):
                    continue
                if isinstance(found.table, Scope):
                    table = self.schema.table_of_class(found.table)
                elif found.table:
                    known = self.schema.resolve(found.table)
                    table = known or self.schema.add(found.table, "", "sql", scope.module.file, site.line)
                else:
                    reason = f"{found.operation} of a table whose name is not known"
                    self.kept.blind(scope.definition, scope.module.file, site.line, reason)
                    continue
                parts = self.schema.parts.get(table or "", ()) if found.whole else ()
                for touched in (table, *parts) if table else ():
                    rule = found.rule if touched == table else f"{found.rule}{ALONG}"
                    known = self.schema.resolve(touched)
                    if known is not None:
                        self.kept.add(
                            scope.index,
                            site.frame.receiver,
                            known,
                            found.operation,
                            (),
                            "execute",
                            "exact",
                            rule,
                            site.line,
                        )

    def _implied(self) -> None:
        told = {(a.definition.rpartition(".")[0], a.table, a.operation) for a in self.kept.accesses.values()}
        answering: dict[tuple[str, str, str, int], list[str]] = {}
        for recognise in IMPLIED:
            for found in recognise(self.linked):
                for operation, thing, rule in _with_cascades(self.linked, found):
                    table = self.schema.table_of(thing)
                    if table is not None and (found.besides or (found.cls.definition, table, operation) not in told):
                        line = found.line or found.cls.facts.line
                        self.kept.add(found.cls.index, -1, table, operation, (), "execute", "inferred", rule, line)
                        answering.setdefault((found.cls.definition, table, operation, line), []).append(found.answering)
        self._tell_who_answers(answering)

    def _tell_who_answers(self, answering: Mapping[tuple[str, str, str, int], list[str]]) -> None:
        """Which methods do what a class says once, or what happens where one of them leads on to a framework's, unless all may."""
        for key, access in self.kept.accesses.items():
            said = answering.get((access.definition, access.table, access.operation, access.line))
            if said is not None and all(said):
                names = {name for several in said for name in several.split()}
                self.kept.accesses[key] = msgspec.structs.replace(access, answering=tuple(sorted(names)))
        for key, methods in self.kept.answering.items():
            access = self.kept.accesses[key]
            self.kept.accesses[key] = msgspec.structs.replace(access, answering=tuple(sorted(methods)))


def _with_cascades(linked: Linked, found: Implied) -> Iterator[tuple[str, Scope | str, str]]:
    """What a class does by itself to the rows of its model, and what goes with that; the pages of an administration ask first."""
    if found.operation in DECLARED:
        for follows in consequences(linked, found.operation, found.model):
            yield follows.operation, follows.thing, found.rule
        return
    yield found.operation, found.between or found.model, found.rule
    if found.between:
        return
    if found.operation in ("insert", "update"):
        for follows in consequences(linked, found.operation, found.model):
            yield follows.operation, follows.thing, follows.rule(found.rule)
    if found.operation == "delete" and not found.asks_first:
        for follows in consequences(linked, "cascade", found.model):
            yield follows.operation, follows.thing, follows.rule(found.rule)


def _by_cascade(written: Written) -> bool:
    return written.by_cascade
