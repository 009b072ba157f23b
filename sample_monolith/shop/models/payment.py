"""Money in and money out."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import relationship

from shop.db import Base
from shop.utils.common import now


class PaymentMethod(Base):
    __tablename__ = "payment_methods"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
    gateway = Column(String(20), nullable=False)
    token = Column(String(100), nullable=False)
    label = Column(String(60), nullable=False, default="")
    is_default = Column(Boolean, nullable=False, default=False)


class Payment(Base):
    __tablename__ = "payments"

    id = Column(Integer, primary_key=True)
    order_id = Column(Integer, ForeignKey("orders.id"), nullable=False)
    gateway = Column(String(20), nullable=False)
    amount_cents = Column(Integer, nullable=False)
    status = Column(String(20), nullable=False, default="pending")
    gateway_reference = Column(String(80), nullable=False, default="")
    created_at = Column(DateTime, nullable=False, default=now)
    captured_at = Column(DateTime, nullable=True)

    refunds = relationship("Refund", back_populates="payment")

    @property
    def refunded_cents(self):
        return sum(refund.amount_cents for refund in self.refunds)


class Refund(Base):
    __tablename__ = "refunds"

    id = Column(Integer, primary_key=True)
    payment_id = Column(Integer, ForeignKey("payments.id"), nullable=False)
    amount_cents = Column(Integer, nullable=False)
    reason = Column(String(200), nullable=False, default="")
    created_at = Column(DateTime, nullable=False, default=now)

    payment = relationship("Payment", back_populates="refunds")
