"""What becomes of the sample's database, against what ``BOUNDARIES.md`` says an architect expects."""

from __future__ import annotations

import pytest

from decompose.boundaries.split import Service, Split
from decompose.database import design_database, split_database
from decompose.database.split import CrossingJoin, CutKey, DatabaseDesign, Saga, SharedTable
from decompose.plan.consequences import consequences
from tests.conftest import Draw
from tests.database.sample import by_the_architect


@pytest.fixture(name="design", scope="module")
def _design() -> DatabaseDesign:
    return by_the_architect().design


def saga_of(design: DatabaseDesign, name: str) -> Saga:
    """The saga of a function of the services, of several transactions the widest."""
    found = [saga for saga in design.sagas if saga.definition == f"shop.services.{name}"]
    return max(found, key=lambda saga: len(saga.services))


def table_of(design: DatabaseDesign, name: str) -> SharedTable:
    """The table that several services need."""
    (found,) = [table for table in design.shared_tables if table.table == name]
    return found


def join_of(design: DatabaseDesign, name: str) -> CrossingJoin:
    """The only join of a function of the services."""
    (found,) = [join for join in design.joins if join.definition == f"shop.services.{name}"]
    return found


def key_of(design: DatabaseDesign, table: str, column: str) -> CutKey:
    """The replacement of a key."""
    (found,) = [cut for cut in design.cut_keys if (cut.key.table, cut.key.columns) == (table, (column,))]
    return found


def test_users_is_split_by_columns_as_the_architect_would(design: DatabaseDesign) -> None:
    option = table_of(design, "users").options[0]
    assert option.kind == "split by columns"
    groups = {group.service: set(group.columns) for group in option.groups}
    assert groups["payments"] == {"gateway_customer", "credit_cents", "vat_number"}
    # The architect puts newsletter_opt_in here too; ordering reads it in more places.
    assert groups["notifications"] == {"locale", "last_mailed_at"}
    assert set(groups) == {"payments", "notifications"}
    assert all(":" in place for group in option.groups for place in group.evidence)


def test_no_other_table_is_split_by_columns(design: DatabaseDesign) -> None:
    tables = {t.table for t in design.shared_tables if any(o.kind == "split by columns" for o in t.options)}
    assert tables == {"users"}


def test_placing_an_order_is_a_saga_led_by_ordering_whose_pivot_is_the_charge(design: DatabaseDesign) -> None:
    saga = saga_of(design, "orders:place_order")
    assert (saga.coordinator, saga.style) == ("ordering", "orchestration")
    kinds = {step.service: step.kind for step in saga.steps}
    assert kinds["ordering"] == kinds["inventory"] == "compensatable"
    assert kinds["payments"] == "pivot"
    assert kinds["shipping"] == kinds["notifications"] == kinds["backoffice"] == "retriable"
    order = [step.service for step in saga.steps]
    assert order.index("ordering") < order.index("inventory") < order.index("payments") < order.index("shipping")
    assert saga.steps[saga.pivot - 1].service == "payments"


def test_compensations_undo_the_writes_in_reverse_order(design: DatabaseDesign) -> None:
    (inventory,) = [s for s in saga_of(design, "orders:place_order").steps if s.service == "inventory"]
    assert inventory.writes == ("update stock_items", "insert stock_movements")
    assert inventory.compensations[0].startswith("delete the row that was inserted into stock_movements")
    assert inventory.compensations[1].startswith("restore reserved of stock_items")


def test_who_else_reads_a_half_placed_order_is_told(design: DatabaseDesign) -> None:
    saga = saga_of(design, "orders:place_order")
    dirty = {anomaly.table: anomaly for anomaly in saga.anomalies if anomaly.kind == "dirty read"}
    assert "status" in dirty["orders"].countermeasure
    assert dirty["orders"].places >= len(dirty["orders"].evidence) > 0
    # What comes after the point of no return is final, so nobody can read too early.
    assert "shipments" not in dirty


@pytest.mark.parametrize("name", ["privacy:close_account", "catalogue:unpublish", "catalogue:import_products"])
def test_what_nobody_can_refuse_is_an_event(design: DatabaseDesign, name: str) -> None:
    saga = saga_of(design, name)
    assert saga.style == "choreography"
    assert {step.kind for step in saga.steps[1:]} == {"retriable"}
    assert saga.outbox == (saga.coordinator,)


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("orders:place_order", {"ordering", "inventory", "payments", "shipping", "notifications", "backoffice"}),
        ("orders:cancel_order", {"ordering", "inventory", "payments", "shipping"}),
        ("payments:refund", {"payments", "ordering", "inventory", "notifications"}),
        ("shipping:dispatch", {"shipping", "inventory", "ordering"}),
        # ``shipping.deliver`` runs in the transaction of what a carrier tells.
        ("shipping:carrier_event", {"shipping", "ordering"}),
        ("catalogue:import_products", {"catalogue", "inventory"}),
        ("catalogue:unpublish", {"catalogue", "ordering"}),
        ("privacy:close_account", {"accounts", "ordering", "payments", "notifications"}),
    ],
)
def test_the_transactions_that_break_involve_whom_the_architect_names(
    design: DatabaseDesign, name: str, services: set[str]
) -> None:
    assert services <= set(saga_of(design, name).services)


