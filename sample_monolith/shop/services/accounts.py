"""Accounts: registering, logging in, profiles and addresses."""

from shop.db import session
from shop.events import user_registered
from shop.models.user import Address, ApiToken, PasswordReset, User
from shop.repositories.users import AddressRepository, ResetRepository, TokenRepository, UserRepository
from shop.services import mail
from shop.utils.common import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthorized,
    audit,
    digest,
    in_hours,
    in_minutes,
    new_token,
    now,
    setting,
)
from shop.utils.security import hash_password, password_matches

ROLES = ("customer", "support", "warehouse", "admin")
users = UserRepository()
addresses = AddressRepository()
tokens = TokenRepository()
resets = ResetRepository()


def register(email, password, *, name="", locale="en", newsletter=False):
    """Open an account; the welcome mail goes out with it."""
    if users.by_email(email) is not None:
        raise Conflict("this address already has an account")
    user = users.add(
        User(
            email=email,
            password_hash=hash_password(password),
            name=name,
            locale=locale,
            newsletter_opt_in=newsletter,
        )
    )
    if newsletter:
        # the welcome mail reaches the same address, so a second confirmation would only annoy
        mail.subscribe(email, confirmed=True)
    audit("account.registered", user.id)
    user_registered.send(user)
    session.commit()
    mail.deliver()
    return user


def login(email, password):
    """The user and a new token."""
    user = users.by_email(email)
    if user is None or not user.active:
        raise Unauthorized("wrong address or password")
    if user.failed_logins >= setting("MAX_FAILED_LOGINS"):
        raise Forbidden("too many attempts: reset the password")
    if not password_matches(user.password_hash, password):
        user.failed_logins += 1
        # committed although the request fails: otherwise the count would never rise
        session.commit()
        raise Unauthorized("wrong address or password")
    user.failed_logins = 0
    user.last_login_at = now()
    token = new_token()
    tokens.add(ApiToken(user_id=user.id, digest=digest(token), expires_at=in_hours(setting("TOKEN_LIFETIME_HOURS"))))
    session.commit()
    return user, token


def logout(user, token):
    """End one login; others of the same user go on."""
    found = tokens.find_by(user_id=user.id, digest=digest(token))
    if found is not None:
        tokens.remove(found)
    session.commit()


def user_of_token(token):
    """Who sent this request, or None."""
    return tokens.user_of(token) if token else None


def drop_expired_tokens():
    removed = tokens.remove_expired()
    session.commit()
    return removed


def request_reset(email):
    """Send a link; whether the address has an account is not told."""
    user = users.by_email(email)
    if user is None or not user.active:
        return None
    token = new_token()
    resets.add(
        PasswordReset(user_id=user.id, digest=digest(token), expires_at=in_minutes(setting("RESET_LIFETIME_MINUTES")))
    )
    mail.queue("password_reset", user, token=token)
    session.commit()
    mail.deliver()
    return token


def reset_password(token, password):
    """Set a new password; all logins end."""
    reset = resets.valid(token)
    if reset is None:
        raise Invalid("token", "is wrong or too old")
    user = users.require(reset.user_id)
    user.password_hash = hash_password(password)
    user.failed_logins = 0
    user.tokens.clear()
    reset.used_at = now()
    audit("account.password_reset", user.id)
    session.commit()
    return user


def change_password(user, old, new):
    if not password_matches(user.password_hash, old):
        raise Forbidden("the old password is wrong")
    user.password_hash = hash_password(new)
    audit("account.password_changed", user.id)
    session.commit()


def update_profile(user, *, name=None, locale=None, newsletter=None, vat_number=None):
    """Identity, marketing and billing in one form, as the page has it."""
    if name is not None:
        user.name = name
    if locale is not None:
        user.locale = locale
    if vat_number is not None:
        user.vat_number = vat_number
    if newsletter is not None and newsletter != user.newsletter_opt_in:
        user.newsletter_opt_in = newsletter
        if newsletter:
            mail.subscribe(user.email, confirmed=True)
        else:
            mail.unsubscribe(user.email)
    session.commit()
    return user


def add_address(user, *, label, street, city, postcode, country):
    address = addresses.add(
        Address(user_id=user.id, label=label, street=street, city=city, postcode=postcode, country=country)
    )
    session.commit()
    return address


def address_of(user, address_id):
    """An address of this user; those of others do not exist for him."""
    address = addresses.owned(user, address_id)
    if address is None:
        raise NotFound(f"address {address_id} does not exist")
    return address


def update_address(user, address_id, **changes):
    address = address_of(user, address_id)
    for field, value in changes.items():
        if value is not None:
            setattr(address, field, value)
    session.commit()
    return address


def remove_address(user, address_id):
    addresses.remove(address_of(user, address_id))
    session.commit()


def set_role(user_id, role):
    """Make somebody staff, or a customer again."""
    if role not in ROLES:
        raise Invalid("role", f"must be one of {', '.join(ROLES)}")
    user = users.require(user_id)
    audit("account.role", user.id, old=user.role, new=role)
    user.role = role
    session.commit()
    return user


def deactivate(user_id):
    user = users.require(user_id)
    user.active = False
    user.tokens.clear()
    audit("account.deactivated", user.id)
    session.commit()
    return user


def staff_with_role(*roles):
    """Whom to tell about things that need a hand."""
    return users.query().filter(User.role.in_(roles), User.active.is_(True)).order_by(User.id).all()
