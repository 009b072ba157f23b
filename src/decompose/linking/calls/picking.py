"""What a call picks out of a table by the key that it gives: ``get_action("create")``, ``registry["create"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import Ref
from decompose.linking import special_methods
from decompose.linking.containers import keying, own_classes
from decompose.linking.given import given_by
from decompose.linking.picks import NO_PICK

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


def give_picked(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> bool:
    """Give a call what it picks, where all callers share the frame; whether its result has nothing else."""
    pick = engine.own_frames.picks(function) if frame.depth == 0 else NO_PICK
    given = given_by(frame, site, skip_first=skip_first) if pick.tables else {}
    key = given.get(pick.parameter, -1)
    return give_under(engine, function, frame, site.frame, key, site.result, site.line)


def give_under(engine: Engine, function: Scope, frame: Frame, caller: Frame, key: Ref, result: Node, line: int) -> bool:
    """``result`` gets what ``function`` picks by a key that its caller gives; False, and nothing is done, where the key is not known."""
    pick = engine.own_frames.picks(function)
    known = keying.key(engine, caller, key) if pick.tables and key != -1 else None
    if known is None:
        return False
    for table, usual in pick.tables:
        engine.watch(frame.nodes[table], _give, engine, caller, result, known, frame.nodes[usual], line)
    if function.facts.return_annotation is not None:
        engine.watch(frame.returns, _give_promised, engine, result)
    return True


def _give(new: frozenset[Value], engine: Engine, caller: Frame, result: Node, key: Any, usual: Node, line: int) -> None:
    for value in new:
        described = engine.values[value]
        cls = engine.program.scopes[described[1]] if described[0] == "I" else None
        held = own_classes.container_of(engine, cls, "__getitem__", described[2]) if cls is not None else None
        if described[0] == "O":
            engine.containers.read(described[2], key, result)
        elif held is not None:
            engine.containers.read(engine.values[held][2], key, result)
        elif cls is not None and cls.library:
            special_methods.call_method(engine, caller, result, value, cls, "__getitem__", line)
        else:
            engine.edge(usual, result)


def _give_promised(new: frozenset[Value], engine: Engine, result: Node) -> None:
    """What a function only promises is promised to each of its callers."""
    for value in new:
        if engine.values.is_declared(value):
            engine.put(result, value)
