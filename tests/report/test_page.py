"""The page in a real browser: what it shows, says nothing else, and asks nobody for."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from decompose import api
from decompose.database.split import DatabaseSplit
from decompose.report import render_html
from decompose.report.html import SECTIONS
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from tests.applications import analysed_shop, run_cli, write_tree
from tests.report.conftest import INJECTED_TABLE, INJECTION, SAMPLE, Show, until
from tests.report.shop import HOSTILE_NAMES
from tests.report.test_agreement import dispatching

pytestmark = pytest.mark.browser

IDS = [name for name, _ in SECTIONS]
ALL_IN_SIGHT = "document.querySelectorAll('section').forEach(s => s.style.contentVisibility = 'visible')"
"""Sections out of sight are not laid out until they are scrolled to; what is looked for in all of them needs them all."""
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ALL_REPORTS = pytest.mark.parametrize("report", ["sample", "django", "hostile", "nasty"], indirect=True)


@ALL_REPORTS
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_a_report_opens_whole_and_without_a_word(show: Show, report: Path, width: int, scheme: str) -> None:
    page, complaints = show(report, width, scheme)
    page.evaluate(ALL_IN_SIGHT)
    assert [name for name in IDS if not page.locator(f"#{name}").is_visible()] == []
    assert not page.evaluate(OVERFLOW)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(18, 22, 29)" if scheme == "dark" else "rgb(255, 255, 255)")
    assert complaints == []


@ALL_REPORTS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_accessible(show: Show, report: Path, scheme: str) -> None:
    page, _ = show(report, scheme=scheme)
    page.evaluate(ALL_IN_SIGHT)
    if scheme == "light":
        page.get_by_role("button", name="Unfold all").click()
    first = page.locator("#services a[href^='#unit=']").first
    page.evaluate("href => { location.hash = href; }", first.get_attribute("href"))
    page.locator("#explorer .focus").wait_for()
    page.fill("#query", "e")
    found = Axe().run(page)
    violations = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found.response["violations"]
        for node in violation["nodes"][:3]
    ]
    assert violations == []


@ALL_REPORTS
@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_jumps(show: Show, report: Path, width: int) -> None:
    page, _ = show(report, width)
    # What the browser saw move without anybody's doing, since the page began.
    page.evaluate("""() => {
        window.jumps = [];
        window.begun = 0;
        const seen = list => window.jumps.push(...list.getEntries().filter(entry => entry.startTime >= window.begun).map(entry => entry.value));
        new PerformanceObserver(seen).observe({type: "layout-shift", buffered: true});
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.jumps") == []
    if width > 1000 and page.locator("#bench .links select option").count() > 1:
        choices = page.locator("#bench .links select").first
        value = choices.evaluate("one => [...one.options].find(option => option.value !== one.value).value")
        # Going there lays out what was out of sight: that has to be over, however long a busy browser takes.
        page.evaluate("""() => {
            location.hash = '#what-if';
            return new Promise(done => {
                const frame = left => left ? requestAnimationFrame(() => frame(left - 1)) : setTimeout(done, 100);
                frame(4);
            });
        }""")
        page.evaluate("window.jumps = []; window.begun = performance.now()")
        choices.select_option(value)
        page.locator("#chance-said", has_text="standard deviations").wait_for()
        page.wait_for_timeout(100)
        assert page.evaluate("window.jumps") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_comparison_is_accessible_and_fits(
    browser: Browser, sample: tuple[Path, Analysis], tmp_path: Path, scheme: str
) -> None:
    names = [split.name for split in sample[1].splits[:2]]
    text = run_cli("compare", sample[0], *names, "--format", "html", cwd=tmp_path).stdout
    (tmp_path / "comparison.html").write_text(text, encoding="utf-8")
    page = browser.new_page(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 400, "height": 900}
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / "comparison.html").as_uri())
    found = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["target"]) for v in found.response["violations"]] == []
    assert not page.evaluate(OVERFLOW)
    assert complaints == []
    page.close()


