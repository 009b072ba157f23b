"""The sample's database with data, divided by the generated SQL on a real PostgreSQL, and brought back."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg
import pytest

from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.database.ddl import write_ddl
from decompose.database.ddl.alembic import alembic_scripts
from decompose.database.places import Places
from tests.database.postgres_server import Server, running_server
from tests.database.sample import SAMPLE, by_the_architect

QUOTE = '"'
NUMBERS = itertools.count(1)
ORDER = ("notifications", "backoffice", "shipping", "catalogue", "inventory", "payments", "ordering", "accounts")

MORE_ROWS = """
INSERT INTO refunds (payment_id, amount_cents, reason, created_at) SELECT id, 5, 'late', now() FROM payments LIMIT 2;
INSERT INTO reviews (product_id, user_id, stars, title, body, status, created_at)
    SELECT p.id, u.id, 4, 'It''s good', E'line\\nline', 'published', now() FROM products p, users u LIMIT 5;
INSERT INTO review_votes (review_id, user_id, helpful) SELECT r.id, r.user_id, true FROM reviews r LIMIT 2;
INSERT INTO settings (key, value) VALUES ('low_stock_threshold', '3'), ('maintenance', 'Ünïcode; "quoted"');
INSERT INTO mail_templates (key, locale, subject, body) VALUES ('welcome', 'de', 'Hallo', 'Ja');
INSERT INTO product_images (product_id, url, position) SELECT id, 'https://example.org/1.png', 0 FROM products LIMIT 3;
INSERT INTO password_resets (user_id, digest, expires_at) SELECT id, 'abc' || id, now() FROM users LIMIT 2;
DELETE FROM cart_items WHERE id = (SELECT max(id) FROM cart_items);
"""


class State(NamedTuple):
    """Everything that must be as before: rows, constraints, indexes and views, by table."""

    rows: dict[str, tuple[int, str]]
    constraints: set[tuple[str, str, str, bool]]
    indexes: set[tuple[str, str]]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Server]:
    with running_server() as server:
        server.create("shop_origin")
        environment = {**os.environ, "DATABASE_URL": f"postgresql://shop@127.0.0.1:{server.port}/shop_origin"}
        for command in (["init-db"], ["seed", "--orders", "12"]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "shop", "shop", *command],
                cwd=SAMPLE, env=environment, check=True, capture_output=True,
            )  # fmt: skip
        columns = server.query(
            "shop_origin", "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
        )
        assert columns[0][0] > 150
        for statement in MORE_ROWS.strip().split(";\n"):
            server.execute("shop_origin", statement)
        yield server


@pytest.fixture(name="scripts", scope="module")
def _scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = by_the_architect()
    base = tmp_path_factory.mktemp("move")
    database = msgspec.structs.replace(drawn.database, design=drawn.design)
    for path, text in write_ddl(drawn.system, drawn.split, database, ORDER).items():
        target = base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return base


@pytest.fixture(name="shop")
def _shop(server: Server) -> str:
    name = f"shop_{next(NUMBERS)}"
    server.create(name, "shop_origin")
    return name


def state_of(server: Server, database: str, *, schema: str = "public") -> State:
    """The state of all ordinary tables of a schema, measured without any function of the move."""
    tables = [
        name
        for (name,) in server.query(
            database,
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = '{schema}' AND c.relkind = 'r' ORDER BY 1",
        )
    ]
    rows = {}
    for table in tables:
        ((count, digest),) = server.query(
            database,
            f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{schema}\".\"{table.replace(QUOTE, 2 * QUOTE)}\" t",
        )
        rows[table] = (count, digest)
    constraints = {
        (table, name, definition.replace(f"{schema}.", ""), validated)
        for table, name, definition, validated in server.query(
            database,
            "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated FROM pg_constraint k "
            "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = '{schema}'",
        )
    }
    indexes = {
        (table, definition.replace(f"{schema}.", ""))
        for table, definition in server.query(
            database, f"SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = '{schema}'"
        )
    }
    return State(rows, constraints, indexes)


def run(server: Server, database: str, *files: Path, **variables: str | int) -> str:
    """Run scripts that have to succeed."""
    done = server.psql(database, *files, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def folder(scripts: Path, stage: str, service: str) -> Path:
    """The folder of a service in a stage."""
    (found,) = (scripts / stage).glob(f"*-{service}")
    return found


def first_stage(server: Server, database: str, scripts: Path) -> None:
    """A schema for each service."""
    run(server, database, scripts / "0-functions.sql", scripts / "1-schema-per-service" / "0-split.sql")
    for service in ORDER:
        place = folder(scripts, "1-schema-per-service", service)
        run(server, database, place / "1-expand.sql", place / "2-move.sql", place / "3-verify.sql")


def first_stage_back(server: Server, database: str, scripts: Path) -> None:
    """Everything as it was."""
    for service in reversed(ORDER):
        run(server, database, folder(scripts, "1-schema-per-service", service) / "back.sql")


def second_stage(server: Server, old: str, new: str, scripts: Path, service: str) -> Path:
    """Everything up to the copy that is verified."""
    place = folder(scripts, "2-database-per-service", service)
    where: dict[str, str | int] = {"host": "127.0.0.1", "port": server.port, "dbname": old, "user": "shop"}
    run(server, new, scripts / "0-functions.sql", place / "1-expand.new.sql", **where)
    run(server, new, place / "2-copy.new.sql", place / "3-verify.new.sql")
    return place


def switch(server: Server, old: str, new: str, place: Path) -> None:
    """From the frozen old database to the new one."""
    run(server, old, place / "4-freeze.old.sql")
    run(server, new, place / "2-copy.new.sql", place / "3-verify.new.sql", place / "5-switch.new.sql")


def test_the_first_stage_accounts_for_every_row_and_cuts_just_the_keys_between_services(
    server: Server, shop: str, scripts: Path
) -> None:
    before = state_of(server, shop)
    assert sum(count for count, _ in before.rows.values()) > 200
    assert sum(count > 0 for count, _ in before.rows.values()) >= 27
    first_stage(server, shop, scripts)
    after = {service: state_of(server, shop, schema=service) for service in ORDER}
    moved = {table: rows for state in after.values() for table, rows in state.rows.items()}
    assert moved == before.rows
    assert state_of(server, shop).rows == {}
    owner_of = by_the_architect().split.service_of_table()
    assert {table: service for service, state in after.items() for table in state.rows} == owner_of
    kept = {(table, name) for state in after.values() for table, name, _, _ in state.constraints}
    gone = {(table, name) for table, name, _, _ in before.constraints} - kept
    assert gone == {
        (table, name)
        for table, name, definition, _ in before.constraints
        if definition.startswith("FOREIGN KEY")
        and owner_of[table] != owner_of[definition.partition("REFERENCES ")[2].partition("(")[0]]
    }
    assert len(gone) == len(by_the_architect().database.cut_foreign_keys)
    assert all(validated for state in after.values() for *_, validated in state.constraints)


ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_alembic_runs_the_first_stage_and_the_way_back(
    server: Server, shop: str, scripts: Path, tmp_path: Path
) -> None:
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    drawn = by_the_architect()
    (tmp_path / "versions").mkdir()
    for path, text in alembic_scripts(Places(drawn.system, drawn.split), ORDER).items():
        (tmp_path / "versions" / Path(path).name).write_text(text)
    (tmp_path / "alembic.ini").write_text(
        f"[alembic]\nscript_location = {tmp_path}\nsqlalchemy.url = postgresql+psycopg://shop@127.0.0.1:{server.port}/{shop}\n"
    )

    def alembic(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    before = state_of(server, shop)
    run(server, shop, scripts / "0-functions.sql", scripts / "1-schema-per-service" / "0-split.sql")
    alembic("upgrade", "head")
    after = {table: rows for service in ORDER for table, rows in state_of(server, shop, schema=service).rows.items()}
    assert after == before.rows
    alembic("downgrade", "decompose_05")
    assert set(state_of(server, shop).rows) >= {"orders", "payments", "users", "alembic_version"}
    alembic("downgrade", "base")
    server.execute(shop, "DROP TABLE alembic_version")
    assert state_of(server, shop) == before


def test_every_script_of_the_first_stage_can_be_run_again(server: Server, shop: str, scripts: Path) -> None:
    first_stage(server, shop, scripts)
    before = {service: state_of(server, shop, schema=service) for service in ORDER}
    first_stage(server, shop, scripts)
    assert {service: state_of(server, shop, schema=service) for service in ORDER} == before


def test_old_code_goes_on_through_the_views(server: Server, shop: str, scripts: Path) -> None:
    first_stage(server, shop, scripts)
    environment = {**os.environ, "DATABASE_URL": f"postgresql://shop@127.0.0.1:{server.port}/{shop}"}
    orders = server.query(shop, "SELECT count(*) FROM ordering.orders")[0][0]
    place_one = (
        "from shop import create_app\n"
        "from shop.db import session\n"
        "from shop.models import Product, User\n"
        "from shop.services import carts, orders\n"
        "app = create_app()\n"
        "with app.app_context():\n"
        "    customer = session.query(User).filter_by(email='customer@example.org').one()\n"
        "    carts.add(customer, session.query(Product).filter_by(sku='PEN-1').one().id, 2)\n"
        "    orders.place_order(customer, customer.addresses[0].id)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", place_one], cwd=SAMPLE, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert server.query(shop, "SELECT count(*) FROM ordering.orders")[0][0] == orders + 1
    run(server, shop, folder(scripts, "1-schema-per-service", "ordering") / "3-verify.sql")


def test_the_way_back_of_the_first_stage_restores_everything(server: Server, shop: str, scripts: Path) -> None:
    before = state_of(server, shop)
    first_stage(server, shop, scripts)
    first_stage_back(server, shop, scripts)
    assert state_of(server, shop) == before
    first_stage_back(server, shop, scripts)
    assert state_of(server, shop) == before


def test_the_way_back_is_there_after_the_views_are_gone(server: Server, shop: str, scripts: Path) -> None:
    before = state_of(server, shop)
    first_stage(server, shop, scripts)
    for service in ORDER:
        run(server, shop, folder(scripts, "1-schema-per-service", service) / "4-contract.sql")
    first_stage_back(server, shop, scripts)
    assert state_of(server, shop) == before


def test_a_row_that_breaks_a_key_stops_the_way_back_and_changes_nothing(
    server: Server, shop: str, scripts: Path
) -> None:
    first_stage(server, shop, scripts)
    server.execute(shop, "UPDATE notifications.notifications SET user_id = 4711")
    before = state_of(server, shop, schema="notifications")
    for service in reversed(ORDER[1:]):
        run(server, shop, folder(scripts, "1-schema-per-service", service) / "back.sql")
    done = server.psql(shop, folder(scripts, "1-schema-per-service", "notifications") / "back.sql")
    assert done.returncode != 0
    assert "notifications_user_id_fkey" in done.stderr
    assert state_of(server, shop, schema="notifications") == before


def test_a_key_that_the_code_does_not_show_stops_the_move_and_changes_nothing(
    server: Server, shop: str, scripts: Path
) -> None:
    server.execute(shop, "ALTER TABLE settings ADD COLUMN set_by integer REFERENCES users(id)")
    before = state_of(server, shop)
    run(server, shop, scripts / "0-functions.sql", scripts / "1-schema-per-service" / "0-split.sql")
    place = folder(scripts, "1-schema-per-service", "backoffice")
    run(server, shop, place / "1-expand.sql")
    done = server.psql(shop, place / "2-move.sql")
    assert done.returncode != 0
    assert "settings(set_by) to users crosses services, and the code did not show it" in done.stderr
    assert state_of(server, shop) == before
    server.execute(shop, "SELECT decompose_move.accept_unknown_keys()")
    run(server, shop, place / "2-move.sql")
    assert not server.query(shop, "SELECT FROM pg_constraint WHERE conname = 'settings_set_by_fkey'")


def test_where_the_split_and_the_database_differ_is_listed_before_anything_moves(
    server: Server, shop: str, scripts: Path
) -> None:
    server.execute(shop, "ALTER TABLE settings ADD COLUMN set_by integer REFERENCES users(id)")
    server.execute(shop, "CREATE TABLE notes (by_user integer REFERENCES users(id))")
    server.execute(shop, "DROP TABLE review_votes")
    split = scripts / "1-schema-per-service" / "0-split.sql"
    done = server.psql(shop, scripts / "0-functions.sql", split)
    assert done.returncode == 0, done.stderr
    assert "review_votes" in done.stdout
    assert "belongs to catalogue, and is not in this database" in done.stdout
    found = server.query(shop, "SELECT table_name, columns, target_table, service FROM decompose_move.unknown_keys()")
    assert found == [("notes", "by_user", "users", None), ("settings", "set_by", "users", "backoffice")]
    lines = [line for line in done.stdout.splitlines() if "no service owns it" in line]
    assert [line.split()[0] for line in lines] == ["notes"]


@pytest.mark.parametrize("service", ["notifications", "ordering"])
def test_a_database_for_a_service_has_every_row_key_index_and_default(
    server: Server, shop: str, scripts: Path, service: str
) -> None:
    first_stage(server, shop, scripts)
    server.execute(
        shop,
        f"ALTER TABLE {service}.\"{next(iter(state_of(server, shop, schema=service).rows))}\" ADD COLUMN extra text NOT NULL DEFAULT 'x'",
    )
    before = state_of(server, shop, schema=service)
    new = f"{shop}_{service}"
    server.create(new)
    place = second_stage(server, shop, new, scripts, service)
    assert state_of(server, new, schema=service) == before
    assert state_of(server, shop, schema=service) == before
    run(server, new, place / "1-expand.new.sql", host="127.0.0.1", port=server.port, dbname=shop, user="shop")
    run(server, new, place / "2-copy.new.sql", place / "3-verify.new.sql")
    assert state_of(server, new, schema=service) == before
    defaults = (
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'extra' AND column_default LIKE '%x%'"
    )
    assert server.query(new, defaults) == [(1,)]


def test_rows_that_change_while_copying_are_found_and_copied_again(server: Server, shop: str, scripts: Path) -> None:
    first_stage(server, shop, scripts)
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    server.execute(shop, "UPDATE ordering.orders SET status = 'lost' WHERE id = 1")
    server.execute(shop, "DELETE FROM ordering.order_lines WHERE order_id = 2")
    server.execute(
        shop,
        "INSERT INTO ordering.coupons (code, percent, amount_cents, uses) VALUES ('NEW', 5, 0, 0)",
    )
    done = server.psql(new, place / "3-verify.new.sql")
    assert done.returncode != 0
    assert "run the copy again" in done.stderr
    run(server, new, place / "2-copy.new.sql", place / "3-verify.new.sql")
    assert state_of(server, new, schema="ordering") == state_of(server, shop, schema="ordering")


def test_the_switch_needs_a_frozen_source_and_then_refuses_to_copy_over_new_rows(
    server: Server, shop: str, scripts: Path
) -> None:
    first_stage(server, shop, scripts)
    new = f"{shop}_payments"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "payments")
    too_early = server.psql(new, place / "5-switch.new.sql")
    assert "freeze it there first" in too_early.stderr
    switch(server, shop, new, place)
    with pytest.raises(psycopg.errors.RaiseException, match="has moved to the database of its service"):
        server.execute(shop, "DELETE FROM payments.refunds")
    with pytest.raises(psycopg.errors.RaiseException, match="has moved to the database of its service"):
        server.execute(shop, "UPDATE public.payments SET status = 'lost'")
    server.execute(
        new,
        "INSERT INTO payments.refunds (payment_id, amount_cents, reason, created_at) SELECT id, 1, 'new', now() FROM payments.payments LIMIT 1",
    )
    late = server.psql(new, place / "2-copy.new.sql")
    assert late.returncode != 0
    assert "has switched" in late.stderr
    assert server.query(new, "SELECT count(*) FROM payments.refunds WHERE reason = 'new'") == [(1,)]


def test_numbers_go_on_where_they_were(server: Server, shop: str, scripts: Path) -> None:
    first_stage(server, shop, scripts)
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    (highest,) = server.query(shop, "SELECT last_value FROM ordering.cart_items_id_seq")
    switch(server, shop, new, place)
    made = server.query(
        new,
        "INSERT INTO ordering.cart_items (cart_id, product_id, quantity) SELECT cart_id, product_id + 1000, 1 FROM ordering.cart_items LIMIT 1 RETURNING id",
    )
    assert made[0][0] == highest[0] + 1


@pytest.mark.parametrize("retired", [False, True])
def test_the_way_back_from_a_database_of_its_own_brings_new_rows_along(
    server: Server, shop: str, scripts: Path, retired: bool
) -> None:
    origin = state_of(server, shop)
    first_stage(server, shop, scripts)
    moved = state_of(server, shop, schema="ordering")
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    switch(server, shop, new, place)
    if retired:
        run(server, shop, place / "6-contract.old.sql")
        assert state_of(server, shop, schema="ordering").rows == {}
    server.execute(new, "UPDATE ordering.orders SET status = 'delivered' WHERE id = 3")
    server.execute(new, "DELETE FROM ordering.order_status_changes WHERE order_id = 3")
    here = state_of(server, new, schema="ordering")
    run(server, shop, place / "back-1.old.sql")
    run(server, new, place / "back-2.new.sql")
    run(server, shop, place / "back-3.old.sql")
    back = state_of(server, shop, schema="ordering")
    assert back.rows == here.rows != moved.rows
    assert (back.constraints, back.indexes) == (moved.constraints, moved.indexes)
    first_stage_back(server, shop, scripts)
    whole = state_of(server, shop)
    assert (whole.constraints, whole.indexes) == (origin.constraints, origin.indexes)
    assert {t: r for t, r in whole.rows.items() if t not in ("orders", "order_status_changes")} == {
        t: r for t, r in origin.rows.items() if t not in ("orders", "order_status_changes")
    }


def test_what_hangs_on_the_tables_goes_along_if_it_needs_nothing_of_others_and_is_listed_if_not(
    server: Server, shop: str, scripts: Path
) -> None:
    server.execute(
        shop,
        "DO $$ BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE carts SET status = ''stamped'' WHERE id = 1; RETURN NEW; END';"
        "CREATE TRIGGER stamped AFTER UPDATE ON coupons FOR EACH ROW EXECUTE FUNCTION stamp();"
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM notifications WHERE id < 0; RETURN NEW; END';"
        "CREATE TRIGGER told AFTER UPDATE ON coupons FOR EACH ROW EXECUTE FUNCTION tell();"
        "CREATE VIEW open_carts AS SELECT id FROM carts WHERE status = 'open';"
        "CREATE MATERIALIZED VIEW sums AS SELECT order_id, count(*) AS lines FROM order_lines GROUP BY 1;"
        "CREATE UNIQUE INDEX sums_of ON sums (order_id);"
        "CREATE VIEW buyers AS SELECT u.name FROM users u JOIN orders o ON o.user_id = u.id;"
        "CREATE POLICY own_rows ON coupons USING (uses < 5);"
        "GRANT SELECT, UPDATE ON coupons TO clerk; GRANT SELECT ON carts TO PUBLIC",
    )
    first_stage(server, shop, scripts)
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    told = run(server, new, place / "3-verify.new.sql")
    assert all(what in told for what in ("told", "public.buyers", "own_rows"))
    assert not any(what in told for what in ("stamped", "public.open_carts", "public.sums"))
    granted = "SELECT has_table_privilege('clerk', 'ordering.coupons', 'UPDATE'), has_table_privilege('clerk', 'ordering.carts', 'SELECT'), has_table_privilege('clerk', 'ordering.carts', 'DELETE')"
    assert server.query(new, granted) == [(True, True, False)]
    run(server, shop, place / "4-freeze.old.sql")
    run(server, new, place / "2-copy.new.sql")
    done = server.psql(new, place / "5-switch.new.sql")
    assert done.returncode == 0, done.stderr
    assert "not moved: trigger told of coupons" in done.stderr
    for what in ("SELECT count(*) FROM open_carts", "SELECT count(*), sum(lines) FROM sums"):
        assert server.query(new, what) == server.query(shop, what)
    assert server.query(new, "SELECT FROM pg_indexes WHERE indexname = 'sums_of'")
    server.execute(new, "UPDATE ordering.coupons SET uses = uses + 1")
    assert server.query(new, "SELECT status FROM ordering.carts WHERE id = 1") == [("stamped",)]
    server.execute(
        new,
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER told BEFORE UPDATE ON ordering.coupons FOR EACH ROW EXECUTE FUNCTION tell()",
    )
    left = server.query(new, "SELECT DISTINCT kind, name FROM decompose_move.not_moved('ordering')")
    assert sorted(left) == [("row security policy", "own_rows"), ("view", "public.buyers")]


def test_triggers_do_not_fire_again_while_rows_go_back(server: Server, shop: str, scripts: Path) -> None:
    server.execute(
        shop,
        "CREATE TABLE trail (what text);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.trail VALUES (TG_OP); RETURN NEW; END';"
        "CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON coupons FOR EACH ROW EXECUTE FUNCTION note()",
    )
    first_stage(server, shop, scripts)
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    for database, script in ((shop, "4-freeze.old"), (new, "2-copy.new"), (new, "5-switch.new")):
        run(server, database, place / f"{script}.sql")
    server.execute(new, "UPDATE ordering.coupons SET uses = uses + 1")
    for database, script in ((shop, "back-1.old"), (new, "back-2.new"), (shop, "back-3.old")):
        run(server, database, place / f"{script}.sql")
    assert server.query(shop, "SELECT * FROM trail") == []
    server.execute(shop, "UPDATE ordering.coupons SET uses = uses WHERE id = (SELECT min(id) FROM ordering.coupons)")
    assert server.query(shop, "SELECT * FROM trail") == [("UPDATE",)]


def test_a_view_that_the_code_takes_for_a_table_stays_where_it_is(server: Server, shop: str, scripts: Path) -> None:
    server.execute(shop, "ALTER TABLE settings RENAME TO kept; CREATE MATERIALIZED VIEW settings AS SELECT * FROM kept")
    first_stage(server, shop, scripts)
    place = "SELECT relnamespace::regnamespace::text, relkind::text FROM pg_class WHERE relname = 'settings'"
    assert server.query(shop, place) == [("public", "m")]


def test_keys_to_and_from_tables_that_no_service_owns_are_put_back(server: Server, shop: str, scripts: Path) -> None:
    server.execute(
        shop,
        "CREATE TABLE sites (id integer PRIMARY KEY); INSERT INTO sites VALUES (1);"
        "ALTER TABLE orders ADD COLUMN site_id integer REFERENCES sites(id);"
        "CREATE TABLE notes (by_user integer REFERENCES users(id) ON DELETE CASCADE)",
    )
    before = state_of(server, shop)
    run(server, shop, scripts / "0-functions.sql", scripts / "1-schema-per-service" / "0-split.sql")
    server.execute(shop, "SELECT decompose_move.accept_unknown_keys()")
    first_stage(server, shop, scripts)
    assert not server.query(
        shop, "SELECT FROM pg_constraint WHERE conname IN ('orders_site_id_fkey', 'notes_by_user_fkey')"
    )
    first_stage_back(server, shop, scripts)
    assert state_of(server, shop) == before


def test_numbers_that_are_always_generated_go_forward_and_back(server: Server, shop: str, scripts: Path) -> None:
    server.execute(
        shop,
        "ALTER TABLE coupons ALTER COLUMN id DROP DEFAULT, ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (START 50)",
    )
    first_stage(server, shop, scripts)
    new = f"{shop}_ordering"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "ordering")
    switch(server, shop, new, place)
    server.execute(new, "INSERT INTO ordering.coupons (code, percent, amount_cents, uses) VALUES ('LATER', 5, 0, 0)")
    here = state_of(server, new, schema="ordering")
    run(server, shop, place / "back-1.old.sql")
    run(server, new, place / "back-2.new.sql")
    run(server, shop, place / "back-3.old.sql")
    assert state_of(server, shop, schema="ordering").rows == here.rows
    with pytest.raises(psycopg.errors.GeneratedAlways):
        server.execute(shop, "INSERT INTO coupons (id, code, percent, amount_cents, uses) VALUES (1000, 'X', 5, 0, 0)")
    server.execute(shop, "INSERT INTO coupons (code, percent, amount_cents, uses) VALUES ('LATEST', 5, 0, 0)")


def test_old_tables_are_dropped_only_by_the_last_script(server: Server, shop: str, scripts: Path) -> None:
    first_stage(server, shop, scripts)
    before = state_of(server, shop, schema="notifications")
    new = f"{shop}_notifications"
    server.create(new)
    place = second_stage(server, shop, new, scripts, "notifications")
    not_yet = server.psql(shop, place / "6-contract.old.sql")
    assert "has not switched yet" in not_yet.stderr
    switch(server, shop, new, place)
    run(server, shop, place / "6-contract.old.sql")
    assert state_of(server, shop, schema="decompose_retired").rows == before.rows
    run(server, shop, place / "7-drop.old.sql")
    assert state_of(server, shop, schema="decompose_retired").rows == {}
    assert state_of(server, new, schema="notifications").rows == before.rows


@pytest.mark.parametrize("until", ["1-copy", "3-switch", "4-contract"])
def test_a_table_is_split_by_columns_and_goes_back_from_every_point(
    server: Server, shop: str, scripts: Path, until: str
) -> None:
    origin = state_of(server, shop)
    first_stage(server, shop, scripts)
    place = scripts / "1b-split-by-columns" / "users-payments"
    before = server.query(shop, "SELECT id, credit_cents, gateway_customer, vat_number FROM accounts.users ORDER BY id")
    for name in ("1-copy", "1-copy", "2-verify", "3-switch", "3-switch", "4-contract", "4-contract"):
        run(server, shop, place / f"{name}.sql")
        wanted = "SELECT id, credit_cents, gateway_customer, vat_number FROM payments.users_payments ORDER BY id"
        assert server.query(shop, wanted) == before
        if name == until and name == "1-copy":
            server.execute(shop, "UPDATE users SET credit_cents = 77 WHERE id = 1")
            assert server.query(shop, "SELECT credit_cents FROM payments.users_payments WHERE id = 1") == [(77,)]
            before = server.query(shop, wanted)
        if name == "3-switch":
            with pytest.raises(psycopg.errors.RaiseException, match="credit_cents has moved to payments"):
                server.execute(shop, "UPDATE users SET credit_cents = 5 WHERE id = 1")
            server.execute(shop, "UPDATE users SET name = 'other' WHERE id = 1")
            server.execute(shop, "UPDATE payments.users_payments SET credit_cents = 42 WHERE id = 1")
            assert server.query(shop, "SELECT credit_cents FROM users WHERE id = 1") == [(42,)]
            before = server.query(shop, wanted)
        if name == until:
            break
    late = server.psql(shop, place / "1-copy.sql")
    assert (late.returncode == 0) == (until == "1-copy")
    run(server, shop, place / "back.sql")
    run(server, shop, place / "back.sql")
    back = server.query(shop, "SELECT id, credit_cents, gateway_customer, vat_number FROM accounts.users ORDER BY id")
    assert back == before
    first_stage_back(server, shop, scripts)
    whole = state_of(server, shop)
    assert (whole.constraints, whole.indexes) == (origin.constraints, origin.indexes)
    assert {t: r for t, r in whole.rows.items() if t != "users"} == {
        t: r for t, r in origin.rows.items() if t != "users"
    }
    nullable = "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'users'"
    assert set(server.query(shop, nullable)) == set(server.query("shop_origin", nullable))


def test_the_schema_that_the_code_shows_is_that_of_the_database(server: Server, scripts: Path) -> None:
    columns = (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    uniques = (
        "SELECT c.relname, array_agg(a.attname ORDER BY a.attname) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey) "
        "WHERE k.contype IN ('u', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY k.oid, c.relname"
    )
    server.create("shop_from_code")
    for file in sorted((scripts / "schemas").glob("*.sql")):
        run(server, "shop_from_code", file)
    assert set(server.query("shop_from_code", columns)) == set(server.query("shop_origin", columns))
    found = {(table, tuple(names)) for table, names in server.query("shop_from_code", uniques)}
    assert found == {(table, tuple(names)) for table, names in server.query("shop_origin", uniques)}


def test_tables_with_hostile_names_move_and_come_back(server: Server, tmp_path: Path) -> None:
    nasty = 'a\'; DROP TABLE plain; --\n"x" %s :name'
    drawn = by_the_architect()
    system = msgspec.structs.replace(
        drawn.system,
        tables=(*(msgspec.structs.replace(t, name=n) for t, n in zip(drawn.system.tables[:2], (nasty, "plain"), strict=True)),),
        accesses=(), foreign_keys=(), transactions=(),
    )  # fmt: skip
    split = Split(
        name="nasty", generator="", trivial=False, shared=(),
        services=(Service(name="it's", units=(), tables=(nasty,)), Service(name="plain-one", units=(), tables=("plain",))),
    )  # fmt: skip
    files = write_ddl(system, split, split_database(system, split), ("it's", "plain-one"))
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    server.create("shop_nasty")
    quoted = nasty.replace('"', '""')
    server.execute("shop_nasty", f'CREATE TABLE "{quoted}" (id int PRIMARY KEY, v json); CREATE TABLE plain (v text);')
    server.execute(
        "shop_nasty", f"INSERT INTO \"{quoted}\" VALUES (1, '[1]'); INSERT INTO plain VALUES ('a'), ('a'), (NULL);"
    )
    stage = tmp_path / "1-schema-per-service"
    run(server, "shop_nasty", tmp_path / "0-functions.sql", stage / "0-split.sql")
    for place in sorted(stage.glob("0*-*")):
        if place.is_dir():
            run(server, "shop_nasty", place / "1-expand.sql", place / "2-move.sql", place / "3-verify.sql")
    assert state_of(server, "shop_nasty", schema="plain-one").rows["plain"][0] == 3
    server.create("shop_nasty_new")
    (second,) = (tmp_path / "2-database-per-service").glob("*plain-one")
    where: dict[str, str | int] = {"host": "127.0.0.1", "port": server.port, "dbname": "shop_nasty", "user": "shop"}
    run(server, "shop_nasty_new", tmp_path / "0-functions.sql", second / "1-expand.new.sql", **where)
    for _ in range(2):  # without a primary key, and with two rows that are the same
        run(server, "shop_nasty_new", second / "2-copy.new.sql", second / "3-verify.new.sql")
    assert state_of(server, "shop_nasty_new", schema="plain-one").rows["plain"][0] == 3
    for place in sorted(stage.glob("0*-*")):
        if place.is_dir():
            run(server, "shop_nasty", place / "back.sql")
    assert {table: count for table, (count, _) in state_of(server, "shop_nasty").rows.items()} == {nasty: 1, "plain": 3}
