from builtins import dict, list
from typing import Generic, TypeVar

T = TypeVar("T")


class deque(list[T]):
    __container__ = "deque"

    def popleft(self) -> T: ...
    def appendleft(self, item) -> None: ...


class defaultdict(dict):
    __container__ = "defaultdict"


class OrderedDict(dict):
    __container__ = "dict"


class Counter(dict):
    __container__ = "dict"


class ChainMap(dict):
    __container__ = "dict"
