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
    Loader,
    MetaData,
    RelationAttribute,
    Select,
    Table,
    Update,
)
from sqlalchemy.orm import DeclarativeBase, Query, Relationship, Session, MappedColumn

T = TypeVar("T")
J = TypeVar("J")


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
    @builds("scan", "J")
    def select(self, *entities: type[T] | ColumnElement[J] | Table[T]) -> Select[T, J]: ...
    def joinedload(self, *attributes: RelationAttribute[J, T, T]) -> Loader[T]: ...
    def selectinload(self, *attributes: RelationAttribute[J, T, T]) -> Loader[T]: ...
    def and_(self, *criteria: ColumnElement[T]) -> ColumnElement[T]: ...
    def or_(self, *criteria: ColumnElement[T]) -> ColumnElement[T]: ...
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


BaseQuery = Query
