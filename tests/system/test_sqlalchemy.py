"""SQLAlchemy: tables, columns and keys, and what code does to them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, ForeignKey, Integer, String
    from sqlalchemy.orm import declarative_base, relationship
    Base = declarative_base()
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        name = Column(String(80), nullable=False)
        orders = relationship("Order", back_populates="user")
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        user_id = Column(Integer, ForeignKey("users.id", ondelete="CASCADE"))
        status = Column(String)
        user = relationship("User", back_populates="orders")
"""

SCHEMAS = [
    pytest.param(
        MODELS,
        {"users": ["id", "name"], "orders": ["id", "user_id", "status"]},
        {("orders", "user_id", "users", "id")},
        id="declarative",
    ),
    pytest.param(
        """
        from __future__ import annotations
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
        class Base(DeclarativeBase): pass
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            nick: Mapped[str | None]
            orders: Mapped[list[Order]] = relationship()
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
        """,
        {"users": ["id", "name", "nick"], "orders": ["id", "user_id"]},
        {("orders", "user_id", "users", "id")},
        id="mapped",
    ),
    pytest.param(
        """
        import sqlalchemy as sa
        metadata = sa.MetaData()
        users = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
        orders = sa.Table(
            "orders",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("user_id", sa.Integer),
            sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        )
        """,
        {"users": ["id", "name"], "orders": ["id", "user_id"]},
        {("orders", "user_id", "users", "id")},
        id="core",
    ),
    pytest.param(
        """
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
        followers = db.Table(
            "followers",
            db.Column("follower_id", db.Integer, db.ForeignKey("user_account.id")),
            db.Column("followed_id", db.Integer, db.ForeignKey("user_account.id")),
        )
        class UserAccount(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            mail = db.Column("email", db.String(80))
        class HTTPLog(db.Model):
            __tablename__ = "log"
            id = db.Column(db.Integer, primary_key=True)
        """,
        {"followers": ["follower_id", "followed_id"], "user_account": ["id", "email"], "log": ["id"]},
        {("followers", "followed_id", "user_account", "id"), ("followers", "follower_id", "user_account", "id")},
        id="flask_sqlalchemy",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, DateTime, ForeignKey, Integer
        from sqlalchemy.ext.declarative import declarative_base, declared_attr
        Base = declarative_base()
        class Stamped:
            created = Column(DateTime)
        class Owned:
            @declared_attr
            def owner_id(cls): return Column(Integer, ForeignKey("users.id"))
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
        class Note(Stamped, Owned, Base):
            __tablename__ = "notes"
            id = Column(Integer, primary_key=True)
        """,
        {"users": ["id"], "notes": ["created", "id", "owner_id"]},
        {("notes", "owner_id", "users", "id")},
        id="mixins and declared_attr",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, ForeignKey, Integer, String
        from sqlalchemy.orm import DeclarativeBase
        class Base(DeclarativeBase):
            __abstract__ = True
        class Person(Base):
            __tablename__ = "people"
            id = Column(Integer, primary_key=True)
            kind = Column(String)
        class Guest(Person):
            room = Column(String)
        class Manager(Person):
            __tablename__ = "managers"
            id = Column(Integer, ForeignKey("people.id"), primary_key=True)
        """,
        {"people": ["id", "kind", "room"], "managers": ["id"]},
        {("managers", "id", "people", "id")},
        id="single-table and joined inheritance",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase
        class Base(DeclarativeBase): pass
        class Item(Base):
            __tablename__ = "items"
            __table_args__ = {"schema": "stock"}
            id = Column(Integer, primary_key=True)
            parent_id = Column(ForeignKey("stock.items.id"))
        """,
        {"stock.items": ["id", "parent_id"]},
        {("stock.items", "parent_id", "stock.items", "id")},
        id="schema and a key to itself",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import DeclarativeBase, declared_attr
        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls): return cls.__name__.lower()
        class Invoice(Base):
            id = Column(Integer, primary_key=True)
        """,
        {"invoice": ["id"]},
        set(),
        id="computed table name",
    ),
    pytest.param(
        """
        from typing import Optional
        from sqlmodel import Field, SQLModel
        class HeroBase(SQLModel):
            name: str
        class Hero(HeroBase, table=True):
            id: Optional[int] = Field(default=None, primary_key=True)
            team_id: Optional[int] = Field(default=None, foreign_key="team.id")
        class Team(SQLModel, table=True):
            id: int = Field(primary_key=True)
        """,
        {"hero": ["id", "name", "team_id"], "team": ["id"]},
        {("hero", "team_id", "team", "id")},
        id="sqlmodel",
    ),
    pytest.param(
        """
        from sqlalchemy import Column, Integer, MetaData, Table
        from sqlalchemy.orm import registry
        mapper_registry = registry()
        lines = Table("order_lines", mapper_registry.metadata, Column("id", Integer, primary_key=True))
        class Line: pass
        mapper_registry.map_imperatively(Line, lines)
        """,
        {"order_lines": ["id"]},
        set(),
        id="imperative mapping",
    ),
]


@pytest.mark.parametrize(("source", "tables", "keys"), SCHEMAS)
def test_schema(draw: Draw, source: str, tables: dict[str, list[str]], keys: set[tuple[str, str, str, str]]) -> None:
    app = draw(source)
    found = {table.name: sorted(column.name for column in table.columns) for table in app.system.tables}
    assert found == {name: sorted(columns) for name, columns in tables.items()}
    assert app.foreign_keys() == keys


def test_where_a_table_is_known_from(draw: Draw) -> None:
    app = draw(MODELS)
    orders = app.table("orders")
    assert (orders.model, orders.source, orders.file, orders.line) == ("m:Order", "model", "m.py", 9)
    name = app.columns("users")["name"]
    assert (name.type, name.nullable, name.primary_key) == ("String", False, False)
    assert app.columns("users")["id"].primary_key
    (key,) = app.system.foreign_keys
    assert (key.on_delete, key.file, key.line) == ("CASCADE", "m.py", 12)
    assert {unit.id: unit.model_of for unit in app.system.units if unit.model_of} == {
        "m:User": "users",
        "m:Order": "orders",
    }


