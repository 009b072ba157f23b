"""Which models the classes of Django's admin are registered for, and where further pages are found: ``site.register(Order, OrderAdmin)``, ``@admin.register(Order)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.frames import Site
from decompose.linking.libraries.django_options import app_label
from decompose.linking.linked import Linked
from decompose.linking.names import Names
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Program, Scope
from decompose.linking.values import Bindings

_REGISTER = "register"
_OF_SITES = re.compile(r"(?:^|\.)(?:site|AdminSite(?:\(\))?)\.register$")
_QUERY, _INLINES, _CAN_DELETE = "get_queryset", "inlines", "can_delete"
_MODULE, _PAGE = "django.contrib.admin", "ModelAdmin"
INSIDE = "django.contrib.admin:InlineModelAdmin"
"""The base of pages that are shown inside of others."""
USUAL_SITES = frozenset({"django.contrib.admin.site", "django.contrib.admin.sites.site"})


def admin_page(program: Program) -> Scope | None:
    """The class that all that is registered with a model is derived from, whether or not its own bases are in view."""
    module = program.by_name.get(_MODULE)
    return next((s for s in module.scopes if s.facts.qualname == _PAGE), None) if module is not None else None


def is_site(names: Names, cls: Scope) -> bool:
    """Whether a class of the application is a site of the admin of its own."""
    waiting, seen = [cls], {cls.index}
    while waiting:
        for described in (names.values[base] for base in names.inheritance.bases(waiting.pop())):
            if described[0] == "X" and described[1].startswith("django") and described[2].endswith("AdminSite"):
                return True
            base = names.program.scopes[described[1]] if described[0] == "C" else None
            if base is not None and base.index not in seen:
                seen.add(base.index)
                waiting.append(base)
    return False


def further_pages(linked: Linked, sites: list[tuple[Scope | None, str]]) -> Iterator[tuple[Scope, str]]:
    """The classes that may list further pages, each with where: sites, and what is registered, on the usual site if it has a place.

    ``sites``: the class of each, None for the usual one, and the path where its pages are found.
    """
    page = admin_page(linked.program)
    if not sites or page is None:
        return
    yield from ((cls, prefix) for cls, prefix in sites if cls is not None)
    shown = [prefix for cls, prefix in sites if cls is None] or [sites[0][1]]
    for cls in linked.application_classes():
        if page in linked.hierarchy.order(cls) and "get_urls" in cls.facts.names:
            for model in registered_for(linked, cls):
                below = f"{app_label(linked, model)}/{model.facts.name.lower()}/"
                yield from ((cls, f"{prefix}{below}") for prefix in shown)


def registered_for(linked: Linked, cls: Scope) -> list[Scope]:
    """The models whose rows the pages of an admin class show."""
    bound: Bindings = {}
    for ancestor in linked.hierarchy.order(cls):
        if ancestor.definition == f"{_MODULE}:Base{_PAGE}":
            bound = linked.hierarchy.bindings(cls, (), ancestor)
    described = (linked.values[row] for rows in bound.values() for row in rows)
    return [linked.program.scopes[d[1]] for d in described if d[0] == "I"]


def pages_inside(linked: Linked, cls: Scope) -> Iterator[Scope]:
    """The classes whose rows a page of the admin shows inside of it."""
    member = linked.hierarchy.own_member(cls, _INLINES)
    if member is None:
        return
    for holder, element in linked.names.constants.elements(member.owner, member.ref):
        described = (linked.values[value] for value in linked.names.evaluate(holder, element))
        yield from (linked.program.scopes[d[1]] for d in described if d[0] == "C")


def usual_pages(linked: Linked) -> Iterator[tuple[Site, Scope]]:
    """Calls that register a model without a class of the application's for its page, each with the model: its page is Django's own."""
    told = set[tuple[str, int, int]]()
    for site, module, name in linked.external_sites(kind="call", ending=f".{_REGISTER}"):
        if not f"{module}.{name}".startswith(f"{_MODULE}.") or not _OF_SITES.search(name):
            continue
        page = site.argument(1, "admin_class")
        if page != -1 and any(linked.handlers(site, page)):
            continue
        values = sorted(linked.argument_values(site, site.argument(0, "model_or_iterable")))
        for value in (*values, *linked.listed_values(values)):
            described = linked.values[value]
            model = linked.program.scopes[described[1]] if described[0] == "C" else None
            place = (site.frame.scope.module.file, site.line, described[1] if described[0] == "C" else -1)
            if model is not None and not model.library and place not in told:
                told.add(place)
                yield site, model


def deletes_inside(linked: Linked, cls: Scope) -> bool:
    """Whether rows can be deleted on a page that is shown inside of another: unless its class refuses."""
    member = linked.hierarchy.own_member(cls, _CAN_DELETE)
    return member is None or member.ref != ["c", False]


def registrations(program: Program, engine: Engine) -> Iterator[tuple[int, list[Scope]]]:
    """The class that is registered, and the classes that it is registered for, as far as names tell."""
    for module in program.modules:
        if module.library or "django" not in module.facts.packages:
            continue
        for operation in module.top.facts.ops:
            if (
                operation[0] == Op.CALL
                and len(operation[3]) + len(operation[4]) > 1
                and _registers(engine, module.top, operation)
            ):
                pages = _classes(engine, module.top, keyword_ref(operation, "admin_class", 1))
                models = _listed(engine, module.top, keyword_ref(operation, "model_or_iterable", 0))
                yield from ((page.index, models) for page in pages)
        for cls in module.scopes:
            if cls.facts.kind == ScopeKind.CLASS and cls.facts.decorators and cls.parent is not None:
                yield from ((cls.index, models) for models in _decorated(engine, cls.parent, cls.facts.decorators))


def _decorated(engine: Engine, scope: Scope, decorators: list[Ref]) -> Iterator[list[Scope]]:
    for ref in decorators:
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.CALL and _registers(engine, scope, operation):
                yield [model for given in operation[3] for model in _classes(engine, scope, given)]


def _registers(engine: Engine, scope: Scope, operation: list[Any]) -> bool:
    """Whether a call is of what may be the admin's ``register``: not of a registry of the application's own."""
    called = next(iter(scope.operations_producing(operation[2])), None)
    position = {Op.ATTRIBUTE: 3, Op.FROM: 4, Op.FREE: 2}.get(called[0]) if called is not None else None
    if called is None or position is None or called[position] != _REGISTER:
        return False
    described = (engine.values[value] for value in engine.names.evaluate(scope, operation[2]))
    functions = [engine.program.scopes[d[1]] for d in described if d[0] == "F"]
    if called[0] == Op.ATTRIBUTE:
        described = (engine.values[value] for value in engine.names.evaluate(scope, called[2]))
        functions += [engine.program.scopes[d[1]] for d in described if d[0] in ("I", "C")]
    homes = [found if found.facts.kind == ScopeKind.CLASS else found.parent for found in functions if not found.library]
    return all(home is not None and is_site(engine.names, home) for home in homes)


def _listed(engine: Engine, scope: Scope, ref: Ref) -> list[Scope]:
    """The classes that are given, one or a list of them."""
    refs = [ref]
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.CONTAINER:
            refs = operation[3]
    return [cls for given in refs for cls in _classes(engine, scope, given)]


def _classes(engine: Engine, scope: Scope, ref: Ref) -> list[Scope]:
    """The classes that an expression stands for; of a call what the summary of a library says that it gives."""
    values = list(engine.names.evaluate(scope, ref))
    for operation in scope.operations_producing(ref) if not values else ():
        for called in engine.names.evaluate(scope, operation[2]) if operation[0] == Op.CALL else ():
            described = engine.values[called]
            function = engine.program.scopes[described[1]] if described[0] == "F" else None
            if function is not None and function.library and function.facts.return_annotation is not None:
                values += engine.names.types(function, function.facts.return_annotation)
    return [engine.program.scopes[engine.values[v][1]] for v in values if engine.values[v][0] == "C"]
