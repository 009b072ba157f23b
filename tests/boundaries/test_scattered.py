"""A service without a table that hardly any way of looking would make is none; its units go where most of them put each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import UNPLACED
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import Placement, split_from_assignment
from decompose.boundaries.scattered import told_of_scattered, without_scattered

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from tests.conftest import Draw

ORDERS, STOCK, REST = range(3)


class Drawn(NamedTuple):
    """Orders and stock with a table each, and a rest of four functions: two are seen with the orders, one with the stock, one nowhere."""

    graph: EvidenceGraph
    labels: Labels
    seen: Labels

    def node(self, function: str) -> int:
        return self.graph.unit_node[f"rest:{function}"]


def drawn(draw: Draw, *, with_table: bool = False) -> Drawn:
    model = "from django.db import models\nclass {}(models.Model): pass\n"
    files = {
        "orders.py": model.format("Order") + "def sold(): return Order.objects.count()\n",
        "stock.py": model.format("Item") + "def left(): return Item.objects.count()\n",
        "rest.py": (model.format("Kept") if with_table else "") + "".join(f"def {name}(): pass\n" for name in "abcd"),
    }
    graph = EvidenceGraph(draw(files).system)
    names = ["orders", "stock", "rest"]
    units = [
        next((m for m in members if ":" in m and not m.startswith("table:")), members[0]) for members in graph.members
    ]
    labels = np.array([names.index(unit.partition(":")[0]) for unit in units])
    seen = labels.copy()
    for function, label in (("a", ORDERS), ("b", ORDERS), ("c", STOCK), ("d", UNPLACED)):
        seen[graph.unit_node[f"rest:{function}"]] = label
    return Drawn(graph, labels, seen)


def certainty(of: Drawn, apart: int, together: int) -> Certainty:
    """So many ways of looking that put the units of the rest apart, and that put them together."""
    known = np.where(of.seen == UNPLACED, UNPLACED, of.labels)
    members = (*(of.seen,) * apart, *(known,) * together)
    return Certainty(of.graph, Ensemble(members, np.ones(len(members))))


def test_what_hardly_any_way_of_looking_puts_together_goes_where_most_put_each(draw: Draw) -> None:
    shop = drawn(draw)
    placed, found = without_scattered(shop.graph, certainty(shop, apart=9, together=1), shop.labels)
    assert {name: placed[shop.node(name)] for name in "abc"} == {"a": ORDERS, "b": ORDERS, "c": STOCK}
    assert placed[shop.node("d")] == UNPLACED
    others = shop.labels != REST
    assert (placed[others] == shop.labels[others]).all()
    assert [one.units for one in found] == [frozenset(shop.node(name) for name in "abcd")]


def test_it_is_told_with_where_it_went(draw: Draw) -> None:
    shop = drawn(draw)
    placed, found = without_scattered(shop.graph, certainty(shop, apart=9, together=1), shop.labels)
    placements = [
        Placement(member, ("orders", "stock")[placed[node]])
        for node, members in enumerate(shop.graph.members)
        if placed[node] >= 0
        for member in members
    ]
    split = split_from_assignment(shop.graph.system, placements, "drawn", shop.graph)
    told = list(told_of_scattered(shop.graph, split, found))
    assert len(told) == 1
    assert told[0].startswith("4 units that own no table hung together only by ")
    assert "orders (2), stock (2)" in told[0]


def test_what_a_quarter_puts_together_stays(draw: Draw) -> None:
    shop = drawn(draw)
    placed, found = without_scattered(shop.graph, certainty(shop, apart=2, together=2), shop.labels)
    assert (found, placed.tolist()) == ([], shop.labels.tolist())


def test_what_owns_a_table_is_pinned_or_asked_for_stays(draw: Draw) -> None:
    shop = drawn(draw)
    told = certainty(shop, apart=9, together=1)
    for fixed, least in (((shop.node("a"),), 2), ((), 3)):
        placed, found = without_scattered(shop.graph, told, shop.labels, fixed, least)
        assert (found, placed.tolist()) == ([], shop.labels.tolist())
    owning = drawn(draw, with_table=True)
    placed, found = without_scattered(owning.graph, certainty(owning, apart=9, together=1), owning.labels)
    assert (found, placed.tolist()) == ([], owning.labels.tolist())
