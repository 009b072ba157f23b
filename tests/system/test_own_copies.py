"""Copies of a library inside of an application: they are in view, and mean what the library means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

_BOTTLE = """
    class Route:
        def __init__(self, rule, method, callback): pass

    class Bottle:
        def add_route(self, route): pass
        def route(self, path=None, method="GET", callback=None):
            def decorator(callback):
                self.add_route(Route(path, method, callback))
                return callback
            return decorator(callback) if callback else decorator
        def get(self, path=None, method="GET", **options): return self.route(path, method, **options)
        def mount(self, prefix, app): self.route(prefix, callback=app)
        def hook(self, name):
            def decorator(function): return function
            return decorator

    def route(path): return Bottle().route(path)
    get = post = put = patch = hook = error = delete = route
"""
_SHOP = """
    from shop.vendor.bottle import Bottle

    app = Bottle()
    inner = Bottle()

    @app.get("/orders")
    def orders(): pass

    @inner.route("/bills", method="POST")
    def bill(): pass

    app.mount("/api/", inner)
"""


def test_a_copied_class_serves_what_the_library_serves_and_calls_lead_into_it(draw: Draw) -> None:
    app = draw(
        {"shop/__init__.py": "", "shop/vendor/__init__.py": "", "shop/vendor/bottle.py": _BOTTLE, "shop/web.py": _SHOP}
    )
    assert _entries(app) == ["http GET /orders -> shop.web:orders", "http POST /api/bills -> shop.web:bill"]
    called = {line.rpartition(":")[2] for line in app.call_lines() if line.startswith("shop.web: ")}
    assert called == {"Bottle", "Bottle.get", "Bottle.mount", "Bottle.route", "Bottle.route.decorator"}


def test_a_module_that_has_the_name_alone_is_no_copy(draw: Draw) -> None:
    own = """
        class Bottle:
            def get(self, path): return lambda function: function
            def route(self, path, method): return self.get(path)
            def mount(self, prefix, app): pass
    """
    app = draw(
        {"shop/__init__.py": "", "shop/vendor/__init__.py": "", "shop/vendor/bottle.py": own, "shop/web.py": _SHOP}
    )
    assert _entries(app) == []


def test_what_a_copied_class_takes_from_the_library_it_has_too(draw: Draw) -> None:
    service = """
        class Service:
            def __init__(self, name, path=None, **options):
                for verb in ("get", "post"):
                    setattr(self, verb, self.decorator(verb))
            def decorator(self, verb, **options):
                def wrapper(view):
                    self.add_view(verb, view)
                    return view
                return wrapper
            def add_view(self, method, view, **options): pass
    """
    views = """
        from shop.core.cornice import Service as Base

        class Service(Base):
            prefix = "v1"

        health = Service(name="health", path="/__health__")

        @health.get()
        def get_health(request): pass
    """
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/core/__init__.py": "",
            "shop/core/cornice/__init__.py": "from shop.core.cornice.service import Service\n",
            "shop/core/cornice/service.py": service,
            "shop/views.py": views,
        }
    )
    assert _entries(app) == ["http GET /__health__ -> shop.views:get_health"]


def _entries(app: Application) -> list[str]:
    return sorted(f"{entry.kind} {entry.name} -> {entry.handler}" for entry in app.system.entry_points)
