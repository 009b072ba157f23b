"""Payments: methods, gateways, webhooks, refunds and credit."""

import pytest

from shop.models import Order


def test_methods(customer, login):
    customer.post("/payments/methods", {"gateway": "invoice", "token": "x"}, 422)
    customer.post("/payments/methods", {"gateway": "barter", "token": "x"}, 422)
    second = customer.post("/payments/methods", {"gateway": "card", "token": "tok_2"})
    assert not second["default"]
    login("other@example.org").delete(f"/payments/methods/{second['id']}", 404)
    customer.delete(f"/payments/methods/{second['id']}")
    assert [method["label"] for method in customer.get("/payments/methods")["items"]] == ["card"]
    assert customer.get("/payments/gateways")["items"] == ["card", "credit", "invoice"]


def test_no_method_no_order(login, goods):
    api = login("poor@example.org")
    address = api.post("/accounts/me/addresses", {"street": "S 1", "city": "C", "postcode": "1", "country": "DE"})
    api.post("/cart/items", {"product_id": goods["MUG"]})
    assert api.post("/orders", {"address_id": address["id"]}, 422)["field"] == "method_id"


@pytest.fixture
def slow(customer, buy, db):
    """An order whose payment is still open, and the reference of the payment."""
    method = customer.post("/payments/methods", {"gateway": "card", "token": "tok_slow"})
    order = buy(customer, method_id=method["id"])
    assert order["status"] == "new"
    return order["number"], reference_of(db, order["number"])


def reference_of(db, number):
    from shop.models import Payment

    db.remove()
    order = db.query(Order).filter_by(number=number).one()
    return db.query(Payment).filter_by(order_id=order.id).one().gateway_reference


def test_capture_task_pays_and_dispatches(admin, customer, slow):
    number, _ = slow
    assert customer.get(f"/orders/{number}")["shipments"] == []
    admin.post("/payments/capture", expected=202)
    shown = customer.get(f"/orders/{number}")
    assert shown["status"] == "shipped"
    assert shown["shipments"][0]["status"] == "dispatched"


def test_webhook_captures(anybody, customer, slow):
    number, reference = slow
    for _ in range(2):
        # gateways repeat themselves
        anybody.signed_post("/payments/webhook", {"event": "captured", "reference": reference})
    shown = customer.get(f"/orders/{number}")
    assert shown["status"] == "paid"
    assert len(shown["shipments"]) == 1


def test_webhook_that_fails_cancels_the_order(anybody, customer, slow, shelf):
    number, reference = slow
    anybody.signed_post("/payments/webhook", {"event": "failed", "reference": reference})
    assert customer.get(f"/orders/{number}")["status"] == "cancelled"
    assert shelf("MUG") == (20, 0)


def test_webhook_is_careful(anybody, slow):
    _, reference = slow
    anybody.post("/payments/webhook", {"event": "captured", "reference": reference}, 401)
    anybody.signed_post("/payments/webhook", {"event": "captured", "reference": "other"}, 404)
    anybody.signed_post("/payments/webhook", {"event": "exploded", "reference": reference}, 422)


def test_chargeback(anybody, customer, buy, db):
    number = buy(customer)["number"]
    anybody.signed_post("/payments/webhook", {"event": "chargeback", "reference": reference_of(db, number)})
    payment = customer.get(f"/orders/{number}")["payments"][0]
    assert payment["status"] == "refunded"
    assert payment["refunded_cents"] == payment["amount_cents"]


def test_refund_in_parts(support, customer, buy, receive, shelf):
    number = buy(customer, "MUG", 2)["number"]
    receive(customer, number)
    assert shelf("MUG") == (18, 0)
    payment = customer.get(f"/orders/{number}")["payments"][0]
    path = f"/payments/{payment['id']}/refunds"
    support.post(path, {"amount_cents": 1000, "reason": "scratched"})
    assert customer.get(f"/orders/{number}")["status"] == "delivered"
    support.post(path, {"amount_cents": payment["amount_cents"]}, 422)
    rest = {"amount_cents": payment["amount_cents"] - 1000, "restock": True}
    assert support.post(path, rest)["status"] == "refunded"
    assert customer.get(f"/orders/{number}")["status"] == "refunded"
    assert shelf("MUG") == (20, 0)
    support.post(path, {"amount_cents": 1}, 409)
    customer.post(path, {"amount_cents": 1}, 403)


def test_goods_come_back_only_once(support, customer, buy, receive, shelf, credit):
    number = buy(customer, "MUG", 2)["number"]
    receive(customer, number)
    payment = customer.get(f"/orders/{number}")["payments"][0]
    data = {"amount_cents": 500, "restock": True, "to_credit": True}
    before = credit(customer)
    support.post(f"/payments/{payment['id']}/refunds", data)
    support.post(f"/payments/{payment['id']}/refunds", data, 409)
    assert shelf("MUG") == (20, 0)
    assert credit(customer) == before + 500


def test_credit_pays_a_part(support, customer, buy, credit):
    path = f"/admin/users/{customer.user_id}/credit"
    support.post(path, {"cents": 1000, "reason": "sorry"}, 200)
    support.post(path, {"cents": -2000, "reason": "no"}, 422)
    order = buy(customer, "POT", use_credit=True)
    parts = customer.get(f"/orders/{order['number']}")["payments"]
    assert [(part["gateway"], part["amount_cents"]) for part in parts] == [("credit", 1000), ("card", 2490)]
    assert credit(customer) == 0
    customer.post(f"/orders/{order['number']}/cancel", {}, 200)
    assert credit(customer) == 1000


def test_declined_card_keeps_the_credit(support, customer, buy, credit):
    support.post(f"/admin/users/{customer.user_id}/credit", {"cents": 100, "reason": "sorry"}, 200)
    method = customer.post("/payments/methods", {"gateway": "card", "token": "tok_declined"})
    buy(customer, expected=402, use_credit=True, method_id=method["id"])
    assert credit(customer) == 100


def test_orders_that_arrive_earn_credit(customer, buy, receive):
    receive(customer, buy(customer, "POT", 2)["number"])
    me = customer.get("/accounts/me")
    assert me["credit_cents"] == 60
    assert [row["action"] for row in me["history"]] == ["credit.earned"]


def test_invoice_for_companies(customer, buy, admin):
    customer.patch("/accounts/me", {"vat_number": "DE1"})
    number = buy(customer, gateway="invoice")["number"]
    admin.post("/payments/capture", expected=202)
    assert customer.get(f"/orders/{number}")["status"] == "new"
