"""Which files are for tests although no folder or name says so."""

from __future__ import annotations

from pathlib import Path

from decompose.sources import discover
from decompose.system import build_system


def modules_of(tmp_path: Path, files: dict[str, str]) -> tuple[set[str], dict[str, int]]:
    """The modules that take part in a split, and how many files do not, by role."""
    filler = {"shop/orders.py": "\n".join(f"def order_{number}():\n    return {number}\n" for number in range(200))}
    for path, text in {"shop/__init__.py": "", **filler, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    system = build_system(discover(tmp_path))
    return {unit.module for unit in system.units}, system.excluded_files


TESTS = {
    "tests/test_orders.py": "from shop.checks import Case\n\n\nclass TestOrders(Case):\n    def test_it(self): pass\n"
}
CASE = "from django.test import TestCase\n\n\nclass Case(TestCase):\n    def order(self):\n        return 1\n"


def test_what_imports_a_library_for_tests_and_only_tests_import_is_left_out(tmp_path: Path) -> None:
    modules, left_out = modules_of(tmp_path, {**TESTS, "shop/checks.py": CASE})
    assert "shop.checks" not in modules
    assert "shop.orders" in modules
    assert left_out == {"test": 2}


def test_a_package_that_gives_on_such_modules_is_left_out_with_all_of_them(tmp_path: Path) -> None:
    files = {
        **TESTS,
        "shop/checks/__init__.py": "from .base import *\nfrom . import rows\n",
        "shop/checks/base.py": CASE,
        "shop/checks/rows.py": "def row():\n    return {}\n",
    }
    modules, left_out = modules_of(tmp_path, files)
    assert not {module for module in modules if module.startswith("shop.checks")}
    assert left_out == {"test": 4}


def test_what_the_application_imports_too_stays(tmp_path: Path) -> None:
    files = {
        **TESTS,
        "shop/checks.py": CASE,
        "shop/basket.py": "from shop import checks\n\n\ndef buy():\n    return checks.Case\n",
    }
    modules, _ = modules_of(tmp_path, files)
    assert {"shop.checks", "shop.basket"} <= modules


def test_what_no_test_imports_or_a_framework_finds_by_its_name_stays(tmp_path: Path) -> None:
    modules, left_out = modules_of(tmp_path, {
        "tests/test_orders.py": "from shop.management.commands import fill\n\n\ndef test_it(): fill.run()\n",
        "shop/management/commands/fill.py": "from django.test import RequestFactory\n\n\ndef run():\n    return RequestFactory()\n",
        "shop/checks.py": CASE,
    })  # fmt: skip
    assert {"shop.checks", "shop.management.commands.fill"} <= modules
    assert left_out == {"test": 1}


def test_most_of_an_application_is_no_test_code(tmp_path: Path) -> None:
    large = CASE + "\n".join(f"def page_{number}():\n    return {number}\n" for number in range(100))
    modules, _ = modules_of(tmp_path, {**TESTS, "shop/checks.py": large})
    assert "shop.checks" in modules
