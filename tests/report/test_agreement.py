"""The page says what the exports say: a figure that is counted in two ways is believed in neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from decompose import api
from decompose.report import export_rows, render_html
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from tests.applications import analysed_shop, write_tree

DECORATED = {
    "tools.py": """\
import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper
""",
    "orders.py": """\
from tools import logged


@logged
def place():
    return 1
""",
    "web.py": """\
from orders import place


def view():
    return place()
""",
}


def decorated(place: Path) -> Analysis:
    """Three modules by hand in three services: a decorator, what it decorates, and who calls that."""
    base = write_tree(place / "app", DECORATED)
    hand = place / "hand.csv"
    hand.write_text(
        "id,service\ntools:logged,tools\ntools:,tools\norders:place,orders\norders:,orders\nweb:view,web\nweb:,web\n"
    )
    return api.analyze(base, start_from=hand, cache_folder=None, jobs=1)


def shop(_: Path) -> Analysis:
    """The shop with a web."""
    return analysed_shop().analysis


@pytest.mark.parametrize("analysed", [shop, decorated])
def test_the_cuts_are_those_of_the_export(tmp_path: Path, analysed: Callable[[Path], Analysis]) -> None:
    analysis = analysed(tmp_path)
    for split in analysis.splits:
        view = make_view(analysis, split.name)
        exported: Counter[tuple[str, str]] = Counter()
        guessed: Counter[tuple[str, str]] = Counter()
        for name, source, target, _kind, _from, _to, resolution, *_ in export_rows(analysis, "cuts")[1]:
            if name == split.name:
                (guessed if resolution == "guessed" else exported)[str(source), str(target)] += 1
        assert exported == {(cut.source, cut.target): cut.total for cut in view.cuts if cut.total}
        assert guessed == {(cut.source, cut.target): cut.guessed for cut in view.cuts if cut.guessed}


@pytest.mark.parametrize("analysed", [shop, decorated])
def test_the_share_of_calls_is_counted_from_the_export(tmp_path: Path, analysed: Callable[[Path], Analysis]) -> None:
    view = make_view(analysed(tmp_path))
    home = view.split.services_of()
    ends = [(home.get(str(row[0])), home.get(str(row[1]))) for row in export_rows(view.analysis, "unit_calls")[1]]
    crossing = sum(source != target and None not in (source, target) for source, target in ends)
    shown = view.figures[2]
    assert (shown.value, shown.note.split(" ·")[0]) == (f"{crossing / len(ends):.0%}", f"{crossing} places")


def test_what_a_wrapper_calls_is_the_business_of_who_calls_it(tmp_path: Path) -> None:
    analysis = decorated(tmp_path)
    pairs = {(row[1], row[2]) for row in export_rows(analysis, "cuts")[1] if row[0] == "hand"}
    assert ("web", "orders") in pairs
    assert ("tools", "orders") not in pairs


def test_the_matrix_of_tables_counts_the_accesses_of_the_export() -> None:
    analysis = analysed_shop().analysis
    view = make_view(analysis)
    service_of = view.split.service_of_unit()
    columns, rows = export_rows(analysis, "accesses")
    seen: Counter[tuple[str, str, bool]] = Counter()
    for row in (dict(zip(columns, cells, strict=True)) for cells in rows):
        # What a session has pending is told once more where it is written, and ties nothing together.
        if row["resolution"] != "guessed" and not str(row["rule"]).startswith("pending change"):
            seen[str(row["table"]), service_of.get(str(row["unit"]), "shared"), row["operation"] == "read"] += 1
    shown = {
        (row.ownership.table, name, reads): number
        for row in view.ownership
        for reads, side in ((False, row.ownership.writers), (True, row.ownership.readers))
        for name, number in side.items()
    }
    assert seen == shown


def test_the_split_that_is_shown_stands_first_among_the_candidates() -> None:
    analysis = analysed_shop().analysis
    last = analysis.splits[-1].name
    for chosen in ("", last):
        view = make_view(analysis, chosen)
        assert view.candidates[0] is view.split
        assert {split.name for split in view.candidates} == {split.name for split in analysis.splits}
    head = re.search(r'<table data-csv="candidates">\s*<thead>(.*?)</thead>', render_html(view).decode(), re.DOTALL)
    assert head
    names = [
        re.sub(r"<[^>]+>", "", unescape(cell)) for cell in re.findall(r'<th scope="col" class="n.*?</th>', head[1])
    ]
    assert names[0].startswith(last)


def test_a_table_that_nothing_here_declares_has_no_made_up_place(tmp_path: Path) -> None:
    base = write_tree(
        tmp_path / "app",
        {
            "app.py": """\
from django.contrib.auth.models import User


def names():
    return list(User.objects.all())


def add(name):
    User.objects.create(username=name)
"""
        },
    )
    analysis = api.analyze(base, cache_folder=None, jobs=1)
    assert [table.place for table in analysis.system.tables if table.name == "auth_user"] == [
        "brought by django.contrib.auth"
    ]
    page = re.sub(r"<wbr>", "", render_html(make_view(analysis)).decode())
    assert "brought by django.contrib.auth" in page
    assert ">:0<" not in page
