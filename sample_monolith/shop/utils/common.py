"""Everything that had no better place. Everybody imports this."""

import hashlib
import json
import re
import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app, g, has_app_context, has_request_context

CENTS = 100
_SLUG = re.compile(r"[^a-z0-9]+")


# Time


def now():
    """The present moment in UTC, without a time zone, as the database stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def in_hours(hours):
    return now() + timedelta(hours=hours)


def in_minutes(minutes):
    return now() + timedelta(minutes=minutes)


def days_ago(days):
    return now() - timedelta(days=days)


def iso(moment):
    """A date for JSON, or None."""
    return moment.isoformat(timespec="seconds") + "Z" if moment is not None else None


def parse_day(text, default=None):
    """A day written as 2024-02-29; ``default`` when there is none."""
    if not text:
        return default
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise Invalid("day", "write days as YYYY-MM-DD") from None


# Money


def euros(cents):
    """Cents as people read them: 12.50."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // CENTS}.{abs(cents) % CENTS:02d}"


def percent_of(cents, percent):
    """A share of an amount, rounded half up."""
    return (cents * percent + CENTS // 2) // CENTS


def vat_included(cents):
    """The tax inside a gross amount."""
    rate = setting("VAT_RATE_PERCENT")
    return cents - (cents * CENTS + (CENTS + rate) // 2) // (CENTS + rate)


# Names and tokens


def slugify(text):
    """A name as it appears in addresses."""
    return _SLUG.sub("-", text.lower()).strip("-")[:100]


def new_token():
    return secrets.token_urlsafe(24)


def digest(token):
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def order_number(sequence):
    """A number that customers can read out on the telephone."""
    return f"S{now():%y%m}-{sequence:05d}"


def to_json(value):
    return json.dumps(value, sort_keys=True, default=str)


# Errors that become answers


class Problem(Exception):
    """Base of the errors that a customer gets to see."""

    status = 400

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class Invalid(Problem):
    """A field of the request is wrong."""

    status = 422

    def __init__(self, field, message):
        super().__init__(f"{field}: {message}")
        self.field = field


class NotFound(Problem):
    status = 404


class Forbidden(Problem):
    status = 403


class Unauthorized(Problem):
    status = 401


class Conflict(Problem):
    status = 409


# The request and the application around us


def setting(name):
    """A configuration value; outside an application, the default."""
    if has_app_context():
        return current_app.config[name]
    from shop.config import Config

    return getattr(Config, name)


def current_user():
    """The user who sent the request, or None."""
    return g.get("user") if has_request_context() else None


def current_user_id():
    user = current_user()
    return user.id if user is not None else None


def chunks(items, size):
    """Lists of at most ``size`` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def audit(action, subject="", **detail):
    """Leave a trace of what was done."""
    from shop.db import session
    from shop.models.audit import AuditEvent

    event = AuditEvent(user_id=current_user_id(), action=action, subject=str(subject), detail=to_json(detail))
    session.add(event)
    return event


def shop_setting(key, default=""):
    """A setting that staff may change at run time."""
    from shop.db import session
    from shop.models.audit import Setting

    found = session.get(Setting, key)
    return found.value if found is not None else default
