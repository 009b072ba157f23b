"""Calls that a mapper puts into its queries as functions of the database: ``func.refresh_totals(...)``, ``Func(..., function="x")``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_OF_ATTRIBUTES = "sqlalchemy:Function.__call__"
_NAMESPACE = "func"
_EXPRESSION = "django.db.models:Func"
_NAMED_BY = "function"


class DatabaseFunction(NamedTuple):
    """Where a query is given a function, and its name, with its schema if the code says it."""

    site: Site
    name: str


def database_functions(linked: Linked) -> Iterator[DatabaseFunction]:
    """The functions of the database that queries are given."""
    for site in linked.sites_calling(_OF_ATTRIBUTES):
        if site.frame.scope.library or site.kind != "call":
            continue
        asked = _attributes(site.frame.scope, site.operation[2])
        if asked:
            yield DatabaseFunction(site, asked)
    for site in linked.sites_calling(_EXPRESSION):
        given = next((ref for keyword, ref in site.keywords if keyword == _NAMED_BY), -1)
        name = linked.constant(site.frame.scope, given) if given != -1 else None
        if isinstance(name, str) and not site.frame.scope.library:
            yield DatabaseFunction(site, name)
    for site, classes in linked.constructions():
        for cls in (linked.program.scopes[index] for index in classes):
            member = linked.hierarchy.member(cls, _NAMED_BY)
            is_one = any(above.definition == _EXPRESSION for above in linked.hierarchy.order(cls))
            name = linked.constant(member.owner, member.ref) if is_one and member and member.ref is not None else None
            if isinstance(name, str):
                yield DatabaseFunction(site, name)


def _attributes(scope: Scope, called: object) -> str:
    """``shop.totals`` of ``func.shop.totals``."""
    names: list[str] = []
    while isinstance(called, int) and called >= 0 and len(names) < 3:
        asked = scope.operations_producing(called)
        if len(asked) != 1 or asked[0][0] != Op.ATTRIBUTE or asked[0][3] == _NAMESPACE:
            break
        names.append(asked[0][3])
        called = asked[0][2]
    return ".".join(reversed(names))
