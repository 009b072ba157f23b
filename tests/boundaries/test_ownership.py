"""Who touches a table owns it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.ownership import Ownership

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
