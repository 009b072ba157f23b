"""Stock over HTTP, for the people in the warehouse."""

from flask import Blueprint, jsonify

from shop.services import stock
from shop.utils.common import iso
from shop.utils.security import role_required
from shop.utils.validation import body, country, integer, text

blueprint = Blueprint("inventory", __name__, url_prefix="/inventory")


def item_json(item):
    return {
        "id": item.id,
        "product_id": item.product_id,
        "warehouse_id": item.warehouse_id,
        "on_hand": item.on_hand,
        "reserved": item.reserved,
        "available": item.available,
    }


@blueprint.post("/warehouses")
@role_required("admin")
def create_warehouse():
    data = body()
    warehouse = stock.create_warehouse(text(data, "code", longest=20), text(data, "name", longest=100), country(data))
    return jsonify(id=warehouse.id, code=warehouse.code), 201


@blueprint.get("/products/<int:product_id>")
def availability(product_id):
    return jsonify(product_id=product_id, available=stock.available(product_id))


@blueprint.post("/receipts")
@role_required("warehouse", "admin")
def receive():
    data = body()
    item = stock.receive(
        text(data, "warehouse", longest=20),
        integer(data, "product_id"),
        integer(data, "quantity", least=1),
        text(data, "reference", default="", longest=60),
    )
    return jsonify(item_json(item)), 201


@blueprint.post("/items/<int:item_id>/count")
@role_required("warehouse", "admin")
def count(item_id):
    return jsonify(item_json(stock.adjust(item_id, integer(body(), "counted", least=0))))


@blueprint.post("/transfers")
@role_required("warehouse", "admin")
def transfer():
    data = body()
    source, target = stock.transfer(
        integer(data, "product_id"),
        text(data, "source", longest=20),
        text(data, "target", longest=20),
        integer(data, "quantity", least=1),
    )
    return jsonify(source=item_json(source), target=item_json(target))


@blueprint.get("/low")
@role_required("warehouse", "admin")
def low():
    return jsonify(items=[item_json(item) for item in stock.low_items()])


@blueprint.get("/items/<int:item_id>/movements")
@role_required("warehouse", "admin", "support")
def movements(item_id):
    item, rows, counted = stock.history(item_id)
    return jsonify(
        item=item_json(item),
        adds_up=counted == item.on_hand,
        movements=[
            {"quantity": row.quantity, "reason": row.reason, "reference": row.reference, "at": iso(row.created_at)}
            for row in rows
        ],
    )
