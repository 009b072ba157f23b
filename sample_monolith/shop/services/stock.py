"""Stock: what comes in, what is promised, what goes out."""

from collections import defaultdict

from shop.db import session
from shop.events import stock_low
from shop.models.catalogue import Product
from shop.models.inventory import StockItem, Warehouse
from shop.repositories.inventory import MovementRepository, StockRepository, WarehouseRepository
from shop.utils.common import Conflict, Invalid, NotFound, audit, setting, shop_setting

items = StockRepository()
movements = MovementRepository()
warehouses = WarehouseRepository()


class OutOfStock(Conflict):
    """There is less than somebody wants."""


def create_warehouse(code, name, country):
    if warehouses.by_code(code) is not None:
        raise Conflict(f"there is a warehouse {code} already")
    warehouse = warehouses.add(Warehouse(code=code, name=name, country=country))
    session.commit()
    return warehouse


def warehouse_named(code):
    warehouse = warehouses.by_code(code)
    if warehouse is None:
        raise NotFound(f"there is no warehouse {code}")
    return warehouse


def item_at(warehouse, product_id):
    """The shelf for a product in a warehouse; an empty one when there was none."""
    item = items.at(warehouse.id, product_id)
    return item or items.add(StockItem(warehouse_id=warehouse.id, product_id=product_id, on_hand=0, reserved=0))


def receive(warehouse_code, product_id, quantity, reference=""):
    """A delivery from a supplier."""
    if session.get(Product, product_id) is None:
        raise NotFound(f"product {product_id} does not exist")
    item = item_at(warehouse_named(warehouse_code), product_id)
    item.on_hand += quantity
    movements.record(item, quantity, "receive", reference)
    session.commit()
    return item


def adjust(item_id, counted):
    """Somebody counted; the difference becomes a movement."""
    item = items.require(item_id)
    if counted < item.reserved:
        raise Conflict(f"{item.reserved} of it are promised to customers")
    difference = counted - item.on_hand
    if difference:
        item.on_hand = counted
        movements.record(item, difference, "count")
        audit("stock.counted", item.id, difference=difference)
    check_low(item.product_id)
    session.commit()
    return item


def transfer(product_id, source_code, target_code, quantity):
    """Move stock from one warehouse to another."""
    if source_code == target_code:
        raise Invalid("target", "must be another warehouse")
    source = item_at(warehouse_named(source_code), product_id)
    target = item_at(warehouse_named(target_code), product_id)
    if source.available < quantity:
        raise OutOfStock(f"only {source.available} free in {source_code}")
    source.on_hand -= quantity
    target.on_hand += quantity
    movements.record(source, -quantity, "transfer", target_code)
    movements.record(target, quantity, "transfer", source_code)
    session.commit()
    return source, target


def reserve(product, quantity, reference, country):
    """Promise stock to an order, from near warehouses first. The caller commits."""
    shelves = items.of_product(product.id, locked=True)
    shelves.sort(key=lambda item: (item.warehouse.country != country, item.id))
    missing = quantity
    for item in shelves:
        taken = min(item.available, missing)
        if taken <= 0:
            continue
        item.reserved += taken
        movements.record(item, -taken, "reserve", reference)
        missing -= taken
    if missing:
        raise OutOfStock(f"only {quantity - missing} of {product.name} left")
    check_low(product.id)


def held_for(reference):
    """What an order still holds: pairs of a shelf and a quantity."""
    held = defaultdict(int)
    for movement in movements.list_by(reference=reference):
        if movement.reason in ("reserve", "release"):
            held[movement.stock_item_id] -= movement.quantity
        elif movement.reason == "dispatch":
            held[movement.stock_item_id] += movement.quantity
    return [(items.require(item_id), quantity) for item_id, quantity in sorted(held.items()) if quantity > 0]


def available(product_id):
    return items.available(product_id)


def low_threshold():
    """Staff may change it without a release."""
    return int(shop_setting("low_stock_threshold", setting("LOW_STOCK_THRESHOLD")))


def check_low(product_id):
    """Tell whoever listens when a product runs out."""
    left = items.available(product_id)
    if left < low_threshold():
        stock_low.send(session.get(Product, product_id), left=left)


def low_items():
    return items.below(low_threshold())


def history(item_id):
    """All movements of a shelf and what they add up to."""
    item = items.require(item_id)
    rows = movements.of_item(item.id)
    counted = sum(row.quantity for row in rows if row.reason not in ("reserve", "release"))
    return item, rows, counted
