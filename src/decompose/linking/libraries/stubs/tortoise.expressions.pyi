from typing import Generic, Self, TypeVar

from decompose.effects import joins, names

L = TypeVar("L")  # the lookups that an expression names
X = TypeVar("X")
N = TypeVar("N")
E = TypeVar("E")


class Expression(Generic[L, X]):
    """What it names are lookups of the query that it is put into; subqueries are among what that query touches."""

    @names("L")
    @joins("L", "N")
    @joins("X", "E")
    def __init__(self, *args: Expression[N, E] | QuerySet[E, E], **options: Expression[N, E] | QuerySet[E, E]) -> None: ...
    @joins("L", "N")
    @joins("X", "E")
    def __or__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __and__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __add__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __sub__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __mul__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __truediv__(self, other: Expression[N, E]) -> Self: ...
    def __invert__(self) -> Self: ...


class Q(Expression[L, X]): ...


class F(Expression[L, X]): ...


class Case(Expression[L, X]): ...


class When(Expression[L, X]): ...


class Subquery(Expression[L, X]): ...


class Function(Expression[L, X]): ...


class Aggregate(Function[L, X]): ...


from tortoise.queryset import QuerySet
