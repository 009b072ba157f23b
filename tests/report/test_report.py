"""The report's counts and texts, and the graphs in the tools that they are for."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path
from typing import cast

import msgspec
import networkx as nx
import pygraphviz
import pytest

from decompose import api
from decompose.boundaries.ladder import SMALL, Ladder, Rung
from decompose.boundaries.recommend import MERGED
from decompose.boundaries.split import Score, Service, Split
from decompose.boundaries.toss_ups import TossUp
from decompose.database.split import SpanningTransaction, StoreOwnership
from decompose.report import export_rows, render_html, service_dot, write_table
from decompose.report.cards import Entry
from decompose.report.contested import disputed
from decompose.report.cuts import Cut
from decompose.report.gathered import by_head
from decompose.report.headline import how_sure, make_headline
from decompose.report.island import PLAIN, escaped
from decompose.report.matrices import feedback_order
from decompose.report.outcome import outcome_of
from decompose.report.page import PALETTE, breakable, ink
from decompose.report.requests import running_first, widest_first
from decompose.report.service_map import Node, heaviest, lay_out
from decompose.report.trade_offs import agreements, scatter
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from decompose.system.model import Store, StoreKind, Transaction
from decompose.wording import counted, only_of_them
from tests.applications import analysed_shop, three_domains, write_tree
from tests.report.shop import build_shop


def test_places_in_one_file_are_told_under_it_once() -> None:
    names = ["shop/cart.py:12", "shop.pay:charge", "alone", "shop/cart.py:40"]
    assert by_head(names) == [("shop/cart.py:", ["12", "40"]), ("shop.pay:", ["charge"]), ("alone", [""])]


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


def test_a_service_is_described_in_a_sentence() -> None:
    card = (
        make_view(analysed_shop().analysis)
        .cards[0]
        ._replace(
            name="api-key",
            terms=("key", "api", "token", "scope", "grant"),
            tables=("keys", "tokens"),
            entry_points=[
                Entry("http", "GET /keys", "a.py", 1),
                Entry("task", "expire", "a.py", 9),
                Entry("http", "POST /keys", "a.py", 5),
            ],
        )
    )
    assert card.about == "Api key, token and scope: 2 tables, 2 routes, 1 task"
    assert card._replace(terms=(), tables=(), entry_points=[]).about == "Api key: no table"
    wishes = card._replace(name="wishlist", terms=("wishlist", "wish", "line"), tables=("wishes",), entry_points=[])
    assert wishes.about == "Wishlist and line: 1 table"


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
        ("shop/billing/web_app.py:12", ["shop/billing/", "web_app.", "py:12"]),
        ("shop.web.billing:_show.inner", ["shop.web.", "billing:", "_show.", "inner"]),
        ("table:order_lines_of_customers", ["table:order_", "lines_", "of_customers"]),
        ("table:order_lines", ["table:order_", "lines"]),
        ("ProductAlertCancelView", ["Product", "AlertCancel", "View"]),
        ("short_name", ["short_name"]),
        ("a<b", ["a&lt;b"]),
    ],
)
def test_names_break_where_their_parts_meet(name: str, parts: list[str]) -> None:
    assert breakable(name).split("<wbr>") == parts


def test_colours_can_be_read() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in PALETTE:
        light, dark = sorted((luminance(colour), luminance(ink(colour))), reverse=True)
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
    assert "Do not split yet.</h1>" in text
    assert "Too many transactions would be torn apart." in text
    assert "Modularity is far above shuffled splits" in text
    assert "all the same, as evidence" in text
    contested = sum(len(card.contested) for card in make_view(analysis).cards)
    head = text.partition("</section>")[0]
    assert f'href="#contested"><strong>{contested}</strong>' in head


def test_a_plan_for_what_should_not_be_split_says_that_first() -> None:
    said = "Do not split yet: too many transactions would be torn apart. This is how it would be done all the same."
    analysis, recommended = build_shop(recommended=False), build_shop()
    service = analysis.splits[0].services[0].name
    assert api.plan(analysis).splitlines()[0] == said
    assert api.plan(analysis, service=service).splitlines()[0] == said
    assert said in api.plan(analysis, form="markdown")
    assert said in html.unescape(render_html(make_view(analysis)).decode())
    for text in (api.plan(analysis, "tables-4"), api.plan(recommended), render_html(make_view(recommended)).decode()):
        assert "all the same." not in text


def test_code_in_a_sentence_is_set_as_code_and_stays_escaped() -> None:
    analysis = build_shop(recommended=False)
    told = "look at `decompose export RUN unreached`, `<b>` and a`b"
    verdict = msgspec.structs.replace(analysis.recommendation, reasons=(told,))
    text = render_html(make_view(msgspec.structs.replace(analysis, recommendation=verdict))).decode()
    assert "Look at <code>decompose export RUN unreached</code>, <code>&lt;b&gt;</code> and a`b." in text


def test_a_service_says_how_much_of_its_code_touches_its_tables() -> None:
    analysis = analysed_shop().analysis
    split = next(split for split in analysis.splits if split.name == analysis.recommendation.shown)
    place = split.services_of()
    touching = {name: set[str]() for name in split.service_of_table().values()}
    unit_of = {definition.id: definition.unit for definition in analysis.system.definitions}
    for access in analysis.system.accesses:
        unit = access.unit or unit_of[access.definition]
        if place[unit] == place[f"table:{access.table}"]:
            touching[place[unit]].add(unit)
    cards = make_view(analysis).cards
    assert {card.name: card.touching for card in cards if card.tables} == {n: len(u) for n, u in touching.items()}
    (few,) = [card for card in cards if card.touching == min(card.touching for card in cards)][:1]
    assert f"<dd>{few.touching} of its units touch" in render_html(make_view(analysis)).decode()


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


def test_the_matrix_puts_first_what_others_need() -> None:
    assert feedback_order("abc", {("a", "b"): 3, ("b", "c"): 2, ("c", "a"): 1}) == ["c", "b", "a"]
    assert feedback_order(["alone", "user", "used"], {("user", "used"): 1}) == ["alone", "used", "user"]


def test_no_box_of_the_map_covers_the_number_of_an_arrow() -> None:
    nodes = [Node(f"service {number}", number, 10 * number, number, 900 // number) for number in range(1, 13)]
    pairs = [(a, b) for a in range(12) for b in range(12) if a != b and (a * 5 + b * 3) % 7 == 0]
    cuts = [Cut(nodes[a].name, nodes[b].name, 200 - 3 * a - b, 0, {"call": 200 - 3 * a - b}, []) for a, b in pairs]
    drawn = lay_out(nodes, sorted(cuts, key=lambda cut: -cut.total))
    assert drawn is not None
    assert len(drawn.arrows) > 15
    covered = [
        (arrow.cut.source, box.node.name)
        for arrow in drawn.arrows
        for box in drawn.boxes
        if box.x < arrow.x < box.x + box.width and box.y < arrow.y < box.y + box.height
    ]
    assert covered == []


def test_the_head_says_how_sure_it_is_and_what_the_trivial_split_does() -> None:
    analysis = analysed_shop().analysis
    name = next(split.name for split in analysis.splits if not split.trivial and len(split.services) > 1)
    for confidence, words in ((0.85, "the boundaries are firm"), (0.4, "if at all: the boundaries are a coin-flip")):
        recommendation = msgspec.structs.replace(analysis.recommendation, split=name, confidence=confidence)
        head = make_view(msgspec.structs.replace(analysis, recommendation=recommendation)).headline
        assert head.verdict.startswith("Split into ")
        assert words in head.verdict
    trivial = next(split for split in analysis.splits if split.name == "one-per-package")
    share = trivial.score("inter_call")
    assert head.figures[2].note.endswith(f" · one service per package:\u00a0{share:.0%}")
    assert ("hardly be a split" in head.because) == (trivial.score("largest_share") > 0.5)


@pytest.mark.parametrize(
    ("doubted", "words"),
    [
        (0, ": the boundaries are firm."),
        (1, ": the boundaries are firm, but that of {} is a coin-flip."),
        (2, ": the boundaries are firm, but those of {} and {} are a coin-flip."),
        (3, ", if at all: the boundaries are a coin-flip."),
    ],
)
def test_the_head_names_the_services_that_are_a_coin_flip_where_the_mean_is_not(doubted: int, words: str) -> None:
    analysis = analysed_shop().analysis
    split = next(split for split in analysis.splits if not split.trivial and len(split.services) > 2)
    sure = {
        member: 0.1 + 0.1 * number if number < doubted else 0.9
        for number, service in enumerate(split.services)
        for member in (*service.units, *(f"table:{table}" for table in service.tables))
    }
    shown = msgspec.structs.replace(split, confidence=sure)
    splits = tuple(shown if one is split else one for one in analysis.splits)
    for confidence, said in ((0.85, words), (0.4, ", if at all: the boundaries are a coin-flip.")):
        verdict = msgspec.structs.replace(analysis.recommendation, split=split.name, confidence=confidence)
        head = make_view(msgspec.structs.replace(analysis, splits=splits, recommendation=verdict)).headline
        names = [service.name for service in split.services]
        assert head.verdict == f"Split into {len(names)} services{said.format(*names)}"


def test_of_more_coin_flips_than_two_the_head_says_of_how_many_services() -> None:
    def said(doubted: int, of: int, others: float = 0.9) -> str:
        services = tuple(Service(f"s{n}", (f"m:f{n}",), ()) for n in range(of))
        confidence = {f"m:f{n}": 0.3 if n < doubted else others for n in range(of)}
        return how_sure(Split("x", "by hand", False, services, (), confidence=confidence), 0.65)

    assert said(2, 7) == ": the boundaries are likely, but those of s0 and s1 are a coin-flip"
    assert said(3, 7) == ": the boundaries of 4 are at least firm, those of the other 3 a coin-flip"
    assert said(3, 7, 0.97) == ": the boundaries of 4 are clear, those of the other 3 a coin-flip"
    assert said(4, 7, 0.7) == ", if at all: the boundaries of 4 are a coin-flip, those of the other 3 at least likely"


def test_the_head_says_how_far_the_plan_is_worth_its_work() -> None:
    view = make_view(analysed_shop().analysis)
    split = next(split for split in view.candidates if len(split.services) > 3)
    chosen = msgspec.structs.replace(view.analysis.recommendation, split=split.name)
    view = make_view(msgspec.structs.replace(view.analysis, recommendation=chosen), split.name)
    assert view.plan is not None
    last = len(split.services) - 1
    said = {
        0: "draw the seams, then look again",
        1: f"It is the only one of {last} steps that is worth its work.",
        2: f"Step 2 of {last} ({view.plan.steps[2].service}) is the last that is worth its work.",
        last: f"All {last} steps are worth their work.",
    }
    for stop, words in said.items():
        plan = msgspec.structs.replace(view.plan, stop_after=stop)
        head = make_headline(
            view.analysis, view.candidates, view.split, view.database, view.spanning, view.requests, plan, view.cuts
        )
        assert head.first == view.plan.steps[1].service
        assert words in head.enough


@pytest.mark.parametrize("small", [True, False])
def test_what_to_take_out_first_is_said_to_be_hardly_worth_a_process_if_it_is(small: bool) -> None:
    shown = make_view(analysed_shop().analysis)
    split = next(split for split in shown.candidates if len(split.services) > 2)
    recommended = msgspec.structs.replace(shown.analysis.recommendation, split=split.name)
    analysis = msgspec.structs.replace(shown.analysis, recommendation=recommended)
    first = make_view(analysis, split.name).headline.first
    own = {unit for service in split.services if service.name == first for unit in service.units}
    units = [
        msgspec.structs.replace(unit, lines=1 if small and unit.id in own else 100 if small else unit.lines)
        for unit in analysis.system.units
    ]
    system = msgspec.structs.replace(analysis.system, units=tuple(units))
    view = make_view(msgspec.structs.replace(analysis, system=system), split.name)
    assert view.headline.first == first
    size = f"to learn how it is done, as by its size ({counted(len(own), 'line')}) it is hardly worth a process of its own."
    for text in (" ".join(render_html(view).decode().split()), outcome_of(view).plan):
        assert (size in text) == small
        assert ("once the seams are drawn inside the monolith." in text) != small


def test_those_that_need_nobody_else_do_not_stand_in_one_row() -> None:
    nodes = [Node(f"service-{number}", number, 50, 3, 1000) for number in range(1, 20)]
    to_one = [Cut(node.name, "service-1", 20, 0, {"call": 20}, []) for node in nodes[1:]]
    drawn = lay_out(nodes, to_one)
    assert drawn is not None
    assert len({box.node.name for box in drawn.boxes}) == len(nodes)
    needing = [box for box in drawn.boxes if box.node.number > 1]
    assert drawn.width < 0.6 * sum(box.width for box in needing)
    assert drawn.height < sum(box.height for box in needing)


def test_each_service_keeps_its_heaviest_cut_on_the_map() -> None:
    def cut(source: str, target: str, total: int) -> Cut:
        return Cut(source, target, total, 0, {"call": total}, [])

    heavy = [cut("a", "b", 100 - number) for number in range(30)]
    assert heaviest([*heavy, cut("lonely", "a", 1)], 3)[-1].source == "lonely"
    assert len(heaviest(heavy, 40)) == 24


def test_data_cannot_end_its_element() -> None:
    text = '"</script><!--\u2028\u2029&"'
    assert not set("<>&\u2028\u2029") & set(escaped(text))
    assert json.loads(escaped(text)) == json.loads(text)


def test_small_data_can_be_read_in_the_file() -> None:
    text = (analysed_shop().run / "report.html").read_text()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert len(found[1]) < 3 * PLAIN
    assert set(data["names"]["things"]["id"]) >= {"table:users", "shop.billing.service:find_billing"}
    assert {len(column) for column in data["ties"]["rows"].values()} == {len(data["ties"]["rows"]["kind"])}


def test_the_trade_off_names_every_candidate_and_all_are_compared() -> None:
    view = make_view(analysed_shop().analysis)
    drawn = scatter(view.candidates)
    assert drawn is not None
    named = sorted(int(number) for mark in drawn.marks for number in mark.text.split(", "))
    assert named == sorted(dot.number for dot in drawn.dots)
    assert len(named) + len(drawn.outside) == len(view.candidates)
    assert [len(row) for row in agreements(view.ties, view.candidates)] == [len(view.candidates)] * len(view.candidates)


def test_numbers_of_dots_that_touch_stand_together_beside_them() -> None:
    base = analysed_shop().analysis.splits[0]

    def placed(name: str, data: float, change: float) -> Split:
        scores = (Score(name="foreign_writes", value=data), Score(name="inter_call", value=change))
        return msgspec.structs.replace(base, name=name, trivial=False, scores=scores)

    drawn = scatter([placed("a", 0.2, 0.2), placed("b", 0.5, 0.1), placed("c", 0.21, 0.2), placed("d", 0.8, 0.9)])
    assert drawn is not None
    assert [mark.text for mark in drawn.marks] == ["1, 3", "2", "4"]
    together, alone, at_the_edge = drawn.marks
    assert together.x > max(drawn.dots[0].x, drawn.dots[2].x)
    assert (together.anchor, alone.anchor, at_the_edge.anchor) == ("start", "start", "start")
    crowded = scatter([placed("a", 0.2, 0.2), placed("b", 0.235, 0.2), placed("c", 0.8, 0.9), placed("d", 0.765, 0.9)])
    assert crowded is not None
    assert [(mark.text, mark.anchor) for mark in crowded.marks] == [
        ("1", "end"), ("2", "start"), ("3", "start"), ("4", "end"),
    ]  # fmt: skip


def test_every_entry_point_that_needs_other_services_is_listed(sample: tuple[Path, Analysis]) -> None:
    text = (sample[0] / "report.html").read_text(encoding="utf-8")
    section = text[text.index('<section id="requests"') : text.index('<section id="matrix"')]
    listed = html.unescape(re.sub(r"<[^>]*>", "", section.replace("<wbr>", "")))
    needing = [cost for cost in make_view(sample[1]).requests if cost.operations or cost.tables or cost.broken]
    assert len(needing) > 50
    assert [cost.name for cost in needing if cost.name not in listed] == []


def test_fewer_services_are_told_at_the_head_and_lead_to_every_merge(sample: tuple[Path, Analysis]) -> None:
    run, analysis = sample
    page = (run / "report.html").read_text(encoding="utf-8")
    stop = analysis.ladder.stop
    assert stop is not None
    head = page[page.index("<b>Fewer services</b>") :][:400]
    assert f"{stop.services} would break {stop.spanning_transactions} of {analysis.ladder.transactions} writing" in head
    assert 'href="#ladder"' in head
    ladder = page[page.index('id="ladder"') :]
    rows = ladder[: ladder.index("</tbody>")]
    assert all(f"{rung.kept} with {rung.joined}" in rows for rung in analysis.ladder.rungs[1:])
    assert analysis.ladder.folds
    assert all(f"no: small, {rung.lines} lines</td>" in rows for rung in analysis.ladder.folds)


def test_the_biggest_risk_is_of_what_runs_by_itself_before_what_somebody_types(tmp_path: Path) -> None:
    base = write_tree(
        tmp_path / "app",
        {
            **three_domains(),
            "shop/web.py": """\
