"""The routes that a router of Django REST framework makes of a view set: its usual actions, and its extra ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from decompose.facts import HOLE, Op, ScopeKind
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import Answer, answer_of, join
from decompose.linking.libraries.http_methods import VERBS, allowed_methods, stated_methods
from decompose.linking.libraries.route_patterns import readable
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import Origin
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_USUAL = (
    ("get", "list", False),
    ("post", "create", False),
    ("get", "retrieve", True),
    ("put", "update", True),
    ("patch", "partial_update", True),
    ("delete", "destroy", True),
)
"""Method, action, and whether it is about one object."""

_DECORATORS = {"action": None, "detail_route": True, "list_route": False, "link": True}
"""Decorator of an extra action -> whether it is about one object; None where it says so itself."""

_MAX_DEPTH = 12
"""Of routers in each other."""


class Route(NamedTuple):
    """The path behind the prefix that the view set is registered with, and what answers there."""

    path: str
    answer: Answer


class _Action(NamedTuple):
    """An extra action: its function and the class that has it, its path, and what answers by which methods."""

    owner: Scope
    function: Scope
    path: str
    detail: bool
    methods: tuple[tuple[str, Scope], ...]


def routes(linked: Linked, view: Scope, ending: str) -> list[Route]:
    """All routes of a registered view set; ``ending`` is ``/`` or empty. None of them is known for an unknown base."""
    one = f"/<{_lookup(linked, view)}>"
    found: list[Route] = []
    allowed = allowed_methods(linked, view)
    for method, action, detail in _USUAL:
        member = linked.hierarchy.member(view, action)
        if member is not None:
            answer = answer_of(method.upper(), view, member.owner, member.owner.function_below(member.ref))
            found.append(Route(f"{one if detail else ''}{ending}", answer))
    for extra in _actions(linked, view):
        path = f"{one if extra.detail else ''}/{extra.path}{ending}"
        found += (Route(path, answer_of(verb.upper(), view, extra.owner, function)) for verb, function in extra.methods)
    return [route for route in found if allowed is None or route.answer.verb in allowed]


def mapped(linked: Linked, view: Scope, actions: dict[str, Any]) -> Iterator[Answer]:
    """The methods of ``View.as_view({"get": "list"})`` that the class allows, each with what answers."""
    allowed = allowed_methods(linked, view)
    for method, action in actions.items():
        if allowed is not None and method.upper() not in allowed:
            continue
        member = linked.hierarchy.member(view, action) if isinstance(action, str) else None
        if member is None:
            yield Answer(method.upper(), view)
        else:
            yield answer_of(method.upper(), view, member.owner, member.owner.function_below(member.ref))


def _lookup(linked: Linked, view: Scope) -> str:
    for name in ("lookup_url_kwarg", "lookup_field"):
        member = linked.hierarchy.member(view, name)
        if member is not None and isinstance(member.ref, str) and member.ref:
            return member.ref
    return "pk"


def _actions(linked: Linked, view: Scope) -> Iterator[_Action]:
    seen: set[str] = set()
    for owner in linked.hierarchy.order(view):
        if owner.library:
            continue
        more = _mapped_functions(owner)
        for name, ref in owner.facts.names.items():
            if name not in seen:
                seen.add(name)
                found = _action(linked, owner, name, ref, more.get(ref, []) if type(ref) is int else [])
                if found is not None:
                    yield found


def _action(linked: Linked, owner: Scope, name: str, ref: Any, more: list[tuple[str, Scope]]) -> _Action | None:
    function = owner.function_below(ref)
    for call in owner.decorator_calls(ref) if function is not None else ():
        for value in linked.names.evaluate(owner, call[2]):
            description = linked.values[value]
            decorator = description[2].rpartition(".")[2] if description[0] == "X" else ""
            if decorator not in _DECORATORS or not description[1].startswith("rest_framework") or function is None:
                continue
            detail = _DECORATORS[decorator]
            if detail is None:
                detail = linked.keyword(owner, call, "detail", 1) is not False
            path = linked.keyword(owner, call, "url_path")
            given = [method.lower() for method in stated_methods(linked, owner, call, 0) or ["get"]]
            answers = ((method, function) for method in given if method in VERBS)
            return _Action(
                owner, function, readable(path) if isinstance(path, str) else name, detail, (*answers, *more)
            )
    return None


def _mapped_functions(owner: Scope) -> dict[int, list[tuple[str, Scope]]]:
    """``@recent.mapping.delete``: the extra action, by its ref -> the methods that other functions answer for it."""
    found: dict[int, list[tuple[str, Scope]]] = {}
    for operation in owner.facts.ops:
        if operation[0] != Op.DECORATE or type(operation[2]) is not int:
            continue
        for verb in owner.operations_producing(operation[2]):
            if verb[0] == Op.ATTRIBUTE and verb[3] in VERBS:
                for mapping in owner.operations_producing(verb[2]):
                    function = owner.function_below(operation[1])
                    if mapping[0] == Op.ATTRIBUTE and mapping[3] == "mapping" and function is not None:
                        found.setdefault(mapping[2], []).append((verb[3], function))
    return found


def registered(linked: Linked, mounted: Mapping[tuple[int, int], list[str]]) -> Iterator[FoundEntry]:
    """The routes of all view sets that are registered with routers; ``mounted``: where each router's go, by where it was made."""
    registrations = Registrations(Makers(linked))
    for site, module, name in linked.external_sites(kind="call"):
        if not module.startswith("rest_framework") or not name.endswith(".register") or len(site.arguments) < 2:
            continue
        for place, view, given in registrations.calls(site, site.arguments[1]):
            prefix = linked.constant(site.frame.scope, site.arguments[0], given)
            for handler in linked.functions_among(linked.argument_values(place, view)):
                if handler.facts.kind == ScopeKind.CLASS:
                    path = readable(prefix).replace(HOLE, "<dynamic>") if isinstance(prefix, str) else "<dynamic>"
                    yield from _registered(linked, site, handler, path, mounted)


