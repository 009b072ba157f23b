"""Queries that mapped classes have because code gives them to their base: ``Base.query = session.query_property()``."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.sqlalchemy_mapping import BASE
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_QUERY = "sqlalchemy.orm:Query"
_GIVES_QUERY = "query_property"


def contribute_queries(engine: Engine) -> None:
    """Give each mapped class the query of its own rows."""
    linked = Linked(engine)
    query = next((scope for scope in engine.program.scopes if scope.library and scope.definition == _QUERY), None)
    given = list(_given(linked)) if query is not None else []
    if query is None or not given:
        return
    for cls in linked.application_classes():
        if linked.inherits(cls, BASE):
            for holders, name in given:
                if cls.index not in holders and (not holders or _is_below(linked, cls, holders)):
                    row = engine.values.instance(cls.index)
                    engine.contribute(cls.index, name, engine.values.instance(query.index, ((row,),)))


def _given(linked: Linked) -> Iterator[tuple[frozenset[int], str]]:
    """The classes of the application that are given queries, none where it is the library's own base, and by which name."""
    for module in linked.program.modules:
        if module.library or "sqlalchemy" not in module.facts.packages or not module.facts.attributes:
            continue
        for scope in module.scopes:
            for operation in scope.facts.ops:
                if operation[0] == Op.SET_ATTRIBUTE and _is_query(scope, operation[3]):
                    described = (linked.values[value] for value in linked.names.evaluate(scope, operation[1]))
                    holders = frozenset(d[1] for d in described if d[0] == "C")
                    yield frozenset(i for i in holders if not linked.program.scopes[i].library), operation[2]


def _is_query(scope: Scope, ref: Ref) -> bool:
    made = scope.call_producing(ref) if type(ref) is int and ref >= 0 else None
    asked = scope.operations_producing(made[2]) if made is not None else []
    return any(operation[0] == Op.ATTRIBUTE and operation[3] == _GIVES_QUERY for operation in asked)


def _is_below(linked: Linked, cls: Scope, holders: frozenset[int]) -> bool:
    return any(linked.hierarchy.is_subclass(cls.index, holder) for holder in holders)
