"""What calls of libraries do to tables, and what follows from it by what the classes declare."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import Any

from decompose.linking import Linked
from decompose.linking.effects import ALONG, ASKED_BY, CHOICES, COPY, EACH, RENDERED, SHOWN, TAKEN_FOR
from decompose.linking.libraries import consequences, sqlalchemy_mapping, sqlalchemy_session
from decompose.linking.libraries.consequence import AT_FLUSH
from decompose.linking.operands import brought_by
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.added_rows import AddedRows
from decompose.system.accesses.asked_by_templates import AskedByTemplates
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses, Place
from decompose.system.accesses.kept_queries import KeptQueries
from decompose.system.accesses.loaded import Loaded
from decompose.system.accesses.loaded_collections import LoadedCollections
from decompose.system.model import Resolution
from decompose.system.schema.tables import Schema

OPERATIONS = frozenset({"read", "insert", "update", "delete", "scan", "lock"})
_ONE_NAME = re.compile(r"\$?\w+(?:\.\w+)*")
_LAZY = ".__get__"
_BETWEEN = f"{_LAZY}{ALONG}"
_OF_WHOLE_ROWS = frozenset({"read", "scan", "insert", "delete"})
_WITHOUT_CONSEQUENCES = frozenset({"delete", "scan", "lock"})

_NONE: tuple[set[str], set[str]] = (set(), set())


class LibraryAccesses:
    """The accesses that the engine met while it followed calls of libraries."""

    def __init__(self, linked: Linked, schema: Schema, kept: FoundAccesses, loaded: Loaded) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept
        self.loaded = loaded
        self._added = AddedRows(linked, loaded)
        self._asked = AskedByTemplates(linked, loaded)
        self._kept_queries = KeptQueries(linked, loaded)
        self._collections = LoadedCollections(linked, loaded)
        self._joined_tables: dict[int, frozenset[str]] = {}

    def collect(self) -> None:
        found: dict[Place, set[str]] = {}
        further: dict[int, set[Place]] = {}
        assumptions: set[Place] = set()
        of_every: set[Place] = set()
        self._tables_only_named()
        told = self._told_for_others()
        by_variables: dict[Place, set[str]] = {}
        # In order: what is known of a row depends on what was asked of the rows before it.
        for index, receiver, said, value, role, rule, line in sorted(self.linked.engine.accesses):
            scope = self.linked.program.scopes[index]
            if (index, rule, line) in told and self.linked.seen.own_class_is_unseen(scope, receiver):
                continue
            lazy = rule.endswith(_LAZY) and not scope.library and self.linked.values[value][0] == "I"
            if lazy and self.loaded.before(scope, line, value):
                continue
            between = rule.endswith(_BETWEEN) and not scope.library and self.linked.values[value][0] == "D"
            if between and self._is_related_loaded(scope, line):
                continue
            if scope.library or self.linked.seen.acts_unseen(scope, receiver):
                continue
            if self._kept_queries.were_run(scope, rule, line) or self._collections.were_loaded(
                scope, rule, value, line
            ):
                continue
            shown = self._asked.rule(scope, line, rule, value)
            # Of a row that is there nothing but an update can be written.
            adds = said == "insert" and rule in sqlalchemy_session.ADDS
            described = self.linked.values[value]
            row = described[1] if described[0] == "I" else -1
            for operation in self._added.operations(scope, line, row) if adds else (said,):
                number = brought_by(described)
                operands = self.linked.engine.operands[number] if number is not None else None
                if operands is not None and operands.tell_nothing(described[:2]):
                    continue
                several = operands is not None and operands.is_one_of_several(described[:2])
                tables = (by_variables if several else found).setdefault(
                    (index, receiver, operation, role, shown, line), set()
                )
                if self.schema.is_every_table(value):
                    of_every.add((index, receiver, operation, role, shown, line))
                tables.update(self.schema.tables_of_value(value) or self._named(described, scope, rule, line))
                if (index, receiver, said, value, role, rule, line) in self.linked.engine.assumed:
                    assumptions.add((index, receiver, operation, role, shown, line))
                if described[0] == "I" and operation in _OF_WHOLE_ROWS:
                    self._joined(found, described[1], (index, receiver, operation, role, shown, line))
                follows = role == "execute" and operation not in _WITHOUT_CONSEQUENCES and not shown.endswith(ALONG)
                if follows and described[0] == "I":
                    further.setdefault(described[1], set()).add((index, receiver, operation, role, shown, line))
        # What is touched along with one of too many tables is no better known than that.
        unclear = {
            (place[0], place[1], place[4], place[5])
            for place, tables in found.items()
            if len(tables) > MAX_ALTERNATIVES and place[2] in ("read", "scan")
        }
        made_here = _made_here(found)
        for (index, receiver, operation, role, rule, line), tables in sorted(found.items()):
            if operation == "lock":
                self.kept.lock(index, receiver, tables)
                continue
            if operation not in OPERATIONS:
                continue  # nothing itself: what follows from it is
            said_operation = "read" if operation == "scan" else operation
            if rule.endswith(ALONG) and (index, receiver, rule.removesuffix(ALONG), line) in unclear:
                self.kept.too_many(index, receiver, tables, said_operation, role, rule, line)
                continue
            of_some, scattered = self._touched_by_some(index, receiver, rule, line) if rule.endswith(ALONG) else _NONE
            scattered = scattered & tables
            if scattered:
                self.kept.too_many(index, receiver, scattered, said_operation, role, rule, line)
            if rule.endswith(ALONG) or rule.startswith((SHOWN, EACH)):
                # Not one of several: the statement touches them all.
                for table in sorted(tables - scattered):
                    sure_along: Resolution = "inferred" if table in of_some or _is_inferred(rule) else "exact"
                    self.kept.add(index, receiver, table, said_operation, (), role, sure_along, rule, line)
                continue
            if len(tables) > MAX_ALTERNATIVES:
                every = (index, receiver, operation, role, rule, line) in of_every
                own = tables & made_here.get((index, receiver, operation), set()) if role == "execute" else set()
                for table in sorted(own):
                    said = f"{rule}, of the query made here among {len(tables)}"
                    self.kept.add(index, receiver, table, said_operation, (), role, "inferred", said, line)
                self.kept.too_many(index, receiver, tables, said_operation, role, rule, line, every=every)
                continue
            assumed = (index, receiver, operation, role, rule, line) in assumptions
            sure = len(tables) == 1 and not assumed and not _is_inferred(rule)
            resolution: Resolution = "exact" if sure else "inferred"
            said = rule if len(tables) == 1 else f"{rule}, of {len(tables)} tables that reach this line"
            said = f"{said}, named like a model" if assumed else said
            for table in sorted(tables):
                self.kept.add(index, receiver, table, said_operation, (), role, resolution, said, line)
        self._joined_by_variables(by_variables)
        self._consequences(further)

    def _joined_by_variables(self, found: dict[Place, set[str]]) -> None:
        """A variable that holds columns of several tables joins one of them at a time."""
        for (index, receiver, operation, role, rule, line), tables in sorted(found.items()):
            said = "read" if operation == "scan" else operation
            if len(tables) > MAX_ALTERNATIVES:
                self.kept.too_many(index, receiver, tables, said, role, rule, line)
                continue
            for table in sorted(tables) if said in OPERATIONS else ():
                self.kept.add(index, receiver, table, said, (), role, "inferred", rule, line)

    def _touched_by_some(self, index: int, receiver: int, rule: str, line: int) -> tuple[set[str], set[str]]:
        """What some of the queries that arrive at a line touch, not all, and what of it is only guessed.

        It is guessed where it is of many tables, and none of the queries touches them all or the function joins some itself: then the
        rest is of all that share the code on their way. What the function joins itself is neither.
        """
        engine = self.linked.engine
        queries = engine.touched_along.get((index, receiver, rule, line), ())
        each = [{table for v in query for table in self.schema.tables_of_value(v)} for query in queries]
        every = set[str]().union(*each)
        by_all = every.intersection(*each)
        if every == by_all:
            return _NONE
        here = engine.joined_by_function.get(index, ())
        own = {v for query in queries for v in query if self.linked.values[v][:2] in here}
        of_some = every.difference(*(self.schema.tables_of_value(v) for v in own)) - by_all
        scattered = len(every) > MAX_ALTERNATIVES and (bool(own) or every not in each)
        return of_some, of_some if scattered else set()

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

    def _joined(self, found: dict[Place, set[str]], cls: int, place: Place) -> None:
        """Each row of a class with joined inheritance has a part in the tables of its ancestors."""
        tables = self._joined_tables.get(cls)
        if tables is None:
            ancestors = sqlalchemy_mapping.joined(self.linked, self.linked.program.scopes[cls])
            found_for = (self.schema.table_of_class(ancestor) for ancestor in ancestors)
            tables = self._joined_tables[cls] = frozenset(table for table in found_for if table is not None)
        if tables:
            index, receiver, operation, role, rule, line = place
            along = rule if rule.endswith(ALONG) else f"{rule}{ALONG}"
            found.setdefault((index, receiver, operation, role, along, line), set()).update(tables)

    def _consequences(self, further: dict[int, set[Place]]) -> None:
        """What follows from an access by what the class declares: cascades, and rows that are loaded along."""
        alternatives: Counter[Place] = Counter()
        for places in further.values():
            alternatives.update(places)
        shared: dict[Place, Counter[tuple[str, str, str]]] = {}
        for cls, places in sorted(further.items()):
            scope = self.linked.program.scopes[cls]
            following: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
            for place in sorted(places):
                index, receiver, operation, role, rule, line = place
                found = following.get((operation, rule))
                if found is None:
                    found = following[operation, rule] = {
                        (follows.operation, table, follows.rule(rule))
                        for follows in consequences(self.linked, operation, scope, rule.rpartition(".")[2])
                        if (table := self.schema.table_of(follows.thing)) is not None
                    }
                if alternatives[place] > MAX_ALTERNATIVES and not rule.startswith((SHOWN, EACH)):
                    shared.setdefault(place, Counter()).update(found)
                    continue
                unproved = rule.startswith((ASKED_BY, CHOICES)) or TAKEN_FOR in rule
                sure = alternatives[place] == 1 and not unproved
                resolution: Resolution = "exact" if sure else "inferred"
                for does, table, said in sorted(found):
                    self.kept.add(index, receiver, table, does, (), _role(role, said), resolution, said, line)
        for place, counted in sorted(shared.items()):
            index, receiver, operation, role, rule, line = place
            if operation == COPY:
                tables = {table for _, table, _ in counted}
                self.kept.too_many(index, receiver, tables, "insert", role, rule, line)
                continue
            for (does, table, said), count in sorted(counted.items()):
                # Of code that too many share only what all of them do is told.
                if count == alternatives[place]:
                    self.kept.add(index, receiver, table, does, (), _role(role, said), "inferred", said, line)
            if operation not in OPERATIONS:
                self._guess(place, {(does, table) for does, table, _ in counted})

    def _guess(self, place: Place, following: set[tuple[str, str]]) -> None:
        """What may follow from something that touches no table itself, so that nothing else tells that it is not known."""
        index, receiver, _, role, rule, line = place
        for does in sorted({does for does, _ in following}):
            tables = {table for each, table in following if each == does}
            self.kept.too_many(index, receiver, tables, "read" if does == "scan" else does, role, rule, line)


def _made_here(found: dict[Place, set[str]]) -> dict[tuple[int, int, str], set[str]]:
    """Scope, receiver and operation -> the tables of the queries that the function makes itself."""
    made: dict[tuple[int, int, str], set[str]] = {}
    for (index, receiver, operation, role, rule, _), tables in found.items():
        if role == "build" and len(tables) <= MAX_ALTERNATIVES and not rule.endswith(ALONG):
            made.setdefault((index, receiver, operation), set()).update(tables)
    return made


def _role(role: str, rule: str) -> str:
    """What is looked up by a session's flush is only brought about by what is pending then."""
    return "build" if AT_FLUSH in rule else role


def _is_inferred(rule: str) -> bool:
    """Whether a rule rests on what no code proves, however few tables reach the line."""
    return rule.startswith((RENDERED, SHOWN, ASKED_BY, CHOICES)) or TAKEN_FOR in rule
