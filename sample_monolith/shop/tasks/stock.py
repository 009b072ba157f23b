"""Tasks around the warehouse and the catalogue."""

from shop.db import session
from shop.models.catalogue import Product
from shop.services import accounts, catalogue, mail, reviews, stock
from shop.tasks.celery_app import celery


@celery.task(name="shop.tasks.stock.low_stock_report")
def low_stock_report():
    """One mail with everything that should be ordered again."""
    lines = []
    for item in stock.low_items():
        product = session.get(Product, item.product_id)
        lines.append(f"{product.sku} in {item.warehouse.code}: {item.available}")
    if not lines:
        return 0
    for user in accounts.staff_with_role("warehouse"):
        mail.queue("report", user, title="low stock", lines="\n".join(lines))
    session.commit()
    mail.deliver()
    return len(lines)


@celery.task(name="shop.tasks.stock.import_products")
def import_products(rows, warehouse_code):
    """Suppliers' lists are long: no request should wait for them."""
    return catalogue.import_products(rows, warehouse_code)


@celery.task(name="shop.tasks.stock.recompute_ratings")
def recompute_ratings():
    return reviews.recompute_ratings()
