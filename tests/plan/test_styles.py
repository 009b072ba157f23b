"""How calls go over the network that look like calls and are none, and what a caller does when no answer comes."""

from __future__ import annotations

import pytest

from decompose.boundaries.split import Service, Split
from decompose.plan.consequences import consequences
from decompose.plan.step import Plan
from decompose.plan.step_detail import CrossingCall, StepDetail
from tests.conftest import Draw

STORE = """
import sqlite3


def rows(what):
    return sqlite3.connect("x").execute("select * from orders where id = ?", [what]).fetchall()


def save(what):
    sqlite3.connect("x").execute("insert into orders (id) values (?)", [what])
"""


def planned(draw: Draw, files: dict[str, str], tables: dict[str, tuple[str, ...]] | None = None) -> Plan:
    """The plan where each module of ``m`` is a service that is called as the module."""
    app = draw({"m/__init__.py": "", **files})
    homes: dict[str, list[str]] = {}
    for unit in app.system.units:
        homes.setdefault(unit.module.rpartition(".")[2], []).append(unit.id)
    homes.pop("m", None)
    services = tuple(
        Service(name=name, units=tuple(units), tables=(tables or {}).get(name, ()))
        for name, units in sorted(homes.items())
    )
    return consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan


def details(plan: Plan) -> dict[str, StepDetail]:
    """Service -> the detail of its step."""
    return {step.service: step.detail for step in plan.steps if step.detail and step.service}


def crossings(plan: Plan) -> dict[tuple[str, str], CrossingCall]:
    """(source, last name) -> the crossing."""
    return {
        (call.source, call.definition.rpartition(":")[2]): call
        for detail in details(plan).values()
        for call in (*detail.calls_in, *detail.calls_out)
    }


def test_a_function_that_runs_what_it_is_given_is_copied_and_what_it_is_given_stays_with_its_caller(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": f"from m import b\n{STORE}\n\ndef show(row):\n    return rows(row)\n\n\ndef page():\n    return b.listed([1], show)\n",
        "m/b.py": "def listed(rows, render):\n    return [render(row) for row in rows]\n",
    })  # fmt: skip
    found = crossings(plan)
    assert found["a", "listed"].style == found["b", "show"].style == "local"
    assert not any(detail.operations for detail in details(plan).values())


def test_a_function_cannot_be_sent_to_code_that_needs_the_data_of_its_own_service(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": "from m import b\n\n\ndef show(row):\n    return str(row)\n\n\ndef page():\n    return b.listed(show)\n",
        "m/b.py": f"{STORE}\n\ndef listed(render):\n    return [render(row) for row in rows(1)]\n",
    }, {"b": ("orders",)})  # fmt: skip
    found = crossings(plan)
    assert found["a", "listed"].style == "synchronous"
    assert "a function cannot be sent" in found["b", "show"].reason


def test_a_decorator_that_is_a_class_ties_nobody_to_its_service(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": f"from m.b import Allowed\n{STORE}\n\n@Allowed('admin')\ndef page():\n    return rows(1)\n",
        "m/b.py": (
            "import functools\n\nfrom flask import g\n\n\nclass Allowed:\n    def __init__(self, role):\n        self.role = role\n\n"
            "    def __call__(self, function):\n        @functools.wraps(function)\n        def wrapped(*args):\n"
            "            if g.user != self.role:\n                return None\n            return function(*args)\n\n        return wrapped\n"
        ),
    })  # fmt: skip
    assert {call.style for call in crossings(plan).values()} == {"local"}


def test_what_runs_when_a_module_is_loaded_is_no_call_over_the_network(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": "from m import b\n\n\nclass Csv:\n    pass\n\n\nb.register(Csv)\n",
        "m/b.py": f"{STORE}\n\ndef register(kind):\n    return rows(kind.__name__)\n",
    })  # fmt: skip
    assert crossings(plan)["a", "register"].style == "local"


def test_abort_refuses_as_raising_does(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": "from m import b\n\n\ndef page():\n    b.require(1)\n    b.look(1)\n    return 'ok'\n",
        "m/b.py": f"from flask import abort\n{STORE}\n\ndef require(who):\n    if not rows(who):\n        abort(403)\n\n\ndef look(who):\n    rows(who)\n",
    })  # fmt: skip
    found = crossings(plan)
    assert found["a", "require"].style == "synchronous"
    assert "m.b:require may refuse" in found["a", "require"].reason
    assert found["a", "look"].style == "asynchronous"


