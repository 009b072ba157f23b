from typing import TypeVar

from decompose.effects import keeps, supplies

F = TypeVar("F")
T = TypeVar("T")


def MappingProxyType(mapping: T) -> T: ...


@supplies("function")
def MethodType(function: F, instance) -> F: ...


class SimpleNamespace:
    __keeps_attributes__ = True

    @keeps("attributes")
    def __init__(self, **attributes) -> None: ...
