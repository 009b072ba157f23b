"""Equal input gives an equal model, whatever the hash seed, and wherever the application lies."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from decompose.sources import discover
from decompose.system import build_system

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Draw

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import declarative_base, relationship
        Base = declarative_base()
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
            orders = relationship("Order")
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            user_id = Column(ForeignKey("users.id"))
    """,
    "shop/stores.py": """
        from sqlalchemy import text
        from shop.models import Order, User
        class Store:
            model = None
            def __init__(self, session): self.session = session
            def all(self): return self.session.query(self.model).all()
            def raw(self): return self.session.execute(text("SELECT * FROM users JOIN orders"))
        class Users(Store):
            model = User
        class Orders(Store):
            model = Order
        TABLE = {"users": Users, "orders": Orders}
    """,
    "shop/web.py": """
        from flask import Flask
        from sqlalchemy.orm import sessionmaker
        from shop.stores import TABLE
        app = Flask(__name__)
        @app.route("/<name>", methods=["GET", "POST"])
        def show(name):
            store = TABLE[name](sessionmaker()())
            store.unknown()
            return getattr(store, "all")()
    """,
    "shop/broken.py": "def f(:",
}
ROWS = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.contrib.auth.models import User
        from django.db import models
        class Order(models.Model):
            user = models.ForeignKey(User, on_delete=models.CASCADE)
    """,
    **{
        f"shop/step{number}.py": f"""
            from shop.models import Order
            def first(order):
                second(order)
                order.user.name{number}
            def second(order):
                first(order)
                order.user.name{number}
            def start(): first(Order.objects.first())
        """
        for number in range(8)
    },
}
"""Functions that hand a row round in a circle, each asking for the row that it points to."""

PROGRAM = """
import sys, msgspec
from pathlib import Path
from decompose.sources import discover
from decompose.system import build_system
sys.stdout.buffer.write(msgspec.json.encode(build_system(discover(Path(sys.argv[1])))))
"""


@pytest.mark.parametrize(
    ("files", "table"), [pytest.param(FILES, "users", id="tables"), pytest.param(ROWS, "shop_order", id="rows")]
)
def test_the_hash_seed_changes_nothing(draw: Draw, files: dict[str, str], table: str) -> None:
    base = draw(files).base
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(base)], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1
    assert f'"table":"{table}"'.encode() in found.pop()


def test_what_is_handed_round_in_a_circle_is_loaded_by_nobody_in_it(draw: Draw) -> None:
    reads = {access.definition for access in draw(ROWS).system.accesses if access.table == "auth_user"}
    assert reads == {f"shop.step{number}:{name}" for number in range(8) for name in ("first", "second")}


def test_the_place_changes_nothing(draw: Draw) -> None:
    first, second = (draw(FILES).system for _ in range(2))
    assert msgspec.structs.replace(first, name="") == msgspec.structs.replace(second, name="")


def test_the_cache_changes_nothing(draw: Draw, tmp_path: Path) -> None:
    app = draw(FILES)
    for _ in range(2):
        again = build_system(discover(app.base), cache_folder=tmp_path / "cache")
        assert msgspec.json.encode(again) == msgspec.json.encode(app.system)


def test_every_claim_leads_to_a_line_that_is_there(draw: Draw) -> None:
    system = draw(FILES).system
    places = {
        kind: {(claim.file, claim.line) for claim in claims}
        for kind, claims in (
            ("dependencies", system.dependencies),
            ("accesses", system.accesses),
            ("entry points", system.entry_points),
            ("keys", system.foreign_keys),
            ("tables", system.tables),
        )
    }
    assert all(places.values())
    assert all(system.source_lines[file][line] for found in places.values() for file, line in found)


def test_every_end_of_a_claim_is_a_definition(draw: Draw) -> None:
    system = draw(FILES).system
    known = {definition.id for definition in system.definitions}
    units = {unit.id for unit in system.units}
    tables = {table.name for table in system.tables}
    assert {end for d in system.dependencies for end in (d.source, d.target)} <= known
    assert {end for d in system.dependencies for end in (d.source_unit, d.target_unit)} <= units
    assert {access.definition for access in system.accesses} <= known
    assert {access.table for access in system.accesses} <= tables
    assert {access.unit for access in system.accesses} <= units
    assert {entry.handler for entry in system.entry_points} <= known
    assert {end for key in system.foreign_keys for end in (key.table, key.target_table)} <= tables
    assert {definition.unit for definition in system.definitions if definition.kind != "module"} <= units
