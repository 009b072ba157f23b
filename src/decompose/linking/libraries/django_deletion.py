"""What deleting a Django object does to the tables that point to it, as Django's collector finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from decompose.linking.libraries.django_history import histories
from decompose.linking.libraries.django_listeners import listens_to_every_deletion
from decompose.linking.libraries.django_relations import generic_relations
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    MODEL,
    fields,
    has_table_of_its_own,
    is_abstract,
    is_proxy,
    mapped_class,
    on_delete_of,
    stored_parents,
    table_between,
    user_model,
)
from decompose.linking.libraries.frameworks.django_signals import receivers_of_models
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

Consequence = tuple[str, Scope | str]
"""An operation and the class, or the table without one, that it is done to."""


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
        self.generic: dict[int, list[Scope]] = {}
        listening = [r for r in receivers_of_models(linked) if r.signal in ("pre_delete", "post_delete")]
        self.histories = histories(linked)
        self.user = user_model(linked)
        self.signed = [history.table for history in self.histories.values() if history.user]
        """Tables with a key to users that is emptied when the user is gone."""
        self.heard = {sender for receiver in listening for sender in receiver.senders} | set(self.histories)
        """The models whose deletion somebody is told of, row by row."""
        self.all_heard = any(not r.senders for r in listening) or listens_to_every_deletion(linked)
        for cls in linked.application_classes():
            if not linked.inherits(cls, MODEL) or is_abstract(cls) or is_proxy(cls):
                continue
            for field in fields(linked, cls):
                for target in field.targets[:1]:
                    if field.relation != MANY_TO_MANY:
                        made = _Pointing(cls, on_delete_of(field))
                        self.pointing.setdefault(target.index, []).append(made)
                    elif has_table_of_its_own(linked, field):
                        for side in {cls.index, target.index}:
                            self.between.setdefault(side, []).append(table_between(linked, cls, field))
            self.generic[cls.index] = [target for _, target in generic_relations(linked, cls)]
            for parent in stored_parents(linked, cls):
                self.parents.setdefault(cls.index, []).append(parent)
                self.pointing.setdefault(parent.index, []).append(_Pointing(cls, "CASCADE", is_kind=True))

    def relating(self, cls: Scope) -> list[_Pointing]:
        """The models with a key to anything that a model has a generic relation to."""
        return [_Pointing(target, "CASCADE") for target in self.generic.get(cls.index, ())]

    def is_fast(self, cls: Scope, parent: Scope | None = None) -> bool:
        """Whether rows can be deleted without being read: nobody is told, nothing depends on them, and no table but that of
        ``parent`` holds a part of them.
        """
        if self.all_heard or cls.index in self.heard:
            return False
        kept = [p for p in self.pointing.get(cls.index, ()) if p.on_delete != "DO_NOTHING"]
        above = [p for p in self.parents.get(cls.index, ()) if p is not parent]
        return not kept and not self.between.get(cls.index) and not self.generic.get(cls.index) and not above


_TIES: WeakKeyDictionary[Linked, _Ties] = WeakKeyDictionary()


def _ties_of(linked: Linked) -> _Ties:
    ties = _TIES.get(linked)
    if ties is None:
        ties = _TIES[linked] = _Ties(linked)
    return ties


def with_parents(linked: Linked, operation: str, cls: Scope) -> Iterator[Consequence]:
    """What reading or writing rows does in the tables that hold the inherited part of them."""
    mapped = mapped_class(linked, cls)
    parents = _ties_of(linked).parents.get(mapped.index, ())
    for parent in parents:
        yield operation, parent
    if (
        operation == "update"
        and parents
        and not any(field.relation != MANY_TO_MANY for field in fields(linked, mapped))
    ):
        # There is nothing to update in a table that has a key alone: Django looks whether the row is there.
        yield "read", mapped


def consequences(linked: Linked, cls: Scope, *, selected: bool) -> Iterator[Consequence]:
    """What deleting a row does besides; rows that a query ``selected`` are read first when anything depends on them."""
    ties = _ties_of(linked)
    if selected and not ties.is_fast(cls):
        yield "read", cls
    seen = {cls.index}
    stack = [cls]
    above: set[int] = set()
    while stack:
        current = stack.pop()
        if current.index in ties.histories:
            yield "insert", ties.histories[current.index].table
        for table in ties.signed if current is ties.user else ():
            yield "update", table
        for table in ties.between.get(current.index, ()):
            yield "delete", table
            if ties.all_heard:
                yield "read", table
        for parent in ties.parents.get(current.index, ()):
            yield "delete", parent
            if parent.index not in seen:
                seen.add(parent.index)
                above.add(parent.index)
                stack.append(parent)
        for pointing in (*ties.pointing.get(current.index, ()), *ties.relating(current)):
            if pointing.is_kind and current.index in above:
                # The row is of the kind that is deleted already; Django looks for the others all the same.
                if pointing.cls.index not in seen:
                    yield "delete" if ties.is_fast(pointing.cls, current) else "read", pointing.cls
            elif pointing.on_delete == "CASCADE":
                yield "delete", pointing.cls
                if not ties.is_fast(pointing.cls):
                    yield "read", pointing.cls
                if pointing.cls.index not in seen:
                    seen.add(pointing.cls.index)
                    stack.append(pointing.cls)
            elif pointing.on_delete.startswith("SET"):
                yield "update", pointing.cls
            elif pointing.on_delete in ("PROTECT", "RESTRICT"):
                yield "read", pointing.cls
