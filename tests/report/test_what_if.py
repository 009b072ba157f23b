"""What if: what the page counts after a change is what the command line counts of the same split."""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from decompose import api
from decompose.boundaries.trust import Clusterings
from decompose.report import render_html
from decompose.report.ring import draw_ring
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from tests.applications import shop_with_a_web, write_tree
from tests.report.conftest import SAMPLE, Show
from tests.sources.test_history import committed, git

pytestmark = pytest.mark.browser


def move(page: Page, thing: str, service: str) -> None:
    """Move a unit or table by its own panel."""
    page.evaluate("id => { location.hash = '#unit=' + encodeURIComponent(id); }", thing)
    page.locator("#explorer .focus h3", has_text=thing).wait_for()
    select = page.locator("#explorer .focus select")
    value = select.locator("option", has_text=service).first.get_attribute("value")
    assert value is not None
    select.select_option(value)


def scores(page: Page) -> dict[str, float]:
    """Read the scores that the page shows now."""
    found = page.locator("#bench tr[data-score]").evaluate_all(
        "rows => rows.map(row => [row.dataset.score, Number(row.dataset.value)])"
    )
    return dict(found)


def chances(page: Page) -> dict[str, float | None]:
    """Read how far the scores are from chance, once that is counted."""
    page.locator("#chance-said", has_text="standard deviations").wait_for()
    found = page.locator("#bench [data-z]").evaluate_all(
        "cells => cells.map(cell => [cell.dataset.z, cell.textContent])"
    )
    return {name: float(text.removeprefix("z ")) if text else None for name, text in found}


def partition(page: Page, place: Path) -> Path:
    """Save the split by hand."""
    with page.expect_download() as saved:
        page.locator("#save-partition").click()
    saved.value.save_as(place / "what-if.csv")
    return place / "what-if.csv"


def agree(page: Page, analysis: Analysis, place: Path) -> None:
    """Hold the page to the command line: ``decompose compare --with`` of the saved split."""
    here, there = scores(page), api.with_partition(analysis, partition(page, place)).splits[-1].scores
    assert len(here) > 20
    assert {score.name: score.value for score in there} == pytest.approx(here, abs=2e-6)


def agree_on_chance(page: Page, analysis: Analysis, place: Path) -> None:
    """The same of z, which the page shows with one digit."""
    here, there = chances(page), api.with_partition(analysis, partition(page, place)).splits[-1].scores
    assert len([z for z in here.values() if z is not None]) > 12
    assert {score.name: score.z for score in there if score.name in here} == pytest.approx(here, abs=0.06)
    assert {score.name for score in there if score.z is not None} <= set(here)


def test_the_numbers_are_those_of_the_command_line(show: Show, sample: tuple[Path, Analysis], tmp_path: Path) -> None:
    page, complaints = show(sample[0] / "report.html")
    before = scores(page)
    split = next(s for s in sample[1].splits if s.name == sample[1].recommendation.split)
    assert before == pytest.approx({name: split.score(name) for name in before}, abs=2e-6)
    agree(page, sample[1], tmp_path)
    owner = split.service_of_table()
    stock, users = owner["stock_items"], owner["users"]
    move(page, "table:stock_items", users)
    assert scores(page) != before
    agree(page, sample[1], tmp_path)
    rows = list(csv.DictReader((tmp_path / "what-if.csv").read_text().splitlines()))
    placed = {row["id"]: row["service"] for row in rows}
    model = next(table.model for table in sample[1].system.tables if table.name == "stock_items")
    assert placed["table:stock_items"] == placed[model] == users
    agree_on_chance(page, sample[1], tmp_path)
    merge(page, stock, users)
    assert scores(page)["services"] == before["services"] - 1
    agree(page, sample[1], tmp_path)
    page.evaluate("location.hash = '#unit=table%3Aorders'")
    page.locator("#explorer .focus h3", has_text="table:orders").wait_for()
    page.locator("#explorer .focus").get_by_role("button", name="Split off").click()
    assert scores(page)["services"] == before["services"]
    agree(page, sample[1], tmp_path)
    for _ in range(3):
        page.locator("#undo").click()
    assert scores(page) == before
    expect(page.locator("#undo")).to_be_disabled()
    assert complaints == []


