"""Shipping: what it costs, and parcels from the warehouse to the door."""

from collections import defaultdict

from sqlalchemy import DateTime, bindparam, text

from shop.db import session
from shop.events import order_paid, shipment_delivered, shipment_dispatched
from shop.models.order import Order
from shop.models.shipping import Shipment, ShipmentEvent, ShippingRate
from shop.repositories.catalogue import ProductRepository
from shop.repositories.shipping import RateRepository, ShipmentEventRepository, ShipmentRepository
from shop.services import mail, stock
from shop.services.carriers import carrier_named
from shop.utils.common import Conflict, Invalid, NotFound, Problem, audit, days_ago, now, setting

rates = RateRepository()
shipments = ShipmentRepository()
events = ShipmentEventRepository()
products = ProductRepository()

INSERT_MOVEMENT = text(
    """
    INSERT INTO stock_movements (stock_item_id, quantity, reason, reference, created_at)
    VALUES (:item_id, :quantity, 'dispatch', :reference, :moment)
    """
).bindparams(bindparam("moment", type_=DateTime))


def rate_for(country, grams):
    rate = rates.cheapest(country, grams)
    if rate is None:
        raise Invalid("country", f"we do not ship {grams} grams to {country}")
    return rate


def quote(country, grams, goods_cents):
    """What shipping costs; large orders go free, but only to where we ship at all."""
    rate = rate_for(country, grams)
    return 0 if goods_cents >= setting("FREE_SHIPPING_FROM_CENTS") else rate.price_cents


def set_rate(carrier, country, up_to_grams, price_cents):
    carrier_named(carrier)
    rate = rates.find_by(carrier=carrier, country=country, up_to_grams=up_to_grams)
    if rate is None:
        rate = rates.add(
            ShippingRate(carrier=carrier, country=country, up_to_grams=up_to_grams, price_cents=price_cents)
        )
    rate.price_cents = price_cents
    audit("shipping.rate", f"{carrier}/{country}", up_to=up_to_grams, cents=price_cents)
    session.commit()
    return rate


@order_paid.connect
def create_shipments(order, **extra):
    """One parcel from each warehouse that holds something for the order. Part of the caller's transaction."""
    found = products.by_ids(line.product_id for line in order.lines)
    grams = defaultdict(int)
    for item, quantity in stock.held_for(order.number):
        grams[item.warehouse_id] += found[item.product_id].weight_grams * quantity
    for warehouse_id, weight in sorted(grams.items()):
        rate = rate_for(order.ship_country, weight)
        shipment = shipments.add(
            Shipment(
                order_id=order.id,
                warehouse_id=warehouse_id,
                carrier=rate.carrier,
                weight_grams=weight,
                status="preparing",
            )
        )
        note(shipment, "created", "the warehouse was told")


def note(shipment, code, description=""):
    return events.add(ShipmentEvent(shipment_id=shipment.id, code=code, description=description))


def dispatch(shipment_id):
    """A parcel leaves: stock goes down, and the order with its last parcel is shipped."""
    from shop.services import orders

    shipment = shipments.require(shipment_id)
    if shipment.status != "preparing":
        raise Conflict(f"a shipment that is {shipment.status} cannot be dispatched")
    order = session.get(Order, shipment.order_id)
    for item, quantity in stock.held_for(order.number):
        if item.warehouse_id != shipment.warehouse_id:
            continue
        item.on_hand -= quantity
        item.reserved -= quantity
        session.execute(
            INSERT_MOVEMENT,
            {"item_id": item.id, "quantity": -quantity, "reference": order.number, "moment": now()},
        )
    shipment.tracking_code = carrier_named(shipment.carrier).book(shipment)
    shipment.status = "dispatched"
    shipment.dispatched_at = now()
    note(shipment, "dispatched", shipment.tracking_code)
    session.flush()
    if all(other.status in ("dispatched", "delivered") for other in shipments.of_order(order)):
        orders.set_status(order, "shipped")
    shipment_dispatched.send(shipment, order=order)
    session.commit()
    mail.deliver()
    return shipment


def dispatch_all():
    """Every parcel that waits; one that fails does not keep the others."""
    sent, failed = [], []
    for shipment in shipments.list_by(status="preparing"):
        shipment_id = shipment.id
        try:
            dispatch(shipment_id)
            sent.append(shipment_id)
        except Problem:
            session.rollback()
            failed.append(shipment_id)
    return {"sent": sent, "failed": failed}


def track(tracking_code):
    shipment = shipments.by_tracking_code(tracking_code) if tracking_code else None
    if shipment is None:
        raise NotFound(f"there is no parcel {tracking_code}")
    return shipment


def carrier_event(tracking_code, code, description=""):
    """What a carrier tells about a parcel."""
    shipment = track(tracking_code)
    status = carrier_named(shipment.carrier).status_of(code)
    if status is None:
        raise Invalid("code", "is unknown")
    note(shipment, code.lower(), description)
    if status == "delivered" and shipment.status == "dispatched":
        deliver(shipment)
    elif status == "lost":
        shipment.status = "lost"
        audit("shipment.lost", shipment.tracking_code)
    session.commit()
    mail.deliver()
    return shipment


def deliver(shipment):
    """The parcel is at the door; with the last one the order is done."""
    order = session.get(Order, shipment.order_id)
    shipment.status = "delivered"
    shipment.delivered_at = now()
    session.flush()
    if all(other.status == "delivered" for other in shipments.of_order(order)):
        from shop.services import orders

        orders.set_status(order, "delivered")
    shipment_delivered.send(shipment, order=order)


def cancel_shipments(order):
    """Parcels that did not leave stay. The caller commits."""
    for shipment in shipments.of_order(order):
        if shipment.status == "preparing":
            shipment.status = "cancelled"
            note(shipment, "cancelled")


def overdue(days):
    """Parcels that are under way for too long."""
    return [shipment for shipment in shipments.under_way() if shipment.dispatched_at < days_ago(days)]
