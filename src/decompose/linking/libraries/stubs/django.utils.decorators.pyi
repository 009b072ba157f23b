from typing import TypeVar

T = TypeVar("T")


class _MethodDecorator:
    def __call__(self, thing: T) -> T: ...


def method_decorator(decorator, name="") -> _MethodDecorator: ...
