"""What belongs as well to another service is named with both, block by block, and nothing else is."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.toss_ups import TossUp, told_of_toss_ups, toss_ups, toss_ups_in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.boundaries.split import Split
    from tests.conftest import Draw

PACKAGES = ("orders", "posts", "stock")
REPORTS = tuple(f"reports.sums:sum_{n}" for n in range(5))
TOTALS = tuple(f"reports.totals:total_{n}" for n in range(5))
Homes = dict[str, str]


def three_packages(also_read: str = "stock") -> dict[str, str]:
    files = {f"{name}/__init__.py": "" for name in (*PACKAGES, "reports")}
    for name in PACKAGES:
        files[f"{name}/models.py"] = f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
        files[f"{name}/places.py"] = f"from {name}.models import {name.title()}\n" + "".join(
            f"def {name}_{n}():\n    {name.title()}.objects.create()\n" for n in range(8)
        )
    read = f"from orders.models import Orders\nfrom {also_read}.models import {also_read.title()}\n"
    for module, one in (("sums", "sum"), ("totals", "total")):
        files[f"reports/{module}.py"] = read + "".join(
            f"def {one}_{n}():\n    {one}_{(n + 1) % 5}()\n    Orders.objects.get()\n    {also_read.title()}.objects.get()\n"
            for n in range(5)
        )
    return files


@pytest.fixture
def scorer(draw: Draw) -> Scorer:
    """Three packages with a table each; five reports that call each other and read of orders and stock, and five that nothing ties to these."""
    return Scorer(EvidenceGraph(draw(three_packages()).system))


def divided(scorer: Scorer, homes: Mapping[str, str] = MappingProxyType({}), name: str = "consensus") -> Split:
    """Each package is a service, with its table; reports are in orders; but for what has another home, by id or package."""
    system = scorer.graph.system
    places = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    placed = {unit: homes.get(unit, homes.get(package, package)) for unit, package in places.items()}
    placed = {unit: "orders" if home == "reports" else home for unit, home in placed.items()}
    return split_from_assignment(system, placed, name, scorer.graph)


def found(
    scorer: Scorer,
    halves: Sequence[Homes] = (),
    voting: Sequence[Homes] = ({}, {}, {}),
    *,
    pinned: Sequence[str] = (),
    merged: bool = False,
) -> list[TossUp]:
    """The toss-ups where halves of the ensemble, and as many members of it as are ``voting``, have such other homes."""
    graph = scorer.graph
    members = tuple(labels_of(graph, divided(scorer, homes)) for homes in voting)
    split = divided(scorer, {"stock": "orders"} if merged else {})
    return [
        *toss_ups(
            scorer,
            Certainty(graph, Ensemble(members, np.ones(len(members)))),
            split,
            [divided(scorer, homes) for homes in halves],
            pinned=[graph.unit_node[unit] for unit in pinned],
            divided=not merged,
        )
    ]


ELSEWHERE = dict.fromkeys(REPORTS, "stock")


def test_what_half_of_the_clusterings_puts_elsewhere_is_a_block_with_both_services(scorer: Scorer) -> None:
    (block,) = found(scorer, [{}, ELSEWHERE])
    assert (block.service, block.rival, block.units, block.tables) == ("orders", "stock", REPORTS, ())
    assert block.modules == {"reports.sums": 5}
    assert block.touches == {"orders_orders": 5, "stock_stock": 5}
    assert (block.agree, block.rival_agree) == (1.0, 0.0)
    assert 0.5 * block.ties <= (block.rival_ties or 0) <= block.ties
    assert str(block) == "5 units (reports.sums 5) of orders go as well to stock"
    said = told_of_toss_ups([block])
    assert said.startswith(f"one block is a toss-up: {block} (tables they touch: orders_orders, stock_stock). ")
    assert toss_ups_in_short([block]) == str(block)


def test_what_as_many_clusterings_put_elsewhere_is_one_though_no_half_does(scorer: Scorer) -> None:
    (block,) = found(scorer, [{}, {}], voting=[{}, ELSEWHERE])
    assert (block.units, block.rival, block.agree, block.rival_agree) == (REPORTS, "stock", 0.5, 0.5)
    assert found(scorer, [{}, {}], voting=[{}, {}, ELSEWHERE]) == []


def test_blocks_that_nothing_ties_are_two(scorer: Scorer) -> None:
    both = [{**ELSEWHERE, **dict.fromkeys(TOTALS, "stock")}]
    blocks = found(scorer, both)
    assert [block.units for block in blocks] == [REPORTS, TOTALS]
    assert toss_ups_in_short(blocks).startswith("2 blocks (10 units) belong as well elsewhere, the largest: 5 units")
    assert told_of_toss_ups(blocks).startswith("2 blocks are toss-ups: 5 units")


def test_a_service_that_half_of_the_clusterings_make_a_part_of_another_is_told_as_that(scorer: Scorer) -> None:
    (block,) = found(scorer, [{"stock": "orders"}], voting=[{}, {"stock": "orders"}])
    assert (block.service, block.rival, block.share) == ("stock", "orders", 1.0)
    assert str(block) == f"stock ({block.size}) is as well a part of orders"
    assert block.tables == ("stock_stock",)


def test_a_service_is_as_well_a_part_of_what_it_is_tied_to_and_of_nothing_that_it_hardly_is(draw: Draw) -> None:
    files = three_packages()
    files["posts/places.py"] += "from orders.models import Orders\nfrom stock.models import Stock\n" + "".join(
        f"def note_{n}():\n    posts_{n}()\n    {'Orders' if n else 'Stock'}.objects.get()\n" for n in range(8)
    )
    tied = Scorer(EvidenceGraph(draw(files).system))
    (block,) = found(tied, [{"posts": "orders"}])
    assert (block.service, block.rival, block.share, block.rival_agree) == ("posts", "orders", 1.0, 0.0)
    assert found(tied, [{"posts": "stock"}]) == []
    (block,) = found(tied, [{"posts": "stock"}], voting=[{}, {}, {}, *[{"posts": "stock"}] * 2])
    assert (block.service, block.rival, block.rival_agree) == ("stock", "posts", 0.4)
    assert block.pulls.startswith(
        "of the clusterings 60% put it in stock and 40% put it in posts; of its ties to others "
    )
    assert "lead to stock" not in block.pulls


def test_whole_services_are_told_first_and_how_many_fewer_there_may_be(scorer: Scorer) -> None:
    every_report = dict.fromkeys((*REPORTS, *TOTALS), "stock")
    (service,) = found(scorer, [{"stock": "orders"}], voting=[{}, {"stock": "orders"}])
    parts = found(scorer, [every_report])
    assert [service.whole, *(part.whole for part in parts)] == [True, False, False]
    said = told_of_toss_ups([*parts, service])
    assert said.startswith(f"3 blocks are toss-ups: {service} (tables they touch: stock_stock); {parts[0]} ")
    assert "So there may as well be 1 service fewer. " in said
    assert toss_ups_in_short([*parts, service]).endswith(f"elsewhere, 1 whole service among them: {service}")
    assert "fewer" not in told_of_toss_ups(parts)


def test_two_services_that_are_each_as_well_a_part_of_the_other_are_one_fewer(scorer: Scorer) -> None:
    (service,) = found(scorer, [{"stock": "orders"}], voting=[{}, {"stock": "orders"}])
    other = msgspec.structs.replace(service, service="orders", rival="stock")
    third = msgspec.structs.replace(service, service="posts", rival="stock")
    assert "as well be 1 service fewer" in told_of_toss_ups([service, other])
    assert "as well be 2 services fewer" in told_of_toss_ups([service, other, third])


def test_what_half_of_the_clusterings_make_a_service_is_as_well_one_of_its_own(scorer: Scorer) -> None:
    (block,) = found(scorer, [dict.fromkeys(REPORTS, "alone")])
    assert (block.service, block.rival, block.rival_agree, block.rival_ties) == ("orders", "", None, None)
    assert str(block) == "5 units (reports.sums 5) of orders are as well a service of their own"
    assert block.pulls.startswith("of the clusterings 100% put it in orders; of its ties to others ")


def test_services_that_a_split_has_merged_are_no_toss_up(scorer: Scorer, draw: Draw) -> None:
    assert found(scorer, [{}], merged=True) == []
    posts = dict.fromkeys(REPORTS, "posts")
    (block,) = found(Scorer(EvidenceGraph(draw(three_packages("posts")).system)), [posts], [posts], merged=True)
    assert (block.service, block.rival, block.units) == ("orders", "posts", REPORTS)


def test_a_block_does_not_go_as_well_to_where_nothing_ties_it_whatever_clusterings_say(scorer: Scorer) -> None:
    nowhere, stock = dict.fromkeys(REPORTS, "posts"), dict.fromkeys(REPORTS, "stock")
    assert found(scorer, [nowhere]) == []
    assert found(scorer, [nowhere], voting=[{}, {}, {}, nowhere, nowhere]) == []
    assert [block.rival for block in found(scorer, [stock], voting=[{}, {}, {}, stock, stock])] == ["stock"]


def test_what_is_small_or_pinned_is_not_told(scorer: Scorer) -> None:
    assert found(scorer, [dict.fromkeys(REPORTS[:4], "stock")]) == []
    assert found(scorer, [ELSEWHERE], pinned=REPORTS) == []


def test_of_toss_ups_that_there_are_not_nothing_is_said() -> None:
    assert told_of_toss_ups([]) == toss_ups_in_short([]) == ""
