"""What the plan says to do in each step, against applications that were drawn so that the answer is known."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from decompose import api
from decompose.boundaries.split import Service, Split
from decompose.errors import ConfigurationError, UnknownNameError
from decompose.plan.consequences import consequences
from decompose.plan.effort import units_of
from decompose.plan.step import EffortUnits, Plan
from decompose.plan.step_detail import ApiOperation, CrossingCall, StepDetail
from decompose.report.plan_text import plan_markdown, plan_text
from decompose.runs.consequences import consequences_of
from tests.applications import analysed_shop, run_cli, write_tree
from tests.conftest import Application, Draw
from tests.database.sample import by_the_architect
from tests.database.test_divided_database import by_domain

SHOP = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from sqlalchemy import Column, ForeignKey, Integer, String
        from sqlalchemy.orm import DeclarativeBase


        class Base(DeclarativeBase):
            pass


        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            status = Column(String)


        class OrderHistory(Base):
            __tablename__ = "order_history"
            id = Column(Integer, primary_key=True)
            order_id = Column(Integer, ForeignKey("orders.id"))


        class Item(Base):
            __tablename__ = "items"
            id = Column(Integer, primary_key=True)
            left = Column(Integer)
        """,
    "shop/orders.py": """
        from blinker import Namespace
        from flask import Flask, g
        from sqlalchemy.orm import Session

        from shop import stock
        from shop.models import Item, Order, OrderHistory

        signals = Namespace()
        placed = signals.signal("placed")
        app = Flask(__name__)


        @app.post("/orders/<int:number>")
        def place(number):
            return save(Session(), [number])


        def save(session: Session, numbers):
            for number in numbers:
                stock.reserve(session, number)
            left = stock.left(session, numbers[0])
            stock.note(session)
            title = stock.title(left)
            order = session.get(Order, 1)
            order.status = g.user
            session.add(OrderHistory(order_id=1))
            placed.send(order)
            session.commit()
            return title


        def report(session: Session):
            return session.query(Order).join(Item, Item.id == Order.id).all()
        """,
    "shop/stock.py": """
        import os

        import click
        import redis
        from sqlalchemy.orm import Session

        from shop import orders
        from shop.models import Item


        class Empty(Exception):
            pass


        def reserve(session: Session, number: int, *, country="DE"):
            if number < 0:
                raise Empty(number)
            session.add(Item(left=number))


        def note(session: Session):
            session.add(Item(left=0))


        def left(session: Session, number):
            return session.query(Item).filter(Item.id == number).one().left


        def title(left):
            return f"{left} left"


        def limit():
            return int(os.environ["STOCK_LIMIT"])


        @click.command()
        def full():
            return limit()


        @click.command()
        def empty():
            return 0


        @click.command()
        def half():
            return limit() // 2


        @orders.placed.connect
        def count(order, **extra):
            return redis.Redis()
        """,
    "shop/mail.py": """
        from sqlalchemy.orm import Session

        from shop import orders
        from shop.models import Order


        @orders.placed.connect
        def thank(order, **extra):
            with Session() as session:
                return session.get(Order, 1)


        def nightly():
            return 1
        """,
    "tests/test_orders.py": """
        def test_place(client):
            assert client.post("/orders/7")
        """,
    "tests/test_stock.py": """
        from shop.stock import left


        def test_left():
            assert left
        """,
    "tests/conftest.py": """
        from shop import mail, orders, stock
        """,
}
HOMES = {"orders": "orders", "stock": "stock", "mail": "mail"}


def split_of(app: Application) -> Split:
    """Three services by module; the base class is shared."""
    found: dict[str, list[str]] = {name: [] for name in HOMES}
    shared: list[str] = []
    owners = {"Order": "orders", "OrderHistory": "orders", "Item": "stock"}
    for unit in app.system.units:
        name = unit.id.partition(":")[2]
        service = owners.get(name) or HOMES.get(unit.module.rpartition(".")[2])
        (found[service] if service else shared).append(unit.id)
    tables = {"orders": ("order_history", "orders"), "stock": ("items",), "mail": ()}
    services = tuple(Service(name=n, units=tuple(units), tables=tables[n]) for n, units in found.items())
    return Split(name="by hand", generator="", trivial=False, services=services, shared=tuple(shared))


