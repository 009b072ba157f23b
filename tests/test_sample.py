"""What the analysis says of the sample shop, against what runs there and against how an architect would split it.

The routes, tasks and signal handlers are those of the running shop, which a process of its own imports. The split is
compared with ``sample_monolith/boundaries.csv``, which was written by hand, without the help of any tool.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sklearn.metrics import adjusted_rand_score

from decompose import api

if TYPE_CHECKING:
    from decompose.boundaries.split import Split
    from decompose.runs.analysis import Analysis
    from decompose.system.model import System

SAMPLE = Path(__file__).resolve().parent.parent / "sample_monolith"

STATED_AGREEMENT = 0.44
"""Adjusted Rand index over units between the recommended split and ``boundaries.csv`` that is promised."""

FIVE_DOMAINS = {
    "categories", "order_lines", "orders", "payments", "products", "refunds", "reviews", "stock_items",
}  # fmt: skip
"""What ``shop.services.reports:product_performance`` reads: the catalogue, ordering, payments, reviews and the stock."""

PLACE_ORDER_WRITES = {
    "audit_events", "carts", "coupons", "notifications", "order_lines", "order_status_changes", "orders", "payments",
    "shipment_events", "shipments", "stock_items", "stock_movements", "users",
}  # fmt: skip
"""The 13 tables of ``BOUNDARIES.md``, some of them only by signals."""

_RUNNING_SHOP = """
import json

from shop import create_app, events
from shop.tasks.celery_app import celery

app = create_app("test")
celery.loader.import_default_modules()


def name_of(function):
    return f"{function.__module__}:{function.__qualname__}"


def handler_of(endpoint, method):
    function = app.view_functions[endpoint]
    if hasattr(function, "view_class"):
        return f"{name_of(function.view_class)}.{method.lower()}"
    return name_of(function)


routes = [
    (f"{method} {rule.rule}", handler_of(rule.endpoint, method))
    for rule in app.url_map.iter_rules()
    if rule.endpoint != "static"
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
]
tasks = [(name, name_of(task.run)) for name, task in celery.tasks.items() if not name.startswith("celery.")]
schedules = [entry["task"] for entry in celery.conf.beat_schedule.values()]
signals = [
    (variable, name_of(receiver))
    for variable, signal in vars(events).items()
    if hasattr(signal, "receivers_for")
    for receiver in signal.receivers_for(None)
]
print(json.dumps({"routes": routes, "tasks": tasks, "schedules": schedules, "signals": signals}))
"""


class Shop(NamedTuple):
    """The running shop: (name, handler) of its routes and tasks, scheduled tasks, (signal, handler)."""

    routes: set[tuple[str, str]]
    tasks: set[tuple[str, str]]
    schedules: set[str]
    signals: set[tuple[str, str]]


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """The analysis of the sample, from nothing."""
    return api.analyze(SAMPLE, cache_folder=None)


@pytest.fixture(scope="module")
def system(analysis: Analysis) -> System:
    """The model of the sample."""
    return analysis.system


@pytest.fixture(scope="module")
def shop() -> Shop:
    """What the running shop says of itself."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", _RUNNING_SHOP],
        cwd=SAMPLE,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Shop(
        {(name, handler) for name, handler in told["routes"]},
        {(name, handler) for name, handler in told["tasks"]},
        set(told["schedules"]),
        {(signal, handler) for signal, handler in told["signals"]},
    )


@pytest.fixture(scope="module")
def boundaries() -> dict[str, str]:
    """Unit id or ``table:NAME`` -> the service that the architect gave it."""
    with (SAMPLE / "boundaries.csv").open(newline="", encoding="utf-8") as stream:
        return {row["id"]: row["service"] for row in csv.DictReader(stream)}


def agreement(split: Split, boundaries: dict[str, str]) -> float:
    """Adjusted Rand index over the units that both place; the shared library is a label as any other."""
    placed = split.service_of_unit()
    common = sorted(boundaries.keys() & placed.keys())
    return float(adjusted_rand_score([boundaries[unit] for unit in common], [placed[unit] for unit in common]))


