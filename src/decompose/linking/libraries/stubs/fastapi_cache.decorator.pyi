from typing import Generic, TypeVar

from decompose import Given
from decompose.effects import stores

F = TypeVar("F")
N = TypeVar("N")


class _Cached(Generic[N]):
    @stores("cache", "read", "~N", "function")
    @stores("cache", "write", "~N", "function")
    def __call__(self, function: F) -> F: ...


def cache(expire=None, coder=None, key_builder=None, namespace: Given[N] = "", **options) -> _Cached[N]: ...
