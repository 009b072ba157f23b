"""How large the report is, and how quickly it answers in a browser.

    python benchmarks/report.py RUN --copies 1 6

RUN is a run directory. With ``--copies N`` the same system stands there N times under different names, in the services of
the first, so that a report of a million lines can be had without a million lines. Measured in Chromium, each the median of
several:

- ready: from opening the file until the search answers, and until everything does;
- search: from a key to the list of matches, for a word that matches much, one that matches nothing and so is looked for
  letter by letter, and a part of a name;
- move: from choosing another service for a table in "What if" until all its figures are there.

Every figure includes the browser's own work (layout and style) up to the next frame's end.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page, sync_playwright

from decompose.boundaries.split import Split
from decompose.plan.consequences import consequences
from decompose.report import render_html
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from decompose.runs.document import load
from decompose.system.model import System

QUERIES = ("e", "zzqqxw", "create", "database upd")


def copied(analysis: Analysis, copies: int) -> Analysis:
    """The analysis of a system that holds the given one so many times."""
    if copies == 1:
        return analysis
    system = analysis.system
    names = {d.id for d in system.definitions} | {u.id for u in system.units} | {t.name for t in system.tables}
    names |= {d.file for d in system.definitions} | {t.file for t in system.tables} | set(system.source_lines)
    names |= {f"table:{t.name}" for t in system.tables}
    plain: dict[str, Any] = msgspec.to_builtins(analysis)

    def renamed(value: Any, number: int) -> Any:
        if isinstance(value, str):
            if value not in names:
                return value
            prefix = "table:" if value.startswith("table:") else ""
            return f"{prefix}copy{number}.{value.removeprefix('table:')}"
        if isinstance(value, dict):
            # A key that is a plain word is a field, even if some table is called so.
            return {
                renamed(key, number) if {":", "/"} & set(str(key)) else key: renamed(inner, number)
                for key, inner in value.items()
            }
        return [renamed(inner, number) for inner in value] if isinstance(value, (list, tuple)) else value

    parts = [plain["system"], *(renamed(plain["system"], number) for number in range(2, copies + 1))]
    whole = dict(plain["system"])
    for key, value in whole.items():
        if isinstance(value, (list, tuple)) and key != "roots":
            whole[key] = [item for part in parts for item in part[key]]
    whole["source_lines"] = {file: lines for part in parts for file, lines in part["source_lines"].items()}
    whole["lines"], whole["files"] = copies * whole["lines"], copies * whole["files"]
    splits = []
    for split in plain["splits"]:
        others = [split, *(renamed(split, number) for number in range(2, copies + 1))]
        services = [
            {
                **service,
                "units": [unit for other in others for unit in other["services"][position]["units"]],
                "tables": [table for other in others for table in other["services"][position]["tables"]],
            }
            for position, service in enumerate(split["services"])
        ]
        shared = [unit for other in others for unit in other["shared"]]
        confidence = {thing: share for other in others for thing, share in other["confidence"].items()}
        splits.append({**split, "services": services, "shared": shared, "confidence": confidence})
    large = msgspec.convert(whole, System, strict=False)
    shown = analysis.recommendation.shown
    candidates = tuple(msgspec.convert(split, Split, strict=False) for split in splits)
    found = [consequences(large, split) for split in candidates if split.name == shown]
    kept = analysis.clusterings
    return msgspec.structs.replace(
        analysis,
        system=large,
        splits=candidates,
        databases=tuple(one.database for one in found),
        plans=tuple(one.plan for one in found),
        clusterings=msgspec.structs.replace(kept, units=copies * kept.units, tables=copies * kept.tables),
    )


TIMED = """(act) => new Promise((done) => {
    const started = performance.now();
    act();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
})"""


def opened(page: Page, file: Path) -> tuple[float, float]:
    """Milliseconds from opening the file until the search answers, and until everything does."""
    page.goto("about:blank")
    page.goto(file.as_uri(), wait_until="commit")
    page.locator("html[data-ready='all']").wait_for(state="attached", timeout=120_000)
    marks = page.evaluate("performance.getEntriesByType('mark').map(mark => [mark.name, mark.startTime])")
    times = dict(marks)
    return times["search"], times["all"]


def typed(page: Page, query: str) -> float:
    """Milliseconds from a key to the matches."""
    act = f"""() => {{
        const input = document.getElementById('query');
        input.value = {query!r};
        input.dispatchEvent(new Event('input'));
    }}"""
    return float(page.evaluate(f"({TIMED})({act})"))


def moved(page: Page, turn: int) -> float:
    """Milliseconds from moving a table to all that follows."""
    act = f"""() => {{
        const select = document.querySelectorAll('#bench .links select')[0];
        const others = [...select.options].filter(option => !option.selected);
        select.value = others[{turn} % others.length].value;
        select.dispatchEvent(new Event('change'));
    }}"""
    return float(page.evaluate(f"({TIMED})({act})"))


def measured(analysis: Analysis, place: Path) -> list[str]:
    """One row of figures."""
    started = time.perf_counter()
    data = render_html(make_view(analysis))
    seconds = time.perf_counter() - started
    file = place / "report.html"
    file.write_bytes(data)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chrome"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        ready = [opened(page, file) for _ in range(3)]
        searches = [statistics.median(typed(page, query) for _ in range(5)) for query in QUERIES]
        page.fill("#query", "")
        moves = [moved(page, turn) for turn in range(7)]
        browser.close()
    return [
        f"{analysis.system.lines:,}",
        f"{len(analysis.system.units):,}",
        f"{len(data) / 1e6:.1f} MB",
        f"{seconds:.2f} s",
        f"{statistics.median(search for search, _ in ready) / 1000:.2f} s",
        f"{statistics.median(everything for _, everything in ready) / 1000:.2f} s",
        f"{max(searches):.0f} ms",
        f"{statistics.median(moves):.0f} ms",
    ]


def main() -> None:
    """Print one row for each number of copies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    columns = ("lines", "units", "size", "made in", "search ready", "all ready", "slowest search", "move")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for copies in options.copies:
        with tempfile.TemporaryDirectory() as place:
            print(f"| {' | '.join(measured(copied(load(options.run), copies), Path(place)))} |", flush=True)


if __name__ == "__main__":
    main()