def test_without_an_answer_a_task_is_done_again_and_a_page_goes_without(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": (
            "from celery import shared_task\nfrom flask import Flask\n\nfrom m import b\n\napp = Flask('x')\n\n\n"
            "@shared_task\ndef nightly():\n    return b.rows(1)\n\n\n@app.get('/')\ndef page():\n    return b.rows(2)\n"
        ),
        "m/b.py": STORE,
        "m/c.py": "from celery import shared_task\n\nfrom m import b\n\n\n@shared_task\ndef hourly():\n    return b.rows(3)\n",
    })  # fmt: skip
    found = crossings(plan)
    assert "show the page without that part" in found["a", "rows"].without_answer
    assert "let the task, command or message fail, and begin again when b is back" in found["c", "rows"].without_answer


def test_rows_that_go_along_with_others_follow_an_event_and_are_not_asked_for(draw: Draw) -> None:
    plan = planned(
        draw,
        {
            "m/people.py": (
                "from django.db import models\n\n\nclass Person(models.Model):\n    name = models.CharField(max_length=9)\n\n\n"
                "def leave(pk):\n    Person.objects.get(pk=pk).delete()\n"
            ),
            "m/mail.py": (
                "from django.db import models\n\nfrom m.people import Person\n\n\nclass Letter(models.Model):\n"
                "    to = models.ForeignKey(Person, on_delete=models.CASCADE)\n\n\nclass Page(models.Model):\n"
                "    letter = models.ForeignKey(Letter, on_delete=models.CASCADE)\n"
            ),
        },
        {"people": ("m_person",), "mail": ("m_letter", "m_page")},
    )
    offered = [(operation.name, operation.style) for operation in details(plan)["mail"].operations]
    # Letters are looked up before they go, because of their pages: that is no question of others.
    assert offered == [("delete m_letter", "event"), ("delete m_page", "event")]
    assert "Kafka" in details(plan)["mail"].messaging
    assert not any(step.needs_first for step in plan.steps), "nobody waits for what a cascade does"


def test_messages_go_through_the_broker_that_is_there(draw: Draw) -> None:
    files = {
        "m/a.py": "from m import b\n\n\ndef page():\n    b.save(1)\n    return 'ok'\n",
        "m/b.py": STORE,
    }
    assert "a broker such as RabbitMQ" in details(planned(draw, files))["b"].messaging
    told = details(planned(draw, {**files, "m/c.py": "import celery\n\nVERSION = celery.__version__\n"}))["b"].messaging
    assert "the broker behind Celery, which is already in use" in told


def test_packages_and_settings_of_shared_code_count_where_it_is_come_to(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/shared.py": "import os\n\nimport httpx\n\n\ndef get(path):\n    return httpx.get(os.environ['BASE'] + path)\n",
        "m/a.py": "from m.shared import get\n\n\ndef page():\n    return get('/')\n",
        "m/b.py": "import redis\nimport yaml\n\n\nclass Keys:\n    def all(self):\n        return redis.Redis().keys()\n\n\ndef read(text):\n    return yaml.load(text)\n",
        "m/c.py": "def nothing():\n    return 1\n",
    })  # fmt: skip
    homes = {"a": ["m.a:page", "m.b:read"], "b": ["m.b:Keys", "m.b:"], "c": ["m.c:nothing"]}
    services = tuple(Service(name=name, units=tuple(units), tables=()) for name, units in homes.items())
    shared = ("m.shared:", "m.shared:get")
    split = Split(name="s", generator="", trivial=False, services=services, shared=shared)
    found = details(consequences(app.system, split).plan)
    assert {name: [p.name for p in detail.packages] for name, detail in found.items()} == {
        "a": ["httpx", "yaml"],
        "b": ["redis"],
        "c": [],
    }
    assert {name: [s.name for s in detail.settings] for name, detail in found.items()} == {
        "a": ["BASE"],
        "b": [],
        "c": [],
    }


