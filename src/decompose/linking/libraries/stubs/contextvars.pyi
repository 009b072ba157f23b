from typing import Generic, TypeVar

from decompose.effects import gives, listens, runs

T = TypeVar("T")
Own = TypeVar("Own")


class Token(Generic[T]):
    old_value: T


class ContextVar(Generic[T, Own]):
    __own_identity__ = True

    def __init__(self, name, *, default: T = None) -> None: ...
    @gives("Own")
    def get(self, default: T = None) -> T: ...
    @listens("Own", "value")
    def set(self, value) -> Token[T]: ...
    def reset(self, token) -> None: ...


class Context:
    @runs("callable", "callback")
    def run(self, callable, *args, **kwargs): ...
    def copy(self) -> Context: ...


def copy_context() -> Context: ...
