"""Carts, coupons and orders in the database."""

from sqlalchemy import func, select

from shop.models.cart import Cart, CartItem, Coupon
from shop.models.order import Order, OrderLine, OrderStatusChange
from shop.repositories.base import Repository
from shop.utils.common import days_ago, now


class CartRepository(Repository[Cart]):
    model = Cart

    def open_for(self, user):
        cart = self.find_by(user_id=user.id, status="open")
        return cart or self.add(Cart(user_id=user.id))

    def abandoned(self, days):
        return self.query().filter(Cart.status == "open", Cart.updated_at < days_ago(days)).all()


class CartItemRepository(Repository[CartItem]):
    model = CartItem

    def in_cart(self, cart, product_id):
        return self.find_by(cart_id=cart.id, product_id=product_id)


class CouponRepository(Repository[Coupon]):
    model = Coupon

    def usable(self, code):
        coupon = self.find_by(code=code.upper())
        if coupon is None:
            return None
        if coupon.valid_until is not None and coupon.valid_until < now():
            return None
        if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
            return None
        return coupon


class OrderRepository(Repository[Order]):
    model = Order

    def next_sequence(self):
        return (self.session.scalar(select(func.max(Order.id))) or 0) + 1

    def by_number(self, number):
        return self.find_by(number=number)

    def of_user(self, user, number, size):
        statement = select(Order).where(Order.user_id == user.id).order_by(Order.id.desc())
        return self.page(statement, number, size)

    def with_status(self, status, number, size):
        statement = select(Order).order_by(Order.id.desc())
        if status:
            statement = statement.where(Order.status == status)
        return self.page(statement, number, size)

    def stale(self, days):
        return self.query().filter(Order.status == "new", Order.placed_at < days_ago(days)).all()

    def has_bought(self, user, product_id):
        statement = (
            select(OrderLine.id)
            .join(Order, OrderLine.order_id == Order.id)
            .where(Order.user_id == user.id, OrderLine.product_id == product_id, Order.status != "cancelled")
        )
        return self.session.scalar(statement.limit(1)) is not None


class OrderLineRepository(Repository[OrderLine]):
    model = OrderLine


class StatusChangeRepository(Repository[OrderStatusChange]):
    model = OrderStatusChange
