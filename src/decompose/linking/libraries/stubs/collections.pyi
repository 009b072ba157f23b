from builtins import dict, list, tuple
from typing import Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class deque(list[T]):
    __container__ = "deque"

    def popleft(self) -> T: ...
    def appendleft(self, item) -> None: ...


class defaultdict(dict):
    __container__ = "defaultdict"


class OrderedDict(dict[K, V]):
    __container__ = "dict"

    def __init__(self, *others, **entries) -> None: ...
    def __getitem__(self, key) -> V: ...
    def __setitem__(self, key, value) -> None: ...
    def popitem(self, last=True) -> tuple[K, V]: ...
    def move_to_end(self, key, last=True) -> None: ...


class Counter(dict):
    __container__ = "dict"


class ChainMap(dict):
    __container__ = "dict"
