"""Who listens to what: mail and traces that follow from events elsewhere."""

from shop import events
from shop.db import session
from shop.models.user import User
from shop.services import accounts, mail
from shop.utils.common import audit, euros


def welcome(user, **extra):
    mail.queue("welcome", user)


def confirm_order(order, user, **extra):
    mail.queue("order_placed", user, number=order.number, total=euros(order.total_cents))


def tell_cancelled(order, reason="", **extra):
    user = session.get(User, order.user_id)
    mail.queue("order_cancelled", user, number=order.number, reason=reason)


def tell_payment_failed(user, reason="", **extra):
    audit("payment.declined", user.id, reason=reason)
    mail.queue("payment_failed", user, reason=reason)


def tell_shipped(shipment, order, **extra):
    user = session.get(User, order.user_id)
    mail.queue("shipped", user, number=order.number, tracking_code=shipment.tracking_code)


def ask_for_review(shipment, order, **extra):
    """Only once everything is there, and only those who want such mail."""
    user = session.get(User, order.user_id)
    if order.status == "delivered" and user.newsletter_opt_in:
        mail.queue("review_wanted", user, number=order.number)


def warn_staff(product, left, **extra):
    for user in accounts.staff_with_role("warehouse", "admin"):
        mail.queue("stock_low", user, sku=product.sku, left=left)


def connect_handlers():
    """Connecting twice does no harm: a signal knows its handlers by identity."""
    events.user_registered.connect(welcome)
    events.order_placed.connect(confirm_order)
    events.order_cancelled.connect(tell_cancelled)
    events.payment_failed.connect(tell_payment_failed)
    events.shipment_dispatched.connect(tell_shipped)
    events.shipment_delivered.connect(ask_for_review)
    events.stock_low.connect(warn_staff)
