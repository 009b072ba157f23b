"""What the markers of dependency_injector stand for: ``Provide[Container.service]``, in a default or in ``Annotated``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import own_frame

_MARKERS = ("Provide", "Closing", "Provider")
_CONTAINER = "dependency_injector.containers:DeclarativeContainer"


def given_for(linked: Linked, function: Scope, annotation: list[Any], default: Ref | None) -> set[tuple[Value, bool]]:
    """What is given for a parameter of a function, each with whether it is the provider itself and not what that makes."""
    return {*_by_default(linked, function, default), *_by_annotation(linked, function, annotation)}


def _by_default(linked: Linked, function: Scope, default: Ref | None) -> Iterator[tuple[Value, bool]]:
    """What markers in a default stand for, each with whether it is the provider itself that is given."""
    outer = function.parent
    for operation in outer.operations_producing(default) if outer is not None else ():
        if operation[0] == Op.CALL and operation[3]:
            yield from _by_default(linked, function, operation[3][0])  # Depends(Provide[...])
        marker = (
            _marker(linked, linked.names.evaluate(outer, operation[2])) if outer and operation[0] == Op.ITEM else ""
        )
        if outer is not None and marker:
            asked = operation[3]
            yield from _by_default(linked, function, asked)  # Closing[Provide[...]]
            node = linked.engine.node_of(own_frame(linked.engine, outer), asked)
            found = _named(linked, asked.split(".")) if isinstance(asked, str) else linked.engine.values_of(node)
            yield from ((value, marker == "Provider") for value in found)


def _by_annotation(linked: Linked, function: Scope, tree: list[Any]) -> Iterator[tuple[Value, bool]]:
    """The same of those in ``Annotated``."""
    marker = _marker(linked, linked.names.values_of_name(function, tree[1])) if tree and tree[0] == "s" else ""
    if marker:
        path: list[str] = []
        asked = tree[2][0]
        while asked[0] == "a":
            path.insert(0, asked[2])
            asked = asked[1]
        if asked[0] == "n":
            start = linked.names.values_of_name(function, asked)
            values = _at(linked, start, path) if start else _named(linked, [asked[1], *path])
            yield from ((value, marker == "Provider") for value in values)
    for part in tree[2] if tree and tree[0] in ("s", "k") else ():
        yield from _by_annotation(linked, function, part)


def _named(linked: Linked, path: list[str]) -> Iterator[Value]:
    """What the containers of the application have under a dotted name."""
    for cls in linked.application_classes():
        if linked.inherits(cls, _CONTAINER):
            yield from _at(linked, [linked.class_value(cls.index)], path)


def _at(linked: Linked, values: Iterable[Value], path: list[str]) -> Iterator[Value]:
    for name in path:
        described = [linked.values[value] for value in values]
        members = (linked.hierarchy.member(linked.program.scopes[d[1]], name) for d in described if d[0] in ("C", "I"))
        held = (
            linked.engine.values_of(linked.engine.node_of(linked.engine.class_frame(member.owner), member.ref))
            for member in members
            if member is not None and member.ref is not None and not member.owner.library
        )
        values = sorted({value for each in held for value in each})
    yield from values


def is_container(linked: Linked, value: Value) -> bool:
    """Whether a value is a container, which is given as it is."""
    described = linked.values[value]
    return described[0] == "I" and linked.inherits(linked.program.scopes[described[1]], _CONTAINER)


def _marker(linked: Linked, values: Iterable[Value]) -> str:
    """The name of the marker among some values; empty if none is one."""
    described = (linked.values[value] for value in values)
    named = (d[2] for d in described if d[0] == "X" and d[1] == "dependency_injector.wiring")
    return next((name for name in named if name in _MARKERS), "")
