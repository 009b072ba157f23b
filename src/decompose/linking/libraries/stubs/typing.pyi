from builtins import Iterable, Iterator, dict, frozenset, list, set, tuple, type
from collections.abc import (
    InheritedMapping,
    InheritedMutableMapping,
    InheritedMutableSequence,
    InheritedMutableSet,
    InheritedSequence,
    InheritedSet as InheritedAbstractSet,
)
from typing import TypeVar

from decompose.effects import keeps, names_classes

A = TypeVar("A")
T = TypeVar("T")

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
Type = type
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


# What looks at a function does not call it.
@keeps("obj")
@names_classes("T", "A")
def get_type_hints(obj: T, globalns=None, localns=None, include_extras=False) -> dict[str, type[A]]: ...
