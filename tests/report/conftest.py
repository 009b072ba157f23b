"""A real browser, and reports to open in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from decompose import api
from decompose.report import render_html, service_dot, unit_graphml
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from tests.applications import shop_with_a_web, write_tree
from tests.report.shop import build_shop

PATIENCE = 60
"""Seconds that a busy machine has for what a page has to show."""

expect.set_options(timeout=1000 * PATIENCE)

INJECTED_TABLE = "</script><img src=x onerror=alert(1)>"
INJECTION = INJECTED_TABLE + "{{7*7}}"

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
    db.execute('insert into "</script><img src=x onerror=alert(1)>" values (1)')
    db.execute("insert into 'quo''ted\\\\' values ('</script><img src=x onerror=alert(1)>')")
    db.execute("update users set name = '<img src=x onerror=alert(1)>'")
    return db.execute("select * from `漢字 table`")
''',
    "shop/quo\"te'd.py": "from shop.db import Base\n\n\nclass Other(Base):\n    __tablename__ = 'a\"b<i>c'\n",
}

DJANGO_FILES = {
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
    "shop/__init__.py": "",
    "shop/settings.py": "INSTALLED_APPS = ['sales', 'stock']\nROOT_URLCONF = 'shop.urls'\n",
    "shop/urls.py": """\
from django.urls import path

from sales import views as sales
from stock import views as stock

urlpatterns = [path("orders/", sales.order), path("orders/<int:pk>/", sales.show), path("stock/", stock.level)]
""",
    **{
        f"{app}/{file}": text
        for app, (model, other) in {"sales": ("Order", "Line"), "stock": ("Item", "Shelf")}.items()
        for file, text in {
            "__init__.py": "",
            "models.py": f"""\
from django.db import models


class {model}(models.Model):
    name = models.CharField(max_length=20)


class {other}(models.Model):
    owner = models.ForeignKey({model}, on_delete=models.CASCADE)
{"    item = models.ForeignKey('stock.Item', on_delete=models.PROTECT)" if app == "sales" else ""}
""",
            "services.py": f"""\
from {app}.models import {model}, {other}


def add_{app}(name):
    one = {model}.objects.create(name=name)
    return {other}.objects.create(owner=one)


def rename_{app}(pk, name):
    one = {model}.objects.get(pk=pk)
    one.name = name
    one.save()


def remove_{app}(pk):
    {model}.objects.filter(pk=pk).delete()


def count_{app}():
    return {model}.objects.count() + {other}.objects.count()
""",
        }.items()
    },
    "sales/views.py": """\
from django.db import transaction

from sales.models import Order
from sales.services import add_sales, count_sales, rename_sales
from stock.services import count_stock, rename_stock


def order(request):
    with transaction.atomic():
        add_sales("new")
        rename_stock(1, "taken")
    return count_sales()


def show(request, pk):
    rename_sales(pk, "seen")
    return Order.objects.get(pk=pk), count_stock()
""",
    "stock/views.py": """\
from stock.services import add_stock, count_stock, remove_stock


def level(request):
    add_stock("item")
    remove_stock(2)
    return count_stock()
""",
}


def until(page: Page, holds: str, given: str = "") -> None:
    """Wait until a function of the page holds, asking anew: what the page itself repeats falls under its own policy."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(holds, given):
        assert time.monotonic() < deadline, f"never: {holds}"
        page.wait_for_timeout(20)


class Opened(NamedTuple):
    """A page, and everything that it must not do."""

    page: Page
    complaints: list[str]


class Show(Protocol):
    """Opens a report and watches it."""

    def __call__(
        self, file: Path, width: int = 1280, scheme: str = "light", *, at: str = "", scripts: bool = True
    ) -> Opened: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Open reports, and close them in the end."""
    contexts = []

    def shown(file: Path, width: int = 1280, scheme: str = "light", *, at: str = "", scripts: bool = True) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))

        def dismiss(dialog: Dialog) -> None:
            complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.on("request", lambda r: None if r.url == file.as_uri() + at else complaints.append(f"request: {r.url}"))
        page.goto(file.as_uri() + at)
        if scripts:
            page.locator("html[data-ready='all']").wait_for(state="attached")
        return Opened(page, complaints)

    yield shown
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Analyse the shop with hostile names once."""
    place = tmp_path_factory.mktemp("hostile")
    analysis = api.analyze(write_tree(place / "app", HOSTILE_FILES), place / "run", cache_folder=None, jobs=1)
    return place / "run", analysis


@pytest.fixture(scope="session")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Render a run in which every single name is hostile."""
    place = tmp_path_factory.mktemp("nasty")
    analysis = build_shop(hostile=True)
    view = make_view(analysis)
    (place / "report.html").write_bytes(render_html(view))
    (place / "graph.dot").write_bytes(service_dot(view))
    (place / "graph.graphml").write_bytes(unit_graphml(view))
    return place, analysis


@pytest.fixture(scope="session")
def django(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Analyse a small Django application once."""
    place = tmp_path_factory.mktemp("django")
    analysis = api.analyze(write_tree(place / "app", DJANGO_FILES), place / "run", cache_folder=None, jobs=1)
    return place / "run", analysis


SAMPLE = Path(__file__).parents[2] / "sample_monolith"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Analyse the sample application once."""
    run = tmp_path_factory.mktemp("sample") / "run"
    return run, api.analyze(SAMPLE, run, cache_folder=None, jobs=1)


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Path:
    """The ``report.html`` of the run that the parameter names."""
    run: tuple[Path, Analysis] = request.getfixturevalue(request.param)
    return run[0] / "report.html"