def test_only_a_job_by_the_clock_that_surely_keeps_nothing_is_proposed_as_a_function(draw: Draw) -> None:
    app = (
        "from celery import Celery\nfrom django.contrib.sessions.backends.db import SessionStore\n"
        "from django.core.management import call_command\n\nfrom m import a\n\napp = Celery('x')\n\n\n"
        "@app.task\ndef greet():\n    return 'good morning'\n\n\n@app.task\ndef sweep():\n    call_command('flush')\n\n\n"
        "@app.task\ndef count():\n    return a.rows(1)\n\n\n@app.task\ndef forget():\n    SessionStore.clear_expired()\n\n\n"
        "app.conf.beat_schedule = {\n    'greeting': {'task': 'm.b.greet', 'schedule': 60},\n"
        "    'sweeping': {'task': 'm.b.sweep', 'schedule': 60},\n    'counting': {'task': 'm.b.count', 'schedule': 60},\n"
        "    'forgetting': {'task': 'm.b.forget', 'schedule': 60},\n}\n"
    )
    commands = "".join(f"\n\n@click.command()\ndef command_{n}():\n    return rows({n})\n" for n in range(9))
    plan = planned(draw, {"m/a.py": f"import click\n{STORE}{commands}", "m/b.py": app}, {"a": ("orders",)})
    found = [p.because for detail in details(plan).values() for p in detail.patterns if p.name == "serverless"]
    assert found == ["1 job runs by the clock and touches neither table nor store, such as greeting"]


def test_what_a_message_from_another_service_starts_has_nobody_to_refuse_to(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": (
            f"from blinker import signal\nfrom flask import Flask\n{STORE}\n\nplaced = signal('placed')\napp = Flask('x')\n\n\n"
            "@app.get('/')\ndef page():\n    placed.send(1)\n    return 'ok'\n"
        ),
        "m/b.py": "from m import a, c\n\n\n@a.placed.connect\ndef heard(what):\n    return c.rows(what)\n",
        "m/c.py": STORE,
    })  # fmt: skip
    without = crossings(plan)["b", "rows"].without_answer
    assert "let the task, command or message fail" in without


SHAPES = {
    "m/a.py": (
        "from m.b import Circle, Shape, Square\n\n\ndef pick(name):\n    return {'circle': Circle, 'square': Square}[name]()\n\n\n"
        "def page(name):\n    shape = pick(name)\n    return shape.area()\n\n\ndef list_all(names):\n    return [pick(n).area() for n in names]\n"
    ),
    "m/b.py": (
        f"{STORE}\n\nclass Shape:\n    def area(self):\n        raise NotImplementedError\n\n\n"
        "class Circle(Shape):\n    def area(self):\n        return rows('circle')\n\n\n"
        "class Square(Shape):\n    def area(self):\n        return 4\n"
    ),
}


def test_methods_among_which_the_object_decides_are_one_operation(draw: Draw) -> None:
    plan = planned(draw, SHAPES, {"b": ("orders",)})
    (operation,) = details(plan)["b"].operations
    assert operation.name == "Shape.area", "the class above all of them declares it"
    assert operation.alternatives == ("m.b:Circle.area", "m.b:Square.area")
    assert operation.callers == {"a": 2}, "a place that calls counts once"
    assert len(operation.in_loops) == 1
    (call,) = [call for call in details(plan)["b"].calls_in if call.definition == "m.b:Shape.area"]
    assert (call.style, call.sites) == ("synchronous", 2), "one of them needs its data"
    assert "as the object is, Circle.area, Square.area" in str(call)
    assert plan.steps[0].count("seams") == 4, "two places that ask, and two classes that are named where they are made"


def test_functions_of_the_same_name_are_operations_of_their_own(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": "from m import b\n\n\ndef page():\n    return b.one.load(1), b.two.load(2)\n",
        "m/b/__init__.py": "from m.b import one, two\n",
        "m/b/one.py": f"{STORE}\n\ndef load(key):\n    return rows(key)\n",
        "m/b/two.py": f"{STORE}\n\ndef load(key):\n    return rows(key)\n",
    }, {"m.b": ("orders",)})  # fmt: skip
    offered = [operation.definition for detail in details(plan).values() for operation in detail.operations]
    assert {"m.b.one:load", "m.b.two:load"} <= set(offered)