ACCESSES = [
    pytest.param("def f(s: Session): return s.query(User).all()", {("read", "users")}, id="query"),
    pytest.param(
        "def f(s: Session): return s.query(User).join(Order).filter(Order.status == 1).first()",
        {("read", "users"), ("read", "orders")},
        id="join",
    ),
    pytest.param("def f(s: Session): return s.query(User.name).all()", {("read", "users")}, id="query of a column"),
    pytest.param(
        "def f(s: Session): return s.query(User, Order).all()",
        {("read", "users"), ("read", "orders")},
        id="query of two",
    ),
    pytest.param("def f(s: Session): return s.get(User, 1)", {("read", "users")}, id="get"),
    pytest.param("def f(s: Session): s.add(User(name=1))", {("insert", "users")}, id="add"),
    pytest.param(
        "def f(s: Session): s.add_all([User(), Order()])", {("insert", "users"), ("insert", "orders")}, id="add_all"
    ),
    pytest.param(
        "def f(s: Session):\n    u = s.get(User, 1)\n    s.delete(u)",
        {("read", "users"), ("delete", "users"), ("read", "orders"), ("update", "orders")},
        id="delete",
    ),
    pytest.param(
        "def f(s: Session): s.query(Order).filter_by(id=1).delete()",
        {("delete", "orders")},
        id="query delete",
    ),
    pytest.param(
        "def f(s: Session):\n    s.query(Order).filter(\n        Order.id == 1\n    ).filter(\n        Order.id > 0\n    ).delete()",
        {("delete", "orders")},
        id="query delete over several lines",
    ),
    pytest.param(
        "def f(s: Session):\n    s.query(User).filter(\n        User.id == 1\n    ).all()\n    s.query(Order).delete()",
        {("read", "users"), ("delete", "orders")},
        id="another query before",
    ),
    pytest.param(
        "def f(s: Session): s.query(Order).update({'status': 1})",
        {("update", "orders")},
        id="query update",
    ),
    pytest.param(
        "def f(s: Session): return s.execute(select(User).where(User.id == 1)).scalars().all()",
        {("read", "users")},
        id="select",
    ),
    pytest.param(
        "def f(s: Session): return s.scalars(select(Order).join(Order.user)).all()",
        {("read", "orders"), ("read", "users")},
        id="select joined by a relation",
    ),
    pytest.param("def f(s: Session): s.execute(insert(User).values(name=1))", {("insert", "users")}, id="insert"),
    pytest.param(
        "def f(s: Session): s.execute(update(Order).where(Order.id == 1).values(status=1))",
        {("update", "orders")},
        id="update",
    ),
    pytest.param("def f(s: Session): s.execute(delete(Order))", {("delete", "orders")}, id="delete statement"),
    pytest.param(
        "def f(s: Session):\n    o = s.get(Order, 1)\n    o.status = 'paid'\n    s.commit()",
        {("read", "orders"), ("update", "orders")},
        id="attribute assigned",
    ),
    pytest.param(
        "def f(s: Session):\n    for u in s.query(User):\n        u.orders[0].status = 1",
        {("read", "users"), ("read", "orders"), ("update", "orders")},
        id="attribute of a related object assigned",
    ),
    pytest.param(
        "def f(s: Session):\n    user = s.get(User, 1)\n    return user.orders",
        {("read", "users"), ("read", "orders")},
        id="lazy load of a relation",
    ),
    pytest.param(
        "def f(s: Session):\n    s.execute(text('SELECT u.name FROM users u JOIN orders o ON o.user_id = u.id'))",
        {("read", "users"), ("read", "orders")},
        id="raw select",
    ),
    pytest.param(
        "def f(s: Session): s.execute(text('INSERT INTO orders (status) VALUES (:status)'), {'status': 1})",
        {("insert", "orders")},
        id="raw insert",
    ),
    pytest.param(
        "def f(s: Session): s.execute(text('INSERT INTO orders (user_id) SELECT id FROM users'))",
        {("insert", "orders"), ("read", "users")},
        id="raw insert from select",
    ),
    pytest.param(
        "def f(s: Session): s.execute(text('update orders set status = 1'))", {("update", "orders")}, id="raw update"
    ),
    pytest.param(
        "def f(s: Session):\n    s.execute(text(f'DELETE FROM orders WHERE id IN ({1})'))",
        {("delete", "orders")},
        id="raw delete in an f-string",
    ),
    pytest.param("def f(s: Session): s.bulk_insert_mappings(User, [{}])", {("insert", "users")}, id="bulk insert"),
    pytest.param(
        "def f(s: Session): return s.query(func.count(User.id)).scalar()",
        {("read", "users")},
        id="count in a function",
    ),
    pytest.param(
        "def f(s: Session): return s.query(exists().where(Order.status == 1)).scalar()",
        {("read", "orders")},
        id="exists",
    ),
    pytest.param(
        "def f(s: Session):\n    sub = s.query(Order.user_id).subquery()\n    s.query(User).filter(User.id.in_(sub)).all()",
        {("read", "users"), ("read", "orders")},
        id="subquery",
    ),
    pytest.param(
        "def f(s: Session): s.merge(User())",
        {("insert", "users"), ("read", "users"), ("update", "users")},
        id="merge",
    ),
    pytest.param(
        "def f(s: Session): return s.query(User).options(joinedload(User.orders)).all()",
        {("read", "users"), ("read", "orders")},
        id="joinedload",
    ),
    pytest.param(
        "def f(s: Session): return s.query(User).filter(User.orders.any()).all()",
        {("read", "users"), ("read", "orders")},
        id="any of a relation",
    ),
    pytest.param(
        "def f(s: Session, u: User): u.orders.append(Order())",
        {("read", "orders"), ("insert", "orders")},
        id="append to a relation",
    ),
    pytest.param(
        "def f(s: Session): s.execute(Order.__table__.insert(), [])",
        {("insert", "orders")},
        id="__table__ of a model",
    ),
    pytest.param("def f(s: Session):\n    u = aliased(User)\n    s.query(u).all()", {("read", "users")}, id="aliased"),
    pytest.param(
        "def f(s: Session): s.execute(select(func.count()).select_from(Order))", {("read", "orders")}, id="select_from"
    ),
    pytest.param("def f(s: Session, u: User): s.refresh(u)", {("read", "users")}, id="refresh"),
    pytest.param("def f(s: Session, o: Order): s.delete(o)", {("delete", "orders")}, id="delete of an argument"),
    pytest.param("def f(s: Session): s.bulk_save_objects([Order()])", {("insert", "orders")}, id="bulk save"),
    pytest.param("def f(): User(name=1)", set(), id="an object that nobody stores"),
    pytest.param("def f(): return User(name=1)", {("insert", "users")}, id="an object made for the caller"),
    pytest.param("def f(x: Unknown): return x.query(1)", set(), id="not a session"),
]

