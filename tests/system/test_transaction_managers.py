"""Context managers of the application's own: which of them put a transaction around the block that enters them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

from tests.system.test_switches import TABLES

STORES = """
    from contextlib import contextmanager
    from sqlalchemy import Column, Integer, MetaData, Table, create_engine
    metadata = MetaData()
    events = Table("events", metadata, Column("id", Integer, primary_key=True))
    ticks = Table("ticks", metadata, Column("id", Integer, primary_key=True))
    class Store:
        def connection(self): raise NotImplementedError
        def write(self):
            with self.connection() as connection:
                connection.execute(events.insert())
    class FileStore(Store):
        @contextmanager
        def _connect(self):
            with create_engine("sqlite://").begin() as connection:
                yield connection
        def connection(self):
            return self._connect()
    """


def test_a_method_that_returns_a_manager_opens_its_transaction(draw: Draw) -> None:
    app = draw({"stores.py": STORES})
    found = [(t.definition, t.unit, t.tables_written) for t in app.system.transactions]
    assert found == [("stores:Store.write", "stores:FileStore", ("events",))]


def test_what_only_leads_to_a_commit_far_away_or_in_a_function_inside_of_it_is_no_manager(draw: Draw) -> None:
    code = """
    import sqlite3
    from contextlib import contextmanager
    def save():
        connection = sqlite3.connect("x")
        connection.execute("INSERT INTO events VALUES (1)")
        connection.commit()
    def stop():
        save()
    class Daemon:
        def __enter__(self):
            return self
        def __exit__(self, *error):
            self.close()
        def close(self):
            stop()
    @contextmanager
    def repeated():
        def each():
            yield 1
            save()
        yield each
    def tick(connection: sqlite3.Connection):
        connection.execute("INSERT INTO ticks VALUES (1)")
    def use(connection: sqlite3.Connection):
        with Daemon():
            tick(connection)
        with repeated():
            tick(connection)
    """
    app = draw({"use.py": code})
    assert [(t.definition, t.tables_written) for t in app.system.transactions] == [("use:save", ("events",))]


def test_a_context_manager_that_commits_only_when_something_fails_is_no_transaction_of_its_block(draw: Draw) -> None:
    app = draw(
        {
            "shop.py": """
            from contextlib import contextmanager
            from sqlalchemy import Column, Integer
            from sqlalchemy.orm import DeclarativeBase, Session
            class Base(DeclarativeBase):
                pass
            class Order(Base):
                __tablename__ = "orders"
                id = Column(Integer, primary_key=True)
            class Failure(Base):
                __tablename__ = "failures"
                id = Column(Integer, primary_key=True)
            session = Session()
            @contextmanager
            def noting():
                try:
                    yield
                except Exception:
                    session.add(Failure())
                    session.commit()
                    raise
            @contextmanager
            def committing():
                try:
                    yield
                    session.commit()
                except Exception:
                    session.rollback()
                    raise
            def look():
                with noting():
                    return session.get(Order, 1)
            def place():
                with committing():
                    session.add(Order())
            """
        }
    )
    found = {t.definition: (t.tables_written, t.tables_read) for t in app.system.transactions}
    assert found == {"shop:noting": (("failures",), ()), "shop:place": (("orders",), ())}


LEDGER = """
    from django.db import models
    class Order(models.Model):
        number = models.CharField(max_length=9)
    class Stock(models.Model):
        left = models.IntegerField()
    def both():
        Order.objects.create()
        Stock.objects.create()
    """
MANAGERS = """
    from contextlib import contextmanager
    from functools import wraps
    from django.db import transaction
    class Durable(transaction.Atomic):
        def __enter__(self):
            super().__enter__()
        def __exit__(self, *error):
            super().__exit__(*error)
    def durable(using=None):
        if callable(using):
            return Durable("default", True, True)(using)
        return Durable(using, True, True)
    @contextmanager
    def noted():
        with transaction.atomic():
            yield
    def for_request(function):
        @wraps(function)
        def wrapper(request, *args):
            if request.method == "POST":
                with noted():
                    return function(request, *args)
            return function(request, *args)
        return wrapper
    def run(function):
        with noted():
            function()
    """
BLOCKS = """
    from django.db import transaction
    from shop.ledger import both
    from shop.managers import Durable, durable
    def of_the_class():
        with transaction.Atomic(None, True, False):
            both()
    def of_a_subclass():
        with Durable(None, True, True):
            both()
    def returned():
        with durable():
            both()
    @durable
    def decorated():
        both()
    def of_none():
        durable()
        both()
    """
USES = """
    from shop.ledger import both
    from shop.managers import for_request, noted, run
    @noted()
    def noting():
        both()
    class View:
        @for_request
        def get(self, request):
            both()
        @noted()
        def put(self, request):
            both()
    def given():
        run(both)
    def undecorated():
        both()
    """


def test_what_is_entered_and_left_like_the_frameworks_own_block_is_one(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/ledger.py": LEDGER, "shop/managers.py": MANAGERS, "shop/use.py": BLOCKS})
    names = ["decorated", "of_a_subclass", "of_the_class", "returned"]
    found = [(t.definition, t.scope, t.tables_written) for t in app.system.transactions]
    assert found == [(f"shop.use:{name}", "atomic", ("shop_order", "shop_stock")) for name in names]


def test_own_managers_and_decorators_are_transactions_of_what_they_decorate_and_are_given(draw: Draw) -> None:
    # More than are looked at one by one.
    many = "".join(f"\n    @for_request\n    def of_many_{n:02}(request):\n        both()" for n in range(60))
    files = {"shop/__init__.py": "", "shop/ledger.py": LEDGER, "shop/managers.py": MANAGERS}
    app = draw({**files, "shop/use.py": USES.rstrip() + many})
    found = {(t.definition, t.scope, t.tables_written) for t in app.system.transactions}
    names = ["View.get", "View.put", "noting", "given", *(f"of_many_{n:02}" for n in range(60))]
    assert found == {(f"shop.use:{name}", "atomic", ("shop_order", "shop_stock")) for name in names}


def test_a_manager_commits_what_the_code_inside_has_left_open(draw: Draw) -> None:
    code = """
    from contextlib import contextmanager
    from fastapi import Depends, FastAPI
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base, sessionmaker
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
    make = sessionmaker()
    app = FastAPI()
    def get_session():
        session = make()
        yield session
        session.commit()
    @contextmanager
    def unit(session: Session):
        yield
        session.commit()
    def place(session: Session):
        session.add(Order())
        session.commit()
    def log(session: Session):
        session.add(Log())
    @app.post("/orders")
    def orders(session: Session = Depends(get_session)):
        place(session)
    @app.post("/logs")
    def logs(session: Session = Depends(get_session)):
        log(session)
    @app.post("/both")
    def both(session: Session = Depends(get_session)):
        place(session)
        log(session)
    def blocks(session: Session):
        with unit(session):
            place(session)
        with unit(session):
            place(session)
            log(session)
    """
    app = draw({"shop.py": code})
    found = {(t.definition.partition(":")[2], t.line, t.tables_written) for t in app.system.transactions}
    assert found == {
        ("place", 24, ("orders",)),
        ("logs", 31, ("logs",)),
        ("both", 34, ("logs",)),
        ("blocks", 40, ("logs",)),
    }


def test_a_generator_is_made_a_manager_also_by_a_call(draw: Draw) -> None:
    code = """
    from contextlib import asynccontextmanager
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base, sessionmaker
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    make = sessionmaker()
    async def get_session():
        async with make() as session:
            yield session
            await session.commit()
    unit = asynccontextmanager(get_session)
    async def place():
        async with unit() as session:
            session.add(Order())
    """
    app = draw({"shop.py": code})
    found = [(t.definition, t.scope, t.tables_written) for t in app.system.transactions]
    assert found == [("shop:place", "session", ("orders",))]


NAMED_ONLY = """
    from peewee import CharField, Model, Proxy, SqliteDatabase
    import tracing
    db = SqliteDatabase("x")
    class Later(Proxy):
        def __call__(self): return self.obj()
    in_transaction = Later()
    class Order(Model):
        name = CharField()
    class Line(Model):
        name = CharField()
    def place():
        with in_transaction():
            Order.create(name="a")
            add_line()
        Line.select().count()
    def add_line():
        with in_transaction():
            Line.create(name="x")
    def measure():
        with tracing.start_transaction():
            Line.create(name="x")
    def look(transaction_log):
        with transaction_log():
            Line.create(name="x")
        with open("transaction"):
            Line.create(name="x")
    def keep():
        with db.transaction():
            Line.create(name="x")
    """


def test_a_block_that_enters_what_is_only_called_a_transaction_is_one_by_its_name(draw: Draw) -> None:
    app = draw({"shop.py": NAMED_ONLY})
    found = [(t.definition, t.scope, t.tables_written, t.lines) for t in app.system.transactions]
    assert found == [
        ("shop:add_line", "named", ("line",), ((18, 18),)),
        ("shop:keep", "atomic", ("line",), ((29, 29),)),
        ("shop:place", "named", ("line", "order"), ((13, 14),)),
    ]


def test_what_is_known_to_be_no_transaction_is_none_whatever_its_name(draw: Draw) -> None:
    code = """
    from peewee import CharField, Model
    class Line(Model):
        name = CharField()
    class Payment:
        def __enter__(self): return self
        def __exit__(self, *error): pass
    def bank_transaction():
        return Payment()
    def pay():
        with bank_transaction():
            Line.create(name="x")
    """
    assert not draw({"shop.py": code}).system.transactions


def test_a_decorator_that_has_its_wrapper_made_elsewhere_runs_nothing_of_what_it_decorates(draw: Draw) -> None:
    source = """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Note(Base):
            __tablename__ = "notes"
            id = Column(Integer, primary_key=True)
        class Notes:
            def _around(self, function):
                def wrapper(*args):
                    function(*args)
                    session.add(Note())
                    session.commit()
                return wrapper
            def kept(self, function):
                return self._around(function)
            def kept_with(self, **options):
                def decorate(function):
                    return self._around(function)
                return decorate
        notes = Notes()
        @notes.kept
        def order(): session.add(Order())
        @notes.kept_with(fast=True)
        def order_fast(): session.add(Order())
    """
    app = draw({"shop.py": source})
    assert not {t.definition for t in app.system.transactions} & {"shop:Notes.kept", "shop:Notes.kept_with.decorate"}


SESSIONS_GIVEN_OR_MADE = """
    from contextlib import contextmanager, nullcontext
    from sqlalchemy.orm import Session, sessionmaker
    from shop.models import Log, Mail, Order
    SHARED = bool(Settings.shared)
    Maker = sessionmaker()
    @contextmanager
    def made():
        with Maker() as session:
            yield session
    @contextmanager
    def given_or_made(session: Session | None = None):
        if isinstance(session, Session) and SHARED:
            yield session
        else:
            with made() as own:
                yield own
    def log(text, session=None):
        with given_or_made(session) as own:
            own.add(Log())
            if text:
                own.commit()
    def mail(session=None):
        with given_or_made(session) as own:
            own.add(Mail())
            own.commit()
    def bare():
        with made() as own:
            own.add(Log())
            own.commit()
    def apart(session: Session):
        session.add(Order())
        mail()
    def together(session: Session):
        session.add(Order())
        mail(session)
    def note(session=None):
        with nullcontext(session) if session is not None else made() as own:
            own.add(Log())
    def noted(session: Session):
        session.add(Order())
        note(session)
        session.commit()
    """


def test_who_gives_no_session_has_what_he_calls_make_one_of_its_own(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": TABLES, "shop/use.py": SESSIONS_GIVEN_OR_MADE})
    assert {(t.definition.partition(":")[2], t.tables_written) for t in app.system.transactions} == {
        ("log", ("logs",)),
        ("mail", ("mails",)),
        ("bare", ("logs",)),
        ("together", ("mails", "orders")),
        ("noted", ("logs", "orders")),
    }


HANDED = """
    import settings
    import tracing
    from sqlalchemy import Column, Integer, create_engine
    from sqlalchemy.orm import declarative_base, sessionmaker
    Base = declarative_base()
    Session = sessionmaker(create_engine("sqlite://"))
    class Stock(Base):
        __tablename__ = "stock"
        id = Column(Integer, primary_key=True)
    def traced(session):
        if settings.TRACING:
            session = tracing.wrap(session)
        return session
    def logged(name, session): print(name, session)
    """


def opened_by(draw: Draw, code: str) -> set[tuple[str, str]]:
    app = draw({"stock.py": HANDED, "m.py": code})
    return {(t.definition, t.scope) for t in app.system.transactions if t.tables_written}


@pytest.mark.parametrize(
    "given",
    [
        "return Session.begin()",
        "return traced(Session.begin())",
        "return traced(session=Session.begin())",
        "made = Session.begin()\n    again = made\n    return again",
    ],
)
def test_a_function_that_gives_back_what_opens_a_transaction_opens_it_for_who_calls_it(draw: Draw, given: str) -> None:
    code = f"""
