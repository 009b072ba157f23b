"""What Django's middlewares go on to: the next one of the settings' list, and the last one to what finds the view."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from decompose.linking.libraries.django_middleware import NEXT, goes_on_in_transactions, listed_middlewares
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, library_method, own_frame

_HANDLERS = """
from django.http.response import HttpResponse

class BaseHandler:
    def get_response(self, request) -> HttpResponse: ...
"""

_DEPRECATION = """
from django.http.response import HttpResponse

class MiddlewareMixin:
    __hooks__ = "process_request process_view process_response process_exception"
    def __init__(self, get_response) -> None: ...
    def get_response(self, request) -> HttpResponse: ...
    def __call__(self, request) -> HttpResponse: ...
"""


def wires(linked: Linked) -> Iterator[Given]:
    """To each middleware what it is begun with: the next of the application, or Django's own handler."""
    begun = {scope.index: given for scope in linked.program.scopes if (given := _begun(linked, scope)) is not None}
    going_on = set[int]()
    for listed in listed_middlewares(linked):
        for middleware, following in pairwise(scope for scope in listed if _is_called(linked, scope)):
            if middleware.index in begun:
                going_on.add(middleware.index)
                yield from (Given(begun[middleware.index], NEXT, value) for value in _made(linked, following))
    last = library_method(linked.engine, "django.core.handlers.base", "BaseHandler", NEXT) if begun else None
    if last is not None:
        yield from (Given(given, NEXT, last) for index, given in begun.items() if index not in going_on)


def _begun(linked: Linked, scope: Scope) -> Value | None:
    """The function that is given what a middleware goes on to, where the scope is one, by the name of its parameter."""
    if scope.library:
        return None
    if scope.is_function:
        takes = not scope.is_method and [p[0] for p in scope.facts.parameters[:1]] == [NEXT]
        return _function(linked, scope) if takes else None
    found = linked.bound_method(scope, "__init__") if _is_called(linked, scope) else None
    return found[1] if found is not None and NEXT in [p[0] for p in found[0].facts.parameters] else None


def _is_called(linked: Linked, middleware: Scope) -> bool:
    """Whether code of the application runs when a middleware is called: not where it has hooks only."""
    return middleware.is_function or linked.bound_method(middleware, "__call__") is not None


def _made(linked: Linked, middleware: Scope) -> list[Value]:
    """What is called of a middleware: an object of the class, or what the function gives."""
    if not middleware.is_function:
        return [linked.values.instance(middleware.index)]
    frame = own_frame(linked.engine, middleware)
    return [v for v in sorted(linked.engine.values_of(frame.returns)) if linked.values[v][0] in ("F", "B", "I")]


def _function(linked: Linked, scope: Scope) -> Value:
    around = own_frame(linked.engine, scope.parent) if scope.parent is not None else None
    return linked.values.intern("F", scope.index, around.index if around is not None else -1)


FRAMEWORK = Framework(
    name="Django's middlewares",
    summaries={"django.core.handlers.base": _HANDLERS, "django.utils.deprecation": _DEPRECATION},
    wires=(wires,),
    requests_in_transactions=goes_on_in_transactions,
    examples=(
        Example(
            {
                "site/settings.py": """
                    MIDDLEWARE = [
                        "django.middleware.common.CommonMiddleware",
                        "site.web.Timed",
                        "site.web.Hooks",
                        "django.middleware.csrf.CsrfViewMiddleware",
                        "site.web.counted",
                        "site.web.Last",
                    ]
                """,
                "site/web.py": """
                    from django.utils.deprecation import MiddlewareMixin

                    class Base:
                        def __init__(self, get_response): self.get_response = get_response

                    class Timed(Base):
                        def __call__(self, request): return self.get_response(request)

                    class Hooks(MiddlewareMixin):
                        def process_request(self, request): pass

                    def counted(get_response):
                        def middleware(request): return get_response(request)
                        return middleware

                    class Last(Base):
                        def __call__(self, request): return self.get_response(request)

                    class Unlisted(MiddlewareMixin):
                        def __call__(self, request): return self.get_response(request)
                """,
            },
            calls=frozenset(
                {
                    "site.settings: -[callback]-> site.web:Base.__init__",
                    "site.settings: -[callback]-> site.web:Hooks",
                    "site.settings: -[callback]-> site.web:counted",
                    "site.web:Hooks -[callback]-> site.web:Hooks.process_request",
                    "site.web:Timed.__call__ -[call]-> site.web:counted.middleware",
                    "site.web:counted.middleware -[call]-> site.web:Last.__call__",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import django

            class Client:
                def __init__(self, get_response): self.get_response = get_response
                def ask(self, request): return self.get_response(request)

            def run(): return Client(answer).ask(1)
            def answer(request): pass
            """,
            calls=frozenset(
                {
                    "m:run -[construct]-> m:Client.__init__",
                    "m:run -[call]-> m:Client.ask",
                    "m:Client.ask -[call]-> m:answer",
                }
            ),
        ),
    ),
)
