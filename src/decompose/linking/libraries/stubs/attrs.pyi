from typing import Callable, TypeVar

from decompose.effects import fills

T = TypeVar("T")


@fills("factory")
def field(default: T = None, *, factory: Callable[..., T] = None, **options) -> T: ...
