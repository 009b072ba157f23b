"""What a module, a class or an object has by name, as a dictionary: ``vars(module)``, ``inspect.getmembers(handlers)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decompose.facts import Op
from decompose.linking.attributes import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_MAX_NAMES = 400
"""What has more names is made by a machine, and nobody goes over them."""


_WHERE_IT_IS_DEFINED = frozenset({"__module__", "getmodule"})


class Wanted(NamedTuple):
    """Which members are listed: all, or without what a module only imports, or without names that begin with an underscore."""

    own: bool = False
    public: bool = False


_ALL = Wanted()


def put_all(new: frozenset[Value], engine: Engine, result: Node, kind: str, wanted: Wanted = _ALL) -> None:
    """``result`` gets for each new value its members: a dictionary, or (``kind`` "list") the pairs of its names and what they are."""
    for value in new:
        every = _dictionary(engine, value, wanted)
        if every < 0 or result < 0:
            continue
        if kind == "dict":
            engine.put(result, engine.values.intern("O", "dict", every))
        else:
            pairs = engine.constant(engine.values.intern("O", "pair", every))
            engine.put(result, engine.values.intern("O", "list", pairs))


def wanted_by(function: Scope) -> Wanted:
    """Which members a function wants that is asked of each, by what it asks: where that is defined, how its name begins."""
    ops = function.facts.ops
    names = {o[3] if o[0] == Op.ATTRIBUTE else o[2] for o in ops if o[0] in (Op.ATTRIBUTE, Op.FREE)}
    public = "startswith" in names and any(o[0] == Op.CALL and o[3] == ["_"] for o in ops)
    return Wanted(not names.isdisjoint(_WHERE_IT_IS_DEFINED), public)


def _dictionary(engine: Engine, value: Value, wanted: Wanted) -> Node:
    """The node of all that a value has by name, which is made once; -1 for what has nothing that is known."""
    made = engine.containers.of_members
    key = value, wanted
    if key not in made:
        names = list(_names(engine, value, wanted))
        made[key] = engine.new_node() if names and len(names) <= _MAX_NAMES else -1
        for name, frame in names if made[key] >= 0 else ():
            node = engine.containers.slot(made[key], name)
            reading.load(engine.single(value), engine, frame, node, name, 0)
        if made[key] >= 0:
            engine.containers.name_by_texts(made[key])
    return made[key]


def _names(engine: Engine, value: Value, wanted: Wanted) -> Iterator[tuple[str, Frame]]:
    """The functions and classes that a module binds, and the methods and classes of a class of the application."""
    described = engine.values[value]
    if described[0] == "M":
        module = engine.program.modules[described[1]]
        if not module.library:
            yield from ((name, engine.module_frame(module)) for name in _definitions(engine, module.top, wanted))
    elif described[0] in ("C", "I"):
        cls: Scope = engine.program.scopes[described[1]]
        owners = [owner for owner in engine.hierarchy.order(cls) if not owner.library]
        names = dict.fromkeys(
            name for owner in owners for name in _definitions(engine, owner, wanted._replace(own=False))
        )
        yield from ((name, engine.module_frame(cls.module)) for name in names)


def _definitions(engine: Engine, scope: Scope, wanted: Wanted) -> Iterator[str]:
    """The names of what is defined in a module or class, decorated or not, or imported into it."""
    defined = {inner.facts.name for inner in scope.module.scopes if inner.parent is scope}
    for name, ref in scope.facts.names.items():
        if name.startswith("_" if wanted.public else "__"):
            continue
        if name in defined or (
            not wanted.own and any(engine.values[value][0] in ("F", "C") for value in engine.names.evaluate(scope, ref))
        ):
            yield name
