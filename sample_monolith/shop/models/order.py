"""Orders as they were placed: prices and names are copied, so that later changes do not rewrite history."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base
from shop.utils.common import now


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id"), default=None)
    status: Mapped[str] = mapped_column(String(20), default="new")
    ship_to: Mapped[str] = mapped_column(Text)
    ship_country: Mapped[str] = mapped_column(String(2))
    items_cents: Mapped[int]
    discount_cents: Mapped[int] = mapped_column(default=0)
    shipping_cents: Mapped[int] = mapped_column(default=0)
    total_cents: Mapped[int]
    placed_at: Mapped[datetime] = mapped_column(default=now)

    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", cascade="all, delete-orphan")
    changes: Mapped[list["OrderStatusChange"]] = relationship(back_populates="order", cascade="all, delete-orphan")

    @property
    def can_be_cancelled(self):
        return self.status in ("new", "paid")


class OrderLine(Base):
    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit_cents: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def total_cents(self):
        return self.quantity * self.unit_cents


class OrderStatusChange(Base):
    __tablename__ = "order_status_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    old_status: Mapped[str] = mapped_column(String(20))
    new_status: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(default=now)

    order: Mapped[Order] = relationship(back_populates="changes")
