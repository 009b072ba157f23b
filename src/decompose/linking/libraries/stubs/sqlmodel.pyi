from typing import Self, TypeVar

from decompose.effects import builds, loads_fields
from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Relationship, Session

T = TypeVar("T")


def Field(*args, **options) -> MappedColumn: ...
def col(expression: ColumnElement[T]) -> ColumnElement[T]: ...


class SQLModel(DeclarativeBase):
    @builds("update", "Self")
    def sqlmodel_update(self, obj, *args, **options) -> Self: ...
    @classmethod
    @loads_fields("Self", "T")
    def model_validate(cls, obj: T, *args, **options) -> Self: ...
    @classmethod
    @loads_fields("Self", "T")
    def from_orm(cls, obj: T, *args, **options) -> Self: ...
    @classmethod
    def parse_obj(cls, obj) -> Self: ...