def _registered(
    linked: Linked, site: Site, handler: Scope, path: str, mounted: Mapping[tuple[int, int], list[str]]
) -> Iterator[FoundEntry]:
    router = linked.receiver(site)
    answers = routes(linked, handler, _ending(linked, router)) or [Route("", Answer("ANY", handler))]
    parents = linked.keyword(site.frame.scope, site.operation, "parents_query_lookups", 3)
    for before in _mounts(linked, router, mounted, parents if isinstance(parents, list) else []):
        for answer in answers:
            # Registered with nothing, it has no slash of its own.
            route = join("", f"{before}{path}{answer.path if path else answer.path.removeprefix('/')}")
            yield answer.answer.at(route, site)


def _ending(linked: Linked, router: Origin | None) -> str:
    """What paths end with; a router inside another has that of the outer one."""
    for _ in range(_MAX_DEPTH):
        if router is None or router.operation[0] != Op.CALL:
            break
        given = linked.keyword(router.scope, router.operation, "trailing_slash")
        if given is not None:
            return "" if given is False else "/"
        around = _registered_with(linked, router)
        if around is None and router.operation[3]:
            around = linked.origin(router.scope, router.operation[3][0])
        router = around
    return "/"


def _registered_with(linked: Linked, router: Origin) -> Origin | None:
    """What ``router`` was registered with, where it is what ``orders = around.register("orders", Orders)`` gave."""
    for receiver, name in router.scope.attributes_read(router.operation[2]):
        if name == "register":
            return linked.origin(router.scope, receiver)
    return None


def _mounts(
    linked: Linked, router: Origin | None, mounted: Mapping[tuple[int, int], list[str]], parents: Sequence[Any]
) -> list[str]:
    """The prefixes of a router: its own or that of the next one around it, and behind it the places of the objects of all of those.

    ``parents``: by what the objects around are looked up, the outermost first, where what registers says so.
    """
    places, prefixes, lookups = "", list[str](), list(parents)
    for _ in range(_MAX_DEPTH):
        if router is None:
            break
        prefixes = prefixes or mounted.get((router.scope.index, router.operation[1]), [])
        if router.operation[0] != Op.CALL or len(router.operation[3]) < 2:
            break
        around = _registered_with(linked, router)
        if around is not None:
            name = linked.constant(router.scope, router.operation[3][0])
            if not isinstance(name, str):
                break
            places = f"{readable(name)}/<parent_lookup_{lookups.pop() if lookups else 'nested'}>/{places}"
            router = around
            continue
        # ``NestedSimpleRouter(router, "orders", lookup="order")``
        name = linked.constant(router.scope, router.operation[3][1])
        if not isinstance(name, str):
            break
        lookup = linked.keyword(router.scope, router.operation, "lookup")
        places = f"{name}/<{lookup if isinstance(lookup, str) else 'nested'}_pk>/{places}"
        router = linked.origin(router.scope, router.operation[3][0])
    return [f"{prefix}{places}" for prefix in dict.fromkeys(prefixes or [""])]
