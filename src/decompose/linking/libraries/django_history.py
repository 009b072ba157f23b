"""Models whose rows a library copies, with each change, into a table that no class in the code has.

The summary says so of the attribute that asks for it: ``__copies_rows_into__`` is the pattern of the table's name,
``__read_by__`` the manager that the attribute is on the model, ``__made_by_user__`` the column of who made the change, which is
emptied when that user is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from decompose.linking.effects import COPY
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL, app_label, is_abstract, is_proxy, table_name
from decompose.linking.libraries.django_schema import library_class, said_of_field
from decompose.linking.libraries.django_silent_writes import sends_none
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_MARK = "__copies_rows_into__"
_CHANGES = frozenset({"insert", "update"})


class History(NamedTuple):
    """The copies of a model's rows: the attribute that gives them, its class, their table, the column of the user who made the
    change, and the line that asks for it.
    """

    attribute: str
    kept_by: Scope
    table: str
    user: str
    file: str
    line: int
    own_methods: frozenset[str]
    """What the application's own class does instead of the library's."""


_HISTORIES: WeakKeyDictionary[Engine, dict[int, History]] = WeakKeyDictionary()


def histories(linked: Linked) -> dict[int, History]:
    """Model -> its history."""
    known = _HISTORIES.get(linked.engine)
    if known is None:
        known = _HISTORIES[linked.engine] = {}
        keepers = {cls.index for cls in linked.program.classes() if cls.library and _MARK in cls.facts.names}
        models = list(linked.application_classes()) if keepers else []
        keepers |= {cls.index for cls in models if any(a.index in keepers for a in linked.hierarchy.order(cls))}
        for cls in models:
            if linked.inherits(cls, MODEL) and not is_abstract(cls) and not is_proxy(linked, cls):
                found = _history(linked, cls, keepers)
                if found is not None:
                    known[cls.index] = found
    return known


def contribute_histories(engine: Engine) -> None:
    """What the attribute gives on the model: a manager of the copies."""
    linked = Linked(engine)
    for index, history in sorted(histories(linked).items()):
        module, _, name = said_of_field(linked, history.kept_by, "__read_by__").partition(":")
        manager = library_class(linked.program, module, name)
        if manager is not None:
            rows = (engine.values.intern("D", history.table),)
            engine.contribute(index, history.attribute, engine.values.instance(manager.index, (rows,)))


def copied(linked: Linked, operation: str, cls: Scope, rule: str) -> Iterator[tuple[str, str]]:
    """What a change of rows adds to their history; methods that tell nobody add nothing, nor where a class of the application does."""
    history = histories(linked).get(cls.index)
    if history is None:
        return
    told = operation in _CHANGES and not sends_none(rule) and "post_save" not in history.own_methods
    if told or operation == COPY:
        yield "insert", history.table


def _history(linked: Linked, cls: Scope, keepers: set[int]) -> History | None:
    for owner in linked.hierarchy.order(cls):
        frame = linked.engine.class_frame(owner)
        for name, ref in () if owner.library else owner.facts.names.items():
            for value in sorted(linked.engine.values_of(linked.engine.node_of(frame, ref))):
                described = linked.values[value]
                if described[0] != "I" or described[1] not in keepers:
                    continue
                operation = owner.call_producing(ref)
                if operation is None or (owner is not cls and not _is_inherited(linked, owner, operation)):
                    continue
                kept_by = linked.program.scopes[described[1]]
                table = _table(linked, cls, owner, operation, kept_by)
                user = said_of_field(linked, kept_by, "__made_by_user__")
                own = frozenset(n for a in linked.hierarchy.order(kept_by) if not a.library for n in a.facts.names)
                return History(name, kept_by, table, user, owner.module.file, operation[-1], own)
    return None


def _is_inherited(linked: Linked, owner: Scope, operation: list[object]) -> bool:
    return is_abstract(owner) or linked.keyword(owner, operation, "inherit") is True


def _table(linked: Linked, cls: Scope, owner: Scope, operation: list[object], kept_by: Scope) -> str:
    given = linked.keyword(owner, operation, "table_name")
    if isinstance(given, str):
        return given
    asked = linked.keyword(owner, operation, "app")
    label = asked if isinstance(asked, str) else app_label(linked, cls)
    pattern = said_of_field(linked, kept_by, _MARK)
    return pattern.format(label=label, name=cls.facts.name.lower(), table=table_name(linked, cls))
