"""Columns of accesses by statements of SQLAlchemy: those that the statement names, and none where it leaves them open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import *
    from sqlalchemy.ext.hybrid import hybrid_property
    from sqlalchemy.orm import *
    class Base(DeclarativeBase): pass
    logs = Table("logs", MetaData(), Column("id", Integer, primary_key=True), Column("message", Text), Column("level", Integer))
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        mail: Mapped[str] = mapped_column("email")
        orders: Mapped[list["Order"]] = relationship()
        @hybrid_property
        def account(self): return self.name
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        status: Mapped[str]
    def named(s: Session): return s.query(User.name)
"""

STATEMENTS = [
    ("s.execute(select(User.id, User.mail))", {"read users email id"}),
    ("s.scalars(select(User.id).where(User.mail == 'x').order_by(User.name))", {"read users email id name"}),
    ("s.query(User.name).filter_by(id=1).all()", {"read users id name"}),
    ("s.query(User).with_entities(User.name).all()", {"read users name"}),
    ("s.query(User).options(load_only(User.mail)).all()", {"read users email id"}),
    ("s.execute(select(logs.c.message).where(logs.columns.level > 1))", {"read logs level message"}),
    ("s.execute(select(User.name, Order.status).join(Order, Order.user_id == User.id))",
     {"read users id name", "read orders status user_id"}),
    ("s.scalar(select(func.max(Order.status)).where(Order.user_id == 3))", {"read orders status user_id"}),
    ("s.scalars(select(User).where(User.id.in_(select(Order.user_id))))", {"read users", "read orders user_id"}),
    ("s.execute(update(User).where(User.id == 1).values(mail='x'))", {"update users email id"}),
    ("s.execute(update(User).values({'name': 'x'}))", {"update users name"}),
    ("s.execute(update(User).values({User.mail: 'x'}))", {"update users email"}),
    ("s.query(User).filter(User.id == 1).update({User.mail: 'x', 'name': 'y'})", {"update users email id name"}),
    ("s.query(User).update(dict(name='x'))", {"update users name"}),
    ("s.execute(insert(User).values(name='x'))", {"insert users name"}),
    ("s.execute(logs.insert().values(message='x', level=1))", {"insert logs level message"}),
    ("s.execute(insert(logs), [{'message': 'x'}])", {"insert logs message"}),
    ("s.execute(logs.update().where(logs.c.id == 1), {'level': 2})", {"update logs id level"}),
    ("s.bulk_insert_mappings(User, [{'name': 'x'}])", {"insert users name"}),
    ("s.execute(delete(Order).where(Order.status == 'x'))", {"delete orders status"}),
    ("s.execute(text('UPDATE users SET name = :n WHERE id = 1'))", {"update users id name"}),
]  # fmt: skip

OPEN = [
    pytest.param("s.scalars(select(User).where(User.name == 'x'))", {"read users"}, id="whole rows"),
    pytest.param("named(s).all()", {"read users"}, id="made by another function"),
    pytest.param("s.execute(update(User).values(**x))", {"update users"}, id="set by what is given"),
    pytest.param("s.execute(insert(logs), x)", {"insert logs"}, id="rows that are given"),
    pytest.param(
        "s.query(User.id).filter(getattr(User, x) == 1).all()", {"read users"}, id="an attribute that is given"
    ),
    pytest.param("s.query(User.name).filter(User.account == 1).all()", {"read users"}, id="a hybrid property"),
    pytest.param("s.query(User.name).filter(*x).all()", {"read users"}, id="conditions that are given"),
    pytest.param("s.query(User.name).join(Order).all()", {"read users", "read orders"}, id="joined by its keys"),
    pytest.param(
        "s.query(User.name).join(User.orders).filter(Order.status == 1).all()",
        {"read users", "read orders"},
        id="joined by a relation",
    ),
]


@pytest.mark.parametrize(("body", "expected"), [*STATEMENTS, *OPEN])
def test_columns_that_a_statement_names(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(s: Session, x):\n    return {body}\n"})
    found = {
        " ".join((a.operation, a.table, *a.columns))
        for a in app.system.accesses
        if a.definition == "m:f" and a.role == "execute"
    }
    assert found == expected


def test_columns_of_a_statement_that_grows_and_of_a_subquery(draw: Draw) -> None:
    source = """
    from models import *
    def grows(s: Session):
        query = select(User.id)
        query = query.where(User.name == "x")
        return s.scalars(query).all()
    def counts(s: Session):
        sums = select(Order.user_id, func.count(Order.id).label("number")).group_by(Order.user_id).subquery()
        return s.execute(select(User.name, sums.c.number).join(sums, sums.c.user_id == User.id)).all()
    """
    app = draw({"models.py": MODELS, "m.py": source})
    run = [a for a in app.system.accesses if a.definition.startswith("m:") and a.role == "execute"]
    assert {(a.definition, a.table, a.columns) for a in run} == {
        ("m:grows", "users", ("id", "name")),
        ("m:counts", "users", ("id", "name")),
        ("m:counts", "orders", ("id", "user_id")),
    }


def test_statements_that_hold_themselves_end(draw: Draw) -> None:
    source = """
    from models import *
    def f(s: Session, n):
        columns = [User.id]
        query = select(User.id)
        values = {"name": 1}
        for i in range(n):
            columns = [columns, *columns]
            columns.append(columns)
            query = union(query, query.where(query.exists()))
            values = {**values, "name": values}
        s.execute(select(columns))
        s.execute(update(User).values(values))
        return s.execute(query).all()
    """
    long = "".join(f"    query = query.where(User.name == {number})\n" for number in range(2_000))
    files = {
        "models.py": MODELS,
        "m.py": source,
        "n.py": f"from models import *\ndef g(s: Session):\n    query = select(User.id)\n{long}    return s.scalars(query)\n",
    }
    app = draw(files)
    assert ("n:g", "read", "users") in app.accesses()
    assert ("m:f", "update", "users") in app.accesses()
