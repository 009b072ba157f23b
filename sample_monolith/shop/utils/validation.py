"""Reading what clients send."""

import re

from flask import request

from shop.utils.common import Invalid, setting

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_MISSING = object()


def body():
    """The JSON object of the request."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Invalid("body", "send a JSON object")
    return data


def text(data, field, *, default=_MISSING, longest=200):
    """A string field."""
    value = data.get(field, default)
    if value is _MISSING:
        raise Invalid(field, "is missing")
    if value is default:
        return value
    if not isinstance(value, str) or not value.strip():
        raise Invalid(field, "must be a text")
    if len(value) > longest:
        raise Invalid(field, f"has more than {longest} characters")
    return value.strip()


def integer(data, field, *, default=_MISSING, least=None, most=None):
    """A whole number field."""
    value = data.get(field, default)
    if value is _MISSING:
        raise Invalid(field, "is missing")
    if value is default:
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(field, "must be a whole number")
    if least is not None and value < least:
        raise Invalid(field, f"must be at least {least}")
    if most is not None and value > most:
        raise Invalid(field, f"must be at most {most}")
    return value


def flag(data, field, *, default=False):
    """A true or false field."""
    value = data.get(field, default)
    if not isinstance(value, bool):
        raise Invalid(field, "must be true or false")
    return value


def email(data, field="email"):
    """An address that looks like one."""
    value = text(data, field).lower()
    if not _EMAIL.match(value):
        raise Invalid(field, "is no e-mail address")
    return value


def country(data, field="country"):
    value = text(data, field, longest=2).upper()
    if len(value) != 2 or not value.isalpha():
        raise Invalid(field, "must be a country code of two letters")
    return value


def page_request():
    """Page and size from the query string."""
    try:
        page = max(int(request.args.get("page", 1)), 1)
        size = int(request.args.get("size", setting("PAGE_SIZE")))
    except ValueError:
        raise Invalid("page", "must be a number") from None
    return page, min(max(size, 1), setting("MAX_PAGE_SIZE"))
