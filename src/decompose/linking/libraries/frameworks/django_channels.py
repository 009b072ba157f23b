"""Messages of Django Channels: who sends one of a type leads to the methods of consumers that the type names."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_LAYERS = """
class BaseChannelLayer:
    __has_more__ = True
    def send(self, channel, message) -> None: ...
    def group_send(self, group, message) -> None: ...
    def group_add(self, group, channel) -> None: ...
    def group_discard(self, group, channel) -> None: ...
    def receive(self, channel) -> dict: ...

def get_channel_layer(alias="default") -> BaseChannelLayer: ...
"""
_SENDING = ("channels.layers:BaseChannelLayer.send", "channels.layers:BaseChannelLayer.group_send")
_CONSUMER = "channels.consumer:AsyncConsumer"


def _answers(linked: Linked) -> Iterator[tuple[Site, str, Scope, Scope]]:
    """Each place where a message is sent, with its type, and the consumers and their methods that may get it."""
    consumers = [cls for cls in linked.application_classes() if linked.inherits(cls, _CONSUMER)]
    for site in linked.sites_calling(*_SENDING) if consumers else ():
        kind = _type_of(linked, site.frame.scope, site.argument(1, "message"))
        for cls in consumers if kind else ():
            found = linked.bound_method(cls, kind.replace(".", "_"))
            if found is not None:
                yield site, kind, cls, found[0]


def _type_of(linked: Linked, scope: Scope, ref: Ref) -> str:
    """``{"type": "chat.message", ...}``: the text; empty where it is not known."""
    plain = linked.names.constants.plain_data(scope, ref)
    if isinstance(plain, dict):
        return str(plain.get("type", ""))
    origin = linked.origin(scope, ref)
    if origin is None:
        return ""
    operation, kind = origin.operation, None
    if operation[0] == Op.CONTAINER and operation[2] == "dict" and operation[4]:
        kind = dict(zip(map(str, operation[4]), operation[3], strict=False)).get("type")
    elif operation[0] == Op.CALL:
        kind = next((given for name, given in operation[4] if name == "type"), None)
    return kind if isinstance(kind, str) else ""


def wires(linked: Linked) -> Iterator[Wire]:
    """From who sends a message to who gets it."""
    for site, kind, cls, function in _answers(linked):
        yield Wire(
            site.frame.scope, site.line, function, "signal", f"message of the type {kind}",
            receiver=site.frame.receiver, acting=linked.values.instance(cls.index),
        )  # fmt: skip


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """What a consumer does with messages that the application sends itself."""
    found = {(function.index, kind): function for _, kind, _, function in _answers(linked)}
    for (_, kind), function in found.items():
        yield FoundEntry("consumer", kind, function, function.module.file, function.facts.line)


FRAMEWORK = Framework(
    name="Django Channels",
    summaries={"channels.layers": _LAYERS},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from asgiref.sync import async_to_sync
            from channels.generic.websocket import AsyncWebsocketConsumer
            from channels.layers import get_channel_layer

            class Chat(AsyncWebsocketConsumer):
                async def receive(self, text_data):
                    await self.channel_layer.group_send("chat", {"type": "chat.message", "text": text_data})
                async def chat_message(self, event): keep(event)
                async def chat_closed(self, event): keep(event)
                async def chat_opened(self, event): keep(event)

            def keep(event): pass

            def close(text):
                message = dict(type="chat_closed", text=text)
                async_to_sync(get_channel_layer().group_send)("chat", message)

            async def open():
                message = {"type": "chat.opened"}
                await get_channel_layer().group_send("chat", message)
            """,
            entries=frozenset(
                {
                    "consumer chat.message -> m:Chat.chat_message",
                    "consumer chat_closed -> m:Chat.chat_closed",
                    "consumer chat.opened -> m:Chat.chat_opened",
                }
            ),
            calls=frozenset(
                {
                    "m:Chat -[callback]-> m:Chat.receive",
                    "m:Chat.receive -[signal]-> m:Chat.chat_message",
                    "m:close -[signal]-> m:Chat.chat_closed",
                    "m:open -[signal]-> m:Chat.chat_opened",
                    "m:Chat.chat_message -[call]-> m:keep",
                    "m:Chat.chat_closed -[call]-> m:keep",
                    "m:Chat.chat_opened -[call]-> m:keep",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import channels

            class Layer:
                def group_send(self, group, message): pass
            class Chat:
                def chat_message(self, event): pass
            def send():
                Layer().group_send("chat", {"type": "chat.message"})
            """,
            calls=frozenset({"m:send -[construct]-> m:Layer", "m:send -[call]-> m:Layer.group_send"}),
        ),
    ),
)
