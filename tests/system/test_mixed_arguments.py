"""Arguments that hold a mixture: functions come along in them, and nobody gives them to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

_COUNT = 25

_MODELS = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
class Visit(Base):
    __tablename__ = "visits"
    id = Column(Integer, primary_key=True)
"""

_WRITERS = "from shop.models import Visit\n" + "".join(
    f"def write_{n}(session, row):\n    session.add(Visit())\n" for n in range(_COUNT)
)

_EACH = ", ".join(f"write_{n}" for n in range(_COUNT))


def _transactions(draw: Draw, contents: str) -> set[tuple[str, tuple[str, ...]]]:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": _MODELS,
            "shop/writers.py": _WRITERS,
            "shop/helper.py": "def run(step, session, row):\n    return step(session, row)\n",
            "shop/views.py": f"""
from sqlalchemy.orm import Session
from shop.helper import run
from shop.models import Order
from shop.writers import {_EACH}

class Settings:
    pass

CONTENTS = {contents}

def place(session: Session, key):
    session.add(Order())
    run(CONTENTS[key], session, 1)
    session.commit()
""",
        }
    )
    return _told(app)


def _told(app: Application) -> set[tuple[str, tuple[str, ...]]]:
    return {(t.definition, t.tables_written) for t in app.system.transactions}


def _table(*more: str) -> str:
    return "{" + ", ".join([*(f"'{n}': write_{n}" for n in range(_COUNT)), *more]) + "}"


def test_what_a_table_of_mixed_things_holds_is_in_no_transaction_of_who_gives_one_of_them(draw: Draw) -> None:
    assert _transactions(draw, _table("'settings': Settings()")) == {("shop.views:place", ("orders",))}


def test_what_a_table_of_functions_holds_is_in_the_transaction_of_who_has_one_of_them_called(draw: Draw) -> None:
    assert _transactions(draw, _table()) == {("shop.views:place", ("orders", "visits"))}