@pytest.fixture(name="app")
def _app(draw: Draw) -> Application:
    return draw(SHOP)


@pytest.fixture(name="plan")
def _plan(app: Application) -> Plan:
    return consequences(app.system, split_of(app)).plan


def test_a_step_counts_the_operations_that_it_lists(plan: Plan) -> None:
    steps = [step for step in plan.steps if step.effort and step.detail]
    assert steps
    assert [s.count("operations") for s in steps] == [len(s.detail.operations) for s in steps if s.detail]


def detail_of(plan: Plan, service: str) -> StepDetail:
    """The detail of the step that takes a service out."""
    (found,) = [step.detail for step in plan.steps if step.service == service]
    assert found is not None
    return found


def calls_of(plan: Plan) -> dict[tuple[str, str], CrossingCall]:
    """(source, last name) -> the crossing, over all steps."""
    return {
        (call.source, call.definition.rpartition(":")[2]): call
        for step in plan.steps
        if step.detail
        for call in (*step.detail.calls_in, *step.detail.calls_out)
    }


def test_the_style_of_a_crossing_follows_from_what_the_caller_does_with_it(plan: Plan) -> None:
    calls = calls_of(plan)
    assert {name: call.style for name, call in calls.items()} == {
        ("orders", "reserve"): "synchronous",
        ("orders", "note"): "asynchronous",
        ("orders", "left"): "synchronous",
        ("orders", "title"): "local",
        ("orders", "count"): "event",
        ("orders", "thank"): "event",
    }
    assert "shop.stock:reserve may refuse" in calls["orders", "reserve"].reason
    assert calls["orders", "left"].reason.startswith("the caller uses the result (shop/orders.py:")
    assert calls["orders", "thank"].reason == "a signal to which mail, stock react"


def test_what_waits_gets_its_resilience_and_what_does_not_gets_none(plan: Plan) -> None:
    calls = calls_of(plan)
    assert "idempotency key" in calls["orders", "reserve"].resilience
    assert "retry with back-off" in calls["orders", "left"].resilience
    assert calls["orders", "left"].without_answer == "refuse before anything is written: the decision needs the answer"
    assert calls["orders", "note"].resilience == calls["orders", "thank"].without_answer == ""


def test_who_is_asking_is_named_at_the_crossings_that_rely_on_it(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/a.py": "from m import b\n\n\ndef f():\n    return b.mine(), b.all()\n",
        "m/b.py": (
            "import sqlite3\n\nfrom flask import g\n\n\ndef rows(who):\n"
            "    return sqlite3.connect('x').execute('select * from orders where user_id = ?', [who])\n\n\n"
            "def who():\n    return g.user\n\n\ndef mine():\n    return rows(who())\n\n\ndef all():\n    return rows(1)\n"
        ),
    })  # fmt: skip
    units = {u.id: u.module[-1] for u in app.system.units}
    services = tuple(
        Service(name=name, units=tuple(u for u, s in units.items() if s == name), tables=()) for name in "ab"
    )
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    calls = calls_of(plan)
    assert calls["a", "mine"].identity == ("g.user",)
    assert calls["a", "all"].identity == ()
    assert "g.user has to travel along" in str(calls["a", "mine"])
    protocols = {step.detail.protocol for step in plan.steps if step.detail and step.service == "b"}
    assert protocols == {"REST: 2 call sites of 2 operations"}


def test_operations_have_parameters_callers_and_a_batch_form_where_calls_stand_in_loops(plan: Plan) -> None:
    operations = {operation.name: operation for operation in detail_of(plan, "stock").operations}
    assert set(operations) == {"reserve", "note", "left", "read items"}
    reserve = operations["reserve"]
    assert reserve.parameters == "session: Session, number: int, *, country='DE'"
    assert (reserve.does, reserve.callers) == ("command", {"orders": 1})
    assert reserve.in_loops == reserve.evidence
    assert (operations["left"].does, operations["left"].in_loops) == ("query", ())


