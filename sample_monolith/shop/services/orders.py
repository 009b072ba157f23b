"""Orders: placing, cancelling and what becomes of them."""

from shop.db import session
from shop.events import order_cancelled, order_placed, payment_failed
from shop.models.order import Order, OrderLine, OrderStatusChange
from shop.repositories.catalogue import ProductRepository
from shop.repositories.inventory import MovementRepository
from shop.repositories.orders import CartRepository, CouponRepository, OrderRepository
from shop.services import accounts, carts, mail, payments, shipping, stock
from shop.utils.common import Conflict, Forbidden, Invalid, NotFound, audit, order_number, setting

STATUSES = ("new", "paid", "shipped", "delivered", "cancelled", "refunded")
orders = OrderRepository()
open_carts = CartRepository()
coupons = CouponRepository()
products = ProductRepository()


def place_order(user, address_id, *, gateway=None, method_id=None, use_credit=False):
    """Turn the cart into an order: order, stock and payment are written together or not at all."""
    address = accounts.address_of(user, address_id)
    cart = open_carts.open_for(user)
    if not cart.items:
        raise Conflict("the cart is empty")
    found = products.by_ids(item.product_id for item in cart.items)
    try:
        if cart.coupon is not None and coupons.usable(cart.coupon.code) is None:
            raise Invalid("coupon", "is used up")
        totals = carts.totals(cart, found)
        shipping_cents = shipping.quote(address.country, totals.grams, totals.items - totals.discount)
        order = orders.add(
            Order(
                number=order_number(orders.next_sequence()),
                user_id=user.id,
                coupon_id=cart.coupon_id,
                status="new",
                ship_to=address.one_line(),
                ship_country=address.country,
                items_cents=totals.items,
                discount_cents=totals.discount,
                shipping_cents=shipping_cents,
                total_cents=totals.items - totals.discount + shipping_cents,
            )
        )
        for item in sorted(cart.items, key=lambda item: item.product_id):
            # always in the same order, so that two customers cannot lock each other out
            product = found[item.product_id]
            if not product.published:
                raise Conflict(f"{product.name} is not for sale any more")
            stock.reserve(product, item.quantity, order.number, address.country)
            order.lines.append(
                OrderLine(
                    product_id=product.id,
                    sku=product.sku,
                    name=product.name,
                    quantity=item.quantity,
                    unit_cents=product.price_cents,
                )
            )
        if cart.coupon is not None:
            cart.coupon.uses += 1
        cart.status = "ordered"
        audit("order.placed", order.number, total=order.total_cents)
        order_placed.send(order, user=user)
        payments.charge(order, user, gateway=gateway, method_id=method_id, use_credit=use_credit)
        session.commit()
    except payments.Declined as error:
        session.rollback()
        payment_failed.send(user, reason=error.message)
        session.commit()
        mail.deliver()
        raise
    except Exception:
        session.rollback()
        raise
    mail.deliver()
    return order


def order_of(user, number):
    """An order, if this user may see it."""
    order = orders.by_number(number)
    if order is None:
        raise NotFound(f"there is no order {number}")
    if order.user_id != user.id and not user.is_staff:
        raise Forbidden("this order belongs to somebody else")
    return order


def set_status(order, status):
    """Change the status and keep the old one. The caller commits."""
    if status not in STATUSES:
        raise Invalid("status", f"must be one of {', '.join(STATUSES)}")
    if order.status == status:
        return
    order.changes.append(OrderStatusChange(old_status=order.status, new_status=status))
    order.status = status


def cancel_order(order, reason=""):
    """Undo an order that has not left the house: stock, coupon, parcels and money."""
    if not order.can_be_cancelled:
        raise Conflict(f"an order that is {order.status} cannot be cancelled")
    give_back_stock(order)
    if order.coupon_id is not None:
        coupons.require(order.coupon_id).uses -= 1
    shipping.cancel_shipments(order)
    payments.refund_all(order, reason or "order cancelled")
    set_status(order, "cancelled")
    audit("order.cancelled", order.number, reason=reason)
    order_cancelled.send(order, reason=reason)
    session.commit()
    mail.deliver()
    return order


def give_back_stock(order):
    """What was promised is free again."""
    ledger = MovementRepository()
    for item, quantity in stock.held_for(order.number):
        item.reserved -= quantity
        ledger.record(item, quantity, "release", order.number)


def reorder(user, number):
    """Put what was ordered once into the cart again, as far as it can be had."""
    order = order_of(user, number)
    skipped = []
    for line in order.lines:
        try:
            carts.add(user, line.product_id, line.quantity)
        except (NotFound, Conflict, Invalid):
            skipped.append(line.sku)
    return skipped


def cancel_stale():
    """Orders that nobody paid for hold stock that others would buy."""
    stale = orders.stale(setting("STALE_ORDER_DAYS"))
    for order in stale:
        cancel_order(order, "not paid in time")
    return len(stale)
