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


ENGINES = {
    "engines.py": """\
class Engine:
    def run(self):
        raise NotImplementedError


class Small(Engine):
    def run(self):
        return 1


class Large(Engine):
    def run(self):
        return 2


class Huge(Engine):
    def run(self):
        return 3
""",
    "web.py": """\
from engines import Engine, Huge, Large, Small

KINDS = {"s": Small, "l": Large, "h": Huge}


def view(kind: str):
    return KINDS[kind]().run()
""",
}


def dispatching(place: Path) -> Analysis:
    """A line that makes one of three classes, and calls its method."""
    base = write_tree(place / "app", ENGINES)
    hand = place / "hand.csv"
    names = ("Engine", "Small", "Large", "Huge", "")
    hand.write_text("id,service\nweb:,web\nweb:view,web\n" + "".join(f"engines:{name},engines\n" for name in names))
    return api.analyze(base, start_from=hand, cache_folder=None, jobs=1)


def shop(_: Path) -> Analysis:
    """The shop with a web."""
    return analysed_shop().analysis


def places_of_cuts(analysis: Analysis, split: str) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """The places between two services that the export lists, proved and guessed: a line counts once for each family, of one unit."""
    proved: set[tuple[tuple[str, str], tuple[str | bool, ...]]] = set()
    guessed: set[tuple[tuple[str, str], tuple[str | bool, ...]]] = set()
    columns, rows = export_rows(analysis, "cuts")
    for row in (dict(zip(columns, map(str, cells), strict=True)) for cells in rows):
        if row["split"] == split:
            family = row["kind"] if row["kind"] in ("inherit", "foreign key") else row["target"].startswith("table:")
            (guessed if row["resolution"] == "guessed" else proved).add(
                (
                    (row["source_service"], row["target_service"]),
                    (family, row["file"], row["line"], row["source_unit"]),
                )
            )
    return Counter(pair for pair, _ in proved), Counter(pair for pair, _ in guessed)


@pytest.mark.parametrize("analysed", [shop, decorated, dispatching])
def test_the_cuts_are_those_of_the_export(tmp_path: Path, analysed: Callable[[Path], Analysis]) -> None:
    analysis = analysed(tmp_path)
    for split in analysis.splits:
        view = make_view(analysis, split.name)
        exported, guessed = places_of_cuts(analysis, split.name)
        assert exported == {(cut.source, cut.target): cut.total for cut in view.cuts if cut.total}
        assert guessed == {(cut.source, cut.target): cut.guessed for cut in view.cuts if cut.guessed}


@pytest.mark.parametrize("analysed", [shop, decorated])
def test_the_share_of_calls_is_counted_from_the_export(tmp_path: Path, analysed: Callable[[Path], Analysis]) -> None:
    view = make_view(analysed(tmp_path))
    home = view.split.services_of()
    columns, rows = export_rows(view.analysis, "unit_calls")
    calls = [dict(zip(columns, cells, strict=True)) for cells in rows]
    ends = [(home.get(str(call["source_unit"])), home.get(str(call["target_unit"]))) for call in calls]
    crossing = [
        (call["file"], call["line"], call["source_unit"], target)
        for call, (source, target) in zip(calls, ends, strict=True)
        if source != target and None not in (source, target)
    ]
    shown = view.figures[2]
    expected = f"{len(crossing) / len(ends):.0%}", f"{len(set(crossing))} places"
    assert (shown.value, shown.note.split(" ·")[0]) == expected


def test_a_line_that_may_lead_to_several_is_one_place(tmp_path: Path) -> None:
    analysis = dispatching(tmp_path)
    view = make_view(analysis, "hand")
    made = [f"engines:{name}" for name in ("Huge", "Large", "Small")]
    reached = sorted(str(row[5]) for row in export_rows(analysis, "cuts")[1] if row[0] == "hand")
    assert reached == sorted([*made, *(f"{one}.run" for one in made)])
    cut = next(cut for cut in view.cuts if cut.source == "web")
    assert (cut.total, str(cut), [line.more for line in cut.evidence]) == (1, "1 call", [5])
    assert "and 5 more on this line" in render_html(view).decode()
    explained = api.explain(analysis, "web:view", split_name="hand")
    assert dict(explained.ties)["engines"] == 1
    assert (explained.to_change or {})["call"] == (0, 1)


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