def test_a_step_names_routes_settings_packages_and_who_is_asking(plan: Plan) -> None:
    stock = detail_of(plan, "stock")
    assert [need.name for need in stock.settings] == ["STOCK_LIMIT"]
    assert {package.name for package in stock.packages} == {"click", "redis", "sqlalchemy"}
    orders = detail_of(plan, "orders")
    assert [route.pattern for route in orders.routes] == ["POST /orders/<int:number>"]
    assert [(need.name, need.places) for need in orders.identity] == [("g.user", 1)]


def test_tests_cover_a_service_by_import_or_by_route(app: Application) -> None:
    split = split_of(app)
    turned = msgspec.structs.replace(split, services=tuple(sorted(split.services, key=lambda s: s.name, reverse=True)))
    by_service = {
        step.service: step.detail
        for by in ("risk", "value")
        for step in consequences(app.system, turned, by=by).plan.steps
        if step.detail and step.service
    }
    assert by_service["stock"].tests == ("tests/test_stock.py",)


def test_patterns_appear_where_evidence_calls_for_them_and_nowhere_else(plan: Plan) -> None:
    assert plan.steps[-1].service == "stock"
    orders = {pattern.name for pattern in detail_of(plan, "orders").patterns}
    mail = {pattern.name for pattern in detail_of(plan, "mail").patterns}
    assert orders == {
        "API gateway", "database per service", "saga", "event sourcing", "circuit breaker", "central authentication",
        "tracing and central logs", "pipeline per service",
    }  # fmt: skip
    assert mail == set()
    assert detail_of(plan, "stock").patterns == (), "what stays needs no pattern to be taken out"


def test_every_pattern_has_its_page(plan: Plan) -> None:
    drawn = by_the_architect()
    plans = [plan, consequences(drawn.system, drawn.split).plan]
    pages = {p.page for made in plans for step in made.steps if step.detail for p in step.detail.patterns}
    root = Path(__file__).parents[2]
    assert len(pages) >= 8
    assert all((root / page).is_file() for page in pages)


def test_event_sourcing_needs_a_history_that_is_kept_with_the_state() -> None:
    drawn = by_the_architect()
    plan = consequences(drawn.system, drawn.split, by="value").plan
    found = {
        step.service: pattern.because.partition(" in the same transaction")[0]
        for step in plan.steps
        if step.detail
        for pattern in step.detail.patterns
        if pattern.name == "event sourcing"
    }
    assert found == {
        "shipping": "shipment_events records every change of shipments",
        "inventory": "stock_movements records every change of stock_items",
        "catalogue": "price_changes records every change of products",
    }


def test_steps_say_how_to_go_back_and_when_they_are_done(plan: Plan) -> None:
    for step in plan.steps:
        if step.detail is not None:
            # What stays is not moved, so there is nothing to go back from.
            assert bool(step.detail.rollback) == (step is not plan.steps[-1])
            assert step.detail.done_when
            assert step.detail.observe
    assert any("decompose contracts" in text for text in detail_of(plan, "").done_when)


def test_each_effort_is_a_range_that_adds_up_from_its_counts(app: Application) -> None:
    units = EffortUnits(unit="days", ranges={"tables": (2.0, 5.0)})
    plain = consequences(app.system, split_of(app)).plan
    paid = consequences(app.system, split_of(app), units=units).plan
    for before, after in zip(plain.steps, paid.steps, strict=True):
        if before.effort is None or after.effort is None:
            continue
        assert after.effort.unit == "days"
        tables = before.count("tables")
        assert after.effort.low == pytest.approx(before.effort.low + 1.0 * tables)
        assert after.effort.high == pytest.approx(before.effort.high + 2.0 * tables)


