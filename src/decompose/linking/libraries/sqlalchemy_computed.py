"""Columns of SQLAlchemy's classes that a query computes: ``column_property(select(...).scalar_subquery())``."""

from __future__ import annotations

from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_COMPUTED = "sqlalchemy.orm:Computed"


def computed_from(linked: Linked, cls: Scope) -> list[Scope | str]:
    """The classes, or tables without one, that the queries of such columns ask: they are part of each query for rows of the class."""
    found: dict[Scope | str, None] = {}
    for owner in linked.hierarchy.order(cls):
        for ref in owner.facts.names.values() if not owner.library else ():
            made = call_of(owner, ref)
            if made is None or called_name(owner, made) != "column_property" or _is_put_off(linked, owner, made):
                continue
            node = linked.engine.node_of(linked.engine.class_frame(owner), ref)
            for value in sorted(linked.engine.values_of(node)):
                rows = linked.values[value][2][:1] if linked.is_instance_of(value, _COMPUTED) else ()
                for described in (linked.values[row] for of in rows for row in of):
                    if described[0] == "D":
                        found[described[1]] = None
                    elif described[0] == "I" and linked.program.scopes[described[1]] is not cls:
                        found[linked.program.scopes[described[1]]] = None
    return list(found)


def _is_put_off(linked: Linked, owner: Scope, made: list[object]) -> bool:
    return linked.keyword(owner, made, "deferred") is True
