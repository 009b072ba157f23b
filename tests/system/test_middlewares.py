"""What a middleware goes on to: the next one; behind the last one, the framework's own way to the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

_DJANGO = {
    "shop/__init__.py": "import django",
    "shop/settings.py": 'MIDDLEWARE = ["shop.web.First", "django.middleware.common.CommonMiddleware", "shop.web.Last"]',
    "shop/web.py": """
        class First:
            def __init__(self, get_response):
                self.get_response = get_response
            def __call__(self, request):
                return self.get_response(request)

        class Last:
            def __init__(self, get_response):
                self.get_response = get_response
            def __call__(self, request):
                answer = self.get_response(request)
                answer.set_cookie("seen", 1)
                return answer

        def unlisted(get_response):
            def middleware(request):
                return get_response(request)
            return middleware
    """,
}


def test_a_middleware_of_django_goes_on_to_the_next_that_is_listed(draw: Draw) -> None:
    edges = draw(_DJANGO).evidence("call")
    assert ("shop.web:First.__call__", "shop.web:Last.__call__", "call", "exact", "shop/web.py", 5) in edges


def test_no_middleware_of_django_goes_on_to_something_unresolved(draw: Draw) -> None:
    application = draw(_DJANGO)
    assert not application.blind_spots("unresolved call")
    last = "django.core.handlers.base:BaseHandler.get_response"
    going_on = {caller for caller, callee in application.external() if callee == last}
    assert going_on == {"shop.web:Last.__call__", "shop.web:unlisted.middleware"}


_STARLETTE = """
    from starlette.applications import Starlette
    from starlette.middleware.base import BaseHTTPMiddleware

    class Counted:
        def __init__(self, app, limits):
            self.app, self.limits = app, limits
        async def __call__(self, scope, receive, send):
            self.limits.check()
            await self.app(scope, receive, send)

    class Timed(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            answer = await call_next(request)
            answer.headers.append("x-time", "1")
            return answer

    class Limits:
        def check(self): pass

    app = Starlette()
    app.add_middleware(Timed)
    app.add_middleware(Counted, limits=Limits())
"""


def test_what_is_added_last_to_an_asgi_application_goes_on_to_what_was_added_before(draw: Draw) -> None:
    called = {
        d.target: (d.resolution, d.rule)
        for d in draw(_STARLETTE).dependencies("call")
        if d.source == "m:Counted.__call__"
    }
    assert called == {
        "m:Timed.dispatch": ("exact", "starlette.middleware.base:BaseHTTPMiddleware.__call__ calls it"),
        "m:Limits.check": ("exact", "attribute of a known value"),
    }


def test_no_asgi_middleware_goes_on_to_something_unresolved(draw: Draw) -> None:
    application = draw(_STARLETTE)
    assert not application.blind_spots("unresolved call")
    assert ("m:Timed.dispatch", "starlette.middleware.base:BaseHTTPMiddleware.call_next") in application.external()
