"""What happens every night, in this order."""

from shop.services import accounts, reports, trail
from shop.tasks.celery_app import celery

# carts and unpaid orders first: they give back what the reports count
STEPS = [
    "shop.tasks.orders.expire_carts",
    "shop.tasks.orders.cancel_unpaid",
    "shop.tasks.orders.capture_payments",
    "shop.tasks.orders.report_overdue",
    "shop.tasks.stock.recompute_ratings",
    "shop.tasks.stock.low_stock_report",
    "shop.tasks.mail.daily_report",
]


@celery.task(name="shop.tasks.nightly.run")
def run():
    """All steps by their names; a step that fails does not keep the others."""
    celery.loader.import_default_modules()
    failed = []
    for name in STEPS:
        try:
            celery.tasks[name].delay()
        except Exception as error:
            failed.append(f"{name}: {error}")
    accounts.drop_expired_tokens()
    trail.purge()
    return {"failed": failed, "discrepancies": reports.stock_discrepancies()}
