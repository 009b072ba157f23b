"""Services that are hardly worth a process of their own are named, with what they are tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.scores import Scorer
from decompose.boundaries.small import is_slight, told_of_small

if TYPE_CHECKING:
    from tests.conftest import Draw


def told(draw: Draw, functions: dict[str, int]) -> str:
    """What is said of services of one package each, with so many functions of four lines, where notes call orders."""
    files: dict[str, str] = {}
    for package, count in functions.items():
        calls = "place_0()" if package == "notes" else "1"
        code = "".join(f"def place_{n}():\n    a = {n}\n    b = a\n    return {calls}\n" for n in range(count))
        if package == "notes":
            code = "from orders.places import place_0\n" + code.replace("def place_", "def note_")
        files |= {
            f"{package}/__init__.py": "",
            f"{package}/models.py": f"from django.db import models\nclass {package.title()}(models.Model): pass",
            f"{package}/places.py": code,
        }
    system = draw(files).system
    homes = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    graph = EvidenceGraph(system)
    return told_of_small(Scorer(graph), split_from_assignment(system, homes, "by hand", graph))


def test_a_service_much_smaller_than_the_others_is_named_with_what_it_is_tied_to(draw: Draw) -> None:
    text = told(draw, {"orders": 60, "stock": 60, "notes": 5})
    assert text.startswith("by its size one service is hardly worth a process of its own: notes (")
    assert "1 table; tied most to orders)" in text


def test_of_services_of_about_one_size_none_is_small(draw: Draw) -> None:
    assert told(draw, {"orders": 30, "stock": 30, "notes": 20}) == ""


def test_a_service_of_a_thousand_lines_is_small_beside_none(draw: Draw) -> None:
    assert told(draw, {"orders": 3000, "stock": 10, "notes": 270}).count("notes (") == 0


def test_of_many_small_ones_some_are_named_and_all_are_counted(draw: Draw) -> None:
    text = told(draw, {"orders": 200, "notes": 2, **dict.fromkeys(("first", "second", "third", "fourth"), 3)})
    assert "5 services are hardly worth" in text
    assert "and 1 more. " in text


def test_what_would_be_large_enough_to_divide_joins_no_other_whatever_it_holds() -> None:
    assert is_slight(2999, 0, [2999, 4000])
    assert not is_slight(3000, 0, [3000, 4000])
    assert is_slight(1300, 2, [1300, 8000])
    assert not is_slight(1300, 2, [1300, 1400])
