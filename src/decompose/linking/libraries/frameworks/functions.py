"""Functions that a cloud runs: Chalice's routes, schedules and queues, and the resolvers of AWS Lambda Powertools."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_VERBS = ("get", "post", "put", "patch", "delete", "head")

_CHALICE = """
from typing import TypeVar

from decompose.effects import enters, mounts, serves

F = TypeVar("F")

class _Decorator:
    def __call__(self, function: F) -> F: ...

class DecoratorAPI:
    __has_more__ = True
    @serves("view", "path", "methods")
    def route(self, path, *, methods=("GET",), **options) -> _Decorator: ...
    @enters("task", "function", "name")
    def lambda_function(self, name=None) -> _Decorator: ...
    @enters("schedule", "function", "name")
    def schedule(self, expression, name=None, description="") -> _Decorator: ...
    @enters("consumer", "function", "queue")
    def on_sqs_message(self, queue=None, batch_size=1, name=None, **options) -> _Decorator: ...
    @enters("consumer", "function", "topic")
    def on_sns_message(self, topic, name=None) -> _Decorator: ...
    @enters("consumer", "function", "bucket")
    def on_s3_event(self, bucket, events=None, **options) -> _Decorator: ...
    @enters("consumer", "function", "stream")
    def on_kinesis_record(self, stream, **options) -> _Decorator: ...
    @enters("consumer", "function", "stream_arn")
    def on_dynamodb_record(self, stream_arn, **options) -> _Decorator: ...
    @enters("consumer", "function")
    def on_cw_event(self, event_pattern, name=None) -> _Decorator: ...
    @enters("consumer", "function")
    def on_ws_message(self, name=None) -> _Decorator: ...
    @enters("consumer", "function")
    def on_ws_connect(self, name=None) -> _Decorator: ...
    @enters("consumer", "function")
    def on_ws_disconnect(self, name=None) -> _Decorator: ...

class Chalice(DecoratorAPI):
    def __init__(self, app_name, *args, **options) -> None: ...
    @mounts("url_prefix", "blueprint")
    def register_blueprint(self, blueprint, name_prefix=None, url_prefix=None) -> None: ...

class Blueprint(DecoratorAPI):
    def __init__(self, import_name) -> None: ...
"""

_RESOLVERS = (
    "APIGatewayRestResolver", "APIGatewayHttpResolver", "ALBResolver", "LambdaFunctionUrlResolver", "VPCLatticeResolver",
    "VPCLatticeV2Resolver",
)  # fmt: skip
_POWERTOOLS = (
    """
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves

F = TypeVar("F")

class _Decorator:
    def __call__(self, function: F) -> F: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class BaseRouter:
    __has_more__ = True
    @serves("view", "rule", "method")
    def route(self, rule, method="GET", **options) -> _Decorator: ...
    def exception_handler(self, error) -> _Hook: ...
    def not_found(self, function: F = None) -> F | _Hook: ...
"""
    + "".join(
        f'    @serves("view", "rule", "{verb.upper()}")\n    def {verb}(self, rule, **options) -> _Decorator: ...\n'
        for verb in _VERBS
    )
    + """
class Router(BaseRouter):
    def __init__(self, *args, **options) -> None: ...

class ApiGatewayResolver(BaseRouter):
    def __init__(self, *args, **options) -> None: ...
    @mounts("prefix", "router")
    def include_router(self, router, prefix=None) -> None: ...
"""
    + "".join(f"class {name}(ApiGatewayResolver): ...\n" for name in _RESOLVERS)
)
_PACKAGE = "aws_lambda_powertools.event_handler"
_ALL = ", ".join(("ApiGatewayResolver", "Router", *_RESOLVERS))

FRAMEWORK = Framework(
    name="Functions in a cloud",
    summaries={
        "chalice": _CHALICE,
        "chalice.app": "from chalice import Blueprint, Chalice, DecoratorAPI\n",
        f"{_PACKAGE}.api_gateway": _POWERTOOLS,
        _PACKAGE: f"from {_PACKAGE}.api_gateway import {_ALL}\n",
        f"{_PACKAGE}.router": f"from {_PACKAGE}.api_gateway import Router as APIGatewayRouter\n",
    },
    examples=(
        Example(
            """
            from chalice import Blueprint, Chalice, Rate

            app = Chalice(app_name="shop")
            extra = Blueprint(__name__)

            @app.route("/orders", methods=["GET", "POST"])
            def orders(): return helper()

            @extra.route("/{number}")
            def one(number): pass

            @app.schedule(Rate(1, unit=Rate.HOURS))
            def hourly(event): helper()

            @app.on_sqs_message(queue="paid")
            def paid(event): pass

            @app.lambda_function(name="sum-up")
            def sums(event, context): pass

            def helper(): pass

            app.register_blueprint(extra, url_prefix="/items")
            """,
            entries=frozenset(
                {
                    "http GET /orders -> m:orders",
                    "http POST /orders -> m:orders",
                    "http GET /items/{number} -> m:one",
                    "schedule hourly -> m:hourly",
                    "consumer paid -> m:paid",
                    "task sum-up -> m:sums",
                }
            ),
            calls=frozenset({"m:orders -[call]-> m:helper", "m:hourly -[call]-> m:helper"}),
        ),
        Example(
            """
            from aws_lambda_powertools.event_handler import APIGatewayRestResolver
            from aws_lambda_powertools.event_handler.api_gateway import Router

            app = APIGatewayRestResolver()
            router = Router()

            @app.get("/orders/<number>")
            def order(number): return helper()

            @router.post("/")
            def add(): pass

            @app.exception_handler(ValueError)
            def failed(error): pass

            app.include_router(router, prefix="/items")

            def handler(event, context): return app.resolve(event, context)
            def helper(): pass
            """,
            entries=frozenset({"http GET /orders/<number> -> m:order", "http POST /items/ -> m:add"}),
            calls=frozenset({"m:order -[call]-> m:helper", "m: -[callback]-> m:failed"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import chalice

            class Chalice:
                def schedule(self, rate): return lambda function: function

            app = Chalice()

            @app.schedule(3)
            def hourly(): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Chalice",
                    "m: -[call]-> m:Chalice.schedule",
                    "m: -[decorate]-> m:Chalice.schedule",
                }
            ),
        ),
    ),
)
