"""Reviews with the ratings that follow, and mail."""

import pytest

from shop.models import Notification
from shop.services import mail


@pytest.fixture
def review(customer, buy, goods):
    buy(customer, "MUG")
    return customer.post(f"/reviews/products/{goods['MUG']}", {"stars": 4, "title": "Good"})


def rating(api, words="mug"):
    product = api.get(f"/catalogue/products?q={words}")["items"][0]
    return product["rating"], product["ratings"]


def test_a_review_counts_once_it_is_published(review, customer, support, goods, login, anybody):
    assert review["status"] == "pending"
    assert rating(anybody) == (None, 0)
    assert support.get("/reviews/pending")["total"] == 1
    support.post(f"/reviews/{review['id']}/moderation", {"decision": "publish"}, 200)
    assert rating(anybody) == (4.0, 1)
    assert anybody.get(f"/reviews/products/{goods['MUG']}")["total"] == 1
    support.post(f"/reviews/{review['id']}/moderation", {"decision": "reject"}, 200)
    assert rating(anybody) == (None, 0)


def test_reviews_without_approval(admin, customer, buy, goods, anybody):
    admin.put("/admin/settings/reviews_need_approval", {"value": "no"})
    buy(customer, "MUG")
    assert customer.post(f"/reviews/products/{goods['MUG']}", {"stars": 5})["status"] == "published"
    assert rating(anybody) == (5.0, 1)


def test_who_may_review(review, customer, goods, login):
    customer.post(f"/reviews/products/{goods['MUG']}", {"stars": 1}, 409)
    customer.post(f"/reviews/products/{goods['POT']}", {"stars": 1}, 403)
    customer.post(f"/reviews/products/{goods['POT']}", {"stars": 6}, 422)
    login("other@example.org").post(f"/reviews/products/{goods['MUG']}", {"stars": 1}, 403)
    customer.post(f"/reviews/{review['id']}/moderation", {"decision": "publish"}, 403)


def test_votes(review, customer, support, login):
    other = login("other@example.org")
    path = f"/reviews/{review['id']}/vote"
    other.put(path, {"helpful": True}, 404)
    support.post(f"/reviews/{review['id']}/moderation", {"decision": "maybe"}, 422)
    support.post(f"/reviews/{review['id']}/moderation", {"decision": "publish"}, 200)
    assert other.put(path, {"helpful": True})["helpful"] == 1
    assert other.put(path, {"helpful": False})["helpful"] == 0
    customer.put(path, {"helpful": True}, 403)


def test_ratings_can_be_recomputed(review, support, db, anybody):
    from shop.models import Review
    from shop.tasks.stock import recompute_ratings

    db.query(Review).update({"status": "published"})
    db.commit()
    recompute_ratings.delay()
    assert rating(anybody) == (4.0, 1)


def test_my_mail(customer, admin):
    (welcome,) = customer.get("/notifications")["items"]
    assert (welcome["template"], welcome["status"]) == ("welcome", "sent")
    admin.post(f"/notifications/{welcome['id']}/retry", expected=200)
    customer.post(f"/notifications/{welcome['id']}/retry", expected=403)


def test_templates(admin, anybody, db):
    path = "/notifications/templates/welcome/de"
    admin.put(path, {"subject": "Willkommen", "body": "Hallo {name}"})
    admin.put("/notifications/templates/unknown/de", {"subject": "x", "body": "y"}, 404)
    anybody.put(path, {"subject": "x", "body": "y"}, 401)
    anybody.post("/accounts/register", {"email": "de@example.org", "password": "long enough", "locale": "de"})
    db.remove()
    assert db.query(Notification).filter_by(recipient="de@example.org").one().subject == "Willkommen"


def test_a_template_that_asks_for_too_much(admin, anybody):
    admin.put("/notifications/templates/welcome/en", {"subject": "Hi", "body": "{shoe_size}"})
    data = {"email": "new@example.org", "password": "long enough"}
    anybody.post("/accounts/register", data, 422)
    admin.put("/notifications/templates/welcome/en", {"subject": "Hi", "body": "{name}"})
    anybody.post("/accounts/register", data)


class BrokenTransport:
    def send(self, recipient, subject, body):
        raise ConnectionRefusedError("no server")


def test_mail_that_fails_is_tried_again(customer, support, buy, monkeypatch, db):
    monkeypatch.setitem(mail.TRANSPORTS, "log", BrokenTransport)
    buy(customer)
    for _ in range(3):
        mail.deliver()
    db.remove()
    failed = db.query(Notification).filter_by(template_key="order_placed").one()
    assert (failed.status, failed.attempts) == ("failed", 3)
    monkeypatch.undo()
    support.post(f"/notifications/{failed.id}/retry", expected=200)
    db.remove()
    assert db.get(Notification, failed.id).status == "sent"


def test_smtp(customer, app, monkeypatch):
    sent = []

    class Server:
        def __init__(self, host, timeout):
            self.host = host

        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def send_message(self, message):
            sent.append((self.host, message["To"], message["Subject"]))

    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")
    customer.post("/accounts/password/forgotten", {"email": "customer@example.org"}, 202)
    assert sent == [("localhost", "customer@example.org", "Your new password")]


def test_newsletter(anybody, customer, admin, goods, db):
    customer.patch("/accounts/me", {"newsletter": True})
    anybody.post("/notifications/newsletter", {"email": "reader@example.org"}, 202)
    anybody.post("/notifications/newsletter", {"email": "silent@example.org"}, 202)
    db.remove()
    asked = db.query(Notification).filter_by(recipient="reader@example.org").one()
    code = asked.body.rsplit(" ", 1)[1]
    anybody.post("/notifications/newsletter/confirm", {"email": "reader@example.org", "code": "wrong"}, 422)
    anybody.post("/notifications/newsletter/confirm", {"email": "reader@example.org", "code": code}, 204)
    customer.post("/notifications/newsletter/send", {}, 403)
    admin.post("/notifications/newsletter/send", {}, 202)
    db.remove()
    readers = {row.recipient for row in db.query(Notification).filter_by(template_key="newsletter")}
    assert readers == {"customer@example.org", "reader@example.org"}
    anybody.post("/notifications/newsletter/leave", {"email": "reader@example.org"}, 204)
    anybody.post("/notifications/newsletter/confirm", {"email": "reader@example.org", "code": code}, 422)
