"""Shipments in the database."""

from sqlalchemy import select

from shop.models.shipping import Shipment, ShipmentEvent, ShippingRate
from shop.repositories.base import Repository


class RateRepository(Repository[ShippingRate]):
    model = ShippingRate

    def cheapest(self, country, grams):
        statement = (
            select(ShippingRate)
            .where(ShippingRate.country == country, ShippingRate.up_to_grams >= grams)
            .order_by(ShippingRate.price_cents)
        )
        return self.session.execute(statement).scalars().first()


class ShipmentRepository(Repository[Shipment]):
    model = Shipment

    def of_order(self, order):
        return self.list_by(order_id=order.id)

    def by_tracking_code(self, code):
        return self.find_by(tracking_code=code)

    def under_way(self):
        return self.query().filter(Shipment.status == "dispatched").all()


class ShipmentEventRepository(Repository[ShipmentEvent]):
    model = ShipmentEvent
