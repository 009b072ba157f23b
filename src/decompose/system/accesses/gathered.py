"""The accesses that the engine met while it followed calls of libraries, gathered by place."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property
from typing import Any

from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.libraries import saved_rows, sqlalchemy_asynchronous, sqlalchemy_mapping, sqlalchemy_session
from decompose.linking.operands import brought_by
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.added_rows import AddedRows
from decompose.system.accesses.asked_by_templates import AskedByTemplates
from decompose.system.accesses.found import Place
from decompose.system.accesses.handed_rows import HandedRows
from decompose.system.accesses.kept_queries import KeptQueries
from decompose.system.accesses.loaded import Loaded
from decompose.system.accesses.loaded_collections import LoadedCollections
from decompose.system.accesses.saved_before import SavedBefore
from decompose.system.accesses.saved_rows import SavedRows
from decompose.system.accesses.unsaved_rows import UnsavedRows
from decompose.system.accesses.worked_out import WorkedOutProperties
from decompose.system.schema.tables import Schema

_ONE_NAME = re.compile(r"\$?\w+(?:\.\w+)*")
_LAZY = ".__get__"
_BETWEEN = f"{_LAZY}{ALONG}"
_OF_WHOLE_ROWS = frozenset({"read", "scan", "insert", "delete"})
_EITHER = frozenset({"insert", "update"})
_WITHOUT_CONSEQUENCES = frozenset({"delete", "scan", "lock"})


class GatheredAccesses:
    """Place -> the tables met there, without what is told elsewhere or touches nothing any more."""

    def __init__(self, linked: Linked, schema: Schema, loaded: Loaded) -> None:
        self.linked = linked
        self.schema = schema
        self.loaded = loaded
        self.found: dict[Place, set[str]] = {}
        """The tables, all of them or one at a time."""
        self.by_variables: dict[Place, set[str]] = {}
        """The same, where a variable holds columns of several."""
        self.further: dict[int, set[Place]] = {}
        """Class -> where its rows are touched so that more may follow."""
        self.assumed: set[Place] = set()
        """Where what is touched is only named like a model."""
        self.of_every: set[Place] = set()
        """Where any table there is may be meant."""
        self.together: dict[Place, set[frozenset[str]]] = {}
        """The tables that one statement gives rows of."""
        self._added = AddedRows(linked, loaded)
        self._asked = AskedByTemplates(linked, loaded)
        before = SavedBefore(linked, loaded)
        self._saved = SavedRows(linked, loaded, before)
        self._handed = HandedRows(self._saved, before)
        self._unsaved = UnsavedRows(linked, loaded)
        self._kept_queries = KeptQueries(linked, loaded)
        self._collections = LoadedCollections(linked, loaded)
        self._worked_out = WorkedOutProperties(linked, loaded)
        self._joined_tables: dict[int, frozenset[str]] = {}

    def gather(self) -> None:
        self._tables_only_named()
        engine = self.linked.engine
        told = self._told_for_others()
        # In order: what is known of a row depends on what was asked of the rows before it.
        for access in sorted(engine.accesses):
            index, receiver, said, value, role, rule, line = access
            scope = self.linked.program.scopes[index]
            if (index, rule, line) in told and self.linked.seen.own_class_is_unseen(scope, receiver):
                continue
            if self._is_no_access(scope, receiver, value, rule, line):
                continue
            shown = self._asked.rule(scope, line, rule, value)
            described = self.linked.values[value]
            row = described[1] if described[0] == "I" else -1
            number = brought_by(described)
            operands = engine.queries.operands[number] if number is not None else None
            if row == self._tuple:
                self._note_together((index, receiver, said, role, shown, line), described[2])
                continue
            for operation in self._written(scope, said, rule, line, row):
                if operands is not None and operands.tell_nothing(described[:2]):
                    continue
                place = index, receiver, operation, role, shown, line
                several = operands is not None and operands.is_one_of_several(described[:2])
                tables = (self.by_variables if several else self.found).setdefault(place, set())
                if self.schema.is_every_table(value):
                    self.of_every.add(place)
                tables.update(self.schema.tables_of_value(value) or self._named(described, scope, rule, line))
                if access in engine.assumed:
                    self.assumed.add(place)
                if row >= 0:
                    self._note_row(row, place)

    @cached_property
    def _tuple(self) -> int:
        """The class of rows of several."""
        return next((self.linked.values[value][1] for value in self.linked.engine.names.builtin("tuple")), -1)

    def _note_together(self, place: Place, positions: tuple[tuple[Value, ...], ...]) -> None:
        """A statement gives a row of each of several tables: it is not about one of them or another."""
        if all(len(rows) <= 1 for rows in positions):
            tables = frozenset(
                table for rows in positions for row in rows for table in self.schema.tables_of_value(row)
            )
            self.together.setdefault(place, set()).add(tables)

    def _written(self, scope: Scope, said: str, rule: str, line: int, row: int) -> Collection[str]:
        """What becomes of an operation where a row is saved or given to a session: one that is there is updated at most."""
        if said == "insert" and rule in sqlalchemy_session.ADDS:
            return self._added.operations(scope, line, row)
        if said in _EITHER and rule in saved_rows.BY_THEMSELVES_OR_FORMS:
            return (said,) if said in self._saved.operations(scope, rule, line, row) else ()
        if rule in saved_rows.HANDED:
            return sorted(self._handed.operations(scope, said, rule, line))
        if said in _EITHER and rule in sqlalchemy_session.MERGES:
            return (said,) if said in self._added.operations(scope, line, row, merged=True) else ()
        return (said,)

    def _is_no_access(self, scope: Scope, receiver: int, value: Value, rule: str, line: int) -> bool:
        """Whether the rows are there already, or nobody is seen to run the code for what it would act on."""
        kind = self.linked.values[value][0]
        if self._asynchronous and sqlalchemy_asynchronous.loads_nothing(scope, rule, line):
            return True
        if not scope.library and (
            (kind == "I" and rule.endswith(_LAZY) and self.loaded.before(scope, line, value))
            or (kind == "D" and rule.endswith(_BETWEEN) and self._is_related_loaded(scope, line))
        ):
            return True
        return (
            scope.library
            or self.linked.seen.acts_unseen(scope, receiver)
            or self._kept_queries.were_run(scope, rule, line)
            or self._collections.were_loaded(scope, rule, value, line)
            or self._unsaved.are_asked(scope, rule, line)
            or self._worked_out.were_selected(scope, rule, line)
        )

    @cached_property
    def _asynchronous(self) -> bool:
        return sqlalchemy_asynchronous.are_all_awaited(self.linked)

    def _note_row(self, cls: int, place: Place) -> None:
        """What else is touched with a row of a class."""
        _, _, operation, role, rule, _ = place
        if operation in _OF_WHOLE_ROWS:
            self._joined(cls, place)
        if role == "execute" and operation not in _WITHOUT_CONSEQUENCES and not rule.endswith(ALONG):
            self.further.setdefault(cls, set()).add(place)

    def _is_related_loaded(self, scope: Scope, line: int) -> bool:
        """Whether all rows that the relations of a line lead to are loaded: then the tables between are not asked either."""
        related = self._related.get((scope.index, line), ())
        return bool(related) and all(self.loaded.before(scope, line, value) for value in related)

    @cached_property
    def _related(self) -> dict[tuple[int, int], list[Value]]:
        """Scope and line -> the rows that its relations lead to."""
        found: dict[tuple[int, int], list[Value]] = {}
        for index, _, _, value, _, rule, line in sorted(self.linked.engine.accesses):
            if rule.endswith(_LAZY) and self.linked.values[value][0] == "I":
                found.setdefault((index, line), []).append(value)
        return found

    def _told_for_others(self) -> set[tuple[int, str, int]]:
        """Lines of methods of a generic class that are told of its objects of some type, each on its own.

        What they would do for an object of any type, of which there is none, is then only what all of them do together.
        """
        seen = self.linked.seen
        acting: dict[tuple[int, int], bool] = {}
        told: set[tuple[int, str, int]] = set()
        for index, receiver, _, _, _, rule, line in self.linked.engine.accesses:
            acts = acting.get((index, receiver))
            if acts is None:
                scope = self.linked.program.scopes[index]
                special = seen.is_own_class(scope, receiver) and receiver != self.linked.engine.own_receiver(scope)
                acts = acting[index, receiver] = special and not seen.acts_unseen(scope, receiver)
            if acts:
                told.add((index, rule, line))
        return told

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

    def _joined(self, cls: int, place: Place) -> None:
        """Each row of a class with joined inheritance has a part in the tables of its ancestors."""
        tables = self._joined_tables.get(cls)
        if tables is None:
            ancestors = sqlalchemy_mapping.joined(self.linked, self.linked.program.scopes[cls])
            found_for = (self.schema.table_of_class(ancestor) for ancestor in ancestors)
            tables = self._joined_tables[cls] = frozenset(table for table in found_for if table is not None)
        if tables:
            index, receiver, operation, role, rule, line = place
            along = rule if rule.endswith(ALONG) else f"{rule}{ALONG}"
            self.found.setdefault((index, receiver, operation, role, along, line), set()).update(tables)
