"""What all repositories can do."""

from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import func, select

from shop.db import session
from shop.utils.common import NotFound

T = TypeVar("T")


class Page(NamedTuple):
    items: list
    number: int
    size: int
    total: int


class Repository(Generic[T]):
    """Rows of one model."""

    model: type[T]

    def __init__(self, db=session):
        self.session = db

    def query(self):
        return self.session.query(self.model)

    def get(self, ident) -> T | None:
        return self.session.get(self.model, ident)

    def require(self, ident) -> T:
        found = self.get(ident)
        if found is None:
            raise NotFound(f"{self.model.__name__} {ident} does not exist")
        return found

    def find_by(self, **criteria) -> T | None:
        return self.session.execute(select(self.model).filter_by(**criteria)).scalars().first()

    def list_by(self, **criteria) -> list[T]:
        return list(self.session.execute(select(self.model).filter_by(**criteria)).scalars())

    def add(self, entity: T) -> T:
        self.session.add(entity)
        self.session.flush()
        return entity

    def remove(self, entity: T) -> None:
        self.session.delete(entity)
        self.session.flush()

    def count(self, *criteria) -> int:
        return self.session.scalar(select(func.count()).select_from(self.model).where(*criteria))

    def page(self, statement, number, size) -> Page:
        total = self.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
        items = self.session.execute(statement.limit(size).offset((number - 1) * size)).scalars().all()
        return Page(list(items), number, size, total)

    def commit(self):
        self.session.commit()
