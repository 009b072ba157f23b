"""Reports: SQL across the whole shop, written over the years by whoever needed a number."""

from sqlalchemy import DateTime, bindparam, text

from shop.db import get_engine, session
from shop.services import mail
from shop.utils.common import days_ago, euros, now, vat_included

STOCK_VALUE = """
    SELECT w.code, COUNT(s.id), SUM(s.on_hand), SUM(s.on_hand * p.price_cents)
    FROM warehouses w
    JOIN stock_items s ON s.warehouse_id = w.id
    JOIN products p ON p.id = s.product_id
    GROUP BY w.code
    ORDER BY w.code
"""


def rows(statement, **values):
    return [dict(row) for row in session.execute(statement, values).mappings()]


def product_performance(since=None):
    """Per product: sold, left, rated and given back. Five parts of the shop in one statement."""
    result = session.execute(
        text(
            """
            SELECT p.sku, p.name, c.name AS category,
                   COALESCE(sold.quantity, 0) AS sold,
                   COALESCE(sold.revenue_cents, 0) AS revenue_cents,
                   COALESCE(sold.orders_paid_back, 0) AS orders_paid_back,
                   COALESCE(stock.available, 0) AS available,
                   COALESCE(rated.reviews, 0) AS reviews
            FROM products p
            JOIN categories c ON c.id = p.category_id
            LEFT JOIN (
                SELECT l.product_id, SUM(l.quantity) AS quantity, SUM(l.quantity * l.unit_cents) AS revenue_cents,
                       COUNT(DISTINCT back.order_id) AS orders_paid_back
                FROM order_lines l
                JOIN orders o ON o.id = l.order_id AND o.status <> 'cancelled' AND o.placed_at >= :since
                LEFT JOIN (
                    SELECT y.order_id FROM payments y JOIN refunds r ON r.payment_id = y.id GROUP BY y.order_id
                ) back ON back.order_id = o.id
                GROUP BY l.product_id
            ) sold ON sold.product_id = p.id
            LEFT JOIN (
                SELECT product_id, SUM(on_hand - reserved) AS available FROM stock_items GROUP BY product_id
            ) stock ON stock.product_id = p.id
            LEFT JOIN (
                SELECT product_id, COUNT(*) AS reviews FROM reviews WHERE status = 'published' GROUP BY product_id
            ) rated ON rated.product_id = p.id
            ORDER BY revenue_cents DESC, p.sku
            """
        ).bindparams(bindparam("since", type_=DateTime)),
        {"since": since or days_ago(30)},
    )
    return [dict(row) for row in result.mappings()]


def customer_overview(user_id):
    """What support wants to see when somebody calls."""
    found = rows(
        text(
            """
            SELECT u.email, u.credit_cents, u.newsletter_opt_in,
                   (SELECT COUNT(*) FROM orders o WHERE o.user_id = u.id) AS orders,
                   (SELECT COALESCE(SUM(y.amount_cents), 0) FROM payments y JOIN orders o ON o.id = y.order_id
                    WHERE o.user_id = u.id AND y.status = 'captured') AS paid_cents,
                   (SELECT COUNT(*) FROM shipments s JOIN orders o ON o.id = s.order_id
                    WHERE o.user_id = u.id AND s.status = 'dispatched') AS parcels_under_way,
                   (SELECT COUNT(*) FROM reviews r WHERE r.user_id = u.id) AS reviews,
                   (SELECT COUNT(*) FROM notifications n WHERE n.user_id = u.id) AS mails
            FROM users u
            WHERE u.id = :user_id
            """
        ),
        user_id=user_id,
    )
    return found[0] if found else None


def sales_by_category(since=None):
    statement = text(
        """
        SELECT c.slug, COUNT(DISTINCT o.id) AS orders, SUM(l.quantity * l.unit_cents) AS cents
        FROM orders o
        JOIN order_lines l ON l.order_id = o.id
        JOIN products p ON p.id = l.product_id
        JOIN categories c ON c.id = p.category_id
        WHERE o.status IN ('paid', 'shipped', 'delivered') AND o.placed_at >= :since
        GROUP BY c.slug
        ORDER BY cents DESC, c.slug
        """
    ).bindparams(bindparam("since", type_=DateTime))
    return rows(statement, since=since or days_ago(30))


def revenue(since=None):
    """Money that came in and went out again, and the tax in it."""
    statement = text(
        """
        SELECT COALESCE(SUM(y.amount_cents), 0) AS paid,
               COALESCE(SUM((SELECT SUM(r.amount_cents) FROM refunds r WHERE r.payment_id = y.id)), 0) AS refunded
        FROM payments y
        JOIN orders o ON o.id = y.order_id
        WHERE y.status IN ('captured', 'refunded') AND y.captured_at >= :since
        """
    ).bindparams(bindparam("since", type_=DateTime))
    totals = rows(statement, since=since or days_ago(30))[0]
    net = int(totals["paid"]) - int(totals["refunded"])
    return {
        "paid_cents": int(totals["paid"]),
        "refunded_cents": int(totals["refunded"]),
        "vat_cents": vat_included(net),
    }


def stock_value():
    """Value of the shelves, read with a plain cursor as the bookkeeper's script did it."""
    connection = get_engine().raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(STOCK_VALUE)
        found = cursor.fetchall()
        cursor.close()
    finally:
        connection.close()
    return [
        {"warehouse": code, "products": products, "pieces": int(pieces), "value": euros(int(cents))}
        for code, products, pieces, cents in found
    ]


def stock_discrepancies():
    """Shelves whose movements do not add up to what is said to be there."""
    return rows(
        text(
            """
            SELECT s.id, p.sku, s.on_hand, COALESCE(SUM(m.quantity), 0) AS moved
            FROM stock_items s
            JOIN products p ON p.id = s.product_id
            LEFT JOIN stock_movements m ON m.stock_item_id = s.id AND m.reason NOT IN ('reserve', 'release')
            GROUP BY s.id, p.sku, s.on_hand
            HAVING s.on_hand <> COALESCE(SUM(m.quantity), 0)
            ORDER BY s.id
            """
        )
    )


def daily_report():
    """The numbers of the day for everybody with the role admin."""
    from shop.services import accounts

    day = now().date().isoformat()
    sums = revenue(days_ago(1))
    lines = [
        f"paid: {euros(sums['paid_cents'])}",
        f"refunded: {euros(sums['refunded_cents'])}",
        *(f"{row['slug']}: {euros(int(row['cents']))}" for row in sales_by_category(days_ago(1))),
    ]
    readers = accounts.staff_with_role("admin")
    for user in readers:
        mail.queue("report", user, title=day, lines="\n".join(lines))
    session.commit()
    mail.deliver()
    return len(readers)
