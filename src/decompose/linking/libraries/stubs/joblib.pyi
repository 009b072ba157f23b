from typing import TypeVar

from decompose.effects import keeps

F = TypeVar("F")


@keeps("function")
def delayed(function: F) -> F: ...