def test_rows_that_are_known_are_counted_named_and_paid_for(app: Application) -> None:
    known = {"orders": 2_000_000, "order_history": 5_000_000, "items": 40}
    tables = tuple(msgspec.structs.replace(t, rows=known[t.name]) for t in app.system.tables)
    counted = msgspec.structs.replace(app.system, tables=tables)
    units = EffortUnits(unit="days", ranges={"rows": (0.000001, 0.000004)})
    plain = consequences(app.system, split_of(app), units=units).plan
    for before, after in zip(plain.steps, consequences(counted, split_of(app), units=units).plan.steps, strict=True):
        owned = {"orders": 7_000_000, "stock": 40}.get(after.service, 0) if after.effort else 0
        assert (before.count("rows"), after.count("rows")) == (0, owned)
        if before.effort is None or after.effort is None:
            continue
        assert after.effort.low == pytest.approx(before.effort.low + owned * 0.000001, abs=0.1)
        assert after.effort.high == pytest.approx(before.effort.high + owned * 0.000004, abs=0.1)
        for item in (item for item in after.work if item.kind == "rows" and owned > 40):
            assert item.evidence == ("order_history: 5,000,000", "orders: 2,000,000"), "the largest first"
        told = {move.table: str(move) for move in after.detail.data} if after.detail else {}
        assert all(("2000000" in text.replace(",", "")) == (table == "orders") for table, text in told.items())
    assert consequences(counted, split_of(app)).plan.steps[1].service == plain.steps[1].service, "rows decide no order"


# The order


def plan_by_module(draw: Draw, files: dict[str, str]) -> Plan:
    """The plan where each module is a service, called as the module."""
    app = draw({"m/__init__.py": "", **files})
    homes: dict[str, list[str]] = {}
    for unit in app.system.units:
        homes.setdefault(unit.module.rpartition(".")[2], []).append(unit.id)
    homes.pop("m", None)
    services = tuple(Service(name=name, units=tuple(units), tables=()) for name, units in sorted(homes.items()))
    return consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan


QUERY = "import sqlite3\n\n\ndef query(what):\n    return sqlite3.connect('x').execute('select * from orders where id = ?', [what])\n\n\n"


def test_a_circle_is_broken_where_its_first_service_is_taken_out(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/a.py": f"{QUERY}from m import b\n\n\ndef f():\n    return b.g()\n\n\ndef h():\n    return query(1)\n",
        "m/b.py": f"{QUERY}from m import a\n\n\ndef g():\n    return query(a.h())\n",
    })  # fmt: skip
    (cycle,) = plan.cycles
    assert set(cycle.services) == {"a", "b"}
    assert cycle.broken_at == plan.steps[1].service == cycle.path[0]
    assert "goes back into the monolith through an interface" in cycle.how
    assert plan.steps[1].needs_first == (cycle.path[1],)


def test_a_circle_is_told_along_calls_that_are_there(draw: Draw) -> None:
    """A waits for c, c for b, b for a; d only waits, and is in no circle."""
    plan = plan_by_module(draw, {
        "m/a.py": f"{QUERY}from m import c\n\n\ndef fa():\n    return query(c.fc())\n",
        "m/b.py": f"{QUERY}from m import a\n\n\ndef fb():\n    return query(a.fa())\n",
        "m/c.py": f"{QUERY}from m import b\n\n\ndef fc():\n    return query(b.fb())\n",
        "m/d.py": f"{QUERY}from m import a\n\n\ndef fd():\n    return query(a.fa())\n",
    })  # fmt: skip
    (cycle,) = plan.cycles
    turned = cycle.path * 2
    assert any(turned[start : start + 3] == ("a", "c", "b") for start in range(3))
    assert str(cycle).startswith(" -> ".join((*cycle.path, cycle.path[0])))


def test_code_that_can_be_copied_closes_no_circle_and_is_no_reason_to_wait(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/a.py": f"{QUERY}from m import b\n\n\ndef f():\n    return query(b.g())\n",
        "m/b.py": f"{QUERY}from m import a\n\n\ndef g():\n    return 1\n\n\ndef h():\n    return query(a.f())\n",
    })  # fmt: skip
    assert plan.cycles == ()
    by_service = {step.service: step for step in plan.steps}
    assert by_service["a"].needs_first == ()
    for step in plan.steps[1:]:
        assert step.detail is not None
        assert not any("message that waits" in text for text in step.detail.observe)


