"""Columns and keys of tables that nothing but migrations declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

FIRST = """
    from django.conf import settings
    from django.db import migrations, models
    class Migration(migrations.Migration):
        operations = [
            migrations.CreateModel(
                name="Tag",
                fields=[("id", models.BigAutoField(primary_key=True, serialize=False)), ("text", models.CharField(max_length=40))],
            ),
            migrations.CreateModel(
                name="Order",
                fields=[
                    ("id", models.AutoField(primary_key=True)),
                    ("user", models.ForeignKey(on_delete=models.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ("note", models.TextField(null=True)),
                    ("old", models.IntegerField()),
                    ("tags", models.ManyToManyField(to="shop.Tag")),
                ],
                options={"db_table": "orders"},
            ),
        ]
    """
SECOND = """
    from django.db import migrations, models
    class Migration(migrations.Migration):
        dependencies = [("shop", "0001_initial")]
        operations = [
            migrations.AddField("order", "tag", models.OneToOneField(null=True, on_delete=models.SET_NULL, to="shop.tag")),
            migrations.RemoveField("order", "old"),
            migrations.RenameField("order", "note", "remark"),
            migrations.AlterField("order", "remark", models.CharField(max_length=9)),
        ]
    """


def described(app: Application, table: str) -> list[tuple[str, str, bool | None, bool]]:
    """(column, SQL type, nullable, primary key)."""
    return [(c.name, c.sql_type, c.nullable, c.primary_key) for c in app.table(table).columns]


def test_fields_of_django_as_they_are_after_all_migrations(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "import django\n",
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_initial.py": FIRST,
            "shop/migrations/0002_more.py": SECOND,
        }
    )
    assert app.tables() == {
        "auth_user": "model", "orders": "migration", "orders_tags": "migration", "shop_tag": "migration",
    }  # fmt: skip
    assert described(app, "orders") == [
        ("id", "integer", False, True),
        ("user_id", "integer", False, False),
        ("tag_id", "bigint", True, False),
        ("remark", "varchar(9)", False, False),
    ]
    assert app.foreign_keys() == {
        ("orders", "user_id", "auth_user", "id"),
        ("orders", "tag_id", "shop_tag", "id"),
        ("orders_tags", "orders_id", "orders", "id"),
        ("orders_tags", "tag_id", "shop_tag", "id"),
    }
    column = app.columns("orders")["remark"]
    assert (column.file, column.line, column.source) == ("shop/migrations/0002_more.py", 8, "migration")


def _migration(dependencies: str, operations: str) -> str:
    return f"""
from django.db import migrations, models
class Migration(migrations.Migration):
    {dependencies}
    operations = [{operations}]
"""


def test_migrations_of_django_run_after_those_that_they_name_whatever_their_files_are_called(draw: Draw) -> None:
    make = "migrations.CreateModel('{}', fields=[('id', models.AutoField(primary_key=True)), ('a', models.IntegerField())])"
    app = draw(
        {
            "shop/__init__.py": "import django\n",
            "shop/migrations/__init__.py": "",
            "shop/migrations/24_initial.py": _migration(
                "dependencies = [migrations.swappable_dependency('auth.User')]",
                f"{make.format('Layer')}, {make.format('Old')}, {make.format('Late')}",
            ),
            "shop/migrations/0001_rename.py": _migration(
                "dependencies = [('shop', '24_initial'), ('gone', '0001')]",
                "migrations.RenameModel('Layer', 'Dataset'), migrations.DeleteModel('Old')",
            ),
            # Stands in place of the one before it, which is still there.
            "shop/migrations/0001_squashed.py": _migration(
                "replaces = [('shop', '0001_rename')]", "migrations.RenameModel('Layer', 'Other')"
            ),
            "shop/migrations/0002_more.py": _migration(
                "dependencies = [('shop', '0001_squashed')]",
                "migrations.AddField('dataset', 'b', models.IntegerField())",
            ),
            "shop/migrations/0003_before.py": _migration(
                "dependencies = [('shop', '0004_circle')]\n    run_before = [('shop', '24_initial')]",
                "migrations.DeleteModel('Late')",
            ),
            "shop/migrations/0004_circle.py": _migration("dependencies = [('shop', '0003_before')]", ""),
        }
    )
    assert app.tables() == {"shop_dataset": "migration", "shop_late": "migration"}
    assert [name for name, *_ in described(app, "shop_dataset")] == ["id", "a", "b"]


def test_columns_of_alembic_as_they_are_after_all_revisions(draw: Draw) -> None:
    app = draw(
        {
            "app/__init__.py": "",
            "migrations/versions/b.py": """
            import sqlalchemy as sa
            from alembic import op
            revision = "b"
            down_revision = "a"
            def upgrade():
                op.add_column("orders", sa.Column("total", sa.Numeric(10, 2), nullable=True))
                op.alter_column("orders", "note", new_column_name="remark", nullable=False)
                with op.batch_alter_table("orders") as batch:
                    batch.add_column(sa.Column("user_id", sa.Integer()))
                    batch.drop_column("old")
                op.create_foreign_key("fk", "orders", "users", ["user_id"], ["id"], ondelete="SET NULL")
            def downgrade():
                op.drop_table("orders")
            """,
            "migrations/versions/a.py": """
            import sqlalchemy as sa
            from alembic import op
            revision = "a"
            down_revision = None
            def upgrade():
                op.create_table(
                    "orders",
                    sa.Column("id", sa.Integer(), nullable=False),
                    sa.Column("note", sa.String(length=30), nullable=True),
                    sa.Column("old", sa.Text),
                    sa.Column("shop_id", sa.Integer, sa.ForeignKey("shops.id", ondelete="CASCADE"), nullable=False),
                    sa.PrimaryKeyConstraint("id"),
                )
                op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
            """,
        }
    )
    assert described(app, "orders") == [
        ("id", "integer", False, True),
        ("shop_id", "integer", False, False),
        ("total", "numeric(10, 2)", True, False),
        ("remark", "varchar(30)", False, False),
        ("user_id", "integer", True, False),
    ]
    assert app.foreign_keys() == {("orders", "shop_id", "shops", "id"), ("orders", "user_id", "users", "id")}
    assert {(k.columns, k.on_delete) for k in app.system.foreign_keys} == {
        (("shop_id",), "CASCADE"),
        (("user_id",), "SET NULL"),
    }
    assert app.tables() == {"orders": "migration", "users": "migration", "shops": "migration"}


def test_a_model_tells_its_columns_whatever_migrations_say(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            class Tag(models.Model):
                text = models.TextField()
            """,
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_initial.py": FIRST,
        }
    )
    assert described(app, "shop_tag") == [("id", "integer", False, True), ("text", "text", False, False)]


def test_names_that_a_migration_sets_from_each_other_end_the_search_for_their_value(draw: Draw) -> None:
    """As in a loop that keeps the previous name, or puts a list into itself."""
    app = draw(
        {
            "shop/db.py": "def read(session):\n    session.execute('SELECT id FROM items')\n",
            "migrations/versions/a1_first.py": """
                from alembic import op
                import sqlalchemy as sa
                revision, down_revision = "a1", None
                def upgrade():
                    older = "users"
                    newer = older
                    for _ in range(3):
                        older, kept = newer, older
                        newer = kept
                        op.create_table(newer, sa.Column("id", sa.Integer))
                    name = ["b"]
                    while name:
                        name = [name]
                    column = sa.Column(name, sa.Integer)
                    column = column("x", sa.Integer)
                    op.create_table("items", sa.Column("id", sa.Integer), column)
                    opened = again = op
                    while opened:
                        opened, again = again, opened
                        again.drop_column("x")
                """,
        }
    )
    assert app.tables() == {"items": "migration"}
