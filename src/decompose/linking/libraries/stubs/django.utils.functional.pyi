from typing import Callable, TypeVar

from decompose.effects import calls_back

T = TypeVar("T")


# What is made when it is first used is told as what it then is.
@calls_back("func")
def SimpleLazyObject(func: Callable[..., T]) -> T: ...
