"""The database connection: one engine, one session for each request."""

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool


class Base(DeclarativeBase):
    """Base of all models."""


session_factory = sessionmaker(expire_on_commit=False)
session = scoped_session(session_factory)
_state = {"engine": None}


def init_engine(url):
    """Connect to ``url``; in-memory SQLite keeps one connection for all threads."""
    options = {}
    if url in ("sqlite://", "sqlite:///:memory:"):
        options = {"connect_args": {"check_same_thread": False}, "poolclass": StaticPool}
    elif url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, **options)
    session_factory.configure(bind=engine)
    _state["engine"] = engine
    return engine


def get_engine():
    """The engine that the application was started with."""
    engine = _state["engine"]
    if engine is None:
        raise RuntimeError("init_engine() was not called")
    return engine


def create_schema():
    """Create all tables."""
    import shop.models  # noqa: F401 - registers the models

    Base.metadata.create_all(get_engine())


def drop_schema():
    """Drop all tables."""
    import shop.models  # noqa: F401 - registers the models

    Base.metadata.drop_all(get_engine())


def close_session(error=None):
    """End of a request: whatever was not committed is rolled back."""
    if error is not None:
        session.rollback()
    session.remove()


def dispose():
    """Drop all connections, at the end of the process."""
    session.remove()
    engine = _state["engine"]
    if engine is not None:
        engine.dispose()
        _state["engine"] = None