IMPORTS = """
from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.orm import Session, aliased, joinedload
"""


@pytest.mark.parametrize(("source", "expected"), ACCESSES)
def test_accesses(draw: Draw, source: str, expected: set[tuple[str, str]]) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import Order, User{IMPORTS}{source}"})
    assert {(operation, table) for definition, operation, table in app.accesses() if definition == "m:f"} == expected
    assert {definition for definition, _, _ in app.accesses()} <= {"m:f"}


SESSIONS = [
    pytest.param(
        """
        from sqlalchemy.orm import sessionmaker
        Factory = sessionmaker()
        def f():
            with Factory() as s:
                s.add(User())
        """,
        id="sessionmaker",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import scoped_session, sessionmaker
        s = scoped_session(sessionmaker())
        def f(): s.add(User())
        """,
        id="scoped session",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import Session
        class Repository:
            def __init__(self, session: Session): self._session = session
            def store(self, thing): self._session.add(thing)
        def f(repository: Repository): repository.store(User())
        """,
        id="repository",
    ),
    pytest.param(
        """
        from contextlib import contextmanager
        from sqlalchemy.orm import sessionmaker
        @contextmanager
        def scope():
            s = sessionmaker()()
            try:
                yield s
                s.commit()
            finally:
                s.close()
        def f():
            with scope() as s:
                s.add(User())
        """,
        id="session scope",
    ),
    pytest.param(
        """
        from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
        factory = async_sessionmaker()
        async def f():
            async with factory() as s:
                s.add(User())
        """,
        id="async session",
    ),
    pytest.param(
        """
        from fastapi import Depends
        from sqlalchemy.orm import Session, sessionmaker
        def get_db():
            db = sessionmaker()()
            yield db
        def f(db=Depends(get_db)): db.add(User())
        """,
        id="dependency of FastAPI",
    ),
]


@pytest.mark.parametrize("source", SESSIONS)
def test_where_sessions_come_from(draw: Draw, source: str) -> None:
    app = draw({"models.py": MODELS, "m.py": "from models import User\n" + textwrap.dedent(source)})
    assert {(operation, table) for _, operation, table in app.accesses()} == {("insert", "users")}


def test_model_query_of_flask_sqlalchemy(draw: Draw) -> None:
    app = draw(
        """
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
        class Post(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        def read(): return Post.query.filter_by(id=1).first_or_404()
        def write():
            db.session.add(Post())
            db.session.commit()
        def erase(): Post.query.delete()
        def count(): return db.session.query(Post).count()
        """
    )
    assert app.accesses() == {
        ("m:read", "read", "post"),
        ("m:write", "insert", "post"),
        ("m:erase", "delete", "post"),
        ("m:count", "read", "post"),
    }


