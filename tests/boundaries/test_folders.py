"""Packages that are one thing tie their code together; folders of layers do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.folders import Folders, Package
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from tests.conftest import Draw

_FILES = {
    f"{package}/{module}.py": "\n".join(f"def {module}_{number}(): return {number}" for number in range(4))
    for package in ("orders", "stock", "views")
    for module in ("first", "second", "third")
}
"""Three packages of three modules with four functions each."""


def partition(graph: EvidenceGraph, mixed: str) -> np.ndarray:
    """Each package in a community of its own, but for the one whose units are dealt to all in turn."""
    home = {"orders": 0, "stock": 1, "views": 2}
    packages = [members[0].partition(".")[0] for members in graph.members]
    return np.array([node % 3 if package == mixed else home[package] for node, package in enumerate(packages)])


def packages_of(graph: EvidenceGraph, looks: list[np.ndarray], weight: float) -> tuple[Package, ...]:
    """The packages, as these partitions tell."""
    folders = Folders(graph)
    return folders.packages([*map(folders.together, looks)], weight)


def test_units_of_a_package_that_other_evidence_keeps_together_are_tied(draw: Draw) -> None:
    graph = EvidenceGraph(draw(_FILES).system)
    ties = Folders(graph).ties(packages_of(graph, [partition(graph, "views")], 1.5))
    modules = [members[0].partition(":")[0] for members in graph.members]
    assert {modules[node].partition(".")[0] for node in ties.ends.ravel().tolist()} == {"orders", "stock"}
    assert all(modules[a].partition(".")[0] == modules[b].partition(".")[0] for a, b in ties.ends.tolist())
    assert all(modules[a] != modules[b] for a, b in ties.ends.tolist()), "inside a module there are other ties"
    assert 0 < ties.strengths(len(modules)).max() <= 1.5


def test_how_much_they_are_tied_depends_on_how_far_they_are_together(draw: Draw) -> None:
    graph = EvidenceGraph(draw(_FILES).system)
    whole, mixed = partition(graph, ""), partition(graph, "orders")
    always, mostly = (
        Folders(graph).ties(packages_of(graph, looks, 1.5)).weights.sum()
        for looks in ([whole] * 4, [whole, whole, whole, mixed])
    )
    assert 0 < mostly < always


@pytest.mark.parametrize("weight", [0.0, 1.5])
def test_without_weight_or_without_packages_nothing_is_tied(draw: Draw, weight: float) -> None:
    flat = {file.replace("/", "_"): text for file, text in _FILES.items()}
    graph = EvidenceGraph(draw(flat if weight else _FILES).system)
    labels = np.zeros(len(graph.members), dtype=np.int64)
    labels[::2] = 1
    assert not len(Folders(graph).ties(packages_of(graph, [labels], weight)).weights)


def test_it_is_told_how_far_each_package_is_one_thing_and_what_that_adds(draw: Draw) -> None:
    files = {**_FILES, "alone/only.py": "def one(): pass\ndef two(): pass\n"}
    graph = EvidenceGraph(draw(files).system)
    home = {"orders": 0, "stock": 1, "alone": 2}
    packages = [members[0].partition(".")[0] for members in graph.members]
    look = np.array([home.get(package, node % 3) for node, package in enumerate(packages)])
    orders, stock, views = packages_of(graph, [look], 1.5)
    assert [package.name for package in (orders, stock, views)] == ["orders", "stock", "views"], (
        "one module is no package"
    )
    assert (orders.units, orders.together, orders.adds) == (12, 1.0, 1.5)
    assert (stock.together, stock.adds) == (1.0, 1.5)
    assert views.together < 0.3
    assert views.adds == 0
    assert [package.adds for package in packages_of(graph, [look], 0.0)] == [0, 0, 0]


def test_code_that_little_else_ties_goes_with_its_package(draw: Draw) -> None:
    """The pictures of each package call those of the next, and nothing else ties them to anything."""
    models = (
        "from django.db import models\nclass {0}(models.Model): pass\n"
        "class {0}Line(models.Model):\n    of = models.ForeignKey({0}, models.CASCADE)\n"
    )
    code = "from {1}.models import {0}, {0}Line\n" + "".join(
        f"def step_{n}():\n    {{0}}.objects.create()\n    return {{0}}Line.objects.filter(pk={n})\n" for n in range(8)
    )
    packages = {"orders": ("Order", "stock"), "stock": ("Item", "billing"), "billing": ("Invoice", "orders")}
    files: dict[str, str] = {}
    for package, (name, following) in packages.items():
        files |= {
            f"{package}/__init__.py": "",
            f"{package}/models.py": models.format(name),
            f"{package}/views.py": code.format(name, package),
            f"{package}/tasks.py": code.format(name, package),
            f"{package}/pictures.py": f"from {following}.views import step_0\ndef paint(): return step_0()\n",
        }
    system = draw(files).system
    beside = {}
    for weight in (0.0, 1.5):
        home = propose(system, SplitOptions(services=(3, 3), weights={"packages": weight})).splits[0].service_of_unit()
        beside[weight] = sum(home[f"{p}.pictures:paint"] == home[f"{p}.views:step_1"] for p in packages)
    assert beside == {0.0: 0, 1.5: 3}
