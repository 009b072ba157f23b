"""A part without data is a service of its own where it is large and several others use it; otherwise it goes to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.boundaries.clustering import UNPLACED
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.shaping import Shaper

if TYPE_CHECKING:
    from tests.conftest import Draw

UNITS = 12
"""Of each of the parts with data."""


def services_of(
    draw: Draw, *, parsers: int, users: tuple[str, ...], most: int = 5, touching: int = 0
) -> dict[str, int]:
    """Where the units of ``orders``, ``stock`` and ``posts``, each with a table, and of ``parsers`` are; each begins as a community."""
    files = {f"{name}/__init__.py": "" for name in ("orders", "stock", "posts", "parsers")}
    for name in ("orders", "stock", "posts"):
        used = f"from parsers.texts import parse_{len(name)}, parse_0\n" if name in users else ""
        begun = f"    parse_{len(name)}(parse_0)\n" if name in users else ""
        files[f"{name}/models.py"] = f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
        files[f"{name}/places.py"] = f"{used}from {name}.models import {name.title()}\n" + "".join(
            f"def {name}_{n}():\n{begun}    {name.title()}.objects.create()\n" for n in range(UNITS)
        )
    files["parsers/texts.py"] = (
        "from orders.models import Orders\nfrom orders.places import orders_0\nfrom stock.places import stock_0\n"
        + "".join(
            f"def parse_{n}(*what):\n    orders_0()\n    stock_0()\n"
            + "    Orders.objects.get()\n" * (n < touching)
            + f"    return parse_{n + 1}()\n"
            for n in range(parsers)
        )
    )
    graph = EvidenceGraph(draw(files).system)
    names = ("orders", "stock", "posts", "parsers")
    labels = np.full(len(graph.members), UNPLACED)
    for node, members in enumerate(graph.members):
        name = members[0].removeprefix("table:").partition(".")[0].partition("_")[0]
        labels[node] = names.index(name)
    shaped = Shaper(graph, graph.combined(), set()).shaped(labels, most)
    return {unit: int(shaped[node]) for unit, node in graph.unit_node.items()}


def test_what_one_alone_uses_is_a_part_of_that(draw: Draw) -> None:
    places = services_of(draw, parsers=8, users=("orders",))
    assert places["parsers.texts:parse_1"] == places["orders.places:orders_1"]


def test_what_is_large_and_used_by_several_stays_a_service_without_data(draw: Draw) -> None:
    places = services_of(draw, parsers=8, users=("orders", "stock"))
    assert len({places[f"parsers.texts:parse_{n}"] for n in range(8)}) == 1
    assert (
        len({places[unit] for unit in ("parsers.texts:parse_0", "orders.places:orders_1", "stock.places:stock_1")}) == 3
    )


def test_what_is_small_beside_the_parts_with_data_goes_to_one_that_it_is_tied_to(draw: Draw) -> None:
    places = services_of(draw, parsers=3, users=("orders", "stock"))
    assert places["parsers.texts:parse_1"] in {places["orders.places:orders_1"], places["stock.places:stock_1"]}


def test_what_none_uses_is_no_service(draw: Draw) -> None:
    places = services_of(draw, parsers=8, users=())
    assert places["parsers.texts:parse_1"] in {places["orders.places:orders_1"], places["stock.places:stock_1"]}


def test_a_number_of_services_that_was_asked_for_counts_more(draw: Draw) -> None:
    places = services_of(draw, parsers=8, users=("orders", "stock"), most=3)
    assert len(set(places.values())) == 3


def test_what_works_on_tables_of_others_is_no_service_without_data(draw: Draw) -> None:
    places = services_of(draw, parsers=8, users=("orders", "stock"), touching=4)
    assert places["parsers.texts:parse_1"] == places["orders.places:orders_1"]