def test_tests_cover_what_they_import_by_name_and_not_all_of_its_module(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/models.py": "class Order:\n    pass\n\n\nclass Item:\n    pass\n",
        "tests/test_items.py": "from m.models import Item\n\n\ndef test(): pass\n",
        "tests/test_orders.py": "from m.models import (\n    Order,\n)\n\n\nclass TestOrders: pass\n",
        "tests/test_all.py": "from m import models\n\n\nasync def test_all(): pass\n",
        "tests/factories.py": "from m import models\n",
    })  # fmt: skip
    services = tuple(Service(name=name.lower(), units=(f"m.models:{name}",), tables=()) for name in ("Item", "Order"))
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    covered = {step.service: step.detail.tests for step in plan.steps if step.detail and step.service}
    assert covered == {
        "item": ("tests/test_all.py", "tests/test_items.py"),
        "order": ("tests/test_all.py", "tests/test_orders.py"),
    }
    first = next(step.detail for step in plan.steps if step.service and step.detail)
    assert (
        "every test file that covers it (2) passes against the new service; 2 of them import its code: such tests move along"
        in first.done_when
    )


def test_the_plan_says_after_which_step_to_stop_and_why(plan: Plan) -> None:
    assert 0 <= plan.stop_after <= plan.steps[-1].order
    assert plan.stop_reason


def test_the_most_valuable_first_is_another_order_with_the_same_services() -> None:
    drawn = by_the_architect()
    risk = consequences(drawn.system, drawn.split).plan
    value = consequences(drawn.system, drawn.split, by="value").plan
    assert {s.service for s in risk.steps} == {s.service for s in value.steps}
    assert [s.service for s in risk.steps] != [s.service for s in value.steps]
    assert value.by == "value"


def test_the_architect_would_begin_much_as_the_plan_does() -> None:
    drawn = by_the_architect()
    order = [step.service for step in consequences(drawn.system, drawn.split).plan.steps if step.service]
    # "Notifications first ... Payments, ordering and accounts last"
    assert order.index("notifications") <= 1
    assert set(order[-3:]) == {"payments", "ordering", "accounts"}
    assert order.index("shipping") < order.index("inventory") < order.index("payments")


def test_few_lines_change_the_order_of_the_steps() -> None:
    drawn = by_the_architect()
    order = [step.service for step in consequences(drawn.system, drawn.split, detail=False).plan.steps]
    crossing = [d for d in drawn.system.dependencies if d.runs and d.kind == "call"][::60]
    same = moved = 0
    for dropped in crossing:
        system = msgspec.structs.replace(
            drawn.system, dependencies=tuple(d for d in drawn.system.dependencies if d is not dropped)
        )
        now = [step.service for step in consequences(system, drawn.split, detail=False).plan.steps]
        same += now == order
        moved += sum(abs(now.index(name) - position) > 1 for position, name in enumerate(order))
    assert same >= 0.9 * len(crossing)
    assert moved == 0


def test_what_a_plan_does_not_cover_is_told_in_its_text() -> None:
    system = msgspec.structs.replace(analysed_shop().analysis.system, foreign_keys=())
    whole = by_domain(system)
    services = tuple(
        msgspec.structs.replace(s, tables=tuple(t for t in s.tables if t != "addresses")) for s in whole.services
    )
    followed = consequences(system, msgspec.structs.replace(whole, services=services))
    for text in (plan_text(followed), plan_markdown(followed)):
        assert "Not covered: addresses has no owner in this split" in text
        assert "Not covered: no foreign key was found" in text
    assert "Not covered" not in plan_text(consequences(analysed_shop().analysis.system, whole))


# On request


def test_a_split_of_a_run_that_holds_no_detail_is_worked_out_the_same() -> None:
    analysis = analysed_shop().analysis
    shown = api.consequences_of(analysis, next(s for s in analysis.splits if s.name == analysis.recommendation.shown))
    again = consequences(analysis.system, next(s for s in analysis.splits if s.name == shown.plan.split))
    assert again.plan == shown.plan
    assert again.database == shown.database
    stored = {plan.split: [(step.service, step.work) for step in plan.steps] for plan in analysis.plans}
    for split in analysis.splits:
        followed = consequences_of(analysis, split)
        assert all(step.detail for step in followed.plan.steps if step.effort)
        assert stored.get(split.name, []) in ([], [(step.service, step.work) for step in followed.plan.steps])


