"""Stock in the database."""

from sqlalchemy import func, select

from shop.models.inventory import StockItem, StockMovement, Warehouse
from shop.repositories.base import Repository


class WarehouseRepository(Repository[Warehouse]):
    model = Warehouse

    def by_code(self, code):
        return self.find_by(code=code)

    def nearest(self, country):
        """A warehouse in the country if there is one, else any."""
        return self.find_by(country=country) or self.query().order_by(Warehouse.id).first()


class StockRepository(Repository[StockItem]):
    model = StockItem

    def of_product(self, product_id, *, locked=False):
        statement = select(StockItem).where(StockItem.product_id == product_id).order_by(StockItem.id)
        if locked:
            statement = statement.with_for_update()
        return list(self.session.execute(statement).scalars())

    def at(self, warehouse_id, product_id):
        return self.find_by(warehouse_id=warehouse_id, product_id=product_id)

    def available(self, product_id):
        statement = select(func.coalesce(func.sum(StockItem.on_hand - StockItem.reserved), 0)).where(
            StockItem.product_id == product_id
        )
        return int(self.session.scalar(statement))

    def below(self, threshold):
        return self.query().filter(StockItem.on_hand - StockItem.reserved < threshold).all()


class MovementRepository(Repository[StockMovement]):
    model = StockMovement

    def record(self, item, quantity, reason, reference=""):
        return self.add(
            StockMovement(stock_item_id=item.id, quantity=quantity, reason=reason, reference=str(reference))
        )

    def of_item(self, item_id):
        return self.query().filter_by(stock_item_id=item_id).order_by(StockMovement.id).all()
