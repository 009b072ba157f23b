"""Make the pictures in `docs/images/` from a run directory of the sample.

decompose analyze sample_monolith
python docs/screenshots.py reports/sample_monolith
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1280, "height": 860}


def head(page: Page) -> None:
    """Verdict, figures, risk, and the start of the map."""
    page.evaluate("scrollTo(0, 0)")


def service_map(page: Page) -> None:
    """The map and its legend."""
    page.evaluate("document.getElementById('map').scrollIntoView()")


def explore(page: Page) -> None:
    """Callers and callees of a table that many write."""
    page.evaluate("location.hash = '#unit=' + encodeURIComponent('table:stock_items')")
    page.locator("#explorer .focus").wait_for()
    page.locator("#explorer summary").first.click()
    page.locator("#explorer .lines li").first.wait_for()
    page.evaluate("document.getElementById('explore').scrollIntoView()")


def what_if(page: Page) -> None:
    """What follows when a table is moved."""
    page.evaluate("location.hash = '#unit=' + encodeURIComponent('table:stock_items')")
    select = page.locator("#explorer .focus select")
    others = select.locator("option:not(:checked)").all_inner_texts()
    select.select_option(label=next((name for name in others if "order" in name), others[0]))
    page.locator("#chance-said", has_text="standard deviations").wait_for()
    page.evaluate("document.getElementById('what-if').scrollIntoView()")


def compare(page: Page) -> None:
    """Three candidates, each service where its match stands in the others."""
    chosen = page.locator("#compare select")
    chosen.nth(1).select_option(label="refined-calls")
    chosen.nth(2).select_option(label="entry-points-first")
    page.locator("#compare svg.ring").nth(2).wait_for()
    page.evaluate("document.getElementById('compare').scrollIntoView()")


def plan(page: Page) -> None:
    """The first step that takes something out."""
    step = page.locator("#step-1 details", has=page.locator("b", has_text=re.compile("^Its API$")))
    step.locator("summary").click()
    page.evaluate("document.getElementById('step-1').scrollIntoView()")


PICTURES = {
    "head": (head, "light"),
    "map": (service_map, "dark"),
    "explore": (explore, "light"),
    "what-if": (what_if, "dark"),
    "compare": (compare, "light"),
    "plan": (plan, "light"),
}


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    report = (parser.parse_args().run / "report.html").resolve()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (go, scheme) in PICTURES.items():
            page = browser.new_page(viewport=SIZE, color_scheme="dark" if scheme == "dark" else "light")
            page.goto(report.as_uri())
            page.locator("html[data-ready='all']").wait_for(state="attached")
            go(page)
            page.wait_for_timeout(300)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
