"""The SQL of `decompose ddl` where no server is needed: schemas in all dialects, the move on SQLite, and hostile names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import sqlglot

from decompose import api
from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import Service, Split
from decompose.database import design_database, split_database
from decompose.database.ddl import DIALECTS, Dialect, write_ddl
from decompose.errors import ConfigurationError, InputError, OutputError, UnknownNameError
from decompose.system.model import System
from tests.applications import analysed_shop, run_cli
from tests.conftest import Draw
from tests.database.sample import by_the_architect
from tests.database.test_divided_database import by_domain

ORDER = ("catalogue", "billing", "accounts")


def files_of(dialect: Dialect) -> dict[str, str]:
    """The files for the drawn shop."""
    system = analysed_shop().analysis.system
    split = by_domain(system)
    return write_ddl(system, split, split_database(system, split), ORDER, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_service_gets_its_tables_and_the_keys_among_them(dialect: Dialect) -> None:
    drawn = by_the_architect()
    order = tuple(service.name for service in drawn.split.services)
    files = write_ddl(drawn.system, drawn.split, drawn.database, order, dialect)
    made: dict[str, str] = {}
    for service in drawn.split.services:
        for statement in sqlglot.parse(files[f"schemas/{service.name}.sql"], read=dialect):
            if statement is None or statement.args.get("kind") != "TABLE":
                continue
            table = statement.this.this.name
            made[table] = service.name
            known = next(t for t in drawn.system.tables if t.name == table)
            columns = [column.name for column in statement.find_all(sqlglot.exp.ColumnDef)]
            assert columns == [column.name for column in known.columns]
            targets = {
                reference.find(sqlglot.exp.Table).name for reference in statement.find_all(sqlglot.exp.Reference)
            }
            assert targets == {
                key.target_table
                for key in drawn.system.foreign_keys
                if key.table == table and key.target_table in service.tables
            }
    assert made == drawn.split.service_of_table()


def test_a_cut_key_leaves_an_index(tmp_path: Path) -> None:
    text = files_of("sqlite")["schemas/billing.sql"]
    connection = sqlite3.connect(tmp_path / "billing.db")
    connection.executescript(text)
    indexes = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert "ix_invoices_user_id" in indexes
    keys = [row[2] for row in connection.execute("PRAGMA foreign_key_list(invoices)")]
    connection.close()
    assert keys == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_indexes_are_made_by_what_each_database_understands(dialect: Dialect) -> None:
    text = files_of(dialect)["schemas/billing.sql"]
    assert text.count("CREATE INDEX") == text.count(
        "CREATE INDEX IF NOT EXISTS" if dialect != "mysql" else "CREATE INDEX `ix_"
    )


class Move(NamedTuple):
    """A database in a file, and the scripts that take the service ``billing`` out of it."""

    old: sqlite3.Connection
    files: dict[str, str]

    def run(self, *names: str) -> None:
        """Run scripts on the old file."""
        for name in names:
            self.old.executescript(self.files[f"database-per-service/02-billing/{name}.sql"])

    def rows(self, *tables: str) -> dict[str, list[object]]:
        """All rows of some tables of the old file."""
        return {table: self.old.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}

    def schema_there(self) -> None:
        """Make the tables in the new file, as the first script says."""
        self.there(self.files["schemas/billing.sql"])

    def there(self, script: str) -> None:
        """Run statements on the new file."""
        new = sqlite3.connect("billing.db")
        new.executescript(script)
        new.close()


@pytest.fixture(name="move")
def _move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Move]:
    monkeypatch.chdir(tmp_path)
    files = files_of("sqlite")
    old = sqlite3.connect("old.db")
    for domain in ORDER:
        old.executescript(files[f"schemas/{domain}.sql"])
    old.executescript("""
        INSERT INTO users VALUES (1, 'it''s'), (2, NULL); INSERT INTO addresses VALUES (1, 'a', 1);
        INSERT INTO invoices VALUES (1, 'first', 2), (2, 'second', 1); INSERT INTO invoice_lines VALUES (7, 'x', 1);
        """)
    yield Move(old, files)
    old.close()


BILLING = ("invoices", "invoice_lines")


def test_the_move_on_sqlite_accounts_for_every_row_and_goes_back(move: Move) -> None:
    before = move.rows(*BILLING, "users")
    move.schema_there()
    move.run("2-copy", "2-copy", "3-verify")
    move.old.execute("UPDATE invoices SET name = 'SECOND' WHERE id = 2")
    move.old.commit()
    with pytest.raises(sqlite3.IntegrityError):
        move.run("3-verify")
    move.old.execute("DETACH DATABASE service")
    move.run("2-copy", "3-verify", "4-switch")
    for late in ("2-copy", "4-switch"):
        with pytest.raises(sqlite3.IntegrityError, match="have_switched"):
            move.run(late)
    with pytest.raises(sqlite3.IntegrityError, match=r"invoices has moved to billing\.db"):
        move.old.execute("DELETE FROM invoices")
    move.old.rollback()
    move.there(
        "UPDATE invoices SET name = 'second' WHERE id = 2; DELETE FROM invoice_lines; INSERT INTO invoice_lines VALUES (7, 'x', 1);"
    )
    move.run("back", "back")
    assert move.rows(*BILLING, "users") == before
    move.old.execute("UPDATE invoices SET name = 'open again' WHERE id = 1")
    move.old.commit()
    move.run("5-contract")
    left = {name for (name,) in move.old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert left == {"users", "addresses", "products", "categories"}


def test_triggers_and_views_that_need_nothing_of_others_go_along_on_sqlite(move: Move) -> None:
    move.old.executescript("""
        CREATE VIEW named AS SELECT id FROM invoices WHERE name IS NOT NULL;
        CREATE VIEW with_users AS SELECT i.id FROM invoices i JOIN users u ON u.id = i.user_id;
        CREATE TRIGGER lines_go AFTER DELETE ON invoices BEGIN DELETE FROM invoice_lines WHERE invoice_id = OLD.id; END;
        CREATE TRIGGER users_go AFTER DELETE ON invoices BEGIN DELETE FROM users WHERE id = OLD.user_id; END;
        """)
    move.schema_there()
    move.run("2-copy", "3-verify", "4-switch")
    folder = "database-per-service/02-billing"
    told = (
        move.files[f"{folder}/3-verify.sql"]
        .partition("-- What is not moved")[2]
        .partition("\n")[2]
        .rpartition("DETACH")[0]
    )
    assert {name for _, name, _ in move.old.execute(told)} == {"with_users", "users_go"}
    printed = [text for (text,) in move.old.execute(move.files[f"{folder}/4b-code.sql"])]
    move.there("\n".join(printed))
    new = sqlite3.connect("billing.db")
    new.execute("DELETE FROM invoices WHERE id = 1")
    assert new.execute("SELECT id FROM named").fetchall() == [(2,)]
    assert new.execute("SELECT COUNT(*) FROM invoice_lines").fetchone() == (0,)
    new.rollback()
    new.close()
    move.run("back")
    with pytest.raises(sqlite3.IntegrityError, match="triggers_that_would_run"):
        move.run("2-copy")


def test_columns_that_stand_in_another_order_in_the_file_are_copied_by_their_names(move: Move) -> None:
    move.old.executescript(
        "DROP TABLE invoice_lines; CREATE TABLE invoice_lines (invoice_id INTEGER, name TEXT, id INTEGER PRIMARY KEY); "
        "INSERT INTO invoice_lines VALUES (1, 'x', 7);"
    )
    move.schema_there()
    move.run("2-copy", "3-verify", "4-switch", "back")
    assert move.rows("invoice_lines") == {"invoice_lines": [(1, "x", 7)]}


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE invoices ADD COLUMN secret TEXT",  # the code does not show it, so it would be lost
        "INSERT INTO invoice_lines VALUES (8, 'y', 4711)",  # breaks a key among the tables
    ],
)
def test_what_the_new_file_cannot_hold_stops_the_comparison_on_sqlite(move: Move, change: str) -> None:
    move.old.executescript(change)
    move.schema_there()
    move.run("2-copy")
    with pytest.raises(sqlite3.IntegrityError):
        move.run("3-verify")


def test_keys_that_still_point_to_dropped_tables_are_told_on_sqlite() -> None:
    files = files_of("sqlite")
    assert (
        "declare a key to them, and refuse writes where foreign_keys is on: invoices(user_id)"
        in (files["database-per-service/03-accounts/5-contract.sql"])
    )


def test_names_stay_in_their_place_whatever_they_are(tmp_path: Path) -> None:
    nasty = 'a\'; DROP TABLE users; --\n"x"`y`'
    system = analysed_shop().analysis.system
    tables = tuple(msgspec.structs.replace(t, name=nasty) if t.name == "products" else t for t in system.tables)
    system = msgspec.structs.replace(system, tables=tables, accesses=(), foreign_keys=(), transactions=())
    split = Split(
        name="nasty", generator="", trivial=False, shared=(),
        services=(Service(name=nasty, units=(), tables=(nasty,)), Service(name="b", units=(), tables=("users",))),
    )  # fmt: skip
    for dialect in DIALECTS:
        files = write_ddl(system, split, split_database(system, split), (nasty, "b"), dialect)
        for path, text in files.items():
            assert "\n" not in path
            assert ".." not in path
            code = [line for line in text.splitlines() if not line.startswith("--")]
            assert not any(line.lstrip().startswith("DROP TABLE users") for line in code), (path, text)


def test_a_table_without_an_owner_is_told_and_left(draw: Draw) -> None:
    system = analysed_shop().analysis.system
    whole = by_domain(system)
    services = tuple(
        msgspec.structs.replace(s, tables=tuple(t for t in s.tables if t != "addresses")) for s in whole.services
    )
    split = msgspec.structs.replace(whole, services=services)
    files = write_ddl(system, split, split_database(system, split), ORDER)
    assert "No service owns addresses" in files["README.md"]
    assert not any("addresses" in text for path, text in files.items() if path.endswith(".sql"))


_PARTLY_IN_VIEW = {
    "shop/__init__.py": "",
    "shop/base.py": """
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        """,
    "shop/models.py": """
        from decimal import Decimal
        from sqlalchemy import Column, Integer
        from keeping.mixins import Dated
        from shop.base import Base
        class Order(Dated, Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Amount(Decimal, Base):
            __tablename__ = "amounts"
            id = Column(Integer, primary_key=True)
        """,
}


def _schema_and_readme(draw: Draw, files: dict[str, str]) -> tuple[str, str]:
    system = draw(files).system
    split = Split(
        name="by hand",
        generator="drawn",
        trivial=False,
        services=(Service(name="sales", units=(), tables=("amounts", "orders")),),
        shared=(),
    )
    made = write_ddl(system, split, split_database(system, split), ("sales",), "postgres")
    return made["schemas/sales.sql"], made["README.md"]


def test_where_a_base_is_out_of_view_columns_may_be_missing_and_that_is_told(draw: Draw) -> None:
    told = "orders may have more columns: keeping.mixins.Dated, which its class is derived from, is not in view."
    schema, readme = _schema_and_readme(draw, _PARTLY_IN_VIEW)
    assert f"-- {told}\nCREATE TABLE" in schema
    assert "- keeping.mixins.Dated is not in view, and may bring more columns to orders.\n" in readme
    assert "amounts may have" not in schema  # a class of Python's own brings no columns


def test_what_ddl_tells_whole_misses_no_columns(draw: Draw) -> None:
    ddl = "CREATE TABLE orders (id INTEGER PRIMARY KEY, made_at TIMESTAMP);"
    schema, readme = _schema_and_readme(draw, {**_PARTLY_IN_VIEW, "shop/schema.sql": ddl})
    assert "made_at" in schema
    assert "may have more columns" not in schema
    assert "is not in view" not in readme


def test_a_schema_without_keys_is_told() -> None:
    system: System = msgspec.structs.replace(analysed_shop().analysis.system, foreign_keys=())
    split = by_domain(system)
    files = write_ddl(system, split, split_database(system, split), ORDER)
    assert "The code shows no foreign key" in files["README.md"]


def test_django_models_follow_by_state_operations_alone(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/users/__init__.py": "",
        "shop/users/models.py": """
            from django.db import models


            class Member(models.Model):
                name = models.CharField(max_length=40)
            """,
        "shop/orders/__init__.py": "",
        "shop/orders/models.py": """
            from django.db import models

            from shop.users.models import Member


            class Order(models.Model):
                member = models.ForeignKey(Member, on_delete=models.CASCADE)
            """,
    })  # fmt: skip
    units = {unit.id: unit.module.split(".")[1] for unit in app.system.units}
    split = split_from_assignment(app.system, units, "by app")
    files = write_ddl(app.system, split, split_database(app.system, split), ("orders", "users"))
    text = files["django/orders.py"]
    compile(text, "orders.py", "exec")
    assert "SeparateDatabaseAndState" in text
    assert "migrations.AlterField(model_name='order', name='member', field=models.IntegerField(db_index=True))" in text
    assert "migrations.RenameField(model_name='order', old_name='member', new_name='member_id')" in text
    assert "migrations.DeleteModel(name='Order')" in text


# As a command


def test_the_command_writes_a_new_folder_and_nothing_else(tmp_path: Path) -> None:
    run = analysed_shop().run
    done = run_cli("ddl", run, "-o", tmp_path / "move", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "README.md" in done.stdout
    assert (tmp_path / "move" / "0-functions.sql").is_file()
    again = run_cli("ddl", run, "-o", tmp_path / "move", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr
    unknown = run_cli("ddl", run, "nothing", "-o", tmp_path / "other", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "no such split" in unknown.stderr
    assert not (tmp_path / "other").exists()


def test_a_split_with_one_service_has_nothing_to_move(tmp_path: Path) -> None:
    done = run_cli("ddl", analysed_shop().run, "all-in-one", "-o", tmp_path / "move", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "all-in-one: has one service" in done.stderr
    assert "Name a split that has several: consensus, " in done.stderr
    assert not (tmp_path / "move").exists()


def test_what_cannot_be_divided_is_refused_with_what_to_do(tmp_path: Path) -> None:
    analysis = analysed_shop().analysis
    with pytest.raises(UnknownNameError, match="no such dialect"):
        api.ddl(analysis, "", "oracle")
    with pytest.raises(ConfigurationError, match="not both"):
        api.ddl(analysis, "tables-first", partition=tmp_path / "mine.csv")
    bare = msgspec.structs.replace(
        analysis,
        splits=tuple(
            msgspec.structs.replace(s, services=tuple(msgspec.structs.replace(x, tables=()) for x in s.services))
            for s in analysis.splits
        ),
    )
    with pytest.raises(InputError, match="nothing to move"):
        api.ddl(bare)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        api.write_files({"a": "b"}, tmp_path / "file")


def test_a_partition_that_names_unknown_units_is_refused_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id,service\nshop.nothing:here,a\ntable:users,b\n")
    done = run_cli("ddl", analysed_shop().run, "--with", tmp_path / "mine.csv", "-o", tmp_path / "m", cwd=tmp_path)
    assert done.returncode == 2
    assert "mine.csv:2: shop.nothing:here" in done.stderr


def test_views_and_code_in_the_database_that_cross_are_named_with_a_way_out(draw: Draw) -> None:
    app = draw({
        "m.py": "import sqlite3\n\n\ndef f(c: sqlite3.Connection):\n    c.execute('select * from orders')\n",
        "schema.sql": """
            CREATE TABLE users (id integer PRIMARY KEY, name text);
            CREATE TABLE orders (id integer PRIMARY KEY, user_id integer REFERENCES users (id));
            CREATE VIEW buyers AS SELECT u.name, o.id FROM users u JOIN orders o ON o.user_id = u.id;
            """,
    })  # fmt: skip
    services = (
        Service(name="a", units=(), tables=("users",)),
        Service(name="b", units=(), tables=("orders", "buyers")),
    )
    split = Split(name="s", generator="", trivial=False, services=services, shared=())
    database = split_database(app.system, split)
    design = design_database(app.system, split, database)
    (view,) = [join for join in design.joins if join.part_of == "view"]
    assert (view.definition, view.tables, view.way_out) == (
        "buyers",
        {"a": ("users",), "b": ("orders",)},
        "read model",
    )
    files = write_ddl(app.system, split, database, ("a", "b"))
    assert '"buyers"' not in files["1-schema-per-service/02-b/2-move.sql"]
    assert "buyers is a view" in files["schemas/b.sql"]
