"""All tables; importing this registers them."""

from shop.models.audit import AuditEvent, Setting
from shop.models.cart import Cart, CartItem, Coupon
from shop.models.catalogue import Category, PriceChange, Product, ProductImage
from shop.models.inventory import StockItem, StockMovement, Warehouse
from shop.models.notification import MailTemplate, Notification, Subscription
from shop.models.order import Order, OrderLine, OrderStatusChange
from shop.models.payment import Payment, PaymentMethod, Refund
from shop.models.review import Review, ReviewVote
from shop.models.shipping import Shipment, ShipmentEvent, ShippingRate
from shop.models.user import Address, ApiToken, PasswordReset, User

__all__ = [
    "Address",
    "ApiToken",
    "AuditEvent",
    "Cart",
    "CartItem",
    "Category",
    "Coupon",
    "MailTemplate",
    "Notification",
    "Order",
    "OrderLine",
    "OrderStatusChange",
    "PasswordReset",
    "Payment",
    "PaymentMethod",
    "PriceChange",
    "Product",
    "ProductImage",
    "Refund",
    "Review",
    "ReviewVote",
    "Setting",
    "Shipment",
    "ShipmentEvent",
    "ShippingRate",
    "StockItem",
    "StockMovement",
    "Subscription",
    "User",
    "Warehouse",
]
