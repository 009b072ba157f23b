from typing import Callable, TypeVar

from decompose.effects import fills, handles

T = TypeVar("T")


@fills("factory")
@handles("converter", "validator")
def field(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T: ...


@fills("factory")
def Factory(factory: Callable[..., T], takes_self=False) -> T: ...
