"""Passwords, and who may do what."""

from functools import wraps

from flask import g, request
from werkzeug.security import check_password_hash, generate_password_hash

from shop.utils.common import Forbidden, Invalid, Unauthorized

MIN_PASSWORD = 8


def hash_password(password):
    if len(password) < MIN_PASSWORD:
        raise Invalid("password", f"needs at least {MIN_PASSWORD} characters")
    return generate_password_hash(password, method="pbkdf2:sha256:1000")


def password_matches(stored, password):
    return check_password_hash(stored, password)


def bearer_token():
    """The token of the request, or None."""
    header = request.headers.get("Authorization", "")
    kind, _, token = header.partition(" ")
    return token if kind == "Bearer" and token else None


def login_required(view):
    """Only for users who are logged in."""

    @wraps(view)
    def checked(*args, **kwargs):
        if g.get("user") is None:
            raise Unauthorized("log in first")
        return view(*args, **kwargs)

    return checked


def role_required(*roles):
    """Only for users with one of these roles."""

    def decorate(view):
        @wraps(view)
        def checked(*args, **kwargs):
            user = g.get("user")
            if user is None:
                raise Unauthorized("log in first")
            if user.role not in roles:
                raise Forbidden("this needs another role")
            return view(*args, **kwargs)

        return checked

    return decorate
