"""Settings: defaults for development, overridden by the environment."""

import os


class Config:
    DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///shop.sqlite3")
    SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")
    TESTING = False
    CURRENCY = "EUR"
    VAT_RATE_PERCENT = 20
    TOKEN_LIFETIME_HOURS = 24 * 14
    RESET_LIFETIME_MINUTES = 30
    CART_LIFETIME_DAYS = 30
    FREE_SHIPPING_FROM_CENTS = 5000
    LOW_STOCK_THRESHOLD = 5
    PAYMENT_GATEWAY = "card"
    MAIL_SENDER = "shop@example.org"
    PAGE_SIZE = 20
    MAX_PAGE_SIZE = 100


class TestConfig(Config):
    TESTING = True
    DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite://")
    PAGE_SIZE = 5


def config_named(name):
    """Look a configuration up by its short name."""
    return {"default": Config, "test": TestConfig}[name]
