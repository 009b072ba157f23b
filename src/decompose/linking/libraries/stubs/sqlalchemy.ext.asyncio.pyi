from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

AsyncSession = Session
AsyncEngine = Engine
AsyncConnection = Connection
async_sessionmaker = sessionmaker


def create_async_engine(url, **options) -> Engine: ...
def async_scoped_session(factory, scopefunc=None) -> Session: ...
