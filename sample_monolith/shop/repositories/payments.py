"""Payments in the database."""

from shop.models.payment import Payment, PaymentMethod, Refund
from shop.repositories.base import Repository


class PaymentMethodRepository(Repository[PaymentMethod]):
    model = PaymentMethod

    def of_user(self, user):
        return self.list_by(user_id=user.id)

    def default_of(self, user):
        return self.find_by(user_id=user.id, is_default=True)


class PaymentRepository(Repository[Payment]):
    model = Payment

    def of_order(self, order):
        return self.list_by(order_id=order.id)

    def captured_of(self, order):
        return self.find_by(order_id=order.id, status="captured")

    def by_reference(self, reference):
        return self.find_by(gateway_reference=reference)

    def pending(self):
        return self.query().filter(Payment.status == "pending").order_by(Payment.id).all()


class RefundRepository(Repository[Refund]):
    model = Refund
