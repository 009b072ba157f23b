"""Changes of mapped objects, which a session writes later: attributes assigned, relations changed, objects made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from decompose.facts import HOLE
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.libraries import (
    sqlalchemy_asynchronous,
    sqlalchemy_mapping,
    sqlalchemy_mutable,
    sqlalchemy_session,
)
from decompose.linking.program import Scope
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses
from decompose.system.accesses.new_objects import NewObjects
from decompose.system.accesses.unit_of_work import ASSIGNED, ATTACHED, MADE
from decompose.system.accesses.unsaved_objects import UnsavedObjects
from decompose.system.calls.placement import Placement
from decompose.system.schema.tables import Schema

REPLACED = "collection of a mapped object replaced"
"""The rule of the read of what was in it."""


class MappedChanges:
    """The accesses that a unit of work makes of changes of objects, where they are made."""

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        schema: Schema,
        kept: FoundAccesses,
        sites: Mapping[int, Sequence[Site]],
    ) -> None:
        self.linked = linked
        self.placement = placement
        self.schema = schema
        self.kept = kept
        self.new_objects = NewObjects(linked)
        self.unsaved_objects = UnsavedObjects(linked, sites)
        self._unsaved: set[tuple[int, int]] = set()
        """Scope and line of what makes objects that nobody saves."""

    def collect(self) -> None:
        """In order: what was made and assigned may be attached to a relation too."""
        for step in (self._constructions, self._assignments, self._changed_relations):
            self.linked.engine.attempt(step, None)

    def _assignments(self) -> None:
        """``order.status = "paid"`` on a mapped object is written by the next flush, of a new one with its insert."""
        some: dict[tuple[int, int, int, str], dict[str, tuple[str, ...]]] = {}
        shared: dict[tuple[int, int, int, str], set[str]] = {}
        stores = self.linked.engine.attribute_stores
        for frame, value, name, line in (*stores, *sqlalchemy_mutable.changed_in_place(self.linked)):
            description = self.linked.values[value]
            cls = self.linked.program.scopes[description[1]]
            if description[0] != "I" or frame.scope.library or not self.linked.inherits(cls, sqlalchemy_mapping.BASE):
                continue
            if self.linked.seen.acts_unseen(frame.scope, frame.receiver):
                continue
            if frame.scope.facts.name == "__init__" and frame.scope.parent in self.linked.hierarchy.order(cls):
                continue
            place = (frame.scope.index, frame.receiver, line, name)
            meant = some.setdefault(place, {})
            if not name:
                tables = self._tables_of_rows(cls)
                meant.update(dict.fromkeys(tables, ()))
                shared[place] = shared.get(place, tables) & tables
                continue
            if HOLE in name:
                meant.update(self._columns_named_like(cls, name))
                continue
            held = sqlalchemy_mapping.column_of(self.linked, cls, name) or (cls, name)
            table = self.schema.table_of_class(held[0])
            known = self.schema.tables.get(table or "")
            if table is None or known is None or not any(column.name == held[1] for column in known.columns):
                continue
            meant[table] = (held[1],)
        for (index, receiver, line, name), columns in sorted(some.items()):
            made = self.new_objects.makings(self.linked.program.scopes[index], name, line) if name else None
            if made and all((index, at) in self._unsaved for at in made):
                continue
            operation, rule = ("insert", MADE) if made else ("update", ASSIGNED)
            told = set(columns)
            if len(columns) > MAX_ALTERNATIVES:
                self.kept.too_many(index, receiver, told, operation, "build", rule, line)
                told = shared.get((index, receiver, line, name), set())  # each of the objects has a part there
            for table in sorted(told):
                self.kept.add(index, receiver, table, operation, columns[table], "build", "inferred", rule, line)

    def _columns_named_like(self, cls: Scope, name: str) -> dict[str, tuple[str, ...]]:
        """Table -> its columns that a name which is put together may be: ``setattr(order, f"{kind}_address", address)``."""
        pattern = re.compile(".+".join(map(re.escape, name.split(HOLE))))
        found = {}
        for table in self._tables_of_rows(cls):
            known = self.schema.tables.get(table)
            columns = tuple(c.name for c in known.columns if pattern.fullmatch(c.name)) if known is not None else ()
            if columns:
                found[table] = columns
        return found

    def _tables_of_rows(self, cls: Scope) -> set[str]:
        """The tables that hold the rows of a class: with joined inheritance also those of its ancestors."""
        found = (self.schema.table_of_class(c) for c in (cls, *sqlalchemy_mapping.joined(self.linked, cls)))
        return {table for table in found if table is not None}

    def _constructions(self) -> None:
        """``OrderLine(...)`` makes a row once it is attached to a session, often through a relation of another object."""
        added = {(a.definition, a.unit, a.table) for a in self.kept.accesses.values() if a.operation == "insert"}
        for site, classes in self.linked.constructions():
            scope = site.frame.scope
            if self.linked.seen.acts_unseen(scope, site.frame.receiver):
                continue
            for index in classes:
                cls = self.linked.program.scopes[index]
                if not self.linked.inherits(cls, sqlalchemy_mapping.BASE):
                    continue
                table = self.schema.table_of_class(cls)
                unit = self.placement.acting_in(site.frame)
                if table is None or (scope.definition, unit, table) in added:
                    continue
                if not self.linked.result_is_used(site):
                    continue
                if not self.unsaved_objects.may_save(site, cls):
                    self._unsaved.add((scope.index, site.line))
                    continue
                self.kept.add(
                    scope.index, site.frame.receiver, table, "insert", (), "build", "inferred", MADE, site.line
                )

    def _changed_relations(self) -> None:
        made: dict[tuple[str, str, str], list[tuple[str, str, str, str, int]]] = {}
        for key, access in self.kept.accesses.items():
            if access.rule == MADE:
                made.setdefault(key[:3], []).append(key)
        loaded = sqlalchemy_asynchronous.are_all_awaited(self.linked)
        for change in sqlalchemy_session.changed_relations(self.linked):
            if loaded and change.operation == "read":
                continue
            scope = self.linked.program.scopes[change.scope]
            if self.linked.seen.acts_unseen(scope, change.receiver):
                continue
            held = change.table
            table = self.schema.resolve(held) if isinstance(held, str) else self.schema.table_of_class(held)
            if table is None:
                continue
            unit = self.placement.acting_unit(scope, change.receiver)
            attached = made.get((scope.definition, unit, table), ()) if change.operation == "update" else ()
            for key in attached:  # it comes along with the object that it is attached to
                self.kept.accesses[key] = msgspec.structs.replace(self.kept.accesses[key], rule=ATTACHED)
            if not any(key[-1] == change.line for key in attached):
                read = change.operation == "read"
                role, rule = ("execute", REPLACED) if read else ("build", ATTACHED)
                self.kept.add(
                    change.scope, change.receiver, table, change.operation, (), role, "inferred", rule, change.line
                )
