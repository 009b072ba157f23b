from builtins import Iterable
from typing import Callable, Generic, TypeVar

from decompose.effects import announces, calls_back, completes, invokes, keeps, listens, supplies

F = TypeVar("F")
G = TypeVar("G")
T = TypeVar("T")
U = TypeVar("U")


class _Unchanged:
    def __call__(self, func: F) -> F: ...


@keeps("wrapped")
def wraps(wrapped, assigned=None, updated=None) -> _Unchanged: ...
@keeps("wrapped")
def update_wrapper(wrapper: F, wrapped, assigned=None, updated=None) -> F: ...
@supplies("func")
def partial(func: F, *args, **keywords) -> F: ...
@supplies("func", "method")
def partialmethod(func: F, *args, **keywords) -> F: ...
def cache(func: F) -> F: ...
class _Caching:
    @keeps("user_function")
    def __call__(self, user_function: F) -> F: ...
def lru_cache(maxsize: F = 128, typed=False) -> F | _Caching: ...
@completes("__lt__", "__gt__ __le__", "__eq__")
@completes("__le__", "__lt__ __ge__", "__eq__")
@completes("__gt__", "__lt__ __ge__", "__eq__")
@completes("__ge__", "__gt__ __le__", "__eq__")
def total_ordering(cls: T) -> T: ...
@calls_back("function", "U | T unless initial", "T")
def reduce(function: Callable[..., U], iterable: Iterable[T], initial: U = None) -> U: ...


class _Registering(Generic[F]):
    @listens("F", "func")
    def __call__(self, func: G) -> G: ...


class singledispatch(Generic[F]):
    def __init__(self, func: F) -> None: ...
    @invokes("F", "call")
    @announces("F", "call")
    def __call__(self, *args, **kwargs): ...
    @listens("F", "cls", "function")
    def register(self, cls, func=None) -> _Registering[F]: ...


class singledispatchmethod(Generic[F]):
    __binds_methods__ = True

    def __init__(self, func: F) -> None: ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...
    @listens("F", "cls", "function")
    def register(self, cls, func=None) -> _Registering[F]: ...
