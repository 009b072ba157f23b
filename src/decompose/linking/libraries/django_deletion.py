"""What deleting a Django object does to the tables that point to it, as Django's collector finds them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.libraries.consequence import BY_CASCADE, BY_COPY, Consequence
from decompose.linking.libraries.django_history import histories
from decompose.linking.libraries.django_listeners import listens_to_every_deletion
from decompose.linking.libraries.django_options import MODEL, is_abstract, is_proxy, mapped_class, stored_parents
from decompose.linking.libraries.django_relations import generic_relations
from decompose.linking.libraries.django_rows_below import models_below
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    fields,
    has_table_of_its_own,
    on_delete_of,
    table_between,
    user_model,
)
from decompose.linking.libraries.frameworks.django_signals import receivers_of_models
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once


class _Pointing(NamedTuple):
    """A model that has a key to another, what becomes of its rows, and whether the key says that it is a kind of the other."""

    cls: Scope
    on_delete: str
    is_kind: bool = False


class _Ties:
    """The keys and the tables between, by the model that they point to; the concrete parents of each model."""

    def __init__(self, linked: Linked) -> None:
        self.pointing: dict[int, list[_Pointing]] = {}
        self.between: dict[int, list[str]] = {}
        self.parents: dict[int, list[Scope]] = {}
        """Of a model all those above it that have a table, nearest first."""
        self.generic: dict[int, list[Scope]] = {}
        self._fast: dict[tuple[int, int], bool] = {}
        self.found: dict[tuple[int, bool], list[Consequence]] = {}
        """What was worked out: what follows from a deletion of a model, whether or not a query selects the rows."""
        listening = [r for r in receivers_of_models(linked) if r.signal in ("pre_delete", "post_delete")]
        self.histories = histories(linked)
        self.user = user_model(linked)
        self._linked = linked
        self.signed = [history.table for history in self.histories.values() if history.user]
        """Tables with a key to users that is emptied when the user is gone."""
        self.heard = {sender for receiver in listening for sender in receiver.senders} | set(self.histories)
        """The models whose deletion somebody is told of, row by row."""
        self.all_heard = any(r.of_all for r in listening) or listens_to_every_deletion(linked)
        for cls in linked.application_classes():
            if not linked.inherits(cls, MODEL) or is_abstract(cls) or is_proxy(linked, cls):
                continue
            for field in fields(linked, cls):
                for target in field.targets[:1]:
                    if field.relation != MANY_TO_MANY:
                        made = _Pointing(cls, on_delete_of(linked, field))
                        self.pointing.setdefault(target.index, []).append(made)
                    elif has_table_of_its_own(linked, field):
                        for side in {cls.index, target.index}:
                            self.between.setdefault(side, []).append(table_between(linked, cls, field))
            self.generic[cls.index] = [target for _, target in generic_relations(linked, cls)]
            above = stored_parents(linked, cls)
            if above:
                self.parents[cls.index] = above
            further = {parent.index for near in above for parent in stored_parents(linked, near)}
            for parent in above:
                if parent.index not in further:
                    self.pointing.setdefault(parent.index, []).append(_Pointing(cls, "CASCADE", is_kind=True))

    def family(self, cls: Scope) -> list[Scope]:
        """A model and those whose tables hold the inherited part of its rows."""
        return [cls, *self.parents.get(cls.index, ())]

    def looked_at(self, cls: Scope) -> list[Scope]:
        """What a look for rows of a model reads: its family, and what their order asks for."""
        described = (self._linked.values[value] for value in self._linked.engine.relations.in_order(cls.index))
        return [*self.family(cls), *(self._linked.program.scopes[d[1]] for d in described if d[0] == "I")]

    def depending(self, cls: Scope) -> Iterator[_Pointing]:
        """What Django asks for rows that depend on one of a model: whatever points to the row or to its inherited part, and what it
        has a generic relation to. Other kinds of what it inherits from are not asked.
        """
        for member in self.family(cls):
            for pointing in self.pointing.get(member.index, ()):
                if pointing.on_delete != "DO_NOTHING" and (member is cls or not pointing.is_kind):
                    yield pointing
            for target in self.generic.get(member.index, ()):
                yield _Pointing(target, "CASCADE")

    def is_fast(self, cls: Scope, parent: Scope | None = None) -> bool:
        """Whether rows can be deleted without being read: nobody is told, nothing depends on them, and no table but that of
        ``parent`` holds a part of them.
        """
        key = cls.index, parent.index if parent is not None else -1
        known = self._fast.get(key)
        if known is None:
            told = self.all_heard or cls.index in self.heard
            apart = any(above is not parent for above in self.parents.get(cls.index, ()))
            joined = any(self.between.get(member.index) for member in self.family(cls))
            known = self._fast[key] = not (told or apart or joined or any(True for _ in self.depending(cls)))
        return known


_ties_of = made_once(_Ties)


def with_parents(linked: Linked, operation: str, cls: Scope) -> Iterator[Consequence]:
    """What reading or writing rows does in the tables that hold the inherited part of them."""
    mapped = mapped_class(linked, cls)
    parents = _ties_of(linked).parents.get(mapped.index, ())
    for parent in parents:
        yield Consequence(operation, parent)
    if (
        operation == "update"
        and parents
        and not any(field.relation != MANY_TO_MANY for field in fields(linked, mapped))
    ):
        # There is nothing to update in a table that has a key alone: Django looks whether the row is there.
        yield Consequence("read", mapped)


def of_models_below(linked: Linked, cls: Scope) -> Iterator[Consequence]:
    """Where a query of a model gives rows of the models below it, what those have in tables of their own."""
    for below in models_below(linked, cls):
        yield Consequence("read", below, if_there=True)


def consequences(linked: Linked, cls: Scope, *, selected: bool) -> list[Consequence]:
    """What deleting a row does besides; rows that a query ``selected`` are read first when anything depends on them.

    As Django's collector does it: rows on which nothing depends, and of which nobody is told, are deleted without a look, whether or
    not there are any, and keys that are emptied are. Others are looked for, always; what happens to them, and to all that
    depends on them in turn, happens only if there are any.
    """
    ties = _ties_of(linked)
    known = ties.found.get((cls.index, selected))
    if known is None:
        known = ties.found[cls.index, selected] = list(_consequences(ties, cls, selected=selected))
    return known


def _consequences(ties: _Ties, cls: Scope, *, selected: bool) -> Iterator[Consequence]:
    if selected and not ties.is_fast(cls):
        yield from (Consequence("read", member) for member in ties.family(cls))
    seen = {cls.index}
    waiting = deque([(cls, False)])
    while waiting:
        current, if_there = waiting.popleft()
        family, own = ties.family(current), current is cls
        yield from (Consequence("delete", parent, if_there, "" if own else BY_CASCADE) for parent in family[1:])
        for member in family:
            history = ties.histories.get(member.index)
            if history is not None and "post_delete" not in history.own_methods:
                yield Consequence("insert", history.table, if_there, BY_COPY if own else BY_CASCADE)
            for table in ties.signed if member is ties.user else ():
                yield Consequence("update", table, if_there, BY_CASCADE)
            for table in ties.between.get(member.index, ()):
                yield Consequence("delete", table, if_there or ties.all_heard, BY_CASCADE)
                if ties.all_heard:
                    yield Consequence("read", table, if_there, BY_CASCADE)
        for pointing in ties.depending(current):
            fast = ties.is_fast(pointing.cls, current if pointing.is_kind else None)
            yield from _done_to(ties, pointing, if_there=if_there, fast=fast)
            if pointing.on_delete == "CASCADE" and not fast and pointing.cls.index not in seen:
                seen.add(pointing.cls.index)
                waiting.append((pointing.cls, True))


def looked_for(linked: Linked, cls: Scope) -> Iterator[Consequence]:
    """What is read to show what a deletion would take along: all that depends on a row, however fast Django could delete it."""
    ties = _ties_of(linked)
    seen = {cls.index}
    waiting = deque([(cls, False)])
    while waiting:
        current, if_there = waiting.popleft()
        for member in ties.family(current):
            yield from (Consequence("read", table, if_there) for table in ties.between.get(member.index, ()))
        for pointing in ties.depending(current):
            if pointing.on_delete == "SET_NULL":
                continue
            yield from (Consequence("read", member, if_there) for member in ties.family(pointing.cls))
            if pointing.on_delete == "CASCADE" and pointing.cls.index not in seen:
                seen.add(pointing.cls.index)
                waiting.append((pointing.cls, True))


def _done_to(ties: _Ties, pointing: _Pointing, *, if_there: bool, fast: bool) -> Iterator[Consequence]:
    """What Django sends for the rows of one model that depend on a row that is deleted."""
    at_once = (pointing.on_delete == "CASCADE" and fast) or pointing.on_delete in ("SET_NULL", "SET")
    if not at_once:
        # Where rows that are there forbid the deletion, they are asked for: nothing happens to them.
        how = "" if pointing.on_delete in ("PROTECT", "RESTRICT") else BY_CASCADE
        yield from (Consequence("read", member, if_there, how) for member in ties.looked_at(pointing.cls))
    if pointing.on_delete == "CASCADE":
        yield Consequence("delete", pointing.cls, if_there or not at_once, BY_CASCADE)
    elif pointing.on_delete.startswith("SET"):
        yield Consequence("update", pointing.cls, if_there or not at_once, BY_CASCADE)
