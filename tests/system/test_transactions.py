"""Transactions, listed exactly: what they read, write and lock, what runs inside, and what leads to them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from decompose.database.ties import Ties
from decompose.system.transactions.reached import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

MODELS = """
    from django.db import models
    class Order(models.Model):
        status = models.CharField(max_length=9)
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Mail(models.Model):
        text = models.TextField()
    """
PLACE = """
    from django.db import transaction
    from shop.models import Line, Mail, Order
    @transaction.atomic
    def place(number):
        order = Order.objects.select_for_update().get(id=number)
        add_lines(order)
        transaction.on_commit(notify)
    def add_lines(order):
        with transaction.atomic():
            Line.objects.create(order=order)
    def notify():
        Mail.objects.create(text="x")
    def view(request):
        place(1)
    """
URLS = "from django.urls import path\nfrom shop.use import view\nurlpatterns = [path('place/', view)]\n"


def test_a_transaction_with_its_tables_locks_definitions_and_entry_points(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS})
    inside = dict(zip(app.system.transactions, what_is_inside(app.system), strict=True))
    found = {
        (t.definition, t.scope): (
            t.tables_written,
            t.tables_read,
            t.locked,
            inside[t].definitions,
            inside[t].entry_points,
        )
        for t in app.system.transactions
    }
    assert found == {
        ("shop.use:place", "atomic"): (
            ("shop_line",),
            ("shop_order",),
            ("shop_order",),
            ("shop.use:add_lines", "shop.use:place"),
            ("http ANY /place/",),
        ),
        ("shop.use:add_lines", "atomic"): (
            ("shop_line",),
            (),
            (),
            ("shop.use:add_lines",),
            ("http ANY /place/",),
        ),
    }


def test_every_request_is_a_transaction_where_the_settings_say_so(draw: Draw) -> None:
    settings = 'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "ATOMIC_REQUESTS": True}}\n'
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS}
    app = draw({**files, "shop/settings.py": settings})
    requests = [(t.definition, t.tables_written) for t in app.system.transactions if t.scope == "request"]
    assert requests == [("shop.use:view", ("shop_line",))]
    app = draw({**files, "shop/settings.py": settings.replace("True", "False")})
    assert not [t for t in app.system.transactions if t.scope == "request"]


def test_settings_that_read_the_environment_say_so_too(draw: Draw) -> None:
    settings = 'import os\nDATABASES = {"default": {"NAME": os.environ["NAME"]}}\nDATABASES["default"]["ATOMIC_REQUESTS"] = True\n'
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS}
    app = draw({**files, "shop/settings.py": settings})
    assert [t.definition for t in app.system.transactions if t.scope == "request"] == ["shop.use:view"]


def test_every_request_is_a_transaction_where_pyramid_tm_is_included(draw: Draw) -> None:
    source = """
        from pyramid.config import Configurator
        from pyramid.view import view_config
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        def includeme(config):
            config.include("INCLUDED")
        def main(settings):
            config = Configurator(settings=settings)
            config.add_route("orders", "/orders")
        @view_config(route_name="orders", request_method="POST")
        def place(request):
            session: Session = request.db
            session.add(Order())
        """
    app = draw(source.replace("INCLUDED", "pyramid_tm"))
    assert [(t.definition, t.scope, t.tables_written) for t in app.system.transactions] == [
        ("m:place", "request", ("orders",))
    ]
    assert not draw(source.replace("INCLUDED", "pyramid_retry")).system.transactions


def test_locks_of_the_other_mapper_and_of_sql_text(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from sqlalchemy import select, text
            from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
            class Base(DeclarativeBase): pass
            class Order(Base):
                __tablename__ = "orders"
                id: Mapped[int] = mapped_column(primary_key=True)
            def query(session: Session):
                session.query(Order).with_for_update().one().id = 2
                session.commit()
            def statement(session: Session):
                session.scalars(select(Order).with_for_update()).one().id = 2
                session.commit()
            def sql(session: Session):
                session.execute(text("SELECT id FROM orders WHERE id = 1 FOR UPDATE"))
                session.commit()
            def none(session: Session):
                session.query(Order).one().id = 2
                session.commit()
            """
        }
    )
    assert {(t.definition, t.locked) for t in app.system.transactions} == {
        ("m:query", ("orders",)),
        ("m:statement", ("orders",)),
        ("m:sql", ("orders",)),
        ("m:none", ()),
    }


def test_what_entry_points_reach_is_told_with_the_calls_between(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS})
    found = {(r.entry.name, r.access.operation, r.access.table, r.via) for r in reached_accesses(app.system)}
    assert found == {
        ("ANY /place/", "read", "shop_order", ("shop.use:view", "shop.use:place")),
        ("ANY /place/", "insert", "shop_line", ("shop.use:view", "shop.use:place", "shop.use:add_lines")),
        ("ANY /place/", "insert", "shop_mail", ("shop.use:view", "shop.use:place", "shop.use:notify")),
    }


def _transactions(app: Application) -> set[tuple[str, str, int, tuple[str, ...], tuple[str, ...]]]:
    return {(t.definition, t.scope, t.line, t.tables_written, t.tables_read) for t in app.system.transactions}