import click
from flask import Flask
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.billing.models import Invoice
from shop.billing.service import bill_new_user
from shop.catalogue.models import Product

app = Flask(__name__)


@app.post("/join")
def join():
    bill_new_user(None)


@click.command()
def reset():
    with Session(None) as session, session.begin():
        session.add(User(name="root"))
        session.add(Invoice(name="first"))
        session.add(Product(name="sample"))
""",
        },
    )
    view = make_view(api.analyze(base, cache_folder=None))
    widest = max((t for t in view.system.transactions), key=lambda t: len(t.tables_written))
    assert widest.definition == "shop.web:reset"
    assert view.risk.startswith("shop.billing.service:bill_new_user writes 2 tables of 2 services")


def spanning(
    definition: str, written: tuple[str, ...], cascaded: tuple[str, ...] = (), by_class: tuple[str, ...] = ()
) -> SpanningTransaction:
    """A transaction that spans services which are named by the first letters of the tables."""
    transaction = Transaction(
        definition=definition, scope="atomic", tables_written=written, tables_read=(), tables_cascaded=cascaded,
        tables_by_class=by_class, file="m.py", line=1,
    )  # fmt: skip
    return SpanningTransaction(transaction=transaction, services=tuple(sorted({name[0] for name in written})))


def test_what_is_sure_is_wider_than_what_is_written_for_some_classes_only() -> None:
    tables = ("a1", "b1", "c1", "d1")
    any_kind = spanning("m:any_kind", tables, by_class=("b1", "c1", "d1"))
    ordering = spanning("m:order", ("a1", "b1"))
    owner = {name: name[0] for name in tables}
    assert widest_first([any_kind, ordering], owner) == [ordering, any_kind]


CLOSING = """\
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.billing.models import Invoice
from shop.catalogue.models import Product