@pytest.mark.parametrize("report", ["sample", "nasty"], indirect=True)
def test_without_scripts_all_but_the_tools_can_be_read(show: Show, report: Path) -> None:
    page, complaints = show(report, scripts=False)
    readable = [name for name in IDS if name not in ("what-if", "explore")]
    assert [name for name in readable if not page.locator(f"#{name}").is_visible()] == []
    assert not page.locator("#what-if, #explore, #search, #compare").filter(visible=True).count()
    assert page.locator("#map svg .node").count() > 1
    page.locator("#cuts summary").first.click()
    expect(page.locator("#cuts details[open] li").first).to_be_visible()
    assert complaints == []


def test_a_link_leads_exactly_to_what_was_not_laid_out_yet(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, complaints = show(sample[0] / "report.html")
    for place in ("plan", "step-2", "sharing", "candidates"):
        page.evaluate("scrollTo(0, 0)")
        page.evaluate("place => { location.hash = '#' + place; }", place)
        until(page, "place => Math.abs(document.getElementById(place).getBoundingClientRect().top - 24) < 30", place)
        # What was out of sight is painted in a frame of its own, after the jump.
        until(page, "place => document.getElementById(place).innerText !== ''", place)
    assert complaints == []


FOCUSED = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return "nothing";
    const { left, top, right, bottom } = focused.getClientRects()[0];
    const [x, y] = [Math.max(1, left + Math.min((right - left) / 2, 20)), Math.max(1, top + Math.min((bottom - top) / 2, 12))];
    const hit = document.elementFromPoint(x, y);
    // What is taller than the screen begins above it.
    const shown = bottom - top > innerHeight / 2 ? bottom > 0 && top < innerHeight : hit && (focused.contains(hit) || hit.contains(focused));
    return [!shown && "hidden", !focused.matches(":focus-visible") && "unmarked"].filter(Boolean).map(
        (fault) => `${fault}: ${focused.outerHTML.slice(0, 120)}`).join("; ");
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("report", ["nasty"], indirect=True)
def test_every_control_is_reached_by_tab_and_seen(show: Show, report: Path, width: int) -> None:
    page, _ = show(report, width=width)
    faults: list[str] = []
    for _ in range(2000):
        page.keyboard.press("Tab")
        found, asked = page.evaluate(FOCUSED), 0
        # A busy browser scrolls a little later.
        while found not in ("", "nothing") and asked < 100:
            page.wait_for_timeout(20)
            found, asked = page.evaluate(FOCUSED), asked + 1
        if found == "nothing":
            break
        faults += [found] if found else []
    else:
        pytest.fail("the focus never leaves the page")
    assert faults == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_table_keeps_its_heads_and_the_name_of_a_row_in_sight(
    show: Show, sample: tuple[Path, Analysis], width: int
) -> None:
    page, _ = show(sample[0] / "report.html", width=width)
    page.evaluate("location.hash = '#table-25'")
    until(page, "() => Math.abs(document.querySelector('#tables .scroll').getBoundingClientRect().top - 100) < 90")
    row, window = page.locator("#table-25"), page.locator("#tables .scroll").first
    expect(row.locator("th")).to_be_in_viewport(ratio=1)
    window.evaluate("window => window.scrollTo({ left: 9999 })")
    shown = """() => {
        const row = document.getElementById('table-25'), [first, head] = ['th', 'td:last-child'].map((cell) => row.querySelector(cell));
        const column = row.closest('table').querySelector('thead th:last-child');
        return [[first, 'th'], [column, 'th'], [head, 'td']].every(([cell, name]) => {
            const { left, top, width, height } = cell.getBoundingClientRect();
            return document.elementFromPoint(left + width / 2, top + height / 2)?.closest(name) === cell;
        });
    }"""
    until(page, shown)
    # The window is no taller than the screen, and holds far more.
    assert window.evaluate(
        "window => window.scrollHeight > 3 * window.clientHeight && window.clientHeight < innerHeight"
    )


@ALL_REPORTS
def test_every_link_leads_somewhere(show: Show, report: Path) -> None:
    page, _ = show(report)
    dead = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href'))
        .filter(href => !href.startsWith('#unit=') && !document.getElementById(href.slice(1)))"""
    )
    assert dead == []
    unknown = page.evaluate(
        """async () => {
            const known = new Set(JSON.parse(await (async () => {
                const value = JSON.parse(document.getElementById('data').textContent);
                return JSON.stringify((value.names).things.id);
            })()));
            return [...document.querySelectorAll('a[href^="#unit="]')]
                .map(a => decodeURIComponent(a.getAttribute('href').slice(6))).filter(id => !known.has(id));
        }"""
    )
    assert unknown == []


def test_an_arrow_of_the_map_leads_to_every_line_behind_it(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html")
    arrow = page.locator("svg#service-map a.arrow").first
    count = int(page.locator("svg#service-map .number text").first.text_content() or 0)
    arrow.dispatch_event("click")
    cut = page.locator("#cuts details[open]")
    cut.locator("tbody tr td:nth-child(5)").first.wait_for()
    cut.locator(".rest").wait_for(state="detached")
    assert count > 5
    rows = cut.locator("tbody tr")
    expect(rows).to_have_count(count)
    first = rows.first.locator("td").all_text_contents()
    file, _, line = first[3].rpartition(":")
    text = (Path(__file__).parents[2] / "sample_monolith" / file).read_text().splitlines()[int(line) - 1]
    assert text.strip() == first[4]


def test_the_head_says_it_in_ten_seconds(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html")
    text = page.locator("#verdict").inner_text()
    services = len(next(s for s in sample[1].splits if s.name == sample[1].recommendation.split).services)
    assert f"{services} services" in page.locator("h1").inner_text()
    assert page.locator("#verdict .facts a").count() == 4
    assert "Biggest risk" in text
    box = page.locator("#map").bounding_box()
    assert box is not None
    assert box["y"] < 900


def test_the_search_finds_by_prefix_part_and_likeness(show: Show) -> None:
    page, _ = show(analysed_shop().run / "report.html")
    hits = page.locator("#hits li code")
    expect(page.locator("#hits")).to_be_hidden()
    page.fill("#query", "billing find")
    expect(hits.first).to_have_text("shop.billing.service:find_billing")
    expect(page.locator("#hits li").first).to_contain_text("shop/billing/service.py:")
    page.fill("#query", "invoice_")
    expect(hits.first).to_have_text("invoice_lines")
    page.fill("#query", "fndbiling")
    expect(hits.filter(has_text="shop.billing.service:find_billing").first).to_be_visible()
    page.fill("#query", "GET /invoices")
    expect(hits.first).to_have_text("GET /invoices")
    page.fill("#query", "nothing like it")
    expect(page.locator("#hit-count")).to_have_text("0 matches")
    expect(page.locator("#hits")).to_be_hidden()


def test_the_search_shows_the_best_and_counts_the_rest(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, complaints = show(sample[0] / "report.html")
    page.fill("#query", "e")
    expect(page.locator("#hit-count")).to_contain_text("the best 24 shown")
    counted = int((page.locator("#hit-count").text_content() or "").split(maxsplit=1)[0].replace(",", ""))
    system = sample[1].system
    searched = [s.name for s in next(s for s in sample[1].splits if s.name == sample[1].recommendation.split).services]
    searched += [u.id for u in system.units] + [t.name for t in system.tables] + [e.name for e in system.entry_points]
    assert counted == sum("e" in name.lower() for name in searched)
    shown = page.locator("#hits li code").all_text_contents()
    first = sorted((name for name in searched if name.lower().startswith("e")), key=lambda name: (len(name), name))
    assert shown[: len(first)] == first[:24]
    assert len(shown) == 24
    assert complaints == []


def test_a_method_leads_to_its_unit_and_a_route_to_what_it_breaks(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html")
    method = next(d for d in sample[1].system.dependencies if ":StockRepository." in d.target).target
    page.fill("#query", method.rpartition(":")[2])
    page.keyboard.press("Enter")
    page.locator("#explorer .focus h3", has_text=method.rpartition(".")[0]).wait_for()
    page.fill("#query", "POST /orders")
    page.keyboard.press("Enter")
    page.locator("#explorer .focus h3", has_text="shop.routes.orders:place").wait_for()
    reached = page.locator("#explorer .focus li", has_text="would break")
    expect(reached.filter(has_text="shop.services.orders:place_order").first).to_be_visible()
    expect(page.locator("#explorer .focus")).to_contain_text("Entry point: POST /orders")


INHERITED = """\
from flask import Flask
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.orm import DeclarativeBase, Session

app = Flask(__name__)

class Base(DeclarativeBase):
    pass

class Saved:
    def save(self, session: Session):
        session.add(self)
        session.commit()

class Order(Saved, Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)

class Bill(Saved, Base):
    __tablename__ = "bills"
    id = Column(Integer, primary_key=True)

@app.post("/orders/<kind>")
def place(kind):
    session = Session(create_engine("sqlite://"))
    thing = Order() if kind == "order" else Bill()
    thing.save(session)
"""


def test_it_is_said_for_whom_a_transaction_runs_and_by_which_rule_something_is_there(
    show: Show, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    api.analyze(write_tree(tmp_path / "app", {"app.py": INHERITED}), run, cache_folder=None, jobs=1)
    page, _ = show(run / "report.html", at="#unit=app%3Aplace")
    reached = page.locator("#explorer .focus li", has_text="Saved.save")
    expect(reached.filter(has_text="for Bill")).to_have_count(1)
    expect(reached.filter(has_text="for Order")).to_have_count(1)
    made = page.locator("#explorer li", has_text="table:bills")
    made.locator("summary").click()
    expect(made.locator(".lines li", has_text="inferred")).to_contain_text("mapped object made")


def test_the_search_works_by_keyboard_alone_and_its_result_can_be_shared(show: Show) -> None:
    file = analysed_shop().run / "report.html"
    page, complaints = show(file)
    page.keyboard.press("/")
    page.keyboard.type("find_billing")
    page.keyboard.press("Enter")
    expect(page.locator("#explorer .focus")).to_contain_text("shop.billing.service:find_billing")
    expect(page).to_have_url(file.as_uri() + "#unit=shop.billing.service%3Afind_billing")
    neighbours = page.locator("#explorer .panel")
    expect(neighbours.nth(1)).to_contain_text("rename_billing")
    expect(neighbours.nth(2)).to_contain_text("create_billing")
    expect(neighbours.nth(2)).to_contain_text("table:invoice_lines")
    again, _ = show(file, at=page.url.removeprefix(file.as_uri()))
    expect(again.locator("#explorer .focus")).to_contain_text("shop.billing.service:find_billing")
    assert complaints == []


def test_why_something_is_where_it_is_says_the_same_as_the_command(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html", at="#unit=table%3Astock_movements")
    found = api.explain(sample[1], "table:stock_movements")
    weights = found.weights or {}
    assert sum(weights.values()) == pytest.approx(1, abs=0.01)
    told = page.locator("#explorer .focus ul").first.locator("li")
    heaviest = max(weights, key=lambda service: weights[service])
    assert found.service == heaviest
    counted = [(service, number) for service, number in found.ties if number]
    assert len(counted) > 2
    for service, number in counted:
        expect(told.filter(has_text=f"{service} ").filter(has_text=f"· {number} proved tie")).to_have_count(1)
    expect(told.first).to_contain_text(f"{round(100 * weights[heaviest])}%")
    expect(told.first).to_contain_text("(its own)")
    expect(told).to_have_count(min(8, len(weights)))
    tied = page.locator("#explorer .focus ul").nth(1).locator("li")
    assert found.nearest
    expect(tied).to_have_count(len(found.nearest))
    for number, near in enumerate(found.nearest):
        expect(tied.nth(number)).to_contain_text(f"{round(100 * near.share)}%")
        expect(tied.nth(number)).to_contain_text(near.thing)


def test_a_line_that_may_lead_to_several_is_one_row_and_one_tie(show: Show, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_html(make_view(dispatching(tmp_path), "hand")))
    page, _ = show(file, at="#unit=web%3Aview")
    told = page.locator("#explorer .focus ul").first.locator("li")
    expect(told.filter(has_text="engines ")).to_contain_text("· 1 proved tie")
    page.locator("#cuts summary", has_text="1 call").click()
    rows = page.locator("#cuts details[open] tbody > tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("and 5 others on this line")
    expect(page.locator("#service-map .num")).to_have_text(["1"])


@pytest.mark.parametrize("thing", ["shop.billing.service:bill", "table:invoices"])
def test_what_packages_add_is_said_as_the_command_says_it(show: Show, thing: str) -> None:
    shop = analysed_shop()
    page, _ = show(shop.run / "report.html", at=f"#unit={thing.replace(':', '%3A')}")
    near, far = api.explain(shop.analysis, thing).packages or []
    assert near.adds
    assert far.adds == 0
    told = page.locator("#explorer .focus li").filter(has_text="is one thing by")
    expect(told).to_have_text([str(near).replace(":", " ·"), str(far).replace(":", " ·")])


def test_what_matters_most_is_on_paper_and_all_of_it_on_request(show: Show) -> None:
    page, complaints = show(analysed_shop().run / "report.html")
    line = page.locator("#cuts").get_by_text("session.query(Product).filter").first
    entry = page.locator("#services").get_by_text("GET /invoices").first
    expect(line).to_be_hidden()
    page.emulate_media(media="print")
    line.wait_for()
    expect(entry).to_be_hidden()
    expect(page.locator("#what-if")).to_be_hidden()
    page.emulate_media(media="screen")
    line.wait_for(state="hidden")
    page.get_by_role("button", name="Unfold all").click()
    page.emulate_media(media="print")
    entry.wait_for()
    assert page.pdf().startswith(b"%PDF")
    assert complaints == []


def test_tables_of_twenty_services_lie_across_the_paper(show: Show, tmp_path: Path) -> None:
    api.analyze(SAMPLE, tmp_path / "run", services=20, cache_folder=None, jobs=1)
    page, complaints = show(tmp_path / "run" / "report.html")
    page.emulate_media(media="print")
    why = page.locator("[data-csv=tables] tbody td.wide").first
    why.wait_for()
    assert page.locator("#tables").evaluate("section => getComputedStyle(section).page") == "across"
    assert why.evaluate("cell => cell.getBoundingClientRect().width") > 120
    assert complaints == []


def test_tables_and_figures_can_be_saved(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, complaints = show(sample[0] / "report.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV: Table ownership").click()
    lines = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(sample[1].system.tables)
    with page.expect_download() as drawn:
        page.locator("#map").get_by_role("button", name="Save as SVG").click()
    picture = Path(drawn.value.path()).read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert 'xmlns="http://www.w3.org/2000/svg"' in picture
    assert complaints == []


def test_at_400_pixels_the_map_is_readable(show: Show) -> None:
    page, _ = show(analysed_shop().run / "report.html", 400)
    page.evaluate(ALL_IN_SIGHT)
    scale = page.evaluate("(e => e.clientWidth / e.viewBox.baseVal.width)(document.querySelector('#service-map'))")
    assert scale >= 0.74
    inside = """[...document.querySelectorAll('#service-map .node')].every(node => {
        const outer = node.querySelector('.box').getBoundingClientRect();
        return [...node.querySelectorAll('text')].every(text => {
            const inner = text.getBoundingClientRect();
            return inner.left > outer.left + 3 && inner.right < outer.right - 3;
        });
    })"""
    assert page.evaluate(inside)


@pytest.mark.parametrize("width", [1280, 400])
def test_hostile_files_are_shown_and_do_nothing(show: Show, hostile: tuple[Path, Analysis], width: int) -> None:
    run, analysis = hostile
    assert {INJECTED_TABLE, "users", 'a"b<i>c'} <= {table.name for table in analysis.system.tables}
    page, complaints = show(run / "report.html", width)
    page.evaluate(ALL_IN_SIGHT)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    page.fill("#query", "onerror")
    expect(page.locator("#hits")).to_contain_text(INJECTION)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    expect(page.locator("#tables")).to_contain_text(INJECTED_TABLE)
    expect(page.locator("#services")).to_contain_text(f"GET /{INJECTION}/<name>")
    assert "49" not in {cell.strip() for cell in page.locator("code").all_text_contents()}
    assert not page.evaluate(OVERFLOW)
    assert complaints == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_every_hostile_name_is_found_and_explored(show: Show, nasty: tuple[Path, Analysis], name: str) -> None:
    page, complaints = show(nasty[0] / "report.html")
    page.fill("#query", name.split(maxsplit=1)[0])
    expect(page.locator("#hits li").first).to_be_visible()
    unit = next(unit.id for unit in nasty[1].system.units if name.split(maxsplit=1)[0] in unit.id)
    page.evaluate("id => { location.hash = '#unit=' + encodeURIComponent(id); }", unit)
    until(page, "id => document.querySelector('#explorer .focus code')?.textContent === id", unit)
    assert page.locator("img").count() == 0
    assert complaints == []


def test_four_questions_are_answered_within_three_clicks(show: Show, sample: tuple[Path, Analysis]) -> None:
    """Each step of a reader is one click, or one search."""
    page, _ = show(sample[0] / "report.html")
    run = sample[1]
    plan = next(plan for plan in run.plans if plan.split == run.recommendation.split)
    database = next(found for found in run.databases if found.split == run.recommendation.split)
    # Which service first? Nobody has to click for that; one click leads to the work.
    assert plan.steps[1].service in page.locator("#verdict").inner_text()
    # Which table is the problem, and who writes it? One click to its row, a second to every line.
    link = page.locator("#verdict .note", has_text="Most disputed table").locator("a")
    table = link.inner_text()
    link.click()
    row = page.locator("#tables tbody tr:target")
    writers = next(owner.writers for owner in database.owners if owner.table == table)
    assert len(writers) > 1
    expect(row.locator("td.rival")).to_have_count(len(set(writers) - {run_owner(database, table), "shared"}))
    row.locator("th a").click()
    page.locator("#explorer .focus h3", has_text=f"table:{table}").wait_for()
    writing = page.locator("#explorer .panel", has_text="Used by").locator("summary", has_text="update")
    writing.first.click()
    page.locator("#explorer .lines li", has_text=".py:").first.wait_for()
    # Why is this in that service? One search.
    page.fill("#query", "place_order")
    page.keyboard.press("Enter")
    page.locator("#explorer .focus h3", has_text="place_order").wait_for()
    expect(page.locator("#explorer .focus")).to_contain_text("(its own)")
    # What breaks in the checkout? One search: the route, and the transactions behind it.
    page.fill("#query", "POST /orders")
    page.keyboard.press("Enter")
    page.locator("#explorer .focus h3", has_text="routes.orders:place").wait_for()
    broken = page.locator("#explorer .focus li", has_text="would break").first
    opened = broken.locator("code").inner_text()
    broken.locator("a").click()
    told = page.locator("#transactions details[open]:target")
    expect(told.locator("summary")).to_contain_text(opened)
    expect(told.locator("table.saga")).to_be_visible()


def run_owner(database: DatabaseSplit, table: str) -> str:
    """Find out who owns a table."""
    return next(owner.owner for owner in database.owners if owner.table == table)
