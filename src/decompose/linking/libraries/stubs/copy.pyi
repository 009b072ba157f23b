from typing import TypeVar

T = TypeVar("T")


def copy(x: T) -> T: ...
def deepcopy(x: T) -> T: ...
