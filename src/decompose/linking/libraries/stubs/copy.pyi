from typing import TypeVar

from decompose.effects import asks

T = TypeVar("T")


@asks("x", "__copy__")
def copy(x: T) -> T: ...
@asks("x", "__deepcopy__")
def deepcopy(x: T, memo=None) -> T: ...
