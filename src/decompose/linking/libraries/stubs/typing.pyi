from builtins import Iterable, Iterator, dict, frozenset, list, set, tuple, type

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
