"""The report in a real browser, and the graphs in the tools that they are for."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import pygraphviz
import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from decompose import api
from decompose.report import export_rows, render_html, service_dot, unit_graphml, write_table
from decompose.report.html import PALETTE, _breakable, _ink
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from tests.applications import analysed_shop, shop_with_a_web, write_tree
from tests.report.shop import HOSTILE_NAMES, build_shop

SECTIONS = (
    "verdict",
    "map",
    "services",
    "tables",
    "transactions",
    "cuts",
    "plan",
    "candidates",
    "blind-spots",
    "method",
)

INJECTION = "</script><img src=x onerror=alert(1)>{{7*7}}"

HOSTILE_FILES = {
    **shop_with_a_web(),
    "shop/</script><img src=x onerror=alert(1)>.py": '''\
"""</script><img src=x onerror=alert(1)>{{7*7}} "quoted" 'twice' \\\\ back 漢字"""

import sqlite3

from flask import Flask

app = Flask("</title><script>alert(1)</script>")


@app.get("/</script><img src=x onerror=alert(1)>{{7*7}}/<name>")
def show(name):
    """<!--<script>"""
    db = sqlite3.connect("x")
    db.execute('insert into "</script><img src=x onerror=alert(1)>{{7*7}}" values (1)')
    db.execute("insert into 'quo''ted\\\\' values ('</script><img src=x onerror=alert(1)>')")
    db.execute("update users set name = '<img src=x onerror=alert(1)>'")
    return db.execute("select * from `漢字 table`")
''',
    "shop/quo\"te'd.py": "from shop.db import Base\n\n\nclass Other(Base):\n    __tablename__ = 'a\"b<i>c'\n",
}


class Opened(NamedTuple):
    """A page, and everything that it must not do."""

    page: Page
    complaints: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


def show(browser: Browser, file: Path, width: int = 1280, scheme: str = "light") -> Opened:
    """Open a report and watch it."""
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on(
        "request", lambda r: None if r.url.startswith(("file://", "data:")) else complaints.append(f"request: {r.url}")
    )
    page.goto(file.as_uri())
    return Opened(page, complaints)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Analyse the shop with hostile names once."""
    place = tmp_path_factory.mktemp("hostile")
    analysis = api.analyze(write_tree(place / "app", HOSTILE_FILES), place / "run", cache_folder=None, jobs=1)
    return place / "run", analysis


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Render a run in which every single name is hostile."""
    place = tmp_path_factory.mktemp("nasty")
    analysis = build_shop(hostile=True)
    view = make_view(analysis)
    (place / "report.html").write_bytes(render_html(view))
    (place / "graph.dot").write_bytes(service_dot(view))
    (place / "graph.graphml").write_bytes(unit_graphml(view))
    return place, analysis


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_the_report_opens_without_a_complaint(browser: Browser, width: int, scheme: str) -> None:
    opened = show(browser, analysed_shop().run / "report.html", width, scheme)
    assert [s for s in SECTIONS if not opened.page.locator(f"#{s}").is_visible()] == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(18, 22, 29)" if scheme == "dark" else "rgb(255, 255, 255)")
    assert opened.complaints == []


@pytest.mark.browser
def test_every_link_leads_somewhere_and_opens_it(browser: Browser) -> None:
    page = show(browser, analysed_shop().run / "report.html").page
    dead = "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href') ?? a.href.baseVal)"
    targets = page.evaluate(f"{dead}.filter(href => !document.getElementById(href.slice(1)))")
    assert targets == []
    page.locator("svg.map a[href^='#cut-']").first.dispatch_event("click")
    page.locator("#cuts details[open] tbody tr").first.wait_for()
    assert "#cut-" in page.url


@pytest.mark.browser
def test_the_verdict_stands_beside_the_trivial_splits(browser: Browser) -> None:
    shop = analysed_shop()
    page = show(browser, shop.run / "report.html").page
    text = page.locator("#verdict").inner_text()
    assert shop.analysis.recommendation.sentence in text
    rows = page.locator("#verdict tbody th").all_inner_texts()
    trivial = [split.name for split in shop.analysis.splits if split.trivial]
    assert rows == [shop.analysis.recommendation.split, *trivial]
    assert page.locator("#verdict .figures a").count() == 4


@pytest.mark.browser
def test_the_search_finds_units_and_tables(browser: Browser) -> None:
    page = show(browser, analysed_shop().run / "report.html").page
    assert not page.locator("#hit-table").is_visible()
    page.fill("#query", "billing find")
    assert page.locator("#hits tr").all_inner_texts()[0].startswith("shop.billing.service:find_billing\t")
    assert "shop/billing/service.py:" in page.locator("#hits").inner_text()
    assert page.locator("#hit-count").inner_text() == "1 match"
    assert page.locator("#hit-table th").count() == 4
    page.fill("#query", "table:users")
    assert page.locator("#hits tr").count() == 1
    page.fill("#query", "nothing like it")
    assert page.locator("#hit-count").inner_text() == "0 matches"
    assert not page.locator("#hit-table").is_visible()
    page.fill("#query", "")
    assert not page.locator("#hit-table").is_visible()


@pytest.mark.browser
def test_evidence_is_on_paper(browser: Browser) -> None:
    opened = show(browser, analysed_shop().run / "report.html")
    line = opened.page.get_by_text("session.query(Product).filter").first
    assert not line.is_visible()
    opened.page.emulate_media(media="print")
    opened.page.locator("details:not([open])").first.wait_for(state="detached")
    assert line.is_visible()
    opened.page.emulate_media(media="screen")
    opened.page.locator("details[open]").first.wait_for(state="detached")
    assert opened.page.pdf().startswith(b"%PDF")
    assert opened.complaints == []


@pytest.mark.browser
def test_at_400_pixels_names_are_whole_and_the_map_is_readable(browser: Browser) -> None:
    page = show(browser, analysed_shop().run / "report.html", 400).page
    heights = "[...document.querySelectorAll('#tables table tbody th code')].map(e => e.getClientRects().length)"
    assert set(page.evaluate(heights)) == {1}
    scale = page.evaluate("(e => e.clientWidth / e.viewBox.baseVal.width)(document.querySelector('svg.map'))")
    assert scale >= 0.84
    inside = """[...document.querySelectorAll('svg.map rect')].every(box => {
        const outer = box.getBoundingClientRect();
        return [...box.parentNode.querySelectorAll('text')].every(text => {
            const inner = text.getBoundingClientRect();
            return inner.left > outer.left + 3 && inner.right < outer.right - 3;
        });
    })"""
    assert page.evaluate(inside)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 400])
def test_hostile_files_are_shown_and_do_nothing(browser: Browser, hostile: tuple[Path, Analysis], width: int) -> None:
    run, analysis = hostile
    assert {INJECTION, "users", 'a"b<i>c'} <= {table.name for table in analysis.system.tables}
    opened = show(browser, run / "report.html", width)
    page = opened.page
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    page.fill("#query", "onerror")
    assert INJECTION in page.locator("#hits").inner_text()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert INJECTION in page.locator("#tables").inner_text()
    assert f"GET /{INJECTION}/<name>" in page.locator("#services").inner_text()
    assert "49" not in {cell.strip() for cell in page.locator("code").all_inner_texts()}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_a_report_of_hostile_names_only(
    browser: Browser, nasty: tuple[Path, Analysis], width: int, scheme: str
) -> None:
    opened = show(browser, nasty[0] / "report.html", width, scheme)
    assert [s for s in SECTIONS if opened.page.locator(f"#{s}").count() != 1] == []
    for name in HOSTILE_NAMES:
        opened.page.fill("#query", name.split()[0])
        assert opened.page.locator("#hits tr").count() > 0
    assert opened.page.locator("img").count() == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.complaints == []


def test_hostile_exports_keep_their_rows(nasty: tuple[Path, Analysis]) -> None:
    for what in ("definitions", "tables", "cuts", "assignments"):
        columns, rows = export_rows(nasty[1], what)
        read = list(csv.reader(io.StringIO(write_table(columns, rows, "csv").decode(), newline="")))
        assert [row[:3] for row in read[1:]] == [[str(cell) for cell in row[:3]] for row in rows]


@pytest.mark.parametrize("which", ["shop", "nasty"])
def test_the_service_map_is_called_as_the_exports(nasty: tuple[Path, Analysis], which: str) -> None:
    folder, analysis = nasty if which == "nasty" else (analysed_shop().run, analysed_shop().analysis)
    graph = pygraphviz.AGraph(string=(folder / "graph.dot").read_text())
    split = make_view(analysis).split
    assert set(graph.nodes()) == {service.name for service in split.services}
    _, rows = export_rows(analysis, "cuts")
    kinds = {"import", "type-import", "reference"}
    proved = [(r[1], r[2]) for r in rows if r[0] == split.name and r[6] != "guessed" and r[3] not in kinds]
    counts = {tuple(edge): int(edge.attr["label"]) for edge in graph.edges()}
    assert counts == {pair: proved.count(pair) for pair in set(proved)}
    assert counts


@pytest.mark.parametrize("which", ["shop", "nasty"])
def test_the_unit_graph_is_called_as_the_exports(nasty: tuple[Path, Analysis], which: str) -> None:
    folder, analysis = nasty if which == "nasty" else (analysed_shop().run, analysed_shop().analysis)
    graph = nx.read_graphml(folder / "graph.graphml")
    split = make_view(analysis).split
    placed = {**split.service_of_unit(), **{f"table:{t}": s for t, s in split.service_of_table().items()}}
    assert dict(graph.nodes(data="service")) == placed
    assert graph.number_of_edges() > 20


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("shop/web_app.py:12", ["shop/", "web_", "app.", "py:12"]),
        ("shop.web:_show.inner", ["shop.", "web:", "_show.", "inner"]),
        ("table:order_lines", ["table:order_", "lines"]),
        ("a<b", ["a&lt;b"]),
    ],
)
def test_names_break_where_their_parts_meet(name: str, parts: list[str]) -> None:
    assert _breakable(name).split("<wbr>") == parts


def test_colours_can_be_read() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in PALETTE:
        light, dark = sorted((luminance(colour), luminance(_ink(colour))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_the_counts_of_the_report_are_those_of_the_plan() -> None:
    """Calls that cross are the seams; inheritance and guesses are counted apart."""
    view = make_view(analysed_shop().analysis)
    assert view.plan is not None
    assert sum(cut.counts.get("call", 0) for cut in view.cuts) == view.plan.steps[0].count("seams")
    assert sum(cut.counts.get("table access", 0) for cut in view.cuts) == view.plan.steps[0].count("foreign accesses")
    assert sum(cut.total for cut in view.cuts) > 0


def test_counts_agree_with_their_nouns() -> None:
    text = html.unescape(re.sub(r"<[^>]*>", "", (analysed_shop().run / "report.html").read_text()))
    nouns = (
        "units|tables|calls|lines|files|keys|places|entry points|table accesses|transactions|contested members|seams"
    )
    assert re.findall(rf"\b1 (?:{nouns})\b", text) == []
    assert re.findall(r"\d %", text) == []


def test_a_verdict_against_splitting_shows_its_reasons() -> None:
    analysis = build_shop(recommended=False)
    text = render_html(make_view(analysis)).decode()
    assert "Do not split yet: too many transactions would be torn apart." in text
    assert "Modularity is far above shuffled splits" in text
    assert "all the same, as evidence" in text


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("a:b:n", "a:b:n"),
        ('"quoted"', '"quoted"'),
        ("<b>x</b>", "<b>x</b>"),
        ("two\nlines", "two\nlines"),
        (r"back\slash\N", r"back\slash\N"),
        ("node", "node"),
        # DOT has no way to write these
        ("x\\", "x\\\\"),
        ('\\"', '\\\\"'),
    ],
)
def test_the_service_map_quotes_names(name: str, node: str) -> None:
    view = make_view(analysed_shop().analysis)
    cards = [card._replace(name=name) if card.name == view.cuts[0].source else card for card in view.cards]
    cut = view.cuts[0]._replace(source=name, total=3)
    graph = pygraphviz.AGraph(string=service_dot(view._replace(cards=cards, cuts=[cut])).decode())
    assert {*graph.nodes()} == {node, *(card.name for card in view.cards if card.name != view.cuts[0].source)}
    assert graph.edges() == [(node, cut.target)]
    escaped = name.replace("\\", "\\\\").replace("\n", r"\n")
    assert graph.get_node(node).attr["label"].startswith(escaped)
