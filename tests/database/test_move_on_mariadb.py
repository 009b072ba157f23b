"""The sample's database with data, divided by the generated SQL on a real MariaDB, and brought back."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pymysql
import pytest

from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.database.ddl import write_ddl
from tests.database.mariadb_server import Server, running_server
from tests.database.sample import SAMPLE, by_the_architect

ORDER = ("notifications", "backoffice", "shipping", "catalogue", "inventory", "payments", "ordering", "accounts")
COPY, VERIFY, FREEZE, SWITCH = "2-copy", "3-verify", "4-freeze", "5-switch"
NUMBERS = itertools.count(1)

MORE_ROWS = (
    "INSERT INTO refunds (payment_id, amount_cents, reason, created_at) SELECT id, 5, 'late', now() FROM payments LIMIT 2",
    "INSERT INTO settings (`key`, value) VALUES ('low_stock_threshold', '3'), ('maintenance', 'Ünïcode; \"quoted\" it''s')",
    "DELETE FROM cart_items ORDER BY id DESC LIMIT 1",
)


class State(NamedTuple):
    """Everything that must be as before: rows, and keys with what they point to, by table."""

    rows: dict[str, list[str]]
    keys: set[tuple[str, str, str, str]]


class Shop(NamedTuple):
    """The server with a database of the sample of its own, and the scripts to divide it."""

    server: Server
    database: str
    scripts: Path

    def run(self, service: str, *names: str) -> str:
        """Run scripts of a service, which have to succeed."""
        done = self.tried(service, *names)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(self, service: str, *names: str) -> subprocess.CompletedProcess[str]:
        """Run scripts of a service."""
        (place,) = (self.scripts / "database-per-service").glob(f"*-{service}")
        return self.server.client(self.database, *(place / f"{name}.sql" for name in names))

    def raw(self, service: str, name: str) -> str:
        """What a script prints for the client to run, as the README says."""
        (place,) = (self.scripts / "database-per-service").glob(f"*-{service}")
        return self.server.client(self.database, place / f"{name}.sql", options=("-N", "-r")).stdout

    def state(self, database: str = "") -> State:
        """All rows and keys of a database, read without any procedure of the move."""
        place = database or self.database
        tables = self.server.query(
            place,
            f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{place}' AND table_type = 'BASE TABLE'",
        )
        rows = {table: sorted(map(repr, self.server.query(place, f"SELECT * FROM `{table}`"))) for (table,) in tables}
        keys = self.server.query(
            place,
            "SELECT table_name, constraint_name, referenced_table_name, delete_rule "
            f"FROM information_schema.referential_constraints WHERE constraint_schema = '{place}'",
        )
        return State(rows, set(keys))


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Server]:
    with running_server() as server:
        server.execute(None, "CREATE DATABASE shop_origin CHARACTER SET utf8mb4")
        environment = {**os.environ, "DATABASE_URL": f"mysql+pymysql://root@127.0.0.1:{server.port}/shop_origin"}
        for command in (["init-db"], ["seed", "--orders", "6"]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "shop", "shop", *command],
                cwd=SAMPLE, env=environment, check=True, capture_output=True,
            )  # fmt: skip
        server.execute("shop_origin", *MORE_ROWS)
        yield server


@pytest.fixture(name="origin", scope="module")
def _origin(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("origin") / "shop.sql"
    file.write_bytes(server.dump("shop_origin"))
    return file


@pytest.fixture(name="scripts", scope="module")
def _scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = by_the_architect()
    base = tmp_path_factory.mktemp("move")
    write(base, write_ddl(drawn.system, drawn.split, drawn.database, ORDER, "mysql"))
    return base


def write(base: Path, files: dict[str, str]) -> None:
    """Write the files of a move."""
    for path, text in files.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text)


@pytest.fixture(name="shop")
def _shop(server: Server, origin: Path, scripts: Path) -> Shop:
    name = f"shop_{next(NUMBERS)}"
    for database in (*ORDER, "decompose_move"):
        server.execute(None, f"DROP DATABASE IF EXISTS `{database}`")
    server.execute(None, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    done = server.client(name, origin, scripts / "0-functions.sql", scripts / "0-split.sql")
    assert done.returncode == 0, done.stderr
    return Shop(server, name, scripts)


def test_every_service_gets_its_rows_and_the_keys_among_its_tables(shop: Shop) -> None:
    before = shop.state()
    assert sum(map(len, before.rows.values())) > 120
    owner_of = by_the_architect().split.service_of_table()
    for service in ORDER:
        for _ in range(2):
            shop.run(service, "1-expand", COPY, VERIFY)
    after = {service: shop.state(service) for service in ORDER}
    assert {table: rows for state in after.values() for table, rows in state.rows.items()} == before.rows
    assert {table: service for service, state in after.items() for table in state.rows} == owner_of
    kept = set().union(*(state.keys for state in after.values()))
    assert kept == {key for key in before.keys if owner_of[key[0]] == owner_of[key[2]]}
    assert shop.state() == before, "until the freeze nothing is changed in the old database"


def test_all_services_switch_and_the_old_database_is_empty(shop: Shop) -> None:
    before = shop.state()
    for service in ORDER:
        shop.run(service, "1-expand", COPY, VERIFY, FREEZE, COPY, VERIFY, SWITCH, "6-contract")
    assert shop.state().rows == {}
    assert {t: rows for service in ORDER for t, rows in shop.state(service).rows.items()} == before.rows


def test_a_row_that_changed_since_the_copy_is_found_and_copied_again(shop: Shop) -> None:
    shop.run("ordering", "1-expand", COPY, VERIFY)
    shop.server.execute(
        shop.database,
        "UPDATE orders SET status = UPPER(status) WHERE id = 1",  # no difference for the collation of the column
        "DELETE FROM cart_items LIMIT 1",
        "INSERT INTO coupons (code, percent, amount_cents, uses) VALUES ('NEW', 5, 0, 0)",
    )
    assert "differ" in shop.tried("ordering", VERIFY).stderr
    shop.run("ordering", COPY, VERIFY)
    rows = shop.state().rows
    assert shop.state("ordering").rows == {t: rows[t] for t in shop.state("ordering").rows}


def test_old_tables_refuse_writes_after_the_freeze_and_copies_are_refused_after_the_switch(shop: Shop) -> None:
    shop.run("payments", "1-expand", COPY, VERIFY)
    assert "freeze it first" in shop.tried("payments", SWITCH).stderr
    assert "has not switched" in shop.tried("payments", "6-contract").stderr
    shop.run("payments", FREEZE)
    for statement in ("DELETE FROM refunds", "UPDATE payments SET status = 'lost'"):
        with pytest.raises(pymysql.err.OperationalError, match="moved to the database of payments"):
            shop.server.execute(shop.database, statement)
    shop.run("payments", COPY, VERIFY, SWITCH)
    shop.server.execute("payments", "DELETE FROM refunds LIMIT 1")
    assert "has switched" in shop.tried("payments", COPY).stderr
    assert len(shop.state("payments").rows["refunds"]) == 1


def test_code_of_others_writes_on_when_the_tables_that_it_points_to_are_gone(shop: Shop) -> None:
    shop.run("accounts", "1-expand", COPY, VERIFY, FREEZE, COPY, VERIFY, SWITCH, "6-contract")
    shop.server.execute(
        shop.database,
        "INSERT INTO carts (user_id, status, updated_at) SELECT MAX(user_id) + 1000, 'open', NOW() FROM orders",
    )


def test_numbers_go_on_where_they_were(shop: Shop) -> None:
    shop.run("ordering", "1-expand", COPY, VERIFY, FREEZE, COPY, VERIFY)
    ((number,),) = shop.server.query(
        shop.database,
        f"SELECT auto_increment FROM information_schema.tables WHERE table_schema = '{shop.database}' AND table_name = 'cart_items'",
    )
    shop.run("ordering", SWITCH)
    shop.server.execute(
        "ordering",
        "INSERT INTO cart_items (cart_id, product_id, quantity) SELECT cart_id, product_id + 1000, 1 FROM cart_items LIMIT 1",
    )
    assert shop.server.query("ordering", "SELECT MAX(id) FROM cart_items") == [(number,)]


def test_the_way_back_brings_new_rows_along_and_puts_every_key_back(shop: Shop) -> None:
    before = shop.state()
    shop.run("ordering", "1-expand", COPY, VERIFY, FREEZE, COPY, VERIFY, SWITCH)
    shop.server.execute(
        "ordering",
        "UPDATE orders SET status = 'delivered' WHERE id = 3",
        "DELETE FROM order_status_changes WHERE order_id = 3",
    )
    written = shop.state("ordering").rows
    for _ in range(2):
        shop.run("ordering", "back")
        back = shop.state()
        assert back.rows == {**before.rows, **written} != before.rows
        assert back.keys == before.keys
    shop.server.execute(shop.database, "UPDATE orders SET status = 'paid' WHERE id = 3")
    with pytest.raises(pymysql.err.OperationalError, match="gone back"):
        shop.server.execute("ordering", "UPDATE orders SET status = 'lost'")
    shop.run("ordering", COPY, VERIFY)


def test_the_way_back_from_the_freeze_undoes_it(shop: Shop) -> None:
    before = shop.state()
    shop.run("ordering", "1-expand", COPY, VERIFY, FREEZE, "back")
    assert shop.state() == before
    shop.server.execute(shop.database, "UPDATE orders SET status = 'paid' WHERE id = 3")


def test_a_row_that_breaks_a_key_stops_the_way_back_and_is_told(shop: Shop) -> None:
    shop.run("notifications", "1-expand", COPY, VERIFY, FREEZE, COPY, VERIFY, SWITCH)
    shop.server.execute("notifications", "UPDATE notifications SET user_id = 4711 LIMIT 1")
    done = shop.tried("notifications", "back")
    assert done.returncode != 0
    assert "foreign key constraint fails" in done.stderr


def test_a_key_that_the_code_does_not_show_stops_the_freeze_and_changes_nothing(shop: Shop) -> None:
    shop.server.execute(
        shop.database, "ALTER TABLE settings ADD COLUMN set_by INTEGER, ADD FOREIGN KEY (set_by) REFERENCES users (id)"
    )
    before = shop.state()
    shop.run("backoffice", "1-expand", COPY, VERIFY)
    assert "settings(set_by) to users" in shop.tried("backoffice", FREEZE).stderr
    assert shop.state() == before


def test_what_is_not_moved_is_listed(shop: Shop) -> None:
    shop.server.execute(
        shop.database,
        "CREATE TRIGGER stamp BEFORE UPDATE ON coupons FOR EACH ROW UPDATE users SET name = 'x' WHERE id = OLD.uses",
        "CREATE VIEW open_orders AS SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id",
        "CREATE USER IF NOT EXISTS clerk@localhost",
        f"GRANT SELECT ON {shop.database}.carts TO clerk@localhost",
    )
    shop.run("ordering", "1-expand", COPY)
    told = shop.run("ordering", VERIFY)
    assert "coupons\tstamp\tUPDATE users" in told
    assert "carts\t'clerk'@'localhost'\tSELECT" in told
    assert "view_that_is_not_moved\tdefinition\nopen_orders" in told


def test_views_and_triggers_that_need_nothing_of_others_go_along(shop: Shop, tmp_path: Path) -> None:
    shop.server.execute(
        shop.database,
        "CREATE VIEW used_coupons AS SELECT id, uses FROM coupons WHERE uses > 0",
        "CREATE TRIGGER never_less BEFORE UPDATE ON coupons FOR EACH ROW BEGIN\n"
        "  IF NEW.uses < OLD.uses THEN SET NEW.uses = OLD.uses; END IF;\nEND",
        "CREATE TRIGGER noted AFTER INSERT ON coupons FOR EACH ROW UPDATE users SET name = 'x' WHERE id = NEW.id",
    )
    printed = tmp_path / "triggers.sql"
    refused = shop.tried("ordering", "1-expand", "5b-triggers")
    assert "has not switched yet" in refused.stderr
    shop.run("ordering", COPY, VERIFY, FREEZE, COPY, VERIFY, SWITCH)
    printed.write_text(shop.raw("ordering", "5b-triggers"))
    assert shop.server.client(shop.database, printed).returncode == 0
    made = shop.server.query(
        "ordering", "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'ordering'"
    )
    assert made == [("never_less",)], "the other one would write a table of another service"
    shop.server.execute("ordering", "UPDATE coupons SET uses = 7", "UPDATE coupons SET uses = 1")
    assert {uses for _, uses in shop.server.query("ordering", "SELECT * FROM used_coupons")} == {7}
    shop.run("ordering", "back")
    assert "has triggers" in shop.tried("ordering", COPY).stderr, "they would run for every row"
    printed.write_text(shop.raw("ordering", "back-triggers"))
    assert shop.server.client(shop.database, printed).returncode == 0
    shop.run("ordering", COPY, VERIFY)


def test_columns_that_the_database_computes_and_odd_values_are_moved(shop: Shop) -> None:
    shop.server.execute(
        shop.database,
        "ALTER TABLE coupons ADD COLUMN twice INTEGER AS (percent * 2) STORED, ADD COLUMN ratio FLOAT, ADD COLUMN raw VARBINARY(9), "
        "ADD COLUMN changed TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP",
        "INSERT INTO coupons (code, percent, amount_cents, uses, ratio, raw) VALUES ('ODD', 7, 0, 0, 0.1234567, x'00ff5c27')",
        "UPDATE coupons SET changed = '2001-02-03 04:05:06'",
    )
    shop.run("ordering", "1-expand", COPY, VERIFY)
    assert shop.state("ordering").rows["coupons"] == shop.state().rows["coupons"]
    shop.server.execute(shop.database, "UPDATE coupons SET ratio = 0.12345671 WHERE code = 'ODD'")
    assert "differ" in shop.tried("ordering", VERIFY).stderr


def test_the_schema_that_the_code_shows_is_taken_by_the_server(shop: Shop) -> None:
    shop.server.execute(None, "CREATE DATABASE IF NOT EXISTS from_code")
    for file in sorted((shop.scripts / "schemas").glob("*.sql")):
        done = shop.server.client("from_code", file)
        assert done.returncode == 0, (file, done.stderr)
    columns = "SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_schema = '{}'"
    made = shop.server.query("from_code", columns.format("from_code"))
    assert set(made) == set(shop.server.query(shop.database, columns.format(shop.database)))


def test_tables_with_hostile_names_move_and_come_back(server: Server, tmp_path: Path) -> None:
    nasty = 'a\'; DROP TABLE plain; --\n"x" \\! touch it; `y` %s'
    drawn = by_the_architect()
    system = msgspec.structs.replace(
        drawn.system,
        tables=(*(msgspec.structs.replace(t, name=n) for t, n in zip(drawn.system.tables[:2], (nasty, "plain"), strict=True)),),
        accesses=(), foreign_keys=(), transactions=(),
    )  # fmt: skip
    split = Split(
        name="nasty", generator="", trivial=False, shared=(),
        services=(Service(name="it's\\", units=(), tables=(nasty,)), Service(name="plain-one", units=(), tables=("plain",))),
    )  # fmt: skip
    write(tmp_path, write_ddl(system, split, split_database(system, split), ("it's\\", "plain-one"), "mysql"))
    quoted = "`" + nasty.replace("`", "``") + "`"
    server.execute(None, "DROP DATABASE IF EXISTS decompose_move", "CREATE DATABASE nasty")
    server.execute("nasty", f"CREATE TABLE {quoted} (id INTEGER PRIMARY KEY, v TEXT)", "CREATE TABLE plain (v TEXT)")
    server.execute("nasty", "INSERT INTO plain VALUES ('a'), ('a'), (NULL)")
    with server.connect("nasty") as connection, connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quoted.replace('%', '%%')} VALUES (0, %s), (7, 'x')", (nasty,))
    scripts = [tmp_path / "0-functions.sql", tmp_path / "0-split.sql"]
    for place in sorted((tmp_path / "database-per-service").iterdir()):
        names = (
            "1-expand",
            COPY,
            COPY,
            VERIFY,
            FREEZE,
            COPY,
            VERIFY,
            SWITCH,
            "back",
            FREEZE,
            COPY,
            SWITCH,
            "6-contract",
        )
        scripts += [place / f"{name}.sql" for name in names]
    done = server.client("nasty", *scripts)
    assert done.returncode == 0, done.stderr
    assert server.query("it's\\", f"SELECT * FROM {quoted} ORDER BY id") == [(0, nasty), (7, "x")]
    assert len(server.query("plain-one", "SELECT * FROM plain")) == 3
    assert server.query("nasty", "SHOW TABLES") == []
