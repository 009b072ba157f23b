"""Signals: what happened, for whoever wants to know."""

from blinker import Namespace

_signals = Namespace()

user_registered = _signals.signal("user-registered")
order_placed = _signals.signal("order-placed")
order_cancelled = _signals.signal("order-cancelled")
order_paid = _signals.signal("order-paid")
payment_failed = _signals.signal("payment-failed")
shipment_dispatched = _signals.signal("shipment-dispatched")
shipment_delivered = _signals.signal("shipment-delivered")
stock_low = _signals.signal("stock-low")
review_published = _signals.signal("review-published")
