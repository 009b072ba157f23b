"""Routes that classes and functions of the application hand on to a framework, and what they are put around on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

SECTIONS = """
import functools, inspect
from aiohttp import web

def adapted(handler):
    signature = inspect.signature(handler)
    @functools.wraps(handler)
    async def answer(request):
        return await handler(**{name: request[name] for name in signature.parameters})
    return answer

def guarded(handler, guards):
    inner = handler
    for guard in reversed(guards):
        inner = guard(inner)
    return inner

class Section:
    def __init__(self, app, *, prefix=""):
        self.prefix, self._app, self._guards = prefix, app, []
    @classmethod
    def create(cls, prefix):
        return cls(web.Application(), prefix=prefix)
    def add(self, method, path, handler, guards=None):
        adapted_handler = adapted(handler)
        every = self._guards + list(guards or [])
        final = adapted_handler
        if every:
            final = guarded(adapted_handler, every)
        return self._app.router.add_route(method, path, final)
    def put(self, path, handler, guards=()):
        for guard in guards:
            handler = guard(handler)
        self._app.router.add_put(path, handler)

def signed_in(handler):
    async def check(request):
        return await handler(request)
    return check

class Carts:
    async def show(self, cart): pass
    async def fill(self, cart): pass
    async def empty(self, cart): pass

def carts(handler: Carts):
    section = Section.create("carts")
    section.add("GET", "/{cart}", handler.show)
    section.add("POST", "/{cart}", handler.fill, guards=[signed_in])
    section.put("/{cart}/empty", handler.empty, guards=[signed_in])
    return section

async def home(request): pass

def main():
    root = web.Application()
    root.router.add_get("/", home)
    for section in [carts(Carts())]:
        root.add_subapp("/" + section.prefix, section._app)
"""


def test_a_handler_that_a_method_puts_functions_around_before_it_is_a_route(draw: Draw) -> None:
    assert {(e.name, e.handler) for e in draw(SECTIONS).system.entry_points} == {
        ("GET /", "m:home"),
        ("GET /<dynamic>/{cart}", "m:Carts.show"),
        ("POST /<dynamic>/{cart}", "m:Carts.fill"),
        ("PUT /<dynamic>/{cart}/empty", "m:Carts.empty"),
    }


def test_a_prefix_that_the_code_says_in_the_settings(draw: Draw) -> None:
    source = """
        from flask import Blueprint, Flask
        items, carts, bills, orders = Blueprint("a", ""), Blueprint("b", ""), Blueprint("c", ""), Blueprint("d", "")
        @items.route("/items")
        def list_items(): pass
        @carts.route("/carts")
        def list_carts(): pass
        @bills.route("/bills")
        def list_bills(): pass
        @orders.route("/orders")
        def list_orders(): pass
        def create_app(testing=False, more=None):
            app = Flask(__name__)
            app.config["API"] = "/api" if not testing else ""
            app.config.update(SHOP="/shop")
            app.config["BILLS"] = "/bills"
            if more:
                app.config["BILLS"] = "/" + more
            app.config.update(more)
            register(app)
        def register(app):
            app.register_blueprint(items, url_prefix=app.config["API"])
            app.register_blueprint(carts, url_prefix=app.config["SHOP"])
            app.register_blueprint(bills, url_prefix=app.config["BILLS"])
            app.register_blueprint(orders, url_prefix=app.config["ORDERS"])
    """
    assert {e.name for e in draw(source).system.entry_points} == {
        "GET /api/items",
        "GET /shop/carts",
        "GET /<dynamic>/bills",
        "GET /<dynamic>/orders",
    }


def test_tasks_of_flask_celery(draw: Draw) -> None:
    source = """
        from flask_celery import Celery
        queue = Celery()
        @queue.task()
        def sweep(): pass
        def close(): sweep.delay()
    """
    drawn = draw(source)
    assert {(e.kind, e.handler) for e in drawn.system.entry_points} == {("task", "m:sweep")}
    assert drawn.calls("task") == {("m:close", "m:sweep")}


def test_tasks_by_an_object_that_decorates_alone_or_called_first(draw: Draw) -> None:
    source = """
        from functools import wraps
        from celery import shared_task
        class Queued:
            def __init__(self, queue):
                self.queue = queue
            def __call__(self, function=None, *, ignore=()):
                if function is None:
                    return lambda function: self._made(function=function, ignore=ignore)
                return self._made(function=function, ignore=ignore)
            def _made(self, *, function, ignore):
                @wraps(function)
                def around(*args, **kwargs):
                    try:
                        return function(*args, **kwargs)
                    except ignore:
                        return None
                made = shared_task(acks_late=True, queue=self.queue)(around)
                return made
        queued = Queued("small")
        @queued
        def sweep(): pass
        @queued(ignore=(ValueError,))
        def mop(): pass
    """
    found = draw(source).system.entry_points
    assert {(e.kind, e.name, e.handler) for e in found} == {("task", "m.sweep", "m:sweep"), ("task", "m.mop", "m:mop")}
