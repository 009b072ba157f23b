"""What listeners of SQLAlchemy's events are given: by the event's name and what it is listened to on.

``@event.listens_for(Order, "before_update")`` gives ``mapper, connection, target``. What rests on it is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.sqlalchemy_columns import called_name
from decompose.linking.libraries.sqlalchemy_mapping import table_name
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import NAMED, Value
from decompose.linking.wiring import own_frame
from decompose.made_once import made_once

_SESSION, _CONNECTION = "sqlalchemy.orm:Session", "sqlalchemy:Connection"
_TARGET, _TABLE, _OTHER = "target", "table", ""
_GIVEN = {
    **{f"{w}_{v}": (_OTHER, _CONNECTION, _TARGET) for w in ("before", "after") for v in ("insert", "update", "delete")},
    "load": (_TARGET,), "refresh": (_TARGET,), "expire": (_TARGET,), "init": (_TARGET,),
    **dict.fromkeys(("set", "append", "remove", "modified", "init_scalar", "init_collection"), (_TARGET,)),
    **dict.fromkeys(
        ("before_flush", "after_flush", "after_flush_postexec", "before_commit", "after_commit", "after_begin",
         "after_rollback", "after_soft_rollback", "before_attach", "after_attach", "transient_to_pending",
         "pending_to_persistent", "persistent_to_deleted"),
        (_SESSION,),
    ),
    **dict.fromkeys(("after_create", "before_create", "after_drop", "before_drop"), (_TABLE, _CONNECTION)),
}  # fmt: skip
"""Event -> what its listener is given, in order."""

_OF_ROWS = re.compile(r"(?:before|after)_(insert|update|delete)")
_OF_FLUSHES = frozenset({"after_flush", "after_flush_postexec"})


class RowListener(NamedTuple):
    """A function that runs when a session writes a row of a class by an operation; ``by``: the parameters that are the row."""

    cls: Scope
    operation: str
    function: Scope
    by: tuple[str, ...]


def row_listeners(linked: Linked) -> Iterator[RowListener]:
    """Listeners of what is done to rows of mapped classes; those of a class without a table of its own are told of its subclasses."""
    engine = linked.engine
    for scope, target, event, listener in _listeners(engine):
        found = _OF_ROWS.fullmatch(event)
        if found is None or type(target) is not int:
            continue
        functions = list(_functions(engine, scope, listener))
        for value in sorted(engine.names.evaluate(scope, target)):
            description = linked.values[value]
            if description[0] == "C" and not linked.program.scopes[description[1]].library:
                cls = linked.program.scopes[description[1]]
                mapped = [cls] if table_name(linked, cls) else linked.hierarchy.subclasses.get(cls.index, ())
                given = [(function, _given_row(function, event)) for function in functions]
                yield from (RowListener(told, found[1], function, by) for told in mapped for function, by in given)


def _given_row(function: Scope, event: str) -> tuple[str, ...]:
    parameters = zip(function.facts.parameters, _GIVEN.get(event, ()), strict=False)
    return tuple(parameter[0] for parameter, kind in parameters if kind == _TARGET)


def put_off_to_flush(linked: Linked) -> Iterator[tuple[Scope, Scope, int]]:
    """Functions that another one defines and has run when the flush is over in which it runs itself: outer, inner, line."""
    for scope, _, event, listener in _listeners(linked.engine):
        if event in _OF_FLUSHES and scope.is_function:
            yield from (
                (scope, inner, inner.facts.line)
                for inner in _functions(linked.engine, scope, listener)
                if inner.parent is scope
            )


def assume_given(engine: Engine) -> bool:
    """Give listeners' parameters their types; whether there were any."""
    found = False
    for scope, target, event, listener in _listeners(engine):
        given = _GIVEN.get(event, ())
        for function in _functions(engine, scope, listener):
            positional = [p for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
            for parameter, kind in zip(positional, given, strict=False):
                value = _value(engine, kind, scope, target)
                if value is None or parameter[2] is not None:
                    continue
                for frame in [frame for frame in engine.frames if frame.scope is function]:
                    if not engine.values_of(frame.nodes[parameter[1]]):
                        engine.put(frame.nodes[parameter[1]], value)
                        found = True
    return found


@made_once
def _listeners(engine: Engine) -> list[tuple[Scope, Ref, str, Ref]]:
    """(scope, ref of what is listened to, event, ref of the listener)."""
    return list(_found(engine))


def _found(engine: Engine) -> Iterator[tuple[Scope, Ref, str, Ref]]:
    for module in engine.program.modules if "sqlalchemy.orm" in engine.program.by_name else ():
        imports = "sqlalchemy" in module.facts.packages
        for scope in module.scopes if not module.library else ():
            for operation in scope.facts.ops:
                if operation[0] == Op.DECORATE:
                    for call in scope.operations_producing(operation[2]):
                        told = call[3] if call[0] == Op.CALL and called_name(scope, call) == "listens_for" else []
                        if len(told) > 1 and isinstance(told[1], str):
                            yield scope, told[0], told[1], operation[3]
                elif imports and operation[0] == Op.CALL and len(operation[3]) > 2:
                    target, event, listener = operation[3][:3]
                    if isinstance(event, str) and called_name(scope, operation) == "listen":
                        yield scope, target, event, listener


def _functions(engine: Engine, scope: Scope, listener: Ref) -> Iterator[Scope]:
    for value in engine.names.evaluate(scope, listener):
        description = engine.values[value]
        if description[0] == "F" and not engine.program.scopes[description[1]].library:
            yield engine.program.scopes[description[1]]


def _value(engine: Engine, kind: str, scope: Scope, target: Ref) -> Value | None:
    if kind == _TARGET:
        return _mapped(engine, scope, target)
    if kind == _TABLE:
        tables = engine.values_of(engine.node_of(own_frame(engine, scope), target))
        return next((value for value in sorted(tables) if engine.values[value][0] == "I"), None)
    if not kind:
        return None
    module, _, name = kind.partition(":")
    library = engine.program.by_name.get(module)
    cls = next((s for s in library.scopes if s.facts.qualname == name), None) if library is not None else None
    return engine.values.intern("I", cls.index, (), NAMED) if cls is not None else None


def _mapped(engine: Engine, scope: Scope, target: Ref) -> Value | None:
    """The class that is listened to, itself or by one of its attributes (``Order.status``)."""
    if type(target) is not int or target < 0:
        return None
    for value in engine.names.evaluate(scope, target):
        description = engine.values[value]
        if description[0] == "C" and not engine.program.scopes[description[1]].library:
            return engine.values.intern("I", description[1], (), NAMED)
    for operation in scope.operations_producing(target):
        if operation[0] == Op.ATTRIBUTE:
            return _mapped(engine, scope, operation[2])
    return None
