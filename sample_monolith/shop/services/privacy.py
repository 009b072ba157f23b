"""What the law gives customers: a copy of everything about them, and an end to it."""

from shop.db import session
from shop.models.cart import Cart
from shop.models.order import Order
from shop.models.payment import Payment, PaymentMethod
from shop.models.review import Review
from shop.models.user import User
from shop.repositories.notifications import NotificationRepository
from shop.services import mail
from shop.utils.common import Conflict, audit, new_token
from shop.utils.security import hash_password
from shop.utils.serialisation import (
    address_json,
    notification_json,
    order_json,
    payment_json,
    review_json,
    user_json,
)

OPEN_STATUSES = ("new", "paid", "shipped")


def export_data(user):
    """Everything that the shop knows about somebody."""
    orders = session.query(Order).filter_by(user_id=user.id).order_by(Order.id).all()
    payments = session.query(Payment).join(Order, Order.id == Payment.order_id).filter(Order.user_id == user.id)
    reviews = session.query(Review).filter_by(user_id=user.id).order_by(Review.id)
    audit("privacy.exported", user.id)
    session.commit()
    return {
        "profile": {**user_json(user), "vat_number": user.vat_number, "credit_cents": user.credit_cents},
        "newsletter": user.newsletter_opt_in,
        "addresses": [address_json(address) for address in user.addresses],
        "orders": [order_json(order) for order in orders],
        "payments": [payment_json(payment) for payment in payments],
        "reviews": [review_json(review) for review in reviews],
        "mail": [notification_json(notification) for notification in NotificationRepository().of_user(user)],
    }


def close_account(user):
    """Forget somebody, as far as bookkeeping allows: orders stay, without a name."""
    waiting = session.query(Order).filter(Order.user_id == user.id, Order.status.in_(OPEN_STATUSES)).count()
    if waiting:
        raise Conflict("there are open orders: wait for them, or cancel them")
    session.query(PaymentMethod).filter_by(user_id=user.id).delete()
    session.query(Cart).filter_by(user_id=user.id, status="open").update({"status": "expired"})
    session.query(Order).filter_by(user_id=user.id).update({"ship_to": "removed"})
    mail.unsubscribe(user.email)
    mail.forget(user)
    user.addresses.clear()
    user.tokens.clear()
    anonymise(user)
    audit("privacy.closed", user.id)
    session.commit()


def anonymise(user: User):
    """Keep the row, as orders and reviews point at it, but nothing that says who it was."""
    user.email = f"closed-{user.id}@invalid"
    user.name = ""
    user.password_hash = hash_password(new_token())
    user.vat_number = None
    user.gateway_customer = None
    user.newsletter_opt_in = False
    user.active = False
