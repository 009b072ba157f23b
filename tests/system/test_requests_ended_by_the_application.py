"""Requests around which the application puts a transaction itself: by what is called at the end of each, or by a middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Log(Base):
        __tablename__ = "logs"
        id: Mapped[int] = mapped_column(primary_key=True)
    maker = sessionmaker(create_engine("sqlite://"))
    session = scoped_session(maker)
"""
FLASK = """
    from flask import Blueprint, Flask, g
    from shop.models import Log, Order, maker, session
    app = Flask(__name__)
    part = Blueprint("part", __name__)
    app.register_blueprint(part)
    def end(): session.commit()
    HOOK
    @app.post("/orders")
    def make():
        session.add(Order())
        session.add(Log())
"""
VIEW = ("make", "request", ("logs", "orders"))


def _told(draw: Draw, source: str, **more: str) -> set[tuple[str, str, tuple[str, ...]]]:
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/app.py": source}
    app = draw({**files, **more})
    return {(t.definition.partition(":")[2], t.scope, t.tables_written) for t in app.system.transactions}


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("@app.teardown_request\n    def close(error): session.commit()", {VIEW}),
        ("@app.after_request\n    def close(response): end()", {VIEW}),
        ("@part.after_app_request\n    def close(response): session.commit()", {VIEW}),
        ("app.teardown_appcontext(end)", {VIEW}),
        ("app.config['SQLALCHEMY_COMMIT_ON_TEARDOWN'] = True", {VIEW}),
        ("@part.after_request\n    def close(response): session.commit()", set()),
        ("@app.before_request\n    def begin(): session.commit()", set()),
        ("@app.teardown_request\n    def close(error): session.remove()", set()),
    ],
)
def test_what_commits_at_the_end_of_all_requests_commits_what_a_view_has_left_open(
    draw: Draw, hook: str, expected: set[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert _told(draw, FLASK.replace("HOOK", hook)) == expected


def test_what_a_view_commits_itself_is_not_in_what_is_committed_behind_it(draw: Draw) -> None:
    hook = "@app.teardown_request\n    def close(error): session.commit()"
    source = FLASK.replace("HOOK", hook).replace(
        "        session.add(Log())", "        end()\n        session.add(Log())"
    )
    assert _told(draw, source) == {("make", "session", ("orders",)), ("make", "request", ("logs",))}


def test_what_is_kept_for_a_request_is_found_by_its_name(draw: Draw) -> None:
    hook = "@app.before_request\n    def begin(): g.own = maker()\n    @app.teardown_request\n    def close(error): g.pop('own').commit()"
    source = FLASK.replace("HOOK", hook).replace("session.add(", "g.own.add(")
    assert _told(draw, source) == {VIEW}


MIDDLEWARE = """
    from fastapi import FastAPI
    from starlette.middleware.base import BaseHTTPMiddleware
    from shop.models import Log, Order, session
    app = FastAPI()
    HOOK
    @app.post("/orders")
    def make():
        session.add(Order())
        session.add(Log())
"""


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        (
            """
            @app.middleware("http")
            async def around(request, call_next):
                response = await call_next(request)
                session.commit()
                return response
            """,
            {VIEW},
        ),
        (
            """
            class Around(BaseHTTPMiddleware):
                async def dispatch(self, request, call_next):
                    with session.begin():
                        return await call_next(request)
            app.add_middleware(Around)
            """,
            {VIEW},
        ),
        (
            """
            class Around:
                def __init__(self, app): self.app = app
                async def __call__(self, scope, receive, send):
                    await self.app(scope, receive, send)
                    session.commit()
            app.add_middleware(Around)
            """,
            {VIEW},
        ),
        (
            """
            @app.middleware("http")
            async def around(request, call_next):
                session.commit()
                return await call_next(request)
            """,
            set(),
        ),
    ],
)
def test_a_middleware_that_goes_on_in_a_transaction_or_commits_behind_that_is_around_all_requests(
    draw: Draw, hook: str, expected: set[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert _told(draw, MIDDLEWARE.replace("    HOOK", hook.replace("\n        ", "\n").rstrip())) == expected


DJANGO = {
    "shop/settings.py": "MIDDLEWARE = ['shop.middleware.Around']\nROOT_URLCONF = 'shop.urls'\n",
    "shop/urls.py": "from django.urls import path\nfrom shop.app import make\nurlpatterns = [path('orders/', make)]\n",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model):
            class Meta: db_table = "orders"
        class Log(models.Model):
            class Meta: db_table = "logs"
        """,
}
AROUND = """
    from django.db import transaction
    class Around:
        def __init__(self, get_response): self.get_response = get_response
        DECORATED
        def __call__(self, request):
            BODY
"""
MAKE = """
    from shop.models import Log, Order
    def make(request):
        Order.objects.create()
        Log.objects.create()
"""


@pytest.mark.parametrize(
    ("decorated", "body", "expected"),
    [
        ("@transaction.atomic", "return self.get_response(request)", {VIEW}),
        ("", "with transaction.atomic(): return self.get_response(request)", {VIEW}),
        ("", "with transaction.atomic(): pass\n            return self.get_response(request)", set()),
    ],
)
def test_a_middleware_of_django_that_goes_on_in_a_transaction_is_around_all_requests(
    draw: Draw, decorated: str, body: str, expected: set[tuple[str, str, tuple[str, ...]]]
) -> None:
    middleware = AROUND.replace("DECORATED", decorated).replace("BODY", body)
    assert _told(draw, MAKE, **DJANGO, **{"shop/middleware.py": middleware}) == expected
