from typing import Callable, TypeVar

from decompose.effects import fills, handles

T = TypeVar("T")


@fills("factory")
@handles("converter", "validator")
def ib(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T: ...


@fills("factory")
@handles("converter", "validator")
def attrib(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T: ...


@fills("factory")
@handles("converter", "validator")
def field(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T: ...
