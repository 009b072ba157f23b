from typing import Self, TypeVar

from decompose.effects import builds
from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Relationship, Session

T = TypeVar("T")


def Field(*args, **options) -> MappedColumn: ...
def col(expression: ColumnElement[T]) -> ColumnElement[T]: ...


class SQLModel(DeclarativeBase):
    @builds("update", "Self")
    def sqlmodel_update(self, obj, *args, **options) -> Self: ...
    @classmethod
    def model_validate(cls, obj, *args, **options) -> Self: ...
    @classmethod
    def from_orm(cls, obj, *args, **options) -> Self: ...
    @classmethod
    def parse_obj(cls, obj) -> Self: ...
