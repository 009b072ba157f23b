"""What the linked program does to tables, and in which transactions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.calls import PASSED
from decompose.linking.frames import Frame
from decompose.linking.libraries import ACCESSES, IMPLIED, consequences, sqlalchemy_schema, sqlalchemy_session
from decompose.linking.library_calls import ALONG, EACH, RENDERED, SHOWN
from decompose.linking.program import Scope
from decompose.linking.sql_text import looks_like_sql
from decompose.linking.values import Value
from decompose.system.arguments import Arguments
from decompose.system.handed import RUN_BY, Handed, Place, SqlUse
from decompose.system.loaded import Loaded
from decompose.system.model import Access, AccessRole, BlindSpot, Dependency, Operation, Resolution
from decompose.system.placement import Placement, without_inherited_copies
from decompose.system.schema import Schema
from decompose.system.sql import is_broken, is_foreign, procedure_called, read_statement
from decompose.system.sql_files import RunFromFile, SqlFiles
from decompose.system.templates import Templates
from decompose.system.unit_of_work import ASSIGNED, FLUSHED, UnitOfWork

_ROLES = {"execute": 0, "build": 1}
_QUALITY = {"exact": 0, "inferred": 1, "guessed": 2}
Actor = tuple[str, str]

_TEMPORARY = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_ONE_NAME = re.compile(r"\w+(?:\.\w+)*")
_FOR_UPDATE = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b", re.IGNORECASE)
_LAZY = ".__get__"
_Place = tuple[int, int, str, str, str, int]
"""Scope, receiver, operation, role, rule, line."""

_OF_WHOLE_ROWS = frozenset({"read", "scan", "insert", "delete"})
_OPERATIONS = frozenset({"read", "insert", "update", "delete", "scan", "lock"})
_WITHOUT_CONSEQUENCES = frozenset({"delete", "scan", "lock"})
_MAX_CHAIN = 64
NOT_UNDERSTOOD = "SQL text that is not understood"
REPLACED = "collection of a mapped object replaced"
"""The rule of the read of what was in it."""

MAX_ALTERNATIVES = 6
"""A line that may mean more tables than this is evidence for none of them; it is counted as a blind spot, and they are guessed."""


class Accesses:
    """Collects accesses; of equal ones the best-founded is kept."""

    def __init__(self, linked: Linked, placement: Placement, schema: Schema, files: SqlFiles, loaded: Loaded) -> None:
        self.linked = linked
        self.files = files
        self.loaded = loaded
        self.placement = placement
        self.schema = schema
        self.blind_spots: dict[tuple[str, int, str], BlindSpot] = {}
        self.arguments = Arguments(linked)
        self.templates = Templates(linked, self.arguments)
        self.handed = Handed(linked, self.arguments)
        self.sql_uses = self._sql_uses()
        self.locks: dict[Actor, set[str]] = {}
        """Tables whose rows a definition asks to be locked, by the definition and the unit that acts."""
        self._guessed: dict[tuple[str, str, str, str, int], Access] = {}
        self._joined_tables: dict[int, frozenset[str]] = {}
        self._own_calls: frozenset[int] | None = None
        self._kept: dict[tuple[str, str, str, str, int], Access] = {}

    def collect(self) -> list[Access]:
        """All accesses, sorted."""
        for step in (
            self._library_accesses,
            self._sql_accesses,
            self._named_statements,
            self._through_mappers,
            self._unknown_statements,
            self._statements_made,
            self._queries_returned,
            self._implied,
            self._assignments,
            self._constructions,
            self._changed_relations,
            self._without_queries_that_write,
        ):
            self.linked.engine.attempt(step, None)
        return self._sorted()

    def told_again(
        self,
        accesses: Iterable[Access],
        dependencies: Iterable[Dependency],
        below: Iterable[tuple[int, Value, str, Value, str, str, int]],
    ) -> list[Access]:
        """What is known of other code already: what sessions flush, and what a framework does below a middleware."""
        accesses = list(accesses)
        known = {(a.definition, a.unit, a.table, a.operation) for a in accesses}
        found: dict[tuple[str, ...], Access] = {}
        for index, receiver, operation, value, _, rule, line in below:
            scope = self.linked.program.scopes[index]
            unit = self.placement.acting_unit(scope, receiver)
            said = "read" if operation == "scan" else operation
            for table in self.schema.tables_of_value(value) if operation in _OPERATIONS else ():
                key = (scope.definition, unit, table, said)
                if key not in known:
                    made = self._access(scope, unit, table, said, (), "execute", "inferred", rule, line)
                    found.setdefault(key, made)
        return sorted([*self.flushed(accesses, dependencies), *found.values()], key=_order)

    def flushed(self, accesses: Iterable[Access], dependencies: Iterable[Dependency]) -> list[Access]:
        """What sessions write where they flush: changes that ``accesses`` has where they are made."""
        known = {(a.definition, a.unit, a.table, a.operation) for a in accesses if a.role == "execute"}
        written = list(UnitOfWork(self.linked, self.placement, accesses, dependencies).written())
        tables: dict[tuple[int, int], set[str]] = {}
        for flush, table, _ in written:
            tables.setdefault((flush.scope, flush.line), set()).add(table)
        found: dict[tuple[str, ...], Access] = {}
        for flush, table, operation in written:
            scope = self.linked.program.scopes[flush.scope]
            unit = self.placement.acting_unit(scope, flush.receiver)
            count = len(tables[flush.scope, flush.line])
            # Code that so many share flushes one of them at a time.
            rule = FLUSHED if count <= MAX_ALTERNATIVES else f"{FLUSHED}, one of {count} tables"
            resolution: Resolution = "inferred" if count <= MAX_ALTERNATIVES else "guessed"
            key = (scope.definition, unit, table, operation)
            if key not in known:
                made = self._access(scope, unit, table, operation, (), "execute", resolution, rule, flush.line)
                found.setdefault(key, made)
        return sorted(found.values(), key=_order)

    def _sorted(self) -> list[Access]:
        own = without_inherited_copies(
            self._kept.values(), self.placement, lambda a: ((a.definition, a.operation, a.line), a.unit, a.table)
        )
        return sorted(own, key=_order)

    def _library_accesses(self) -> None:
        found: dict[_Place, set[str]] = {}
        further: dict[int, set[_Place]] = {}
        assumptions: set[_Place] = set()
        of_every: set[_Place] = set()
        self._tables_only_named()
        # In order: what is known of a row depends on what was asked of the rows before it.
        for index, receiver, operation, value, role, rule, line in sorted(self.linked.engine.accesses):
            scope = self.linked.program.scopes[index]
            lazy = rule.endswith(_LAZY) and not scope.library and self.linked.values[value][0] == "I"
            if lazy and self.loaded.before(scope, line, value):
                continue
            if not scope.library and not self.linked.seen.acts_unseen(scope, receiver):
                tables = found.setdefault((index, receiver, operation, role, rule, line), set())
                described = self.linked.values[value]
                if self.schema.is_every_table(value):
                    of_every.add((index, receiver, operation, role, rule, line))
                tables.update(self.schema.tables_of_value(value) or self._named(described, scope, rule, line))
                if (index, receiver, operation, value, role, rule, line) in self.linked.engine.assumed:
                    assumptions.add((index, receiver, operation, role, rule, line))
                if described[0] == "I" and operation in _OF_WHOLE_ROWS:
                    self._joined(found, described[1], (index, receiver, operation, role, rule, line))
                follows = role == "execute" and operation not in _WITHOUT_CONSEQUENCES and not rule.endswith(ALONG)
                if follows and described[0] == "I":
                    further.setdefault(described[1], set()).add((index, receiver, operation, role, rule, line))
        for (index, receiver, operation, role, rule, line), tables in sorted(found.items()):
            if operation == "lock":
                self._lock(index, receiver, tables)
                continue
            if operation not in _OPERATIONS:
                continue  # nothing itself: what follows from it is
            said_operation = "read" if operation == "scan" else operation
            if rule.endswith(ALONG) or rule.startswith((SHOWN, EACH)):
                # Not one of several: the statement touches them all.
                for table in sorted(tables):
                    sure_along: Resolution = "inferred" if rule.startswith((RENDERED, SHOWN)) else "exact"
                    self._add(index, receiver, table, said_operation, (), role, sure_along, rule, line)
                continue
            if len(tables) > MAX_ALTERNATIVES:
                every = (index, receiver, operation, role, rule, line) in of_every
                self._too_many(index, receiver, tables, said_operation, role, rule, line, every=every)
                continue
            assumed = (index, receiver, operation, role, rule, line) in assumptions
            sure = len(tables) == 1 and not assumed and rule != RENDERED
            resolution: Resolution = "exact" if sure else "inferred"
            said = rule if len(tables) == 1 else f"{rule}, of {len(tables)} tables that reach this line"
            said = f"{said}, named like a model" if assumed else said
            for table in sorted(tables):
                self._add(index, receiver, table, said_operation, (), role, resolution, said, line)
        self._consequences(further)

    def _tables_only_named(self) -> None:
        """Tables that a call names and nothing else shows are known before what is touched along with others is told."""
        values = self.linked.values
        for index, receiver, _, value, _, rule, line in sorted(
            access for access in self.linked.engine.accesses if values[access[3]][0] == "D"
        ):
            scope = self.linked.program.scopes[index]
            seen = not scope.library and not self.linked.seen.acts_unseen(scope, receiver)
            if seen and not self.schema.tables_of_value(value):
                self._named(values[value], scope, rule, line)

    def _named(self, described: tuple[Any, ...], scope: Scope, rule: str, line: int) -> list[str]:
        """A table that a call names and nothing else shows."""
        if described[0] != "D" or rule.endswith(ALONG) or not _ONE_NAME.fullmatch(described[1]):
            return []
        return [self.schema.add(described[1], "", "sql", scope.module.file, line)]

    def _joined(self, found: dict[_Place, set[str]], cls: int, place: _Place) -> None:
        """Each row of a class with joined inheritance has a part in the tables of its ancestors."""
        tables = self._joined_tables.get(cls)
        if tables is None:
            ancestors = sqlalchemy_schema.joined(self.linked, self.linked.program.scopes[cls])
            found_for = (self.schema.table_of_class(ancestor) for ancestor in ancestors)
            tables = self._joined_tables[cls] = frozenset(table for table in found_for if table is not None)
        if tables:
            index, receiver, operation, role, rule, line = place
            along = rule if rule.endswith(ALONG) else f"{rule}{ALONG}"
            found.setdefault((index, receiver, operation, role, along, line), set()).update(tables)

    def _consequences(self, further: dict[int, set[_Place]]) -> None:
        """What follows from an access by what the class declares: cascades, and rows that are loaded along."""
        alternatives: Counter[_Place] = Counter()
        for places in further.values():
            alternatives.update(places)
        shared: dict[_Place, Counter[tuple[str, str]]] = {}
        for cls, places in sorted(further.items()):
            scope = self.linked.program.scopes[cls]
            for place in sorted(places):
                index, receiver, operation, role, rule, line = place
                found = {
                    (following, table)
                    for following, thing in consequences(self.linked, operation, scope)
                    if (table := self._table_of(thing)) is not None
                }
                if alternatives[place] > MAX_ALTERNATIVES:
                    shared.setdefault(place, Counter()).update(found)
                    continue
                resolution: Resolution = "exact" if alternatives[place] == 1 else "inferred"
                for following, table in sorted(found):
                    self._add(index, receiver, table, following, (), role, resolution, f"{rule}{ALONG}", line)
        for place, counted in sorted(shared.items()):
            index, receiver, _, role, rule, line = place
            for (following, table), count in sorted(counted.items()):
                # Of code that too many share only what all of them do is told.
                if count == alternatives[place]:
                    self._add(index, receiver, table, following, (), role, "inferred", f"{rule}{ALONG}", line)

    def _table_of(self, thing: Scope | str) -> str | None:
        return self.schema.resolve(thing) if isinstance(thing, str) else self.schema.table_of_class(thing)

    def _sql_uses(self) -> set[SqlUse]:
        """Each SQL text where it is run, for a layer of the application's own that runs everybody's: where it is given to it."""
        texts: dict[Place, set[Value]] = {}
        for index, _, value, _, line in self.linked.engine.sql_uses:
            texts.setdefault((index, line), set()).add(value)
        layer = {place for place in self.handed.inside if len(texts.get(place, ())) > MAX_ALTERNATIVES}
        own = {use for use in self.linked.engine.sql_uses if (use[0], use[4]) not in layer}
        return own.union(self.handed.uses(layer))

    def _sql_accesses(self) -> None:
        temporary = self._temporary_tables()
        for index, receiver, value, rule, line in sorted(self.sql_uses):
            scope = self.linked.program.scopes[index]
            if scope.library or self.linked.seen.acts_unseen(scope, receiver):
                continue
            text = self.templates.filled(scope, self.linked.values[value][1])
            unnamed = any(not access.table for access in read_statement(text))
            named = unnamed and self._named_by_callers(index, receiver, text, line)
            locks = _FOR_UPDATE.search(text) is not None
            for access in read_statement(text):
                if access.table.lower() in temporary:
                    continue
                if not access.table and named:
                    continue
                if not access.table:
                    self._blind(
                        scope.definition,
                        scope.module.file,
                        line,
                        f"{access.operation} of a table whose name is put together",
                    )
                    continue
                table = self.schema.resolve(access.table)
                if table is None:
                    table = self.schema.add(access.table, "", "sql", scope.module.file, line)
                if locks and access.operation == "read":
                    self._lock(index, receiver, (table,))
                certain = not access.by_pattern and rule != PASSED and not rule.startswith(RUN_BY)
                resolution: Resolution = "exact" if certain else "inferred"
                said = "SQL text" if not access.by_pattern else "SQL text, by pattern"
                said = f"{said}, {rule}" if rule.startswith(RUN_BY) else said
                self._add(index, receiver, table, access.operation, access.columns, "execute", resolution, said, line)
            if HOLE in text and not read_statement(text):
                self._blind(
                    scope.definition, scope.module.file, line, "SQL text put together from parts that are not known"
                )
            elif is_broken(text):
                self._blind(scope.definition, scope.module.file, line, NOT_UNDERSTOOD)

    def _temporary_tables(self) -> set[str]:
        """Tables that a session makes for itself: they are gone when it ends, and nobody else sees them."""
        texts = {self.linked.values[value][1] for _, _, value, _, _ in self.sql_uses}
        names = {name.lower() for text in texts for name in _TEMPORARY.findall(text)}
        return names - {name.lower() for name in self.schema.tables}

    def _named_by_callers(self, index: int, receiver: int, text: str, line: int) -> bool:
        """A wrapper is given the name of the table: who calls it accesses the table, and so does it, for few tables.

        Returns whether any caller names one.
        """
        found: set[tuple[str, str]] = set()
        rule = "SQL text, its table named by an argument"
        runs = self.linked.program.scopes[index]
        makers = [runs] if text in runs.facts.templates or HOLE not in text else self.templates.makers(text) or [runs]
        told = (t for made in makers for t in self.templates.filled_by_callers(made, self.templates.filled(made, text)))
        for site, filled in told:
            for access in read_statement(filled):
                caller = site.frame.scope
                if not access.table:
                    reason = f"{access.operation} of a table whose name is put together"
                    self._blind(caller.definition, caller.module.file, site.line, reason)
                    continue
                table = self.schema.resolve(access.table) or ""
                if not table and not access.by_pattern:
                    table = self.schema.add(access.table, "", "sql", caller.module.file, site.line)
                if table:
                    found.add((table, access.operation))
                    self._add(
                        caller.index, site.frame.receiver, table, access.operation, access.columns, "execute", "inferred",
                        rule, site.line,
                    )  # fmt: skip
        if len({table for table, _ in found}) <= MAX_ALTERNATIVES:
            for table, operation in sorted(found):
                self._add(index, receiver, table, operation, (), "execute", "inferred", rule, line)
        return bool(found)

    def _unknown_statements(self) -> None:
        """Statements of which nothing is known, neither text nor object, are run: each line is a blind spot."""
        engine = self.linked.engine
        known = {(index, line) for index, _, _, _, line in engine.sql_uses}
        known |= {(index, line) for index, _, _, _, role, _, line in engine.accesses if role == "execute"}
        for site, ref in self.linked.statements_run():
            scope = site.frame.scope
            text = self.linked.constant(scope, ref)
            if (scope.index, site.line) in known:
                continue
            called = procedure_called(text) if isinstance(text, str) else ""
            if called:
                reason = f"what the procedure {called} does is in the database"
                self._blind(scope.definition, scope.module.file, site.line, reason)
            elif isinstance(text, str) and HOLE not in text and not looks_like_sql(text) and is_foreign(text):
                self._blind(scope.definition, scope.module.file, site.line, NOT_UNDERSTOOD)
            if (isinstance(text, str) and text != HOLE) or self.handed.is_told((scope.index, site.line)):
                continue
            described = (self.linked.values[value][0] for value in self.linked.argument_values(site, ref))
            if text == HOLE or all(kind == "X" for kind in described):
                if self.files.is_read_from_file(site, ref):
                    self._run_from_files(self.files.executed(site, ref))
                    continue
                self._blind(scope.definition, scope.module.file, site.line, "a statement of which nothing is known")

    def _named_statements(self) -> None:
        """Statements of files that are called by their names."""
        self._run_from_files(self.files.called_by_name())
        for site in self.files.unknown_names():
            scope = site.frame.scope
            self._blind(
                scope.definition, scope.module.file, site.line, "a statement of a file that has none of this name"
            )

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
                    self._blind(scope.definition, scope.module.file, site.line, reason)
                    continue
                parts = self.schema.parts.get(table or "", ()) if found.whole else ()
                for touched in (table, *parts) if table else ():
                    rule = found.rule if touched == table else f"{found.rule}{ALONG}"
                    known = self.schema.resolve(touched)
                    if known is not None:
                        self._add(
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

    def _run_from_files(self, found: Iterable[RunFromFile]) -> None:
        """Statements of files: the access stands where they are run, and its rule says where the SQL is."""
        for run in found:
            scope = run.site.frame.scope
            if self.linked.seen.acts_unseen(scope, run.site.frame.receiver):
                continue
            for access in read_statement(run.text):
                if not access.table:
                    continue
                table = self.schema.resolve(access.table)
                if table is None:
                    table = self.schema.add(access.table, "", "sql", run.file, run.line)
                if access.operation == "read" and _FOR_UPDATE.search(run.text):
                    self._lock(scope.index, run.site.frame.receiver, (table,))
                resolution: Resolution = "exact" if run.sure and not access.by_pattern else "inferred"
                self._add(
                    scope.index, run.site.frame.receiver, table, access.operation, access.columns, "execute", resolution,
                    f"SQL of {run.file}:{run.line}", run.site.line,
                )  # fmt: skip

    def _statements_made(self) -> None:
        """SQL text made into a statement here and run elsewhere, or by nothing in view."""
        run = {value for _, _, value, _, _ in self.sql_uses}
        here = {(index, value) for index, _, value, _, _ in self.sql_uses}
        for index, receiver, value, line in sorted(self.linked.engine.sql_texts):
            if self.linked.program.scopes[index].library or (index, value) in here:
                continue
            said = "SQL text" if value in run else "SQL text that is not seen running"
            for access in read_statement(self.linked.values[value][1]):
                table = self.schema.resolve(access.table) if access.table else None
                if table is not None:
                    self._add(index, receiver, table, access.operation, access.columns, "build", "inferred", said, line)

    def _implied(self) -> None:
        told = {(a.definition.rpartition(".")[0], a.table, a.operation) for a in self._kept.values()}
        for recognise in IMPLIED:
            for found in recognise(self.linked):
                table = self.schema.table_of_class(found.model)
                if table is not None and (found.cls.definition, table, found.operation) not in told:
                    self._add(
                        found.cls.index, -1, table, found.operation, (), "execute", "inferred", found.rule,
                        found.cls.facts.line,
                    )  # fmt: skip

    def _queries_returned(self) -> None:
        """A query that a function makes and returns is built here and runs elsewhere."""
        found: dict[tuple[int, Value, int], set[str]] = {}
        along: dict[tuple[int, Value, int], set[str]] = {}
        for frame in self.linked.engine.frames:
            scope = frame.scope
            if scope.library or not scope.is_function or self.linked.seen.acts_unseen(scope, frame.receiver):
                continue
            for ref in scope.facts.returns:
                line = self._line_of_query(scope, ref)
                brought = self._brought(frame, ref) if line else {}
                for rows, touched in self._queries(frame, ref) if line else ():
                    place = (scope.index, frame.receiver, line)
                    for entity in rows:
                        found.setdefault(place, set()).update(self.schema.tables_of_value(entity))
                    known = set.intersection(*(brought.get(entity, set()) for entity in rows)) if rows else set()
                    for entity in set(touched) - known:
                        along.setdefault(place, set()).update(self.schema.tables_of_value(entity))
        for (index, receiver, line), tables in sorted(found.items()):
            if len(tables) > MAX_ALTERNATIVES:
                self._too_many(index, receiver, tables, "read", "build", "query returned", line)
                continue
            for table in sorted(tables | along.get((index, receiver, line), set())):
                self._add(index, receiver, table, "read", (), "build", "inferred", "query returned", line)

    def _queries(self, frame: Frame, ref: Ref) -> Iterator[tuple[Sequence[Value], Sequence[Value]]]:
        """The queries that a ref may be: the rows that each gives, and what it touches besides."""
        for value in self.linked.engine.values_of(self.linked.engine.node_of(frame, ref)):
            described = self.linked.values[value]
            cls = self.linked.program.scopes[described[1]] if described[0] == "I" else None
            operation = self.linked.hierarchy.member(cls, "__operation__") if cls is not None else None
            if operation is not None and operation.ref == "read":
                arguments = (*described[2], (), ())
                yield arguments[0], arguments[1]

    def _brought(self, frame: Frame, ref: Ref) -> dict[Value, set[Value]]:
        """Rows -> what their query touched already where this function got it from: from its callers, or from another function."""
        scope = frame.scope
        for _ in range(_MAX_CHAIN):
            producers = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
            asked = producers[0] if len(producers) == 1 else None
            if asked is None or asked[0] not in (Op.COPY, Op.NARROW, Op.CALL) or self._is_own_call(asked):
                break
            methods = scope.operations_producing(asked[2]) if asked[0] == Op.CALL else []
            receivers = [o[2] for o in methods if o[0] == Op.ATTRIBUTE]
            if asked[0] == Op.CALL and len(receivers) != 1:
                break
            ref = receivers[0] if asked[0] == Op.CALL else asked[2]
        brought: dict[Value, set[Value]] = {}
        for rows, touched in self._queries(frame, ref):
            for entity in rows:
                brought.setdefault(entity, set()).update(touched)
        return brought

    def _is_own_call(self, operation: list[Any]) -> bool:
        return operation[0] == Op.CALL and id(operation) in self._calls_of_application()

    def _lock(self, index: int, receiver: int, tables: Iterable[str]) -> None:
        scope = self.linked.program.scopes[index]
        self.locks.setdefault((scope.definition, self.placement.acting_unit(scope, receiver)), set()).update(tables)

    def _too_many(
        self, index: int, receiver: int, tables: set[str], operation: str, role: str, rule: str, line: int,
        *, every: bool = False,
    ) -> None:  # fmt: skip
        """So many callers share this code that it tells little about any of the tables: each is guessed.

        So it is with what is done to ``every`` table there is, one after the other.
        """
        scope = self.linked.program.scopes[index]
        reason = f"of one of {len(tables)} tables: too many callers share this code"
        spot = BlindSpot(
            kind="unknown table", definition=scope.definition, file=scope.module.file, line=line,
            reason=f"{operation} {'of every table, one after the other' if every else reason}",
        )  # fmt: skip
        self.blind_spots.setdefault((scope.definition, line, operation), spot)
        if role != "execute":
            return  # where it runs says it
        unit = self.placement.acting_unit(scope, receiver)
        said = f"{rule}, {'every table' if every else f'one of {len(tables)} tables'}"
        for table in sorted(tables):
            made = self._access(scope, unit, table, operation, (), role, "guessed", said, line)
            self._guessed.setdefault((scope.definition, unit, table, operation, line), made)

    def alternatives(self) -> list[Access]:
        """Accesses that are only guessed, sorted."""
        guessed = [access for key, access in self._guessed.items() if key not in self._kept]
        return sorted(guessed, key=_order)

    def _line_of_query(self, scope: Scope, ref: Ref) -> int:
        """The line of the call of a library that makes what is returned; 0 if it is made elsewhere."""
        origin = self.linked.origin(scope, ref)
        if origin is None or origin.scope is not scope or origin.operation[0] != Op.CALL:
            return 0
        asked = [o for o in scope.operations_producing(origin.operation[2]) if o[0] == Op.ATTRIBUTE]
        if not asked or id(origin.operation) in self._calls_of_application() or _is_of_given(scope, origin.operation):
            return 0
        return int(origin.operation[-1])

    def _calls_of_application(self) -> frozenset[int]:
        """The calls, by the identity of their operation, that lead to functions of the application only."""
        if self._own_calls is None:
            kinds: dict[int, set[bool]] = {}
            for site in self.linked.engine.sites:
                kinds.setdefault(id(site.operation), set()).update(kind == "library" for _, _, kind in site.targets)
            self._own_calls = frozenset(call for call, of_library in kinds.items() if of_library == {False})
        return self._own_calls

    def _assignments(self) -> None:
        """``order.status = "paid"`` on a mapped object is written by the next flush."""
        some: dict[tuple[int, int, int, str], dict[str, tuple[str, ...]]] = {}
        for frame, value, name, line in self.linked.engine.attribute_stores:
            description = self.linked.values[value]
            cls = self.linked.program.scopes[description[1]]
            if description[0] != "I" or frame.scope.library or not self.linked.inherits(cls, sqlalchemy_schema.BASE):
                continue
            if self.linked.seen.acts_unseen(frame.scope, frame.receiver):
                continue
            if frame.scope.facts.name == "__init__" and frame.scope.parent in self.linked.hierarchy.order(cls):
                continue
            meant = some.setdefault((frame.scope.index, frame.receiver, line, name), {})
            if not name:
                meant.update(dict.fromkeys(self._tables_of_rows(cls), ()))
                continue
            held = sqlalchemy_schema.column_of(self.linked, cls, name) or (cls, name)
            table = self.schema.table_of_class(held[0])
            known = self.schema.tables.get(table or "")
            if table is None or known is None or not any(column.name == held[1] for column in known.columns):
                continue
            meant[table] = (held[1],)
        for (index, receiver, line, _), columns in sorted(some.items()):
            if len(columns) > MAX_ALTERNATIVES:
                self._too_many(index, receiver, set(columns), "update", "build", ASSIGNED, line)
                continue
            for table in sorted(columns):
                self._add(index, receiver, table, "update", columns[table], "build", "inferred", ASSIGNED, line)

    def _tables_of_rows(self, cls: Scope) -> set[str]:
        """The tables that hold the rows of a class: with joined inheritance also those of its ancestors."""
        found = (self.schema.table_of_class(c) for c in (cls, *sqlalchemy_schema.joined(self.linked, cls)))
        return {table for table in found if table is not None}

    def _changed_relations(self) -> None:
        for change in sqlalchemy_session.changed_relations(self.linked):
            scope = self.linked.program.scopes[change.scope]
            if self.linked.seen.acts_unseen(scope, change.receiver):
                continue
            held = change.table
            table = self.schema.resolve(held) if isinstance(held, str) else self.schema.table_of_class(held)
            unit = self.placement.acting_unit(scope, change.receiver)
            made = (scope.definition, unit, table, "insert", change.line) in self._kept
            if table is not None and not (made and change.operation == "update"):
                read = change.operation == "read"
                role, rule = ("execute", REPLACED) if read else ("build", "relation of a mapped object changed")
                self._add(
                    change.scope, change.receiver, table, change.operation, (), role, "inferred", rule, change.line
                )

    def _constructions(self) -> None:
        """``OrderLine(...)`` makes a row once it is attached to a session, often through a relation of another object."""
        added = {(a.definition, a.unit, a.table) for a in self._kept.values() if a.operation == "insert"}
        for site in self.linked.engine.sites:
            scope = site.frame.scope
            if scope.library or not site.targets or self.linked.seen.acts_unseen(scope, site.frame.receiver):
                continue
            for value in self.linked.constructed(site):
                cls = self.linked.program.scopes[value]
                if not self.linked.inherits(cls, sqlalchemy_schema.BASE):
                    continue
                table = self.schema.table_of_class(cls)
                unit = self.placement.acting_unit(scope, site.frame.receiver)
                if table is None or (scope.definition, unit, table) in added:
                    continue
                if self.linked.result_is_used(site):
                    rule = "mapped object made"
                    self._add(
                        scope.index, site.frame.receiver, table, "insert", (), "build", "inferred", rule, site.line
                    )

    def _without_queries_that_write(self) -> None:
        """``query(Order).filter(...).delete()`` reads nothing: all calls of the chain stand on its first line."""
        for definition, unit, table, operation, line in list(self._kept):
            query = self._kept.get((definition, unit, table, "read", line))
            writes = operation in ("update", "delete") and query is not None
            if writes and query is not None and query.role == "build":
                written = self._kept[definition, unit, table, operation, line]
                if written.role == "execute" and written.rule.startswith(query.rule.partition(":")[0].split(".")[0]):
                    del self._kept[definition, unit, table, "read", line]

    def _add(
        self, index: int, receiver: int, table: str, operation: str, columns: tuple[str, ...], role: str,
        resolution: Resolution, rule: str, line: int,
    ) -> None:  # fmt: skip
        scope = self.linked.program.scopes[index]
        if resolution == "exact" and (index, rule.partition(":")[0]) in self.linked.engine.known_by_use:
            resolution = "inferred"
        unit = self.placement.acting_unit(scope, receiver)
        key = (scope.definition, unit, table, operation, line)
        known = self._kept.get(key)
        if known is not None:
            better = (_ROLES[role], _QUALITY[resolution], rule) < (
                _ROLES[known.role],
                _QUALITY[known.resolution],
                known.rule,
            )
            if not better:
                return
            columns = columns or known.columns
        self._kept[key] = self._access(scope, unit, table, operation, columns, role, resolution, rule, line)

    @staticmethod
    def _access(
        scope: Scope, unit: str, table: str, operation: str, columns: tuple[str, ...], role: str,
        resolution: Resolution, rule: str, line: int,
    ) -> Access:  # fmt: skip
        return Access(
            definition=scope.definition,
            table=table,
            operation=cast("Operation", operation),
            columns=columns,
            role=cast("AccessRole", role),
            resolution=resolution,
            rule=rule,
            file=scope.module.file,
            line=line,
            unit=unit,
        )

    def _blind(self, definition: str, file: str, line: int, reason: str) -> None:
        spot = BlindSpot(kind="dynamic sql", definition=definition, file=file, line=line, reason=reason)
        self.blind_spots.setdefault((definition, line, reason), spot)


def _is_of_given(function: Scope, call: list[Any]) -> bool:
    """Whether a chain of calls starts with a parameter: a query that is given is built by who gives it."""
    parameters = {parameter[1] for parameter in function.facts.parameters}
    waiting, seen = [call[2]], set[int]()
    while waiting:
        node = waiting.pop()
        if type(node) is not int or node < 0 or node in seen:
            continue
        if node in parameters and not (function.is_method and node == function.facts.parameters[0][1]):
            return True
        seen.add(node)
        waiting += [o[2] for o in function.operations_producing(node) if o[0] in (Op.COPY, Op.ATTRIBUTE, Op.CALL)]
    return False


def _order(access: Access) -> tuple[str, str, str, int, str]:
    return access.definition, access.table, access.operation, access.line, access.unit
