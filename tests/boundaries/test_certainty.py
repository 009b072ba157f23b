"""Where most ways of looking put code is where it goes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from tests.conftest import Draw

SOURCE = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
    def order(): Session().query(Order).all()
    def more(): order()
    def user(): Session().query(User).all()
    def between(): order(); user()
"""


@pytest.mark.parametrize(
    ("votes_for_user", "moved"),
    [pytest.param(3, True, id="clearly more"), pytest.param(2, False, id="as many")],
)
def test_code_goes_where_most_votes_are(draw: Draw, votes_for_user: int, moved: bool) -> None:
    graph = EvidenceGraph(draw(textwrap.dedent(SOURCE)).system)
    node = {member: number for number, members in enumerate(graph.members) for member in members}
    labels = np.zeros(len(graph.members), dtype=np.int64)
    labels[[node["m:User"], node["m:user"]]] = 1
    elsewhere = labels.copy()
    elsewhere[node["m:between"]] = 1
    tables_swapped = labels.copy()
    tables_swapped[node["m:Order"]] = 1
    accessed = np.array([[node["m:Order"], node["m:User"]], [node["m:order"], node["m:user"]]])
    members = (*[elsewhere] * votes_for_user, labels, labels)
    found = Certainty(graph, Ensemble(members, np.ones(len(members)))).followed(labels, accessed)
    assert int(found[node["m:between"]]) == int(moved)
    assert sorted(np.flatnonzero(found != labels).tolist()) == ([node["m:between"]] if moved else [])
    swapped = Certainty(graph, Ensemble((tables_swapped,) * 4, np.ones(4))).followed(labels, accessed)
    assert swapped[node["m:Order"]] == 0, "what owns a table stays"


def test_no_table_is_left_alone_by_its_code(draw: Draw) -> None:
    graph = EvidenceGraph(draw(textwrap.dedent(SOURCE)).system)
    node = {member: number for number, members in enumerate(graph.members) for member in members}
    labels = np.zeros(len(graph.members), dtype=np.int64)
    labels[[node["m:User"], node["m:user"]]] = 1
    elsewhere = labels.copy()
    elsewhere[node["m:user"]] = 0
    accessed = np.array([[node["m:Order"], node["m:User"]], [node["m:order"], node["m:user"]]])
    found = Certainty(graph, Ensemble((elsewhere,) * 4, np.ones(4))).followed(labels, accessed)
    assert found.tolist() == labels.tolist()
