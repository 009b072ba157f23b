"""HTTP routes of Flask, FastAPI and frameworks like them: a decorator or a call with the path as its argument."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from decompose.facts import HOLE, Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.kept_arguments import KeptArguments
from decompose.linking.libraries.http_methods import VERBS, allowed_methods, stated_methods
from decompose.linking.linked import Linked
from decompose.linking.made_objects import OBJECT
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given, Origin, keyword_ref
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_FLASK = "flask:Scaffold"
_FASTAPI = "fastapi:APIRouter"
_MAX_PREFIX_DEPTH = 8
_ALL = -2
"""The position of what every argument is, not one of them."""
_Key = tuple[int, int]
"""Where something was made: its scope, and the node of the call."""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """All routes, with the prefixes of the blueprints or routers that they are mounted under."""
    told: dict[tuple[int, int], bool] = {}
    for site, found in _registrations(linked, Prefixes(linked)):
        place = (site.frame.scope.index, site.line)
        told[place] = told.get(place, False)
        for entry in found:
            told[place] = True
            yield entry
    linked.untold_routes.update(place for place, known in told.items() if not known)


def _registrations(linked: Linked, prefixes: Prefixes) -> Iterator[tuple[Site, Iterator[FoundEntry]]]:
    """The calls that register routes, each with those that it is known to register."""
    for holder, verbs in ((_FLASK, VERBS[:5]), (_FASTAPI, VERBS)):
        for site, verb, called in _sites_of(linked, holder, (*verbs, "route", "api_route", "websocket")):
            yield site, _by_decorator(linked, prefixes, site, verb, called)
    for definition, keyword, position in (
        (f"{_FLASK}.add_url_rule", "view_func", 2),
        (f"{_FASTAPI}.add_api_route", "endpoint", 1),
    ):
        for site in linked.sites_calling(definition):
            for call, known in prefixes.registrations.unpacked.sites(site, position):
                view = keyword_ref(call.operation, keyword, position)
                yield call, _by_rule(linked, prefixes, call, view, known)


def _sites_of(linked: Linked, holder: str, names: Iterable[str]) -> Iterator[tuple[Site, str, list[str]]]:
    """The calls of these methods, each with the method, and with all of which the same line is a call elsewhere."""
    found = [(site, name) for name in names for site in linked.sites_calling(f"{holder}.{name}")]
    called: dict[_Key, list[str]] = {}
    for site, name in found:
        known = called.setdefault((site.frame.scope.index, site.operation[1]), [])
        known += [name] if name not in known else []
    for site, name in found:
        yield site, name, called[site.frame.scope.index, site.operation[1]]


def _by_decorator(linked: Linked, prefixes: Prefixes, site: Site, verb: str, called: list[str]) -> Iterator[FoundEntry]:
    for decoration, decorated, given in prefixes.registrations.decorated(site):
        handed_in = linked.methods_handed_in(site, given)
        for name in [each for each in called if each in handed_in] if handed_in else [verb]:
            methods = _methods(linked, site, name, given)
            for function in linked.handlers(decoration, decorated):
                # A class says by its methods what it answers, unless the route does.
                answers = None if not function.is_function and methods == ["GET"] else methods
                told_at = site if decoration.frame.scope is site.frame.scope else decoration
                yield from _routes(linked, prefixes, site, function, answers, given, told_at)


def _by_rule(linked: Linked, prefixes: Prefixes, site: Site, view: Ref, known: Given) -> Iterator[FoundEntry]:
    for caller, given_view, given in prefixes.registrations.calls(site, view, known):
        stated = stated_methods(linked, site.frame.scope, site.operation, -1, given)
        unknown = stated is None and keyword_ref(site.operation, "methods") not in (-1, ["c", None])
        for handler in linked.handlers(caller, given_view):
            wanted = stated if stated is not None else ["ANY"] if unknown and handler.is_function else None
            if wanted is None and _is_made_a_view(linked, handler):
                wanted = ["GET"]
            yield from _routes(linked, prefixes, site, handler, wanted, given, caller)


def _is_made_a_view(linked: Linked, handler: Scope) -> bool:
    """Whether a class is no view by itself, so that the application makes a function of it, which answers as functions do."""
    is_view = handler.is_function or linked.inherits(handler, "flask.views:View")
    return not is_view and not linked.hierarchy.external_bases(handler)


def _methods(linked: Linked, site: Site, verb: str, given: Given) -> list[str]:
    if verb in VERBS:
        return [verb.upper()]
    if verb == "websocket":
        return ["WEBSOCKET"]
    return stated_methods(linked, site.frame.scope, site.operation, -1, given) or ["GET"]


def _routes(
    linked: Linked, prefixes: Prefixes, site: Site, handler: Scope, methods: list[str] | None, given: Given = NOTHING,
    told_at: Site | None = None,
) -> Iterator[FoundEntry]:  # fmt: skip
    """The routes that a call registers; ``told_at``: where the view is handed to the function around it, if it is."""
    place = told_at or site
    for path in _paths(linked, prefixes.makers, site, given):
        for prefix in prefixes.of_receiver(site, given):
            for answer in handlers_by_method(linked, handler, methods):
                yield answer.at(join(prefix, path), place)


def _paths(linked: Linked, makers: Makers, site: Site, given: Given) -> Iterator[str]:
    """The path of a route; where loops and calls of the function around it put it together, each that they make."""
    scope = site.frame.scope
    for name, position in (("rule", 0), ("path", -1)):
        path = linked.keyword(scope, site.operation, name, position, given)
        ref = keyword_ref(site.operation, name, position)
        told = makers.texts_returned(scope, ref, given)
        if len(told) > 1:
            yield from told  # a function that gives several: with the tenant in front, and without
            return
        if isinstance(path, str) and HOLE not in path:
            yield path
            return
        for choice in makers.choices(scope, ref, given) if ref != -1 else ():
            told = linked.constant(scope, ref, choice)
            yield from (each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str))


class Answer(NamedTuple):
    """A method of HTTP, the view that answers it, and the method that a class inherits for it, if that is known."""

    verb: str
    handler: Scope
    method: Scope | None = None

    def at(self, path: str, place: Site) -> FoundEntry:
        """The entry point for a path that is registered at a place."""
        file, line = place.frame.scope.module.file, place.line
        return FoundEntry("http", f"{self.verb} {path}", self.handler, file, line, self.method)


def answer_of(verb: str, view: Scope, owner: Scope, function: Scope | None) -> Answer:
    """What a view answers with a function: its own stands for itself, one that it inherits stands behind the view."""
    own = function is not None and owner is view and not function.library
    return Answer(verb, function) if own and function is not None else Answer(verb, view, function)


def handlers_by_method(linked: Linked, handler: Scope, methods: Iterable[str] | None) -> Iterator[Answer]:
    """The HTTP methods that a view answers, each with the code that does."""
    wanted = [method.upper() for method in methods] if methods else None
    if handler.is_function:
        for method in wanted or ["GET"]:
            yield Answer(method, handler)
        return
    wanted = wanted or allowed_methods(linked, handler)
    found = False
    for verb in VERBS:
        member = linked.hierarchy.member(handler, verb)
        if member is None or member.ref is None or (wanted and verb.upper() not in wanted):
            continue
        if member.owner.library and verb not in VERBS[:5]:
            continue  # every view of a library answers HEAD and OPTIONS
        found = True
        yield answer_of(verb.upper(), handler, member.owner, member.owner.function_below(member.ref))
    if not found:
        for method in wanted or ["ANY"]:
            yield Answer(method, handler)


def join(prefix: str, path: str) -> str:
    """Two parts of a path, with one slash between and one in front; servers take several for one."""
    joined = f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix
    joined = re.sub("//+", "/", joined.replace(HOLE, "<dynamic>"))
    return joined if joined.startswith("/") else f"/{joined}"


_GOT = frozenset({Op.CALL, Op.ITEM, Op.ATTRIBUTE, Op.BINARY})


class _Mount(NamedTuple):
    """What something is mounted on, the prefix there, and what is settled of the object that made and kept it, if one did."""

    outer: Origin | None
    prefix: str | None
    settled: Given


class Prefixes:
    """The paths that each blueprint or router is mounted under, by where it was made."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.makers = Makers(linked)
        self.registrations = Registrations(self.makers)
        self.mounted: dict[_Key, list[_Mount]] = {}
        kept = KeptArguments(self.makers)
        mounts = (
            ("flask:Scaffold.register_blueprint", "blueprint", 0, "url_prefix", -1),
            ("fastapi:APIRouter.include_router", "router", 0, "prefix", -1),
            ("fastapi:APIRouter.mount", "app", 1, "path", 0),
            ("cadwyn:Cadwyn.generate_and_include_versioned_routers", "routers", _ALL, "", -1),
        )
        for definition, inner, position, keyword, at in mounts:
            called = (each for site in linked.sites_calling(definition) for each in kept.sites(site))
            for site, known in called:
                scope = site.frame.scope
                refs = site.arguments if position == _ALL else [site.argument(position, inner)]
                for made, given in (found for ref in refs for found in self.makers.of(scope, ref, known)):
                    prefix = self._prefix(scope, site.operation, keyword, at, given)
                    for outer in self._receivers(site, given) if made.operation[0] == Op.CALL else ():
                        mount = _Mount(outer, prefix, _of_its_object(made, given))
                        mounted = self.mounted.setdefault(_key(made), [])
                        if mount not in mounted:
                            mounted.append(mount)
        for key, mounted in self.mounted.items():
            # ``if base: app.mount(base, api)``, ``else: app.mount("/api", api)``: where it is unless somebody says otherwise
            told = [mount for mount in mounted if mount.prefix != HOLE]
            self.mounted[key] = told or mounted

    def _prefix(
        self, scope: Scope, operation: list[Any], keyword: str, position: int = -1, given: Given = NOTHING
    ) -> str | None:
        """The prefix that a call gives, with a hole for what is not in the code; None where it gives none that is known.

        What a function hands on may well be nothing, but what is got from a mapping, an object or a call is a prefix.
        """
        prefix = self.linked.keyword(scope, operation, keyword, position, given)
        if isinstance(prefix, str):
            return prefix
        origin = self.linked.origin(scope, keyword_ref(operation, keyword, position))
        return HOLE if origin is not None and origin.operation[0] in _GOT else None

    def _receivers(self, site: Site, given: Given) -> list[Origin | None]:
        return [*self.makers.receivers(site, given)] or [None]

    def of_receiver(self, site: Site, given: Given = NOTHING) -> list[str]:
        """The prefixes for a route declared on the receiver of ``site``, where a caller hands that in on the one of ``given``."""
        made = self.makers.receiving(site, given)
        acting = self.linked.values[site.frame.receiver] if site.frame.receiver >= 0 else ("",)
        cls = acting[1] if acting[0] == "I" else -1
        found = [prefix for origin, settled in made for prefix in self.of(origin, settled, cls)]
        return list(dict.fromkeys(found)) or [""]

    def of(self, made: Origin | None, given: Given = NOTHING, acting: int = -1, depth: int = 0) -> list[str]:
        """The prefixes of what was made there: its own, below those that it is mounted under.

        ``acting``: the class of the object that registers a route with it, if it is one.
        """
        if made is None or made.operation[0] != Op.CALL or depth > _MAX_PREFIX_DEPTH:
            return [""]
        is_blueprint = any(keyword == "url_prefix" for keyword, _ in made.operation[4])
        found = []
        for outer, prefix, settled in self.mounted.get(_key(made), []):
            if any(given.get(key, value) != value for key, value in settled.items()):
                continue  # another object's
            classes = {cls for cls, ref in settled if ref == OBJECT}
            asked = {cls for cls, ref in given if ref == OBJECT} or {acting} - {-1}
            if classes and asked and not classes & asked:
                continue  # that of an object of another class
            # Flask's prefix at the mount replaces the blueprint's own; FastAPI's comes in front of it.
            own = prefix if prefix is not None and is_blueprint else f"{prefix or ''}{self._own(made, settled)}"
            found += [f"{before}{own}" for before in self.of(outer, NOTHING, depth=depth + 1)]
        return found or [self._own(made, given)]

    def _own(self, made: Origin, given: Given) -> str:
        own = ""
        for keyword in ("url_prefix", "prefix"):
            own = self._prefix(made.scope, made.operation, keyword, -1, given) or own
        return own


def _of_its_object(made: Origin, given: Given) -> Given:
    """What is settled of the object one of whose methods made this, or for which its class has it made; or of the function that did."""
    if made.scope.facts.kind == ScopeKind.CLASS:
        return {key: value for key, value in given.items() if key[1] == OBJECT}
    if made.scope.is_function and not made.scope.is_method:
        return {key: value for key, value in given.items() if key[0] == made.scope.index and key[1] != OBJECT}
    cls = made.scope.parent if made.scope.is_method else None
    methods = {scope.index for scope in made.scope.module.scopes if scope.parent is cls} if cls is not None else ()
    return {key: value for key, value in given.items() if key[0] in methods and key[1] != OBJECT}


def _key(origin: Origin) -> _Key:
    return origin.scope.index, origin.operation[1]
