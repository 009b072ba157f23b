from typing import Callable, TypeVar

from decompose.effects import fills

T = TypeVar("T")


@fills("default_factory")
def field(*, default: T = None, default_factory: Callable[..., T] = None, **options) -> T: ...
def replace(instance: T, **changes) -> T: ...
