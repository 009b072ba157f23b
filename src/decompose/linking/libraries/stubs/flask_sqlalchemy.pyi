from typing import ClassVar, Self, TypeVar

from decompose.effects import builds
from sqlalchemy import (
    Column,
    ColumnElement,
    Delete,
    Engine,
    ForeignKey,
    Functions,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
)
from sqlalchemy.orm import DeclarativeBase, Query, Relationship, Session, MappedColumn

T = TypeVar("T")


class Model(DeclarativeBase):
    query: ClassVar[Query[Self]]


class SQLAlchemy:
    Model: type[Model]
    Column: type[Column]
    Table: type[Table]
    ForeignKey: type[ForeignKey]
    relationship: type[Relationship]
    session: Session
    engine: Engine
    metadata: MetaData
    Query: type[Query]

    func: Functions

    def mapped_column(self, *args, **options) -> MappedColumn: ...
    @builds("read", "T")
    def select(self, *entities: type[T] | ColumnElement[T] | Table[T]) -> Select[T]: ...
    @builds("update", "T")
    def update(self, table: type[T] | Table[T]) -> Update[T]: ...
    @builds("delete", "T")
    def delete(self, table: type[T] | Table[T]) -> Delete[T]: ...
    @builds("insert", "T")
    def insert(self, table: type[T] | Table[T]) -> Insert[T]: ...
    def text(self, text: T) -> T: ...
    def init_app(self, app): ...
    def create_all(self): ...
    def drop_all(self): ...
