"""What is where, and every movement of it."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import relationship

from shop.db import Base
from shop.utils.common import now


class Warehouse(Base):
    __tablename__ = "warehouses"

    id = Column(Integer, primary_key=True)
    code = Column(String(20), nullable=False, unique=True)
    name = Column(String(100), nullable=False)
    country = Column(String(2), nullable=False)


class StockItem(Base):
    __tablename__ = "stock_items"
    __table_args__ = (UniqueConstraint("warehouse_id", "product_id"),)

    id = Column(Integer, primary_key=True)
    warehouse_id = Column(Integer, ForeignKey("warehouses.id"), nullable=False)
    product_id = Column(Integer, ForeignKey("products.id"), nullable=False)
    on_hand = Column(Integer, nullable=False, default=0)
    reserved = Column(Integer, nullable=False, default=0)

    warehouse = relationship("Warehouse")

    @property
    def available(self):
        return self.on_hand - self.reserved


class StockMovement(Base):
    """Written whenever stock changes: by receipts, counts, orders, cancellations and shipments."""

    __tablename__ = "stock_movements"

    id = Column(Integer, primary_key=True)
    stock_item_id = Column(Integer, ForeignKey("stock_items.id"), nullable=False)
    quantity = Column(Integer, nullable=False)
    reason = Column(String(20), nullable=False)
    reference = Column(String(60), nullable=False, default="")
    created_at = Column(DateTime, nullable=False, default=now)

    stock_item = relationship("StockItem")