RELATIONS = """
    from sqlalchemy import Column, ForeignKey, Integer, Table
    from sqlalchemy.orm import Session, backref, declarative_base, relationship
    Base = declarative_base()
    tagged = Table("tagged", Base.metadata, Column("item", ForeignKey("items.id")), Column("tag", ForeignKey("tags.id")))
    class Tag(Base):
        __tablename__ = "tags"
        id = Column(Integer, primary_key=True)
    class Owner(Base):
        __tablename__ = "owners"
        id = Column(Integer, primary_key=True)
        logs = relationship("Log", lazy="dynamic", cascade="all, delete-orphan")
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owners.id"))
    class Item(Base):
        __tablename__ = "items"
        id = Column(Integer, primary_key=True)
        owner_id = Column(ForeignKey("owners.id"))
        owner = relationship("Owner", lazy="joined", backref=backref("items", passive_deletes=True))
        tags = relationship("Tag", secondary=tagged)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("s.get(Item, 1)", {("read", "items"), ("read", "owners")}, id="loaded along"),
        pytest.param("s.query(Item).count()", {("read", "items")}, id="counting loads nothing along"),
        pytest.param("s.query(Item.id).all()", {("read", "items")}, id="a column loads nothing along"),
        pytest.param("s.get(Item, 1).owner", {("read", "items"), ("read", "owners")}, id="what came along"),
        pytest.param("s.get(Owner, 1).items", {("read", "items"), ("read", "owners")}, id="the way back"),
        pytest.param(
            "s.get(Item, 1).tags",
            {("read", "items"), ("read", "owners"), ("read", "tags"), ("read", "tagged")},
            id="the table between",
        ),
        pytest.param("s.get(Owner, 1).logs.count()", {("read", "logs"), ("read", "owners")}, id="a dynamic relation"),
        pytest.param(
            "s.delete(s.get(Item, 1))",
            {("read", "items"), ("read", "owners"), ("read", "tags")}
            | {("delete", "items"), ("delete", "tagged"), ("read", "tagged")},
            id="delete with the table between",
        ),
        pytest.param(
            "s.delete(s.get(Owner, 1))",
            {("read", "owners"), ("delete", "owners"), ("read", "logs"), ("delete", "logs")},
            id="delete with a cascade, and without what the database deletes",
        ),
    ],
)
def test_relations(draw: Draw, body: str, expected: set[tuple[str, str]]) -> None:
    app = draw({"models.py": RELATIONS, "m.py": f"from models import *\ndef f(s: Session): return {body}\n"})
    assert {(operation, table) for _, operation, table in app.accesses()} == expected


def test_an_inherited_method_that_nobody_reaches_claims_nothing(draw: Draw) -> None:
    app = draw(
        {
            "models.py": MODELS.replace("(Base)", "(Base, Crud)")
            .replace(
                "Base = ",
                "class Crud:\n        @classmethod\n        def find(cls, s: Session): return s.query(cls).first()\n"
                "        @classmethod\n        def find_or_fail(cls, s: Session): return cls.find(s)\n    Base = ",
            )
            .replace("import declarative_base", "import Session, declarative_base"),
            "m.py": "from models import *\ndef f(s: Session): return User.find_or_fail(s)\n",
        }
    )
    assert {(a.definition, a.unit, a.table) for a in app.system.accesses} == {
        ("models:Crud.find", "models:User", "users")
    }


def test_core_statements(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select
        users = Table("users", MetaData(), Column("id", Integer))
        engine = create_engine("sqlite://")
        def read():
            with engine.connect() as connection:
                return connection.execute(select(users.c.id)).fetchall()
        def write():
            with engine.begin() as connection:
                connection.execute(users.insert().values(id=1))
        def change(connection): engine.connect().execute(users.update().values(id=1))
        def erase(): engine.connect().execute(users.delete())
        """
    )
    assert app.accesses() == {
        ("m:read", "read", "users"),
        ("m:write", "insert", "users"),
        ("m:change", "update", "users"),
        ("m:erase", "delete", "users"),
    }


def test_a_query_made_here_and_run_elsewhere(draw: Draw) -> None:
    app = draw(
        {
            "models.py": MODELS,
            "m.py": """
                from sqlalchemy import select
                from sqlalchemy.orm import Session
                from models import User
                def build(): return select(User)
                def run(s: Session): return s.execute(build()).scalars()
            """,
        }
    )
    assert {(a.definition, a.operation, a.table, a.role) for a in app.system.accesses} == {
        ("m:build", "read", "users", "build"),
        ("m:run", "read", "users", "execute"),
    }


def test_a_generic_repository_reads_the_table_of_its_subclass(draw: Draw) -> None:
    app = draw(
        {
            "models.py": MODELS,
            "m.py": """
                from sqlalchemy.orm import Session
                from models import Order, User
                class Repository:
                    model = None
                    def __init__(self, session: Session): self.session = session
                    def all(self): return self.session.query(self.model).all()
                class Users(Repository):
                    model = User
                class Orders(Repository):
                    model = Order
                class Unused(Orders): pass
                def both(session):
                    Users(session).all()
                    Orders(session).all()
            """,
        }
    )
    assert {(a.definition, a.unit, a.table) for a in app.system.accesses} == {
        ("m:Repository.all", "m:Users", "users"),
        ("m:Repository.all", "m:Orders", "orders"),
    }


UNIT_OF_WORK = """
from flask import g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.query import Query
db = SQLAlchemy()
owners = db.Table("owners", db.Column("bill_id", db.ForeignKey("bills.id")), db.Column("person_id", db.ForeignKey("people.id")))
class Person(db.Model):
    __tablename__ = "people"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
class Bill(db.Model):
    __tablename__ = "bills"
    id = db.Column(db.Integer, primary_key=True)
    payer_id = db.Column(db.ForeignKey("people.id"))
    payer = db.relationship(Person)
    owners = db.relationship(Person, secondary=owners)
"""


