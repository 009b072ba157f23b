"""Pages for staff; they reach into everything."""

from flask import Blueprint, jsonify, request
from sqlalchemy import func, select

from shop.db import session
from shop.models.cart import Cart
from shop.models.inventory import StockMovement
from shop.models.notification import Notification
from shop.models.order import Order, OrderStatusChange
from shop.models.review import Review
from shop.models.shipping import Shipment
from shop.models.user import User
from shop.services import accounts, loyalty, mail, orders, reports, trail
from shop.utils.common import Conflict, NotFound, audit, parse_day
from shop.utils.security import role_required
from shop.utils.serialisation import order_json, page_json, user_json
from shop.utils.validation import body, integer, page_request, text

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

# a parcel that is lost, or an order by telephone, needs what no rule foresees
FORCED = {("new", "paid"), ("paid", "shipped"), ("shipped", "delivered"), ("shipped", "refunded")}


@blueprint.get("/dashboard")
@role_required("admin", "support", "warehouse")
def dashboard():
    """One number from every corner."""

    def count(model, *criteria):
        return session.scalar(select(func.count()).select_from(model).where(*criteria))

    return jsonify(
        customers=count(User, User.role == "customer", User.active.is_(True)),
        open_carts=count(Cart, Cart.status == "open"),
        orders_to_ship=count(Order, Order.status == "paid"),
        parcels_waiting=count(Shipment, Shipment.status == "preparing"),
        reviews_to_read=count(Review, Review.status == "pending"),
        mail_waiting=count(Notification, Notification.status == "queued"),
        stock_movements=count(StockMovement),
    )


@blueprint.get("/users")
@role_required("admin", "support")
def users():
    page = accounts.users.search(request.args.get("q", ""), *page_request())
    return jsonify(page_json(page, user_json))


@blueprint.get("/users/<int:user_id>")
@role_required("admin", "support")
def user_overview(user_id):
    found = reports.customer_overview(user_id)
    if found is None:
        raise NotFound(f"user {user_id} does not exist")
    return jsonify(found)


@blueprint.put("/users/<int:user_id>/role")
@role_required("admin")
def set_role(user_id):
    return jsonify(user_json(accounts.set_role(user_id, text(body(), "role", longest=20))))


@blueprint.post("/users/<int:user_id>/deactivate")
@role_required("admin")
def deactivate(user_id):
    return jsonify(user_json(accounts.deactivate(user_id)))


@blueprint.post("/users/<int:user_id>/credit")
@role_required("admin", "support")
def grant_credit(user_id):
    data = body()
    user = loyalty.grant(user_id, integer(data, "cents"), text(data, "reason"))
    return jsonify(id=user.id, credit_cents=user.credit_cents)


@blueprint.get("/orders")
@role_required("admin", "support", "warehouse")
def all_orders():
    page = orders.orders.with_status(request.args.get("status"), *page_request())
    return jsonify(page_json(page, lambda order: order_json(order, with_lines=False)))


@blueprint.put("/orders/<number>/status")
@role_required("admin")
def force_status(number):
    """For the cases that no rule foresees: neither mail nor stock follows from it."""
    order = orders.orders.by_number(number)
    if order is None:
        raise NotFound(f"there is no order {number}")
    status = text(body(), "status", longest=20)
    if (order.status, status) not in FORCED:
        raise Conflict(f"{order.status} cannot become {status}")
    audit("order.forced", order.number, old=order.status, new=status)
    session.add(OrderStatusChange(order_id=order.id, old_status=order.status, new_status=status))
    order.status = status
    session.commit()
    return jsonify(order_json(order, with_lines=False))


@blueprint.post("/orders/<number>/message")
@role_required("admin", "support")
def resend_confirmation(number):
    order = orders.orders.by_number(number)
    if order is None:
        raise NotFound(f"there is no order {number}")
    user = session.get(User, order.user_id)
    mail.queue("order_placed", user, number=order.number, total=order_json(order)["total"])
    session.commit()
    mail.deliver()
    return "", 202


def products_report(since):
    return reports.product_performance(since)


def categories_report(since):
    return reports.sales_by_category(since)


def revenue_report(since):
    return [reports.revenue(since)]


def stock_report(since):
    return reports.stock_value()


def discrepancies_report(since):
    return reports.stock_discrepancies()


@blueprint.get("/reports/<name>")
@role_required("admin")
def report(name):
    # the name in the address chooses the function: a new report needs no new route
    build = globals().get(f"{name}_report")
    if build is None:
        raise NotFound(f"there is no report {name}")
    return jsonify(items=build(parse_day(request.args.get("since"))))


@blueprint.get("/trail")
@role_required("admin")
def audit_trail():
    return jsonify(items=trail.entries(request.args.get("action", ""), request.args.get("subject", "")))


@blueprint.get("/settings")
@role_required("admin")
def settings():
    return jsonify(trail.settings())


@blueprint.put("/settings/<key>")
@role_required("admin")
def change_setting(key):
    trail.change_setting(key, text(body(), "value", longest=300))
    return jsonify(trail.settings())
