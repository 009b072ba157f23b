from typing import TypeVar

from decompose.effects import keeps

T = TypeVar("T")


@keeps("value")
def member(value: T) -> T: ...
@keeps("value")
def nonmember(value: T) -> T: ...
