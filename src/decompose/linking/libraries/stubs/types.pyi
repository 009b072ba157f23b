from typing import TypeVar

from decompose.effects import keeps

T = TypeVar("T")


def MappingProxyType(mapping: T) -> T: ...


class SimpleNamespace:
    __keeps_attributes__ = True

    @keeps("attributes")
    def __init__(self, **attributes) -> None: ...