def test_the_command_shows_the_plan_in_all_forms(tmp_path: Path) -> None:
    run = analysed_shop().run
    text = run_cli("plan", run, cwd=tmp_path)
    assert text.returncode == 0, text.stderr
    assert text.stdout.startswith("0. Draw the seams inside the monolith")
    markdown = run_cli("plan", run, "--format", "markdown", "-o", tmp_path / "PLAN.md", cwd=tmp_path)
    assert markdown.returncode == 0, markdown.stderr
    assert "Effort adds up counted work" in (tmp_path / "PLAN.md").read_text()
    data = msgspec.json.decode(
        run_cli("plan", run, "--by", "value", "--format", "json", cwd=tmp_path).stdout, type=Plan
    )
    assert data.by == "value"
    unknown = run_cli("plan", run, "--service", "nobody", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "no step for a service of that name" in unknown.stderr
    with pytest.raises(UnknownNameError):
        api.plan(analysed_shop().analysis, by="luck")


def test_effort_is_configured_in_the_target_and_wrong_keys_are_told(tmp_path: Path) -> None:
    app = write_tree(tmp_path / "app", {
        "m.py": "def f():\n    return g()\n\n\ndef g():\n    return 1\n",
        "decompose.toml": '[effort]\nunit = "days"\ntables = [1, 2]\n',
    })  # fmt: skip
    assert api.analyze(app, cache_folder=None, jobs=1).system.units
    assert units_of({"unit": "days", "tables": (1.0, 2.0)}) == EffortUnits(unit="days", ranges={"tables": (1.0, 2.0)})
    (app / "decompose.toml").write_text('[effort]\nunit = ""\ntables = [3, 2]\nmeetings = [1, 2]\n')
    with pytest.raises(ConfigurationError) as problem:
        api.analyze(app, cache_folder=None, jobs=1)
    assert str(problem.value).count("decompose.toml: effort.") == 3


def test_decorators_are_shared_and_registrations_are_no_calls_that_wait(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/web.py": """
            import functools

            from flask import g


            def guarded(function):
                @functools.wraps(function)
                def wrapper(*arguments):
                    return function(*arguments) if g.user else None

                return wrapper
            """,
        "m/orders.py": """
            from m.web import guarded


            @guarded
            def show():
                return 1


            def page():
                return show()
            """,
        "m/stock.py": """
            from sqlalchemy import event

            from m import orders
            from m.models import Item


            def changed(mapper, connection, target):
                return orders.page()


            event.listen(Item, "after_insert", changed)
            """,
        "m/models.py": """
            from sqlalchemy import Column, Integer, event
            from sqlalchemy.orm import DeclarativeBase


            class Base(DeclarativeBase):
                pass


            class Item(Base):
                __tablename__ = "items"
                id = Column(Integer, primary_key=True)


            def install():
                from m.stock import changed

                event.listen(Item, "after_delete", changed)
            """,
    })  # fmt: skip
    homes = {"web": "web", "orders": "orders", "stock": "stock", "models": "models"}
    found: dict[str, list[str]] = {name: [] for name in homes}
    for unit in app.system.units:
        if unit.module in ("m.web", "m.orders", "m.stock", "m.models"):
            found[unit.module[2:]].append(unit.id)
    services = tuple(Service(name=name, units=tuple(units), tables=()) for name, units in found.items())
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    calls = calls_of(plan)
    wrapped = [call for (source, name), call in calls.items() if source == "orders" and name == "guarded.wrapper"]
    assert all("decorator" in call.reason and call.style == "local" for call in wrapped)
    assert calls["models", "changed"].style == "asynchronous"
    assert "registered" in calls["models", "changed"].reason


OPERATIONS = {
    "m/__init__.py": "",
    "m/models.py": """
        from django.db import models


        class Item(models.Model):
            left = models.IntegerField()
        """,
    "m/stock.py": """
        from m.models import Item


        class Counter:
            def __init__(self):
                self.counts = {}
                self.total = None

            def count(self, key, number):
                self.counts[key] += number
                return number

            def remembered(self):
                if self.total is None:
                    self.total = Item.objects.count()
                return self.total


        class Line:
            def __init__(self):
                self.counter = Counter()

            def consume(self, key):
                Item.objects.first()
                return self.counter.count(key, 1)

            def gathered(self):
                found = []
                for item in Item.objects.all():
                    found.append(item)
                return found


        def declared(number) -> "dict[str, int]":
            return Item.objects.in_bulk()


        def first():
            return Item.objects.first()


        def many():
            return Item.objects.filter(left=0)


        def yes():
            if Item.objects.exists():
                return True
            return "no"


        def nothing():
            Item.objects.all().delete()


        def unknown(thing):
            Item.objects.all().delete()
            return thing.whatever()
        """,
    "m/shop.py": """
        from m import stock


        def sell(line: stock.Line, counter: stock.Counter):
            return (
                line.consume("a"), counter.remembered(), line.gathered(), stock.declared(1), stock.first(), stock.many(),
                stock.yes(), stock.nothing(), stock.unknown(1),
            )
        """,
}


def operations_of(draw: Draw) -> dict[str, ApiOperation]:
    """The operations that the stock offers the shop, by name."""
    app = draw(OPERATIONS)
    units = {unit.id: "shop" if unit.module == "m.shop" else "stock" for unit in app.system.units}
    services = tuple(
        Service(
            name=name,
            units=tuple(u for u, s in units.items() if s == name),
            tables=("m_item",) if name == "stock" else (),
        )
        for name in ("shop", "stock")
    )
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    return {o.name: o for step in plan.steps if step.service == "stock" and step.detail for o in step.detail.operations}


def test_operations_say_what_they_return_as_declared_or_as_their_bodies_show(draw: Draw) -> None:
    returned = {name: operation.returns for name, operation in operations_of(draw).items()}
    assert returned == {
        "Counter.remembered": "",
        "Line.consume": "",
        "Line.gathered": "list",
        "declared": "dict[str, int]",
        "first": "Item",
        "many": "QuerySet[Item]",
        "nothing": "None",
        "unknown": "",
        "yes": "bool | str",
    }


def test_what_changes_an_object_of_its_caller_is_no_query(draw: Draw) -> None:
    operations = operations_of(draw)
    assert {name for name, operation in operations.items() if operation.changes} == {"Line.consume"}
    consume = operations["Line.consume"]
    assert (consume.does, consume.changes) == ("command", "m/stock.py:10")
    assert "which does not travel back" in str(consume)
    assert "what it returns is not known" in str(operations["unknown"])
    assert operations["nothing"].does == "command"
    assert operations["Line.gathered"].does == operations["Counter.remembered"].does == "query"


def test_what_a_module_only_registers_is_no_call_that_waits(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/urls.py": "from django.urls import path\n\nfrom m import views\n\nurlpatterns = [path('a/', views.page)]\n",
        "m/views.py": f"{QUERY}def page(request):\n    return query(request.user.id)\n",
    })  # fmt: skip
    (call,) = calls_of(plan).values()
    assert (call.style, call.identity) == ("local", ())
    assert "the entry moves along with it" in call.reason


def test_what_runs_when_a_module_is_loaded_each_service_does_for_itself(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/a.py": "from m import b\n\nnames = b.Shop().names\nb.register(names)\n\n\ndef f():\n    return names\n",
        "m/b.py": (
            f"{QUERY}class Shop:\n    @property\n    def names(self):\n        return query(1)\n\n\ndef register(what):\n    return query(what)\n"
        ),
    })  # fmt: skip
    assert {name: call.style for (_, name), call in calls_of(plan).items()} == {
        "Shop.names": "local",
        "register": "local",
    }


def test_a_command_that_is_only_started_is_waited_for_by_nobody_and_told_apart(draw: Draw) -> None:
    command = f"{QUERY}from django.core.management.base import BaseCommand\n\n\nclass Command(BaseCommand):\n    def handle(self, **options):\n        query(1)\n"
    app = draw({
        "m/__init__.py": "",
        "m/management/__init__.py": "",
        "m/management/commands/__init__.py": "",
        "m/management/commands/first.py": command,
        "m/management/commands/second.py": command,
        "m/start.py": (
            "from django.core.management import call_command\n\n\ndef start():\n    call_command('first')\n"
            "    return call_command('second')\n"
        ),
    })  # fmt: skip
    homes = {u.id: "start" if u.module == "m.start" else "jobs" for u in app.system.units}
    services = tuple(
        Service(name=name, units=tuple(u for u, home in homes.items() if home == name), tables=())
        for name in ("jobs", "start")
    )
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    found = {o.name: o.style for step in plan.steps if step.detail for o in step.detail.operations}
    assert found == {"first:Command.handle": "asynchronous", "second:Command.handle": "synchronous"}


def test_what_is_put_into_a_cache_is_no_write_and_what_is_taken_out_is(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/a.py": "from m import b\n\n\ndef f():\n    return b.kept(), b.dropped()\n",
        "m/b.py": (
            "from django.core.cache import cache\n\n\ndef kept():\n    cache.set('a', 1)\n    return cache.get('a')\n\n\n"
            "def dropped():\n    return cache.delete('a')\n"
        ),
    })  # fmt: skip
    found = {o.name: o.does for step in plan.steps if step.detail for o in step.detail.operations}
    assert found == {"kept": "query", "dropped": "command"}


def test_what_is_entered_and_left_is_two_operations_unless_it_touches_nothing(draw: Draw) -> None:
    plan = plan_by_module(draw, {
        "m/a.py": """\
from m import b


def work(key):
    with b.locked(key), b.timed():
        return b.Batch(key)


def send(key):
    with b.Batch(key) as batch:
        batch.add(1)
""",
        "m/b.py": """\
import contextlib
import sqlite3

connection = sqlite3.connect("x")


@contextlib.contextmanager
def locked(key):
    connection.execute("insert into locks (key) values (?)", (key,))
    yield
    connection.execute("delete from locks where key = ?", (key,))


@contextlib.contextmanager
def timed():
    yield


class Batch:
    def __init__(self, key):
        self.key = key

    def add(self, item):
        connection.execute("insert into items (item) values (?)", (item,))

    def __enter__(self):
        connection.execute("insert into batches (key) values (?)", (self.key,))
        return self

    def __exit__(self, *raised):
        connection.execute("update batches set done = 1 where key = ?", (self.key,))
""",
    })  # fmt: skip
    details = [step.detail for step in plan.steps if step.detail]
    assert {o.name: o.entered for detail in details for o in detail.operations if o.definition.startswith("m.b:")} == {
        "locked": "m/a.py:5",
        "Batch.__enter__": "m/a.py:10",
        "Batch.__exit__": "m/a.py:10",
        "Batch.add": "",
    }
    calls = {call.definition: call for detail in details for call in detail.calls_in}
    assert calls["m.b:timed"].style == "local", "what touches nothing is copied with the block"
    assert calls["m.b:locked"].reason.startswith("the caller works inside of what it opens (m/a.py:5)")
    assert calls["m.b:locked"].resilience.endswith("ends by itself after a time, if its caller never comes back")
    assert "one that begins and one that ends" in next(str(o) for d in details for o in d.operations if o.entered)


def test_rows_and_queries_that_would_have_to_be_sent_are_named(draw: Draw) -> None:
    files = {
        "m/a.py": """\
from m import b


def f(key):
    order = b.find(key)
    order.close()
    return b.open_orders().filter_by(key=key), b.told(key, order)


def g(order):
    return b.Order.named(order)
""",
        "m/b.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

session = Session()


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[bool]

    def close(self):
        self.open = False
        session.commit()

    @classmethod
    def named(cls, order):
        return session.get(cls, order)


def find(key):
    return session.get(Order, key)


def open_orders():
    return session.query(Order).filter(Order.open)


def told(key, order):
    session.refresh(order)
    return key
""",
    }
    plan = plan_by_module(draw, files)
    operations = {
        o.name: o for s in plan.steps if s.detail for o in s.detail.operations if "table:" not in o.definition
    }
    assert {name: (o.rows, o.asked_on) for name, o in operations.items()} == {
        "find": ({}, False),
        "open_orders": ({}, True),
        "told": ({"order": ("orders",)}, False),
        "Order.close": ({"self": ("orders",)}, False),
        "Order.named": ({}, False),
    }
    assert str(operations["told"]).endswith(
        "; rows cannot be sent: take the identifier of order (orders), or what is used of it"
    )
    named_alike = {name: text.replace("Order", "Query") for name, text in files.items()}
    plan = plan_by_module(draw, named_alike)
    assert not any(o.asked_on for step in plan.steps if step.detail for o in step.detail.operations)
