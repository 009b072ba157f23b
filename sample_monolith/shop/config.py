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
    MAIL_TRANSPORT = os.environ.get("MAIL_TRANSPORT", "log")
    SMTP_HOST = os.environ.get("SMTP_HOST", "localhost")
    # looked up by the names that the shipping rates use
    CARRIERS = {
        "post": "shop.services.carriers:PostCarrier",
        "express": "shop.services.carriers:ExpressCarrier",
        "pickup": "shop.services.carriers:PickupCarrier",
    }
    MAX_FAILED_LOGINS = 5
    LOYALTY_PERCENT = 1
    STALE_ORDER_DAYS = 14
    AUDIT_DAYS = 365
    # with no worker around, tasks run at once and in the same process
    TASKS_EAGER = os.environ.get("TASKS_EAGER", "1") == "1"
    BROKER_URL = os.environ.get("BROKER_URL", "memory://")
    PAGE_SIZE = 20
    MAX_PAGE_SIZE = 100


class TestConfig(Config):
    TESTING = True
    DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite://")
    TASKS_EAGER = True
    PAGE_SIZE = 5


def config_named(name):
    """Look a configuration up by its short name."""
    return {"default": Config, "test": TestConfig}[name]
