from typing import Generic, TypeVar

from decompose.effects import deletes, inserts, reads
from tortoise.queryset import A, J, M, QuerySet, S

T = TypeVar("T")
B = TypeVar("B")  # the table between the two sides of a relation


class Related(Generic[T]):
    """The row that a relation leads to: read where it is awaited, there where it was fetched."""

    @reads("T")
    def __await__(self) -> T: ...


class ReverseRelation(QuerySet[M, J, S, A]):
    """The rows that point to one: gone through without waiting, those that were fetched."""


class ManyToManyRelation(ReverseRelation[M, J, S, A], Generic[M, J, S, A, B]):
    @reads("B")
    @inserts("B")
    def add(self, *instances, **options): ...
    @deletes("B")
    def remove(self, *instances, **options): ...
    @deletes("B")
    def clear(self, **options): ...
