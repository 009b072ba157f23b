from typing import Callable, TypeVar

from decompose.effects import fills, handles

T = TypeVar("T")
F = TypeVar("F")


class _Attribute:
    __reached_by__ = "ib()"
    @handles("method")
    def validator(self, method: F) -> F: ...
    @handles("method")
    def default(self, method: F) -> F: ...


@fills("factory")
@handles("converter", "validator")
def ib(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T | _Attribute: ...


@fills("factory")
@handles("converter", "validator")
def attrib(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T | _Attribute: ...


@fills("factory")
@handles("converter", "validator")
def field(default: T = None, *, factory: Callable[..., T] = None, converter=None, validator=None, **options) -> T | _Attribute: ...


@fills("factory")
def Factory(factory: Callable[..., T], takes_self=False) -> T: ...
