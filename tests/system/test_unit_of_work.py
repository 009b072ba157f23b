"""What comes along with a change that a session writes: listeners, attached objects, rows between; in whose transaction it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.system.transactions.reached import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from decompose.system.model import System
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, ForeignKey, Integer, String, event
    from sqlalchemy.orm import DeclarativeBase, Session, relationship
    class Base(DeclarativeBase):
        pass
    class Tagged(Base):
        __tablename__ = "tagged"
        order_id = Column(ForeignKey("orders.id"), primary_key=True)
        tag_id = Column(ForeignKey("tags.id"), primary_key=True)
    class Tag(Base):
        __tablename__ = "tags"
        id = Column(Integer, primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        note = Column(String)
        lines = relationship("Line")
        tags = relationship("Tag", secondary="tagged")
        marks = relationship("Tag", secondary=Tagged.__table__)
    class Line(Base):
        __tablename__ = "lines"
        id = Column(Integer, primary_key=True)
        order_id = Column(ForeignKey("orders.id"))
        count = Column(Integer)
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
"""
LISTENERS = """
    from sqlalchemy import event
    from sqlalchemy.orm import Session
    from shop.models import Line, Log, Tag
    @event.listens_for(Line, "after_insert")
    def inserted(mapper, connection, line):
        @event.listens_for(Session, "after_flush", once=True)
        def later(session, context):
            session.add(Log())
    def updated(mapper, connection, line):
        connection.execute(Tag.__table__.insert())
    event.listen(Line, "before_update", updated)
"""


def _written(system: System) -> dict[str, tuple[str, ...]]:
    return {t.definition.partition(":")[2]: t.tables_written for t in system.transactions}


@pytest.mark.parametrize(
    ("body", "written"),
    [
        pytest.param("s.add(Line(count=1))", ("lines", "logs"), id="a new row"),
        pytest.param("s.get(Line, 1).count = 2", ("lines", "tags"), id="a changed row"),
        pytest.param("line = Line()\n    s.add(line)\n    line.count = 2", ("lines", "logs"), id="changed when new"),
        pytest.param("s.query(Line).update({'count': 2})", ("lines",), id="a bulk statement tells no listener"),
        pytest.param("s.delete(s.get(Line, 1))", ("lines",), id="what nobody listens to"),
        pytest.param("s.add(Order(lines=[Line()]))", ("lines", "logs", "orders"), id="a row that comes along"),
    ],
)
def test_listeners_run_in_the_transaction_that_writes_the_row(draw: Draw, body: str, written: tuple[str, ...]) -> None:
    use = f"from shop.models import Line, Order\nfrom sqlalchemy.orm import Session\ndef use(s: Session):\n    {body}\n    s.commit()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/listeners.py": LISTENERS, "shop/use.py": use})
    assert _written(app.system)["use"] == written


@pytest.mark.parametrize(
    ("body", "written"),
    [
        pytest.param("s.add(Order(lines=[Line()]))", ("lines", "orders"), id="given when it is made"),
        pytest.param("s.add(Order(tags=[s.get(Tag, 1)]))", ("orders", "tagged"), id="the row between"),
        pytest.param("s.add(Order(lines=[], tags=None))", ("orders",), id="nothing given when it is made"),
        pytest.param(
            "tags = []\n    tags.append(s.get(Tag, 1))\n    s.add(Order(tags=tags))",
            ("orders", "tagged"),
            id="given what was put into a list",
        ),
        pytest.param("order = s.get(Order, 1)\n    order.lines.append(Line())", ("lines",), id="appended"),
        pytest.param("Line()\n    s.add(Order())", ("orders",), id="made for nothing"),
        pytest.param("line = Line()\n    print(line)\n    s.add(Order())", ("orders",), id="made for something else"),
    ],
)
def test_what_is_attached_to_an_added_object_is_added_with_it(draw: Draw, body: str, written: tuple[str, ...]) -> None:
    use = f"from shop.models import Line, Order, Tag\nfrom sqlalchemy.orm import Session\ndef use(s: Session):\n    {body}\n    s.commit()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert _written(app.system)["use"] == written


@pytest.mark.parametrize("name", ["tags", "marks"])
def test_the_rows_between_are_read_however_their_table_is_named(draw: Draw, name: str) -> None:
    use = f"from shop.models import Order\nfrom sqlalchemy.orm import Session\ndef use(s: Session):\n    print([t.id for t in s.get(Order, 1).{name}])\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert {a.table for a in app.system.accesses if a.operation == "read"} == {"orders", "tags", "tagged"}


PROPERTY = """
    from flask import Flask
    from sqlalchemy import Column, Integer, String
    from sqlalchemy.orm import DeclarativeBase, Session
    class Base(DeclarativeBase):
        pass
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        _state = Column(String)
        @property
        def state(self):
            return self._state
        @state.setter
        def state(self, value):
            self._state = value
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
    app = Flask(__name__)
    session = Session()
    @app.route("/show")
    def show():
        session.add(Log())
        print(session.get(Order, 1).state)
        session.commit()
    @app.route("/change")
    def change():
        session.get(Order, 1).state = "paid"
        session.commit()
"""