def test_a_loop_over_the_columns_of_one_row_needs_no_batch(draw: Draw) -> None:
    models = (
        "from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer, primary_key=True)\n    state = Column(String)\n"
    )
    code = "from sqlalchemy.orm import Session\n\nfrom m.b import Order\n\n\ndef {0}(session: Session, what):\n{1}    session.commit()\n"
    one = "    order = session.get(Order, 1)\n    for name in what:\n        setattr(order, name, what[name])\n"
    many = "    for order in session.query(Order).all():\n        order.state = what\n"
    for body, lines in ((one, ()), (many, ("m/a.py:8",))):
        plan = planned(draw, {"m/a.py": code.format("change", body), "m/b.py": models}, {"b": ("orders",)})
        (update,) = [o for detail in details(plan).values() for o in detail.operations if o.name == "update orders"]
        assert update.in_loops == lines


def test_what_only_puts_a_process_together_is_no_message(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": (
            f"from flask import Flask\n\nfrom m import b\n{STORE}\n\ndef create_app():\n    app = Flask(__name__)\n    b.init_app(app)\n"
            "    b.warm()\n    return app\n\n\napp = create_app()\n\n\n@app.route('/')\ndef page():\n    found = rows(1)\n    b.hear(1)\n    return found\n"
        ),
        "m/b.py": (
            f"from flask import session\n{STORE}\n\ndef init_app(app):\n    @app.before_request\n    def keep():\n"
            "        session.permanent = True\n        save(1)\n\n\ndef warm():\n    rows(1)\n\n\ndef hear(what):\n    save(what)\n"
        ),
    })  # fmt: skip
    found = crossings(plan)
    assert found["a", "init_app"].style == "local"
    assert found["a", "init_app"].reason.startswith("it runs when the process starts")
    assert not found["a", "init_app"].identity
    assert {found["a", name].style for name in ("warm", "hear")} == {"asynchronous"}, (
        "they need the data of their service"
    )


def test_a_repository_for_all_models_is_no_service_for_those_whose_rows_it_is_given(draw: Draw) -> None:
    models = "".join(
        f"class {name}(Base):\n    __tablename__ = '{name.lower()}s'\n    id = Column(Integer, primary_key=True)\n\n\n"
        for name in ("Order", "Bill", "Rate", "Note")
    )
    plan = planned(draw, {
        "m/base.py": f"from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\n{models}",
        "m/a.py": "from m.c import orders\n\n\ndef take(key):\n    orders().drop(key)\n",
        "m/b.py": "from m.c import bills, rates\n\n\ndef take(key):\n    bills().drop(key)\n\n\ndef rate(key):\n    return rates().drop(key)\n",
        "m/c.py": (
            "from typing import Generic, TypeVar\n\nfrom sqlalchemy.orm import Session\n\nfrom m.base import Bill, Note, Order, Rate\n\n"
            "Model = TypeVar('Model')\nsession = Session()\n\n\nclass Repository(Generic[Model]):\n"
            "    def __init__(self, model: type[Model]) -> None:\n        self.model = model\n\n"
            "    def drop(self, key):\n        session.delete(session.get(self.model, key))\n        session.commit()\n\n\n"
            "def orders() -> Repository[Order]:\n    return Repository(Order)\n\n\ndef bills() -> Repository[Bill]:\n    return Repository(Bill)\n\n\n"
            "def rates() -> Repository[Rate]:\n    return Repository(Rate)\n\n\ndef own(key):\n    rates().drop(key)\n\n\n"
            "def either(key):\n    return Repository(Note) if key else Repository(Rate)\n"
        ),
        "m/d.py": "from m.c import either\n\n\ndef take(key):\n    either(key).drop(key)\n",
    }, {"a": ("orders",), "b": ("bills",), "c": ("rates",), "d": ("notes",)})  # fmt: skip
    found = crossings(plan)
    assert found["a", "Repository.drop"].style == "local"
    assert "on rows of the caller's own (orders)" in found["a", "Repository.drop"].reason
    assert found["b", "Repository.drop"].style == "synchronous", "it asks for rates as well"
    assert found["b", "Repository.drop"].reason.endswith("(m/b.py:9)")
    assert found["d", "Repository.drop"].style != "local", "one and the same call may be for rates"


