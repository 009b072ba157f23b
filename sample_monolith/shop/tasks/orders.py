"""Tasks that move carts, orders, payments and parcels along."""

from shop.services import carts, orders, payments, shipping
from shop.tasks.celery_app import celery
from shop.utils.common import audit


@celery.task(name="shop.tasks.orders.expire_carts")
def expire_carts():
    return carts.expire_abandoned()


@celery.task(name="shop.tasks.orders.cancel_unpaid")
def cancel_unpaid():
    return orders.cancel_stale()


@celery.task(name="shop.tasks.orders.capture_payments")
def capture_payments():
    """Ask the gateways; parcels of what is paid now need not wait for their own turn."""
    results = payments.capture_pending()
    if results["captured"]:
        dispatch_shipments.delay()
    return results


@celery.task(name="shop.tasks.orders.dispatch_shipments")
def dispatch_shipments():
    return shipping.dispatch_all()


@celery.task(name="shop.tasks.orders.report_overdue")
def report_overdue(days=14):
    """Parcels that should have arrived; support asks the carrier."""
    late = shipping.overdue(days)
    for shipment in late:
        shipping.note(shipment, "overdue", f"under way for more than {days} days")
        audit("shipment.overdue", shipment.tracking_code)
    shipping.session.commit()
    return [shipment.tracking_code for shipment in late]