def test_who_asks_for_a_property_does_nothing_of_what_its_setter_does(draw: Draw) -> None:
    app = draw({"shop.py": PROPERTY})
    assert _written(app.system) == {"show": ("logs",), "change": ("orders",)}
    assert {(a.definition, a.table) for a in app.system.flushes} == {("shop:change", "orders")}
    reached = {(r.entry.name, r.access.table) for r in reached_accesses(app.system) if r.access.operation != "read"}
    assert reached == {("GET /show", "logs"), ("GET /change", "orders")}


def test_what_is_done_far_below_is_committed_by_a_call_that_always_commits(draw: Draw) -> None:
    use = """
    from shop.models import Line, Log, Order, Tag
    from sqlalchemy.orm import Session
    session = Session()
    def save(thing):
        session.add(thing)
        finish()
    def finish():
        session.commit()
    def count():
        return session.query(Tag).count()
    def number():
        session.add(Log())
        return count()
    def place():
        number()
        save(Order())
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    placed = next(t for t in app.system.transactions if t.definition == "shop.use:place")
    assert (placed.tables_written, placed.tables_read) == (("logs", "orders"), ("tags",))


def test_who_asks_an_heir_leads_to_a_transaction_that_its_base_writes(draw: Draw) -> None:
    use = """
    from flask import Flask
    from shop.models import Log, Order
    from sqlalchemy.orm import Session
    session = Session()
    class Work:
        def run(self):
            session.add(Log())
            session.commit()
    class Placing(Work):
        pass
    app = Flask(__name__)
    @app.route("/place")
    def place():
        Placing().run()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert [inside.entry_points for inside in what_is_inside(app.system)] == [("http GET /place",)]


def test_a_context_manager_that_commits_writes_what_all_its_blocks_have_changed(draw: Draw) -> None:
    classes = [f"Thing{number}" for number in range(8)]
    models = "".join(
        f"class {name}(Base):\n    __tablename__ = '{name.lower()}'\n    id = Column(Integer, primary_key=True)\n"
        for name in classes
    )
    uses = "".join(f"def use_{name}():\n    with scope() as s:\n        s.add({name}())\n" for name in classes)
    app = draw(
        {
            "shop.py": (
                "from contextlib import contextmanager\nfrom sqlalchemy import Column, Integer\n"
                "from sqlalchemy.orm import DeclarativeBase, Session\nclass Base(DeclarativeBase):\n    pass\n"
                f"{models}@contextmanager\ndef scope():\n    s = Session()\n    yield s\n    s.commit()\n{uses}"
            )
        }
    )
    written = {a.table for a in app.system.flushes if a.definition == "shop:scope" and a.operation == "insert"}
    assert written == {name.lower() for name in classes}


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        ("[]", set()),
        ("list(given)", {("insert", "tagged")}),
    ],
)
def test_a_new_object_whose_collection_is_empty_changes_no_other_rows(
    draw: Draw, assigned: str, expected: set[tuple[str, str]]
) -> None:
    code = f"""
    class Bill(Base):
        __tablename__ = "bills"
        id = Column(Integer, primary_key=True)
        tags = relationship("Tag", secondary="tagged")
        def __init__(self, given): self.tags = {assigned}
    def make(session: Session, given):
        bill = Bill(given)
        session.add(bill)
    """
    app = draw({"m.py": MODELS + code})
    assert {(op, table) for d, op, table in app.accesses() if d == "m:Bill.__init__"} == expected


@pytest.mark.parametrize(("assigned", "operation"), [("[]", "delete"), ("given", "insert")])
def test_what_is_between_goes_where_a_collection_is_emptied(draw: Draw, assigned: str, operation: str) -> None:
    code = f"""
    def f(session: Session, given):
        order = session.get(Order, 1)
        order.tags = {assigned}
        session.commit()
    """
    app = draw({"m.py": MODELS + code})
    assert {op for d, op, table in app.accesses() if d == "m:f" and table == "tagged" and op != "read"} == {operation}


@pytest.mark.parametrize(
    ("body", "written"),
    [
        pytest.param("s.add(Log())\n    save(s)", {"logs"}, id="changed before"),
        pytest.param("save(s)\n    s.add(Log())", set(), id="changed afterwards"),
        pytest.param("s.add(Log())\n    s.commit()\n    save(s)", set(), id="written on the way"),
        pytest.param("s.add(Log())\n    s.commit()\n    s.add(Order())\n    save(s)", {"orders"}, id="changed again"),
    ],
)
def test_a_helper_around_commit_writes_what_is_pending_when_it_is_called(
    draw: Draw, body: str, written: set[str]
) -> None:
    code = f"""
from shop.models import Log, Order
from sqlalchemy.orm import Session
def save(s: Session):
    s.commit()
def use(s: Session):
    {body}
"""
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": code})
    assert {a.table for a in app.system.flushes if a.definition == "shop.use:save"} == written