def lines_of(path: str, function: str, callee: str) -> range:
    """The lines of the first call of ``callee`` in ``function``."""
    for node in ast.walk(ast.parse((SAMPLE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            calls = [c for c in ast.walk(node) if isinstance(c, ast.Call) and ast.unparse(c.func) == callee]
            first = min(calls, key=lambda call: call.lineno)
            return range(first.lineno, (first.end_lineno or first.lineno) + 1)
    raise LookupError(function)


def reads(system: System, definition: str) -> set[str]:
    """Tables that a definition reads itself."""
    return {a.table for a in system.accesses if a.definition == definition and a.operation == "read"}


def written_by(system: System, definition: str) -> set[str]:
    """Tables that the transactions of a definition write."""
    found = [t for t in system.transactions if t.definition == definition]
    assert found, f"{definition} has no transaction"
    return {table for transaction in found for table in transaction.tables_written}


# The split


def test_every_function_and_class_of_the_architect_is_a_unit(system: System, boundaries: dict[str, str]) -> None:
    # Whether a module that only holds constants is a unit may be seen either way.
    units = {unit.id for unit in system.units if not unit.id.endswith(":")}
    assert {unit for unit in boundaries if not unit.startswith("table:") and not unit.endswith(":")} == units


def test_the_recommended_split_agrees_with_the_architect(analysis: Analysis, boundaries: dict[str, str]) -> None:
    found = {split.name: agreement(split, boundaries) for split in analysis.splits}
    assert found[analysis.recommendation.split] >= STATED_AGREEMENT, found


def test_the_recommended_split_agrees_more_than_every_trivial_one(
    analysis: Analysis, boundaries: dict[str, str]
) -> None:
    found = {split.name: agreement(split, boundaries) for split in analysis.splits}
    trivial = [split.name for split in analysis.splits if split.trivial]
    assert trivial
    assert all(found[analysis.recommendation.split] > found[name] for name in trivial), found


# Tables and what happens to them


def test_every_table_is_found_and_no_other(system: System, boundaries: dict[str, str]) -> None:
    tables = {name.removeprefix("table:") for name in boundaries if name.startswith("table:")}
    assert {table.name for table in system.tables} == tables


def test_the_report_over_five_domains_reads_its_tables_at_its_line(system: System) -> None:
    definition = "shop.services.reports:product_performance"
    statement = lines_of("shop/services/reports.py", "product_performance", "session.execute")
    found = [access for access in system.accesses if access.definition == definition and access.role == "execute"]
    assert {(a.table, a.operation) for a in found} == {(table, "read") for table in FIVE_DOMAINS}
    assert all(a.file == "shop/services/reports.py" and a.line in statement for a in found), found


def test_placing_an_order_writes_orders_stock_and_payments_in_one_transaction(system: System) -> None:
    assert {"orders", "stock_items", "payments"} <= written_by(system, "shop.services.orders:place_order")


def test_placing_an_order_writes_thirteen_tables_in_one_transaction(system: System) -> None:
    assert written_by(system, "shop.services.orders:place_order") == PLACE_ORDER_WRITES


def test_stock_movements_are_written_from_many_modules(system: System) -> None:
    writers = {
        access.definition.partition(":")[0]
        for access in system.accesses
        if access.table == "stock_movements" and access.operation != "read"
    }
    assert {"shop.services.catalogue", "shop.services.payments", "shop.services.shipping"} <= writers
    assert len(writers) >= 4, writers


def test_a_statement_kept_in_a_constant_belongs_to_who_runs_it(system: System) -> None:
    writers = {
        access.definition
        for access in system.accesses
        if access.table == "stock_movements" and access.operation == "insert" and access.role == "execute"
    }
    assert "shop.services.shipping:dispatch" in writers
    assert "shop.services.shipping:" not in writers


def test_a_plain_cursor_is_read(system: System) -> None:
    assert reads(system, "shop.services.reports:stock_value") == {"warehouses", "stock_items", "products"}
    purged = {(a.operation, a.table) for a in system.accesses if a.definition == "shop.services.trail:purge"}
    assert ("delete", "audit_events") in purged


def test_a_repository_writes_the_table_of_its_model_only(system: System) -> None:
    written = {
        access.table
        for access in system.accesses
        if access.unit == "shop.repositories.users:AddressRepository" and access.operation != "read"
    }
    assert written == {"addresses"}


# Where the outside world enters, and what no call shows


def test_every_route_is_found(system: System, shop: Shop) -> None:
    assert {entry.name for entry in system.entry_points if entry.kind == "http"} == {name for name, _ in shop.routes}


def test_every_route_has_its_handler(system: System, shop: Shop) -> None:
    assert {(entry.name, entry.handler) for entry in system.entry_points if entry.kind == "http"} == shop.routes


def test_every_task_is_found(system: System, shop: Shop) -> None:
    assert {(entry.name, entry.handler) for entry in system.entry_points if entry.kind == "task"} == shop.tasks


def test_every_scheduled_task_is_found(system: System, shop: Shop) -> None:
    handlers = dict(shop.tasks)
    scheduled = {entry.handler for entry in system.entry_points if entry.kind == "schedule"}
    assert scheduled == {handlers[name] for name in shop.schedules}


def test_every_signal_handler_is_found(system: System, shop: Shop) -> None:
    assert {entry.handler for entry in system.entry_points if entry.kind == "signal"} == {h for _, h in shop.signals}


def test_sending_a_signal_calls_its_handlers(system: System) -> None:
    sent = {(d.source, d.target) for d in system.dependencies if d.kind == "signal"}
    assert {
        ("shop.services.orders:place_order", "shop.services.subscribers:confirm_order"),
        ("shop.services.orders:cancel_order", "shop.services.subscribers:tell_cancelled"),
        ("shop.services.stock:check_low", "shop.services.subscribers:warn_staff"),
    } <= sent


def test_no_function_calls_itself_because_of_a_lambda(system: System) -> None:
    callbacks = {d.source for d in system.dependencies if d.kind == "callback" and d.source == d.target}
    assert not callbacks


def test_functions_that_are_found_by_name_are_blind_spots_where_they_are_not_edges(system: System) -> None:
    calls = {(d.source, d.target) for d in system.dependencies}
    for definition, target in (
        ("shop.routes.admin:report", "shop.routes.admin:revenue_report"),
        ("shop.tasks.nightly:run", "shop.tasks.orders:expire_carts"),
    ):
        told = any(spot.definition == definition for spot in system.blind_spots)
        assert (definition, target) in calls or told, definition
