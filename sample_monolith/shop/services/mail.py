"""Mail: written into the outbox with the transaction that causes it, sent by a task afterwards."""

import hmac
import logging
import smtplib
from email.message import EmailMessage

from shop.db import session
from shop.models.catalogue import Product
from shop.models.notification import MailTemplate, Notification, Subscription
from shop.models.user import User
from shop.repositories.notifications import (
    MAX_ATTEMPTS,
    NotificationRepository,
    SubscriptionRepository,
    TemplateRepository,
)
from shop.utils.common import Invalid, NotFound, audit, days_ago, digest, euros, now, setting

log = logging.getLogger(__name__)
templates = TemplateRepository()
notifications = NotificationRepository()
subscriptions = SubscriptionRepository()

# used until staff write their own
DEFAULT_TEMPLATES = {
    "welcome": ("Welcome to the shop", "Hello {name},\nyour account is ready."),
    "password_reset": ("Your new password", "Hello {name},\nuse this code to set a new password: {token}"),
    "order_placed": ("Your order {number}", "Hello {name},\nwe have your order {number} over {total}."),
    "order_cancelled": ("Order {number} is cancelled", "Hello {name},\norder {number} is cancelled. {reason}"),
    "payment_failed": ("Your payment failed", "Hello {name},\nyour payment did not go through: {reason}."),
    "refund": ("Money back for {number}", "Hello {name},\nwe sent {amount} back for order {number}."),
    "shipped": ("Order {number} is on its way", "Hello {name},\nfollow your parcel with {tracking_code}."),
    "review_wanted": ("How was it?", "Hello {name},\ntell others about what you bought with order {number}."),
    "price_drop": ("{product} costs less now", "Hello {name},\n{product} is in your cart and now costs {price}."),
    "cart_expired": ("Your cart", "Hello {name},\nwe emptied your cart; it held {items} things."),
    "stock_low": ("{sku} is running out", "Only {left} of {sku} are left."),
    "confirm_subscription": ("Please confirm", "Confirm the newsletter with this code: {code}"),
    "newsletter": ("News from the shop", "Hello {name},\nnew in the shop:\n{products}"),
    "report": ("Report: {title}", "{lines}"),
}


class LogTransport:
    """For development: mail goes to the log."""

    def send(self, recipient, subject, body):
        log.info("mail to %s: %s", recipient, subject)


class SmtpTransport:
    """The real thing."""

    def send(self, recipient, subject, body):
        message = EmailMessage()
        message["From"] = setting("MAIL_SENDER")
        message["To"] = recipient
        message["Subject"] = subject
        message.set_content(body)
        with smtplib.SMTP(setting("SMTP_HOST"), timeout=10) as server:
            server.send_message(message)


TRANSPORTS = {"log": LogTransport, "smtp": SmtpTransport}


def render(key, locale, values):
    """Subject and body of a mail."""
    template = templates.best(key, locale)
    if template is not None:
        subject, body = template.subject, template.body
    elif key in DEFAULT_TEMPLATES:
        subject, body = DEFAULT_TEMPLATES[key]
    else:
        raise NotFound(f"there is no template {key}")
    try:
        return subject.format(**values), body.format(**values)
    except (KeyError, IndexError) as error:
        raise Invalid("template", f"{key} needs {error}") from error


def queue(key, user, **values):
    """Write a mail to a customer into the outbox. The caller commits."""
    user.last_mailed_at = now()
    return queue_to(user.email, key, locale=user.locale, user_id=user.id, name=user.name or user.email, **values)


def queue_to(recipient, key, *, locale="en", user_id=None, **values):
    """Write a mail to any address into the outbox. The caller commits."""
    subject, body = render(key, locale, values)
    return notifications.add(
        Notification(user_id=user_id, recipient=recipient, template_key=key, subject=subject, body=body)
    )


def deliver():
    """Have the outbox sent; called after a commit, so that no mail tells of what was rolled back."""
    from shop.tasks.mail import send_outbox

    send_outbox.delay()


def send_queued():
    """Send what waits. A mail that fails stays for the next time, up to a few times."""
    transport = TRANSPORTS[setting("MAIL_TRANSPORT")]()
    sent = 0
    for notification in notifications.queued():
        notification.attempts += 1
        try:
            transport.send(notification.recipient, notification.subject, notification.body)
        except OSError as error:
            log.warning("mail %s failed: %s", notification.id, error)
            if notification.attempts >= MAX_ATTEMPTS:
                notification.status = "failed"
        else:
            notification.status = "sent"
            notification.sent_at = now()
            sent += 1
        # one at a time: whatever happens later, this one is not sent twice
        session.commit()
    return sent


def retry(notification_id):
    notification = notifications.require(notification_id)
    notification.status = "queued"
    notification.attempts = 0
    session.commit()
    deliver()
    return notification


def set_template(key, locale, subject, body):
    """Staff write their own words."""
    if key not in DEFAULT_TEMPLATES:
        raise NotFound(f"there is no template {key}")
    template = templates.find_by(key=key, locale=locale)
    if template is None:
        template = templates.add(MailTemplate(key=key, locale=locale, subject=subject, body=body))
    template.subject = subject
    template.body = body
    audit("mail.template", f"{key}/{locale}")
    session.commit()
    return template


def confirmation_code(email):
    """Nothing to store: the code follows from the address."""
    return digest(f"{setting('SECRET_KEY')}:{email}")[:20]


def subscribe(email, *, confirmed=False):
    """Put an address on the list; strangers have to confirm. The caller commits."""
    subscription = subscriptions.by_email(email)
    if subscription is None:
        subscription = subscriptions.add(Subscription(email=email, confirmed=False))
    if confirmed:
        subscription.confirmed = True
    elif not subscription.confirmed:
        queue_to(email, "confirm_subscription", code=confirmation_code(email))
    return subscription


def confirm(email, code):
    subscription = subscriptions.by_email(email)
    if subscription is None or not hmac.compare_digest(code, confirmation_code(email)):
        raise Invalid("code", "is wrong")
    subscription.confirmed = True
    session.commit()
    return subscription


def unsubscribe(email):
    """The caller commits."""
    subscription = subscriptions.by_email(email)
    if subscription is not None:
        subscriptions.remove(subscription)


def forget(user):
    """Old mail says a lot about somebody."""
    session.query(Notification).filter_by(user_id=user.id).delete()


def send_newsletter(days=30):
    """Tell all subscribers what is new; those with an account in their language."""
    news = (
        session.query(Product)
        .filter(Product.published.is_(True), Product.created_at >= days_ago(days))
        .order_by(Product.created_at.desc())
        .limit(10)
        .all()
    )
    if not news:
        return 0
    lines = "\n".join(f"- {product.name}: {euros(product.price_cents)}" for product in news)
    readers = subscriptions.confirmed()
    for subscription in readers:
        user = session.query(User).filter_by(email=subscription.email).first()
        if user is not None:
            queue("newsletter", user, products=lines)
        else:
            queue_to(subscription.email, "newsletter", name="reader", products=lines)
    session.commit()
    deliver()
    return len(readers)
