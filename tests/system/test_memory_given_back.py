"""What a program was linked with is given back as soon as the model is built: of a large one it is most of the memory."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.sources import discover
from decompose.system import build_system

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_nothing_of_the_linked_program_waits_for_a_collection(draw: Draw) -> None:
    app = draw("""
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        def add(session: Session):
            session.add(Order())
            session.commit()
        def main(session: Session):
            with session.begin():
                add(session)
    """)
    tree = discover(app.base)
    build_system(tree, jobs=1)  # what summaries of libraries keep is there for good
    gc.collect()
    gc.disable()
    try:
        before = _kept()
        system = build_system(tree, jobs=1)
        after = _kept()
    finally:
        gc.enable()
    assert system.transactions
    assert after == before


def _kept() -> int:
    return sum(isinstance(thing, Frame | Scope) for thing in gc.get_objects())