from stock import Session, Stock, traced
def writing():
    {given}
def again():
    return writing()
def put():
    with writing() as session:
        session.add(Stock())
def put_through():
    with again() as session:
        session.add(Stock())
"""
    assert opened_by(draw, code) == {("m:put", "session"), ("m:put_through", "session")}


def test_what_does_not_come_back_is_opened_by_nobody_else(draw: Draw) -> None:
    code = """
from stock import Session, Stock, logged
def writing():
    with Session.begin() as session:
        session.add(Stock())
    return session
def logging():
    return logged("stock", Session.begin())
def put():
    session = writing()
    session.get(Stock, 1).id = 3
def put_again():
    logging()
    Session().add(Stock())
"""
    assert opened_by(draw, code) == {("m:writing", "session")}


def test_a_decorator_that_a_function_gives_opens_the_transaction_of_what_it_decorates(draw: Draw) -> None:
    app = draw("""
        from django.db import models, transaction
        class Stock(models.Model): pass
        def whole(): return transaction.atomic(using="other")
        @whole()
        def put(): Stock.objects.create()
        def put_alone(): Stock.objects.create()
    """)
    assert {t.definition for t in app.system.transactions} == {"m:put"}


def test_objects_that_decorate_enter_themselves_around_what_they_decorate(draw: Draw) -> None:
    app = draw("""
        from contextlib import ContextDecorator, ExitStack
        from django.db import models, transaction
        class Stock(models.Model): pass
        class Whole(ContextDecorator):
            def __enter__(self):
                self.stack = ExitStack()
                self.stack.enter_context(transaction.atomic())
            def __exit__(self, *error): self.stack.close()
        class Inherits(Whole): pass
        class Another(Whole):
            def __call__(self, function): return function
        class Plain(ContextDecorator):
            def __enter__(self): pass
            def __exit__(self, *error): pass
        def put(): Stock.objects.create()
        @Whole()
        def first(): put()
        @Inherits()
        async def second(): put()
        @Another()
        def third(): put()
        @Plain()
        def fourth(): put()
        def fifth():
            with Another(): put()
    """)
    assert {t.definition for t in app.system.transactions if t.tables_written} == {"m:first", "m:second", "m:fifth"}


@pytest.mark.parametrize(
    "manager",
    [
        """
    @contextmanager
    def kept():
        with transaction.atomic():
            yield
            Stock.objects.create()
    """,
        """
    class kept:
        def __enter__(self):
            self.opened = transaction.atomic()
            self.opened.__enter__()
        def __exit__(self, *error):
            Stock.objects.create()
            self.opened.__exit__(*error)
    """,
    ],
    ids=["generator", "class"],
)
def test_what_a_manager_does_at_the_end_is_in_the_transaction_of_the_block_and_in_none_of_its_own(
    draw: Draw, manager: str
) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": LEDGER,
        "shop/use.py": f"""
    from contextlib import contextmanager
    from django.db import transaction
    from shop.models import Order, Stock
    {manager}
    def place():
        with kept():
            Order.objects.create()
    """,
    })  # fmt: skip
    found = {(t.definition, t.tables_written) for t in app.system.transactions}
    assert found == {("shop.use:place", ("shop_order", "shop_stock"))}


def test_a_manager_that_is_entered_by_a_name_is_a_transaction_of_that_block(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": LEDGER,
        "shop/use.py": """
    from contextlib import contextmanager, nullcontext
    from django.db import transaction
    from shop.models import Order, Stock
    @contextmanager
    def kept():
        with transaction.atomic():
            yield
    def place(inside):
        manager = nullcontext() if inside else kept()
        Stock.objects.create()
        with manager:
            Order.objects.create()
    def move():
        manager = kept()
        with manager:
            Stock.objects.create()
    """,
    })  # fmt: skip
    assert [(t.definition, t.line, t.tables_written) for t in app.system.transactions] == [
        ("shop.use:move", 15, ("shop_stock",)),
        ("shop.use:place", 11, ("shop_order",)),
    ]
