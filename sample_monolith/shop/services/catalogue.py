"""Categories, products and their prices."""

from sqlalchemy import text

from shop.db import session
from shop.models.cart import Cart, CartItem
from shop.models.catalogue import Category, PriceChange, Product, ProductImage
from shop.models.inventory import StockItem, StockMovement
from shop.models.user import User
from shop.repositories.catalogue import CategoryRepository, ImageRepository, PriceChangeRepository, ProductRepository
from shop.repositories.inventory import StockRepository, WarehouseRepository
from shop.services import mail
from shop.utils.common import Conflict, Invalid, NotFound, audit, chunks, current_user_id, euros, slugify

IMPORT_BATCH = 50
categories = CategoryRepository()
products = ProductRepository()
images = ImageRepository()
price_changes = PriceChangeRepository()
stock_items = StockRepository()


def category_tree():
    """All categories, each with its children."""
    nodes = {}
    for category in categories.tree():
        nodes[category.id] = {"id": category.id, "name": category.name, "slug": category.slug, "children": []}
    roots = []
    for category in categories.tree():
        parent = nodes.get(category.parent_id)
        (parent["children"] if parent else roots).append(nodes[category.id])
    return roots


def create_category(name, parent_id=None, position=0):
    slug = slugify(name)
    if categories.by_slug(slug) is not None:
        raise Conflict(f"there is a category {slug} already")
    if parent_id is not None:
        categories.require(parent_id)
    category = categories.add(Category(name=name, slug=slug, parent_id=parent_id, position=position))
    session.commit()
    return category


def search(*, category=None, words="", order="name", number=1, size=20):
    """A page of what is for sale."""
    category_id = None
    if category:
        found = categories.by_slug(category)
        if found is None:
            raise NotFound(f"there is no category {category}")
        category_id = found.id
    return products.published(category_id=category_id, text=words, order=order, number=number, size=size)


def product_page(slug):
    """A product as customers see it, with what is left of it."""
    product = products.by_slug(slug)
    if product is None or not product.published:
        raise NotFound(f"there is no product {slug}")
    return product, stock_items.available(product.id)


def create_product(category_id, name, sku, price_cents, *, description="", weight_grams=0, published=False):
    categories.require(category_id)
    if products.find_by(sku=sku) is not None:
        raise Conflict(f"there is a product {sku} already")
    product = products.add(
        Product(
            category_id=category_id,
            name=name,
            sku=sku,
            slug=slugify(f"{name}-{sku}"),
            price_cents=price_cents,
            description=description,
            weight_grams=weight_grams,
            published=published,
        )
    )
    audit("product.created", sku)
    session.commit()
    return product


def update_product(product_id, *, name=None, description=None, weight_grams=None):
    product = products.require(product_id)
    if name is not None:
        # the slug stays: other sites link to it
        product.name = name
    if description is not None:
        product.description = description
    if weight_grams is not None:
        product.weight_grams = weight_grams
    session.commit()
    return product


def change_price(product_id, new_cents):
    """Set a price, remember the old one and tell those who wait for a lower one."""
    product = products.require(product_id)
    old_cents = product.price_cents
    if new_cents == old_cents:
        return product
    price_changes.add(
        PriceChange(product_id=product.id, old_cents=old_cents, new_cents=new_cents, changed_by_id=current_user_id())
    )
    product.price_cents = new_cents
    if new_cents < old_cents:
        for user in interested_users(product):
            mail.queue("price_drop", user, product=product.name, price=euros(new_cents))
    audit("product.price", product.sku, old=old_cents, new=new_cents)
    session.commit()
    mail.deliver()
    return product


def interested_users(product):
    """Who has it in an open cart and wants to hear from the shop."""
    return (
        session.query(User)
        .join(Cart, Cart.user_id == User.id)
        .join(CartItem, CartItem.cart_id == Cart.id)
        .filter(Cart.status == "open", CartItem.product_id == product.id, User.newsletter_opt_in.is_(True))
        .order_by(User.id)
        .all()
    )


def publish(product_id):
    product = products.require(product_id)
    if product.price_cents <= 0:
        raise Invalid("price_cents", "must be set before a product is published")
    product.published = True
    audit("product.published", product.sku)
    session.commit()
    return product


def unpublish(product_id):
    """Take a product off the shelves, and out of all open carts."""
    product = products.require(product_id)
    product.published = False
    open_carts = session.query(Cart.id).filter(Cart.status == "open")
    session.query(CartItem).filter(CartItem.product_id == product.id, CartItem.cart_id.in_(open_carts)).delete(
        synchronize_session=False
    )
    audit("product.unpublished", product.sku)
    session.commit()
    return product


def add_image(product_id, url):
    product = products.require(product_id)
    image = images.add(ProductImage(product_id=product.id, url=url, position=len(product.images)))
    session.commit()
    return image


def bought_together(product_id, limit=5):
    """What others ordered along with a product."""
    rows = session.execute(
        text(
            """
            SELECT p.id, p.slug, p.name, COUNT(*) AS times
            FROM order_lines mine
            JOIN order_lines other ON other.order_id = mine.order_id AND other.product_id <> mine.product_id
            JOIN products p ON p.id = other.product_id
            WHERE mine.product_id = :product_id AND p.published
            GROUP BY p.id, p.slug, p.name
            ORDER BY times DESC, p.id
            LIMIT :limit
            """
        ),
        {"product_id": product_id, "limit": limit},
    )
    return [dict(row) for row in rows.mappings()]


def import_products(rows, warehouse_code):
    """A supplier's list: products that are new, prices that changed, and what came with it."""
    warehouse = WarehouseRepository().by_code(warehouse_code)
    if warehouse is None:
        raise NotFound(f"there is no warehouse {warehouse_code}")
    created = 0
    for batch in chunks(rows, IMPORT_BATCH):
        for row in batch:
            created += import_row(row, warehouse)
        session.commit()
    audit("product.imported", warehouse_code, rows=len(rows), created=created)
    session.commit()
    return created


def import_row(row, warehouse):
    """One line of the list; 1 when the product was new."""
    category = categories.by_slug(slugify(row["category"]))
    if category is None:
        category = categories.add(Category(name=row["category"], slug=slugify(row["category"])))
    product = products.find_by(sku=row["sku"])
    is_new = product is None
    if is_new:
        product = products.add(
            Product(
                category_id=category.id,
                sku=row["sku"],
                name=row["name"],
                slug=slugify(f"{row['name']}-{row['sku']}"),
                price_cents=row["price_cents"],
                weight_grams=row.get("weight_grams", 0),
                published=True,
            )
        )
    elif product.price_cents != row["price_cents"]:
        price_changes.add(
            PriceChange(product_id=product.id, old_cents=product.price_cents, new_cents=row["price_cents"])
        )
        product.price_cents = row["price_cents"]
    if row.get("quantity"):
        item = stock_items.at(warehouse.id, product.id)
        if item is None:
            item = stock_items.add(StockItem(warehouse_id=warehouse.id, product_id=product.id))
        item.on_hand = (item.on_hand or 0) + row["quantity"]
        session.add(
            StockMovement(stock_item_id=item.id, quantity=row["quantity"], reason="import", reference=row["sku"])
        )
    return int(is_new)
