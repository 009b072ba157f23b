from typing import Callable, TypeVar

T = TypeVar("T")


def field(*, default: T = None, default_factory: Callable[..., T] = None, **options) -> T: ...
def replace(instance: T, **changes) -> T: ...
