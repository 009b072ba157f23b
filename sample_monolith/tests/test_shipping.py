"""Parcels: quotes, labels, carriers and what follows when they arrive."""

from datetime import timedelta

from shop.models import AuditEvent, Notification, Shipment
from shop.utils.common import now


def waiting(packer):
    return packer.get("/shipping/waiting")["items"]


def test_quote_takes_the_cheapest(anybody, goods):
    assert anybody.get("/shipping/quote/de/1000") == {"shipping_cents": 490}
    assert anybody.get("/shipping/quote/de/9000") == {"shipping_cents": 1490}
    anybody.get("/shipping/quote/de/90000", 422)


def test_rates(admin, customer, goods):
    rate = {"carrier": "post", "country": "DE", "up_to_grams": 5000, "price_cents": 550}
    admin.put("/shipping/rates", rate)
    admin.put("/shipping/rates", {**rate, "carrier": "pigeon"}, 422)
    customer.put("/shipping/rates", rate, 403)
    assert customer.get("/shipping/quote/DE/5") == {"shipping_cents": 550}


def test_dispatch_lowers_the_stock(packer, customer, buy, shelf, db, anybody):
    number = buy(customer, "MUG", 2)["number"]
    (shipment,) = waiting(packer)
    sent = packer.post(f"/shipping/{shipment['id']}/dispatch", expected=200)
    assert sent["tracking_code"].startswith("PO")
    assert shelf("MUG") == (18, 0)
    assert customer.get(f"/orders/{number}")["status"] == "shipped"
    assert [event["code"] for event in anybody.get(f"/shipping/track/{sent['tracking_code']}")["events"]] == [
        "created",
        "dispatched",
    ]
    packer.post(f"/shipping/{shipment['id']}/dispatch", expected=409)
    db.remove()
    assert db.query(Notification).filter_by(template_key="shipped").one().status == "sent"


def test_only_the_warehouse_dispatches(customer, buy, support, packer):
    buy(customer)
    (shipment,) = waiting(packer)
    customer.post(f"/shipping/{shipment['id']}/dispatch", expected=403)
    support.post(f"/shipping/{shipment['id']}/dispatch", expected=403)
    packer.post("/shipping/999/dispatch", expected=404)


def test_delivery_ends_the_order(customer, buy, receive, db):
    customer.patch("/accounts/me", {"newsletter": True})
    number = buy(customer)["number"]
    receive(customer, number)
    shown = customer.get(f"/orders/{number}")
    assert shown["status"] == "delivered"
    assert [step["to"] for step in shown["history"]] == ["paid", "shipped", "delivered"]
    db.remove()
    assert db.query(Notification).filter_by(template_key="review_wanted").count() == 1


def test_express_has_its_own_words(customer, buy, packer, carrier_says):
    buy(customer, "POT", 6)
    (shipment,) = waiting(packer)
    assert shipment["carrier"] == "express"
    code = packer.post(f"/shipping/{shipment['id']}/dispatch", expected=200)["tracking_code"]
    carrier_says(code, "DELIVERED", 422)
    assert carrier_says(code, "POD")["status"] == "delivered"


def test_too_heavy_for_the_carrier(customer, buy, packer, shelf):
    number = buy(customer, "POT", 12)["number"]
    (shipment,) = waiting(packer)
    packer.post(f"/shipping/{shipment['id']}/dispatch", expected=422)
    # neither the stock nor the order has moved
    assert shelf("POT") == (20, 12)
    assert customer.get(f"/orders/{number}")["status"] == "paid"


def test_dispatch_task_goes_on_after_a_failure(app, customer, buy, packer):
    from shop.services import shipping

    buy(customer, "POT", 12)
    buy(customer, "MUG")
    with app.app_context():
        result = shipping.dispatch_all()
    assert (len(result["sent"]), len(result["failed"])) == (1, 1)


def test_lost_parcels(customer, buy, packer, carrier_says, db):
    buy(customer)
    (shipment,) = waiting(packer)
    code = packer.post(f"/shipping/{shipment['id']}/dispatch", expected=200)["tracking_code"]
    assert carrier_says(code, "LOST")["status"] == "lost"
    db.remove()
    assert db.query(AuditEvent).filter_by(action="shipment.lost", subject=code).count() == 1


def test_carriers_must_sign(customer, buy, packer, anybody, carrier_says):
    forged = {"tracking_code": "PO1", "code": "DELIVERED", "signature": "forged"}
    anybody.post("/shipping/events", forged, 401)
    carrier_says("PO1", "DELIVERED", 404)
    anybody.get("/shipping/track/PO1", 404)


def test_overdue_parcels_are_noted(customer, buy, packer, db):
    from shop.tasks.orders import report_overdue

    buy(customer)
    (shipment,) = waiting(packer)
    code = packer.post(f"/shipping/{shipment['id']}/dispatch", expected=200)["tracking_code"]
    db.remove()
    db.query(Shipment).update({"dispatched_at": now() - timedelta(days=15)})
    db.commit()
    report_overdue.delay()
    assert packer.get(f"/shipping/track/{code}")["events"][-1]["code"] == "overdue"
