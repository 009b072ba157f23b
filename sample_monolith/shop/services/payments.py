"""Payments: charging, capturing and giving back."""

import hashlib
import hmac

from shop.db import session
from shop.events import order_paid
from shop.models.inventory import StockItem, StockMovement
from shop.models.order import Order, OrderStatusChange
from shop.models.payment import Payment, PaymentMethod, Refund
from shop.models.user import User
from shop.repositories.payments import PaymentMethodRepository, PaymentRepository, RefundRepository
from shop.services import mail
from shop.services.gateways import GATEWAYS, GatewayRefusal
from shop.utils.common import Conflict, Invalid, NotFound, Problem, Unauthorized, audit, euros, now, setting

payments = PaymentRepository()
methods = PaymentMethodRepository()
refunds = RefundRepository()


class Declined(Problem):
    """A payment did not go through."""

    status = 402


def gateway_named(name):
    try:
        return GATEWAYS[name]()
    except KeyError:
        raise Invalid("gateway", f"must be one of {', '.join(sorted(GATEWAYS))}") from None


def add_method(user, gateway, token, label=""):
    """Remember a card; the first one becomes the default."""
    if not gateway_named(gateway).needs_token:
        raise Invalid("gateway", "needs nothing to be remembered")
    is_first = methods.default_of(user) is None
    method = methods.add(PaymentMethod(user_id=user.id, gateway=gateway, token=token, label=label, is_default=is_first))
    session.commit()
    return method


def remove_method(user, method_id):
    method = methods.find_by(id=method_id, user_id=user.id)
    if method is None:
        raise NotFound(f"payment method {method_id} does not exist")
    methods.remove(method)
    session.commit()


def chosen_method(user, gateway, method_id):
    """Gateway and token for an order: what was asked for, else the default of the customer."""
    if method_id is not None:
        method = methods.find_by(id=method_id, user_id=user.id)
        if method is None:
            raise NotFound(f"payment method {method_id} does not exist")
    elif gateway is None:
        method = methods.default_of(user)
    else:
        method = methods.find_by(user_id=user.id, gateway=gateway)
    if method is not None:
        return method.gateway, method.token
    name = gateway or setting("PAYMENT_GATEWAY")
    if gateway_named(name).needs_token:
        raise Invalid("method_id", "add a payment method first")
    return name, ""


def charge(order, user, *, gateway=None, method_id=None, use_credit=False):
    """Pay for an order inside the transaction that places it. The caller commits."""
    due = order.total_cents
    if use_credit and user.credit_cents > 0:
        part = min(due, user.credit_cents)
        pay_part(order, user, "credit", part, "")
        due -= part
    if due > 0:
        name, token = chosen_method(user, gateway, method_id)
        pay_part(order, user, name, due, token)
    settle_order(order)


def pay_part(order, user, name, cents, token):
    payment = payments.add(Payment(order_id=order.id, gateway=name, amount_cents=cents, status="pending"))
    try:
        outcome = gateway_named(name).charge(payment, user, token)
    except GatewayRefusal as error:
        raise Declined(error.message) from error
    payment.gateway_reference = outcome.reference
    payment.status = outcome.status
    if outcome.status == "captured":
        payment.captured_at = now()
    session.flush()
    return payment


def settle_order(order):
    """An order is paid when none of its payments is open any more."""
    if order.status != "new" or any(payment.status != "captured" for payment in payments.of_order(order)):
        return False
    # not through the orders: those import this module
    session.add(OrderStatusChange(order_id=order.id, old_status=order.status, new_status="paid"))
    order.status = "paid"
    order_paid.send(order)
    return True


def capture_pending():
    """Ask the gateways about all payments that are open."""
    results = {"captured": 0, "failed": 0, "pending": 0}
    for payment in payments.pending():
        status = gateway_named(payment.gateway).settle(payment)
        results[status] += 1
        handler = globals().get(f"on_{status}")
        if handler is not None:
            handler(payment)
    session.commit()
    mail.deliver()
    return results


