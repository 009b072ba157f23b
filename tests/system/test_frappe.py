"""Document types of Frappe: declared in JSON, loaded and saved by their names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

ORDER = {
    "doctype": "DocType",
    "name": "Sales Order",
    "fields": [
        {"fieldname": "customer", "fieldtype": "Link", "options": "Customer", "reqd": 1},
        {"fieldname": "section", "fieldtype": "Section Break"},
        {"fieldname": "total", "fieldtype": "Currency"},
        {"fieldname": "items", "fieldtype": "Table", "options": "Sales Order Item"},
    ],
}
ITEM = {
    "doctype": "DocType",
    "name": "Sales Order Item",
    "istable": 1,
    "fields": [{"fieldname": "qty", "fieldtype": "Int"}],
}
SETTINGS = {
    "doctype": "DocType",
    "name": "Shop Settings",
    "issingle": 1,
    "fields": [{"fieldname": "a", "fieldtype": "Int"}],
}
CONTROLLER = """
    import frappe
    from frappe.model.document import Document
    class SalesOrder(Document):
        def close(self):
            self.db_set("status", "Closed")
    def load(name):
        order = frappe.get_doc("Sales Order", name)
        order.total = 1
        order.save()
    def make(customer):
        order = frappe.get_doc({"doctype": "Sales Order", "customer": customer})
        order.insert()
    def other(name, kind):
        frappe.db.set_value("Customer", name, "last", 1)
        frappe.db.get_single_value("Shop Settings", "a")
        frappe.delete_doc("Customer", name)
        frappe.get_all(kind)
        return frappe.db.sql("select name from `tabSales Order` where total > %s", 1)
    """


def test_document_types_are_tables_and_documents_are_rows(draw: Draw) -> None:
    folder = "shop/sales/doctype"
    app = draw(
        {
            "shop/__init__.py": "",
            f"{folder}/sales_order/sales_order.json": json.dumps(ORDER, indent=1),
            f"{folder}/sales_order/sales_order.py": CONTROLLER,
            f"{folder}/sales_order_item/sales_order_item.json": json.dumps(ITEM),
            f"{folder}/sales_order_item/sales_order_item.py": "from frappe.model.document import Document\nclass SalesOrderItem(Document): pass\n",
            f"{folder}/shop_settings/shop_settings.json": json.dumps(SETTINGS),
            f"{folder}/shop_settings/shop_settings.py": "import frappe\n",
            f"{folder}/broken/broken.json": "{not json",
            f"{folder}/broken/broken.py": "import frappe\n",
        }
    )
    order, item, customer = "tabSales Order", "tabSales Order Item", "tabCustomer"
    assert app.tables() == {order: "model", item: "model", customer: "model", "tabSingles": "sql"}
    assert app.table(order).model.endswith("sales_order:SalesOrder")
    assert {(k.table, k.columns, k.target_table, k.enforced) for k in app.system.foreign_keys} == {
        (order, ("customer",), customer, False),
        (item, ("parent",), order, False),
    }
    column = app.columns(order)["customer"]
    assert (column.sql_type, column.nullable, column.line) == ("varchar(140)", False, 6)
    assert "section" not in app.columns(order)
    assert {"parent", "qty"} <= app.columns(item).keys()
    found = {(d.rpartition(":")[2], operation, table) for d, operation, table in app.accesses()}
    assert found == {
        *(("SalesOrder", operation, order) for operation in ("read", "insert", "delete")),
        ("SalesOrder.close", "update", order),
        ("load", "read", order),
        ("load", "read", item),
        ("load", "update", order),
        ("load", "update", item),
        ("make", "insert", order),
        ("make", "insert", item),
        ("other", "update", customer),
        ("other", "delete", customer),
        ("other", "read", "tabSingles"),
        ("other", "read", order),
    }
    assert [s.line for s in app.system.blind_spots if s.kind == "dynamic sql"] == [17]


HOOKS = """
    app_name = "shop"
    scheduler_events = {"daily": ["shop.jobs.remind"], "cron": {"0 5 * * *": ["shop.jobs.clean"]}}
    doc_events = {"*": {"on_trash": "shop.jobs.forget"}, "Sales Order": {"on_update": ["shop.jobs.notice"]}}
    override_whitelisted_methods = {"frappe.client.get": "shop.jobs.get"}
    override_doctype_class = {"Customer": "shop.jobs.OurCustomer"}
    after_install = "shop.jobs.install"
    unknown = "elsewhere.jobs.remind"
    """
JOBS = """
    import frappe
    from frappe.model.document import Document
    class OurCustomer(Document):
        def on_trash(self): pass
    def remind():
        frappe.enqueue("shop.jobs.clean", queue="long")
        frappe.enqueue(method=get)
    def clean():
        frappe.delete_doc("Customer", "x")
    def notice(doc, method):
        doc.close()
    def forget(doc, method): pass
    def get(): pass
    def install(): pass
    def order(name):
        order = frappe.get_doc("Sales Order", name)
        order.close()
        order.save()
    """
PLACED_ORDER = """
    from frappe.model.document import Document
    class SalesOrder(Document):
        def validate(self): pass
        def on_submit(self): self.close()
        def close(self): self.db_set("status", "Closed")
    """


def test_hooks_start_functions_and_documents_run_the_methods_of_their_class(draw: Draw) -> None:
    folder = "shop/sales/doctype/sales_order"
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/hooks.py": HOOKS,
            "shop/jobs.py": JOBS,
            f"{folder}/sales_order.json": json.dumps(ORDER),
            f"{folder}/sales_order.py": PLACED_ORDER,
            "shop/sales/report/open_orders/open_orders.py": "import frappe\ndef execute(filters=None): pass\n",
            "shop/www/orders/index.py": "def get_context(context): pass\n",
            "shop/patches/v2/fill.py": "def execute(): pass\n",
        }
    )
    order = "shop.sales.doctype.sales_order.sales_order:SalesOrder"
    assert {(e.kind, e.name, e.handler) for e in app.system.entry_points} == {
        ("schedule", "daily shop.jobs.remind", "shop.jobs:remind"),
        ("schedule", "cron 0 5 * * * shop.jobs.clean", "shop.jobs:clean"),
        ("signal", "* on_trash", "shop.jobs:forget"),
        ("signal", "Sales Order on_update", "shop.jobs:notice"),
        ("http", "ANY /api/method/frappe.client.get", "shop.jobs:get"),
        ("signal", "after_install", "shop.jobs:install"),
        ("http", "ANY /api/resource/Sales Order", order),
        ("http", "ANY /api/resource/Customer", "shop.jobs:OurCustomer"),
        ("admin", "report Open Orders", "shop.sales.report.open_orders.open_orders:execute"),
        ("http", "GET /orders", "shop.www.orders.index:get_context"),
        ("command", "migrate shop.patches.v2.fill", "shop.patches.v2.fill:execute"),
    }
    calls = {(d.source, d.target, d.kind) for d in app.system.dependencies}
    assert calls >= {
        ("shop.jobs:remind", "shop.jobs:clean", "task"),
        ("shop.jobs:remind", "shop.jobs:get", "task"),
        ("shop.jobs:clean", "shop.jobs:OurCustomer.on_trash", "callback"),
        ("shop.jobs:clean", "shop.jobs:forget", "signal"),
        ("shop.jobs:order", f"{order}.close", "call"),
        ("shop.jobs:order", f"{order}.validate", "callback"),
        ("shop.jobs:order", "shop.jobs:notice", "signal"),
        ("shop.jobs:notice", f"{order}.close", "call"),
        (order, f"{order}.on_submit", "callback"),
    }
    assert ("shop.jobs:order", f"{order}.on_submit", "callback") not in calls
    request = next(t for t in app.system.transactions if t.definition == order)
    assert request.tables_written == ("tabSales Order",)
