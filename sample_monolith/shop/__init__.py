"""A web shop: accounts, catalogue, stock, carts, orders, payments, shipping, mail, reviews and reports."""

from shop.app import create_app

__all__ = ["create_app"]
