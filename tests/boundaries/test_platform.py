"""Platform code that hangs together like a service and has hardly any data goes to the shared library, and what else was there is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.platform import Platform, Released, told_of_platform
from decompose.boundaries.split import SHARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.boundaries.clustering import Labels
    from tests.conftest import Draw

SERVICES = ("orders", "stock", "users", "posts")
"""One package each, of which all but the last use the platform code."""

MORE = (*SERVICES, "carts", "bills", "notes")
"""So many that three are less than half."""

CLIENTS = 30


class Drawn:
    """Services, and as one more a package ``platform`` with clients, and one ``keys`` with a table, which ``serves``."""

    def __init__(
        self,
        draw: Draw,
        users: int = 3,
        touching: int = 1,
        own: str = "",
        lines: int = 3,
        rest: int = 0,
        services: Sequence[str] = SERVICES,
        serves: bool = True,
    ) -> None:
        files = {f"{name}/__init__.py": "" for name in (*services, "platform")}
        for number, name in enumerate(services):
            used = "from platform.clients import send_0 as send" if number < users else "send = str"
            files[f"{name}/models.py"] = f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
            files[f"{name}/places.py"] = f"{used}\nfrom {name}.models import {name.title()}\n" + "".join(
                f"def {name}_{n}():\n    send()\n    {name.title()}.objects.create()\n" + "    a = 1\n" * lines
                for n in range(10)
            )
        if serves:
            self._add_keys(files, touching, rest)
        files["platform/clients.py"] = f"{own}\n" + "".join(
            f"def send_{n}(*what):\n    return send_{n + 1}() if what else 1\n" for n in range(CLIENTS)
        )
        system = draw(files).system
        self.graph = EvidenceGraph(system)
        homes = {unit.id: unit.id.partition(".")[0] for unit in system.units}
        self.homes = {unit: "keys" if home == "platform" else home for unit, home in homes.items()}
        self.names = sorted(set(self.homes.values()))

    @staticmethod
    def _add_keys(files: dict[str, str], touching: int, rest: int) -> None:
        files["keys/__init__.py"] = ""
        files["keys/models.py"] = "from django.db import models\nclass Key(models.Model): pass\n"
        files["keys/views.py"] = (
            "from keys.models import Key\nfrom keys.forms import clean\nfrom platform.clients import send_0\n"
            "from orders.places import orders_0\n"
            + "".join(
                f"def key_{n}():\n    send_0(clean())\n    orders_0()\n    Key.objects.create()\n"
                for n in range(touching)
            )
        )
        files["keys/forms.py"] = "def clean():\n    a = 1\n" + "    a = 2\n" * rest

    def labels(self) -> Labels:
        found = np.zeros(len(self.graph.members), dtype=np.int64)
        for unit, home in self.homes.items():
            found[self.graph.unit_node[unit]] = self.names.index(home)
        return found

    def released(self, least: int = 2, fixed: tuple[str, ...] = ()) -> tuple[dict[str, int], tuple[Released, ...]]:
        graph = self.graph
        platform = Platform(graph, graph.combined(), [graph.unit_node[unit] for unit in fixed])
        labels, found = platform.released(self.labels(), least)
        return {unit: int(labels[node]) for unit, node in graph.unit_node.items()}, found


def shared(places: dict[str, int]) -> set[str]:
    return {unit for unit, label in places.items() if label == SHARED_LABEL}


CLIENT_UNITS = {f"platform.clients:send_{n}" for n in range(CLIENTS)}


def test_what_most_services_use_and_holds_no_data_is_shared_without_the_package_that_has_the_table(draw: Draw) -> None:
    places, found = Drawn(draw).released()
    assert shared(places) >= CLIENT_UNITS
    assert not any(unit.startswith("keys") for unit in shared(places))
    assert len(found) == 1


def test_what_is_left_goes_as_one_to_the_service_that_it_is_tied_to_if_it_is_small(draw: Draw) -> None:
    places, _ = Drawn(draw, lines=30).released()
    assert {places["keys.views:key_0"], places["keys.forms:clean"], places["keys.models:Key"]} == {
        places["orders.places:orders_0"]
    }


def test_what_is_left_stays_a_service_if_it_is_not_small(draw: Draw) -> None:
    places, _ = Drawn(draw, rest=25).released()
    assert places["keys.views:key_0"] == places["keys.forms:clean"] != places["orders.places:orders_0"]


def test_what_is_left_stays_a_service_where_so_many_were_asked_for(draw: Draw) -> None:
    places, _ = Drawn(draw, lines=30).released(least=5)
    assert places["keys.views:key_0"] != places["orders.places:orders_0"]
    assert shared(places) >= CLIENT_UNITS


def test_what_less_than_three_services_use_stays_a_service(draw: Draw) -> None:
    assert Drawn(draw, users=2).released()[1] == ()


def test_what_has_no_data_and_no_entry_point_is_shared_where_three_services_use_it_be_they_half_or_not(
    draw: Draw,
) -> None:
    assert Drawn(draw, services=MORE).released()[1] == (), "that with a table"
    places, found = Drawn(draw, services=MORE, serves=False).released()
    assert shared(places) >= CLIENT_UNITS
    assert [(one.users, one.others) for one in found] == [(3, len(MORE))]
    assert Drawn(draw, services=MORE, serves=False, users=2).released()[1] == ()


def test_a_service_of_which_more_code_touches_its_table_stays_one(draw: Draw) -> None:
    assert Drawn(draw, touching=4).released()[1] == ()


def test_what_needs_a_service_is_no_platform_code(draw: Draw) -> None:
    needing = "from stock.places import stock_0\ndef send_30(): stock_0()"
    assert Drawn(draw, own=needing).released()[1] == (), "all clients come to it in the end"


def test_what_is_pinned_is_left_as_it_is(draw: Draw) -> None:
    assert Drawn(draw).released(fixed=("platform.clients:send_3",))[1] == ()


def test_it_is_told_with_its_evidence_and_where_the_table_is(draw: Draw) -> None:
    drawn = Drawn(draw)
    places, found = drawn.released()
    homes = {unit: SHARED if places[unit] == SHARED_LABEL else home for unit, home in drawn.homes.items()}
    split = split_from_assignment(drawn.graph.system, homes, "by hand", drawn.graph)
    (text,) = told_of_platform(drawn.graph, split, found)
    assert "units of platform code are in the shared library, most of them in platform" in text
    assert "3 of 4 other services use them" in text
    assert "1 touch a table of their own; the rest, with keys_key, is in keys" in text
