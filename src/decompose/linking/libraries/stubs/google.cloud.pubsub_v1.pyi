from typing import Generic, TypeVar

from decompose import Given
from decompose.effects import enters, keeps, stores

N = TypeVar("N")


class Path(Generic[N]):
    """The full name of a topic, of which the last part tells it from others."""


class PublisherClient:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    def topic_path(self, project, topic: Given[N]) -> Path[N]: ...
    @stores("queue", "write", "~N")
    def publish(self, topic: Path[N] | Given[N], data=b"", **options): ...


class SubscriberClient:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    def __enter__(self) -> SubscriberClient: ...
    def subscription_path(self, project, subscription: Given[N]) -> Path[N]: ...
    @keeps("callback")
    @enters("consumer", "callback", "subscription")
    @stores("queue", "read", "~N")
    def subscribe(self, subscription: Path[N] | Given[N], callback=None, **options): ...
    @stores("queue", "read", "~N")
    def pull(self, *, subscription: Path[N] | Given[N] = None, **options): ...
    def acknowledge(self, **options): ...