def test_what_works_on_the_session_of_a_request_cannot_be_a_message(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": f"from m import b\n{STORE}\n\ndef page():\n    found = rows(1)\n    b.keep(1)\n    b.note(1)\n    return found\n",
        "m/b.py": f"from flask import session\n{STORE}\n\ndef keep(what):\n    save(what)\n    session['what'] = what\n\n\ndef note(what):\n    save(what)\n",
    })  # fmt: skip
    found = crossings(plan)
    assert found["a", "note"].style == "asynchronous"
    assert found["a", "keep"].style == "synchronous"
    assert "m.b:keep works on the session of the request" in found["a", "keep"].reason


@pytest.mark.parametrize(
    ("page", "reads"),
    [
        ("found = rows(1)\n    b.note(1)\n    return found", ""),
        ("b.note(1)\n    return rows(1)", "m.a:rows reads orders (m/a.py:"),
        ("inner()\n    return rows(1)", "m.a:rows reads orders (m/a.py:"),
        ("return inner()", ""),
        ("found = rows(1)\n    b.note(1)\n    b.note(2)\n    return found", ""),
    ],
    ids=["before", "after", "by who called the caller", "nowhere", "by the same again"],
)
def test_what_is_read_after_it_was_written_cannot_be_a_message(draw: Draw, page: str, reads: str) -> None:
    plan = planned(draw, {
        "m/a.py": f"from m import b\n{STORE}\n\ndef inner():\n    b.note(1)\n\n\ndef page():\n    {page}\n",
        "m/b.py": f"{STORE}\n\ndef note(what):\n    if rows(what):\n        save(what)\n",
    }, {"b": ("orders",)})  # fmt: skip
    found = crossings(plan)["a", "note"]
    assert found.style == ("synchronous" if reads else "asynchronous")
    assert (f"afterwards {reads}" in found.reason) == bool(reads)


def test_a_query_that_is_handed_back_runs_after_what_was_called_meanwhile(draw: Draw) -> None:
    models = "from django.db import models\n\n\nclass Store(models.Model):\n    state = models.TextField()\n"
    code = "from m import b\nfrom m.b import Store\n\n\ndef listed():\n    {0}\n    b.check(1)\n    return {1}\n"
    for made, given, style in (
        ("stores = Store.objects.filter(id=1)", "stores", "synchronous"),
        ("stores = list(Store.objects.filter(id=1))", "stores", "asynchronous"),
    ):
        plan = planned(draw, {
            "m/a.py": code.format(made, given),
            "m/b.py": f"{models}\n\ndef check(key):\n    Store.objects.filter(id=key).update(state='ok')\n",
        }, {"b": ("m_store",)})  # fmt: skip
        assert crossings(plan)["a", "check"].style == style


def test_a_crossing_that_is_only_inferred_says_so(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": f"from m.b import Store\n{STORE}\n\ndef page(store: Store):\n    save(1)\n    return store.one(1)\n\n\ndef own():\n    return Store().two(1)\n",
        "m/b.py": f"{STORE}\n\nclass Store:\n    def one(self, what):\n        return rows(what)\n\n    def two(self, what):\n        return rows(what)\n\n\n"
        "class Other(Store):\n    def one(self, what):\n        return rows(2)\n",
    }, {"b": ("orders",)})  # fmt: skip
    found = crossings(plan)
    assert "is called at all is inferred (" in found["a", "Store.one"].reason
    assert "inferred" not in found["a", "Store.two"].reason


def test_what_acts_outside_of_the_process_is_no_question_and_is_not_simply_asked_again(draw: Draw) -> None:
    plan = planned(draw, {
        "m/a.py": "from m import b\n\n\ndef page():\n    return b.open_account(), b.accounts()\n",
        "m/b.py": (
            "import requests\n\n\ndef open_account():\n    return requests.post('http://bank').json()\n\n\n"
            "def accounts():\n    return requests.get('http://bank').json()\n"
        ),
    })  # fmt: skip
    calls = crossings(plan)
    assert calls["a", "open_account"].resilience.endswith("because m.b:open_account acts outside of the process")
    assert "it only reads" in calls["a", "accounts"].resilience
    does = {operation.name: operation.does for operation in details(plan)["b"].operations}
    assert does == {"open_account": "command", "accounts": "query"}


