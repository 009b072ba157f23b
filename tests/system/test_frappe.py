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
