from typing import Callable, TypeVar

from decompose.effects import asks, fills

T = TypeVar("T")


@fills("default_factory")
def field(*, default: T = None, default_factory: Callable[..., T] = None, **options) -> T: ...
@asks("instance", "__init__", "__post_init__")
def replace(instance: T, **changes) -> T: ...
