from typing import Generic, TypeVar

T = TypeVar("T")


class Token(Generic[T]):
    old_value: T


class ContextVar(Generic[T]):
    def __init__(self, name, *, default: T = None) -> None: ...
    def get(self, default: T = None) -> T: ...
    def set(self, value: T) -> Token[T]: ...
    def reset(self, token) -> None: ...
