from typing import Generic, TypeVar

from decompose import Given
from decompose.effects import stores

N = TypeVar("N")


class Producer(Generic[N]):
    __has_more__ = True

    @stores("queue", "write", "~N")
    def send(self, content, **options): ...
    @stores("queue", "write", "~N")
    def send_async(self, content, callback=None, **options): ...


class Consumer(Generic[N]):
    __has_more__ = True

    @stores("queue", "read", "~N")
    def receive(self, **options): ...


class Client:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    def create_producer(self, topic: Given[N], **options) -> Producer[N]: ...
    def subscribe(self, topic: Given[N], subscription_name=None, **options) -> Consumer[N]: ...
    def create_reader(self, topic: Given[N], *args, **options) -> Consumer[N]: ...
