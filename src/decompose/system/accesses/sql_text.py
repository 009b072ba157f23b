"""What SQL text does to tables: where it runs, and where it is made into a statement that runs elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from decompose.facts import HOLE
from decompose.linking import Linked
from decompose.linking.calls.outside import PASSED
from decompose.linking.program import Scope
from decompose.linking.sql_found import SqlUse
from decompose.linking.sql_text import begins_elsewhere, looks_like_sql
from decompose.linking.values import Value
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses
from decompose.system.accesses.routines import RoutineAccesses
from decompose.system.calls.arguments import Arguments
from decompose.system.model import APART, Resolution
from decompose.system.schema.tables import Schema
from decompose.system.sql.files import RunFromFile, SqlFiles, statements_in
from decompose.system.sql.handed import RUN_BY, Handed, Place
from decompose.system.sql.reading import is_broken, is_foreign, procedure_called, read_statement
from decompose.system.sql.templates import Templates

_TEMPORARY = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_FOR_UPDATE = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b", re.IGNORECASE)
NOT_UNDERSTOOD = "SQL text that is not understood"


class _Place(NamedTuple):
    """Where a statement of a file is; ``whole``: all that stands in the file is run."""

    file: str
    line: int
    whole: bool


class SqlAccesses:
    """The accesses of statements in text."""

    def __init__(
        self,
        linked: Linked,
        schema: Schema,
        kept: FoundAccesses,
        files: SqlFiles,
        arguments: Arguments,
        routines: RoutineAccesses,
    ) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept
        self.files = files
        self.routines = routines
        self.templates = Templates(linked, arguments, schema)
        self.handed = Handed(linked, arguments)
        self._layered: set[tuple[int, Value]] = set()
        """Scope and text: what a layer of the application's own runs for everybody."""
        self.sql_uses = self._sql_uses()

    def collect(self) -> None:
        """Statements where they run, those called by their names, those of which nothing is known, and those only made."""
        for step in (self._sql_accesses, self._named_statements, self._unknown_statements, self._statements_made):
            self.linked.engine.attempt(step, None)

    def _sql_uses(self) -> set[SqlUse]:
        """Each SQL text where it is run, for a layer of the application's own that runs everybody's: where it is given to it."""
        texts: dict[Place, set[Value]] = {}
        found = self.linked.engine.sql.uses
        for use in found:
            texts.setdefault((use.scope, use.line), set()).add(use.text)
        layer = self._layer({place: len(values) for place, values in texts.items()})
        self._layered = {(place[0], value) for place in layer for value in texts[place]}
        loading = self.files.loading if any(use.rule == PASSED for use in found) else set()
        own = {
            use
            for use in found
            if (use.scope, use.line) not in layer and not (use.rule == PASSED and (use.scope, use.line) in loading)
        }
        return own.union(self.handed.uses(layer))

    def _layer(self, texts: dict[Place, int]) -> set[Place]:
        """Where a layer of the application's own runs what it is given: many texts, or several in a class that does so elsewhere."""
        scopes = self.linked.program.scopes
        layer = {place for place in self.handed.inside if texts.get(place, 0) > MAX_ALTERNATIVES}
        classes = {scopes[index].parent for index, _ in layer if scopes[index].is_method}
        beside = {place for place in self.handed.inside - layer if texts.get(place, 0) > 1}
        return layer | {place for place in beside if scopes[place[0]].is_method and scopes[place[0]].parent in classes}

    def _sql_accesses(self) -> None:
        temporary = self._temporary_tables()
        texts = Counter((scope, line) for scope, line, _ in {(use.scope, use.line, use.text) for use in self.sql_uses})
        for use in sorted(self.sql_uses):
            scope = self.linked.program.scopes[use.scope]
            if scope.library or self.linked.seen.acts_unseen(scope, use.receiver):
                continue
            for text, place in self._statements(scope, use.text):
                self._tell(use, text, place, several=texts[use.scope, use.line] > 1, temporary=temporary)

    def _statements(self, scope: Scope, value: Value) -> Iterator[tuple[str, _Place | None]]:
        """The statements of a text, each with its place if that is a file."""
        text = self.linked.values[value][1]
        place = self.linked.engine.sql.places_of_files.get(value)
        if place is None:
            yield self.templates.filled(scope, text), None
        elif place[1]:
            yield self.templates.filled(scope, text), _Place(*place, whole=False)
        else:
            yield from ((each, _Place(place[0], line, whole=True)) for each, line in statements_in(text))

    def _tell(self, use: SqlUse, text: str, place: _Place | None, *, several: bool, temporary: Collection[str]) -> None:
        """What one statement does, where it is run."""
        index, receiver, value, rule, line = use
        scope = self.linked.program.scopes[index]
        accesses = read_statement(text)
        named = any(not access.table for access in accesses) and (
            self._named_by_classes(index, value, line)
            or self._named_by_callers(index, receiver, text, line)
            or self._named_by_values(index, receiver, text, line)
        )
        locks = _FOR_UPDATE.search(text) is not None
        # One of several texts that are run here, and of one table.
        alone = several and len({access.table for access in accesses}) == 1
        sure = place is None or (place.whole and not several)
        for access in accesses:
            if access.table.lower() in temporary or (not access.table and named):
                continue
            if not access.table:
                reason = f"{access.operation} of a table whose name is put together"
                self.kept.blind(scope.definition, scope.module.file, line, reason)
                continue
            table = self.schema.resolve(access.table)
            if table is None:
                file, at = (scope.module.file, line) if place is None else (place.file, place.line)
                table = self.schema.add(access.table, "", "sql", file, at)
            if locks and access.operation == "read":
                self.kept.lock(index, receiver, (table,), line)
            certain = not access.by_pattern and rule != PASSED and not rule.startswith(RUN_BY) and sure
            resolution: Resolution = "exact" if certain else "inferred"
            said = "SQL text" if place is None else f"SQL of {place.file}:{place.line}"
            said = f"{said}, by pattern" if access.by_pattern else said
            said = f"{said}, {rule}" if rule.startswith(RUN_BY) else said
            said = f"{said}{APART}" if alone or access.apart else said
            self.kept.add(index, receiver, table, access.operation, access.columns, "execute", resolution, said, line)
        if HOLE in text and not accesses:
            self.kept.blind(
                scope.definition, scope.module.file, line, "SQL text put together from parts that are not known"
            )
        elif is_broken(text):
            self.kept.blind(scope.definition, scope.module.file, line, NOT_UNDERSTOOD)
        self.routines.of_statement(scope, receiver, text, line)

    def _temporary_tables(self) -> set[str]:
        """Tables that a session makes for itself: they are gone when it ends, and nobody else sees them."""
        texts = {self.linked.values[use.text][1] for use in self.sql_uses}
        names = {name.lower() for text in texts for name in _TEMPORARY.findall(text)}
        return names - {name.lower() for name in self.schema.tables}

    def _named_by_classes(self, index: int, value: Value, line: int) -> bool:
        """A method names the table by an attribute that its classes set: each class that acts accesses its own.

        Returns whether any table is known.
        """
        rule = "SQL text, its table named by an attribute of the class"
        found: dict[tuple[int, Value, int, str], set[str]] = {}
        for made, at in self._where_made(index, value, line):
            scope = self.linked.program.scopes[made]
            text = self.templates.filled(scope, self.linked.values[value][1])
            for acting, filled in self.templates.filled_by_classes(scope, text):
                for access in read_statement(filled):
                    if access.table:
                        table = self.schema.resolve(access.table)
                        table = table or self.schema.add(access.table, "", "sql", scope.module.file, at)
                        found.setdefault((made, acting, at, access.operation), set()).add(table)
        for (made, acting, at, operation), tables in sorted(found.items()):
            if len(tables) > MAX_ALTERNATIVES:
                self.kept.too_many(made, acting, tables, operation, "execute", rule, at)
            for table in sorted(tables) if len(tables) <= MAX_ALTERNATIVES else ():
                self.kept.add(made, acting, table, operation, (), "execute", "inferred", rule, at)
        return bool(found)

    def _where_made(self, index: int, value: Value, line: int) -> list[Place]:
        """Scope and line of who puts text together that runs on a line: there, or where it is handed over."""
        if self.linked.values[value][1] in self.linked.program.scopes[index].facts.templates:
            return [(index, line)]
        place = (index, line)
        uses = self.handed.uses([place]) if place in self.handed.inside else ()
        return sorted({(made, at) for made, _, given, _, at in uses if given == value})

    def _named_by_callers(self, index: int, receiver: int, text: str, line: int) -> bool:
        """A wrapper is given the name of the table: who calls it accesses the table; the wrapper does where all name the same.

        Of several tables it accesses one at a time, and for whom is told of each caller: there it is only shown.

        Returns whether any caller names one.
        """
        named: set[tuple[str, str]] = set()
        by_default: set[tuple[str, str]] = set()
        rule = "SQL text, its table named by an argument"
        runs = self.linked.program.scopes[index]
        makers = [runs] if text in runs.facts.templates or HOLE not in text else self.templates.makers(text) or [runs]
        told = (t for made in makers for t in self.templates.filled_by_callers(made, self.templates.filled(made, text)))
        for site, filled in told:
            caller, at = (site.frame.scope, site.line) if site is not None else (runs, line)
            for access in read_statement(filled):
                if not access.table:
                    reason = f"{access.operation} of a table whose name is put together"
                    self.kept.blind(caller.definition, caller.module.file, at, reason)
                    continue
                table = self.schema.resolve(access.table) or ""
                if not table and not access.by_pattern:
                    table = self.schema.add(access.table, "", "sql", caller.module.file, at)
                if table:
                    (named if site is not None else by_default).add((table, access.operation))
                if table and site is not None:
                    self.kept.add(
                        caller.index, site.frame.receiver, table, access.operation, access.columns, "execute", "inferred",
                        rule, at,
                    )  # fmt: skip
        if len({table for table, _ in named}) > 1:
            for table, operation in sorted(named - by_default):
                self.kept.told_by_callers(index, receiver, table, operation, rule, line)
        else:
            by_default |= named
        self._one_of(index, receiver, by_default, rule, line)
        return bool(named or by_default)

    def _one_of(self, index: int, receiver: int, found: set[tuple[str, str]], rule: str, line: int) -> None:
        """A line does each operation to one of its tables at a time: (table, operation); those of many are guessed."""
        for operation in sorted({operation for _, operation in found}):
            tables = {table for table, each in found if each == operation}
            if len(tables) > MAX_ALTERNATIVES:
                self.kept.too_many(index, receiver, tables, operation, "execute", rule, line)
            for table in sorted(tables) if len(tables) <= MAX_ALTERNATIVES else ():
                self.kept.add(index, receiver, table, operation, (), "execute", "inferred", rule, line)

    def _named_by_values(self, index: int, receiver: int, text: str, line: int) -> bool:
        """The table is asked of an object that may be one of several: each of them is accessed, and guessed where they are many.

        Returns whether any table is known.
        """
        runs = self.linked.program.scopes[index]
        found: set[tuple[str, str]] = set()
        for made in [runs] if text in runs.facts.templates else self.templates.makers(text) or [runs]:
            for filled in self.templates.filled_by_values(made, self.templates.filled(made, text)):
                for access in read_statement(filled):
                    table = self.schema.resolve(access.table) if access.table else None
                    if table is not None:
                        found.add((table, access.operation))
        self._one_of(index, receiver, found, "SQL text, its table asked of an object", line)
        return bool(found)

    def _unknown_statements(self) -> None:
        """Statements of which nothing is known, neither text nor object, are run: each line is a blind spot."""
        engine = self.linked.engine
        known = {(use.scope, use.line) for use in engine.sql.uses}
        known |= {(index, line) for index, _, _, _, role, _, line in engine.accesses if role == "execute"}
        for site, ref in self.linked.statements_run():
            scope = site.frame.scope
            text = self.linked.constant(scope, ref)
            if (scope.index, site.line) in known:
                continue
            called = procedure_called(text) if isinstance(text, str) else ""
            if called:
                self.routines.of_procedure(scope, site.frame.receiver, called, site.line)
            elif isinstance(text, str) and HOLE not in text and not looks_like_sql(text) and is_foreign(text):
                self.kept.blind(scope.definition, scope.module.file, site.line, NOT_UNDERSTOOD)
            begun = isinstance(text, str) and begins_elsewhere(text)
            if (isinstance(text, str) and not begun) or self.handed.is_told((scope.index, site.line)):
                continue
            described = (self.linked.values[value][0] for value in self.linked.argument_values(site, ref))
            if begun or all(kind == "X" for kind in described):
                if self.files.is_read_from_file(site, ref):
                    self._run_from_files(self.files.executed(site, ref))
                    continue
                self.kept.blind(scope.definition, scope.module.file, site.line, "a statement of which nothing is known")

    def _named_statements(self) -> None:
        """Statements of files that are called by their names."""
        self._run_from_files(self.files.called_by_name())
        for site in self.files.unknown_names():
            scope = site.frame.scope
            self.kept.blind(
                scope.definition, scope.module.file, site.line, "a statement of a file that has none of this name"
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
                    self.kept.lock(scope.index, run.site.frame.receiver, (table,), run.site.line)
                resolution: Resolution = "exact" if run.sure and not access.by_pattern else "inferred"
                self.kept.add(
                    scope.index, run.site.frame.receiver, table, access.operation, access.columns, "execute", resolution,
                    f"SQL of {run.file}:{run.line}{APART if access.apart else ''}", run.site.line,
                )  # fmt: skip
            self.routines.of_statement(scope, run.site.frame.receiver, run.text, run.site.line)

    def _statements_made(self) -> None:
        """SQL text made into a statement here and run elsewhere, or by nothing in view."""
        run = {use.text for use in self.sql_uses}
        here = {(use.scope, use.text) for use in self.sql_uses}
        for index, receiver, value, line in sorted(self.linked.engine.sql.made):
            if self.linked.program.scopes[index].library or (index, value) in here or (index, value) in self._layered:
                continue
            said = "SQL text" if value in run else "SQL text that is not seen running"
            for access in read_statement(self.linked.values[value][1]):
                table = self.schema.resolve(access.table) if access.table else None
                if table is not None:
                    self.kept.add(
                        index, receiver, table, access.operation, access.columns, "build", "inferred", said, line
                    )