def test_a_step_that_splitting_the_table_makes_needless_is_remarked(design: DatabaseDesign) -> None:
    (remark,) = saga_of(design, "carts:expire_abandoned").remarks
    assert "users.last_mailed_at" in remark
    assert "move to notifications" in remark


@pytest.mark.parametrize("name", ["product_performance", "customer_overview", "sales_by_category", "revenue"])
def test_reports_over_many_domains_move_to_a_read_model(design: DatabaseDesign, name: str) -> None:
    assert join_of(design, f"reports:{name}").way_out == "read model"


def test_bought_together_gets_a_small_table_of_its_own(design: DatabaseDesign) -> None:
    join = join_of(design, "catalogue:bought_together")
    assert join.way_out == "copy of columns"
    assert join.tables == {"catalogue": ("products",), "ordering": ("order_lines",)}
    assert "order_lines.order_id, order_lines.product_id" in join.reason


def test_the_query_for_interested_users_is_composed_by_ordering(design: DatabaseDesign) -> None:
    join = join_of(design, "catalogue:interested_users")
    assert (join.service, join.way_out) == ("ordering", "API composition")


def test_helpers_that_run_whatever_they_are_given_are_no_joins(design: DatabaseDesign) -> None:
    joining = {join.definition for join in design.joins}
    assert "shop.services.reports:rows" not in joining
    assert "shop.routes.admin:dashboard.count" not in joining


def test_keys_to_the_four_central_tables_become_plain_identifiers(design: DatabaseDesign) -> None:
    assert {cut.key.target_table for cut in design.cut_keys} == {"users", "products", "orders", "warehouses"}
    assert all("stays as a plain identifier" in cut.reference for cut in design.cut_keys)


def test_what_on_delete_did_is_given_to_somebody(design: DatabaseDesign) -> None:
    assert key_of(design, "payment_methods", "user_id").on_delete.startswith(
        "CASCADE deleted the rows of payment_methods: accounts sends an event when a row of users is deleted, "
        "and payments deletes them"
    )
    # Nothing is ever deleted from these tables by the application.
    assert all(
        "no code was seen to delete" in cut.on_delete for cut in design.cut_keys if cut.key.target_table == "users"
    )


def test_warehouses_are_reference_data(design: DatabaseDesign) -> None:
    options = [option.kind for option in table_of(design, "warehouses").options]
    assert options == ["reference data", "owner with an API"]


def test_the_audit_trail_is_no_reference_data(design: DatabaseDesign) -> None:
    assert [option.kind for option in table_of(design, "audit_events").options] == ["owner with an API"]


def test_what_waits_for_the_commit_is_no_step_of_the_saga(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models


            class Order(models.Model):
                total = models.IntegerField()


            class Item(models.Model):
                left = models.IntegerField()


            class Mail(models.Model):
                text = models.TextField()
            """,
        "shop/orders.py": """
            from django.db import transaction

            from shop.models import Item, Mail, Order


            def tell():
                Mail.objects.create(text="thanks")


            @transaction.atomic
            def place():
                Order.objects.create(total=1)
                Item.objects.filter(pk=1).update(left=0)
                transaction.on_commit(tell)
            """,
    })  # fmt: skip
    owners = {"Order": "orders", "Item": "stock", "Mail": "mail"}
    tables = {"orders": ("shop_order",), "stock": ("shop_item",), "mail": ("shop_mail",)}
    units = {u.id: owners.get(u.id.partition(":")[2], "orders") for u in app.system.units}
    services = tuple(
        Service(name=n, units=tuple(u for u, s in units.items() if s == n), tables=t) for n, t in tables.items()
    )
    split = Split(name="s", generator="", trivial=False, services=services, shared=())
    (saga,) = design_database(app.system, split, split_database(app.system, split)).sagas
    assert saga.services == ("orders", "stock")


def test_a_repeated_message_is_recognised_by_what_is_unique_and_never_empty(draw: Draw) -> None:
    found = {}
    for nullable in (True, False):
        app = draw({
            "m/__init__.py": "",
            "m/models.py": f"""
                from sqlalchemy import Column, Integer, String
                from sqlalchemy.orm import DeclarativeBase


                class Base(DeclarativeBase):
                    pass


                class Order(Base):
                    __tablename__ = "orders"
                    id = Column(Integer, primary_key=True)
                    number = Column(String, unique=True, nullable={nullable})


                class Item(Base):
                    __tablename__ = "items"
                    id = Column(Integer, primary_key=True)
                """,
            "m/work.py": """
                from sqlalchemy.orm import Session

                from m.models import Item, Order


                def place(session: Session):
                    session.add(Order(number="1"))
                    session.add(Item())
                    session.commit()
                """,
        })  # fmt: skip
        units = tuple(unit.id for unit in app.system.units)
        services = (
            Service(name="orders", units=units, tables=("orders",)),
            Service(name="stock", units=(), tables=("items",)),
        )
        split = Split(name="s", generator="", trivial=False, services=services, shared=())
        design = consequences(app.system, split).database.design
        assert design is not None
        (saga,) = design.sagas
        found[nullable] = saga.idempotency
    assert found[False].startswith("orders.number, ")
    assert found[True].startswith("an identifier that orders makes")
