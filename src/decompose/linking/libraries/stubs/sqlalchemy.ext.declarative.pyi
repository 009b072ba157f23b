from typing import TypeVar

from sqlalchemy.orm import DeclarativeBase, DeclarativeMeta, declared_attr

T = TypeVar("T")


def declarative_base(*, cls: type[T] = None, **options) -> type[DeclarativeBase] | type[T]: ...
def as_declarative(**options): ...
