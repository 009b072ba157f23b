from builtins import Iterable, Iterator
from typing import TypeVar

from decompose.effects import calls_back, compares, puts

T = TypeVar("T")


@compares("T")
@puts("item", "heap")
def heappush(heap: list[T], item: T) -> None: ...
@compares("T")
def heappop(heap: list[T]) -> T: ...
@compares("T")
def heapify(x: list[T]) -> None: ...
@compares("T")
@puts("item", "heap")
def heappushpop(heap: list[T], item: T) -> T: ...
@compares("T")
@puts("item", "heap")
def heapreplace(heap: list[T], item: T) -> T: ...
@compares("T", "key")
@calls_back("key", "T")
def merge(*iterables: Iterable[T], key=None, reverse=False) -> Iterator[T]: ...
@compares("T", "key")
@calls_back("key", "T")
def nlargest(n, iterable: Iterable[T], key=None) -> list[T]: ...
@compares("T", "key")
@calls_back("key", "T")
def nsmallest(n, iterable: Iterable[T], key=None) -> list[T]: ...
