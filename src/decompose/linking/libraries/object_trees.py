"""Controllers that hold each other, and are found by the names of their attributes: ``root.users = Users()`` is ``/users``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.made_once import made_once

_MAX_DEPTH = 12
_MAX_PLACES = 50
"""Of one controller."""
_OF_SETATTR = 3
"""The arguments that `setattr` takes."""


def has_subclasses(linked: Linked, cls: Scope) -> bool:
    """Whether a controller is there for others to inherit: it may have no place of its own."""
    return bool(linked.hierarchy.subclasses.get(cls.index))


class Branch(NamedTuple):
    """A controller below another: what its path adds, and its class."""

    path: str
    cls: Scope


def places(
    linked: Linked, roots: Iterable[Branch], further: dict[int, list[Branch]], inside: dict[int, str]
) -> dict[int, list[str]]:
    """Class -> the paths at which its objects are found below the roots.

    ``further``: class -> what code finds below it besides its attributes. ``inside``: class -> what stands between the path of a class
    and what its attributes add, such as the part that names one thing of many.
    """
    found: dict[int, list[str]] = {}
    waiting: list[tuple[Scope, str, tuple[int, ...]]] = [
        (root.cls, join("", root.path), (root.cls.index,)) for root in roots
    ]
    for cls, path, way in waiting:
        known = found.setdefault(cls.index, [])
        if path in known or len(known) >= _MAX_PLACES:
            continue
        known.append(path)
        below = join(path, inside.get(cls.index, ""))
        branches = [(below, branch) for branch in attributes(linked, cls)]
        branches += [(path, branch) for branch in further.get(cls.index, ())]
        for base, branch in branches:
            if branch.cls.index not in way and len(way) < _MAX_DEPTH:
                waiting.append((branch.cls, join(base, branch.path), (*way, branch.cls.index)))
    return found


def attributes(linked: Linked, cls: Scope) -> Iterator[Branch]:
    """The objects of the application's classes that a class or its objects have as attributes."""
    seen: set[tuple[str, int]] = set()
    for name, value in _held(linked, cls):
        described = linked.values[value]
        held = linked.program.scopes[described[1]] if described[0] == "I" else None
        if held is not None and not held.library and (name, held.index) not in seen:
            seen.add((name, held.index))
            yield Branch(name, held)


def _held(linked: Linked, cls: Scope) -> Iterator[tuple[str, Value]]:
    engine = linked.engine
    for owner in linked.hierarchy.order(cls):
        if not owner.library:
            frame = engine.class_frame(owner)
            for name, ref in owner.facts.names.items():
                yield from ((name, value) for value in sorted(engine.values_of(engine.node_of(frame, ref))))
    for name in _made_and_stored(linked):
        yield from ((name, value) for value in sorted(engine.values_of(engine.fields(cls.index, name))))


@made_once
def _made_and_stored(linked: Linked) -> list[str]:
    """The names of attributes that are set to what a call makes: ``self.users = Users()``, ``setattr(self, "v2.0", Users())``."""
    names: set[str] = set()
    for scope in linked.program.scopes:
        for operation in scope.facts.ops if not scope.library else ():
            name, stored = _stored(operation)
            if name and name not in names:
                call = scope.call_producing(stored)
                made = linked.names.evaluate(scope, call[2]) if call is not None else ()
                if any(linked.values[value][0] == "C" for value in made):
                    names.add(name)
    return sorted(names)


def _stored(operation: list[Any]) -> tuple[str, Any]:
    """The name, and what is stored, of an operation that sets an attribute or may do so; an empty name for others."""
    if operation[0] == Op.SET_ATTRIBUTE:
        return operation[2], operation[3]
    given = operation[3] if operation[0] == Op.CALL and not operation[4] and len(operation[3]) == _OF_SETATTR else ()
    return (given[1], given[2]) if given and isinstance(given[1], str) else ("", -1)
