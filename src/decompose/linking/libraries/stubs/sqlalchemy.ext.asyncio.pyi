from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

AsyncSession = Session
AsyncEngine = Engine
AsyncConnection = Connection
async_sessionmaker = sessionmaker


def create_async_engine(url, **options) -> Engine: ...
def async_scoped_session(factory, scopefunc=None) -> Session: ...


class AsyncAttrs:
    @property
    def awaitable_attrs(self) -> Self: ...


def async_object_session(instance) -> Session: ...
def async_engine_from_config(configuration, **options) -> Engine: ...
