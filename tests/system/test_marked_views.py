"""Functions that a decorator marks, and that a loop over the members of something registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_views_marked_with_path_and_options_that_a_base_class_registers(draw: Draw) -> None:
    app = draw(
        """
        from flask import Flask
        app = Flask(__name__)
        def rule(path, **options):
            def decorate(view):
                view._rule = path
                view._options = options
                return view
            return decorate
        def limited(view):
            view._limit = 5
            return view
        class Pages:
            def register(self, app):
                for name in dir(self):
                    view = getattr(self, name)
                    if hasattr(view, "_limit"):
                        print(view._limit)
                    if hasattr(view, "_rule"):
                        app.add_url_rule(view._rule, name, view_func=view, **view._options)
        class Orders(Pages):
            @limited
            @rule("/orders", methods=["POST", "PUT"])
            def place(self): pass
            @rule("/orders/<n>")
            def show(self, n): pass
            @limited
            def plain(self): pass
        class Others:
            @rule("/others")
            def show(self): pass
        Orders().register(app)
        """
    )
    assert app.entry_points("http") == {
        ("POST /orders", "m:Orders.place"),
        ("PUT /orders", "m:Orders.place"),
        ("GET /orders/<n>", "m:Orders.show"),
    }


def test_views_marked_with_a_row_that_a_loop_over_members_registers(draw: Draw) -> None:
    app = draw(
        """
        import inspect
        from fastapi import APIRouter
        router = APIRouter(prefix="/api")
        def endpoint(path, method="GET"):
            def decorate(view):
                view.route = (path, method)
                return view
            return decorate
        class Orders:
            @endpoint("/orders", "POST")
            def place(self): pass
            @endpoint("/orders/{n}")
            def show(self, n): pass
            def plain(self): pass
        for name, view in inspect.getmembers(Orders(), inspect.ismethod):
            if hasattr(view, "route"):
                path, method = view.route
                router.api_route(path, methods=[method])(view)
        """
    )
    assert app.entry_points("http") == {
        ("POST /api/orders", "m:Orders.place"),
        ("GET /api/orders/{n}", "m:Orders.show"),
    }


def test_views_marked_several_times_in_a_list_of_their_own(draw: Draw) -> None:
    app = draw(
        """
        from collections import defaultdict
        from flask import Blueprint
        def route(rule, **options):
            def decorate(view):
                if not hasattr(view, "_rules"):
                    view._rules = defaultdict(list)
                view._rules[view.__name__].append((rule, options))
                return view
            return decorate
        class Plugin:
            def blueprint(self):
                blueprint = Blueprint("plugin", __name__, url_prefix="/plugin")
                for member in [name for name in dir(self) if not name.startswith("_")]:
                    view = getattr(self, member)
                    if hasattr(view, "_rules") and member in view._rules:
                        for each in view._rules[member]:
                            rule, options = each
                            blueprint.add_url_rule(rule, member, view_func=view, **options)
                return blueprint
        class Logs(Plugin):
            @route("/logs", methods=["DELETE"])
            @route("/old")
            def logs(self): pass
        """
    )
    assert app.entry_points("http") == {("DELETE /plugin/logs", "m:Logs.logs"), ("GET /plugin/old", "m:Logs.logs")}


def test_a_view_that_is_named_does_not_stand_for_all_that_are_marked(draw: Draw) -> None:
    app = draw(
        """
        from flask import Flask
        app = Flask(__name__)
        def rule(path):
            def decorate(view):
                view.rule = path
                return view
            return decorate
        @rule("/one")
        def one(): pass
        @rule("/two")
        def two(): pass
        app.add_url_rule(one.rule, view_func=one)
        """
    )
    assert not [handler for _, handler in app.entry_points("http") if handler == "m:two"]
