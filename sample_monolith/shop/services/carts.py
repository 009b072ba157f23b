"""Carts: what somebody is about to buy, and what it would cost."""

from typing import NamedTuple

from shop.db import session
from shop.models.cart import CartItem, Coupon
from shop.repositories.catalogue import ProductRepository
from shop.repositories.orders import CartItemRepository, CartRepository, CouponRepository
from shop.services import mail, stock
from shop.utils.common import Conflict, Invalid, NotFound, audit, now, percent_of, setting

MAX_QUANTITY = 99
carts = CartRepository()
cart_items = CartItemRepository()
coupons = CouponRepository()
products = ProductRepository()


class Totals(NamedTuple):
    items: int
    discount: int
    grams: int


def view(user):
    """The open cart with its totals and products, all that a page needs."""
    cart = carts.open_for(user)
    found = products.by_ids(item.product_id for item in cart.items)
    result = cart, totals(cart, found), found
    session.commit()
    return result


def totals(cart, found):
    """What the items of a cart cost, and what a coupon takes off."""
    total = sum(found[item.product_id].price_cents * item.quantity for item in cart.items)
    grams = sum(found[item.product_id].weight_grams * item.quantity for item in cart.items)
    return Totals(total, discount(cart.coupon, total), grams)


def discount(coupon, total):
    """Never more than there is to pay."""
    if coupon is None:
        return 0
    return min(percent_of(total, coupon.percent) + coupon.amount_cents, total)


def put(user, product_id, quantity):
    """Set how many of a product are in the cart; 0 takes it out."""
    cart = carts.open_for(user)
    product = products.require(product_id)
    if not product.published:
        raise NotFound(f"product {product_id} does not exist")
    if quantity > MAX_QUANTITY:
        raise Invalid("quantity", f"must be at most {MAX_QUANTITY}")
    if quantity > stock.available(product_id):
        raise stock.OutOfStock(f"only {stock.available(product_id)} of {product.name} left")
    item = cart_items.in_cart(cart, product_id)
    if quantity == 0:
        if item is not None:
            cart.items.remove(item)
    elif item is None:
        cart.items.append(CartItem(product_id=product_id, quantity=quantity))
    else:
        item.quantity = quantity
    cart.updated_at = now()
    session.commit()
    return cart


def add(user, product_id, quantity=1):
    """Put more of a product into the cart."""
    item = cart_items.in_cart(carts.open_for(user), product_id)
    return put(user, product_id, quantity + (item.quantity if item else 0))


def clear(user):
    cart = carts.open_for(user)
    cart.items.clear()
    cart.coupon = None
    cart.updated_at = now()
    session.commit()


def apply_coupon(user, code):
    coupon = coupons.usable(code)
    if coupon is None:
        raise Invalid("code", "is unknown or used up")
    cart = carts.open_for(user)
    cart.coupon = coupon
    cart.updated_at = now()
    session.commit()
    return coupon


def remove_coupon(user):
    carts.open_for(user).coupon = None
    session.commit()


def create_coupon(code, *, percent=0, amount_cents=0, max_uses=None, valid_until=None):
    if not percent and not amount_cents:
        raise Invalid("percent", "a coupon must take something off")
    if coupons.find_by(code=code.upper()) is not None:
        raise Conflict(f"there is a coupon {code} already")
    coupon = coupons.add(
        Coupon(
            code=code.upper(),
            percent=percent,
            amount_cents=amount_cents,
            max_uses=max_uses,
            valid_until=valid_until,
        )
    )
    audit("coupon.created", coupon.code)
    session.commit()
    return coupon


def expire_abandoned():
    """Close carts that nobody came back to; customers who want mail are reminded once."""
    from shop.models.user import User

    expired = carts.abandoned(setting("CART_LIFETIME_DAYS"))
    for cart in expired:
        cart.status = "expired"
        user = session.get(User, cart.user_id)
        if cart.items and user.active and user.newsletter_opt_in:
            mail.queue("cart_expired", user, items=len(cart.items))
    session.commit()
    mail.deliver()
    return len(expired)
