"""Indexes that only migrations make: by SQL, and by Alembic's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw


def _indexes(app: Application, table: str) -> set[tuple[str, tuple[str, ...], bool, bool, str, int]]:
    found = next(t for t in app.system.tables if t.name == table)
    return {(i.name, i.columns, i.unique, i.partial, i.file, i.line) for i in found.indexes}


def test_sql_that_peewee_migrate_runs(draw: Draw) -> None:
    models = """
        import peewee

        class Event(peewee.Model):
            label = peewee.CharField(index=True)
            start = peewee.DateTimeField()

        def show(): return list(Event.select())
        def main(): show()
        """
    first = """
        def migrate(migrator, database, fake=False, **kwargs):
            migrator.sql('CREATE INDEX "event_label" ON "event" ("label")')
            migrator.sql('CREATE INDEX "event_start" ON "event" ("start")')
            migrator.sql('CREATE INDEX "event_gone" ON "event" ("gone")')
        def rollback(migrator, database, fake=False, **kwargs):
            migrator.sql('CREATE INDEX "event_back" ON "event" ("label", "start")')
        """
    second = """
        def migrate(migrator, database, fake=False, **kwargs):
            migrator.sql('DROP INDEX IF EXISTS "event_start"')
            migrator.sql('CREATE UNIQUE INDEX IF NOT EXISTS "event_both" ON "event" ("start" DESC, "label")')
        """
    app = draw({"shop/models.py": models, "migrations/001_first.py": first, "migrations/002_second.py": second})
    assert _indexes(app, "event") == {
        ("event_label", ("label",), False, False, "shop/models.py", 4),
        ("event_both", ("start", "label"), True, False, "migrations/002_second.py", 3),
    }


def test_operations_of_alembic(draw: Draw) -> None:
    models = """
        from sqlalchemy import String
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

        class Base(DeclarativeBase): pass
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            number: Mapped[int]
            town: Mapped[str]

        def show(session: Session): return session.get(Order, 1)
        def main(): show(Session())
        """
    first = """
        from alembic import op
        import sqlalchemy as sa
        revision = "1"
        down_revision = None
        def upgrade():
            op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))
            op.create_index(op.f("ix_orders_number"), "orders", ["number"], unique=False)
            op.create_index("ix_open", "orders", ["number"], unique=True, postgresql_where=sa.text("town IS NULL"))
            op.create_index("ix_lower", "orders", [sa.text("lower(town)")])
            op.create_foreign_key("fk_orders_town", "orders", "towns", ["town"], ["name"])
            op.create_foreign_key("fk_orders_number", "orders", "numbers", ["number"], ["id"])
            with op.batch_alter_table("orders") as batch:
                batch.create_unique_constraint("one_town", ["town"])
            for name in names(): op.create_index(name, "orders", [name])
            op.execute("CREATE INDEX CONCURRENTLY ix_raw ON orders (town, number)")
        def downgrade():
            op.create_index("ix_back", "orders", ["number", "town"])
        """
    second = """
        from alembic import op
        revision = "2"
        down_revision = "1"
        def upgrade():
            op.drop_index(op.f("ix_orders_number"), table_name="orders")
            op.drop_constraint("fk_orders_town", "orders", type_="foreignkey")
        """
    files = {"shop/models.py": models, "alembic/versions/b_first.py": first, "alembic/versions/a_second.py": second}
    app = draw(files)
    assert {(key.table, key.columns, key.target_table) for key in app.system.foreign_keys} == {
        ("orders", ("number",), "numbers")
    }
    assert _indexes(app, "orders") == {
        ("ix_open", ("number",), True, True, "alembic/versions/b_first.py", 8),
        ("ix_lower", (), False, False, "alembic/versions/b_first.py", 9),
        ("one_town", ("town",), True, False, "alembic/versions/b_first.py", 13),
        ("ix_raw", ("town", "number"), False, False, "alembic/versions/b_first.py", 15),
    }
