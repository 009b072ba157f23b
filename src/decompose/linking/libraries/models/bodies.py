"""Class bodies whose attributes are calls of field classes, of mappers other than Django and SQLAlchemy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Declaration(NamedTuple):
    """An attribute of a class: the name of what is called for it, and where."""

    name: str
    called: str
    owner: Scope
    operation: list[Any]

    @property
    def place(self) -> tuple[str, int]:
        """File and line."""
        return self.owner.module.file, self.operation[-1]


def outside_bases(linked: Linked, cls: Scope) -> Iterator[tuple[str, str]]:
    """The classes outside of the application that a class inherits from: module and name."""
    for ancestor in linked.hierarchy.order(cls):
        if ancestor.library or ancestor.parent is None:
            continue
        for ref in ancestor.facts.bases:
            for value in linked.names.evaluate(ancestor.parent, ref):
                description = linked.values[value]
                if description[0] == "X":
                    yield description[1], description[2]
                elif description[0] == "C" and linked.program.scopes[description[1]].library:
                    base = linked.program.scopes[description[1]]
                    yield base.module.name, base.facts.qualname


def models_of(linked: Linked, modules: Iterable[str], names: Iterable[str]) -> list[Scope]:
    """The classes of the application that inherit from one of these names of one of these packages."""
    packages, wanted = frozenset(modules), frozenset(names)
    return [
        cls
        for cls in linked.application_classes()
        if any(
            module.partition(".")[0] in packages and name.rpartition(".")[2] in wanted
            for module, name in outside_bases(linked, cls)
        )
    ]


def declarations(linked: Linked, cls: Scope, elsewhere: frozenset[int] = frozenset()) -> Iterator[Declaration]:
    """The attributes of a class and its mixins that are made by calls, each once; ``elsewhere`` are ancestors to leave out."""
    seen: set[str] = set()
    for owner in linked.hierarchy.order(cls):
        if owner.library or owner.index in elsewhere:
            continue
        for name, ref in owner.facts.names.items():
            operation = call_of(owner, ref)
            if operation is not None and name not in seen:
                seen.add(name)
                yield Declaration(name, called_name(owner, operation), owner, operation)


def option(cls: Scope, name: str, inner: str = "Meta") -> Any:
    """A constant of the class ``Meta`` in a class body; None where it is not there."""
    for scope in cls.module.scopes:
        if scope.parent is cls and scope.facts.name == inner:
            return plain(scope.facts.names.get(name))
    return None


def inherited_option(linked: Linked, cls: Scope, name: str) -> Any:
    """The same, of the class or else of the nearest ancestor of the application that has it."""
    own = (option(owner, name) for owner in linked.hierarchy.order(cls) if not owner.library)
    return next((given for given in own if given is not None), None)


def plain(ref: Any) -> Any:
    """A ref as a plain value, where it is a constant."""
    return ref[1] if isinstance(ref, list) and ref and ref[0] == "c" else ref if isinstance(ref, str) else None


def target_class(linked: Linked, owner: Scope, ref: Any, models: Iterable[Scope]) -> Scope | None:
    """The model that an argument names: the class itself, its name in a string, or a function that gives it."""
    by_name = {cls.facts.name: cls for cls in models}
    if isinstance(ref, str):
        if ref in ("self", "this"):
            return owner
        return by_name.get(ref.rpartition(".")[2])
    if type(ref) is not int or ref < 0:
        return None
    for value in linked.names.evaluate(owner, ref):
        description = linked.values[value]
        if description[0] == "C" and not linked.program.scopes[description[1]].library:
            found: Scope = linked.program.scopes[description[1]]
            return found
    for operation in owner.operations_producing(ref):
        if operation[0] == Op.FUNCTION:  # ``lambda: User``
            function = owner.module.scopes[operation[2]]
            for returned in function.facts.returns:
                for inner in function.operations_producing(returned):
                    if inner[0] == Op.FREE and inner[2] in by_name:
                        return by_name[inner[2]]
        if operation[0] == Op.FREE:
            return by_name.get(operation[2])
    return None


def snake(name: str) -> str:
    """``OrderLine`` as ``order_line``."""
    return _CAMEL.sub("_", name).lower()
