"""oslo.db: sessions of its contexts, the mixins of its models, and functions below `writer` and `reader`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from oslo_db.sqlalchemy import models
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base

    class ShopBase(models.ModelBase, models.TimestampMixin): pass
    BASE = declarative_base(cls=ShopBase)

    class Order(BASE):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)

    class Stock(models.SoftDeleteMixin, BASE):
        __tablename__ = "stock"
        id = Column(Integer, primary_key=True)
"""
API = """
    from oslo_db.sqlalchemy import enginefacade
    from models import Order, Stock

    manager = enginefacade.transaction_context()

    @enginefacade.transaction_context_provider
    class Context:
        def __init__(self, user): self.user = user

    @manager.writer
    def place(context):
        order = Order()
        order.save(context.session)
        take(context, 1)

    @manager.writer.independent
    def take(context, number):
        context.session.query(Stock).filter_by(id=number).update({"left": 1})

    @manager.reader
    def look(context, number):
        return context.session.get(Stock, number)

    def close(context):
        with enginefacade.writer.using(context) as session:
            session.get(Stock, 1).soft_delete(session)
            session.delete(session.get(Order, 1))

    def change(context, number, values):
        with manager.writer.using(context):
            row = context.session.get(Order, number)
            row.update(values)
            row.save(session=context.session)

    def main():
        context = Context("me")
        place(context)
        look(context, 2)
        close(context)
        change(context, 1, {})
"""


def test_writers_and_readers_are_transactions(draw: Draw) -> None:
    system = draw({"models.py": MODELS, "api.py": API}).system
    told = {t.definition: (set(t.tables_written), set(t.tables_read)) for t in system.transactions}
    assert told == {
        "api:place": ({"orders", "stock"}, set()),
        "api:take": ({"stock"}, set()),
        "api:look": (set(), {"stock"}),
        "api:close": ({"orders", "stock"}, {"orders", "stock"}),
        "api:change": ({"orders"}, {"orders"}),
    }


def test_what_a_row_adds_of_itself_is_new_or_was_loaded(draw: Draw) -> None:
    written = {
        (a.definition, a.operation, a.table)
        for a in draw({"models.py": MODELS, "api.py": API}).system.accesses
        if a.operation != "read"
    }
    assert written == {
        ("api:place", "insert", "orders"),
        ("api:take", "update", "stock"),
        ("api:close", "update", "stock"),
        ("api:close", "delete", "orders"),
        ("api:change", "update", "orders"),
    }


def test_mixins_bring_their_columns_which_are_told_of_the_class_that_takes_them(draw: Draw) -> None:
    tables = {t.name: t for t in draw({"models.py": MODELS}).system.tables}
    names = {name: {c.name for c in table.columns} for name, table in tables.items()}
    assert names == {
        "orders": {"id", "created_at", "updated_at"},
        "stock": {"id", "created_at", "updated_at", "deleted", "deleted_at"},
    }
    assert {(c.file, c.line) for c in tables["stock"].columns} == {("models.py", 12), ("models.py", 14)}
    assert not any(table.may_miss_columns for table in tables.values())


def test_queries_that_its_functions_make_and_cut_into_pages_stay_queries_of_their_rows(draw: Draw) -> None:
    source = """
        from oslo_db.sqlalchemy import utils
        from models import Order, Stock

        def pages(model, query, limit): return utils.paginate_query(query, model, limit, ["id"])
        def orders(session): return pages(Order, session.query(Order), 5).all()
        def stock(session): return utils.model_query(Stock, session).first()
        def nothing(session): return utils.paginate_query(session.query(Order), Order, 5, ["id"])
    """
    app = draw({"models.py": MODELS, "shop.py": source})
    run = {(a.definition, a.operation, a.table) for a in app.system.accesses if a.role == "execute"}
    assert run == {("shop:orders", "read", "orders"), ("shop:stock", "read", "stock")}
