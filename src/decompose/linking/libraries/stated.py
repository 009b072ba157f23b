"""Entry points that a summary states by itself, with ``@enters`` and ``@serves``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.effects import effects_of
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import handlers_by_method, join
from decompose.linking.libraries.http_methods import stated_method, stated_methods
from decompose.linking.libraries.mounts import Mounts
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_EFFECTS = frozenset({"enters", "serves"})


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """What all summaries in use state."""
    mounts, registrations = Mounts(linked), Registrations(Makers(linked))
    for function in linked.program.scopes:
        named = function.module.top.facts.names
        if function.library and function.facts.decorators and not _EFFECTS.isdisjoint(named):
            for effect, arguments in effects_of(linked.engine, function):
                if effect == "enters":
                    yield from _entering(linked, registrations, function, arguments)
                elif effect == "serves":
                    yield from _serving(linked, registrations, mounts, function, arguments)


def entries_by(linked: Linked, definition: str) -> Iterator[FoundEntry]:
    """What calls of one summarised function make entry points of."""
    registrations = Registrations(Makers(linked))
    for function in linked.program.scopes:
        if function.library and function.definition == definition:
            for effect, arguments in effects_of(linked.engine, function):
                if effect == "enters":
                    yield from _entering(linked, registrations, function, arguments)


def _entering(
    linked: Linked, registrations: Registrations, function: Scope, arguments: list[Any]
) -> Iterator[FoundEntry]:
    kind, argument, *naming = arguments
    needed = naming[1] if len(naming) > 1 else ""
    for site, place, handler, given in _handled(linked, registrations, function, argument):
        if needed and (site.kind != "call" or site.argument(position_of(function, needed), needed) == -1):
            continue
        called = None
        if naming and site.kind == "call":
            called = linked.keyword(
                site.frame.scope, site.operation, naming[0], position_of(function, naming[0]), given
            )
        name = called if isinstance(called, str) and called else _usual_name(kind, handler)
        where = (handler.module.file, handler.facts.line) if place.kind == "decorate" else _line(_told_at(site, place))
        yield FoundEntry(kind, name, handler, *where)


def _told_at(site: Site, place: Site) -> Site:
    """Where it is said what is registered: the call itself, unless the handler is handed in from elsewhere, or by a row."""
    return site if place.kind == "decorate" and place.frame.scope is site.frame.scope else place


def _line(site: Site) -> tuple[str, int]:
    return site.frame.scope.module.file, site.line


def _usual_name(kind: str, handler: Scope) -> str:
    if kind == "command":
        return handler.facts.name.replace("_", "-")
    return f"{handler.module.name}.{handler.facts.qualname}" if kind == "task" else handler.facts.name


def _serving(
    linked: Linked, registrations: Registrations, mounts: Mounts, function: Scope, arguments: list[Any]
) -> Iterator[FoundEntry]:
    argument, path_name, methods_name = arguments
    for site, place, handler, handed in _handled(linked, registrations, function, argument):
        if _is_of_another(linked, function, site, handed):
            continue
        scope = site.frame.scope
        at = position_of(function, path_name) if path_name else -1
        path = linked.keyword(scope, site.operation, path_name, at, handed) if path_name else ""
        given = [methods_name] if methods_name.isupper() and (methods_name != "ANY" or handler.is_function) else None
        if given is None and not methods_name.isupper():
            given = _methods_given(linked, function, site, methods_name, handed)
            if given == ["ANY"] and not handler.is_function:
                given = None
        route = path if isinstance(path, str) else "<dynamic>"
        for prefix in mounts.prefixes(site, handed):
            for answer in handlers_by_method(linked, handler, [str(m) for m in given] if given else None):
                yield answer.at(join(prefix, route), _told_at(site, place))


def _methods_given(linked: Linked, function: Scope, site: Site, name: str, handed: Given) -> list[str] | None:
    """The methods that an argument says; any, where it is given and nothing tells what it is; None where it is not given."""
    scope, at = site.frame.scope, position_of(function, name)
    stated = linked.keyword(scope, site.operation, name, at, handed)
    if isinstance(stated, str | list):
        return [str(method) for method in stated] if isinstance(stated, list) else [stated]
    ref = site.argument(at, name)
    if ref in (-1, ["c", None]):
        return None
    told = stated_method(linked, scope, ref, handed)
    listed = stated_methods(linked, scope, site.operation, at, handed, name)
    return [told] if isinstance(told, str) else listed or ["ANY"]


def _is_of_another(linked: Linked, function: Scope, site: Site, handed: Given) -> bool:
    """Whether the caller hands in another method than this one, of all that a line calls: ``guarded(router.add_get, "/")``."""
    names = linked.methods_handed_in(site, handed)
    beside = function.parent.facts.names if function.parent is not None else {}
    return function.facts.name not in names and any(name in beside for name in names)


def _handled(
    linked: Linked, registrations: Registrations, function: Scope, argument: str
) -> Iterator[tuple[Site, Site, Scope, Given]]:
    """Each call of a function, where its handler is given (the same, or the decoration by its result), the handler, and what
    is handed to a decorator of the application around it.
    """
    makes = function.facts.name == "__init__" and function.parent is not None
    registrations.follow_anew()
    made = function.parent.definition if makes and function.parent is not None else ""
    for site in linked.sites_constructing(made) if made else linked.sites_calling(function.definition):
        if site.frame.scope.library:
            continue
        if site.kind == "decorate":
            found = list(registrations.calls(site, site.arguments[0]))
        else:
            found = list(registrations.decorated(site))
            ref: Ref = site.argument(position_of(function, argument), argument)
            if not found:
                given_at = [(site, each, NOTHING) for each in _elements(site.frame.scope, ref)]
                for at, each, known in given_at if ref != -1 else registrations.in_rows(site, argument):
                    named = scope_at(linked, each) if isinstance(each, str) else None
                    if named is not None:
                        yield site, site, named, known
                    elif not isinstance(each, str):
                        found += registrations.calls(at, each, known)
        for place, handed, given in found:
            for handler in linked.handlers(place, handed):
                yield site, place, handler, given


def _elements(scope: Scope, ref: Ref) -> list[Ref]:
    """What a list that is written out holds; else what is given itself."""
    written = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    return [each for operation in written if operation[0] == Op.CONTAINER for each in operation[3]] or [ref]


def position_of(function: Scope, name: str) -> int:
    """The position of an argument in a call of a summarised function; -1 for one that is given by name only."""
    names = [parameter[0] for parameter in function.facts.parameters if parameter[4] == 0]
    skip = 1 if function.is_method and function.facts.flavour != "static" else 0
    return names.index(name) - skip if name in names else -1


def scope_at(linked: Linked, dotted: str) -> Scope | None:
    """The function or class of the application at a name such as ``shop.tasks.clean`` or ``shop.tasks:clean``."""
    module_name, _, name = dotted.replace(":", ".").rpartition(".")
    while module_name:
        module = linked.program.by_name.get(module_name)
        if module is not None:
            for scope in module.scopes if not module.library else ():
                if scope.facts.qualname == name and scope.facts.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
                    return scope
            return None
        module_name, _, outer = module_name.rpartition(".")
        name = f"{outer}.{name}"
    return None


def loaded_by_name(linked: Linked, loader: Scope) -> Iterator[tuple[Site, Scope]]:
    """What a function that is made inside another loads, each with the call that names it: ``load("shop.commands.add")``.

    The dotted name is given to the function around, which every command shares that is loaded so.
    """
    maker = loader.parent
    if maker is None or not maker.is_function or not loader.is_function:
        return
    told = set[tuple[str, int, str]]()
    for site in linked.sites_leading_to(maker):
        for ref in (*site.arguments, *(ref for _, ref in site.keywords)):
            text = linked.constant(site.frame.scope, ref)
            found = scope_at(linked, text) if isinstance(text, str) and "." in text else None
            place = (site.frame.scope.module.file, site.line, text if isinstance(text, str) else "")
            if found is not None and place not in told:
                told.add(place)
                yield site, found
