from typing import Generic, TypeVar

from decompose.effects import reads
from pydantic import BaseModel
from tortoise.queryset import QuerySet, QuerySetSingle

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")
T = TypeVar("T")


class PydanticModel(BaseModel):
    @classmethod
    def from_tortoise_orm(cls, obj: T): ...
    @classmethod
    @reads("M", "J", "A")
    def from_queryset_single(cls, queryset: QuerySetSingle[M, J, S, A]): ...
    @classmethod
    @reads("M", "J", "A")
    def from_queryset(cls, queryset: QuerySet[M, J, S, A]): ...


def pydantic_model_creator(cls, **options) -> type[PydanticModel]: ...
def pydantic_queryset_creator(cls, **options) -> type[PydanticModel]: ...