_CLOSED = (("delete", "shop"), ("update", "room"), ("delete", "sign"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def f(p: Person):\n    rename(p)\n    db.session.commit()\ndef rename(p): p.name = 'x'",
            {("f", "update", "people", "execute"), ("rename", "update", "people", "build")},
            id="a commit writes what was changed by a function called before",
        ),
        pytest.param(
            "def f(p: Person):\n    db.session.commit()\n    p.name = 'x'",
            {("f", "update", "people", "build")},
            id="a commit does not write what is changed after it",
        ),
        pytest.param(
            "def f(p: Person):\n    p.name = 'x'\n    save()\ndef save(): db.session.commit()",
            {("f", "update", "people", "build"), ("save", "update", "people", "execute")},
            id="a helper around commit writes what its caller changed",
        ),
        pytest.param(
            "def f(p: Person):\n    with db.session.begin():\n        p.name = 'x'",
            {("f", "update", "people", "execute"), ("f", "update", "people", "build")},
            id="the end of a block writes what was changed in it",
        ),
        pytest.param(
            "def f(b: Bill, p: Person):\n    b.owners.append(p)\n    db.session.flush()",
            {
                ("f", "read", "people", "execute"),
                ("f", "read", "owners", "execute"),
                ("f", "insert", "owners", "execute"),
                ("f", "insert", "owners", "build"),
            },
            id="a member of a collection is a row of the table between",
        ),
        pytest.param(
            "def f(b: Bill, p: Person): b.payer = p",
            {("f", "update", "bills", "build")},
            id="the key of a relation is in the row itself",
        ),
        pytest.param(
            "class Tag(db.Model):\n    class Named(Query):\n        def named(self): return self.filter(Tag.id == 1).all()\n"
            "    query_class = Named\n    id = db.Column(db.Integer, primary_key=True)\ndef f(): return Tag.query.filter().named()",
            {("Tag.Named.named", "read", "tag", "execute")},
            id="the query class of a model",
        ),
        pytest.param(
            "def load(): g.person = db.session.get(Person, 1)\ndef f(): g.person.name = 'x'",
            {("load", "read", "people", "execute"), ("f", "update", "people", "build")},
            id="an object that waits in the request's own globals",
        ),
        pytest.param(
            "class Shop(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    rooms = db.relationship('Room')\n"
            "    signs = db.relationship('Sign', cascade='all')\n"
            "class Room(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    shop = db.Column(db.ForeignKey('shop.id'))\n"
            "class Sign(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    shop = db.Column(db.ForeignKey('shop.id'))\n"
            "def close(shop: Shop): db.session.delete(shop)\ndef f(shop: Shop):\n    close(shop)\n    db.session.commit()",
            {
                *((name, does, table, "execute") for name in ("f", "close") for does, table in _CLOSED),
                ("close", "read", "sign", "execute"),
                ("close", "read", "room", "build"),
                ("f", "read", "room", "execute"),
            },
            id="a commit looks up what is to be cut off from a deleted row, a deletion what is deleted with it",
        ),
        pytest.param(
            "class Shop(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    rooms = db.relationship('Room', lazy='joined')\n"
            "    signs = db.relationship('Sign', cascade='all', lazy='selectin')\n"
            "class Room(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    shop = db.Column(db.ForeignKey('shop.id'))\n"
            "class Sign(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    shop = db.Column(db.ForeignKey('shop.id'))\n"
            "def f(shop: Shop):\n    db.session.delete(shop)\n    db.session.commit()",
            {("f", does, table, "execute") for does, table in _CLOSED},
            id="what came along with the row is not looked up again where it is deleted",
        ),
    ],
)
def test_pending_changes_are_written_where_the_session_flushes(
    draw: Draw, source: str, expected: set[tuple[str, str, str, str]]
) -> None:
    app = draw({"m.py": UNIT_OF_WORK + source})
    found = {
        (a.definition.partition(":")[2], a.operation, a.table, a.role)
        for a in (*app.system.accesses, *app.system.flushes)
    }
    assert found == expected


@pytest.mark.parametrize(("models", "told"), [(6, 6), (7, 0)])
def test_a_flush_that_may_write_whatever_callers_change_is_evidence_for_a_few_tables_only(
    draw: Draw, models: int, told: int
) -> None:
    source = "def save(): db.session.commit()\n"
    for number in range(models):
        source += f"class Row{number}(db.Model): id = db.Column(db.Integer, primary_key=True)\n"
        source += f"def change{number}(row: Row{number}):\n    row.id = 1\n    save()\n"
    app = draw({"m.py": UNIT_OF_WORK + source})
    assert len({flush.table for flush in app.system.flushes if flush.definition == "m:save"}) == told


OWN_SESSION = (
    UNIT_OF_WORK
    + """
from sqlalchemy.orm import Session, sessionmaker
class Own(Session):
    def __exit__(self, kind, error, trace):
        self.commit()
        super().__exit__(kind, error, trace)
Opened = sessionmaker(class_=Own)
"""
)
DECORATOR = """
def with_session(function):
    def wrapper(*args, **kwargs):
        if kwargs.get("session"):
            return function(*args, **kwargs)
        with Opened() as session:
            return function(*args, session=session, **kwargs)
    return wrapper
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def f():\n    with Opened() as session:\n        session.add(Person())",
            {("Own.__exit__", "insert", "people")},
            id="what was added in the block",
        ),
        pytest.param(
            "def f():\n    with Opened() as session:\n        person = session.get(Person, 1)\n        person.name = 'x'\n        session.commit()",
            {("f", "update", "people")},
            id="not what the block has written itself",
        ),
        pytest.param(
            "def f(person: Person):\n    with Opened() as session:\n        session.get(Person, 1)\n    person.name = 'x'",
            set(),
            id="not what is changed behind it",
        ),
        pytest.param(
            "def f(outer):\n    with Opened() as session:\n        session.add(Person())\n    outer.commit()",
            {("Own.__exit__", "insert", "people")},
            id="what is left of a block is nothing",
        ),
        pytest.param(
            f"{DECORATOR}\n@with_session\ndef f(session=None): session.add(Person())\n@with_session\ndef g(session=None): session.get(Bill, 1)",
            {("Own.__exit__", "insert", "people")},
            id="what a function has changed that runs in the block of its decorator",
        ),
        pytest.param(
            "def saves(function):\n    def wrapper(*args):\n        function(*args)\n        db.session.commit()\n    return wrapper\n"
            "@saves\ndef f(): db.session.add(Person())\n@saves\ndef g(): pass\ndef h():\n    g()\n    db.session.commit()",
            {("saves.wrapper", "insert", "people")},
            id="what a decorator commits, which nobody else does who calls another function with it",
        ),
        pytest.param(
            "def wrap(function, level=0):\n    def wrapper(*args):\n        if level:\n            return function(level, *args)\n"
            "        return function(*args)\n    return wrapper\n"
            "def wrap_at(level):\n    def decorate(function): return wrap(function, level)\n    return decorate\n"
            "@wrap\ndef f(): db.session.add(Person())\n@wrap_at(1)\ndef g(level): db.session.commit()",
            set(),
            id="not what another function with the same decorator has left",
        ),
    ],
)
def test_leaving_the_block_of_a_session_of_its_own_writes_what_was_changed_in_it(
    draw: Draw, source: str, expected: set[tuple[str, str, str]]
) -> None:
    app = draw({"m.py": OWN_SESSION + source})
    assert {(a.definition.partition(":")[2], a.operation, a.table) for a in app.system.flushes} == expected


MODELS_WITHOUT_SESSION = """
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): pass
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "def f(store):\n    return store.query(Order).all()",
            {("m:f", "orders", "read", "inferred")},
            id="a session that is given",
        ),
        pytest.param(
            "from elsewhere import writer\ndef f():\n    with writer.using(1) as s:\n        s.scalars(select(Order)).all()",
            {("m:f", "orders", "read", "inferred")},
            id="a session from outside",
        ),
        pytest.param(
            "def f(store, row):\n    order = store.get(Order, 1)\n    store.delete(order)",
            {("m:f", "orders", "read", "inferred"), ("m:f", "orders", "delete", "inferred")},
            id="what it does otherwise",
        ),
        pytest.param("def f(names):\n    names.query('Order')", set(), id="something else is asked for"),
        pytest.param(
            "class Store:\n    def query(self, thing): pass\ndef f():\n    Store().query(Order)",
            set(),
            id="a known object",
        ),
        pytest.param("def f(things):\n    things.add(Order())", set(), id="a method that many objects have"),
    ],
)
def test_sessions_that_nothing_declares_are_known_by_their_use(
    draw: Draw, body: str, expected: set[tuple[str, str, str, str]]
) -> None:
    accesses = draw(MODELS_WITHOUT_SESSION + body).system.accesses
    found = {(a.definition, a.table, a.operation, a.resolution) for a in accesses if a.definition == "m:f"}
    assert {row for row in found if row[2] != "insert"} == expected


