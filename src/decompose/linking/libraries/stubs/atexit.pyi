from typing import TypeVar

from decompose.effects import runs

F = TypeVar("F")


@runs("func", "callback")
def register(func: F, *args, **kwargs) -> F: ...
