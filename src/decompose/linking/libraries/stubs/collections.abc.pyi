from typing import Generic, TypeVar

from builtins import Iterable, Iterator, dict, frozenset, list, set, tuple
from decompose.effects import calls_own

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")

List = list
Set = set
AbstractSet = set
MutableSet = set
FrozenSet = frozenset
Dict = dict
DefaultDict = dict
OrderedDict = dict
Mapping = dict
MutableMapping = dict
Tuple = tuple

Sequence = list
MutableSequence = list
Collection = list
Deque = list
Generator = Iterator
AsyncGenerator = Iterator
AsyncIterator = Iterator
AsyncIterable = Iterable
KeysView = Iterable
ValuesView = Iterable


class InheritedMapping(dict[K, V]):
    __reached_by__ = "Mapping"
    __calls_nothing__ = True

    @calls_own("__getitem__", "call", "V")
    def get(self, key, default=None) -> V: ...
    @calls_own("__getitem__", "call")
    def __contains__(self, key): ...
    @calls_own("__iter__", "call")
    def keys(self) -> list[K]: ...
    @calls_own("__iter__", "call")
    @calls_own("__getitem__", "call", "V")
    def values(self) -> list[V]: ...
    @calls_own("__iter__", "call")
    @calls_own("__getitem__", "call", "V")
    def items(self) -> list[tuple[K, V]]: ...
    @calls_own("__len__", "call")
    def __bool__(self): ...


class InheritedMutableMapping(InheritedMapping[K, V]):
    __reached_by__ = "MutableMapping"
    __calls_nothing__ = True

    @calls_own("__getitem__", "call", "V")
    @calls_own("__delitem__", "call")
    def pop(self, key, default=None) -> V: ...
    @calls_own("__iter__", "call")
    @calls_own("__getitem__", "call", "V")
    @calls_own("__delitem__", "call")
    def popitem(self) -> tuple[K, V]: ...
    @calls_own("__iter__", "call")
    @calls_own("__getitem__", "call")
    @calls_own("__delitem__", "call")
    def clear(self) -> None: ...
    @calls_own("__setitem__", "call")
    def update(self, *others, **kwargs) -> None: ...
    @calls_own("__getitem__", "call", "V")
    @calls_own("__setitem__", "call")
    def setdefault(self, key, default=None) -> V: ...


class InheritedSequence(list[T]):
    __reached_by__ = "Sequence"
    __calls_nothing__ = True

    @calls_own("__getitem__", "call", "T")
    def __iter__(self) -> Iterator[T]: ...
    @calls_own("__getitem__", "call")
    def __contains__(self, item): ...
    @calls_own("__len__", "call")
    @calls_own("__getitem__", "call", "T")
    def __reversed__(self) -> Iterator[T]: ...
    @calls_own("__getitem__", "call")
    def index(self, item, start=0, stop=None) -> int: ...
    @calls_own("__getitem__", "call")
    def count(self, item) -> int: ...
    @calls_own("__len__", "call")
    def __bool__(self): ...


class InheritedMutableSequence(InheritedSequence[T]):
    __reached_by__ = "MutableSequence"
    __calls_nothing__ = True

    @calls_own("__len__", "call")
    @calls_own("insert", "call")
    def append(self, item) -> None: ...
    @calls_own("__len__", "call")
    @calls_own("insert", "call")
    def extend(self, items) -> None: ...
    @calls_own("__getitem__", "call", "T")
    @calls_own("__delitem__", "call")
    def pop(self, index=-1) -> T: ...
    @calls_own("__getitem__", "call")
    @calls_own("__delitem__", "call")
    def remove(self, item) -> None: ...
    @calls_own("__len__", "call")
    @calls_own("__getitem__", "call")
    @calls_own("__delitem__", "call")
    def clear(self) -> None: ...
    @calls_own("__len__", "call")
    @calls_own("__getitem__", "call")
    @calls_own("__setitem__", "call")
    def reverse(self) -> None: ...


class InheritedSet(set[T]):
    __reached_by__ = "Set"
    __calls_nothing__ = True

    @calls_own("__len__", "call")
    @calls_own("__iter__", "call")
    @calls_own("__contains__", "call")
    def __le__(self, other): ...
    @calls_own("__len__", "call")
    @calls_own("__contains__", "call")
    def __ge__(self, other): ...
    @calls_own("__len__", "call")
    @calls_own("__iter__", "call")
    @calls_own("__contains__", "call")
    def __eq__(self, other): ...
    @calls_own("__contains__", "call")
    def __and__(self, other): ...
    @calls_own("__iter__", "call")
    def __or__(self, other): ...
    @calls_own("__iter__", "call")
    def __sub__(self, other): ...
    @calls_own("__contains__", "call")
    def isdisjoint(self, other): ...
    @calls_own("__len__", "call")
    def __bool__(self): ...


class InheritedMutableSet(InheritedSet[T]):
    __reached_by__ = "MutableSet"
    __calls_nothing__ = True

    @calls_own("__contains__", "call")
    @calls_own("discard", "call")
    def remove(self, item) -> None: ...
    @calls_own("__iter__", "call")
    @calls_own("discard", "call")
    def pop(self) -> T: ...
    @calls_own("__iter__", "call")
    @calls_own("discard", "call")
    def clear(self) -> None: ...
    @calls_own("add", "call")
    def __ior__(self, other): ...
