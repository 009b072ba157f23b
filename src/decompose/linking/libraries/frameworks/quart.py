"""Quart: Flask's application with asynchronous views, and a little more."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, runs
from flask import Blueprint, Flask
from flask import session as session

F = TypeVar("F")

class Quart(Flask):
    @calls_back("function")
    def before_serving(self, function: F) -> F: ...
    @calls_back("function")
    def after_serving(self, function: F) -> F: ...
    @calls_back("function")
    def while_serving(self, function: F) -> F: ...
    @runs("func", "task")
    def add_background_task(self, func, *args, **kwargs): ...
"""

FRAMEWORK = Framework(
    name="Quart",
    summaries={"quart": _SUMMARY},
    examples=(
        Example(
            """
            from quart import Blueprint, Quart

            app = Quart(__name__)
            items = Blueprint("items", __name__, url_prefix="/items")

            @items.get("/<int:id>")
            async def item(id):
                app.add_background_task(count, id)

            @app.before_request
            async def check(): pass

            @app.before_serving
            async def connect(): pass

            async def count(id): pass

            app.register_blueprint(items)
            """,
            entries=frozenset({"http GET /items/<int:id> -> m:item"}),
            calls=frozenset({"m:item -[task]-> m:count", "m: -[callback]-> m:check", "m: -[callback]-> m:connect"}),
        ),
        Example(
            """
            from quart import Quart

            app = Quart(__name__)

            class Group:
                def route(self, rule, **options):
                    def decorator(function):
                        nonlocal rule
                        rule = "/api" + rule

                        async def guarded(): return await function()
                        async def answer(): return await guarded()

                        app.route(rule, **options)(answer)
                        return function
                    return decorator

            class Stock(Group):
                def declare(self):
                    @self.route("/stock", methods=["POST"])
                    async def count(): pass

            Stock().declare()
            """,
            entries=frozenset({"http POST /api/stock -> m:Stock.declare.count"}),
            calls=frozenset(
                {
                    "m: -[construct]-> m:Stock",
                    "m: -[call]-> m:Stock.declare",
                    "m:Stock.declare -[call]-> m:Group.route",
                    "m:Stock.declare -[decorate]-> m:Group.route.decorator",
                    "m:Group.route.decorator.answer -[call]-> m:Group.route.decorator.guarded",
                    "m:Group.route.decorator.guarded -[call]-> m:Stock.declare.count",
                    "m:Group.route.decorator -[callback]-> m:Group.route.decorator.answer",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Quart:
                def get(self, path): return lambda function: function

            app = Quart()

            @app.get("/items")
            def items(): pass
            """,
            calls=frozenset({"m: -[construct]-> m:Quart", "m: -[call]-> m:Quart.get", "m: -[decorate]-> m:Quart.get"}),
        ),
    ),
)
