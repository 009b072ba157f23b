"""What evidence says and does not say: logs, tables that nothing touches, loops, glue, code that nothing reaches."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose import api
from decompose.boundaries.clustering import SHARED_LABEL, UNPLACED
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer
from decompose.boundaries.shaping import Shaper
from decompose.boundaries.soundness import surely
from decompose.report import export_rows
from tests.applications import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from decompose.runs.analysis import Analysis
    from decompose.system.model import System

_MODELS = """
from sqlalchemy.orm import declarative_base
from sqlalchemy import Column, Integer
Base = declarative_base()
"""


def models(*names: str) -> str:
    """Mapped classes, each with the table of its name in lower case."""
    return _MODELS + "".join(
        f"\nclass {name}(Base):\n    __tablename__ = '{name.lower()}'\n    id = Column(Integer, primary_key=True)\n"
        for name in names
    )


def system_of(base: Path, files: dict[str, str]) -> System:
    """The model of a drawn application."""
    return analysed(base, files).system


def analysed(base: Path, files: dict[str, str]) -> Analysis:
    """A drawn application, analysed."""
    tree = write_tree(base, {path: dedent(source) for path, source in files.items()})
    return api.analyze(tree, cache_folder=None, jobs=1)


def test_what_is_written_with_everything_is_tied_to_nothing_much(tmp_path: Path) -> None:
    pairs = [("Order", "Line"), ("User", "Address"), ("Invoice", "Payment"), ("Product", "Price")]
    code = "from models import *\nfrom sqlalchemy.orm import Session\n"
    for first, second in pairs:
        code += f"\ndef save_{first.lower()}(session: Session):\n"
        code += "".join(f"    session.add({name}())\n" for name in (first, second, "Event")) + "    session.commit()\n"
    graph = EvidenceGraph(
        system_of(tmp_path, {"models.py": models(*(n for p in pairs for n in p), "Event"), "save.py": code})
    )
    ties = graph.layers["transactions"]

    def tie(first: str, second: str) -> float:
        one, other = graph.table_node[first], graph.table_node[second]
        return ties[min(one, other), max(one, other)]

    for first, second in pairs:
        assert tie(first.lower(), second.lower()) > 1.5 * tie(first.lower(), "event")


def test_what_a_deletion_takes_along_is_no_foreign_write(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/models.py": """
            from django.db import models
            class Project(models.Model): pass
            class Task(models.Model): project = models.ForeignKey(Project, on_delete=models.CASCADE)
        """,
        "app/work.py": """
            from app.models import Project, Task
            def drop(key): Project.objects.get(pk=key).delete()
            def finish(key): Task.objects.get(pk=key).delete()
        """,
    }
    system = system_of(tmp_path, files)
    deleted = {(a.definition, a.table) for a in system.accesses if a.operation == "delete"}
    assert ("app.work:drop", "app_task") in deleted
    graph = EvidenceGraph(system)
    labels = np.zeros(len(graph.members), dtype=np.int64)
    labels[[graph.table_node["app_task"], graph.unit_node["app.work:finish"]]] = 1
    scores = {score.name: score.value for score in Scorer(graph).scores(labels)}
    assert (scores["foreign_writes"], scores["single_writer_tables"]) == (0.0, 1.0)


def test_a_table_that_no_code_touches_goes_to_the_table_whose_name_it_contains(tmp_path: Path) -> None:
    schema = "".join(
        f"CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n"
        for name in ("historical_invoice", "historical_product", "product", "user", "order", "cart", "invoice")
    )
    names = ("Product", "User", "Order", "Cart", "Invoice")
    code = "from models import Product\n\ndef new():\n    return Product()\n"
    graph = EvidenceGraph(system_of(tmp_path, {"models.py": models(*names), "schema.sql": schema, "use.py": code}))
    labels = np.full(len(graph.members), UNPLACED)
    for label, name in enumerate(("product", "user", "order", "cart", "invoice")):
        labels[graph.table_node[name]] = label
    placed = Shaper(graph, graph.combined(), set()).place_rest(labels)
    assert placed[graph.table_node["historical_invoice"]] == 4
    assert placed[graph.table_node["historical_product"]] == 0


def test_what_puts_the_application_together_is_shared(tmp_path: Path) -> None:
    parts = {
        f"{name}.py": f"class {name.title()}:\n    def run(self):\n        return 1\n" for name in ("a", "b", "c", "d")
    }
    start = "".join(f"from {name} import {name.title()}\n" for name in ("a", "b", "c", "d"))
    start += "\ndef start():\n    return [A().run(), B().run(), C().run(), D().run()]\n"
    start += "\ndef only_two():\n    return [A().run(), B().run()]\n"
    graph = EvidenceGraph(system_of(tmp_path, {**parts, "start.py": start}))
    labels = np.zeros(len(graph.members), dtype=np.int64)
    for label, name in enumerate(("a:A", "b:B", "c:C", "d:D")):
        labels[graph.unit_node[name]] = label
    placed = Shaper(graph, graph.combined(), set()).place_rest(labels)
    assert placed[graph.unit_node["start:start"]] == SHARED_LABEL
    assert placed[graph.unit_node["start:only_two"]] != SHARED_LABEL


def test_calls_between_services_in_loops_are_counted_apart(tmp_path: Path) -> None:
    files = {
        "app.py": """
            from flask import Flask
            from prices import once, each, again
            app = Flask(__name__)

            @app.route("/")
            def cart():
                once()
                for item in (1, 2):
                    each(item)
                return [again(item) for item in (1, 2)]
        """,
        "prices.py": "def once(): pass\n\ndef each(item): pass\n\ndef again(item): pass\n",
    }
    graph = EvidenceGraph(system_of(tmp_path, files))
    labels = np.zeros(len(graph.members), dtype=np.int64)
    for name in ("once", "each", "again"):
        labels[graph.unit_node[f"prices:{name}"]] = 1
    scores = {score.name: score.value for score in Scorer(graph).scores(labels)}
    assert (scores["remote_calls"], scores["remote_loops"]) == (3.0, 2.0)


def test_what_nothing_in_view_reaches_is_listed(tmp_path: Path) -> None:
    files = {
        "app.py": """
            from flask import Flask
            from work import used, forgotten
            app = Flask(__name__)

            @app.route("/")
            def home():
                return used()
        """,
        "work.py": "def used():\n    return deeper()\n\ndef deeper(): pass\n\ndef forgotten():\n    return alike()\n\ndef alike(): pass\n",
    }
    columns, rows = export_rows(analysed(tmp_path, files), "unreached")
    assert columns[0] == "unit"
    assert [row[0] for row in rows] == ["work:alike", "work:forgotten"]


def test_calls_between_units_are_listed_for_each_class_that_makes_them(tmp_path: Path) -> None:
    files = {
        "work.py": """
            from around import noted
            from parts import Base
            from tools import Tool

            class First(Base):
                def tool(self): return Tool()

            class Second(Base):
                def tool(self): return Tool()

            @noted
            def check(): pass

            def start():
                First().run()
                Second().run()
                check()
        """,
        "parts.py": "class Base:\n    def run(self):\n        self.tool().use()\n",
        "tools.py": "class Tool:\n    def use(self): pass\n",
        "around.py": """
            def noted(function):
                def wrapper():
                    return function()
                return wrapper
        """,
    }
    columns, rows = export_rows(analysed(tmp_path, files), "unit_calls")
    assert columns[:2] == ("source_unit", "target_unit")
    assert sorted(row[:2] for row in rows if row[3] == "tools:Tool.use") == [
        ("work:First", "tools:Tool"),
        ("work:Second", "tools:Tool"),
    ]
    # Not the wrapper, which knows nothing of what it wraps, but who calls the decorated function is tied to it.
    assert [row[0] for row in rows if row[3] == "work:check"] == ["work:start"]


@pytest.mark.parametrize(("count", "of", "least"), [(7, 11, 0.35), (70, 110, 0.55), (700, 1100, 0.61), (5, 5, 0.6)])
def test_a_share_of_few_is_less_sure_than_one_of_many(count: int, of: int, least: float) -> None:
    assert least < surely(count, of) < count / of


def test_a_word_that_names_a_layer_ties_next_to_nothing(tmp_path: Path) -> None:
    packages = (
        "order refund member wallet payout invoice dispute meter product benefit discount license customer account "
        "checkout event file receipt parcel tax seat credit notice hook"
    ).split()
    model = "from sqlalchemy.orm import declarative_base\nfrom sqlalchemy import Column, Integer\nBase = declarative_base()\n"
    tables = (*(f"{package}s" for package in packages if package != "hook"), "hook_endpoints")
    for table in tables:
        model += f"class {table.title().replace('_', '')}(Base):\n    __tablename__ = '{table}'\n    id = Column(Integer, primary_key=True)\n"
    files = {"models.py": model, "hook/__init__.py": ""}
    for package in packages:
        own = "HookEndpoints" if package == "hook" else f"{package.title()}s"
        files[f"{package}/__init__.py"] = ""
        files[f"{package}/endpoints.py"] = f"from models import {own}\ndef add(session):\n    session.add({own}())\n"
    files["order/rules.py"] = "def check_order(order):\n    return order.total\n"
    graph = EvidenceGraph(system_of(tmp_path, files))

    def tie(unit: str, table: str) -> float:
        ends = graph.unit_node[unit], graph.table_node[table]
        return graph.layers["names"].get((min(ends), max(ends)), 0.0)

    assert tie("order.rules:check_order", "orders") == 1.0
    assert tie("hook.endpoints:add", "hook_endpoints") == tie("wallet.endpoints:add", "hook_endpoints")
    assert tie("wallet.endpoints:add", "hook_endpoints") < 0.5


def test_a_word_of_many_tables_ties_code_through_those_that_code_with_it_uses_most(tmp_path: Path) -> None:
    numbered = [f"{first}{second}x" for first in "abcdefghijkl" for second in "abcdefghijkl"]
    schema = "".join(
        f"CREATE TABLE {f'parcel_{word}' if number < 10 else word} (id int);\n" for number, word in enumerate(numbered)
    )
    used = [f"parcel_{word}" for word in numbered[5:9]]
    code = "".join(
        f"def send_parcel_{n}(cursor): cursor.execute('SELECT * FROM {table}')\n" for n, table in enumerate(used)
    )
    files = {"schema.sql": schema, "use.py": f"import sqlite3\n{code}", "other.py": "def parcel_label(): return 1\n"}
    graph = EvidenceGraph(system_of(tmp_path, files))
    label = graph.unit_node["other:parcel_label"]
    tied = {pair for pair in graph.layers["names"] if label in pair}
    assert tied == {(label, graph.table_node[table]) for table in used}