def test_a_name_that_a_base_makes_of_the_class(draw: Draw) -> None:
    source = """
        import re
        from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
        CAPITALS = re.compile(r"(?<!^)(?=[A-Z])")
        class Base(DeclarativeBase):
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return CAPITALS.sub("_", cls.__name__).lower()
            id: Mapped[int] = mapped_column(primary_key=True)
        class FlowRun(Base): pass
        class TaskRun(Base): pass
    """
    tables = {(table.name, table.model) for table in draw(source).system.tables}
    assert tables == {("flow_run", "m:FlowRun"), ("task_run", "m:TaskRun")}


def test_flask_sqlalchemy_makes_no_table_for_a_subclass_without_a_key_of_its_own(draw: Draw) -> None:
    app = draw("""
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()


        class User(db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)


        class Admin(User):
            __tablename__ = "admins"
            level = db.Column(db.Integer)


        class Partner(User):
            __tablename__ = "partners"
            id = db.Column(db.Integer, db.ForeignKey("users.id"), primary_key=True)


        def make():
            db.session.add(Admin())
        """)
    assert set(app.tables()) == {"users", "partners"}
    assert set(app.columns("users")) == {"id", "level"}
    assert app.accesses() == {("m:make", "insert", "users")}


@pytest.mark.parametrize("named", ['"User.team_id"', '"[User.team_id]"', "[User.team_id]"])
def test_foreign_keys_say_in_whose_rows_a_relation_is_kept_where_keys_go_both_ways(draw: Draw, named: str) -> None:
    app = draw(f"""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase, Session, relationship


        class Base(DeclarativeBase):
            pass


        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
            team_id = Column(Integer, ForeignKey("teams.id"))


        class Team(Base):
            __tablename__ = "teams"
            id = Column(Integer, primary_key=True)
            captain_id = Column(Integer, ForeignKey("users.id"))
            members = relationship("User", foreign_keys={named})
            captain = relationship("User", foreign_keys=[captain_id])


        def leave(session: Session, team: Team, user: User):
            team.members.remove(user)


        def lead(session: Session, team: Team, user: User):
            team.captain = user
        """)
    changed = {(name, table) for name, operation, table in app.accesses() if operation == "update"}
    assert changed == {("m:leave", "users"), ("m:lead", "teams")}


@pytest.mark.parametrize(
    "options",
    ['{"cascade": "all, delete-orphan"}', '{"cascade": "all, delete-orphan", "order_by": made()}'],
    ids=["constants", "among others"],
)
def test_options_that_relations_share(draw: Draw, options: str) -> None:
    app = draw(f"""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase, Session, relationship


        class Base(DeclarativeBase):
            pass


        def made(): pass


        class Team(Base):
            __tablename__ = "teams"
            id = Column(Integer, primary_key=True)
            shared = {options}
            members = relationship("User", **shared)


        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
            team_id = Column(Integer, ForeignKey("teams.id"))


        def leave(session: Session):
            session.delete(session.get(Team, 1))
        """)
    assert {found for found in app.accesses() if found[1] != "read"} == {
        ("m:leave", "delete", "teams"),
        ("m:leave", "delete", "users"),
    }


@pytest.mark.parametrize("module", ["sqlalchemy.orm", "sqlalchemy.ext.declarative"])
@pytest.mark.parametrize(
    "relation",
    [
        pytest.param('def customer(cls): return relationship("Customer", lazy="raise")', id="made"),
        pytest.param('def customer(cls) -> Mapped["Customer"]: return relationship("Customer")', id="declared"),
    ],
)
def test_a_relation_under_declared_attr(draw: Draw, module: str, relation: str) -> None:
    app = draw(f"""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, relationship
        from {module} import declared_attr


        class Base(DeclarativeBase):
            pass


        class Customer(Base):
            __tablename__ = "customers"
            id = Column(Integer, primary_key=True)

            def greet(self):
                pass


        class Ordered:
            @declared_attr
            {relation}


        class Order(Ordered, Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            customer_id = Column(ForeignKey("customers.id"))


        def show(session: Session, order: Order):
            session.refresh(order.customer)
            order.customer.greet()
        """)
    assert app.calls("call", "callback", "property") == {("m:show", "m:Customer.greet")}
    assert ("m:show", "read", "customers") in app.accesses()


