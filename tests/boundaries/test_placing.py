"""What no partition puts where it is gets a word why it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.placing import Placing
from decompose.boundaries.scores import Scorer

if TYPE_CHECKING:
    from tests.conftest import Draw

FILES = {
    "orders/__init__.py": "",
    "orders/places.py": """
        from sqlalchemy import text
        from sqlalchemy.orm import Session
        def place(): Session().execute(text("INSERT INTO links (a) VALUES (1)"))
        def send(): place()
        print(len([]))
    """,
    "users/__init__.py": "",
    "users/names.py": "def name(): pass",
    "alone.py": "def nothing(): pass",
    "island.py": "def one(): other()\ndef other(): pass",
}
ORDERS, USERS = 0, 1


@pytest.mark.parametrize(
    ("member", "elsewhere", "pinned", "reason"),
    [
        ("table:links", (), (), "most of the code that touches it is there"),
        ("orders.places:", (), (), "most of its module is there"),
        ("orders.places:send", (), (), "most of its ties lead there"),
        ("alone:nothing", (), (), "nothing ties it to any service"),
        (
            "orders.places:send",
            ("orders.places:place", "orders.places:"),
            (),
            "what it hangs together with was too small",
        ),
        ("orders.places:send", (), ("orders.places:send",), "it is pinned"),
    ],
)
def test_it_says_what_puts_it_there(
    draw: Draw, member: str, elsewhere: tuple[str, ...], pinned: tuple[str, ...], reason: str
) -> None:
    graph = EvidenceGraph(draw(FILES).system)
    labels = np.full(len(graph.members), ORDERS, dtype=np.int64)
    labels[[graph.unit_node[unit] for unit in ("users.names:name", *elsewhere)]] = USERS
    placing = Placing(Scorer(graph), labels, {graph.unit_node[unit] for unit in pinned})
    told = placing.reasons({member: 0.0, "island:other": 0.0, "users.names:name": 0.2})
    assert set(told) == {member, "island:other"}, "what some partitions put there needs no word"
    assert told[member].startswith(reason)
