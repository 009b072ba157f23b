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


def in_packages(draw: Draw, *, news: str = "club/news", lines: int = 240) -> bool:
    """Whether news of 12 functions stand apart from members, with which they are one community; a page of theirs uses nothing. They have
    so many lines, members five times as many. Post is a service that has a part of ``club`` too.
    """
    files = {
        f"{folder}/__init__.py": ""
        for folder in ("club", "club/members", "club/members/inner", "club/post", "club/news")
    }
    for folder, each in (("club/members", 5 * lines), (news, lines), ("club/post", 2 * lines)):
        name = folder.rpartition("/")[2] if folder != news else "news"
        package = folder.replace("/", ".")
        files[f"{folder}/models.py"] = f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
        files[f"{folder}/places.py"] = f"from {package}.models import {name.title()}\n" + "".join(
            f"def {name}_{n}():\n    {name.title()}.objects.create()\n" + "    n = 1\n" * (each // UNITS - 2)
            for n in range(UNITS * (1 + 2 * (name == "post")))
        )
    files[f"{news}/page.py"] = "def page(): return 'of members'\n"
    graph = EvidenceGraph(draw(files).system)
    labels = np.array([int("post" in members[0]) for members in graph.members])
    shaped = Shaper(graph, graph.combined(), set()).shaped(labels, 5)
    at = {unit: int(shaped[node]) for unit, node in graph.unit_node.items()}
    package = news.replace("/", ".")
    assert at[f"{package}.page:page"] == at[f"{package}.places:news_1"]
    return at["club.members.places:members_1"] != at[f"{package}.places:news_1"]


def test_a_small_part_that_is_a_package_by_itself_is_a_service_with_all_of_that_package(draw: Draw) -> None:
    assert in_packages(draw)


def test_a_small_part_of_the_package_of_another_part_stays_with_it(draw: Draw) -> None:
    assert not in_packages(draw, news="club/members/inner")


def test_a_part_of_few_lines_is_no_service_whatever_package_it_is(draw: Draw) -> None:
    assert not in_packages(draw, lines=120)