def test_what_reacts_to_another_signal_of_the_same_line_is_not_said_to_react_to_this_one(draw: Draw) -> None:
    signals = "from blinker import signal\nopened = signal('opened')\nclosed = signal('closed')\n"
    plan = planned(draw, {
        "m/shop.py": f"{signals}\n\ndef open_():\n    opened.send()\n\n\ndef both():\n    [each.send() for each in (opened, closed)]\n",
        **{f"m/{name}.py": f"from m.shop import {signal}\n{STORE}\n\n@{signal}.connect\ndef on_{name}(sender):\n    save(1)\n"
           for name, signal in (("mail", "opened"), ("stock", "opened"), ("audit", "closed"))},
    })  # fmt: skip
    found = crossings(plan)
    assert found["shop", "on_mail"].reason == found["shop", "on_stock"].reason == "a signal to which mail, stock react"
    assert found["shop", "on_mail"].sites == 2


def test_what_changes_an_object_of_its_caller_is_no_message(draw: Draw) -> None:
    signals = "from blinker import signal\nsaving = signal('saving')\n"
    plan = planned(draw, {
        "m/shop.py": f"from m import stock\n{signals}\n\nclass Order:\n    pass\n\n\ndef save():\n    order = Order()\n    saving.send(order)\n    stock.mark(order)\n    return order.at, order.left\n",
        "m/clock.py": "from m.shop import saving\n\n@saving.connect\ndef stamp(order):\n    order.at = 1\n",
        "m/stock.py": f"{STORE}\n\ndef mark(order):\n    order.left = rows(1)\n",
    })  # fmt: skip
    found = crossings(plan)
    assert found["shop", "stamp"].style == "local"
    assert "which no message brings back" in found["shop", "stamp"].reason
    assert found["shop", "mark"].style == "synchronous"
    assert "it changes an object of the caller (m/stock.py:" in found["shop", "mark"].reason


SHARED_GUARD = {
    "m/users.py": f"{STORE}\n\ndef current():\n    return rows(1)\n",
    "m/guard.py": "from m import users\n\n\ndef known():\n    return users.current()\n\n\ndef twice(text):\n    return text * 2\n",
    "m/shop.py": "from m import guard\n\n\ndef buy():\n    return guard.known()\n",
    "m/blog.py": "from m import guard\n\n\ndef post():\n    return guard.twice('x')\n",
}


def guarded(draw: Draw, files: dict[str, str]) -> Plan:
    """The plan where ``guard`` is shared and each other module of ``m`` a service."""
    app = draw({"m/__init__.py": "", **files})
    homes: dict[str, list[str]] = {}
    for unit in app.system.units:
        homes.setdefault(unit.module.rpartition(".")[2], []).append(unit.id)
    shared = (*homes.pop("m", ()), *homes.pop("guard"))
    services = tuple(Service(name=name, units=tuple(units), tables=()) for name, units in sorted(homes.items()))
    return consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=shared)).plan


def test_what_shared_code_asks_of_a_service_each_service_asks_that_comes_to_it(draw: Draw) -> None:
    plan = guarded(draw, SHARED_GUARD)
    found = crossings(plan)
    assert found.keys() == {("shop", "current")}
    call = found["shop", "current"]
    assert (call.style, call.through, call.evidence) == ("synchronous", "m.guard:known", ("m/guard.py:5",))
    assert "m.guard:known of the shared library calls it for shop" in str(call)
    (operation,) = details(plan)["users"].operations
    assert (operation.callers, operation.place) == ({"shop": 1}, "m/users.py:12")
    assert "current() (m/users.py:12): query" in str(operation)


def test_what_shared_code_is_given_or_finds_by_the_object_is_no_call_of_those_who_come_to_it(draw: Draw) -> None:
    plan = guarded(draw, {
        "m/guard.py": (
            "class Job:\n    def run(self):\n        raise NotImplementedError\n\n\n"
            "def start(job: Job):\n    return job.run()\n\n\ndef apply(function):\n    return function()\n"
        ),
        **{
            f"m/{name}.py": (
                f"from m import guard\n{STORE}\n\nclass {name.title()}(guard.Job):\n    def run(self):\n        return rows(1)\n\n\n"
                f"def {name}_rows():\n    return rows(2)\n\n\n"
                f"def go():\n    return guard.start({name.title()}()), guard.apply({name}_rows)\n"
            )
            for name in ("shop", "blog")
        },
    })  # fmt: skip
    assert not crossings(plan)
