"""Accounts: registering, tokens, profiles, addresses, privacy."""

from datetime import timedelta

from shop.models import ApiToken, Notification, User
from shop.utils.common import now

PASSWORD = "long enough"


def mails(db, key):
    db.remove()
    return db.query(Notification).filter_by(template_key=key).order_by(Notification.id).all()


def test_register_sends_a_welcome_mail(anybody, db):
    user = anybody.post("/accounts/register", {"email": "New@Example.org", "password": PASSWORD, "name": "New"})
    assert user["email"] == "new@example.org"
    assert user["role"] == "customer"
    (mail,) = mails(db, "welcome")
    assert mail.recipient == "new@example.org"
    assert mail.status == "sent"
    assert "New" in mail.body


def test_register_twice_is_a_conflict(anybody):
    data = {"email": "new@example.org", "password": PASSWORD}
    anybody.post("/accounts/register", data)
    anybody.post("/accounts/register", data, 409)


def test_register_checks_its_fields(anybody):
    assert anybody.post("/accounts/register", {"password": PASSWORD}, 422)["field"] == "email"
    assert anybody.post("/accounts/register", {"email": "no address", "password": PASSWORD}, 422)["field"] == "email"
    assert anybody.post("/accounts/register", {"email": "a@example.org", "password": "x"}, 422)["field"] == "password"
    wrong = {"email": "a@example.org", "password": PASSWORD, "newsletter": "yes"}
    assert anybody.post("/accounts/register", wrong, 422)["field"] == "newsletter"


def test_a_body_that_is_no_object(anybody):
    assert anybody.post("/accounts/register", [1, 2], 422)["field"] == "body"


def test_login_and_logout(anybody, customer):
    answer = anybody.post("/accounts/login", {"email": "customer@example.org", "password": PASSWORD}, 200)
    anybody.headers = {"Authorization": f"Bearer {answer['token']}"}
    assert anybody.get("/accounts/me")["email"] == "customer@example.org"
    anybody.post("/accounts/logout", expected=204)
    anybody.get("/accounts/me", 401)
    customer.get("/accounts/me")


def test_wrong_passwords_lock_the_account(anybody, customer):
    for _ in range(5):
        anybody.post("/accounts/login", {"email": "customer@example.org", "password": "wrong"}, 401)
    anybody.post("/accounts/login", {"email": "customer@example.org", "password": PASSWORD}, 403)


def test_unknown_address_cannot_log_in(anybody):
    anybody.post("/accounts/login", {"email": "nobody@example.org", "password": PASSWORD}, 401)


def test_expired_token(customer, db):
    db.query(ApiToken).update({"expires_at": now() - timedelta(hours=1)})
    db.commit()
    customer.get("/accounts/me", 401)


def test_password_reset(anybody, customer, db):
    anybody.post("/accounts/password/forgotten", {"email": "customer@example.org"}, 202)
    anybody.post("/accounts/password/forgotten", {"email": "nobody@example.org"}, 202)
    (mail,) = mails(db, "password_reset")
    token = mail.body.rsplit(" ", 1)[1]
    anybody.post("/accounts/password/reset", {"token": "wrong", "password": "another password"}, 422)
    anybody.post("/accounts/password/reset", {"token": token, "password": "another password"}, 204)
    anybody.post("/accounts/password/reset", {"token": token, "password": "third password"}, 422)
    customer.get("/accounts/me", 401)
    anybody.post("/accounts/login", {"email": "customer@example.org", "password": "another password"}, 200)


def test_change_password(customer):
    customer.post("/accounts/password/change", {"old": "wrong", "new": "another password"}, 403)
    customer.post("/accounts/password/change", {"old": PASSWORD, "new": "another password"}, 204)


def test_profile_covers_three_domains(customer, db):
    changes = {"name": "Renamed", "newsletter": True, "vat_number": "DE123", "locale": "de"}
    assert customer.patch("/accounts/me", changes)["name"] == "Renamed"
    assert customer.get("/accounts/me")["newsletter"] is True
    customer.patch("/accounts/me", {"newsletter": False})
    db.remove()
    user = db.get(User, customer.user_id)
    assert (user.vat_number, user.newsletter_opt_in, user.locale) == ("DE123", False, "de")


def test_addresses_through_the_method_view(customer, login):
    path = f"/accounts/me/addresses/{customer.address}"
    assert customer.get(path)["country"] == "DE"
    assert customer.put(path, {"city": "Hamburg"})["city"] == "Hamburg"
    assert len(customer.get("/accounts/me/addresses")["items"]) == 1
    login("other@example.org").get(path, 404)
    customer.put(path, {"country": "Germany"}, 422)
    customer.delete(path)
    customer.get(path, 404)


def test_export_and_close(customer, buy, receive, anybody, db):
    order = buy(customer)
    customer.delete("/accounts/me", 409)
    receive(customer, order["number"])
    data = customer.get("/accounts/me/export")
    assert data["orders"][0]["number"] == order["number"]
    assert data["payments"][0]["status"] == "captured"
    assert {mail["template"] for mail in data["mail"]} >= {"welcome", "order_placed", "shipped"}
    customer.delete("/accounts/me")
    customer.get("/accounts/me", 401)
    db.remove()
    user = db.get(User, customer.user_id)
    assert user.email == f"closed-{user.id}@invalid"
    assert not user.active
    anybody.post("/accounts/login", {"email": "customer@example.org", "password": PASSWORD}, 401)


def test_health_and_unknown_pages(anybody):
    assert anybody.get("/health") == {"status": "ok"}
    assert "error" in anybody.get("/nowhere", 404)
    anybody.post("/health", expected=405)