REFRESHED = [
    pytest.param("s.refresh(order)", {"orders", "events"}, id="all that comes with the row"),
    pytest.param("s.refresh(order, ['state'])", {"orders"}, id="a column"),
    pytest.param("s.refresh(order, attribute_names=['lines', 'state'])", {"orders", "lines"}, id="a relation"),
    pytest.param(
        "s.refresh(order, ('events', 'lines'))", {"orders", "lines", "events"}, id="one that always comes along"
    ),
    pytest.param("s.refresh(order, names)", {"orders", "events"}, id="names that are not seen"),
]


@pytest.mark.parametrize(("call", "expected"), REFRESHED)
def test_a_refresh_reads_the_relations_that_it_names(draw: Draw, call: str, expected: set[str]) -> None:
    """As SQLAlchemy 2.1 does: the row itself is always read, other relations only where no names are given."""
    app = draw(f"""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase, Session, relationship


        class Base(DeclarativeBase): pass


        class Line(Base):
            __tablename__ = "lines"
            id = Column(Integer, primary_key=True)
            order_id = Column(ForeignKey("orders.id"))


        class Event(Base):
            __tablename__ = "events"
            id = Column(Integer, primary_key=True)
            order_id = Column(ForeignKey("orders.id"))


        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            state = Column(Integer)
            lines = relationship(Line)
            events = relationship(Event, lazy="selectin")


        def f(s: Session, order: Order, names):
            {call}
        """)
    assert app.accesses() == {("m:f", "read", table) for table in expected}


def test_a_session_of_a_library_that_is_not_known_is_told_by_its_use_everywhere(draw: Draw) -> None:
    app = draw(
        {
            "models.py": MODELS,
            "base.py": "from somewhere.flask import Database\ndb = Database()\n",
            "m.py": """
            from base import db
            from models import Order
            def get(): return db.session.get(Order, 1)
            def put(order: Order): db.session.add(order)
            def drop(order: Order): db.session.delete(order)
            def other(order: Order): db.index.add(order)
            """,
        }
    )
    found = {
        (a.definition, a.operation, a.table, a.resolution) for a in app.system.accesses if a.definition != "m:drop"
    }
    assert found == {("m:get", "read", "orders", "inferred"), ("m:put", "insert", "orders", "inferred")}
    assert ("m:drop", "delete", "orders") in app.accesses()