def test_what_stands_before_and_behind_a_block_is_outside_of_its_transaction(draw: Draw) -> None:
    use = """
    from django.db import transaction
    from django.dispatch import Signal
    from shop.models import Line, Mail, Order
    placed = Signal()
    def place(basket):
        basket = Mail.objects.get(id=basket)
        with transaction.atomic():
            order = Order.objects.create(status="new")
            with transaction.atomic():
                Line.objects.create(order=order)
            transaction.on_commit(lambda: audit("placed"))
            transaction.on_commit(lambda: Mail.objects.create(text="x"))
        placed.send(sender=None)
    def audit(text):
        Mail.objects.create(text=text)
    def receive(sender, **kwargs):
        Mail.objects.all().delete()
    placed.connect(receive)
    def together():
        with transaction.atomic(), open("log") as log:
            Order.objects.create(status="new")
        Line.objects.all().delete()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert _transactions(app) == {
        ("shop.use:place", "atomic", 7, ("shop_line", "shop_order"), ()),
        ("shop.use:together", "atomic", 20, ("shop_order",), ()),
    }
    assert [i.definitions for i in what_is_inside(app.system)] == [("shop.use:place",), ("shop.use:together",)]


def test_views_that_are_not_atomic_have_no_transaction_around_each_request(draw: Draw) -> None:
    settings = 'DATABASES = {"default": {"ATOMIC_REQUESTS": True}}\n'
    use = """
    from django.db import transaction
    from shop.models import Mail
    @transaction.non_atomic_requests
    def view(request):
        Mail.objects.create(text="x")
    @transaction.non_atomic_requests(using="default")
    def other(request):
        Mail.objects.create(text="x")
    def third(request):
        Mail.objects.create(text="x")
    """
    urls = (
        "from django.urls import path\nfrom shop.use import view, other, third\n"
        "urlpatterns = [path('a/', view), path('b/', other), path('c/', third)]\n"
    )
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use, "shop/urls.py": urls}
    app = draw({**files, "shop/settings.py": settings})
    assert [t.definition for t in app.system.transactions] == ["shop.use:third"]


MAPPED = """
from contextlib import contextmanager
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
class Base(DeclarativeBase): pass
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
class B(Base):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
class C(Base):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(primary_key=True)
engine = create_engine("sqlite://")
Maker = sessionmaker(engine)
"""


def _committed(draw: Draw, code: str) -> set[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    app = draw({"m.py": MAPPED, "use.py": "from m import *\n" + textwrap.dedent(code)})
    found = [(t.definition, t.scope, t.tables_written, t.tables_read) for t in app.system.transactions]
    assert len(found) == len(set(found))
    return set(found)


def test_each_commit_commits_what_was_done_since_the_one_before(draw: Draw) -> None:
    code = """
    def two(session: Session):
        session.add(A())
        session.commit()
        session.query(B).all()
        session.add(C())
        session.commit()
        session.query(A).all()
    def undone(session: Session):
        session.add(A())
        session.rollback()
        session.add(B())
        session.commit()
    """
    assert _committed(draw, code) == {
        ("use:two", "session", ("a",), ()),
        ("use:two", "session", ("c",), ("b",)),
        ("use:undone", "session", ("b",), ()),
    }


def test_branches_that_exclude_each_other_are_not_one_transaction(draw: Draw) -> None:
    code = """
    def either(session: Session, flag):
        session.query(A).all()
        if flag:
            session.add(B())
            session.commit()
        else:
            session.add(C())
            session.commit()
    def maybe(session: Session, flag):
        session.add(A())
        if flag:
            session.add(B())
            session.commit()
        session.add(C())
        session.commit()
    def early(session: Session, flag):
        if flag:
            session.add(B())
            session.commit()
            return
        session.add(C())
        session.commit()
    def failing(session: Session):
        try:
            session.add(A())
            session.commit()
        except ValueError:
            session.rollback()
            session.add(B())
            session.commit()
    """
    assert _committed(draw, code) == {
        ("use:either", "session", ("b",), ("a",)),
        ("use:either", "session", ("c",), ("a",)),
        ("use:maybe", "session", ("a", "b"), ()),
        ("use:maybe", "session", ("a", "c"), ()),
        ("use:early", "session", ("b",), ()),
        ("use:early", "session", ("c",), ()),
        ("use:failing", "session", ("a",), ()),
        ("use:failing", "session", ("b",), ()),
    }


def test_a_commit_in_a_loop_commits_what_the_round_before_left(draw: Draw) -> None:
    code = """
    def batches(session: Session, rows):
        for number, row in enumerate(rows):
            session.add(A())
            if number % 100 == 0:
                session.commit()
            session.add(B())
        session.add(C())
        session.commit()
    """
    assert _committed(draw, code) == {
        ("use:batches", "session", ("a", "b"), ()),
        ("use:batches", "session", ("a", "b", "c"), ()),
    }


def test_a_function_that_commits_also_commits_what_its_caller_left_open(draw: Draw) -> None:
    code = """
    def save(session: Session, thing):
        session.add(B())
        session.commit()
    def add_only(session: Session):
        session.add(C())
    def both(session: Session):
        session.add(A())
        save(session, 1)
    def after(session: Session):
        save(session, 1)
        add_only(session)
        session.commit()
    def nothing_open(session: Session):
        save(session, 1)
    """
    assert _committed(draw, code) == {
        ("use:save", "session", ("b",), ()),
        ("use:both", "session", ("a", "b"), ()),
        ("use:after", "session", ("c",), ()),
    }


def test_of_the_functions_that_one_call_may_be_of_one_is_in_the_transaction(draw: Draw) -> None:
    code = """
    def timed(function, *arguments):
        return function(*arguments)
    def measured(function):
        def wraps(*arguments):
            return timed(function, *arguments)
        return wraps
    @measured
    def save(session: Session):
        session.add(A())
        session.commit()
    @measured
    def store(session: Session):
        session.add(B())
        session.commit()
    @measured
    def prepare(session: Session):
        session.add(C())
    def main(session: Session):
        save(session)
        store(session)
        prepare(session)
    """
    found = _committed(draw, code)
    assert ("use:save", "session", ("a",), ()) in found
    assert not [written for _, _, written, _ in found if len(written) > 1]


def test_a_call_that_may_be_of_one_of_two_methods_is_of_one_in_each_transaction(draw: Draw) -> None:
    code = """
    class Kept:
        def store(self, session: Session):
            session.add(A())
            session.commit()
    class Put:
        def store(self, session: Session):
            session.add(B())
    def either(session: Session, kept: bool):
        session.add(C())
        stored = Kept() if kept else Put()
        stored.store(session)
    def both(session: Session):
        session.add(C())
        Put().store(session), Kept().store(session)
    """
    assert _committed(draw, code) == {
        ("use:Kept.store", "session", ("a",), ()),
        ("use:either", "session", ("a", "c"), ()),
        ("use:both", "session", ("a", "b", "c"), ()),
    }


def test_blocks_of_sessions_connections_and_own_context_managers(draw: Draw) -> None:
    code = """
    import sqlite3
    @contextmanager
    def scope():
        session = Maker()
        try:
            yield session
            session.commit()
        except Exception:
            session.rollback()
            raise
    class Work:
        def __enter__(self):
            self.session = Maker()
            return self
        def __exit__(self, *error):
            self.session.commit()
    def begun():
        with Maker.begin() as session:
            session.add(A())
        with Maker() as other:
            other.query(B).all()
    def scoped():
        with scope() as session:
            session.add(B())
        with Maker() as other:
            other.query(C).all()
    def worked():
        with Work() as work:
            work.session.add(C())
    def connected():
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO a VALUES (1)"))
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO b VALUES (1)"))
            connection.commit()
            connection.execute(text("SELECT id FROM c"))
    def driver(path):
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("DELETE FROM a")
        connection.execute("SELECT * FROM b")
    """
    assert _committed(draw, code) == {
        ("use:begun", "session", ("a",), ()),
        ("use:scoped", "session", ("b",), ()),
        ("use:worked", "session", ("c",), ()),
        ("use:connected", "explicit", ("a",), ()),
        ("use:connected", "explicit", ("b",), ()),
        ("use:driver", "explicit", ("a",), ()),
    }


def test_asynchronous_sessions_commit_alike(draw: Draw) -> None:
    code = """
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    Async = async_sessionmaker(engine)
    async def two(session: AsyncSession):
        session.add(A())
        await session.commit()
        session.add(B())
        await session.commit()
    async def block():
        async with Async() as session, session.begin():
            session.add(C())
    """
    assert _committed(draw, code) == {
        ("use:two", "session", ("a",), ()),
        ("use:two", "session", ("b",), ()),
        ("use:block", "session", ("c",), ()),
    }


def test_a_dependency_that_commits_behind_its_yield_is_a_transaction_of_the_route(draw: Draw) -> None:
    code = """
    from fastapi import Depends, FastAPI
    app = FastAPI()
    def get_session():
        with Maker() as session:
            yield session
            session.commit()
    def reading():
        with Maker() as session:
            yield session
    @app.post("/a")
    def make(session: Session = Depends(get_session)):
        session.add(A())
    @app.get("/b")
    def show(session: Session = Depends(reading)):
        session.query(B).all()
    """
    assert _committed(draw, code) == {("use:make", "session", ("a",), ())}


def test_what_an_inherited_method_asks_of_itself_is_done_to_the_table_of_the_class_that_acts(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models


            class AbstractVoucher(models.Model):
                uses = models.IntegerField()

                class Meta:
                    abstract = True

                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)

                def use(self):
                    self.uses += 1
                    self.save()


            class Voucher(AbstractVoucher):
                pass
            """,
        "shop/orders.py": """
            from django.db import transaction

            from shop.models import Voucher


            @transaction.atomic
            def place(number):
                Voucher.objects.get(pk=number).use()
            """,
    })  # fmt: skip
    (transaction,) = app.system.transactions
    assert transaction.tables_written == ("shop_voucher",)
    reached = Ties(app.system).walk((transaction.definition, transaction.unit))
    assert {access.table for access, _ in reached.writes} == {"shop_voucher"}


