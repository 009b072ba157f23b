"""SQLAlchemy: what is pending with callers of a function that commits only if it is asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker
session = scoped_session(sessionmaker())
Base = declarative_base()
class Mixin:
    id = Column(Integer, primary_key=True)
    @classmethod
    def create(cls, **values):
        commit = values.pop("commit", False)
        row = cls(**values)
        session.add(row)
        if commit:
            session.commit()
        return row
class Log(Mixin, Base):
    __tablename__ = "logs"
class Post(Mixin, Base):
    __tablename__ = "posts"
    text = Column(String)
def log(commit=False):
    Log.create(commit=commit)
def change(post: Post, commit=False):
    post.text = ""
    log()
    if commit:
        session.commit()
class Tag(Mixin, Base):
    __tablename__ = "tags"
    @classmethod
    def create(cls, *args, **values):
        row = super().create(*args, **values)
        session.flush()
        return row
class Mark(Mixin, Base):
    __tablename__ = "marks"
    @classmethod
    def create(cls, **values):
        return super().create(**values)
def ask(post: Post):
    session.query(Log).all()
    session.commit()
def change_and_ask(post: Post, commit=False):
    ask(post)
    post.text = ""
    if commit:
        session.commit()
"""


@pytest.mark.parametrize(
    ("body", "written"),
    [
        pytest.param("change(post)\n    session.commit()", {"logs", "posts"}, id="left out, no by default"),
        pytest.param("change(post, commit=False)\n    session.commit()", {"logs", "posts"}, id="a constant"),
        pytest.param("change(post, True)\n    session.commit()", set(), id="asked to"),
        pytest.param("change(post, commit)\n    session.commit()", set(), id="nobody tells"),
        pytest.param("Log.create(text='')\n    session.commit()", {"logs"}, id="taken out of the further arguments"),
        pytest.param("Log.create(commit=True)\n    session.commit()", set(), id="asked to by one of those"),
        pytest.param("log()\n    session.commit()", {"logs"}, id="handed on as it is by default"),
        pytest.param("log(commit=True)\n    session.commit()", set(), id="handed on"),
        pytest.param("Mark.create(text='')\n    session.commit()", {"marks"}, id="handed on among the further ones"),
        pytest.param("Mark.create(commit=True)\n    session.commit()", set(), id="asked to among those"),
        pytest.param("Tag.create(text='')\n    session.commit()", set(), id="flushed behind it"),
        pytest.param("change_and_ask(post)\n    session.commit()", {"posts"}, id="changed behind another commit"),
        pytest.param("post.text = ''\n    change_and_ask(post)\n    session.commit()", {"posts"}, id="and before it"),
    ],
)
def test_what_a_function_leaves_pending_that_is_not_asked_to_commit(draw: Draw, body: str, written: set[str]) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(post: Post, commit):\n    {body}\n"})
    flushed = {a.table for a in app.system.flushes if a.definition == "m:f" and a.operation != "read"}
    assert flushed == written


def test_what_nobody_asks_to_commit_is_pending_for_a_flush_behind_it(draw: Draw) -> None:
    app = draw({"models.py": MODELS, "m.py": "from models import *\ndef f(): Tag.create()\n"})
    assert ("models:Tag.create", "tags") in {(a.definition, a.table) for a in app.system.flushes}


def test_a_function_that_is_not_asked_to_commit_writes_nothing_of_its_callers(draw: Draw) -> None:
    use = """
from models import *
def commit(now=False):
    if now:
        session.commit()
def never(post: Post):
    post.text = ""
    commit()
def now(log: Log):
    session.delete(log)
    commit(now=True)
"""
    app = draw({"models.py": MODELS, "m.py": use})
    assert {(a.definition, a.table) for a in app.system.flushes if a.definition.startswith("m:")} == {
        ("m:commit", "logs")
    }