def close(engine, kind):
    with Session(engine) as session, session.begin():
        session.add(User(name="new"))
        session.add(Invoice(name="first"))
        one = Product(name="last") if kind else Invoice(name="last")
        session.add(one)


def note(engine, kind):
    with Session(engine) as session, session.begin():
        session.add(Product(name="one") if kind else Invoice(name="one"))
"""


def test_what_is_written_for_some_classes_of_an_object_is_told_apart_from_what_is_sure(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**three_domains(), "shop/closing.py": CLOSING})
    view = make_view(api.analyze(base, cache_folder=None))
    assert view.risk.startswith("shop.closing:close writes 2 tables of 2 services")
    assert view.risk.endswith(", and up to 1 more for some classes of an object (then of 3).")
    figure = next(figure for figure in view.headline.figures if figure.section == "transactions")
    assert figure.label.endswith("would span services, 1 only for some classes of an object")
    page = " ".join(render_html(view).decode().split())
    assert "only where an object is of one of several classes, <code" in page


CLOSING_ONE = """\
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.billing.models import Invoice


def close(engine, kind):
    with Session(engine) as session, session.begin():
        session.add(User(name="new"))
        session.add(User(name="last") if kind else Invoice(name="last"))
"""


def test_a_risk_is_never_that_tables_of_one_service_are_written(tmp_path: Path) -> None:
    files = {**three_domains(), "shop/closing.py": CLOSING_ONE}
    files["shop/billing/service.py"] = files["shop/billing/service.py"].replace(
        'session.add(Invoice(name="first"))', "pass"
    )
    base = write_tree(tmp_path / "app", files)
    view = make_view(api.analyze(base, cache_folder=None))
    owner = view.split.service_of_table()
    one, other = owner["users"], owner["invoices"]
    assert view.risk == (
        f"shop.closing:close writes up to 2 tables of 2 services ({', '.join(sorted((one, other)))}) in one transaction "
        f"(shop/closing.py:8), those of {one} for sure and the others for some classes of an object."
    )


def test_what_code_asks_for_is_wider_than_what_only_goes_with_a_deletion() -> None:
    tables = ("a1", "b1", "c1", "d1")
    cleaning = spanning("m:clean", tables, cascaded=("b1", "c1", "d1"))
    ordering = spanning("m:order", ("a1", "b1"))
    owner = {name: name[0] for name in tables}
    assert widest_first([cleaning, ordering], owner) == [ordering, cleaning]
    assert running_first([cleaning, ordering], [], owner)[0] == [ordering, cleaning]


def test_the_risk_of_an_inherited_method_names_the_class_that_acts(tmp_path: Path) -> None:
    base = write_tree(
        tmp_path / "app",
        {
            **three_domains(),
            "shop/joining.py": """\
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.billing.models import Invoice
from shop.catalogue.models import Category, Product


