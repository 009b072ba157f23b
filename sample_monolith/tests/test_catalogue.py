"""The catalogue and the stock behind it."""

from shop.models import Notification, PriceChange


def test_categories_are_a_tree(admin, anybody):
    top = admin.post("/catalogue/categories", {"name": "Home & Garden"})
    assert top["slug"] == "home-garden"
    admin.post("/catalogue/categories", {"name": "Pots", "parent_id": top["id"]})
    admin.post("/catalogue/categories", {"name": "Pots"}, 409)
    admin.post("/catalogue/categories", {"name": "Lost", "parent_id": 999}, 404)
    (root,) = anybody.get("/catalogue/categories")["items"]
    assert [child["slug"] for child in root["children"]] == ["pots"]


def test_only_admins_write(anybody, customer, packer):
    anybody.post("/catalogue/categories", {"name": "X"}, 401)
    customer.post("/catalogue/categories", {"name": "X"}, 403)
    packer.post("/catalogue/categories", {"name": "X"}, 403)


def test_life_of_a_product(admin, anybody):
    category = admin.post("/catalogue/categories", {"name": "Kitchen"})["id"]
    data = {"category_id": category, "name": "Red mug", "sku": "R-1", "price_cents": 0}
    product = admin.post("/catalogue/products", data)
    admin.post("/catalogue/products", data, 409)
    path = f"/catalogue/products/{product['id']}"
    anybody.get(f"/catalogue/products/{product['slug']}", 404)
    admin.post(f"{path}/publish", expected=422)
    admin.put(f"{path}/price", {"price_cents": 1250})
    admin.post(f"{path}/publish", expected=200)
    admin.post(f"{path}/images", {"url": "https://example.org/mug.png"})
    admin.patch(path, {"description": "holds coffee"})
    shown = anybody.get(f"/catalogue/products/{product['slug']}")
    assert shown["price"] == "12.50"
    assert shown["available"] == 0
    assert shown["images"] == ["https://example.org/mug.png"]
    assert anybody.get("/catalogue/products?q=coffee")["total"] == 1
    assert [row["new_cents"] for row in admin.get(f"{path}/prices")["items"]] == [1250]


def test_product_fields_are_checked(admin):
    admin.post("/catalogue/products", {"category_id": "one"}, 422)
    admin.post("/catalogue/products", {"category_id": 5, "name": "X", "sku": "X", "price_cents": -1}, 422)
    admin.post("/catalogue/products", {"category_id": 5, "name": "X", "sku": "X", "price_cents": 1}, 404)


def test_search_filters_sorts_and_pages(anybody, goods):
    found = anybody.get("/catalogue/products?category=kitchen&order=price")
    assert [item["sku"] for item in found["items"]] == ["MUG", "POT"]
    page = anybody.get("/catalogue/products?size=2&page=2")
    assert (page["total"], len(page["items"])) == (3, 1)
    anybody.get("/catalogue/products?page=two", 422)
    anybody.get("/catalogue/products?category=nothing", 404)


def test_lower_price_tells_those_who_wait(admin, customer, goods, db):
    customer.patch("/accounts/me", {"newsletter": True})
    customer.post("/cart/items", {"product_id": goods["POT"]})
    admin.put(f"/catalogue/products/{goods['POT']}/price", {"price_cents": 2500})
    admin.put(f"/catalogue/products/{goods['POT']}/price", {"price_cents": 2700})
    admin.put(f"/catalogue/products/{goods['POT']}/price", {"price_cents": 2700})
    db.remove()
    (mail,) = db.query(Notification).filter_by(template_key="price_drop").all()
    assert "25.00" in mail.body
    assert db.query(PriceChange).count() == 2


def test_unpublished_products_leave_the_carts(admin, customer, goods):
    customer.post("/cart/items", {"product_id": goods["POT"]})
    admin.post(f"/catalogue/products/{goods['POT']}/unpublish", expected=200)
    assert customer.get("/cart")["items"] == []
    customer.post("/cart/items", {"product_id": goods["POT"]}, 404)


