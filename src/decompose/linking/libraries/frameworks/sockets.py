"""Events that browsers send over a socket: Flask-SocketIO, python-socketio, and the consumers of Django Channels."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_SERVER = """
from typing import TypeVar

from decompose.effects import enters, runs

F = TypeVar("F")

class _Handler:
    def __call__(self, function: F) -> F: ...

class Server:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    @enters("consumer", "handler", "event")
    def on(self, event, handler: F = None, namespace=None) -> _Handler: ...
    @enters("consumer", "function")
    def event(self, function: F = None, **options) -> F | _Handler: ...
    def register_namespace(self, namespace_handler) -> None: ...
    @runs("target", "task")
    def start_background_task(self, target, *args, **kwargs): ...

class AsyncServer(Server): ...
class Client(Server): ...
class AsyncClient(Server): ...

class Namespace:
    __has_more__ = True
    __hooks__ = "on_*"
    def __init__(self, namespace=None) -> None: ...

class AsyncNamespace(Namespace): ...
class ClientNamespace(Namespace): ...
class AsyncClientNamespace(Namespace): ...
"""

_FLASK_SOCKETIO = """
from typing import TypeVar

from decompose.effects import calls_back, enters, keeps, runs

F = TypeVar("F")

class _Handler:
    def __call__(self, function: F) -> F: ...

class SocketIO:
    __has_more__ = True
    def __init__(self, app=None, **options) -> None: ...
    def init_app(self, app, **options) -> None: ...
    @enters("consumer", "function", "message")
    def on(self, message, namespace=None) -> _Handler: ...
    @enters("consumer", "function")
    def event(self, function: F = None, **options) -> F | _Handler: ...
    @keeps("handler")
    @enters("consumer", "handler", "message")
    def on_event(self, message, handler, namespace=None) -> None: ...
    @calls_back("function")
    def on_error(self, namespace=None) -> _Handler: ...
    @calls_back("exception_handler")
    def on_error_default(self, exception_handler: F) -> F: ...
    def on_namespace(self, namespace_handler) -> None: ...
    @runs("target", "task")
    def start_background_task(self, target, *args, **kwargs): ...

class Namespace:
    __has_more__ = True
    __hooks__ = "on_*"
    def __init__(self, namespace=None) -> None: ...
"""

_CHANNELS_CONSUMER = """
from channels.layers import BaseChannelLayer

class AsyncConsumer:
    __has_more__ = True
    __hooks__ = "dispatch"
    channel_layer: BaseChannelLayer
    channel_name: str
    @classmethod
    def as_asgi(cls, **options): ...

class SyncConsumer(AsyncConsumer): ...
"""

_CHANNELS_WEBSOCKET = """
from channels.consumer import AsyncConsumer

class WebsocketConsumer(AsyncConsumer):
    __hooks__ = "websocket_* connect disconnect receive"

class JsonWebsocketConsumer(WebsocketConsumer):
    __hooks__ = "websocket_* connect disconnect receive receive_json decode_json encode_json"

class AsyncWebsocketConsumer(WebsocketConsumer):
    __hooks__ = "websocket_* connect disconnect receive"

class AsyncJsonWebsocketConsumer(JsonWebsocketConsumer):
    __hooks__ = "websocket_* connect disconnect receive receive_json decode_json encode_json"
"""

_CHANNELS_HTTP = """
from channels.consumer import AsyncConsumer

class AsyncHttpConsumer(AsyncConsumer):
    __hooks__ = "http_* handle disconnect"
"""

_NAMESPACES = frozenset({"Namespace", "ClientNamespace"})


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each namespace that answer an event by their names."""
    for cls in linked.application_classes():
        if not _is_namespace(linked, cls):
            continue
        for name, ref in cls.facts.names.items():
            function = cls.function_below(ref)
            if name.startswith("on_") and function is not None:
                event = name.removeprefix("on_")
                yield FoundEntry("consumer", event, function, cls.module.file, function.facts.line)


def _is_namespace(linked: Linked, cls: Scope) -> bool:
    return any(
        base.library and base.facts.name in _NAMESPACES and base.module.name in ("socketio", "flask_socketio")
        for base in linked.hierarchy.order(cls)
    )


FRAMEWORK = Framework(
    name="Sockets",
    summaries={
        "socketio": _SERVER,
        "flask_socketio": _FLASK_SOCKETIO,
        "channels.consumer": _CHANNELS_CONSUMER,
        "channels.generic.websocket": _CHANNELS_WEBSOCKET,
        "channels.generic.http": _CHANNELS_HTTP,
    },
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            from flask import Flask
            from flask_socketio import Namespace, SocketIO

            sockets = SocketIO(Flask(__name__))

            @sockets.on("paid")
            def note(data): count()

            @sockets.event
            def connect(): pass

            class Chat(Namespace):
                def on_say(self, data): count()
                def other(self): pass

            def count(): pass
            def sweep(): pass

            sockets.on_namespace(Chat("/chat"))
            sockets.on_event("late", sweep)
            """,
            entries=frozenset(
                {
                    "consumer paid -> m:note",
                    "consumer connect -> m:connect",
                    "consumer say -> m:Chat.on_say",
                    "consumer late -> m:sweep",
                }
            ),
            calls=frozenset(
                {
                    "m: -[construct]-> m:Chat",
                    "m:note -[call]-> m:count",
                    "m:Chat -[callback]-> m:Chat.on_say",
                    "m:Chat.on_say -[call]-> m:count",
                }
            ),
        ),
        Example(
            """
            import socketio

            server = socketio.AsyncServer(async_mode="asgi")

            @server.event
            async def connect(sid, environ): await greet(sid)

            @server.on("note", namespace="/notes")
            async def keep(sid, data): pass

            async def greet(sid): await server.emit("hello", to=sid)
            """,
            entries=frozenset({"consumer connect -> m:connect", "consumer note -> m:keep"}),
            calls=frozenset({"m:connect -[call]-> m:greet"}),
        ),
        Example(
            """
            from channels.generic.http import AsyncHttpConsumer
            from channels.generic.websocket import AsyncJsonWebsocketConsumer
            from channels.routing import URLRouter
            from django.urls import path

            class Desk(AsyncJsonWebsocketConsumer):
                async def connect(self): await self.accept()
                async def receive_json(self, content): self.keep(content)
                def keep(self, content): pass

            class Poll(AsyncHttpConsumer):
                async def handle(self, body): pass

            application = URLRouter([path("desk/", Desk.as_asgi()), path("poll/", Poll.as_asgi())])
            """,
            entries=frozenset({"http ANY /desk/ -> m:Desk", "http ANY /poll/ -> m:Poll"}),
            calls=frozenset(
                {
                    "m:Desk -[callback]-> m:Desk.connect",
                    "m:Desk -[callback]-> m:Desk.receive_json",
                    "m:Poll -[callback]-> m:Poll.handle",
                    "m:Desk.receive_json -[call]-> m:Desk.keep",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import socketio

            class Namespace: pass

            class Chat(Namespace):
                def on_say(self, data): pass
            """
        ),
    ),
)
