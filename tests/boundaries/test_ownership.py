"""Who touches a table owns it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from decompose.boundaries.clustering import UNPLACED
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.ownership import Ownership
from decompose.boundaries.soundness import ledgers
from decompose.system.model import Transaction

if TYPE_CHECKING:
    from tests.conftest import Draw

SOURCE = """
    from sqlalchemy import Column, Integer, text
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    def first(): Session().execute(text("SELECT a FROM links"))
    def second(): Session().execute(text("INSERT INTO links (a) VALUES (1)"))
    def order(): Session().query(Order).all()
"""


@pytest.mark.parametrize(
    ("places", "owner"),
    [
        pytest.param({"m:first": 1, "m:second": 2}, 2, id="others alone: where it is written"),
        pytest.param({"m:first": 1, "m:second": 1}, 1, id="one other alone"),
        pytest.param({"m:first": 0, "m:second": 1}, 0, id="its service reads it"),
    ],
)
def test_a_table_goes_where_it_is_touched(draw: Draw, places: dict[str, int], owner: int) -> None:
    graph = EvidenceGraph(draw(textwrap.dedent(SOURCE)).system)
    node = {member: number for number, members in enumerate(graph.members) for member in members}
    labels = np.zeros(len(graph.members), dtype=np.int64)
    for unit, place in {**places, "m:order": 1}.items():
        labels[node[unit]] = place
    owned = Ownership(graph).handed_over(labels)
    assert owned[node["table:links"]] == owner
    assert owned[node["table:orders"]] == 0, "a table with a class is where the class is declared"
    assert np.flatnonzero(owned != labels).tolist() == ([node["table:links"]] if owner else [])


JOINING = """
    from sqlalchemy import Column, ForeignKey, Table, text
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    joins = Table("post_users", Base.metadata, Column("user", ForeignKey("users.id")), Column("post", ForeignKey("posts.id")))
    class User(Base):
        __tablename__ = "users"
        id = Column(primary_key=True)
    class Post(Base):
        __tablename__ = "posts"
        id = Column(primary_key=True)
    class Mail(Base):
        __tablename__ = "mails"
        id = Column(primary_key=True)
        user = Column(ForeignKey("users.id"))
    def first(): Session().execute(text("INSERT INTO post_users (user) VALUES (1)"))
    def second(): Session().execute(text("DELETE FROM post_users"))
    def third(): Session().execute(text("SELECT post FROM post_users"))
"""
ELSEWHERE, USERS, POSTS = 0, 1, 2


@pytest.mark.parametrize(
    ("places", "owner"),
    [
        pytest.param({"m:third": ELSEWHERE}, POSTS, id="nobody writes it: where fewer keys lead"),
        pytest.param({"m:first": USERS, "m:third": ELSEWHERE}, USERS, id="the end that writes it"),
        pytest.param({"m:first": ELSEWHERE, "m:second": USERS}, ELSEWHERE, id="its service writes it as often"),
        pytest.param({"m:first": ELSEWHERE}, ELSEWHERE, id="its service alone writes it"),
    ],
)
def test_a_table_that_only_joins_two_is_beside_one_of_them(draw: Draw, places: dict[str, int], owner: int) -> None:
    graph = EvidenceGraph(draw(textwrap.dedent(JOINING)).system)
    node = {member: number for number, members in enumerate(graph.members) for member in members}
    labels = np.full(len(graph.members), ELSEWHERE, dtype=np.int64)
    labels[[node[f"m:{name}"] for name in ("first", "second", "third")]] = UNPLACED
    for unit, place in {**places, "m:User": USERS, "m:Post": POSTS}.items():
        labels[node[unit]] = place
    owned = Ownership(graph).handed_over(labels)
    assert owned[node["table:post_users"]] == owner
    assert np.flatnonzero(owned != labels).tolist() == ([node["table:post_users"]] if owner else [])


def test_a_table_that_only_joins_two_is_no_ledger(draw: Draw) -> None:
    logged = JOINING + '    def log(): Session().execute(text("INSERT INTO logs (text) VALUES (1)"))\n'
    system = draw(textwrap.dedent(logged.replace("DELETE FROM", "INSERT INTO"))).system
    writing = Transaction("m:log", "atomic", ("logs", "post_users"), (), "m.py", 1)
    assert ledgers(msgspec.structs.replace(system, transactions=(writing,) * 6)) == ("logs",)
