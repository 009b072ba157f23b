"""Reviews over HTTP."""

from flask import Blueprint, g, jsonify

from shop.services import reviews
from shop.utils.security import login_required, role_required
from shop.utils.serialisation import page_json, review_json
from shop.utils.validation import body, flag, integer, page_request, text

blueprint = Blueprint("reviews", __name__, url_prefix="/reviews")


@blueprint.get("/products/<int:product_id>")
def of_product(product_id):
    return jsonify(page_json(reviews.reviews.of_product(product_id, *page_request()), review_json))


@blueprint.post("/products/<int:product_id>")
@login_required
def write(product_id):
    data = body()
    review = reviews.write_review(
        g.user,
        product_id,
        integer(data, "stars", least=1, most=5),
        text(data, "title", default="", longest=120),
        text(data, "body", default="", longest=5000),
    )
    return jsonify(review_json(review)), 201


@blueprint.get("/pending")
@role_required("admin", "support")
def pending():
    return jsonify(page_json(reviews.reviews.pending(*page_request()), review_json))


@blueprint.post("/<int:review_id>/moderation")
@role_required("admin", "support")
def moderate(review_id):
    return jsonify(review_json(reviews.moderate(review_id, text(body(), "decision", longest=20))))


@blueprint.put("/<int:review_id>/vote")
@login_required
def vote(review_id):
    return jsonify(review_json(reviews.vote(g.user, review_id, flag(body(), "helpful"))))
