from typing import Generic, TypeVar

from decompose.effects import builds, inserts, deletes, reads
from tortoise.queryset import QuerySet

T = TypeVar("T")


class ReverseRelation(QuerySet[T]): ...


class ManyToManyRelation(QuerySet[T]):
    def add(self, *instances, **options): ...
    def remove(self, *instances, **options): ...
    def clear(self, **options): ...