def check_signature(body, signature):
    """Webhooks carry no login, but the gateway knows a secret."""
    if not hmac.compare_digest(sign(body), signature):
        raise Unauthorized("the signature is wrong")


def sign(body):
    return hmac.new(setting("SECRET_KEY").encode(), body, hashlib.sha256).hexdigest()


def handle_webhook(event, reference):
    """A gateway tells what happened; the name of the event chooses the function."""
    payment = payments.by_reference(reference)
    if payment is None:
        raise NotFound(f"there is no payment {reference}")
    handler = globals().get(f"on_{event}")
    if handler is None:
        raise Invalid("event", "is unknown")
    handler(payment)
    session.commit()
    mail.deliver()
    return payment


def on_captured(payment):
    if payment.status != "pending":
        return
    payment.status = "captured"
    payment.captured_at = now()
    session.flush()
    settle_order(session.get(Order, payment.order_id))


def on_failed(payment):
    """Without money there is no order."""
    from shop.services import orders

    if payment.status != "pending":
        return
    payment.status = "failed"
    order = session.get(Order, payment.order_id)
    audit("payment.failed", order.number, gateway=payment.gateway)
    if order.status == "new":
        orders.cancel_order(order, "payment failed")


def on_chargeback(payment):
    """The bank took the money back: for us a refund that nobody asked for."""
    refunds.add(Refund(payment_id=payment.id, amount_cents=left_to_refund(payment), reason="chargeback"))
    session.refresh(payment)
    payment.status = "refunded"
    audit("payment.chargeback", payment.gateway_reference)


def left_to_refund(payment):
    return payment.amount_cents - payment.refunded_cents


def refund(payment_id, cents, reason="", *, to_credit=False, restock=False):
    """Give money back, as it came or as credit; goods that came back return to the shelf."""
    payment = payments.require(payment_id)
    if payment.status != "captured":
        raise Conflict(f"a payment that is {payment.status} cannot be refunded")
    if cents > left_to_refund(payment):
        raise Invalid("amount_cents", f"only {euros(left_to_refund(payment))} are left to refund")
    order = session.get(Order, payment.order_id)
    user = session.get(User, order.user_id)
    give_back(payment, user, cents, reason, to_credit=to_credit)
    if payment.status == "refunded" and order.status in ("shipped", "delivered"):
        session.add(OrderStatusChange(order_id=order.id, old_status=order.status, new_status="refunded"))
        order.status = "refunded"
    if restock:
        return_to_shelf(order)
    audit("payment.refunded", order.number, cents=cents, reason=reason)
    mail.queue("refund", user, number=order.number, amount=euros(cents))
    session.commit()
    mail.deliver()
    return payment


def give_back(payment, user, cents, reason, *, to_credit=False):
    if to_credit:
        user.credit_cents += cents
    else:
        gateway_named(payment.gateway).refund(payment, user, cents)
    refunds.add(Refund(payment_id=payment.id, amount_cents=cents, reason=reason))
    session.refresh(payment)
    if left_to_refund(payment) == 0:
        payment.status = "refunded"


def refund_all(order, reason):
    """Everything that was paid for an order; what is still open is dropped. The caller commits."""
    user = session.get(User, order.user_id)
    for payment in payments.of_order(order):
        if payment.status == "captured":
            give_back(payment, user, left_to_refund(payment), reason)
        elif payment.status == "pending":
            payment.status = "cancelled"


def return_to_shelf(order):
    """Goods go back to where they were dispatched from."""
    if session.query(StockMovement).filter_by(reference=order.number, reason="return").first() is not None:
        raise Conflict("the goods of this order are back already")
    sent = session.query(StockMovement).filter_by(reference=order.number, reason="dispatch").all()
    for movement in sent:
        session.get(StockItem, movement.stock_item_id).on_hand -= movement.quantity
        session.add(
            StockMovement(
                stock_item_id=movement.stock_item_id,
                quantity=-movement.quantity,
                reason="return",
                reference=order.number,
            )
        )
