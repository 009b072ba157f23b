from builtins import dict, set
from typing import Generic, TypeVar

from decompose.effects import calls_back, runs

T = TypeVar("T")


class ref(Generic[T]):
    @calls_back("callback", "Self")
    def __init__(self, object: T, callback=None) -> None: ...
    def __call__(self) -> T: ...


class WeakMethod(ref[T]): ...


class finalize:
    @runs("func", "callback")
    def __init__(self, obj, func, *args, **kwargs) -> None: ...
    def __call__(self): ...
    def detach(self): ...


class WeakSet(set):
    __container__ = "set"


class WeakValueDictionary(dict):
    __container__ = "dict"


class WeakKeyDictionary(dict):
    __container__ = "dict"


@calls_back("callback")
def proxy(object: T, callback=None) -> T: ...
