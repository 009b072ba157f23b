from typing import Generic, TypeVar

from decompose import Name
from decompose.effects import asks_named, calls_named

N = TypeVar("N")
T = TypeVar("T")


class methodcaller(Generic[N]):
    def __init__(self, name: Name[N], *args, **kwargs) -> None: ...
    @calls_named("T", "N")
    def __call__(self, obj: T): ...


class attrgetter(Generic[N]):
    def __init__(self, name: Name[N], *names: Name[N]) -> None: ...
    @asks_named("T", "N")
    def __call__(self, obj: T): ...
