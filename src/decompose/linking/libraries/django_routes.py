"""Django's URL configuration, and routers of Django REST framework -> HTTP entry points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import handlers_by_method, join
from decompose.linking.linked import FoundEntry, Linked
from decompose.linking.program import Module, Scope

_PATH_CALLS = frozenset({"path", "re_path", "url"})
_URL_MODULES = ("django.urls", "django.conf.urls", "django.urls.conf")
_MAX_DEPTH = 12
_Key = tuple[int, int]


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """All routes, each under every prefix that it is included with."""
    tree = _Tree(linked)
    if not tree.sites:
        return
    yield from tree.entries()
    yield from _registered_viewsets(linked, tree.mounted)


class _Tree:
    """``urlpatterns`` and what they include, followed from the modules that nobody includes."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.sites: dict[_Key, Site] = {}
        self.includes: set[_Key] = set()
        for site, module, name in linked.external_sites(kind="call"):
            key = (site.frame.scope.index, site.operation[1])
            if module in _URL_MODULES and name in _PATH_CALLS:
                self.sites.setdefault(key, site)
            elif module in _URL_MODULES and name == "include":
                self.includes.add(key)
        self.reached: set[_Key] = set()
        self.mounted: dict[_Key, list[str]] = {}
        """Where each router's own routes go, by where the router was made."""
        self.found: list[FoundEntry] = []

    def entries(self) -> list[FoundEntry]:
        for module in self._top_modules():
            self._patterns_of(module, "", 0)
        for key in sorted(set(self.sites) - self.reached):
            # Reached by code that we do not follow: the route is there, its prefix is not known.
            self._entry(key, "", 0)
        return self.found

    def _top_modules(self) -> list[Module]:
        included: set[int] = set()
        for scope_index, node in self.includes:
            scope = self.linked.program.scopes[scope_index]
            for operation in scope.operations_producing(node):
                if operation[3]:
                    target = self._module(*self._without_name(scope, operation[3][0]))
                    if target is not None:
                        included.add(target.index)
        declared = self.linked.engine.references.settings().get("ROOT_URLCONF")
        root = self.linked.program.by_name.get(declared or "")
        if root is not None:
            return [root]
        return [
            module
            for module in self.linked.program.modules
            if not module.library and "urlpatterns" in module.top.facts.names and module.index not in included
        ]

    def _without_name(self, scope: Scope, ref: Any) -> tuple[Scope, Any]:
        """``include((patterns, application name))``: the patterns."""
        plain = self.linked.constant(scope, ref)
        if isinstance(plain, list) and plain:
            return scope, plain[0]
        origin = self.linked.origin(scope, ref) if type(ref) is int else None
        if origin is not None and origin.operation[0] == Op.CONTAINER and origin.operation[2] == "tuple":
            return origin.scope, origin.operation[3][0] if origin.operation[3] else -1
        return scope, ref

    def _module(self, scope: Scope, ref: Any) -> Module | None:
        """The module that an ``include`` argument names."""
        if isinstance(ref, str):
            return self.linked.program.by_name.get(ref)
        for value in self.linked.names.evaluate(scope, ref):
            description = self.linked.values[value]
            if description[0] == "M":
                index: int = description[1]
                return self.linked.program.modules[index]
        return None

    def _patterns_of(self, module: Module, prefix: str, depth: int) -> None:
        holder = self.linked.program.exporting_module(module, "urlpatterns")
        if holder is not None and depth < _MAX_DEPTH:
            self._collect(holder.top, holder.top.facts.names["urlpatterns"], prefix, depth)

    def _collect(self, scope: Scope, ref: Any, prefix: str, depth: int) -> None:
        """Follow a list of patterns to its elements."""
        if isinstance(ref, list) and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0 or depth > _MAX_DEPTH * 4:
            return
        for operation in scope.operations_producing(ref):
            match operation[0]:
                case Op.CONTAINER:
                    for element in operation[3]:
                        self._collect(scope, element, prefix, depth + 1)
                case Op.COPY:
                    self._collect(scope, operation[2], prefix, depth + 1)
                case Op.BINARY:
                    self._collect(scope, operation[2], prefix, depth + 1)
                    self._collect(scope, operation[3], prefix, depth + 1)
                case Op.CALL:
                    key = (scope.index, operation[1])
                    if key in self.sites:
                        self._entry(key, prefix, depth + 1)
                    else:
                        for argument in operation[3]:
                            self._collect(scope, argument, prefix, depth + 1)
                case Op.ATTRIBUTE if operation[3] == "urls" and self._mount(scope, operation[2], prefix):
                    pass
                case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                    origin = self.linked.origin(scope, ref)
                    if origin is not None and origin.operation is not operation:
                        self._collect(origin.scope, origin.operation[1], prefix, depth + 1)

    def _entry(self, key: _Key, prefix: str, depth: int) -> None:
        site = self.sites[key]
        scope = site.frame.scope
        self.reached.add(key)
        route = self.linked.keyword(scope, site.operation, "route", 0)
        route = route if isinstance(route, str) else "<dynamic>" if site.arguments else ""
        full = f"{prefix}{_readable(route)}"
        view = site.argument(1, "view")
        for operation in scope.operations_producing(view) if type(view) is int and view >= 0 else ():
            if operation[0] == Op.CALL and (scope.index, operation[1]) in self.includes and operation[3]:
                self._include(scope, operation[3][0], full, depth)
                return
        for handler in self.linked.handlers(site, view):
            if handler.is_function:
                self.found.append(FoundEntry("http", f"ANY {join('', full)}", handler, scope.module.file, site.line))
                continue
            for method, target in handlers_by_method(self.linked, handler, None):
                self.found.append(
                    FoundEntry("http", f"{method} {join('', full)}", target, scope.module.file, site.line)
                )

    def _mount(self, scope: Scope, router: Any, prefix: str) -> bool:
        """Remember that the routes registered with a router are found under ``prefix``."""
        origin = self.linked.origin(scope, router)
        if origin is None or origin.operation[0] != Op.CALL:
            return False
        self.mounted.setdefault((origin.scope.index, origin.operation[1]), []).append(prefix)
        return True

    def _include(self, scope: Scope, ref: Any, prefix: str, depth: int) -> None:
        scope, ref = self._without_name(scope, ref)
        module = self._module(scope, ref)
        if module is not None:
            self._patterns_of(module, prefix, depth + 1)
        else:
            self._collect(scope, ref, prefix, depth + 1)


