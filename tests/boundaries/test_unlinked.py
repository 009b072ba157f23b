"""A service of which two parts with data are tied by no line of code is two services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.shaping import Shaper

if TYPE_CHECKING:
    from tests.conftest import Draw

UNITS = 12


def services_of(draw: Draw, *, most: int = 5, stock: int = UNITS, also: str = "") -> dict[str, int]:
    """Where units are of which all but those of ``posts`` are one community: the code and table of ``orders`` and of ``stock``, which has
    so many functions, texts of orders that nothing uses, and what is written in ``also``, in the module of the texts.
    """
    files = {f"{name}/__init__.py": "" for name in ("orders", "stock", "posts")}
    for name, units in (("orders", UNITS), ("stock", stock), ("posts", UNITS)):
        files[f"{name}/models.py"] = f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
        files[f"{name}/places.py"] = f"from {name}.models import {name.title()}\n" + "".join(
            f"def {name}_{n}():\n    {name.title()}.objects.create()\n    return {n}\n" for n in range(units)
        )
    files["orders/texts.py"] = f"{also}\ndef text_of_orders(): return 'of orders'\n"
    graph = EvidenceGraph(draw(files).system)
    labels = np.array([int(members[0].startswith("posts")) for members in graph.members])
    shaped = Shaper(graph, graph.combined(), set()).shaped(labels, most)
    return {unit: int(shaped[node]) for unit, node in graph.unit_node.items()}


def stand_apart(places: dict[str, int]) -> bool:
    """Whether all of stock is in another service than all of orders."""
    orders, stock = ({places[unit] for unit in places if unit.startswith(name)} for name in ("orders", "stock"))
    return orders.isdisjoint(stock)


def test_parts_that_no_line_ties_are_services_and_what_else_there_is_goes_with_what_it_is_tied_to(draw: Draw) -> None:
    places = services_of(draw)
    assert stand_apart(places)
    assert places["orders.texts:text_of_orders"] == places["orders.places:orders_0"]
    assert len(set(places.values())) == 3


def test_one_call_a_key_or_a_transaction_keeps_them_together(draw: Draw) -> None:
    calls = "from orders.places import orders_0\nfrom stock.places import stock_0\ndef both():\n    orders_0()\n    stock_0()"
    assert not stand_apart(services_of(draw, also=calls))
    key = (
        "from django.db import models\n"
        "class Place(models.Model):\n"
        "    order = models.ForeignKey('orders.Orders', on_delete=models.CASCADE)\n"
        "    stock = models.ForeignKey('stock.Stock', on_delete=models.CASCADE)"
    )
    assert not stand_apart(services_of(draw, also=key))


def test_what_by_itself_would_be_too_small_a_service_stays(draw: Draw) -> None:
    assert not stand_apart(services_of(draw, stock=3))


def test_there_are_no_more_services_than_were_asked_for(draw: Draw) -> None:
    assert not stand_apart(services_of(draw, most=2))
