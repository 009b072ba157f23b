"""Credit: what customers earn by buying, kept with their account."""

from shop.db import session
from shop.events import shipment_delivered
from shop.models.user import User
from shop.repositories.users import UserRepository
from shop.utils.common import Invalid, audit, percent_of, setting

users = UserRepository()


def grant(user_id, cents, reason):
    """Staff make up for something."""
    user = users.require(user_id)
    if user.credit_cents + cents < 0:
        raise Invalid("cents", "credit cannot become negative")
    user.credit_cents += cents
    audit("credit.granted", user.id, cents=cents, reason=reason)
    session.commit()
    return user


@shipment_delivered.connect
def earn(shipment, order, **extra):
    """A share of every order that arrived whole. Part of the caller's transaction."""
    if order.status != "delivered":
        return
    user = session.get(User, order.user_id)
    earned = percent_of(order.items_cents - order.discount_cents, setting("LOYALTY_PERCENT"))
    user.credit_cents += earned
    audit("credit.earned", order.number, cents=earned)


def statement(user):
    """What somebody has, and where it came from."""
    from shop.models.audit import AuditEvent
    from shop.models.order import Order

    numbers = [number for (number,) in session.query(Order.number).filter_by(user_id=user.id)]
    rows = session.query(AuditEvent).filter(
        ((AuditEvent.action == "credit.earned") & AuditEvent.subject.in_(numbers))
        | ((AuditEvent.action == "credit.granted") & (AuditEvent.subject == str(user.id)))
    )
    history = [{"action": row.action, "detail": row.detail} for row in rows.order_by(AuditEvent.id)]
    return {"credit_cents": user.credit_cents, "history": history}
