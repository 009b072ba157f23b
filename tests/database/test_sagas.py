"""The order of a saga's steps, and which of them may refuse, against transactions that were drawn so that the answer is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.boundaries.split import Service, Split
from decompose.plan.consequences import consequences

if TYPE_CHECKING:
    from decompose.database.split import Saga
    from tests.conftest import Application, Draw

MODELS = """\
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=9)


class Bill(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)


class Note(models.Model):
    text = models.TextField()
"""
ORDERS = """\
from orders.models import Order


def make(name):
    return Order.objects.create(name=name)
"""


def sagas_of(draw: Draw, bills: str) -> dict[str, Saga]:
    """Name of a saga -> it, where each package is a service and ``bills.use`` is as it is given."""
    app = draw({
        "orders/__init__.py": "",
        "orders/models.py": MODELS.partition("\n\nclass Bill")[0],
        "orders/use.py": ORDERS,
        "notes/__init__.py": "",
        "notes/models.py": "from django.db import models\n\n\nclass Note" + MODELS.partition("class Note")[2],
        "bills/__init__.py": "",
        "bills/models.py": "from django.db import models\n\nfrom orders.models import Order\n\n\nclass Bill"
        + MODELS.partition("class Bill")[2].partition("\n\nclass Note")[0],
        "bills/use.py": f"from django.db import transaction\n\nfrom bills.models import Bill\nfrom notes.models import Note\nfrom orders import use\n\n\n{bills}",
    })  # fmt: skip
    design = consequences(app.system, split_by_package(app, "bills", "notes", "orders")).database.design
    assert design is not None
    return {saga.name: saga for saga in design.sagas}


def split_by_package(app: Application, *names: str) -> Split:
    """Each package with its tables is a service."""
    services = tuple(
        Service(
            name=name,
            units=tuple(unit.id for unit in app.system.units if unit.module.partition(".")[0] == name),
            tables=tuple(table.name for table in app.system.tables if table.name.partition("_")[0] == name),
        )
        for name in names
    )
    return Split(name="s", generator="", trivial=False, services=services, shared=())


def saga_of(draw: Draw, bills: str) -> Saga:
    """The saga of ``bills.use:pay``."""
    return sagas_of(draw, bills)["bills.use:pay"]


def test_a_row_that_others_point_to_is_made_before_them_and_undone_when_they_fail(draw: Draw) -> None:
    saga = saga_of(
        draw,
        "@transaction.atomic\ndef pay(name):\n    Note.objects.create(text=name)\n    Bill.objects.create(order=use.make(name))\n",
    )
    steps = [(step.service, step.kind) for step in saga.steps]
    assert steps == [("orders", "compensatable"), ("bills", "pivot"), ("notes", "retriable")]
    assert saga.steps[0].reason.startswith("rows of a later step point to those that it inserts")
    assert saga.steps[0].compensations == ("delete the row that was inserted into orders_order",)
    assert (saga.coordinator, saga.style) == ("bills", "orchestration")
    assert saga.style_reason.startswith("bills needs the answer of orders")


def test_what_changes_a_row_that_is_there_is_not_waited_for(draw: Draw) -> None:
    saga = saga_of(
        draw,
        "@transaction.atomic\ndef pay(bill, name):\n    use.make(name)\n    bill.delete()\n    Bill.objects.filter(order=1).update(order=2)\n",
    )
    assert [(step.service, step.kind) for step in saga.steps] == [("bills", "pivot"), ("orders", "retriable")]


CHECK = "def check(name):\n    if not name:\n        raise ValueError(name)\n\n\n"


def test_what_is_checked_before_anything_is_written_is_no_refusal(draw: Draw) -> None:
    before = "@transaction.atomic\ndef pay(name):\n    check(name)\n    Bill.objects.filter(order=1).update(order=2)\n    use.make(name)\n"
    early = saga_of(draw, CHECK + before)
    assert early.steps[0].reason == "the last step that others wait for; once it is done the rest must be done too"
    late = saga_of(draw, CHECK + f"{before}    check(name)\n")
    assert late.steps[0].reason.startswith("the last that may refuse (bills.use:check)")


def test_an_inherited_method_is_a_saga_for_each_class_under_its_name(draw: Draw) -> None:
    found = sagas_of(
        draw,
        """\
class Payment:
    model = None

    @transaction.atomic
    def pay(self, name):
        self.model.objects.all().delete()
        use.make(name)


class Card(Payment):
    model = Bill


class Slip(Payment):
    model = Note


def both():
    Card().pay("x")
    Slip().pay("x")