def test_a_transaction_that_does_the_same_in_a_subclass_is_told_once(draw: Draw) -> None:
    use = """
        from django.db import transaction
        from shop.models import Line, Mail, Order
        class Job:
            @transaction.atomic
            def run(self):
                Order.objects.create()
                self.rest()
            def rest(self): pass
        class Same(Job):
            def rest(self): return None
        class Other(Job):
            def rest(self): Mail.objects.create()
        Same().run()
        Other().run()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert {(t.unit, t.tables_written) for t in app.system.transactions} == {
        ("shop.use:Job", ("shop_order",)),
        ("shop.use:Other", ("shop_mail", "shop_order")),
    }


def test_transactions_that_decorators_of_methods_and_classes_open(draw: Draw) -> None:
    use = """
    from django.db import transaction
    from django.utils.decorators import method_decorator
    from django.views import View
    from shop.models import Line, Mail, Order
    class One(View):
        @method_decorator(transaction.atomic)
        def post(self, request):
            Order.objects.create(status="new")
    @method_decorator(transaction.atomic(using="other"), name="dispatch")
    class Two(View):
        def post(self, request):
            Line.objects.all().delete()
        def check(self):
            Mail.objects.all().delete()
    @method_decorator(transaction.non_atomic_requests, name="dispatch")
    class Three(View):
        def post(self, request):
            Mail.objects.all().delete()
    @transaction.atomic()
    def function():
        Mail.objects.all().delete()
    """
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use}
    assert {(t.definition, t.scope, t.tables_written) for t in draw(files).system.transactions} == {
        ("shop.use:One.post", "atomic", ("shop_order",)),
        ("shop.use:Two.post", "atomic", ("shop_line",)),
        ("shop.use:function", "atomic", ("shop_mail",)),
    }
    urls = (
        "from django.urls import path\nfrom shop.use import One, Three, Two\n"
        "urlpatterns = [path('a/', One.as_view()), path('b/', Two.as_view()), path('c/', Three.as_view())]\n"
    )
    settings = 'DATABASES = {"default": {"ATOMIC_REQUESTS": True}}\n'
    app = draw({**files, "shop/urls.py": urls, "shop/settings.py": settings})
    assert [t.definition for t in app.system.transactions if t.scope == "request"] == [
        "shop.use:One.post",
        "shop.use:Two.post",
    ]


def test_a_transaction_around_a_wrapper_is_that_of_the_function_that_is_wrapped(draw: Draw) -> None:
    """The wrapper runs other functions too, outside of any transaction."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/access.py": """
                def permitted(function):
                    def check(request):
                        return function(request) if request.user else None
                    return check
                """,
            "shop/use.py": """
                from django.db import transaction
                from shop.access import permitted
                from shop.models import Mail, Order
                @transaction.atomic
                @permitted
                def place(request):
                    Order.objects.create()
                @permitted
                def tell(request):
                    Mail.objects.create(text="x")
                """,
            "shop/urls.py": """
                from django.urls import path
                from shop import use
                urlpatterns = [path("place", use.place), path("tell", use.tell)]
                """,
        }
    )
    assert [(t.definition, t.tables_written) for t in app.system.transactions] == [("shop.use:place", ("shop_order",))]