def test_each_rung_of_the_ladder_is_a_press_away(show: Show, sample: tuple[Path, Analysis], tmp_path: Path) -> None:
    page, complaints = show(sample[0] / "report.html")
    ladder = sample[1].ladder
    fold = ladder.folds[-1]
    for rung in (ladder.rungs[-1], fold):
        page.locator("#bench").get_by_role("button", name=re.compile(f"^{rung.services} services: ")).click()
        found = scores(page)
        assert found["services"] == rung.services
        assert found["spanning_transactions"] == pytest.approx(rung.spanning_transactions / ladder.transactions)
        assert found["foreign_writes"] == pytest.approx(rung.foreign_writes / ladder.writes)
        assert found["largest_share"] == pytest.approx(rung.largest_share, abs=1e-6)
    agree(page, sample[1], tmp_path)
    page.locator("#undo").click()
    assert scores(page)["services"] == ladder.rungs[0].services
    assert complaints == []


def test_a_toss_up_is_moved_whole_by_one_press(show: Show, sample: tuple[Path, Analysis], tmp_path: Path) -> None:
    page, complaints = show(sample[0] / "report.html")
    block = sample[1].toss_ups[0]
    assert len(block.members) > 4
    button = page.locator("#bench").get_by_role("button", name=f"all to {block.rival}").first
    button.click()
    expect(button).to_be_disabled()
    agree(page, sample[1], tmp_path)
    with (tmp_path / "what-if.csv").open(newline="", encoding="utf-8") as saved:
        services = {row["id"]: row["service"] for row in csv.DictReader(saved)}
    assert {services[member] for member in block.members} == {block.rival}
    shown = next(split for split in sample[1].splits if split.name == sample[1].recommendation.shown)
    before = {service.name: {*service.units} for service in shown.services}
    assert sum(services[unit] == block.service for unit in before[block.service]) == len(
        before[block.service] - {*block.units}
    ), "the rest of its service stays"
    page.locator("#undo").click()
    expect(page.locator("#undo")).to_be_disabled()
    assert complaints == []


ONE_OF_TWO = {
    "shop/catalogue/sending.py": "class Sender:\n    def send(self): pass\n\nclass Mail(Sender):\n    def send(self): pass\n",
    "shop/billing/asking.py": "from shop.catalogue.sending import Sender\n\ndef ask(sender: Sender):\n    sender.send()\n",
}
"""A call that may lead to either of two methods: each counts as half of it."""


def test_what_changed_together_is_counted_again(show: Show, tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**shop_with_a_web(), **ONE_OF_TWO})
    git(base, "init", "-q")
    for files in (("billing", "accounts"), ("billing", "catalogue"), ("catalogue",), ("billing",)):
        committed(base, *(f"shop/{domain}/service.py" for domain in files))
    analysis = api.analyze(base, tmp_path / "run", cache_folder=None, jobs=1)
    split = next(s for s in analysis.splits if len(s.services) > 1 and not s.trivial)
    assert split.score("lockstep") > 0
    (tmp_path / "run" / "report.html").write_bytes(render_html(make_view(analysis, split.name)))
    page, complaints = show(tmp_path / "run" / "report.html")
    before = scores(page)
    assert before["lockstep"] == pytest.approx(split.score("lockstep"), abs=2e-6)
    assert before["inter_call"] == pytest.approx(split.score("inter_call"), abs=2e-6)
    home = split.service_of_unit()
    homes = sorted({home[f"shop.{domain}.service:find_{domain}"] for domain in ("billing", "accounts", "catalogue")})
    for other in homes[1:]:
        merge(page, other, homes[0])
    assert scores(page)["lockstep"] < before["lockstep"]
    agree(page, analysis, tmp_path)
    assert complaints == []