def _readable(route: str) -> str:
    """A regular expression's route without its anchors; named groups become ``<name>``."""
    route = route.removeprefix("^").removesuffix("$")
    return re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", r"<\1>", route)


def _registered_viewsets(linked: Linked, mounted: Mapping[_Key, list[str]]) -> Iterator[FoundEntry]:
    for site, module, name in linked.external_sites(kind="call"):
        if not module.startswith("rest_framework") or not name.endswith(".register") or len(site.arguments) < 2:
            continue
        prefix = linked.constant(site.frame.scope, site.arguments[0])
        for handler in linked.functions_among(linked.argument_values(site, site.arguments[1])):
            if handler.facts.kind == ScopeKind.CLASS:
                path = _readable(prefix) if isinstance(prefix, str) else "<dynamic>"
                for before in _mounts(linked, site, mounted):
                    route = f"ANY {join('', before + path)}"
                    yield FoundEntry("http", route, handler, site.frame.scope.module.file, site.line)


def _mounts(linked: Linked, site: Site, mounted: Mapping[_Key, list[str]]) -> list[str]:
    scope = site.frame.scope
    for operation in scope.operations_producing(site.operation[2]):
        if operation[0] == Op.ATTRIBUTE:
            router = linked.origin(scope, operation[2])
            if router is not None and (prefixes := mounted.get((router.scope.index, router.operation[1]))):
                return list(dict.fromkeys(prefixes))
    return [""]
