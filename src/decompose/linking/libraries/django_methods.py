"""Which methods of HTTP Django's views answer, where a decorator or the path that leads there says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import Answer
from decompose.linking.libraries.http_methods import stated_methods
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_DJANGO = "django.views.decorators"
_STATING = {
    (_DJANGO, "require_http_methods"): ("request_method_list", None),
    (_DJANGO, "require_GET"): ("", ["GET"]),
    (_DJANGO, "require_safe"): ("", ["GET"]),
    (_DJANGO, "require_POST"): ("", ["POST"]),
    ("rest_framework.decorators", "api_view"): ("http_method_names", ["GET"]),
}
"""Package and name of a decorator -> the argument that lists the methods, and those that it stands for without one."""
_OF_CLASSES = "django.utils.decorators:_MethodDecorator.__call__"
_MAX_WRAPPERS = 4

_Form = tuple[str, list[str] | None]


class StatedMethods:
    """The methods that the decorators of one linked program say of views."""

    def __init__(self, linked: Linked, makers: Makers) -> None:
        self.linked = linked
        self._registrations = Registrations(makers)

    def narrowed(self, answers: Iterable[Answer], made: Site, view: Ref) -> Iterator[Answer]:
        """Answers of a view that was made at ``made``, less the methods that something around it refuses."""
        around = list(self._around(made.frame.scope, view, _MAX_WRAPPERS))
        for answer in answers:
            stated = [*around, *self._of(answer.handler)]
            if not stated:
                yield answer
                continue
            for verb in stated[0] if answer.verb == "ANY" else [answer.verb]:
                if all(verb in methods for methods in stated):
                    yield answer._replace(verb=verb)

    def _of(self, handler: Scope) -> Iterator[list[str]]:
        cls = handler if not handler.is_function else handler.parent if handler.is_method else None
        for scope in [handler] if cls is None else self.linked.hierarchy.order(cls):
            yield from self._decorated.get(scope.index, ())

    def _around(self, scope: Scope, view: Ref, depth: int) -> Iterator[list[str]]:
        """What ``require_POST(view)`` and ``Orders.as_view(http_method_names=["get"])`` say, in the other calls around the view."""
        origin = self.linked.origin(scope, view) if type(view) is int and depth else None
        if origin is None or origin.operation[0] != Op.CALL:
            return
        known = self._calls.get((origin.scope.index, origin.operation[1]))
        known = known or stated_methods(self.linked, origin.scope, origin.operation, name="http_method_names")
        if known:
            yield known
        for argument in origin.operation[3]:
            yield from self._around(origin.scope, argument, depth - 1)

    @cached_property
    def _calls(self) -> dict[tuple[int, int], list[str]]:
        """Calls that put such a decorator around a view themselves, by scope and result."""
        found = {}
        for site, form in self._sites("call"):
            methods = self._methods(site, form)
            if methods and not form[0]:
                found[site.frame.scope.index, site.operation[1]] = methods
        return found

    @cached_property
    def _decorated(self) -> dict[int, list[list[str]]]:
        """What is said of each function, or by its ``dispatch`` of a class."""
        found: dict[int, list[list[str]]] = {}
        for scope, methods in (*self._decorations(), *self._of_dispatch()):
            known = found.setdefault(scope.index, [])
            if methods not in known:
                known.append(methods)
        return found

    def _decorations(self) -> Iterator[tuple[Scope, list[str]]]:
        """Also by a decorator of the application that has one of these inside."""
        for kind in ("decorate", "call"):
            for site, form in self._sites(kind):
                if kind == "call" and (form[0] or not site.arguments):
                    continue
                inside = _inside(site.frame.scope, site.arguments[0]) if kind == "call" else site.arguments[0]
                for place, view, given in self._registrations.calls(site, inside):
                    methods = self._methods(site, form, given) if kind == "decorate" or place is not site else None
                    for function in self.linked.handlers(place, view) if methods else ():
                        if methods is not None:
                            yield function, methods

    def _of_dispatch(self) -> Iterator[tuple[Scope, list[str]]]:
        """``@method_decorator(require_POST, name="dispatch")`` above a class, or without the name above its ``dispatch``."""
        for site in self.linked.sites_calling(_OF_CLASSES):
            scope = site.frame.scope
            made = scope.call_producing(site.operation[2]) if site.kind == "decorate" else None
            methods = self._handed_on(scope, made[3][0]) if made is not None and made[3] else None
            if made is None or methods is None:
                continue
            named = self.linked.keyword(scope, made, "name", 1)
            for decorated in self.linked.handlers(site, site.arguments[0]):
                cls = decorated.parent if decorated.is_method else decorated
                if cls is not None and "dispatch" in (named, decorated.facts.name):
                    yield cls, methods

    def _handed_on(self, scope: Scope, decorator: Ref) -> list[str] | None:
        made = scope.call_producing(decorator) if type(decorator) is int else None
        for value in self.linked.names.evaluate(scope, made[2] if made is not None else decorator):
            described = self.linked.values[value]
            form = _form(*described[1:3]) if described[0] == "X" else None
            if form is not None:
                return self._stated(scope, made, form)
        return None

    def _sites(self, kind: str) -> Iterator[tuple[Site, _Form]]:
        for site, module, name in self.linked.external_sites(kind=kind):
            form = _form(module, name)
            if form is not None and not site.frame.scope.library:
                yield site, form

    def _methods(self, site: Site, form: _Form, given: Given = NOTHING) -> list[str] | None:
        scope = site.frame.scope
        return self._stated(scope, scope.call_producing(site.operation[2]) if form[0] else None, form, given)

    def _stated(self, scope: Scope, made: list[Any] | None, form: _Form, given: Given = NOTHING) -> list[str] | None:
        argument, usual = form
        if not argument or made is None:
            return usual if not argument else None
        if not made[3] and not made[4]:
            return usual
        methods = stated_methods(self.linked, scope, made, 0, given, name=argument)
        return [method for method in methods if method not in ("HEAD", "OPTIONS")] or methods if methods else None


def _inside(scope: Scope, ref: Ref) -> Ref:
    """The view below further calls: ``csrf_exempt(view)``."""
    for _ in range(_MAX_WRAPPERS):
        made = scope.call_producing(ref) if type(ref) is int else None
        if made is None or len(made[3]) != 1:
            break
        ref = made[3][0]
    return ref


def _form(module: str, name: str) -> _Form | None:
    package = _DJANGO if module.startswith(_DJANGO) else module
    return _STATING.get((package, name.removesuffix("()").rpartition(".")[2]))
