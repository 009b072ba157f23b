from typing import Callable, TypeVar

from decompose.effects import runs

T = TypeVar("T")


class BaseRetrying:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @runs("fn", "callback")
    def __call__(self, fn: Callable[..., T], *args, **kwargs) -> T: ...


class Retrying(BaseRetrying): ...


class AsyncRetrying(BaseRetrying): ...