def test_a_function_below_several_decorators_is_reached_by_who_calls_it(draw: Draw) -> None:
    """Neither an outer wrapper nor a function that a wrapper hands on to runs what the same decorators are put on elsewhere."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/access.py": """
                from functools import wraps
                class logged:
                    def __init__(self, level): self.level = level
                    def __call__(self, function):
                        @wraps(function)
                        def log(*args): return function(*args)
                        return log
                def permitted(function):
                    @wraps(function)
                    def check(*args): return function(*args)
                    return check
                class policy:
                    def __init__(self, rule): self.rule = rule
                    def __call__(self, function):
                        @wraps(function)
                        def decide(*args): return self.rule(function, *args)
                        return decide
                def by_day(function, *args): return function(*args)
                """,
            "shop/use.py": """
                from celery import Celery
                from django.db import transaction
                from shop.access import by_day, logged, permitted, policy
                from shop.models import Mail, Order
                app = Celery()
                @logged(1)
                @permitted
                def order(): Order.objects.create()
                @logged(2)
                def mail(): Mail.objects.create(text="x")
                @policy(by_day)
                def order_by_day(): Order.objects.create()
                @policy(by_day)
                def mail_by_day(): Mail.objects.create(text="x")
                @app.task
                @permitted
                def later(): Mail.objects.create(text="x")
                @transaction.atomic
                def send(): mail()
                @transaction.atomic
                def place(): order()
                @transaction.atomic
                def place_by_day(): order_by_day()
                @transaction.atomic
                def send_by_day(): mail_by_day()
                @transaction.atomic
                def place_and_tell():
                    order()
                    later.delay()
                """,
        }
    )
    assert {t.definition.removeprefix("shop.use:"): t.tables_written for t in app.system.transactions} == {
        "send": ("shop_mail",),
        "place": ("shop_order",),
        "place_by_day": ("shop_order",),
        "send_by_day": ("shop_mail",),
        "place_and_tell": ("shop_order",),
    }
    told = {(d.source, d.kind, d.target) for d in app.system.dependencies if d.kind in ("through", "task")}
    assert ("shop.use:place", "through", "shop.access:permitted.check") in told
    assert ("shop.use:place_and_tell", "task", "shop.use:later") in told


def test_a_decorated_function_is_in_the_transactions_of_who_calls_it_or_hands_it_over(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/access.py": """
            from functools import wraps
            def logged(function):
                @wraps(function)
                def log(*args): return function(*args)
                return log
            class Limit:
                def __init__(self, mode): self.mode = mode
                def __call__(self, function): return self.override(function)
                def override(self, original):
                    def limited(*args): return original(*args)
                    return limited
            """,
        "shop/use.py": """
            from django.db import transaction
            from shop.access import Limit, logged
            from shop.models import Line, Mail, Order
            @Limit("x")
            @logged
            def mail(): Mail.objects.create(text="x")
            @Limit("x")
            @logged
            def line(): Line.objects.create()
            @Limit("y")
            def order(): Order.objects.create()
            @transaction.atomic
            def place(): order()
            @transaction.atomic
            def send(): mail()
            def again(original, *args): return original(*args)
            @logged
            def later(): Mail.objects.create(text="x")
            @transaction.atomic
            def send_again(): again(later)
            @transaction.atomic
            def line_again(): again(line)
            """,
    })  # fmt: skip
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.use:place", ("shop_order",)),
        ("shop.use:send", ("shop_mail",)),
        ("shop.use:send_again", ("shop_mail",)),
        ("shop.use:line_again", ("shop_line",)),
    }


def test_a_decorator_that_hands_over_what_it_decorates_does_not_run_it(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/tasks.py": """
            import outside
            from django.db import transaction
            from shop.models import Line, Mail, Order
            def periodic(every):
                def decorate(function):
                    return outside.register(function, every)
                return decorate
            @periodic(1)
            def leave_open(): Line.objects.create()
            @periodic(5)
            def send():
                Mail.objects.create(text="x")
                transaction.commit()
            @periodic(9)
            def place():
                Order.objects.create()
                transaction.commit()
            """,
    })  # fmt: skip
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.tasks:send", ("shop_mail",)),
        ("shop.tasks:place", ("shop_order",)),
    }


def test_a_callback_that_is_only_kept_for_later_is_in_no_transaction_of_who_gives_it(draw: Draw) -> None:
    """A function around it is put into a queue (and told to a log), and the queue runs it when it is drained."""
    app = draw(
        """
        from elsewhere import logger
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        class Base(DeclarativeBase): pass
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
        session = Session()
        class Queue:
            def __init__(self): self.waiting = []
            def add(self, call):
                logger.debug("added", call=call)
                self.waiting.append(call)
            def drain(self):
                with session.begin():
                    for call in self.waiting: call()
        queue = Queue()
        def add_user(): session.add(User())
        def later(work):
            def inside(): work()
            queue.add(inside)
        def at_once(work):
            def inside(): work()
            run(inside)
        def run(call): call()
        def made(work):
            def inside(): work()
            return inside
        def keeps():
            with session.begin():
                later(add_user)
                session.add(Order())
        def runs():
            with session.begin(): at_once(add_user)
        def makes():
            with session.begin(): made(add_user)()
        """
    )
    assert {t.definition: t.tables_written for t in app.system.transactions} == {
        "m:Queue.drain": ("users",),
        "m:keeps": ("orders",),
        "m:runs": ("users",),
        "m:makes": ("users",),
    }


def test_a_callback_is_in_the_transactions_of_who_gives_it(draw: Draw) -> None:
    app = draw(
        """
        import functools
        import json
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        class Base(DeclarativeBase): pass
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
        session = Session()
        def add_user(data): session.add(User())
        def add_order(data): session.add(Order())
        def loads(text, hook=None): return json.loads(text, object_hook=hook)
        def run(function, *args): return function(*args)
        def users(text):
            with session.begin(): loads(text, hook=add_user)
        def orders(text):
            with session.begin(): loads(text, add_order)
        def neither(text):
            with session.begin():
                loads(text)
                session.add(User())
        def run_users():
            with session.begin(): run(add_user, {})
        def run_orders():
            with session.begin(): hand_on(add_order)
        def hand_on(function): run(function, {})
        class Runner:
            @staticmethod
            def once(function): function({})
        def once_users():
            with session.begin(): Runner.once(add_user)
        def once_orders():
            with session.begin(): Runner.once(add_order)
        def filled_orders():
            with session.begin(): loads("", functools.partial(add_order, {}))
        """
    )
    assert {t.definition: t.tables_written for t in app.system.transactions} == {
        "m:users": ("users",),
        "m:orders": ("orders",),
        "m:neither": ("users",),
        "m:run_users": ("users",),
        "m:run_orders": ("orders",),
        "m:once_users": ("users",),
        "m:filled_orders": ("orders",),
        "m:once_orders": ("orders",),
    }
    ties = Ties(app.system)
    walks = {t.definition: ties.walk((t.definition, t.unit), t.lines) for t in app.system.transactions}
    assert {definition: {access.table for access, _ in walk.writes} for definition, walk in walks.items()} == {
        t.definition: set(t.tables_written) for t in app.system.transactions
    }


def test_what_is_kept_with_what_it_is_given_runs_for_whoever_calls_it_later(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
        import functools
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        class Base(DeclarativeBase): pass
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
        session = Session()
        def add_order(): session.add(Order())
        def chained(before): before()
        def chain(): return functools.partial(chained, add_order)
        def only_asks():
            with session.begin():
                chain()
                session.add(User())
        def calls():
            with session.begin(): chain()()
        def calls_at_once():
            with session.begin(): functools.partial(chained, add_order)()
        """
        }
    )
    assert {t.definition: t.tables_written for t in app.system.transactions} == {
        "m:only_asks": ("users",),
        "m:calls": ("orders",),
        "m:calls_at_once": ("orders",),
    }


