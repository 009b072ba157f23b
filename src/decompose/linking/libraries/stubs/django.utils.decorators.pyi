from typing import Generic, TypeVar

from decompose.effects import invokes

F = TypeVar("F")
T = TypeVar("T")


class _MethodDecorator(Generic[F]):
    @invokes("F", "decorate")
    def __call__(self, thing: T) -> T: ...


def method_decorator(decorator: F, name="") -> _MethodDecorator[F]: ...
