"""The catalogue over HTTP: everybody reads, admins write."""

from flask import Blueprint, g, jsonify, request

from shop.services import catalogue, stock
from shop.tasks.stock import import_products
from shop.utils.common import Invalid, iso
from shop.utils.security import role_required
from shop.utils.serialisation import category_json, page_json, product_json
from shop.utils.validation import body, flag, integer, page_request, text

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@blueprint.get("/categories")
def categories():
    return jsonify(items=catalogue.category_tree())


@blueprint.post("/categories")
@role_required("admin")
def create_category():
    data = body()
    category = catalogue.create_category(
        text(data, "name", longest=100),
        integer(data, "parent_id", default=None),
        integer(data, "position", default=0),
    )
    return jsonify(category_json(category)), 201


@blueprint.get("/products")
def products():
    number, size = page_request()
    page = catalogue.search(
        category=request.args.get("category"),
        words=request.args.get("q", ""),
        order=request.args.get("order", "name"),
        number=number,
        size=size,
    )
    return jsonify(page_json(page, product_json))


@blueprint.get("/products/<slug>")
def product(slug):
    found, available = catalogue.product_page(slug)
    data = product_json(found, available)
    data["bought_together"] = catalogue.bought_together(found.id)
    if g.user is not None and g.user.is_staff:
        # the warehouse wants to see where it is
        data["shelves"] = [
            {"warehouse": item.warehouse.code, "on_hand": item.on_hand, "reserved": item.reserved}
            for item in stock.items.of_product(found.id)
        ]
    return jsonify(data)


@blueprint.post("/products")
@role_required("admin")
def create_product():
    data = body()
    created = catalogue.create_product(
        integer(data, "category_id"),
        text(data, "name"),
        text(data, "sku", longest=40),
        integer(data, "price_cents", least=0),
        description=text(data, "description", default="", longest=5000),
        weight_grams=integer(data, "weight_grams", default=0, least=0),
        published=flag(data, "published"),
    )
    return jsonify(product_json(created)), 201


@blueprint.patch("/products/<int:product_id>")
@role_required("admin")
def update_product(product_id):
    data = body()
    updated = catalogue.update_product(
        product_id,
        name=text(data, "name", default=None),
        description=text(data, "description", default=None, longest=5000),
        weight_grams=integer(data, "weight_grams", default=None, least=0),
    )
    return jsonify(product_json(updated))


@blueprint.put("/products/<int:product_id>/price")
@role_required("admin")
def change_price(product_id):
    return jsonify(product_json(catalogue.change_price(product_id, integer(body(), "price_cents", least=1))))


@blueprint.get("/products/<int:product_id>/prices")
@role_required("admin", "support")
def price_history(product_id):
    history = catalogue.price_changes.history(product_id)
    return jsonify(
        items=[{"old_cents": row.old_cents, "new_cents": row.new_cents, "at": iso(row.changed_at)} for row in history]
    )


@blueprint.post("/products/<int:product_id>/publish")
@role_required("admin")
def publish(product_id):
    return jsonify(product_json(catalogue.publish(product_id)))


@blueprint.post("/products/<int:product_id>/unpublish")
@role_required("admin")
def unpublish(product_id):
    return jsonify(product_json(catalogue.unpublish(product_id)))


@blueprint.post("/products/<int:product_id>/images")
@role_required("admin")
def add_image(product_id):
    image = catalogue.add_image(product_id, text(body(), "url", longest=300))
    return jsonify(url=image.url, position=image.position), 201


@blueprint.post("/import")
@role_required("admin")
def import_list():
    data = body()
    rows = data.get("rows")
    if not isinstance(rows, list) or not rows:
        raise Invalid("rows", "must be a list of products")
    checked = []
    for row in rows:
        if not isinstance(row, dict):
            raise Invalid("rows", "must be a list of products")
        checked.append(
            {
                "sku": text(row, "sku", longest=40),
                "name": text(row, "name"),
                "category": text(row, "category", longest=100),
                "price_cents": integer(row, "price_cents", least=1),
                "weight_grams": integer(row, "weight_grams", default=0, least=0),
                "quantity": integer(row, "quantity", default=0, least=0),
            }
        )
    import_products.delay(checked, text(data, "warehouse", longest=20))
    return jsonify(rows=len(checked)), 202
