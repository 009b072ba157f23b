"""Reviews: written by buyers, read by staff first."""

from shop.db import session
from shop.events import review_published
from shop.models.review import Review, ReviewVote
from shop.repositories.catalogue import ProductRepository
from shop.repositories.orders import OrderRepository
from shop.repositories.reviews import ReviewRepository, VoteRepository
from shop.utils.common import Conflict, Forbidden, Invalid, NotFound, audit, shop_setting

reviews = ReviewRepository()
votes = VoteRepository()
products = ProductRepository()
orders = OrderRepository()


def write_review(user, product_id, stars, title="", body=""):
    """Only who bought it may say how it is."""
    product = products.require(product_id)
    if not orders.has_bought(user, product.id):
        raise Forbidden("only customers who bought it may review it")
    if reviews.find_by(product_id=product.id, user_id=user.id) is not None:
        raise Conflict("you reviewed this product already")
    review = reviews.add(
        Review(product_id=product.id, user_id=user.id, stars=stars, title=title, body=body, status="pending")
    )
    # a shop with few reviews may choose to read them afterwards
    if shop_setting("reviews_need_approval", "yes") == "no":
        publish(review)
    session.commit()
    return review


def publish(review):
    """The caller commits."""
    review.status = "published"
    session.flush()
    review_published.send(review)


def moderate(review_id, decision):
    """Staff publish a review or reject it; a published one can be taken back."""
    review = reviews.require(review_id)
    if decision == "publish":
        publish(review)
    elif decision == "reject":
        review.status = "rejected"
        session.flush()
        update_rating(review)
    else:
        raise Invalid("decision", "must be publish or reject")
    audit("review.moderated", review.id, decision=decision)
    session.commit()
    return review


@review_published.connect
def update_rating(review, **extra):
    """The product carries its rating, in tenths of a star, so that lists need no join."""
    count, average = reviews.rating(review.product_id)
    product = products.require(review.product_id)
    product.rating_count = count
    product.rating_average = round(average * 10)


def vote(user, review_id, helpful):
    """One vote for each reader, who may change it."""
    review = reviews.require(review_id)
    if review.status != "published":
        raise NotFound(f"Review {review_id} does not exist")
    if review.user_id == user.id:
        raise Forbidden("this is your own review")
    found = votes.find_by(review_id=review.id, user_id=user.id)
    if found is None:
        votes.add(ReviewVote(review_id=review.id, user_id=user.id, helpful=helpful))
    else:
        found.helpful = helpful
    session.commit()
    session.refresh(review)
    return review


def recompute_ratings():
    """All products again, for when somebody changed reviews in the database."""
    changed = 0
    for product in products.query().order_by("id"):
        count, average = reviews.rating(product.id)
        if (product.rating_count, product.rating_average) != (count, round(average * 10)):
            product.rating_count = count
            product.rating_average = round(average * 10)
            changed += 1
    session.commit()
    return changed
