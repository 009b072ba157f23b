"""Products in the database."""

from sqlalchemy import or_, select

from shop.models.catalogue import Category, PriceChange, Product, ProductImage
from shop.repositories.base import Repository

_ORDERS = {
    "name": Product.name.asc(),
    "newest": Product.created_at.desc(),
    "price": Product.price_cents.asc(),
    "rating": Product.rating_average.desc(),
}


class CategoryRepository(Repository[Category]):
    model = Category

    def tree(self):
        return self.session.query(Category).order_by(Category.position, Category.name).all()

    def by_slug(self, slug):
        return self.find_by(slug=slug)


class ProductRepository(Repository[Product]):
    model = Product

    def published(self, *, category_id=None, text="", order="name", number=1, size=20):
        statement = select(Product).where(Product.published.is_(True))
        if category_id is not None:
            statement = statement.where(Product.category_id == category_id)
        if text:
            pattern = f"%{text}%"
            statement = statement.where(or_(Product.name.ilike(pattern), Product.description.ilike(pattern)))
        return self.page(statement.order_by(_ORDERS.get(order, _ORDERS["name"]), Product.id), number, size)

    def by_slug(self, slug):
        return self.find_by(slug=slug)

    def by_ids(self, idents):
        found = self.session.execute(select(Product).where(Product.id.in_(list(idents)))).scalars()
        return {product.id: product for product in found}


class ImageRepository(Repository[ProductImage]):
    model = ProductImage


class PriceChangeRepository(Repository[PriceChange]):
    model = PriceChange

    def history(self, product_id):
        return self.query().filter_by(product_id=product_id).order_by(PriceChange.changed_at.desc()).all()
