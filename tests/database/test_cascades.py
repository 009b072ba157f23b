"""What is written only because a deletion takes it along is told apart from what code writes, wherever it is told."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from decompose import api
from decompose.plan.consequences import consequences
from decompose.report import export_rows, render_html
from decompose.report.plan_text import plan_text
from decompose.report.view import make_view
from tests.applications import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Draw

DJANGO = {
    "shop/__init__.py": "",
    "shop/models.py": """\
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=9)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)


class Note(models.Model):
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True)


class Log(models.Model):
    text = models.TextField()


class Warning(Log):
    level = models.IntegerField()
""",
    "shop/removal.py": """\
from django.db import transaction

from shop.models import Line, Log, Note, Order, Warning


@transaction.atomic
def remove(key):
    Order.objects.filter(pk=key).delete()


@transaction.atomic
def remove_all(key):
    Line.objects.filter(order=key).delete()
    Order.objects.filter(pk=key).delete()


@transaction.atomic
def forget(key):
    Warning.objects.get(pk=key).delete()


@transaction.atomic
def warn(key):
    Warning.objects.create(text=key)
""",
}
SERVICES = "id,service\nshop.models:Order,orders\nshop.models:Line,lines\nshop.models:Note,notes\nshop.models:Log,logs\nshop.models:Warning,logs\n"


def test_tables_that_code_writes_as_well_or_that_hold_a_part_of_the_row_itself_are_none(draw: Draw) -> None:
    found = {t.definition.partition(":")[2]: t for t in draw(DJANGO).system.transactions}
    written = {name: (t.tables_written, t.tables_cascaded) for name, t in found.items()}
    assert written == {
        "remove": (("shop_line", "shop_note", "shop_order"), ("shop_line", "shop_note")),
        "remove_all": (("shop_line", "shop_note", "shop_order"), ("shop_note",)),
        "forget": (("shop_log", "shop_warning"), ()),
        "warn": (("shop_log", "shop_warning"), ()),
    }


@pytest.mark.parametrize("where", ["remove", "commit_it"])
def test_what_a_session_deletes_along_stays_so_where_it_is_flushed(draw: Draw, where: str) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    lines = relationship("Line", cascade="all, delete-orphan")


class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey("orders.id"))


def commit_it(session: Session):
    session.commit()


def remove(session: Session, key):
    session.delete(session.get(Order, key))
    END
""".replace("END", "session.commit()" if where == "remove" else "commit_it(session)"),
    })  # fmt: skip
    found = {(t.tables_written, t.tables_cascaded) for t in app.system.transactions if "orders" in t.tables_written}
    assert found == {(("lines", "orders"), ("lines",))}
    flushed = {(a.table, a.by_cascade) for a in app.system.flushes if a.rule.startswith("pending change")}
    assert flushed == (set() if where == "remove" else {("orders", False), ("lines", True)})


def test_pages_exports_and_terminal_tell_them_apart(tmp_path: Path) -> None:
    hand = tmp_path / "hand.csv"
    hand.write_text(SERVICES)
    analysis = api.analyze(write_tree(tmp_path / "app", DJANGO), start_from=hand, cache_folder=None)
    view = make_view(analysis, "hand")
    spanning = next(f for f in view.headline.figures if f.section == "transactions")
    assert spanning.value == "2 of 4"
    assert spanning.label.endswith("would span services, 1 only by cascades"), "remove_all deletes the lines itself"
    assert "remove_all writes 3 tables" in view.risk, "what code asks for comes before what goes with a deletion"
    assert ", 1 of them by cascade only" in view.risk
    page = " ".join(html.unescape(re.sub(r"<[^>]*>", "", render_html(view).decode())).split())
    assert "writes 3 tables (2 by cascade only) of" in page
    assert "Writes shop_order; by cascade only, with rows that are deleted, shop_line, shop_note" in page
    assert "by cascade: update shop_note" in page

    followed = consequences(analysis.system, next(s for s in analysis.splits if s.name == "hand"))
    assert followed.database.design is not None
    saga = next(s for s in followed.database.design.sagas if s.definition.endswith(":remove_all"))
    steps = {step.service: step for step in saga.steps}
    assert steps["lines"].cascaded == ()
    assert steps["notes"].cascaded == ("update shop_note",)
    assert steps["notes"].reason == "its rows only go with others that are deleted: it follows that event"
    assert "notes (retriable): by cascade: update shop_note" in plan_text(followed, "notes")

    columns, rows = export_rows(analysis, "transactions")
    at = columns.index("tables_cascaded")
    assert {row[0]: row[at] for row in rows if row[at]} == {
        "shop.removal:remove": ("shop_line", "shop_note"),
        "shop.removal:remove_all": ("shop_note",),
    }


def test_whom_a_deletion_takes_rows_of_is_no_writer_of_them(tmp_path: Path) -> None:
    hand = tmp_path / "hand.csv"
    hand.write_text(f"{SERVICES}shop.removal:remove,orders\nshop.removal:remove_all,lines\n")
    analysis = api.analyze(write_tree(tmp_path / "app", DJANGO), start_from=hand, cache_folder=None)
    database = consequences(analysis.system, next(s for s in analysis.splits if s.name == "hand")).database
    assert database.design is not None
    lines = next(owner for owner in database.owners if owner.table == "shop_line")
    assert not lines.contested
    assert lines.reason.startswith(
        "the only service that writes it (once); its rows go along with others that are deleted or changed: lines once, orders once"
    )
    way = next(item.options for item in database.design.shared_tables if item.table == "shop_line")
    assert [option.reason for option in way] == [
        "orders changes rows that those here follow, in one place: lines hears of it by an event"
    ]


def test_the_head_and_the_marks_of_tables_count_writers_as_the_score_does(tmp_path: Path) -> None:
    hand = tmp_path / "hand.csv"
    hand.write_text(f"{SERVICES}shop.removal:remove,orders\nshop.removal:remove_all,orders\nshop.removal:forget,logs\n")
    view = make_view(api.analyze(write_tree(tmp_path / "app", DJANGO), start_from=hand, cache_folder=None), "hand")
    rows = {row.ownership.table: row for row in view.ownership}
    orders = [card.name for card in view.cards].index("orders")
    assert (rows["shop_note"].cells[orders].writes, rows["shop_note"].cells[orders].asks) == (3, False)
    assert {table: row.conflict for table, row in rows.items()} == {
        "shop_line": 1, "shop_log": 0, "shop_note": 0, "shop_order": 0, "shop_warning": 0,
    }  # fmt: skip
    single, written = next(f for f in view.headline.figures if f.section == "tables").value.split(" of ")
    assert (single, written) == ("4", "4"), "no code writes shop_note"
    assert view.split.score("single_writer_tables") == int(single) / int(written)