""",
    )
    assert {name: saga.steps[0].writes for name, saga in found.items()} == {
        "bills.use:Card.pay": ("delete bills_bill",),
        "bills.use:Slip.pay": ("delete notes_note",),
    }
    assert all(saga.definition == "bills.use:Payment.pay" for saga in found.values())


def test_what_is_saved_may_be_there_already_and_is_not_waited_for(draw: Draw) -> None:
    saga = saga_of(
        draw,
        """\
from orders.models import Order


def rename(order: Order, name):
    order.name = name
    order.save()


def check(name):
    if not name:
        raise ValueError(name)


@transaction.atomic
def pay(order: Order, name):
    note = Note.objects.get(text=name)
    note.save()
    rename(order, name)
    Bill.objects.create(order=order)
    check(name)
""",
    )
    steps = {step.service: step for step in saga.steps}
    assert saga.steps[0].service == "bills", "the order is no new row"
    assert steps["orders"].writes == ("insert or update orders_order",)
    assert steps["notes"].writes == ("update notes_note",), "that one was loaded"


def test_what_an_inherited_method_calls_for_the_class_that_acts_is_followed(draw: Draw) -> None:
    saga = sagas_of(
        draw,
        """\
class Placement:
    def place(self, name):
        return self.bill(name)

    def bill(self, name):
        use.make(name)


class View(Placement):
    @transaction.atomic
    def pay(self, name):
        Note.objects.create(text=name)
        self.place(name)
""",
    )["bills.use:View.pay"]
    assert sorted(saga.services) == ["notes", "orders"]
    assert {write for step in saga.steps for write in step.writes} == {"insert notes_note", "insert orders_order"}


def test_a_saga_of_an_inherited_method_has_nothing_of_what_its_class_does_instead(draw: Draw) -> None:
    sagas = sagas_of(
        draw,
        """\
class Payment:
    model = Bill

    @transaction.atomic
    def pay(self, name):
        self.model.objects.all().delete()
        use.make(name)
        self.tell()

    def tell(self):
        raise NotImplementedError(Note.objects.create(text="x"))


class Slip(Payment):
    model = Note

    def tell(self):
        pass


def both():
    Payment().pay("x")
    Slip().pay("x")
""",
    )
    found = {name: {write for step in saga.steps for write in step.writes} for name, saga in sagas.items()}
    assert found == {
        "bills.use:Payment.pay": {"delete bills_bill", "insert orders_order", "insert notes_note"},
        "bills.use:Slip.pay": {"delete notes_note", "insert orders_order"},
    }


def test_a_state_beside_a_city_says_nothing_of_the_row(draw: Draw) -> None:
    app = draw({
        "homes/__init__.py": "",
        "homes/models.py": """\
from django.db import models


class House(models.Model):
    city = models.CharField(max_length=20)
    state = models.CharField(max_length=20)


class Sale(models.Model):
    state = models.CharField(max_length=20)
""",
        "homes/use.py": """\
from django.db import transaction

from homes.models import House, Sale
from money import use


@transaction.atomic
def sell(price):
    House.objects.create()
    Sale.objects.create()
    use.charge(price)
""",
        "money/__init__.py": "",
        "money/models.py": "from django.db import models\n\n\nclass Charge(models.Model):\n    price = models.IntegerField()\n",
        "money/use.py": """\
from money.models import Charge


def charge(price):
    if price < 0:
        raise ValueError(price)
    Charge.objects.create(price=price)
""",
    })  # fmt: skip
    design = consequences(app.system, split_by_package(app, "homes", "money")).database.design
    assert design is not None
    (saga,) = design.sagas
    assert saga.steps[0].compensations == (
        "delete the row that was inserted into homes_sale, or mark it by its column state where others have seen it",
        "delete the row that was inserted into homes_house",
    )


@pytest.mark.parametrize(
    ("inside", "beside", "told"),
    [
        ("Order.objects.get(name=name)", "pass", set()),
        ("pass", "Order.objects.get(name='x')", {("dirty read", 1)}),
        ("pass", "Order.objects.update(name='x')", set()),
        ("Order.objects.update(name='y')", "Order.objects.update(name='x')", {("lost update", 1)}),
    ],
)
def test_what_others_may_see_or_lose_meanwhile_is_told_of_others_only(
    draw: Draw, inside: str, beside: str, told: set[tuple[str, int]]
) -> None:
    saga = saga_of(
        draw,
        f"""\
from orders.models import Order


@transaction.atomic
def pay(name):
    {inside}
    Bill.objects.create(order=use.make(name))


def other():
    {beside}
""",
    )
    assert {(a.kind, a.places) for a in saga.anomalies if a.table == "orders_order"} == told
