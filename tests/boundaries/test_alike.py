"""Services that no line of code ties to the one that they are tied to most are told, wherever a reader meets them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from decompose import api
from decompose.boundaries.split import Alike
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis, named_split
from tests.conftest import write_files

PAIR = Alike("letters", "orders", ("names",))


class Drawn(NamedTuple):
    """What is analysed, and what is said of its likeness."""

    analysis: Analysis
    reasons: list[str]


def analysed(base: Path, *, also: str = "") -> Drawn:
    """Orders, which use the stock, and letters, whose functions are called like the table of orders; ``also`` is written among these."""
    imports = {
        "orders": "from stock.places import stock_0\n",
        "letters": "from orders.places import order_0\n" if also else "",
    }
    done = {"orders": "stock_0()", "letters": "letter_of_order_1()"}
    files = {}
    for package, named in (("orders", "order"), ("stock", "stock"), ("letters", "letter_of_order")):
        table = package.title().rstrip("s")
        files[f"{package}/__init__.py"] = ""
        files[f"{package}/models.py"] = f"from django.db import models\nclass {table}(models.Model): pass\n"
        files[f"{package}/places.py"] = f"{imports.get(package, '')}from {package}.models import {table}\n" + "".join(
            f"def {named}_{n}():\n    {table}.objects.create()\n    {done.get(package, '')}\n" for n in range(12)
        )
    files["letters/places.py"] += also
    files["decompose.toml"] = "min_lines = 1\nmin_tables = 1\n[service]\n" + "".join(
        f'{package} = ["{package}.*"]\n' for package in ("orders", "stock", "letters")
    )
    write_files(base, files)
    analysis = api.analyze(base, cache_folder=None, jobs=1)
    return Drawn(analysis, [reason for reason in analysis.recommendation.reasons if "Likeness" in reason])


def test_it_is_told_in_the_verdict_on_the_page_and_by_explain(tmp_path: Path) -> None:
    analysis, reasons = analysed(tmp_path)
    assert named_split(analysis).alike == (PAIR,)
    assert len(reasons) == 1
    assert "letters and orders (names)" in reasons[0]
    cards = {card.name: card.alike for card in make_view(analysis).cards}
    assert cards == {"letters": [("orders", "names")], "orders": [("letters", "names")], "stock": []}
    assert api.explain(analysis, "table:orders_order").alike == (PAIR,)
    assert api.explain(analysis, "table:orders_order", "table:letters_letter").alike == (PAIR,)
    assert api.explain(analysis, "table:orders_order", "table:stock_stock").alike == ()
    assert api.explain(analysis, "orders.places:order_1", "orders.places:order_2").alike == ()


def test_a_single_call_between_them_is_a_line(tmp_path: Path) -> None:
    analysis, reasons = analysed(tmp_path, also="def letters():\n    order_0()\n")
    assert named_split(analysis).alike == ()
    assert reasons == []