class Joining:
    first = None
    second = None

    def join(self):
        with Session(None) as session, session.begin():
            session.add(User())
            session.add(self.first())
            session.add(self.second())


class Welcome(Joining):
    first = Invoice
    second = Product


class Purchase(Joining):
    first = Category
    second = Invoice


def main():
    Welcome().join()
    Purchase().join()
""",
        },
    )
    view = make_view(api.analyze(base, cache_folder=None))
    assert view.headline.risk is not None
    assert re.fullmatch(r"(Welcome|Purchase) \(Joining\.join\)", view.headline.risk.subject)
    assert re.match(r"shop\.joining:(Welcome|Purchase) \(shop\.joining:Joining\.join\) writes 3 tables", view.risk)


def test_the_risk_says_what_is_written_by_cascade_only(tmp_path: Path) -> None:
    base = write_tree(
        tmp_path / "app",
        {
            "shop/__init__.py": "",
            "shop/models.py": """\
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=9)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)


class Log(models.Model):
    text = models.TextField()


class Warning(Log):
    level = models.IntegerField()
""",
            "shop/removal.py": """\
from django.db import transaction

from shop.models import Line, Order, Warning


def remove(key):
    with transaction.atomic():
        Warning.objects.create(text=key)
        Order.objects.filter(pk=key).delete()