def test_bought_together(customer, buy, goods, anybody):
    customer.post("/cart/items", {"product_id": goods["POT"]})
    buy(customer, "MUG")
    slug = anybody.get("/catalogue/products?q=mug")["items"][0]["slug"]
    (other,) = anybody.get(f"/catalogue/products/{slug}")["bought_together"]
    assert (other["name"], other["times"]) == ("Pot", 1)


def test_staff_see_the_shelves(packer, goods):
    slug = packer.get("/catalogue/products?q=mug")["items"][0]["slug"]
    (shelf,) = packer.get(f"/catalogue/products/{slug}")["shelves"]
    assert shelf == {"warehouse": "BER", "on_hand": 20, "reserved": 0}


def test_import(admin, goods, anybody, shelf):
    rows = [
        {"sku": "MUG", "name": "Mug", "category": "Kitchen", "price_cents": 950, "quantity": 5},
        {"sku": "NEW", "name": "New", "category": "Garden", "price_cents": 100},
    ]
    admin.post("/catalogue/import", {"warehouse": "BER", "rows": rows}, 202)
    assert shelf("MUG") == (25, 0)
    assert anybody.get("/catalogue/products?category=garden")["total"] == 1
    assert anybody.get("/catalogue/products?q=mug")["items"][0]["price_cents"] == 950
    admin.post("/catalogue/import", {"warehouse": "BER", "rows": []}, 422)
    admin.post("/catalogue/import", {"warehouse": "BER", "rows": ["MUG"]}, 422)
    admin.post("/catalogue/import", {"warehouse": "XXX", "rows": rows}, 404)


def test_receive_count_and_transfer(packer, goods, shelf, admin):
    mug = goods["MUG"]
    item = packer.post("/inventory/receipts", {"warehouse": "BER", "product_id": mug, "quantity": 10})
    assert item["on_hand"] == 30
    assert packer.post(f"/inventory/items/{item['id']}/count", {"counted": 28}, 200)["on_hand"] == 28
    moved = packer.post(
        "/inventory/transfers", {"product_id": mug, "source": "BER", "target": "LYS", "quantity": 8}, 200
    )
    assert (moved["source"]["on_hand"], moved["target"]["on_hand"]) == (20, 8)
    history = packer.get(f"/inventory/items/{item['id']}/movements")
    assert history["adds_up"]
    assert [row["reason"] for row in history["movements"]] == ["import", "receive", "count", "transfer"]
    assert packer.get(f"/inventory/products/{mug}")["available"] == 28
    admin.post("/inventory/warehouses", {"code": "BER", "name": "Again", "country": "DE"}, 409)


def test_stock_failures(packer, customer, buy, goods):
    mug = goods["MUG"]
    transfer = {"product_id": mug, "source": "BER", "target": "LYS", "quantity": 21}
    packer.post("/inventory/transfers", transfer, 409)
    packer.post("/inventory/transfers", {**transfer, "target": "BER"}, 422)
    packer.post("/inventory/transfers", {**transfer, "target": "XXX"}, 404)
    packer.post("/inventory/receipts", {"warehouse": "BER", "product_id": 999, "quantity": 1}, 404)
    packer.post("/inventory/receipts", {"warehouse": "BER", "product_id": mug, "quantity": 0}, 422)
    buy(customer, "MUG", 3)
    item = packer.post("/inventory/receipts", {"warehouse": "BER", "product_id": mug, "quantity": 1})
    packer.post(f"/inventory/items/{item['id']}/count", {"counted": 2}, 409)
    customer.post("/inventory/receipts", {}, 403)


def test_low_stock_warns_the_staff(packer, customer, buy, db):
    buy(customer, "POT", 16)
    (low,) = packer.get("/inventory/low")["items"]
    assert low["available"] == 4
    db.remove()
    (mail,) = db.query(Notification).filter_by(template_key="stock_low").all()
    assert mail.recipient == "warehouse@example.org"
