"""A shop with a little in it for every test: SQLite in memory, or what DATABASE_URL names."""

import json

import pytest

from shop import create_app
from shop.db import create_schema, dispose, drop_schema, session
from shop.models import StockItem, User
from shop.services import accounts, catalogue, payments, shipping, stock

PASSWORD = "long enough"


class Api:
    """A client that is logged in as somebody and reads JSON."""

    def __init__(self, app, user_id=None, token=None):
        self.client = app.test_client()
        self.user_id = user_id
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method, path, expected, data=None):
        response = self.client.open(path, method=method, json=data, headers=self.headers)
        assert response.status_code == expected, response.get_data(as_text=True)
        return response.get_json(silent=True)

    def get(self, path, expected=200):
        return self.call("GET", path, expected)

    def post(self, path, data=None, expected=201):
        return self.call("POST", path, expected, {} if data is None else data)

    def put(self, path, data, expected=200):
        return self.call("PUT", path, expected, data)

    def patch(self, path, data, expected=200):
        return self.call("PATCH", path, expected, data)

    def delete(self, path, expected=204):
        return self.call("DELETE", path, expected)

    def signed_post(self, path, data, expected=200):
        """As a gateway would."""
        raw = json.dumps(data).encode()
        with self.client.application.app_context():
            signature = payments.sign(raw)
        response = self.client.post(
            path, data=raw, headers={"X-Signature": signature, "Content-Type": "application/json"}
        )
        assert response.status_code == expected, response.get_data(as_text=True)
        return response.get_json()


@pytest.fixture
def app():
    app = create_app("test")
    drop_schema()
    create_schema()
    yield app
    session.remove()
    drop_schema()
    dispose()


@pytest.fixture
def db(app):
    """The session, for looking at what requests wrote; each request ends with a fresh one."""
    return session


@pytest.fixture
def login(app):
    """Register somebody and log him in."""

    def enter(email, role="customer", **details):
        with app.app_context():
            user = accounts.register(email, PASSWORD, **details)
            if role != "customer":
                accounts.set_role(user.id, role)
            _, token = accounts.login(email, PASSWORD)
            return Api(app, user.id, token)

    return enter


@pytest.fixture
def anybody(app):
    return Api(app)


@pytest.fixture
def admin(login):
    return login("admin@example.org", "admin")


@pytest.fixture
def packer(login):
    return login("warehouse@example.org", "warehouse")


@pytest.fixture
def support(login):
    return login("support@example.org", "support")


@pytest.fixture
def customer(login):
    """With an address and a card."""
    api = login("customer@example.org", name="A customer")
    api.address = api.post(
        "/accounts/me/addresses",
        {"street": "Example street 1", "city": "Berlin", "postcode": "10115", "country": "de"},
    )["id"]
    api.post("/payments/methods", {"gateway": "card", "token": "tok_ok", "label": "card"})
    return api


@pytest.fixture
def goods(app):
    """Product ids by sku: two warehouses, three products, and the ways to send them."""
    with app.app_context():
        stock.create_warehouse("BER", "Berlin", "DE")
        stock.create_warehouse("LYS", "Lyon", "FR")
        rows = [
            {"sku": "MUG", "name": "Mug", "category": "Kitchen", "price_cents": 900, "weight_grams": 300},
            {"sku": "POT", "name": "Pot", "category": "Kitchen", "price_cents": 3000, "weight_grams": 1000},
            {"sku": "PEN", "name": "Pen", "category": "Office", "price_cents": 200, "weight_grams": 10},
        ]
        for row in rows:
            row["quantity"] = 20
        catalogue.import_products(rows, "BER")
        shipping.set_rate("post", "DE", 5000, 490)
        shipping.set_rate("express", "DE", 30000, 1490)
        return {row["sku"]: catalogue.products.find_by(sku=row["sku"]).id for row in rows}


@pytest.fixture
def buy(goods):
    """Put something into the cart and order it."""

    def order(api, sku="MUG", quantity=1, expected=201, **details):
        api.post("/cart/items", {"product_id": goods[sku], "quantity": quantity})
        return api.post("/orders", {"address_id": api.address, **details}, expected)

    return order


@pytest.fixture
def shelf(db, goods):
    """How a shelf looks now."""

    def look(sku):
        session.remove()
        item = session.query(StockItem).filter_by(product_id=goods[sku]).order_by(StockItem.id).first()
        return item.on_hand, item.reserved

    return look


@pytest.fixture
def credit(db):
    def look(api):
        session.remove()
        return session.get(User, api.user_id).credit_cents

    return look


@pytest.fixture
def carrier_says(app, anybody):
    """A signed message of a carrier."""
    from shop.utils.common import to_json

    def say(tracking_code, code, expected=200):
        fields = {"tracking_code": tracking_code, "code": code}
        with app.app_context():
            signature = payments.sign(to_json(fields).encode())
        return anybody.post("/shipping/events", {**fields, "signature": signature}, expected)

    return say


@pytest.fixture
def receive(app, buy, packer, carrier_says):
    """Send all parcels of an order and have them arrive."""

    def arrive(api, number):
        for shipment in api.get(f"/orders/{number}")["shipments"]:
            sent = packer.post(f"/shipping/{shipment['id']}/dispatch", expected=200)
            code = "POD" if sent["carrier"] == "express" else "DELIVERED"
            carrier_says(sent["tracking_code"], code)

    return arrive