def lines():
    return list(Line.objects.all())
""",
        },
    )
    hand = tmp_path / "hand.csv"
    hand.write_text(
        "id,service\nshop.models:Order,orders\nshop.models:Line,lines\nshop.models:Log,logs\nshop.models:Warning,logs\n"
    )
    view = make_view(api.analyze(base, start_from=hand, cache_folder=None), "hand")
    assert "writes 4 tables of 3 services" in view.risk
    assert ", 1 of them by cascade only" in view.risk


def test_a_table_whose_class_is_not_all_in_view_says_so() -> None:
    analysis = analysed_shop().analysis
    first, *others = analysis.system.tables
    partly = msgspec.structs.replace(first, unseen_base="keeping.mixins.<Dated>", known_from=("model",))
    system = msgspec.structs.replace(analysis.system, tables=(partly, *others))
    page = render_html(make_view(msgspec.structs.replace(analysis, system=system))).decode()
    assert "may have more columns" not in render_html(make_view(analysis)).decode()
    assert page.count("may have more columns") == 1
    assert "keeping.mixins.&lt;Dated&gt;</code> is not in view" in re.sub(r"<wbr>|\u200b", "", page)
    assert "<Dated>" not in page


def test_the_risk_of_a_table_names_who_else_writes_it(tmp_path: Path) -> None:
    base = write_tree(
        tmp_path / "app",
        {
            "shop/__init__.py": "",
            "shop/models.py": """\
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=9)

    class Meta:
        db_table = "orders"
