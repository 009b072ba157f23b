"""What the analysis says that the sample shop does to its tables, beside what its own tests are seen to do.

The shop's tests run in a process of their own, on SQLite, under the recorder of ``benchmarks/recorder``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from decompose import api

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_monolith"

RECALL = 0.95
"""Of the accesses that ran, the share that the analysis knows."""
CONFIRMED = 0.90
"""Of the accesses that the analysis claims on lines that ran, the share that was seen."""
NOISE = {"refresh", "autoflush", "eager"}
"""What an ORM does on its own, with nothing in the code that asks for it."""

Triple = tuple[str, str, str]
"""(definition, table, operation: read or write)."""


class Recorded(NamedTuple):
    """``executed`` without what is only noise; ``seen`` in any way, also where a query or a change was only made."""

    executed: set[Triple]
    seen: set[Triple]
    lines: dict[str, set[int]]


def _run(*arguments: str, folder: Path) -> None:
    _printed("-m", *arguments, folder=folder)


def _printed(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")}
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "DATABASE_URL"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    prefix = tmp_path_factory.mktemp("recorded") / "shop"
    options = ("--recorder-root=shop", "--recorder-base=.", f"--recorder-out={prefix}")
    _run("pytest", "-q", "-p", "no:cacheprovider", "-p", "recorder.pytest_plugin", *options, folder=SAMPLE)
    _run("recorder", "resolve", "--out", str(prefix), f"{prefix}.raw.jsonl", folder=SAMPLE)
    executed: set[Triple] = set()
    seen: set[Triple] = set()
    for row in _rows(Path(f"{prefix}.access.jsonl")):
        triple = row["function"].replace(".<locals>", ""), row["table"], row["op"]
        seen.add(triple)
        if row["role"] == "execute" and not NOISE & set(row["via"]):
            executed.add(triple)
    lines = json.loads(Path(f"{prefix}.lines.json").read_text(encoding="utf-8"))
    return Recorded(executed, seen, {file: set(numbers) for file, numbers in lines.items()})


@pytest.fixture(scope="module")
def claimed() -> dict[Triple, set[tuple[str, int]]]:
    """What the analysis says, with the places."""
    system = api.analyze(SAMPLE, cache_folder=None).system
    found: dict[Triple, set[tuple[str, int]]] = {}
    for access in (*system.accesses, *system.flushes):
        operation = "read" if access.operation == "read" else "write"
        found.setdefault((access.definition, access.table, operation), set()).add((access.file, access.line))
    return found


def test_what_ran_is_known(recorded: Recorded, claimed: dict[Triple, set[tuple[str, int]]]) -> None:
    assert len(recorded.executed) > 200
    missing = recorded.executed - claimed.keys()
    assert 1 - len(missing) / len(recorded.executed) >= RECALL, sorted(missing)


def test_what_is_claimed_of_code_that_ran_was_seen(
    recorded: Recorded, claimed: dict[Triple, set[tuple[str, int]]]
) -> None:
    judged = {t for t, places in claimed.items() if any(line in recorded.lines.get(file, ()) for file, line in places)}
    assert len(judged) > 200
    unseen = judged - recorded.seen
    assert 1 - len(unseen) / len(judged) >= CONFIRMED, sorted(unseen)


@pytest.mark.parametrize(
    ("decorator", "first", "called"), [("", "self", "{}()"), ("@classmethod", "cls", "{}")], ids=["objects", "classes"]
)
def test_what_is_claimed_for_one_class_is_judged_where_the_method_ran_for_it(
    tmp_path: Path, decorator: str, first: str, called: str
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "stores.py").write_text(
        f"""
class Store:
    sql = ""

    {decorator}
    def rows({first}, db):
        return db.execute({first}.sql).fetchall()

class Orders(Store):
    sql = "SELECT id FROM orders"

class Parcels(Store):
    sql = "SELECT id FROM parcels"

def orders(db):
    return {called.format("Orders")}.rows(db)

def parcels(db):
    return {called.format("Parcels")}.rows(db)
"""
    )
    (tmp_path / "run.py").write_text(
        """
import sqlite3
from shop.stores import orders

db = sqlite3.connect(":memory:")
db.executescript("CREATE TABLE orders (id); CREATE TABLE parcels (id)")
orders(db)
"""
    )
    assert _confirmed(tmp_path, "orders", "parcels") == "1 of 1 (1.00)\n"


def test_what_is_claimed_of_a_class_is_judged_where_one_of_the_methods_that_do_it_ran(tmp_path: Path) -> None:
    library = tmp_path.with_name(f"{tmp_path.name}_library")
    files = {
        library / "django" / "__init__.py": "",
        library / "django" / "db" / "__init__.py": "",
        library / "django" / "db" / "models.py": """
class Manager:
    def all(self): return []

class Model:
    objects = Manager()
""",
        library / "rest_framework" / "__init__.py": "",
        library / "rest_framework" / "viewsets.py": """
class ModelViewSet:
    def list(self, db): return db.execute("SELECT id FROM shop_order").fetchall()
    def destroy(self, db): db.execute("DELETE FROM shop_order")
""",
        tmp_path / "shop" / "__init__.py": "",
        tmp_path / "shop" / "models.py": "from django.db import models\nclass Order(models.Model): pass\n",
        tmp_path / "shop" / "views.py": """
from rest_framework import viewsets
from shop.models import Order

class Orders(viewsets.ModelViewSet):
    queryset = Order.objects.all()
""",
        tmp_path / "run.py": f"""
import sqlite3
import sys

sys.path.insert(0, {str(library)!r})
from shop.views import Orders

db = sqlite3.connect(":memory:")
db.executescript("CREATE TABLE shop_order (id)")
Orders().list(db)
""",
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert _confirmed(tmp_path, "shop_order") == "1 of 1 (1.00)\n"
    assert {"class": "shop.views:Orders", "method": "list"} in _rows(tmp_path / "recorded.methods.jsonl")


def _confirmed(folder: Path, *tables: str) -> str:
    """What is confirmed of what is claimed of ``shop``, beside a run of ``run.py``."""
    prefix = folder / "recorded"
    recording = ("--root", "shop", "--base", ".", "--out", str(prefix), "--hooks", "sqlite3")
    _run("recorder", "run", *recording, "--", "run.py", folder=folder)
    _run("recorder", "resolve", "--out", str(prefix), f"{prefix}.raw.jsonl", folder=folder)
    own = [{"table": name, "model": None, "file": None, "own": True} for name in tables]
    Path(f"{prefix}.tables.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in own))
    judge = folder / "judge.py"
    judge.write_text(
        """
import sys
from pathlib import Path
from recorded_applications import compare
print(compare(Path(sys.argv[1]), Path(sys.argv[2])).confirmed)
"""
    )
    return _printed(str(judge), str(prefix), str(folder), folder=folder)