def test_all_scores_are_counted_again_with_what_the_run_keeps(
    show: Show, sample: tuple[Path, Analysis], tmp_path: Path
) -> None:
    page, _ = show(sample[0] / "report.html")
    split = next(s for s in sample[1].splits if s.name == sample[1].recommendation.split)
    assert set(scores(page)) == {score.name for score in split.scores}
    expect(page.locator("#bench")).to_contain_text(
        "There is no lockstep: the analysed folder has no git history of its own."
    )
    # A run of before clusterings were kept.
    (tmp_path / "report.html").write_bytes(
        render_html(make_view(msgspec.structs.replace(sample[1], clusterings=Clusterings())))
    )
    page, complaints = show(tmp_path / "report.html")
    told = {
        row.get_attribute("data-old"): row.text_content() or "" for row in page.locator("#bench tr[data-old]").all()
    }
    assert set(told) == {"seed_agreement", "layer_agreement"}
    assert all("not counted again: this run keeps no other clusterings" in text for text in told.values())
    assert complaints == []


def test_what_takes_long_is_counted_while_the_page_answers(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, complaints = show(sample[0] / "report.html")
    split = next(s for s in sample[1].splits if s.name == sample[1].recommendation.split)
    # A clock by which every shuffle takes long, so that the page has its turn after each.
    page.evaluate("() => { let time = 0; performance.now = () => (time += 50); }")
    merge(page, split.services[0].name, split.services[1].name)
    said = page.locator("#chance-said")
    expect(said).to_contain_text("Counting z: ")
    page.locator("#undo").click()
    expect(said).to_have_text("")
    merge(page, split.services[0].name, split.services[1].name)
    assert any(z is not None for z in chances(page).values())
    assert complaints == []


def merge(page: Page, source: str, target: str) -> None:
    """Merge one service into another."""
    for label, name in (("Merge", source), ("into", target)):
        select = page.locator("#bench label", has_text=label).locator("select")
        texts = select.locator("option").all_inner_texts()
        select.select_option(label=next(text for text in texts if text.endswith(f" · {name}")))
    page.locator("#bench").get_by_role("button", name="Merge").click()


def test_what_follows_is_named(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html")
    database = next(d for d in sample[1].databases if d.split == sample[1].recommendation.split)
    broken = next(item for item in database.spanning_transactions if len(item.services) == 2)
    first, second = broken.services
    merge(page, first, second)
    owned = [owner.table for owner in database.owners if owner.owner == first]
    expect(page.locator("#bench")).to_contain_text(f"Owners ({len(owned)})")
    expect(page.locator("#bench-said")).to_have_text(f"{first} merged into {second}")
    whole = page.locator("#bench li", has_text="whole again:")
    expect(whole.filter(has_text=broken.transaction.definition).first).to_be_visible()
    moved = next(t for t in owned if any(t in o.transaction.tables_written for o in database.spanning_transactions))
    page.locator("#undo").click()
    move(page, f"table:{moved}", second)
    expect(page.locator("#bench")).to_contain_text(f"table:{moved}: ")
    expect(page.locator("#bench")).to_contain_text("Owners (1)")


def test_pins_hold_what_was_moved_and_pinned(show: Show, nasty: tuple[Path, Analysis]) -> None:
    page, complaints = show(nasty[0] / "report.html")
    split = nasty[1].splits[0]
    first, second = split.services[0], split.services[1]
    moved, pinned = f"table:{first.tables[0]}", f"table:{second.tables[0]}"
    page.evaluate("id => { location.hash = '#unit=' + encodeURIComponent(id); }", moved)
    page.locator("#explorer .focus").wait_for()
    options = page.locator("#explorer .focus select option")
    values = options.evaluate_all("all => all.map(option => [option.value, option.textContent])")
    target = next(value for value, text in values if text.endswith(second.name))
    page.locator("#explorer .focus select").select_option(target)
    page.evaluate("id => { location.hash = '#unit=' + encodeURIComponent(id); }", pinned)
    page.locator("#explorer .focus h3", has_text=pinned.split(maxsplit=1)[0]).wait_for()
    page.locator("#explorer .focus").get_by_role("button", name="Pin").click()
    text = page.locator("#pins").input_value()
    pins = tomllib.loads(text)["service"]
    assert any(member in (moved, *nasty_model(nasty[1], moved)) for member in pins[second.name])
    assert any(member in (pinned, *nasty_model(nasty[1], pinned)) for member in pins[second.name])
    assert complaints == []


def test_what_is_taken_along_is_honoured(show: Show, sample: tuple[Path, Analysis], tmp_path: Path) -> None:
    page, _ = show(sample[0] / "report.html")
    split = next(s for s in sample[1].splits if s.name == sample[1].recommendation.split)
    owner = split.service_of_table()
    target = next(service.name for service in split.services if service.name not in (owner["stock_items"], "shared"))
    move(page, "table:stock_items", target)
    file = partition(page, tmp_path)
    started = api.analyze(SAMPLE, start_from=file, cache_folder=None, jobs=1)
    assert started.recommendation.sentence
    assert any("what-if" in s.generator or "what-if" in s.name for s in started.splits)
    base = tmp_path / "pinned"
    shutil.copytree(SAMPLE, base, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    (base / "decompose.toml").write_text(page.locator("#pins").input_value(), encoding="utf-8")
    pinned = api.analyze(base, cache_folder=None, jobs=1)
    assert {s.service_of_table()["stock_items"] for s in pinned.splits if not s.trivial} == {target}


def nasty_model(analysis: Analysis, table: str) -> tuple[str, ...]:
    """The model class of a table, which moves with it."""
    return tuple(t.model for t in analysis.system.tables if f"table:{t.name}" == table)


def test_candidates_are_compared_side_by_side(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, complaints = show(sample[0] / "report.html")
    shown = sample[1].recommendation.split
    names = [shown, *(split.name for split in sample[1].splits if not split.trivial and split.name != shown)]
    host = page.locator("#compare")
    host.locator("label", has_text="with").locator("select").select_option(label=names[1])
    compared = api.compare(sample[1], names[:2])[0]
    things = "unit or table" if len(compared.moved) == 1 else "units or tables"
    expect(host).to_contain_text(f"{len(compared.moved)} {things} placed differently")
    expect(host.locator("svg.map")).to_have_count(2)
    host.locator("label", has_text="and").last.locator("select").select_option(label=names[2])
    expect(host.locator("svg.map")).to_have_count(3)
    first, *others = [one.bounding_box() for one in host.locator(".figure").all()]
    assert first is not None
    assert [box and box["y"] for box in others] == [first["y"]] * 2
    assert complaints == []


def test_the_page_draws_a_compared_split_as_python_does(show: Show, sample: tuple[Path, Analysis]) -> None:
    page, _ = show(sample[0] / "report.html")
    view = make_view(sample[1])
    drawn = page.locator("#compare svg.map").first
    expect(drawn).to_be_visible()
    width = float((drawn.get_attribute("width") or "").strip())
    lines = drawn.locator("path.edge, path[class^=h]:not(.hit)").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    numbers = {service.name: number for number, service in enumerate(view.split.services, 1)}
    longest = page.locator("#compare svg.map .node title").evaluate_all(
        "all => Math.max(...all.map(one => one.textContent.replace(/^\\d+ · |: [\\d,]+ members?$/g, '').length))"
    )
    ring = draw_ring(view.split, view.cuts, numbers, len(numbers), longest, width)
    assert ring is not None
    expected = [path for arrow in ring.arrows for path in (arrow.line, arrow.head)]
    assert [re.findall("[A-Za-z]", line) for line in lines] == [re.findall("[A-Za-z]", line) for line in expected]
    for line, wanted in zip(lines, expected, strict=True):
        assert coordinates(line) == pytest.approx(coordinates(wanted), abs=0.11)
    titles = drawn.locator(".node title").evaluate_all("all => all.map(one => one.textContent)")
    assert titles == [f"{dot.number} · {dot.name}: {dot.members:,} members" for dot in ring.dots]


def coordinates(path: str) -> list[float]:
    """The numbers of an SVG path."""
    return [float(number) for number in re.findall(r"[\d.]+", path)]
