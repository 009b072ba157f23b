"""Django's URL configuration, and routers of Django REST framework -> HTTP entry points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.handed_in import handed_by_call
from decompose.linking.libraries import admin_pages, rest_routes
from decompose.linking.libraries.django_methods import StatedMethods
from decompose.linking.libraries.django_url_modules import module_of, pattern_lists, top_modules, without_name
from decompose.linking.libraries.django_views import answers, route_of
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given
from decompose.linking.program import Module, Scope
from decompose.linking.wiring import own_frame

_PATH_CALLS = frozenset({"path", "re_path", "url"})
_URL_MODULES = ("django.urls", "django.conf.urls", "django.urls.conf")
_LOCALISING = ("django.conf.urls.i18n", "i18n_patterns")
_MAX_DEPTH = 12
_MAX_STEPS = 400_000
"""Of all patterns: where lists are put together of each other again and again, ways are endless."""

_Key = tuple[int, int]
_Place = tuple[int, int, int]
"""A value in a scope, and for a method the class of the object that it is followed for, or -1."""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """All routes, each under every prefix that it is included with."""
    tree = _Tree(linked)
    if not tree.sites and not top_modules(linked, tree.includes):
        return
    yield from tree.entries()
    yield from rest_routes.registered(linked, tree.mounted)


class _Tree:
    """``urlpatterns`` and what they include, followed from the modules that nobody includes."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.sites: dict[_Key, Site] = {}
        self.includes: set[_Key] = set()
        self.localised: set[_Key] = set()
        """Calls whose patterns are found below the code of a language."""
        for site, module, name in linked.external_sites(kind="call"):
            key = (site.frame.scope.index, site.operation[1])
            if module in _URL_MODULES and name in _PATH_CALLS:
                self.sites.setdefault(key, site)
            elif module in _URL_MODULES and name == "include":
                self.includes.add(key)
            elif (module, name) == _LOCALISING:
                unlike = linked.keyword(site.frame.scope, site.operation, "prefix_default_language")
                if unlike is not False:
                    self.localised.add(key)
        self.reached: set[_Key] = set()
        self.mounted: dict[_Key, list[str]] = {}
        """Where each router's own routes go, by where the router was made."""
        self.admins: list[tuple[Scope | None, str]] = []
        """The class of each site of Django's admin, None for the usual one, and where its pages are found."""
        self.found: list[FoundEntry] = []
        self._following: set[_Key] = set()
        self._receivers: dict[int, Scope] = {}
        """Method that is being followed -> the class of the object that it is followed for."""
        self._through: set[_Place] = set()
        """The lists that are being followed: one that has itself as a part adds nothing."""
        self._told: set[tuple[_Place, str]] = set()
        """The lists that were followed below a prefix."""
        self._steps = 0
        self.makers = Makers(linked)
        self.stated = StatedMethods(linked, self.makers)

    def entries(self) -> list[FoundEntry]:
        for module in top_modules(self.linked, self.includes):
            self._patterns_of(module, "", 0)
        self._collect_of_admin()
        self._collect_left()
        return self.found

    def _collect_of_admin(self) -> None:
        """The further pages of the admin's sites, and of its classes: these are found below the names of their models."""
        for cls, below in admin_pages.further_pages(self.linked, self.admins):
            member = self.linked.hierarchy.member(cls, "get_urls")
            function = self.linked.engine.function_of(member)
            if function is None or function.library:
                continue
            self._receivers[function.index] = cls
            for returned in function.facts.returns:
                self._collect(function, returned, below, 0)
            del self._receivers[function.index]

    def _collect_left(self) -> None:
        """What is reached by code that we do not follow: the routes are there, their prefix is not known.

        Of these only what none of the others includes: that is told below the prefix of who includes it.
        """
        left = sorted(set(self.sites) - self.reached)
        found, self.found = self.found, []
        told: dict[_Key, list[FoundEntry]] = {}
        below: dict[_Key, set[_Key]] = {}
        for key in left:
            self.found, self.reached = [], set()
            self._told.clear()
            self._entry(key, "", 0)
            told[key], below[key] = self.found, self.reached - {key}
        included = set().union(*below.values())
        covered: set[_Key] = set()
        # Those that include each other in a circle come last.
        for key in sorted(left, key=lambda key: (key in included, key)):
            if key not in covered:
                found += told[key]
                covered |= below[key] | {key}
        self.found = found

    def _patterns_of(self, module: Module, prefix: str, depth: int) -> None:
        for scope, patterns in pattern_lists(self.linked, module) if depth < _MAX_DEPTH else ():
            self._collect(scope, patterns, prefix, depth)

    def _collect(self, scope: Scope, ref: Any, prefix: str, depth: int, given: Given = NOTHING) -> None:
        """Follow a list of patterns to its elements; ``given`` is what the function around it was handed."""
        if isinstance(ref, list) and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0:
            return
        receiver = self._receivers.get(scope.index)
        key = (scope.index, ref, receiver.index if receiver is not None else -1)
        if key in self._through or (not given and (key, prefix) in self._told):
            return
        self._steps += 1
        if self._steps > _MAX_STEPS or depth > _MAX_DEPTH * 4:
            self.linked.cut_short.add(scope.index)
            return
        if not given:
            self._told.add((key, prefix))
        self._through.add(key)
        self._collect_parts(scope, ref, prefix, depth, given)
        self._through.discard(key)

    def _collect_parts(self, scope: Scope, ref: int, prefix: str, depth: int, given: Given) -> None:
        for operation in scope.operations_producing(ref):
            match operation[0]:
                case Op.CONTAINER:
                    for element in operation[3]:
                        self._collect(scope, element, prefix, depth + 1, given)
                case Op.COPY:
                    self._collect(scope, operation[2], prefix, depth + 1, given)
                case Op.BINARY:
                    self._collect(scope, operation[2], prefix, depth + 1, given)
                    self._collect(scope, operation[3], prefix, depth + 1, given)
                case Op.CALL:
                    key = (scope.index, operation[1])
                    if key in self.sites:
                        self._entry(key, prefix, depth + 1, given)
                    else:
                        below = f"{prefix}<language>/" if key in self.localised else prefix
                        for argument in operation[3]:
                            self._collect(scope, argument, below, depth + 1, given)
                        self._collect_returned(scope, operation[2], "", prefix, depth, operation)
                case Op.ATTRIBUTE if operation[3] == "urls" and self._mount(scope, operation[2], prefix):
                    pass
                case Op.ITEM:
                    # ``include(shop.urls[0])``: the patterns of ``patterns, application name, namespace``
                    self._collect(scope, operation[2], prefix, depth + 1, given)
                case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                    origin = self.linked.origin(scope, ref)
                    if origin is not None and origin.operation is not operation and origin.operation[0] != Op.FUNCTION:
                        self._collect(origin.scope, origin.operation[1], prefix, depth + 1)
                    elif origin is not None and operation[0] == Op.ATTRIBUTE:
                        self._collect_returned(scope, operation[2], operation[3], prefix, depth)

    def _collect_returned(
        self, scope: Scope, ref: Any, attribute: str, prefix: str, depth: int, call: list[Any] | None = None
    ) -> None:
        """The patterns that a function gives to a ``call``, or with ``attribute`` a property of an object."""
        for function, receiver in self._functions(scope, ref, attribute):
            key = (function.index, receiver.index if receiver is not None else -1)
            if function.library or key in self._following:
                continue
            self._following.add(key)
            before = self._receivers.get(function.index)
            if receiver is not None:
                self._receivers[function.index] = receiver
            given = handed_by_call(function, scope, call[3], call[4]) if call is not None else NOTHING
            for returned in function.facts.returns:
                self._collect(function, returned, prefix, depth + 1, given)
            self._following.discard(key)
            if before is not None:
                self._receivers[function.index] = before
            else:
                self._receivers.pop(function.index, None)

    def _functions(self, scope: Scope, ref: Any, attribute: str) -> Iterator[tuple[Scope, Scope | None]]:
        """What is called, or with ``attribute`` the property of the object, each with the class of the object that it is of."""
        hierarchy, engine = self.linked.hierarchy, self.linked.engine
        own = self._own_member(scope, ref) if not attribute else None
        if own is not None:
            yield own
            return
        for value in sorted(engine.values_of(engine.node_of(own_frame(engine, scope), ref))):
            description = self.linked.values[value]
            receiver: Scope | None = None
            if description[0] == "B":
                of = self.linked.values[description[2]]
                receiver = self.linked.program.scopes[of[1]] if of[0] == "I" else None
                description = self.linked.values[description[1]]
            if description[0] == "F":
                yield self.linked.program.scopes[description[1]], receiver
            elif attribute and description[0] == "I":
                cls = self.linked.program.scopes[description[1]]
                member = hierarchy.member(cls, attribute)
                function = engine.function_of(member)
                if function is not None:
                    yield function, cls

    def _own_member(self, scope: Scope, ref: Any) -> tuple[Scope, Scope] | None:
        """``self.name``, in a method that is followed for an object of a certain class: that class's method."""
        receiver = self._receivers.get(scope.index)
        if receiver is None or not scope.facts.parameters:
            return None
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.ATTRIBUTE and operation[2] == scope.facts.parameters[0][1]:
                member = self.linked.hierarchy.member(receiver, operation[3])
                function = self.linked.engine.function_of(member)
                return (function, receiver) if function is not None else None
        return None

    def _entry(self, key: _Key, prefix: str, depth: int, given: Given = NOTHING) -> None:
        site = self.sites[key]
        scope = site.frame.scope
        self.reached.add(key)
        view = site.argument(1, "view")
        rows = self._rows(scope, view, given)
        if not rows and (viewed := _viewed(scope, view)) is not None:
            # ``path(route, view.as_view()) for route, view in rows``
            rows = self._rows(scope, viewed, given)
            view = viewed if rows else view
        if rows:
            for row in rows:
                full = f"{prefix}{route_of(self.linked, site, row)}"
                for made, _ in self.makers.of(scope, view, row):
                    made_here = Site(own_frame(self.linked.engine, made.scope), made.operation, "call")
                    self.found += answers(self.linked, self.stated, site, made_here, made.operation[1], full)
            return
        full = f"{prefix}{route_of(self.linked, site, given)}"
        for operation in scope.operations_producing(view):
            if operation[0] == Op.CALL and (scope.index, operation[1]) in self.includes and operation[3]:
                self._include(scope, operation[3][0], full, depth)
                return
            if operation[0] == Op.ATTRIBUTE and operation[3] == "urls":
                self._mount_admin(scope, operation[2], full)
            if operation[0] == Op.ATTRIBUTE:
                before = len(self.found)
                self._collect_returned(scope, operation[2], operation[3], full, depth)
                if len(self.found) > before:
                    return
        self.found += answers(self.linked, self.stated, site, site, view, full)

    def _rows(self, scope: Scope, view: Any, given: Given) -> list[Given]:
        """``path(route, view) for route, view in rows``: what each row settles; nothing where it is no such loop."""
        for operation in scope.operations_producing(view):
            for loop in scope.operations_producing(operation[2]) if operation[0] == Op.ITEM else ():
                if loop[0] == Op.ITERATE:
                    return [settled for _, _, settled in self.makers.rows(scope, loop, given)]
        return []

    def _mount(self, scope: Scope, router: Any, prefix: str) -> bool:
        """Remember that the routes registered with a router are found under ``prefix``."""
        origin = self.linked.origin(scope, router)
        if origin is None or origin.operation[0] != Op.CALL:
            return False
        self.mounted.setdefault((origin.scope.index, origin.operation[1]), []).append(prefix)
        # The application may say itself what they are, or what there is besides.
        return all(function.library for function, _ in self._functions(scope, router, "urls"))

    def _mount_admin(self, scope: Scope, site: Any, prefix: str) -> None:
        for value in self.linked.names.evaluate(scope, site):
            description = self.linked.values[value]
            if description[0] == "X" and f"{description[1]}.{description[2]}" in admin_pages.USUAL_SITES:
                self.admins.append((None, prefix))
            elif description[0] == "I" and admin_pages.is_site(
                self.linked.names, self.linked.program.scopes[description[1]]
            ):
                self.admins.append((self.linked.program.scopes[description[1]], prefix))

    def _include(self, scope: Scope, ref: Any, prefix: str, depth: int) -> None:
        scope, ref = without_name(self.linked, scope, ref)
        module = module_of(self.linked, scope, ref)
        if module is not None:
            self._patterns_of(module, prefix, depth + 1)
        else:
            self._collect(scope, ref, prefix, depth + 1)


def _viewed(scope: Scope, ref: Any) -> Any:
    """The class in ``view.as_view()``, where nothing more is said there; None where it is no such call."""
    call = scope.call_producing(ref)
    if call is None or call[3] or call[4]:
        return None
    return next((of for of, name in scope.attributes_read(call[2]) if name == "as_view"), None)
