from typing import TypeVar

from decompose.effects import calls_back, compares, puts

T = TypeVar("T")


@compares("T")
@calls_back("key", "T")
def bisect(a: list[T], x: T, lo=0, hi=None, *, key=None): ...
@compares("T")
@calls_back("key", "T")
def bisect_left(a: list[T], x: T, lo=0, hi=None, *, key=None): ...
@compares("T")
@calls_back("key", "T")
def bisect_right(a: list[T], x: T, lo=0, hi=None, *, key=None): ...
@compares("T")
@calls_back("key", "T")
@puts("x", "a")
def insort(a: list[T], x: T, lo=0, hi=None, *, key=None) -> None: ...
@compares("T")
@calls_back("key", "T")
@puts("x", "a")
def insort_left(a: list[T], x: T, lo=0, hi=None, *, key=None) -> None: ...
@compares("T")
@calls_back("key", "T")
@puts("x", "a")
def insort_right(a: list[T], x: T, lo=0, hi=None, *, key=None) -> None: ...
