from typing import Generic, TypeVar

from decompose import Given
from decompose.effects import stores

F = TypeVar("F")
N = TypeVar("N")


class _Guarded(Generic[N]):
    @stores("settings", "read", "~N", "function")
    def __call__(self, function: F) -> F: ...


def waffle_flag(flag_name: Given[N], redirect_to=None) -> _Guarded[N]: ...
def waffle_switch(switch_name: Given[N], redirect_to=None) -> _Guarded[N]: ...
