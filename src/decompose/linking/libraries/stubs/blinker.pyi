from typing import Generic, TypeVar

from decompose import TableName
from decompose.effects import announces, listens

N = TypeVar("N")
F = TypeVar("F")


class Signal(Generic[N]):
    __own_identity__ = True

    @listens("N", "receiver")
    def connect(self, receiver: F, sender=None, weak=True) -> F: ...
    def connect_via(self, sender, weak=False) -> SignalDecorator[N]: ...
    def disconnect(self, receiver, sender=None): ...
    @announces("N", "signal", "pairs")
    def send(self, *sender, **values): ...
    @announces("N", "signal", "pairs")
    def send_async(self, *sender, **values): ...


class NamedSignal(Signal[N]): ...


class SignalDecorator(Generic[N]):
    @listens("N", "receiver")
    def __call__(self, receiver: F) -> F: ...


class Namespace:
    def signal(self, name: TableName[N], doc=None) -> Signal[N]: ...


def signal(name: TableName[N], doc=None) -> Signal[N]: ...
