"""A defect of the program itself costs the place where it shows, and is told there as what it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from decompose.defects import STRICT
from decompose.facts import Op, collect_facts
from decompose.sources import discover
from decompose.system import build_system
from decompose.system.model import System
from tests.applications import write_tree

SHOP = """
class Order:
    def place(self):
        self.check()

    def check(self):
        pass


def main():
    Order().place()
"""
RECOGNISER = """
from decompose.linking.libraries.framework import Example, Framework

def recognise(linked):
    raise KeyError("unforeseen")
    yield

FRAMEWORK = Framework("courier", {"courier": ""}, (), (), entry_points=(recognise,))
"""


def spoiled(tmp_path: Path) -> System:
    """Build the model from facts of which one operation lacks a part, as no version of this program should make them."""
    tree = discover(write_tree(tmp_path / "app", {"shop.py": SHOP}))
    collected = collect_facts(tree.base, tree.to_parse(), jobs=1)
    [place] = [scope for scope in collected.facts[0].scopes if scope.qualname == "Order.place"]
    place.ops.insert(0, [Op.ENTER, 0, 4])
    return build_system(tree, collected=collected)


def test_an_operation_that_fails_is_a_blind_spot_and_all_else_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STRICT)
    system = spoiled(tmp_path)
    calls = {(d.source, d.target) for d in system.dependencies if d.kind == "call"}
    assert {("shop:main", "shop:Order.place"), ("shop:Order.place", "shop:Order.check")} <= calls
    [spot] = [spot for spot in system.blind_spots if spot.kind == "defect"]
    assert (spot.definition, spot.file, spot.line) == ("shop:Order.place", "shop.py", 4)
    assert spot.reason == "decompose itself failed here (ValueError in operations._enter): please report it"


def test_a_defect_ends_the_run_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    with pytest.raises(ValueError, match="unpack"):
        spoiled(tmp_path)


def run_with(tmp_path: Path, framework: str) -> subprocess.CompletedProcess[str]:
    """Analyse an application that imports a framework which another package brings."""
    place = write_tree(
        tmp_path / "site",
        {
            "decompose_courier.py": framework,
            "decompose_courier-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: decompose-courier\nVersion: 1.0\n",
            "decompose_courier-1.0.dist-info/entry_points.txt": "[decompose.frameworks]\ncourier = decompose_courier:FRAMEWORK\n",
        },
    )
    app = write_tree(tmp_path / "app", {"shop.py": f"import courier\n{SHOP}"})
    environment = {name: value for name, value in os.environ.items() if name != STRICT}
    return subprocess.run(
        [sys.executable, "-m", "decompose", "analyze", str(app), "-o", str(tmp_path / "run"), "--no-cache"],
        check=False,
        env={**environment, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
    )


def test_a_recogniser_of_another_package_that_fails_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    ran = run_with(tmp_path, RECOGNISER)
    assert (ran.returncode, ran.stderr.count("Traceback")) == (0, 0)
    assert "decompose itself failed at 1 place and went on without: please report" in ran.stdout
    told = subprocess.run(
        [sys.executable, "-m", "decompose", "export", str(tmp_path / "run"), "blind_spots"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "decompose itself failed here (KeyError in decompose_courier.recognise): please report it" in told


@pytest.mark.parametrize(
    ("framework", "message"),
    [
        ("1 / 0", "(decompose_courier:FRAMEWORK) cannot be loaded: ZeroDivisionError: division by zero"),
        ("FRAMEWORK = 3", "(decompose_courier:FRAMEWORK) is no `Framework` but a int"),
    ],
)
def test_a_framework_that_cannot_be_used_is_named(tmp_path: Path, framework: str, message: str) -> None:
    ran = run_with(tmp_path, framework)
    assert ran.returncode == 2
    assert f"the framework 'courier' of decompose-courier {message}" in ran.stderr
    assert "Traceback" not in ran.stderr
