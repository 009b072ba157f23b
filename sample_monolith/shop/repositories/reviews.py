"""Reviews in the database."""

from sqlalchemy import func, select

from shop.models.review import Review, ReviewVote
from shop.repositories.base import Repository


class ReviewRepository(Repository[Review]):
    model = Review

    def of_product(self, product_id, number, size):
        statement = (
            select(Review)
            .where(Review.product_id == product_id, Review.status == "published")
            .order_by(Review.id.desc())
        )
        return self.page(statement, number, size)

    def pending(self, number, size):
        return self.page(select(Review).where(Review.status == "pending").order_by(Review.id), number, size)

    def rating(self, product_id):
        """Count and average of the published stars."""
        statement = select(func.count(Review.id), func.avg(Review.stars)).where(
            Review.product_id == product_id, Review.status == "published"
        )
        count, average = self.session.execute(statement).one()
        return count, float(average or 0)


class VoteRepository(Repository[ReviewVote]):
    model = ReviewVote
