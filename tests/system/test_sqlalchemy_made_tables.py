"""SQLAlchemy: a function that makes a table makes one for each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

BETWEEN = """
    from base import Base
    from sqlalchemy import Column, ForeignKey, Table
    def between(left, right, kind=None):
        start = "" if kind is None else f"{kind}_"
        class Between(Base):
            __tablename__ = f"{start}{left}_{right}"
            left_id = Column(ForeignKey(f"{left}.id"), primary_key=True)
            right_id = Column(ForeignKey(right + ".id", ondelete="CASCADE"), primary_key=True)
        return Between
    def core(left, right):
        return Table(f"core_{left}_{right}", Base.metadata, Column("left_id", ForeignKey(f"{left}.id")))
"""
MODELS = """
    from base import Base
    from between import between, core
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import relationship
    class Tag(Base):
        __tablename__ = "tag"
        id = Column(Integer, primary_key=True)
    class Post(Base):
        __tablename__ = "post"
        id = Column(Integer, primary_key=True)
        relation = relationship(Tag, secondary=CALL)
"""


@pytest.mark.parametrize(
    ("call", "table", "keys"),
    [
        ('between("post", Tag.__tablename__)', "post_tag", {("left_id", "post"), ("right_id", "tag")}),
        ('between("post", "tag", kind="main")', "main_post_tag", {("left_id", "post"), ("right_id", "tag")}),
        ('core("post", right="tag")', "core_post_tag", {("left_id", "post")}),
    ],
)
def test_each_call_makes_a_table(draw: Draw, call: str, table: str, keys: set[tuple[str, str]]) -> None:
    app = draw(
        {
            "base.py": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
            "between.py": BETWEEN,
            "models.py": MODELS.replace("CALL", call),
            "m.py": "from models import Post\ndef f(post: Post): return post.relation\n",
        }
    )
    made = [t for t in app.system.tables if t.name == table]
    assert [(t.file, t.line) for t in made] == [("models.py", 11)]
    assert {(k.columns[0], k.target_table) for k in app.system.foreign_keys if k.table == table} == keys
    assert {t for _, operation, t in app.accesses() if operation == "read"} == {"tag", table}


def test_a_table_that_no_constant_names_is_said_to_be_unknown(draw: Draw) -> None:
    app = draw(
        {
            "base.py": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
            "between.py": BETWEEN,
            "models.py": MODELS.replace("CALL", "between(Base.left, 'tag')"),
            "m.py": "from models import Post\ndef f(post: Post): return post.relation\n",
        }
    )
    assert {table.name for table in app.system.tables} == {"tag", "post"}
    assert {table for _, _, table in app.accesses()} == {"tag"}
    assert any("name of a table is put together" in spot.reason for spot in app.system.blind_spots)


def test_sqlmodel(draw: Draw) -> None:
    app = draw("""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlmodel import Field, Relationship, SQLModel
        def link(left: str, right: str):
            class Link(SQLModel, table=True):
                __tablename__ = f"{left}_{right}_link"
                left_id: int = Field(sa_column=Column(Integer, ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True))
                right_id: int = Field(foreign_key=f"{right}.id", primary_key=True)
            return Link
        class Hero(SQLModel, table=True):
            id: int = Field(primary_key=True)
        class Team(SQLModel, table=True):
            id: int = Field(primary_key=True)
            heroes: list[Hero] = Relationship(link_model=link("team", "hero"))
        def f(team: Team): return team.heroes
    """)
    keys = {(k.columns[0], k.target_table, k.on_delete) for k in app.system.foreign_keys if k.table == "team_hero_link"}
    assert keys == {("left_id", "team", "CASCADE"), ("right_id", "hero", "")}
    assert {table for _, _, table in app.accesses()} == {"hero", "team_hero_link"}