""",
            "shop/sales.py": """\
from shop.models import Order


def sell(name):
    Order.objects.create(name=name)


def rename(name):
    Order.objects.update(name=name)
""",
            "shop/support.py": """\
from shop.models import Order


def correct(name):
    Order.objects.update(name=name)
""",
        },
    )
    hand = tmp_path / "hand.csv"
    hand.write_text(
        "id,service\nshop.models:Order,sales\nshop.sales:sell,sales\nshop.sales:rename,sales\nshop.support:correct,support\n"
    )
    view = make_view(api.analyze(base, start_from=hand, cache_folder=None), "hand")
    assert view.risk == "Table orders belongs to sales and is written by support too."
    page = render_html(view).decode()
    assert "Biggest risk" in page
    assert "Most disputed table" not in page, "it says the same"


def test_what_is_contested_alike_is_one_row() -> None:
    analysis = build_shop()
    split = analysis.splits[0]
    one, two = split.services[0].units[:2]
    other = split.services[0].units[2]
    confidence = dict.fromkeys(split.confidence, 0.9) | {one: 0.31, two: 0.314, other: 0.31}
    elsewhere = {one: split.services[1].name, two: split.services[1].name, other: split.services[2].name}
    changed = msgspec.structs.replace(split, confidence=confidence, runners_up=elsewhere)
    view = make_view(msgspec.structs.replace(analysis, splits=(changed, *analysis.splits[1:])))
    rows = [([row.first.id, *(m.id for m in row.others)], row.elsewhere) for row in disputed(view.cards, view.split)]
    assert rows == [(sorted([one, two]), elsewhere[one]), ([other], elsewhere[other])]
    page = render_html(view).decode()
    table = page.partition('data-csv="contested"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 3
    assert "and 1 more" in table
    assert "3 contested members" in page


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (MERGED, "2 are left once what is hardly worth a process joins others (`--services 2`)"),
        ("consensus", "3 would break 1 of 9 writing transactions (2 with 4) (`--services 3`); 2 are left once"),
        ("hand", ""),
    ],
)
def test_of_what_is_merged_the_head_tells_only_what_is_fewer_still(of: str, told: str) -> None:
    first = Rung(4, "", "", 2, 0, 8, 5, 0.3, True)
    paying = msgspec.structs.replace(first, services=3, kept="a", joined="b", spanning_transactions=1)
    fold = msgspec.structs.replace(paying, services=2, joined="c", pays=False, folded=SMALL, lines=90)
    analysis = build_shop()
    split = msgspec.structs.replace(analysis.splits[0], name=of)
    verdict = msgspec.structs.replace(analysis.recommendation, split=of)
    ladder = Ladder(split="consensus", transactions=9, calls=20, rungs=(first, paying, fold))
    changed = msgspec.structs.replace(
        analysis, splits=(split, *analysis.splits[1:]), recommendation=verdict, ladder=ladder
    )
    fewer = make_view(changed).headline.fewer
    assert fewer.startswith(told)
    assert bool(fewer) == bool(told)


def test_a_toss_up_is_one_row_with_its_members_and_stands_in_the_head() -> None:
    analysis = build_shop()
    split = analysis.splits[0]
    here, there = split.services[:2]
    units, loose = here.units[:6], here.units[6]
    confidence = dict.fromkeys(split.confidence, 0.9) | dict.fromkeys((*units, loose), 0.3)
    block = TossUp(
        service=here.name, rival="", share=0.2, units=units, tables=here.tables[:1], agree=0.3, rival_agree=None, ties=0.4,
        rival_ties=None, modules={"shop.<b>there": 6}, touches={there.tables[0]: 2},
    )  # fmt: skip
    changed = msgspec.structs.replace(split, confidence=confidence)
    analysis = msgspec.structs.replace(analysis, splits=(changed, *analysis.splits[1:]), toss_ups=(block,))
    view = make_view(analysis)
    page = render_html(view).decode()
    head, _, rest = page.partition("</section>")
    assert outcome_of(view).toss_ups == str(block)
    assert "<b>Toss-ups</b>" in head
    assert "7 contested members" in head
    table = rest.partition('data-csv="toss-ups"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 2
    told = html.unescape(re.sub("<[^>]*>", "", table))
    assert all(unit in told for unit in units)
    assert "30%" in table
    assert "a service of their own" in table
    assert there.tables[0] in told
    assert "<b>there" not in page
    contested = html.unescape(re.sub("<[^>]*>", "", rest.partition('data-csv="contested"')[2].partition("</table>")[0]))
    assert loose in contested
    assert not any(unit in contested for unit in units)
    other = render_html(make_view(analysis, analysis.splits[1].name)).decode()
    assert "oss-ups" not in other.partition("<script")[0]


def _with_stores(kinds: dict[str, int]) -> str:
    """The page of the shop with so many stores of each kind that one service touches alone, and one of two."""
    view = make_view(build_shop())
    assert view.database is not None
    owner, other = (service.name for service in view.split.services[:2])
    one = StoreOwnership("cache", "cart:*", owner, True, {owner: 1}, {other: 1}, "publish it", ("shop/cart.py:3",))
    stores = [one] + [
        StoreOwnership(cast("StoreKind", kind), f"{kind}-{number}", owner, False, {owner: 1}, {}, "", ("shop/a.py:1",))
        for kind, count in kinds.items()
        for number in range(count)
    ]
    database = msgspec.structs.replace(view.database, stores=tuple(stores))
    known = tuple(Store(kind=s.kind, name=s.name, file="shop/a.py", line=1) for s in stores)
    system = msgspec.structs.replace(view.system, stores=known)
    return render_html(view._replace(database=database, system=system)).decode().partition('id="stores"')[2]


def test_a_few_stores_are_one_table() -> None:
    part = _with_stores({"settings": 3, "files": 2}).partition("</section>")[0]
    assert "<details" not in part
    assert part.count('<th scope="row">') == 6


def test_of_many_stores_those_that_nobody_shares_are_folded_by_their_kind() -> None:
    part = _with_stores({"settings": 12, "search index": 1}).partition("</section>")[0]
    before, *folds = part.split("<details")
    assert re.findall(r"cart:\*|settings-\d|search index-\d", before) == ["cart:*"]
    assert re.findall(r"<summary>(.*?)</summary>", "".join(folds)) == [
        "Search index: 1 that is not shared",
        "Settings: 12 that are not shared",
    ]
    assert [fold.count('<th scope="row">') for fold in folds] == [1, 12]


def test_of_all_that_was_counted_the_number_is_not_said_again() -> None:
    said = [only_of_them(count, 3) for count in (1, 2, 3)]
    assert said == ["1 of them only", "2 of them only", "all of them only"]
    assert (only_of_them(1, 1), only_of_them(2, 2)) == ("only", "both only")
