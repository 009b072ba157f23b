"""The model is the same, whether a second process has found part of it or this one did."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from decompose.sources import discover
from decompose.system import build_system
from decompose.system.model import System

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Draw

pytestmark = pytest.mark.single_thread

FLASK = """
    from celery import Celery
    from flask import Flask, current_app
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base
    import requests
    Base = declarative_base()
    app = Flask(__name__)
    queue = Celery()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Repository:
        model = None
        def add(self, session: Session):
            session.add(self.model())
            session.commit()
    class Orders(Repository):
        model = Order
    @queue.task
    def tell(name):
        requests.post(current_app.config["SHOP_URL"], name)
        unknown(name)
        __import__(name)
    @app.route("/orders", methods=["POST"])
    def create(session: Session):
        with session.begin():
            Orders().add(session)
        tell.delay("order")
"""


@pytest.fixture(name="built")
def _built(draw: Draw) -> Callable[..., tuple[System, bool]]:
    """The model, and whether another process has had a part in it."""
    tree = discover(draw(FLASK).base)

    def build(jobs: int, least: int = 0, most: int = 1000) -> tuple[System, bool]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
        system = build_system(tree, jobs=jobs, least=least, most=most)
        return system, resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt > before

    return build


def test_a_second_process_comes_to_the_same(built: Callable[..., tuple[System, bool]]) -> None:
    (alone, nobody), (together, somebody) = built(1), built(2)
    assert (nobody, somebody) == (False, True)
    assert together == alone
    assert alone.transactions
    assert alone.external_calls
    assert alone.surroundings.needs
    assert {spot.kind for spot in alone.blind_spots} >= {"unresolved call", "dynamic import"}


def test_it_is_started_where_it_is_worth_its_time_and_its_memory(built: Callable[..., tuple[System, bool]]) -> None:
    assert not built(2, least=1000)[1]
    assert not built(2, most=1)[1]
