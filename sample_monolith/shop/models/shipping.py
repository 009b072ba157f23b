"""Parcels on their way."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import relationship

from shop.db import Base
from shop.utils.common import now


class ShippingRate(Base):
    __tablename__ = "shipping_rates"

    id = Column(Integer, primary_key=True)
    carrier = Column(String(20), nullable=False)
    country = Column(String(2), nullable=False)
    up_to_grams = Column(Integer, nullable=False)
    price_cents = Column(Integer, nullable=False)


class Shipment(Base):
    __tablename__ = "shipments"

    id = Column(Integer, primary_key=True)
    order_id = Column(Integer, ForeignKey("orders.id"), nullable=False)
    warehouse_id = Column(Integer, ForeignKey("warehouses.id"), nullable=True)
    carrier = Column(String(20), nullable=False)
    tracking_code = Column(String(60), nullable=False, default="")
    status = Column(String(20), nullable=False, default="preparing")
    weight_grams = Column(Integer, nullable=False, default=0)
    created_at = Column(DateTime, nullable=False, default=now)
    dispatched_at = Column(DateTime, nullable=True)
    delivered_at = Column(DateTime, nullable=True)

    events = relationship("ShipmentEvent", back_populates="shipment", cascade="all, delete-orphan")


class ShipmentEvent(Base):
    __tablename__ = "shipment_events"

    id = Column(Integer, primary_key=True)
    shipment_id = Column(Integer, ForeignKey("shipments.id", ondelete="CASCADE"), nullable=False)
    code = Column(String(20), nullable=False)
    description = Column(String(200), nullable=False, default="")
    happened_at = Column(DateTime, nullable=False, default=now)

    shipment = relationship("Shipment", back_populates="events")
