"""Carts and orders, with all that must go together or not at all."""

from datetime import timedelta

import pytest

from shop.models import AuditEvent, Cart, Coupon, Notification, Order, Payment, Shipment, StockMovement
from shop.utils.common import now


def count(db, model, **criteria):
    db.remove()
    return db.query(model).filter_by(**criteria).count()


def test_cart(customer, goods, anybody):
    anybody.get("/cart", 401)
    customer.post("/cart/items", {"product_id": goods["MUG"], "quantity": 2})
    cart = customer.post("/cart/items", {"product_id": goods["MUG"]})
    assert cart["items"][0]["quantity"] == 3
    assert cart["items_cents"] == 2700
    assert customer.put(f"/cart/items/{goods['MUG']}", {"quantity": 1})["items_cents"] == 900
    assert customer.get(f"/cart/shipping/{customer.address}") == {"shipping_cents": 490, "total_cents": 1390}
    assert customer.delete(f"/cart/items/{goods['MUG']}", 200)["items"] == []
    customer.post("/cart/items", {"product_id": goods["PEN"]})
    customer.delete("/cart")
    assert customer.get("/cart")["items"] == []


def test_cart_limits(customer, goods):
    customer.post("/cart/items", {"product_id": goods["MUG"], "quantity": 21}, 409)
    customer.post("/cart/items", {"product_id": goods["MUG"], "quantity": 100}, 422)
    customer.post("/cart/items", {"product_id": goods["MUG"], "quantity": 0}, 422)
    customer.post("/cart/items", {"product_id": 999}, 404)
    customer.post("/cart/items", {"product_id": True}, 422)


def test_coupons(admin, customer, buy, db):
    admin.post("/cart/coupons", {"code": "ten", "percent": 10, "max_uses": 1})
    admin.post("/cart/coupons", {"code": "TEN", "percent": 10}, 409)
    admin.post("/cart/coupons", {"code": "NIL"}, 422)
    admin.post("/cart/coupons", {"code": "OLD", "percent": 5, "valid_until": "2020-01-31"})
    admin.post("/cart/coupons", {"code": "BAD", "percent": 5, "valid_until": "soon"}, 422)
    customer.put("/cart/coupon", {"code": "OLD"}, 422)
    assert customer.put("/cart/coupon", {"code": "ten"})["coupon"] == "TEN"
    order = buy(customer, "POT")
    assert (order["discount_cents"], order["total_cents"]) == (300, 3000 - 300 + 490)
    customer.put("/cart/coupon", {"code": "TEN"}, 422)
    customer.post(f"/orders/{order['number']}/cancel", expected=200)
    db.remove()
    assert db.query(Coupon).filter_by(code="TEN").one().uses == 0
    assert customer.put("/cart/coupon", {"code": "TEN"})["coupon"] == "TEN"
    assert customer.delete("/cart/coupon", 200)["coupon"] is None


def test_coupon_used_up_by_somebody_else(admin, customer, buy, db, shelf):
    admin.post("/cart/coupons", {"code": "ONE", "percent": 10, "max_uses": 1})
    customer.put("/cart/coupon", {"code": "ONE"})
    db.query(Coupon).update({"uses": 1})
    db.commit()
    assert buy(customer, expected=422)["field"] == "coupon"
    assert shelf("MUG") == (20, 0)


def test_placing_an_order_writes_everything(customer, buy, shelf, db):
    order = buy(customer, "MUG", 2)
    assert order["status"] == "paid"
    assert order["total_cents"] == 1800 + 490
    assert order["lines"] == [{"sku": "MUG", "name": "Mug", "quantity": 2, "unit_cents": 900}]
    assert shelf("MUG") == (20, 2)
    shown = customer.get(f"/orders/{order['number']}")
    assert shown["payments"][0]["amount_cents"] == order["total_cents"]
    assert shown["payments"][0]["status"] == "captured"
    assert shown["shipments"][0]["status"] == "preparing"
    assert [(step["from"], step["to"]) for step in shown["history"]] == [("new", "paid")]
    assert customer.get("/cart")["items"] == []
    assert count(db, Notification, template_key="order_placed", status="sent") == 1
    assert count(db, AuditEvent, action="order.placed", user_id=customer.user_id) == 1
    assert customer.get("/orders")["total"] == 1


def test_free_shipping_for_large_orders(customer, buy):
    assert buy(customer, "POT", 2)["shipping_cents"] == 0


def test_declined_payment_rolls_everything_back(customer, buy, db, shelf):
    customer.post("/payments/methods", {"gateway": "card", "token": "tok_declined"})
    methods = customer.get("/payments/methods")["items"]
    assert "declined" in buy(customer, "MUG", 2, expected=402, method_id=methods[1]["id"])["error"]
    assert shelf("MUG") == (20, 0)
    for model in (Order, Payment, Shipment):
        assert count(db, model) == 0
    assert count(db, StockMovement, reason="reserve") == 0
    assert count(db, Notification, template_key="order_placed") == 0
    assert count(db, Notification, template_key="payment_failed", status="sent") == 1
    assert count(db, AuditEvent, action="payment.declined") == 1
    assert len(customer.get("/cart")["items"]) == 1
    assert customer.post("/orders", {"address_id": customer.address})["status"] == "paid"


