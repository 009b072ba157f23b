"""Keys that are read off what is stored: ``REGISTRY[cls.name] = cls``, ``for key, value in others.items(): TABLE[key] = value``.

Text does not flow through the program. But where a key is an attribute of the very value that is stored under it, each value tells
its own; and where both are parts of one entry of another table, what is stored is that entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.containers import keying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_MAX_STEPS = 4
_WITHOUT_ARGUMENTS = frozenset({"lower", "upper", "title", "capitalize", "casefold", "strip"})
_WITH_ARGUMENTS = frozenset({"replace", "removeprefix", "removesuffix", "lstrip", "rstrip", "strip"})

_Change = tuple[str, tuple[str, ...]]
"""A method of text, with what it is given."""


class _Said(NamedTuple):
    """An attribute of what is stored that is its key, and what is done with the text before."""

    attribute: str
    changes: tuple[_Change, ...]


def store(engine: Engine, frame: Frame, every: Node, index: Ref, source: Node) -> list[Ref] | None:
    """Store what ``source`` holds under the keys that it tells; None, and nothing is done, where no key is told so.

    What is given back are the other places that the key may come from: ``name`` in ``REGISTRY[name or cls.__name__] = cls``.
    """
    if type(index) is not int or index < 0 or source < 0:
        return None
    said: list[_Said] = []
    entries: list[Node] = []
    others: list[Ref] = []
    for origin in _origins(frame.scope, index, ()):
        made = origin.operation
        if made[0] == Op.ATTRIBUTE and _is_source(engine, frame, made[2], source):
            said.append(_Said(made[3], origin.changes))
        elif made[0] == Op.ITEM and not origin.changes and _is_other_half(frame, made, source):
            entries.append(frame.nodes[made[2]])
        elif (asked := _asked_by_call(engine, frame, made, source)) is not None:
            said.append(_Said(asked, origin.changes))
        elif _is_name_of_class(engine, frame.scope, origin.ref):
            said.append(_Said("__name__", origin.changes))
        else:
            others.append(origin.ref)
    if not said and not entries:
        return None
    engine.containers.by_name.add(every)
    for pairs in entries:
        engine.watch(pairs, enter_pair, engine, every)
    if said:
        engine.watch(source, _store_each, engine, every, tuple(said))
    return others


class _Origin(NamedTuple):
    """Where a key comes from: what makes it (nothing: a parameter), and what is done with its text on the way."""

    ref: Ref
    operation: list[Any]
    changes: tuple[_Change, ...]


_NOTHING: list[Any] = [-1]


def _origins(scope: Scope, ref: Ref, changes: tuple[_Change, ...], steps: int = _MAX_STEPS) -> Iterator[_Origin]:
    made = scope.operations_producing(ref)
    if not made or not steps:
        yield _Origin(ref, _NOTHING, changes)
    for operation in made if steps else ():
        if operation[0] == Op.COPY:
            yield from _origins(scope, operation[2], changes, steps - 1)
        elif operation[0] == Op.CALL and (change := _change(scope, operation)) is not None:
            base, name, given = change
            yield from _origins(scope, base, ((name, given), *changes), steps - 1)
        else:
            yield _Origin(ref, operation, changes)


def _change(scope: Scope, call: list[Any]) -> tuple[Ref, str, tuple[str, ...]] | None:
    """The text, the method, and its arguments, where a call only changes the form of a text."""
    given = tuple(argument for argument in call[3] if type(argument) is str)
    for base, name in scope.attributes_read(call[2]):
        if len(given) == len(call[3]) and not call[4] and name in (_WITH_ARGUMENTS if given else _WITHOUT_ARGUMENTS):
            return base, name, given
    return None


def _is_source(engine: Engine, frame: Frame, base: Ref, source: Node) -> bool:
    """Whether a key is asked of what is stored, or of what that is a copy of."""
    for _ in range(_MAX_STEPS):
        if engine.node_of(frame, base) == source:
            return True
        made = frame.scope.operations_producing(base)
        if len(made) != 1 or made[0][0] != Op.COPY:
            return False
        base = made[0][2]
    return False


def _asked_by_call(engine: Engine, frame: Frame, call: list[Any], source: Node) -> str | None:
    """The attribute that a function asks of what it is given, as ``name_of(function)`` does, where that is what is stored."""
    if call[0] != Op.CALL or len(call[3]) != 1 or call[4] or not _is_source(engine, frame, call[3][0], source):
        return None
    for described in (engine.values[value] for value in engine.names.evaluate(frame.scope, call[2])):
        function = engine.program.scopes[described[1]] if described[0] == "F" else None
        if function is not None and not function.library and len(function.facts.parameters) == 1:
            given = function.facts.parameters[0][1]
            for operation in (o for ref in function.facts.returns for o in function.operations_producing(ref)):
                if operation[0] == Op.ATTRIBUTE and operation[2] == given:
                    return str(operation[3])
    return None


def _is_other_half(frame: Frame, first: list[Any], source: Node) -> bool:
    """Whether a key is the first part of a pair, and what is stored the second."""
    if first[3] != ["c", 0]:
        return False
    seconds = (o for o in frame.scope.facts.ops if o[0] == Op.ITEM and o[2] == first[2] and o[3] == ["c", 1])
    return any(frame.nodes[second[1]] == source for second in seconds)


def _is_name_of_class(engine: Engine, scope: Scope, ref: Ref) -> bool:
    """Whether a ref is the name that a metaclass is given of a class that it makes: ``registry[name] = cls``."""
    if not scope.is_method or scope.parent is None or scope.facts.name not in ("__new__", "__init__"):
        return False
    given = [parameter[1] for parameter in scope.facts.parameters]
    return given[1:2] == [ref] and engine.hierarchy.inherits(scope.parent, "builtins:type")


def _store_each(new: frozenset[Value], engine: Engine, every: Node, said: tuple[_Said, ...]) -> None:
    for value in new:
        keys = [_changed(key_of(engine, value, each.attribute), each.changes) for each in said]
        for key in dict.fromkeys(known for known in keys if known is not None) or (None,):
            engine.put(engine.containers.slot(every, key), value)


def _changed(key: Any, changes: tuple[_Change, ...]) -> Any:
    for name, given in changes if isinstance(key, str) else ():
        key = getattr(key, name)(*given)
    return key if isinstance(key, str) or not changes else None


def key_of(engine: Engine, value: Value, attribute: str) -> Any:
    """What a function, a class, an object or a module has under the name of an attribute, where that is a constant; else None."""
    described = engine.values[value]
    if described[0] == "B":
        described = engine.values[described[1]]
    program = engine.program
    if described[0] == "M":
        module = program.modules[described[1]]
        if attribute == "__name__":
            return module.name
        return engine.names.constants.key(module.top, module.top.facts.names.get(attribute, -1))
    if described[0] not in ("F", "C", "I"):
        return None
    scope = program.scopes[described[1]]
    if described[0] != "I" and attribute in ("__name__", "__qualname__"):
        return scope.facts.name if attribute == "__name__" else scope.definition.partition(":")[2]
    if described[0] == "F" or (described[0] == "I" and engine.hierarchy.sets_itself(scope, attribute)):
        return None
    member = engine.hierarchy.member(scope, attribute)
    if member is None or member.ref is None or member.owner.library:
        return None
    return keying.NOTHING if member.ref == ["c", None] else engine.names.constants.key(member.owner, member.ref)


def enter_pair(new: frozenset[Value], engine: Engine, every: Node) -> None:
    """Pairs of a key and a value become entries of a dictionary."""
    containers = engine.containers
    for value in new:
        described = engine.values[value]
        if described[0] == "O" and described[1] == "pair":
            containers.merge(described[2], every)
        elif described[0] == "O":
            engine.edge(containers.slot(described[2], 0), containers.keys(every))
            engine.edge(
                containers.slot(described[2], 1), containers.slot(every, containers.first_texts.get(described[2]))
            )
        elif described[0] == "I" and len(described[2]) > 1:
            engine.add_types(containers.slot(every, None), described[2][1])
