"""The cart of who is logged in, and coupons."""

from flask import Blueprint, g, jsonify

from shop.services import accounts, carts, shipping
from shop.utils.common import parse_day
from shop.utils.security import login_required, role_required
from shop.utils.serialisation import cart_json
from shop.utils.validation import body, integer, text

blueprint = Blueprint("carts", __name__, url_prefix="/cart")


def answer(user):
    """Every change answers with the whole cart, which is what pages show next."""
    return jsonify(cart_json(*carts.view(user)))


@blueprint.get("")
@login_required
def show():
    return answer(g.user)


@blueprint.post("/items")
@login_required
def add():
    data = body()
    carts.add(g.user, integer(data, "product_id"), integer(data, "quantity", default=1, least=1))
    return answer(g.user), 201


@blueprint.put("/items/<int:product_id>")
@login_required
def put(product_id):
    carts.put(g.user, product_id, integer(body(), "quantity", least=0))
    return answer(g.user)


@blueprint.delete("/items/<int:product_id>")
@login_required
def remove(product_id):
    carts.put(g.user, product_id, 0)
    return answer(g.user)


@blueprint.delete("")
@login_required
def clear():
    carts.clear(g.user)
    return "", 204


@blueprint.put("/coupon")
@login_required
def apply_coupon():
    carts.apply_coupon(g.user, text(body(), "code", longest=40))
    return answer(g.user)


@blueprint.delete("/coupon")
@login_required
def remove_coupon():
    carts.remove_coupon(g.user)
    return answer(g.user)


@blueprint.get("/shipping/<int:address_id>")
@login_required
def shipping_quote(address_id):
    address = accounts.address_of(g.user, address_id)
    _, totals, _ = carts.view(g.user)
    cents = shipping.quote(address.country, totals.grams, totals.items - totals.discount)
    return jsonify(shipping_cents=cents, total_cents=totals.items - totals.discount + cents)


@blueprint.post("/coupons")
@role_required("admin")
def create_coupon():
    data = body()
    coupon = carts.create_coupon(
        text(data, "code", longest=40),
        percent=integer(data, "percent", default=0, least=0, most=100),
        amount_cents=integer(data, "amount_cents", default=0, least=0),
        max_uses=integer(data, "max_uses", default=None, least=1),
        valid_until=parse_day(text(data, "valid_until", default=None)),
    )
    return jsonify(id=coupon.id, code=coupon.code), 201
