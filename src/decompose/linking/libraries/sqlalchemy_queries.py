"""Queries that mapped classes have because code gives them to their base: ``Base.query = session.query_property()``.

Also those of a class of the application's own that whoever makes the bases is given: ``SQLAlchemy(query_class=Queries)``.
"""

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
_QUERY_CLASS = "query_class"


def contribute_queries(engine: Engine) -> None:
    """Give each mapped class the query of its own rows."""
    linked = Linked(engine)
    query = next((scope for scope in engine.program.scopes if scope.library and scope.definition == _QUERY), None)
    given = list(_given(linked)) if query is not None else []
    own = _own_query(linked) if query is not None else None
    if query is None or not (given or own):
        return
    for cls in linked.application_classes():
        if linked.inherits(cls, BASE):
            if own is not None:
                rows = (engine.values.instance(cls.index),)
                engine.contribute(cls.index, "query", engine.values.instance(own.index, (rows,)))
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


def _own_query(linked: Linked) -> Scope | None:
    """The one class of queries of the application's own that the bases of its models are made with."""
    found: set[int] = set()
    for module in linked.program.modules:
        for scope in module.scopes if "flask_sqlalchemy" in module.facts.packages and not module.library else ():
            for call in scope.facts.ops:
                for name, ref in call[4] if call[0] == Op.CALL else ():
                    if name == _QUERY_CLASS:
                        described = (linked.values[value] for value in linked.names.evaluate(scope, ref))
                        found |= {d[1] for d in described if d[0] == "C"}
    classes = [linked.program.scopes[index] for index in sorted(found)]
    own = [cls for cls in classes if not cls.library and linked.inherits(cls, _QUERY)]
    return own[0] if len(own) == 1 else None


def _is_query(scope: Scope, ref: Ref) -> bool:
    made = scope.call_producing(ref) if type(ref) is int and ref >= 0 else None
    asked = scope.operations_producing(made[2]) if made is not None else []
    return any(operation[0] == Op.ATTRIBUTE and operation[3] == _GIVES_QUERY for operation in asked)


def _is_below(linked: Linked, cls: Scope, holders: frozenset[int]) -> bool:
    return any(linked.hierarchy.is_subclass(cls.index, holder) for holder in holders)
