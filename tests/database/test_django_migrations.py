"""The operations for Django, run by Django: forward and back, with a database that stays as it is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from decompose import api
from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.database.ddl import write_ddl
from tests.applications import write_tree

APP = {
    "site_settings.py": """
        SECRET_KEY = "only for this test"
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}}
        INSTALLED_APPS = ["shop.people", "shop.words", "shop.orders"]
        DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
        """,
    "shop/__init__.py": "",
    "shop/people/__init__.py": "",
    "shop/people/models.py": """
        from django.db import models


        class Member(models.Model):
            name = models.CharField(max_length=40)
        """,
    "shop/words/__init__.py": "",
    "shop/words/models.py": """
        from django.db import models


        class Tag(models.Model):
            word = models.SlugField(primary_key=True)
        """,
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": """
        from django.db import models

        from shop.people.models import Member
        from shop.words.models import Tag


        class Order(models.Model):
            member = models.ForeignKey(Member, on_delete=models.CASCADE)
            clerk = models.ForeignKey(
                Member, null=True, on_delete=models.SET_NULL, db_column="sold_by", related_name="sold"
            )
            number = models.IntegerField()
            tags = models.ManyToManyField(Tag)

            class Meta:
                unique_together = [("member", "number")]
                constraints = [models.UniqueConstraint(fields=["clerk", "number"], name="once")]
                indexes = [models.Index(fields=["clerk", "member"], name="both")]


        class Line(models.Model):
            order = models.ForeignKey(Order, on_delete=models.CASCADE)
            buyer = models.OneToOneField(Member, on_delete=models.CASCADE)
        """,
}
CUT_MODELS = """
    from django.db import models


    class Order(models.Model):
        member_id = models.IntegerField(db_index=True)
        clerk_id = models.IntegerField(db_index=True, null=True, db_column="sold_by")
        number = models.IntegerField()

        class Meta:
            unique_together = [("member_id", "number")]
            constraints = [models.UniqueConstraint(fields=["clerk_id", "number"], name="once")]
            indexes = [models.Index(fields=["clerk_id", "member_id"], name="both")]


    class OrderTags(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
        tag_id = models.CharField(max_length=50, db_index=True)

        class Meta:
            db_table = "orders_order_tags"
            unique_together = [("order", "tag_id")]


    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
        buyer_id = models.IntegerField(unique=True)
    """
MIGRATION = """
    from django.db import migrations
    {imports}


    class Migration(migrations.Migration):
        dependencies = {dependencies!r}
        operations = [{operations}]
    """
TABLES = {
    "people": ("people_member",),
    "words": ("words_tag",),
    "orders": ("orders_line", "orders_order", "orders_order_tags"),
}
ROWS = """
    INSERT INTO people_member VALUES (7, 'Ada'); INSERT INTO words_tag VALUES ('new');
    INSERT INTO orders_order (id, member_id, sold_by, number) VALUES (1, 7, 7, 3);
    INSERT INTO orders_order_tags VALUES (1, 1, 'new'); INSERT INTO orders_line VALUES (1, 7, 1);
    """


class Site:
    """The drawn application as a project that Django runs, with the operations of `decompose ddl` beside it."""

    def __init__(self, base: Path) -> None:
        self.base = write_tree(base, {path: textwrap.dedent(text) for path, text in APP.items()})
        self.django("makemigrations", *TABLES)
        self.django("migrate")
        self.sql(ROWS)
        system = api.analyze(self.base, cache_folder=None, jobs=1).system
        services = tuple(
            Service(
                name=name, units=tuple(u.id for u in system.units if u.module.startswith(f"shop.{name}")), tables=tables
            )
            for name, tables in TABLES.items()
        )
        split = Split(name="by app", generator="", trivial=False, services=services, shared=())
        files = write_ddl(system, split, split_database(system, split), tuple(TABLES))
        (self.base / "move").mkdir()
        for path, text in files.items():
            if path.startswith("django/"):
                (self.base / "move" / Path(path).name).write_text(text)

    def django(self, *arguments: str) -> str:
        """Run a command of Django, which has to succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=self.base, capture_output=True, text=True, check=False,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(self.base), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sql(self, script: str) -> None:
        """Run statements on the database."""
        connection = sqlite3.connect(self.base / "shop.db")
        connection.executescript(script)
        connection.close()

    def database(self) -> dict[str, tuple[str, list[object]]]:
        """Table -> how it was made, and its rows, without Django's own bookkeeping."""
        connection = sqlite3.connect(self.base / "shop.db")
        made = dict(
            connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE name LIKE 'orders%' OR name LIKE '%member' OR name LIKE '%tag' OR name = 'both'"
            )
        )
        rows = {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()
            for tables in TABLES.values()
            for table in tables
        }
        connection.close()
        return {name: (sql, list(rows.get(name, []))) for name, sql in made.items()}

    def migration(
        self, app: str, number: int, lists: str, services: tuple[str, ...], after: list[tuple[str, str]]
    ) -> None:
        """Put lists of operations of some services into a migration of an app."""
        text = textwrap.dedent(MIGRATION).format(
            imports="\n".join(f"from move import {service}" for service in services),
            dependencies=[(app, f"{number - 1:04}_{'initial' if number == 2 else 'move'}"), *after],
            operations=", ".join(f"*{service}.{lists}[{app!r}]" for service in services),
        )
        (self.base / "shop" / app / "migrations" / f"{number:04}_move.py").write_text(text)

    def models(self, app: str, text: str) -> None:
        """Change the models of an app."""
        (self.base / "shop" / app / "models.py").write_text(textwrap.dedent(text))


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site") / "project")


def test_keys_are_cut_and_models_leave_forward_and_back_without_a_change_of_the_database(site: Site) -> None:
    before = site.database()
    assert {"orders_order", "orders_order_tags", "orders_line", "both"} <= set(before)

    # First stage. A key is cut by the first of its services that moves: people, then words; nothing is left for orders.
    site.migration("orders", 2, "CUT_KEYS", ("people", "words"), [])
    site.models("orders", CUT_MODELS)
    assert "No changes detected" in site.django("makemigrations", "--check", "--dry-run")
    site.django("migrate")
    assert site.database() == before
    found = site.django(
        "shell", "-v", "0", "-c", "from shop.orders.models import Order; print(Order.objects.get(member_id=7).clerk_id)"
    )
    assert found.strip() == "7"

    # Last step: one app after the other, who points to others first.
    site.migration("orders", 3, "MODELS_LEAVE", ("orders",), [])
    site.migration("people", 2, "MODELS_LEAVE", ("people",), [("orders", "0003_move")])
    site.migration("words", 2, "MODELS_LEAVE", ("words",), [("orders", "0003_move")])
    for app in TABLES:
        site.models(app, "")
    assert "No changes detected" in site.django("makemigrations", "--check", "--dry-run")
    site.django("migrate")
    assert site.database() == before

    # And back, to where the monolith was.
    for app in ("people", "words", "orders"):
        site.django("migrate", app, "0001")
    assert site.database() == before
    for app in TABLES:
        site.models(app, APP[f"shop/{app}/models.py"])
    read = "from shop.orders.models import Order; print(Order.objects.get(member__name='Ada').tags.get().pk)"
    assert site.django("shell", "-v", "0", "-c", read).strip() == "new"