def test_the_model_class_of_an_application_of_its_own_gives_its_query_and_its_methods(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/base.py": """
            from flask_sqlalchemy import SQLAlchemy
            from flask_sqlalchemy.model import Model
            from flask_sqlalchemy.query import Query
            from sqlalchemy.ext.declarative import declarative_base
            class OwnQuery(Query): pass
            class OwnModel(Model):
                query: OwnQuery
                query_class = OwnQuery
                @classmethod
                def get(cls, number): return cls.query.get(number)
            class OwnSQLAlchemy(SQLAlchemy):
                Model: type[OwnModel]
            db = OwnSQLAlchemy(model_class=declarative_base(cls=OwnModel), query_class=OwnQuery)
            """,
        "shop/use.py": """
            from shop.base import db
            class User(db.Model):
                __tablename__ = "users"
                id = db.Column(db.Integer, primary_key=True)
                blocked = db.Column(db.Boolean)
            class Event(db.Model):
                __tablename__ = "events"
                id = db.Column(db.Integer, primary_key=True)
            def unblock(number):
                User.get(number).blocked = False
                db.session.commit()
            def show(number): return Event.query.filter_by(id=number).first()
            """,
    })  # fmt: skip
    assert {(a.unit.partition(":")[2], a.operation, a.table) for a in app.system.accesses} == {
        ("User", "read", "users"),
        ("unblock", "update", "users"),
        ("show", "read", "events"),
    }


def test_what_is_put_into_a_column_that_is_seen_to_change_is_an_update(draw: Draw) -> None:
    app = draw({
        "m.py": """
            from sqlalchemy import JSON, Column, Integer
            from sqlalchemy.ext.mutable import MutableDict
            from sqlalchemy.orm import DeclarativeBase, Session
            class Base(DeclarativeBase): pass
            class Order(Base):
                __tablename__ = "orders"
                id = Column(Integer, primary_key=True)
                options = Column(MutableDict.as_mutable(JSON))
                plain = Column(JSON)
            def mute(session: Session, number):
                order = session.get(Order, number)
                order.options["muted"] = True
                session.commit()
            def forget(order: Order): order.options.pop("muted")
            def unmute(order: Order): del order.options["muted"]
            def unseen(order: Order): order.plain["muted"] = True
            def look(order: Order): return order.options["muted"]
            """,
    })  # fmt: skip
    assert {(a.definition, a.columns) for a in app.system.accesses if a.operation == "update"} == {
        ("m:mute", ("options",)),
        ("m:forget", ("options",)),
        ("m:unmute", ("options",)),
    }


def test_a_column_that_a_function_of_the_application_makes_is_one(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/base.py": """
            from sqlalchemy import Column, Integer
            from sqlalchemy.orm import declarative_base
            Base = declarative_base()
            def primary_key(name):
                return Column(Integer, primary_key=True)
            def title(name):
                return name.title()
            """,
        "m/orders.py": """
            from m.base import Base, primary_key, title
            class Order(Base):
                __tablename__ = "orders"
                id = primary_key("Order")
                label = title("order")
            """,
    })  # fmt: skip
    (table,) = app.system.tables
    assert [(c.name, c.type, c.primary_key, c.nullable) for c in table.columns] == [("id", "Integer", True, False)]


MADE_BY_A_MIXIN = """
    from sqlalchemy import Column, ForeignKey, Integer, Unicode
    from sqlalchemy.orm import Session, declarative_base, declared_attr, relationship

    class Common:
        @declared_attr
        def __tablename__(cls): return cls.__name__.lower()
        id = Column(Integer, primary_key=True)
    Base = declarative_base(cls=Common)

    class User(Base):
        name = Column(Unicode(10))

    class Label:
        label = Column(Unicode(255))
        @declared_attr
        def user_id(self): return Column(Integer, ForeignKey("user.id"))
        @declared_attr
        def user(self): return relationship("User")

    class Labelled:
        @declared_attr
        def labels(self):
            name = f"{self.__name__}Label"
            self.Label = type(name, (Label, Base), {
                "__tablename__": f"{self.__tablename__}_label",
                "parent_id": Column(Integer, ForeignKey(f"{self.__tablename__}.id")),
                "parent": relationship(self, viewonly=True),
            })
            return relationship(self.Label, cascade="all, delete-orphan")
        def add_label(self, text, session: Session):
            self.labels.append(self.Label(user=None, label=text))
            session.add(self)
            session.commit()
        def clear(self, session: Session):
            session.query(self.Label).filter_by(parent=self).delete()
            session.commit()
        def texts(self):
            return [each.label for each in self.labels]

    class Order(Labelled, Base):
        number = Column(Integer)
    class Item(Labelled, Base):
        __tablename__ = "items"

    def f(session: Session, order: Order, item: Item):
        order.add_label("x", session)
        item.clear(session)
"""


def test_models_that_a_mixin_makes_for_each_model_are_tables_of_their_own(draw: Draw) -> None:
    app = draw(MADE_BY_A_MIXIN)
    tables = {t.name: (t.model, t.line) for t in app.system.tables}
    assert tables == {
        "user": ("m:User", 10),
        "order": ("m:Order", 40),
        "items": ("m:Item", 42),
        "order_label": ("m:OrderLabel", 24),
        "items_label": ("m:ItemLabel", 24),
    }
    assert {(k.table, k.columns, k.target_table) for k in app.system.foreign_keys} == {
        ("order_label", ("parent_id",), "order"),
        ("order_label", ("user_id",), "user"),
        ("items_label", ("parent_id",), "items"),
        ("items_label", ("user_id",), "user"),
    }
    assert {(t.definition, t.tables_written, t.tables_read) for t in app.system.transactions} == {
        ("m:Labelled.add_label", ("order", "order_label"), ("order_label",)),
        ("m:Labelled.clear", ("items_label",), ()),
    }


def test_the_class_that_a_decorator_makes_the_base_of_all_models_has_no_table(draw: Draw) -> None:
    source = """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import as_declarative, declared_attr
        @as_declarative()
        class Base:
            id = Column(Integer, primary_key=True)
            @declared_attr
            def __tablename__(cls): return cls.__name__.lower()
        class Order(Base):
            pass
    """
    assert [t.name for t in draw(source).system.tables] == ["order"]


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(
            """
            class Base(metaclass=DeclarativeMeta):
                __abstract__ = True
                registry = registry()
            """,
            id="the library's",
        ),
        pytest.param(
            """
            class Meta(DeclarativeMeta): pass
            def versioned(version) -> Meta:
                @as_declarative(metaclass=Meta)
                class Versioned:
                    _version = version
                return Versioned
            Base = versioned(1)
            """,
            id="one of a class that a function makes",
        ),
    ],
)
def test_the_base_of_models_that_a_metaclass_makes(draw: Draw, base: str) -> None:
    source = """
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Meter(type): pass
        class Measured(metaclass=Meter):
            id = Column(Integer, primary_key=True)
        def f(task): return task.session.query(Order).first()
        def g(task): return task.session.query(Measured).first()
    """
    head = """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import DeclarativeMeta, as_declarative, registry
    """
    app = draw(textwrap.dedent(head) + textwrap.dedent(base) + textwrap.dedent(source))
    assert [t.name for t in app.system.tables] == ["orders"]
    assert app.accesses() == {("m:f", "read", "orders")}


def test_types_and_constraints_of_flask_sqlalchemy_are_its_own(draw: Draw) -> None:
    application = draw(
        """
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()

        class Order(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(20))
            price = db.Column(db.DECIMAL(10, 2))
            __table_args__ = (db.UniqueConstraint("name"),)
        """
    )
    assert not application.blind_spots("unresolved call")
    assert ("m:Order", "flask_sqlalchemy:SQLAlchemy.String") in application.external()


JOINED = """
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import outerjoin
    db = SQLAlchemy()
    class _Open(db.Model):
        __tablename__ = "person"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.Text)
    class _PersonSecret(db.Model):
        person_id = db.Column(db.Integer, db.ForeignKey(_Open.id), primary_key=True)
        token = db.Column(db.Text)
    class Person(db.Model):
        __table__ = TABLE
    def rename(key):
        person = Person.query.get(key)
        person.name = "x"
        db.session.commit()
    """


@pytest.mark.parametrize(
    "table",
    ["outerjoin(_Open.__table__, _PersonSecret.__table__)", "_Open.__table__.join(_PersonSecret.__table__)"],
)
def test_a_class_that_is_mapped_to_a_join_stands_for_its_first_table_and_reads_all(draw: Draw, table: str) -> None:
    app = draw(JOINED.replace("TABLE", table))
    assert {t.name for t in app.system.tables} == {"person", "person_secret"}
    done = {(a.table, a.operation) for a in app.system.accesses if a.definition == "m:rename"}
    assert done == {("person", "read"), ("person_secret", "read"), ("person", "update")}


def test_an_attribute_whose_name_is_put_together_is_a_column_that_is_named_so(draw: Draw) -> None:
    app = draw(
        MODELS
        + """
    def move(order: Order, kind, value):
        setattr(order, "user_" + kind, value)
    def keep(order: Order, kind, value):
        setattr(order, f"_kept_{kind}", value)
"""
    )
    assert [(a.definition, a.table, a.operation, a.columns) for a in app.system.accesses if a.role == "build"] == [
        ("m:move", "orders", "update", ("user_id",))
    ]
