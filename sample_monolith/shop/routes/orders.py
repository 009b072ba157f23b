"""Orders over HTTP."""

from flask import Blueprint, g, jsonify

from shop.services import orders, payments, shipping
from shop.utils.common import Forbidden, iso
from shop.utils.security import login_required
from shop.utils.serialisation import order_json, page_json, payment_json, shipment_json
from shop.utils.validation import body, flag, integer, page_request, text

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.post("")
@login_required
def place():
    data = body()
    order = orders.place_order(
        g.user,
        integer(data, "address_id"),
        gateway=text(data, "gateway", default=None, longest=20),
        method_id=integer(data, "method_id", default=None),
        use_credit=flag(data, "use_credit"),
    )
    return jsonify(order_json(order)), 201


@blueprint.get("")
@login_required
def mine():
    page = orders.orders.of_user(g.user, *page_request())
    return jsonify(page_json(page, lambda order: order_json(order, with_lines=False)))


@blueprint.get("/<number>")
@login_required
def show(number):
    """Everything about an order on one page."""
    order = orders.order_of(g.user, number)
    data = order_json(order)
    data["payments"] = [payment_json(payment) for payment in payments.payments.of_order(order)]
    data["shipments"] = [shipment_json(shipment) for shipment in shipping.shipments.of_order(order)]
    data["history"] = [
        {"from": change.old_status, "to": change.new_status, "at": iso(change.changed_at)} for change in order.changes
    ]
    return jsonify(data)


@blueprint.post("/<number>/cancel")
@login_required
def cancel(number):
    order = orders.order_of(g.user, number)
    if order.user_id != g.user.id and g.user.role == "warehouse":
        raise Forbidden("the warehouse cancels nothing: ask support")
    return jsonify(order_json(orders.cancel_order(order, text(body(), "reason", default="")), with_lines=False))


@blueprint.post("/<number>/again")
@login_required
def again(number):
    return jsonify(skipped=orders.reorder(g.user, number))
