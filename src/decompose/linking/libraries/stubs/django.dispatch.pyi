from typing import Generic, TypeVar

from decompose.effects import announces, gives, listens

N = TypeVar("N")
F = TypeVar("F")


class Signal(Generic[N]):
    __own_identity__ = True

    @listens("N", "receiver")
    def connect(self, receiver, sender=None, weak=True, dispatch_uid=None) -> None: ...
    def disconnect(self, receiver=None, sender=None, dispatch_uid=None): ...
    @announces("N", "signal", "pairs")
    def send(self, sender, **named): ...
    @announces("N", "signal", "pairs")
    def send_robust(self, sender, **named): ...
    @announces("N", "signal", "pairs")
    def asend(self, sender, **named): ...
    @announces("N", "signal", "pairs")
    def asend_robust(self, sender, **named): ...
    @gives("N", "listed")
    def _live_receivers(self, sender): ...


class Receiver(Generic[N]):
    @listens("N", "receiver")
    def __call__(self, receiver: F) -> F: ...


def receiver(signal: Signal[N] | list[Signal[N]], **options) -> Receiver[N]: ...