def test_out_of_stock_rolls_everything_back(customer, goods, packer, db, shelf):
    customer.post("/cart/items", {"product_id": goods["MUG"], "quantity": 2})
    customer.post("/cart/items", {"product_id": goods["PEN"], "quantity": 5})
    taken = packer.post(
        "/inventory/transfers", {"product_id": goods["PEN"], "source": "BER", "target": "LYS", "quantity": 18}, 200
    )
    packer.post(f"/inventory/items/{taken['target']['id']}/count", {"counted": 0}, 200)
    assert "Pen" in customer.post("/orders", {"address_id": customer.address}, 409)["error"]
    assert shelf("MUG") == (20, 0)
    assert shelf("PEN") == (2, 0)
    assert count(db, Order) == 0
    assert count(db, StockMovement, reason="reserve") == 0
    assert count(db, Cart, status="open") == 1


def test_orders_that_cannot_be_placed(customer, goods, login):
    order = {"address_id": customer.address}
    customer.post("/orders", order, 409)
    customer.post("/cart/items", {"product_id": goods["MUG"]})
    customer.post("/orders", {}, 422)
    customer.post("/orders", {"address_id": 999}, 404)
    customer.post("/orders", {**order, "gateway": "barter"}, 422)
    customer.post("/orders", {**order, "method_id": 999}, 404)
    assert "VAT" in customer.post("/orders", {**order, "gateway": "invoice"}, 402)["error"]
    far = customer.post("/accounts/me/addresses", {"street": "Far 1", "city": "Far", "postcode": "1", "country": "NZ"})
    assert customer.post("/orders", {"address_id": far["id"]}, 422)["field"] == "country"
    other = login("other@example.org")
    other.post("/cart/items", {"product_id": goods["MUG"]})
    other.post("/orders", order, 404)


def test_orders_are_private(customer, buy, login, support, packer, anybody):
    number = buy(customer)["number"]
    anybody.get(f"/orders/{number}", 401)
    login("other@example.org").get(f"/orders/{number}", 403)
    support.get(f"/orders/{number}")
    packer.post(f"/orders/{number}/cancel", {}, 403)
    customer.get("/orders/S0000-00000", 404)


def test_cancelling_gives_everything_back(customer, buy, shelf, db):
    number = buy(customer, "MUG", 2)["number"]
    assert customer.post(f"/orders/{number}/cancel", {"reason": "changed my mind"}, 200)["status"] == "cancelled"
    assert shelf("MUG") == (20, 0)
    shown = customer.get(f"/orders/{number}")
    assert shown["payments"][0]["status"] == "refunded"
    assert shown["shipments"][0]["status"] == "cancelled"
    customer.post(f"/orders/{number}/cancel", {}, 409)
    assert count(db, Notification, template_key="order_cancelled") == 1


def test_shipped_orders_cannot_be_cancelled(customer, buy, receive):
    number = buy(customer)["number"]
    receive(customer, number)
    customer.post(f"/orders/{number}/cancel", {}, 409)


def test_order_again(customer, buy, goods, admin):
    customer.post("/cart/items", {"product_id": goods["PEN"], "quantity": 4})
    number = buy(customer, "MUG")["number"]
    admin.post(f"/catalogue/products/{goods['MUG']}/unpublish", expected=200)
    assert customer.post(f"/orders/{number}/again", expected=200)["skipped"] == ["MUG"]
    assert [item["quantity"] for item in customer.get("/cart")["items"]] == [4]


def test_an_order_from_two_warehouses(customer, buy, goods, packer):
    packer.post("/inventory/receipts", {"warehouse": "LYS", "product_id": goods["MUG"], "quantity": 5})
    number = buy(customer, "MUG", 22)["number"]
    shipments = customer.get(f"/orders/{number}")["shipments"]
    assert len(shipments) == 2
    packer.post(f"/shipping/{shipments[0]['id']}/dispatch", expected=200)
    assert customer.get(f"/orders/{number}")["status"] == "paid"
    packer.post(f"/shipping/{shipments[1]['id']}/dispatch", expected=200)
    assert customer.get(f"/orders/{number}")["status"] == "shipped"


@pytest.mark.parametrize("days", [13, 15])
def test_unpaid_orders_are_cancelled_in_the_end(customer, buy, db, shelf, days):
    from shop.tasks.orders import cancel_unpaid

    customer.patch("/accounts/me", {"vat_number": "DE1"})
    number = buy(customer, gateway="invoice")["number"]
    db.remove()
    db.query(Order).update({"placed_at": now() - timedelta(days=days)})
    db.commit()
    cancel_unpaid.delay()
    assert customer.get(f"/orders/{number}")["status"] == ("cancelled" if days > 14 else "new")
    assert shelf("MUG") == (20, 0 if days > 14 else 1)


def test_abandoned_carts_expire(customer, goods, db):
    from shop.tasks.orders import expire_carts

    customer.patch("/accounts/me", {"newsletter": True})
    customer.post("/cart/items", {"product_id": goods["MUG"]})
    db.remove()
    db.query(Cart).update({"updated_at": now() - timedelta(days=31)})
    db.commit()
    expire_carts.delay()
    assert customer.get("/cart")["items"] == []
    assert count(db, Notification, template_key="cart_expired") == 1