def test_a_signal_of_one_model_is_in_the_transactions_of_that_model(draw: Draw) -> None:
    """Also where both are saved by a method that they inherit, which a generic view calls for each."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Kept(models.Model):
                    class Meta:
                        abstract = True
                    def save(self, *args, **kwargs):
                        super().save(*args, **kwargs)
                class Order(Kept): pass
                class Note(Kept): pass
                class Event(models.Model): pass
                """,
            "shop/views.py": """
                from django.db import transaction
                from django.db.models.signals import post_save
                from django.dispatch import receiver
                from django.views.generic import View
                from shop.models import Event, Note, Order
                class Saving(View):
                    model = None
                    def post(self, request):
                        with transaction.atomic():
                            self.model().save()
                class SaveOrder(Saving):
                    model = Order
                class SaveNote(Saving):
                    model = Note
                @receiver(post_save, sender=Order)
                def ordered(sender, instance, **kwargs): Event.objects.create()
                """,
        }
    )
    written = {t.unit: set(t.tables_written) for t in app.system.transactions}
    assert written["shop.views:SaveOrder"] == {"shop_order", "shop_event"}
    assert written["shop.views:SaveNote"] == {"shop_note"}


def test_a_receiver_that_leaves_for_other_senders_is_in_the_transactions_of_those_it_asks_for(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Status(models.Model): pass
                class Review(Status): pass
                class Job(models.Model): pass
                class Note(models.Model): pass
                class Feed(models.Model): pass
                class Count(models.Model): pass
                class Log(models.Model): pass
                """,
            "shop/receivers.py": """
                from django.db.models.signals import post_save
                from django.dispatch import receiver
                from shop import models
                @receiver(post_save)
                def feed(sender, instance, created, **kwargs):
                    'Only for a status.'
                    if not created or not issubclass(sender, models.Status):
                        return
                    models.Feed.objects.bulk_create([])
                @receiver(post_save)
                def count(sender, **kwargs):
                    if sender in (models.Note, models.Job):
                        models.Count.objects.bulk_create([])
                @receiver(post_save)
                def log(sender, instance, **kwargs):
                    if isinstance(instance, models.Note):
                        instance.flag = True
                    models.Log.objects.bulk_create([])
                """,
            "shop/use.py": """
                from django.db import transaction
                from shop.models import Job, Note, Review
                @transaction.atomic
                def review(): Review.objects.create()
                @transaction.atomic
                def job(): Job.objects.create()
                @transaction.atomic
                def note(): Note.objects.create()
                """,
        }
    )
    written = {t.definition: set(t.tables_written) for t in app.system.transactions}
    assert written["shop.use:review"] == {"shop_status", "shop_review", "shop_feed", "shop_log"}
    assert written["shop.use:job"] == {"shop_job", "shop_count", "shop_log"}
    assert written["shop.use:note"] == {"shop_note", "shop_count", "shop_log"}


HELPERS = """
from functools import wraps
import sqlite3
from adapters import threads
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
class Base(DeclarativeBase): pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
Maker = sessionmaker()
def add_user(session): session.add(User())
def add_order(session): session.add(Order())

def in_block(function, *args):
    with Maker.begin() as session: return function(session, *args)
def with_commit(function, *args):
    session = Maker()
    try:
        function(session, *args)
        session.commit()
    except Exception:
        session.rollback()
        raise
def hand_on(function): in_block(function)
class Service:
    def __init__(self): self.session = Session()
    def atomically(self, function):
        with self.session.begin(): function()
    def add_user(self): self.session.add(User())
    def add_order(self): self.session.add(Order())
    def user(self): self.atomically(self.add_user)
    def order(self): self.atomically(self.add_order)
class Pool:
    connection: sqlite3.Connection
    def run_once(self, description, function, *args):
        attempts = 0
        while True:
            try:
                for _ in range(3):
                    with open("log") as log:
                        if attempts:
                            log.write(str(function))
                        function(self.connection.cursor(), *args)
                        self.connection.commit()
                        return
            except OSError:
                attempts += 1
    def run(self, description, function, *args):
        def attempt(): return self.elsewhere(self.run_once, description, function, *args)
        return attempt()
    def elsewhere(self, function, *args):
        def inner(connection, *args): return function(*args)
        return threads.start(inner, *args)
"""
"""Helpers that run what they are given in a transaction: in a block, before a commit, and by a library that runs their helper."""


def test_the_transaction_of_a_helper_is_that_of_who_gives_the_function(draw: Draw) -> None:
    app = draw(
        HELPERS
        + """
def user(): in_block(add_user)
def order(): in_block(add_order)
def kept(): with_commit(add_user)
def by_lambda(): in_block(lambda session: session.add(Order()))
def handed(): hand_on(add_order)
def nothing(): in_block(print)
def driver(pool: Pool):
    def txn(cursor: sqlite3.Cursor): cursor.execute("DELETE FROM users")
    pool.run("name", txn)
"""
    )
    assert {(t.definition, t.scope, t.tables_written) for t in app.system.transactions} == {
        ("m:user", "session", ("users",)),
        ("m:order", "session", ("orders",)),
        ("m:kept", "session", ("users",)),
        ("m:by_lambda", "session", ("orders",)),
        ("m:handed", "session", ("orders",)),
        ("m:Service.user", "session", ("users",)),
        ("m:Service.order", "session", ("orders",)),
        ("m:driver", "explicit", ("users",)),
    }
    inside = dict(zip((t.definition for t in app.system.transactions), what_is_inside(app.system), strict=True))
    assert inside["m:user"].definitions == ("m:User", "m:add_user", "m:in_block", "m:user")
    assert inside["m:Service.order"].definitions == (
        "m:Order", "m:Service.add_order", "m:Service.atomically", "m:Service.order",
    )  # fmt: skip
    assert "m:driver.txn" in inside["m:driver"].definitions


def test_a_savepoint_of_a_helper_is_no_transaction_of_its_own(draw: Draw) -> None:
    use = """
    from django.db import transaction
    from shop.models import Mail, Order
    def safely(function):
        with transaction.atomic(): function()
    def wipe(): Mail.objects.all().delete()
    @transaction.atomic
    def outer():
        Order.objects.all().delete()
        safely(wipe)
    def alone(): safely(wipe)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    written = {t.definition: "shop_mail" in t.tables_written for t in app.system.transactions}
    assert written == {"shop.use:outer": True, "shop.use:alone": True}


def test_a_helper_that_also_puts_it_off_runs_only_what_each_caller_gives(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from django.db import transaction
            from shop.models import Line, Mail, Order
            def call_event(function, *args):
                if transaction.get_connection().in_atomic_block:
                    transaction.on_commit(lambda: function(*args))
                else:
                    function(*args)
            def mailed(text): Mail.objects.create(text=text)
            def lined(order): Line.objects.create(order=order)
            @transaction.atomic
            def place(text):
                Order.objects.create(status="new")
                call_event(mailed, text)
            @transaction.atomic
            def add(order):
                call_event(lined, order)
            """,
    })  # fmt: skip
    found = {(t.definition, t.tables_written) for t in app.system.transactions}
    assert found == {("shop.use:place", ("shop_mail", "shop_order")), ("shop.use:add", ("shop_line",))}


def test_what_a_class_body_runs_when_it_is_imported_is_in_no_transaction(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/use.py": """
            import inspect
            from django.db import models, transaction

            class Order(models.Model):
                pass
            class Mail(models.Model):
                pass
            class Log(models.Model):
                pass
            class Seen(models.Manager):
                def open(self):
                    return self.filter(id=1)
            class Line(models.Model):
                objects = Seen()

            def noted(_function=None, *, times=1):
                note(times)
                def decorate(function):
                    inspect.signature(function)
                    def wrapped(*args):
                        return function(*args)
                    return wrapped
                return decorate if _function is None else decorate(_function)

            def note(times):
                Log.objects.create()

            class Desk:
                lines = Line.objects.open()
                @noted
                def order(self):
                    Order.objects.create()
                @noted(times=2)
                def mail(self):
                    Mail.objects.create()

            def place():
                with transaction.atomic():
                    Desk().order()
            def post():
                with transaction.atomic():
                    Desk().mail()
            def look():
                with transaction.atomic():
                    list(Desk().lines)
            """,
        }
    )
    found = {t.definition: (t.tables_written, t.tables_read) for t in app.system.transactions}
    assert found["shop.use:place"][0] == ("shop_order",)
    assert found["shop.use:post"][0] == ("shop_mail",)
    assert found["shop.use:look"] == ((), ("shop_line",))


def test_routes_lead_to_what_their_classes_do_in_methods_that_bases_ask_for(draw: Draw) -> None:
    app = draw(
        {
            "shop.py": """
            from flask import Flask
            from flask_classful import FlaskView
            from flask_sqlalchemy import SQLAlchemy
            db = SQLAlchemy()
            class Order(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Mail(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Deleting:
                def delete(self, number):
                    self._remove(number)
                    db.session.commit()
                def _remove(self, number):
                    pass
            class DeletingInShop(Deleting):
                def delete(self, number):
                    return super().delete(number)
            class OrdersView(DeletingInShop, FlaskView):
                def _remove(self, number):
                    db.session.delete(Order.query.get(number))
                    db.session.commit()
            class MailsView(DeletingInShop, FlaskView):
                def _remove(self, number):
                    db.session.delete(Mail.query.get(number))
                    db.session.commit()
            app = Flask(__name__)
            OrdersView.register(app)
            MailsView.register(app)
            """,
        }
    )
    inside = dict(zip(app.system.transactions, what_is_inside(app.system), strict=True))
    found = {
        t.definition: (t.tables_written, inside[t].entry_points) for t in app.system.transactions if t.tables_written
    }
    assert found == {
        "shop:OrdersView._remove": (("order",), ("http DELETE /orders/<number>/",)),
        "shop:MailsView._remove": (("mail",), ("http DELETE /mails/<number>/",)),
    }


def test_a_wrapper_that_puts_another_decorator_around_the_same_function_leads_to_no_other(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": """
            from functools import wraps
            from flask import Flask, current_app
            from flask_sqlalchemy import SQLAlchemy
            db = SQLAlchemy()
            app = Flask(__name__)
            class Order(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Mail(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            def signed_in(function):
                @wraps(function)
                def view(*args, **kwargs):
                    if callable(getattr(current_app, "ensure_sync", None)):
                        return current_app.ensure_sync(function)(*args, **kwargs)
                    return function(*args, **kwargs)
                return view
            def trusted(function):
                @wraps(function)
                def view(*args, **kwargs):
                    if app.config["PROXY"]:
                        return function(*args, **kwargs)
                    return signed_in(function)(*args, **kwargs)
                return view
            @app.route("/order")
            @trusted
            def order():
                db.session.add(Order())
                db.session.commit()
            @app.route("/mail")
            @trusted
            def mail():
                db.session.add(Mail())
                db.session.commit()
            @app.route("/both")
            def both():
                order()
            """,
        }
    )
    inside = zip((t.definition for t in app.system.transactions), what_is_inside(app.system), strict=True)
    assert {definition: what.entry_points for definition, what in inside} == {
        "shop:order": ("http GET /both", "http GET /order"),
        "shop:mail": ("http GET /mail",),
    }


def test_a_wrapped_method_that_classes_inherit_is_told_of_each(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/use.py": """
            import functools
            from django.db import transaction
            from shop.models import Line, Mail

            def atomically(function):
                @functools.wraps(function)
                def wrapped(*args, **kwargs):
                    with transaction.atomic():
                        return function(*args, **kwargs)
                return wrapped
            class Import:
                @atomically
                def run(self): self.add()
                def add(self): raise NotImplementedError
            class ImportLines(Import):
                def add(self): Line.objects.create()
            class ImportMails(Import):
                def add(self): Mail.objects.create()
            def lines(): ImportLines().run()
            def mails(): ImportMails().run()
            """,
        }
    )
    written = {t.unit: t.tables_written for t in app.system.transactions if t.definition == "shop.use:Import.run"}
    assert {unit: tables for unit, tables in written.items() if tables} == {
        "shop.use:ImportLines": ("shop_line",),
        "shop.use:ImportMails": ("shop_mail",),
    }


def test_a_class_that_inherits_a_method_does_in_it_what_it_does_instead_and_no_more(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/use.py": """
            from django.db import transaction
            from shop.models import Line, Mail, Order

            class Action:
                def run(self):
                    pass
            class Send(Action):
                def run(self):
                    Mail.objects.create(text="x")

            class Edit:
                model = Order
                actions: dict[str, Action] = {}
                @transaction.atomic
                def make(self):
                    self.model.objects.create()
                    self.beside()
                def beside(self):
                    Mail.objects.create(text="x")
                def save(self, name, order: Order):
                    order.delete()
                    self.actions[name].run()

            class EditLines(Edit):
                model = Line
                actions = ("run", "stop")
                def beside(self):
                    pass

            @transaction.atomic
            def edit(name, order: Order):
                Edit().save(name, order)
            @transaction.atomic
            def edit_lines(name, order: Order):
                EditLines().save(name, order)
            def make():
                Edit().make()
                EditLines().make()
            """,
        }
    )
    written = {
        (t.definition.rpartition(":")[2], t.unit.rpartition(":")[2]): t.tables_written for t in app.system.transactions
    }
    assert written == {
        ("Edit.make", "Edit"): ("shop_mail", "shop_order"),
        ("Edit.make", "EditLines"): ("shop_line",),
        ("edit", "edit"): ("shop_line", "shop_mail", "shop_order"),
        # No action is known that it runs; the order is the same for every class.
        ("edit_lines", "edit_lines"): ("shop_line", "shop_order"),
    }


def test_an_inherited_method_that_is_given_to_a_helper_acts_for_the_class_it_is_given_for(draw: Draw) -> None:
    app = draw(
        {
            "shop.py": """
            from sqlalchemy import Column, Integer
            from sqlalchemy.orm import DeclarativeBase, Session
            session = Session()
            class Found:
                @classmethod
                def by_number(cls, number):
                    return session.query(cls).get(number)
            class Base(DeclarativeBase):
                pass
            class Order(Found, Base):
                __tablename__ = "orders"
                id = Column(Integer, primary_key=True)
            class Mail(Found, Base):
                __tablename__ = "mails"
                id = Column(Integer, primary_key=True)
            def found_or_none(find, *args):
                return find(*args)
            def outer(find):
                return found_or_none(find, 3)
            def show_order():
                found_or_none(Order.by_number, 1)
                session.commit()
            def show_mail():
                outer(Mail.by_number)
                session.commit()
            def show_some(mail):
                found_or_none(Mail.by_number if mail else Order.by_number, 1)
                session.commit()
            """
        }
    )
    found = {t.definition: t.tables_read for t in app.system.transactions}
    assert found == {
        "shop:show_order": ("orders",),
        "shop:show_mail": ("mails",),
        "shop:show_some": ("mails", "orders"),
    }


def test_what_only_tests_run_is_in_no_transaction(draw: Draw) -> None:
    use = """
    from celery import shared_task
    from django.conf import settings
    from django.db import transaction
    from shop.models import Line, Mail, Order
    @shared_task
    def mail():
        Mail.objects.create(text="x")
    @transaction.atomic
    def place():
        Order.objects.create(status="new")
        if settings.CELERY_TASK_ALWAYS_EAGER and settings.MAILS:
            mail()
            Line.objects.all().delete()
        else:
            transaction.on_commit(mail.delay)
    @transaction.atomic
    def other():
        if not getattr(settings, "TESTING", False):
            Line.objects.all().delete()
        else:
            mail()
    @transaction.atomic
    def either():
        if settings.CELERY_TASK_ALWAYS_EAGER or settings.MAILS:
            mail()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert {t[:1] + t[3:4] for t in _transactions(app)} == {
        ("shop.use:place", ("shop_order",)),
        ("shop.use:other", ("shop_line",)),
        ("shop.use:either", ("shop_mail",)),
    }
    calls = {(d.source, d.line): d for d in app.system.dependencies if d.target == "shop.use:mail" and d.kind == "call"}
    assert {key: (d.rule, d.runs) for key, d in calls.items()} == {
        ("shop.use:place", 12): ("only where a setting for tests is on", False),
        ("shop.use:other", 21): ("only where a setting for tests is on", False),
        ("shop.use:either", 25): ("name", True),
    }


def test_a_call_that_a_setting_puts_in_the_place_of_a_queue_is_in_no_transaction(draw: Draw) -> None:
    """Not so where a parameter decides: then both happen in operation."""
    use = """
    from celery import shared_task
    from django.conf import settings
    from django.db import transaction
    from shop.models import Line, Mail, Order
    @shared_task
    def mail(order):
        Mail.objects.create(text="x")
    @transaction.atomic
    def place():
        order = Order.objects.create(status="new")
        if settings.QUEUED:
            transaction.on_commit(lambda: mail.delay(order.id))
        else:
            mail(order.id)
    @transaction.atomic
    def early():
        Line.objects.all().delete()
        if settings.QUEUED:
            mail.delay(1)
            return
        mail(1)
    @transaction.atomic
    def earlier():
        Order.objects.all().delete()
        if not settings.QUEUED:
            return mail(1)
        mail.delay(1)
    @transaction.atomic
    def urgent(now):
        if now:
            mail(1)
        else:
            mail.delay(1)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert {t[:1] + t[3:4] for t in _transactions(app)} == {
        ("shop.use:place", ("shop_order",)),
        ("shop.use:early", ("shop_line",)),
        ("shop.use:earlier", ("shop_line", "shop_order")),
        ("shop.use:urgent", ("shop_mail",)),
    }


SHOWN_OR_SAVED = """
    import outside
    from django.db import transaction
    from rest_framework import serializers
    from shop.models import Line, Mail, Order

    class OrderSerializer(serializers.Serializer):
        def to_representation(self, order):
            return Line.objects.filter(order=order).count()
        def create(self, data):
            return Order.objects.create(**data)

    @transaction.atomic
    def show(order):
        Mail.objects.create(text="shown")
        return OrderSerializer(order).data

    @transaction.atomic
    def save(data):
        serializer = OrderSerializer(data=data)
        serializer.is_valid()
        serializer.save()

    @transaction.atomic
    def hand_over():
        Mail.objects.create(text="handed over")
        return outside.describe(OrderSerializer)
    """


def test_what_a_serializer_does_when_it_is_saved_is_in_the_transactions_of_who_saves_it(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": SHOWN_OR_SAVED})
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.use:show", ("shop_mail",)),
        ("shop.use:save", ("shop_order",)),
        ("shop.use:hand_over", ("shop_mail",)),
    }


def test_what_a_decorator_hangs_on_a_function_runs_that_function(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/queue.py": """
                def task(function):
                    def soon(*args):
                        function(*args)
                    function.soon = soon
                    return function
                """,
            "shop/use.py": """
                from django.db import transaction
                from shop.models import Line, Mail
                from shop.queue import task
                @task
                def mail(): Mail.objects.create(text="x")
                @task
                def clear(): Line.objects.all().delete()
                @transaction.atomic
                def use_mail(): mail.soon()
                @transaction.atomic
                def use_clear(): clear.soon()
                """,
        }
    )
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.use:use_mail", ("shop_mail",)),
        ("shop.use:use_clear", ("shop_line",)),
    }
    through = {(d.source, d.target) for d in app.system.dependencies if d.kind == "through"}
    assert through == {("shop.use:use_mail", "shop.use:mail"), ("shop.use:use_clear", "shop.use:clear")}


TWO_DATABASES = """
    from contextlib import contextmanager
    from sqlalchemy import Engine, text

    def refresh(engine: Engine, other: Engine):
        with engine.connect() as connection:
            connection.execute(text("UPDATE users SET seen = 1"))
            ids = connection.execute(text("SELECT id FROM users"))
        raw = other.raw_connection()
        raw.cursor().execute("INSERT INTO counts SELECT 1")
        raw.commit()

    def apart(session: Session):
        session.add(A())
        with Maker() as own:
            own.add(B())
            own.commit()
        session.commit()

    @contextmanager
    def opened():
        with Maker() as session:
            yield session

    @contextmanager
    def reading():
        with opened() as session:
            yield session

    def beside(session: Session):
        session.add(A())
        with reading() as own:
            own.query(B).all()
        session.commit()

    def keep(number):
        session = Maker()
        session.add(B())
        session.commit()

    def both(session: Session):
        session.add(A())
        keep(1)
        session.commit()

    def around(session: Session):
        with session.begin():
            session.add(A())
            keep(2)
    """


def test_a_commit_commits_what_was_done_on_its_own_connection(draw: Draw) -> None:
    assert _committed(draw, TWO_DATABASES) == {
        ("use:refresh", "explicit", ("counts",), ()),
        ("use:apart", "session", ("a",), ()),
        ("use:apart", "session", ("b",), ()),
        ("use:keep", "session", ("b",), ()),
        ("use:both", "session", ("a",), ()),
        ("use:around", "session", ("a",), ()),
        ("use:beside", "session", ("a",), ()),
    }


def test_who_calls_a_lambda_of_a_module_does_not_run_what_the_module_registers(draw: Draw) -> None:
    use = """
    import atexit
    from django.db import transaction
    from shop.models import Line, Mail, Order
    def flush(): Mail.objects.all().delete()
    atexit.register(flush)
    KINDS = {"order": lambda: Order.objects.create(status="new")}
    @transaction.atomic
    def make(kind):
        KINDS["order"]()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    (found,) = app.system.transactions
    assert found.tables_written == ("shop_order",)
    walk = Ties(app.system).walk((found.definition, found.unit))
    assert [access.table for access, _ in walk.writes] == ["shop_order"]
