"""SQLAlchemy's imperative mappings: what a call says of the class that it maps, ``map_imperatively(Tool, tools, properties={...})``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.linking.libraries.sqlalchemy_bases import maps, names_a_mapper
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.made_once import made_once

_RELATIONS = frozenset({"relationship", "relation"})


class GivenRelation(NamedTuple):
    """A relation among the properties of such a call: its name, where the call stands, and the call that makes it."""

    name: str
    scope: Scope
    operation: list[Any]
    target: Scope


class _Mappings:
    """The relations that such calls give to classes, by the class."""

    def __init__(self, linked: Linked) -> None:
        self.of: dict[int, list[GivenRelation]] = {}
        for module in linked.program.modules:
            for scope in module.scopes if not module.library and "sqlalchemy" in module.facts.packages else ():
                for operation in scope.facts.ops if names_a_mapper(scope) else ():
                    if maps(scope, operation):
                        self._read(linked, scope, operation)

    def _read(self, linked: Linked, scope: Scope, operation: list[Any]) -> None:
        given = keyword_ref(operation, "properties", 2)
        made = scope.operations_producing(given) if type(given) is int and given >= 0 else ()
        relations = [relation for each in made for relation in _relations(linked, scope, each)]
        for cls in _classes(linked, scope, keyword_ref(operation, "class_", 0)) if relations else ():
            self.of.setdefault(cls.index, []).extend(relations)


def _relations(linked: Linked, scope: Scope, properties: list[Any]) -> Iterator[GivenRelation]:
    if properties[0] != Op.CONTAINER or not properties[4]:
        return
    for name, ref in zip(properties[4], properties[3], strict=False):
        operation = call_of(scope, ref)
        if operation is None or called_name(scope, operation) not in _RELATIONS or not isinstance(name, str):
            continue
        for target in _classes(linked, scope, keyword_ref(operation, "argument", 0)):
            yield GivenRelation(name, scope, operation, target)


def _classes(linked: Linked, scope: Scope, ref: Any) -> list[Scope]:  # Any: a ref
    if isinstance(ref, str):
        return [cls for cls in linked.engine.references.find(ref, scope) if not cls.library][:1]
    described = (linked.values[value] for value in linked.names.evaluate(scope, ref))
    return [linked.program.scopes[d[1]] for d in described if d[0] == "C"][:1]


_mappings = made_once(_Mappings)


def relations_given(linked: Linked, cls: Scope) -> list[GivenRelation]:
    """The relations that a call gives to a class."""
    return _mappings(linked).of.get(cls.index, [])
