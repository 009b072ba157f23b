"""DDL of several databases: what it defines, what changes it later, and what cannot be read."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest

from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl

if TYPE_CHECKING:
    from tests.conftest import Draw

PG_DUMP = r"""
--
-- PostgreSQL database dump
--
\restrict abc
SET search_path = '';
CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO public.audit (note) VALUES ('x; y');
    RETURN NEW;
END;
$$;

CREATE TABLE public.users (
    id integer NOT NULL,
    email character varying(200) NOT NULL,
    note text DEFAULT 'it''s; fine'
);
ALTER TABLE public.users OWNER TO shop;
CREATE SEQUENCE public.users_id_seq AS integer START WITH 1;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
CREATE TABLE sales.orders (
    id bigint NOT NULL,
    user_id integer,
    total numeric(10,2) NOT NULL
);
CREATE TABLE public.audit (note text);
CREATE TABLE public.events_2024 (id integer);
ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2024 FOR VALUES FROM (1) TO (2);
CREATE VIEW public.spending AS
 SELECT u.email, sum(o.total) AS spent
   FROM (public.users u
     JOIN sales.orders o ON ((o.user_id = u.id)))
  GROUP BY u.email;
CREATE MATERIALIZED VIEW public.cached AS
 SELECT users.id FROM public.users
  WITH NO DATA;
COPY public.users (id, email, note) FROM stdin;
1	a@b.c	CREATE TABLE fake (id int);
\.
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
CREATE INDEX orders_recent ON sales.orders USING btree (user_id) WHERE (total > 0);
CREATE INDEX users_lower ON public.users USING btree (lower((email)::text));
CREATE TRIGGER touched AFTER INSERT OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE ONLY sales.orders
    ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
"""

MYSQLDUMP = """
-- MySQL dump 10.13  Distrib 8.0.36
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(200) COLLATE utf8mb4_bin NOT NULL COMMENT 'it\\'s; here',
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_email` (`email`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;
INSERT INTO `users` VALUES (1,'a;b'),(2,'CREATE TABLE `no` (x int);');
CREATE TABLE `orders` (
  `id` int NOT NULL,
  `user_id` int unsigned DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_user` (`user_id`),
  CONSTRAINT `fk_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `count_up` AFTER INSERT ON `orders` FOR EACH ROW BEGIN
  UPDATE users SET email = email WHERE id = NEW.user_id;
END */;;
DELIMITER ;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */
/*!50001 VIEW `buyers` AS select `users`.`email` AS `email` from (`users` join `orders` on((`orders`.`user_id` = `users`.`id`))) */;
"""

SQLITE_DUMP = """
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE);
CREATE TRIGGER stamp AFTER UPDATE ON users WHEN CASE WHEN new.id THEN 1 ELSE 0 END BEGIN
  DELETE FROM orders WHERE user_id = old.id;
  SELECT CASE WHEN 1 THEN 2 END;
END;
CREATE TABLE last (id INTEGER);
COMMIT;
"""


def columns(catalogue: Catalogue, table: str) -> list[tuple[str, str, bool | None, bool, bool]]:
    """(name, type in the database, nullable, in the primary key, given by the database)."""
    found = next(t for t in catalogue.tables if t.name == table)
    return [(c.name, c.sql_type, c.nullable, c.primary_key, c.generated) for c in found.columns]


def keys(catalogue: Catalogue) -> set[tuple[str, tuple[str, ...], str, tuple[str, ...], str]]:
    """(table, columns, target, its columns, on delete)."""
    return {(k.table, k.columns, k.target_table, k.target_columns, k.on_delete) for k in catalogue.foreign_keys}


def indexes(catalogue: Catalogue) -> set[tuple[str, str, tuple[str, ...], bool, bool]]:
    """(table, name, columns, unique, partial)."""
    return {(t.name, i.name, i.columns, i.unique, i.partial) for t in catalogue.tables for i in t.indexes}


def code(catalogue: Catalogue) -> set[tuple[str, str, str, str, str, tuple[str, ...]]]:
    """(kind, name, table, event, calls, tables written)."""
    return {(r.kind, r.name, r.table, r.event, r.calls, r.tables_written) for r in catalogue.routines}


def test_what_pg_dump_writes() -> None:
    found = read_ddl(PG_DUMP, "dump.sql", "dump")
    assert found.about.dialect == "postgres"
    assert {t.name: (t.kind, t.reads) for t in found.tables} == {
        "users": ("table", ()),
        "sales.orders": ("table", ()),
        "audit": ("table", ()),
        "spending": ("view", ("sales.orders", "users")),
        "cached": ("view", ("users",)),
    }
    assert columns(found, "users") == [
        ("id", "integer", False, True, True),
        ("email", "varchar(200)", False, False, False),
        ("note", "text", True, False, False),
    ]
    assert columns(found, "sales.orders")[2] == ("total", "numeric(10, 2)", False, False, False)
    assert [c[0] for c in columns(found, "spending")] == ["email", "spent"]
    assert keys(found) == {("sales.orders", ("user_id",), "users", ("id",), "SET NULL")}
    assert indexes(found) == {
        ("users", "users_email_key", ("email",), True, False),
        ("users", "users_lower", (), False, False),
        ("sales.orders", "orders_recent", ("user_id",), False, True),
    }
    assert code(found) == {
        ("function", "touch", "", "", "", ("audit",)),
        ("trigger", "touched", "users", "AFTER INSERT OR UPDATE", "touch", ()),
    }
    assert found.blind_spots == ()
    lines = PG_DUMP.split("\n")
    assert {t.name: lines[t.line - 1].split()[1] for t in found.tables} == {
        "users": "TABLE", "sales.orders": "TABLE", "audit": "TABLE", "spending": "VIEW", "cached": "MATERIALIZED",
    }  # fmt: skip


def test_what_mysqldump_writes() -> None:
    found = read_ddl(MYSQLDUMP, "dump.sql", "dump")
    assert found.about.dialect == "mysql"
    assert {t.name: t.reads for t in found.tables} == {"users": (), "orders": (), "buyers": ("orders", "users")}
    assert [(name, null, key, given) for name, _, null, key, given in columns(found, "users")] == [
        ("id", False, True, True),
        ("email", False, False, False),
    ]
    assert keys(found) == {("orders", ("user_id",), "users", ("id",), "CASCADE")}
    assert indexes(found) == {
        ("users", "by_email", ("email",), True, False),
        ("orders", "by_user", ("user_id",), False, False),
    }
    assert code(found) == {("trigger", "count_up", "orders", "AFTER INSERT", "", ("users",))}
    assert found.blind_spots == ()


def test_what_sqlite_dumps() -> None:
    found = read_ddl(SQLITE_DUMP, "dump.sql", "dump")
    assert found.about.dialect == "sqlite"
    assert [t.name for t in found.tables] == ["users", "orders", "last"]
    assert columns(found, "users")[0][1:] == ("integer", False, True, True)
    assert keys(found) == {("orders", ("user_id",), "users", (), "CASCADE")}
    assert indexes(found) == {("users", "", ("email",), True, False)}
    assert code(found) == {("trigger", "stamp", "users", "AFTER UPDATE", "", ("orders",))}


def test_what_changes_a_table_later_is_replayed() -> None:
    found = read_ddl(
        textwrap.dedent("""
        CREATE TABLE old (id int primary key, gone text);
        ALTER TABLE old RENAME TO orders;
        ALTER TABLE orders ADD COLUMN total int NOT NULL, DROP COLUMN gone;
        ALTER TABLE orders RENAME COLUMN total TO sum;
        ALTER TABLE orders RENAME sum TO amount;
        CREATE TABLE scrap (id int REFERENCES orders (id));
        DROP TABLE scrap;
        CREATE TEMPORARY TABLE working (id int);
        CREATE TABLE copied AS SELECT * FROM orders;
        """),
        "a.sql",
        "ddl",
    )
    assert [t.name for t in found.tables] == ["orders", "copied"]
    assert [c.name for c in found.tables[0].columns] == ["id", "amount"]
    assert found.foreign_keys == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("CREATE TABLE a (id int, ??? !!);", "the columns of a could not be read", id="nonsense"),
        pytest.param("CREATE TABLE a (id int,", "the columns of a could not be read", id="half a statement"),
        pytest.param(
            "CREATE TABLE a (id int {% for c in cs %}, {{ c }} {% endfor %} !);",
            "the columns of a could not be read: a template",
            id="template",
        ),
    ],
)
def test_a_table_that_no_dialect_reads_is_known_by_name_and_counted(text: str, reason: str) -> None:
    found = read_ddl(text, "a.sql", "ddl")
    assert [(t.name, t.columns) for t in found.tables] == [("a", ())]
    assert [(b.kind, b.file, b.line, b.reason) for b in found.blind_spots] == [("unreadable sql", "a.sql", 1, reason)]


def test_more_ddl_than_is_read_is_counted() -> None:
    one = "CREATE TABLE t{0} (id int, note text DEFAULT '" + "x" * 150_000 + "');\n"
    found = read_ddl("".join(one.format(n) for n in range(60)), "a.sql", "ddl")
    assert 30 < len(found.tables) < 60
    assert {b.reason for b in found.blind_spots} >= {"more DDL than is read"}


@pytest.mark.parametrize(
    "text",
    ["/*" * 200_000, "$a$" + "$b$" * 200_000, "'" * 300_001, "CREATE TRIGGER " + "BEGIN " * 100_000, "(" * 100_000],
)
def test_hostile_text_ends(text: str) -> None:
    assert read_ddl(text, "a.sql", "ddl").tables == ()


def test_sql_files_of_the_application_give_views_and_code_in_the_database(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
                from django.db import models
                class User(models.Model):
                    class Meta:
                        db_table = "users"
            """,
            "schema.sql": """
                CREATE TABLE public.Users (id int PRIMARY KEY, legacy text);
                CREATE VIEW names AS SELECT legacy FROM Users;
                CREATE TRIGGER t AFTER INSERT ON USERS BEGIN DELETE FROM names; END;
            """,
        }
    )
    assert app.tables() == {"users": "model", "names": "ddl"}
    assert app.table("users").known_from == ("model", "ddl")
    assert app.table("names").reads == ("users",)
    assert {(c.name, c.source, c.file) for c in app.table("users").columns} == {
        ("id", "model", "m.py"), ("legacy", "ddl", "schema.sql"),
    }  # fmt: skip
    assert [(r.kind, r.name, r.table, r.tables_written) for r in app.system.routines] == [
        ("trigger", "t", "users", ("names",))
    ]
    assert app.system.source_lines["schema.sql"][2] == "CREATE VIEW names AS SELECT legacy FROM Users;"
    assert app.system.schema_differences == ()


def test_sql_in_migrations_gives_views_code_and_columns(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_first.py": """
                from django.db import migrations
                class Migration(migrations.Migration):
                    operations = [
                        migrations.RunSQL("CREATE TABLE totals (id int PRIMARY KEY, day date)"),
                        migrations.RunSQL("CREATE VIEW recent AS SELECT id FROM totals; CREATE VIEW old AS SELECT 1 AS x"),
                        migrations.RunSQL(
                            "CREATE TRIGGER t AFTER INSERT ON totals FOR EACH ROW EXECUTE FUNCTION f()",
                        ),
                    ]
            """,
            "shop/migrations/0002_second.py": """
                from django.db import migrations
                class Migration(migrations.Migration):
                    operations = [migrations.RunSQL("DROP VIEW old", "CREATE VIEW old AS SELECT 1 AS x")]
            """,
            "shop/work.py": "def work(): ...",
        }
    )
    assert {t.name: (t.kind, t.source, t.line) for t in app.system.tables} == {
        "totals": ("table", "migration", 4),
        "recent": ("view", "migration", 5),
    }
    assert [(c.name, c.sql_type, c.line) for c in app.table("totals").columns] == [
        ("id", "integer", 4),
        ("day", "date", 4),
    ]
    assert app.table("recent").reads == ("totals",)
    assert [(r.kind, r.name, r.table, r.calls, r.line) for r in app.system.routines] == [
        ("trigger", "t", "totals", "f", 6)
    ]


PLAIN_FORMS = (
    (
        "CREATE TABLE a.{t} (id bigint NOT NULL, {n} character varying(30) DEFAULT 'x, (y)'::character varying, b serial PRIMARY KEY,"
        " c integer UNIQUE REFERENCES o(id) ON DELETE SET NULL, CONSTRAINT k UNIQUE (id, {n}), CHECK ((b > 1)), PRIMARY KEY (id, b));"
    ),
    "CREATE TABLE IF NOT EXISTS {t} (id int); CREATE TABLE IF NOT EXISTS {t} (other int);",
    (
        "CREATE TABLE {t} (a int, b int, c int); ALTER TABLE ONLY {t} ADD CONSTRAINT p PRIMARY KEY (a);"
        " ALTER TABLE {t} ADD CONSTRAINT u UNIQUE (b, c);"
        " ALTER TABLE {t} ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES a.o (id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE;"
    ),
    (
        "CREATE TABLE {t} (a int, b int); CREATE UNIQUE INDEX i ON {t} USING btree (a DESC, b) WHERE (a IS NOT NULL);"
        " CREATE INDEX e ON {t} (lower(b)); CREATE INDEX j ON {t} (b NULLS LAST);"
    ),
    (
        "CREATE TABLE `{t}` (`id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `{n}` enum('a','b') DEFAULT NULL COMMENT 'it''s',"
        " PRIMARY KEY (`id`), UNIQUE KEY `u` (`{n}`), KEY `k` (`id`,`{n}`), KEY `p` (`{n}`(10)),"
        " CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `o` (`id`) ON DELETE CASCADE) ENGINE=InnoDB;"
    ),
    "CREATE TABLE {t} (id INTEGER PRIMARY KEY AUTOINCREMENT, {n} TEXT NOT NULL);",
)


@pytest.mark.parametrize("form", PLAIN_FORMS)
def test_plain_forms_are_read_as_the_parser_reads_them(form: str) -> None:
    text = form.format(t="things", n="name")
    # A comment inside of a statement leaves it to the parser as a whole.
    parsed = re.sub(r"\b(TABLE|ADD|INDEX)(?= )", r"\1 /* as it is */", text)
    plain, whole = read_ddl(text, "f.sql", "dump"), read_ddl(parsed, "f.sql", "dump")
    assert plain.tables == whole.tables
    assert plain.foreign_keys == whole.foreign_keys
    assert plain.tables
    assert not plain.blind_spots


def test_a_view_that_is_dropped_later_is_gone(draw: Draw) -> None:
    script = """
        CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);
        CREATE VIEW mails AS SELECT mail FROM users;
        CREATE VIEW old AS SELECT id FROM users;
        DROP VIEW old;
    """
    app = draw({"app.py": "def f(): pass", "schema.sql": script})
    assert {(table.name, table.kind) for table in app.system.tables} == {("users", "table"), ("mails", "view")}


def test_columns_that_are_renamed_or_dropped_take_their_indexes_and_keys_along(draw: Draw) -> None:
    app = draw(
        {
            "app.py": "def f(): pass",
            "schema.sql": """
            CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT, nick TEXT);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, who INTEGER REFERENCES users(id), by INTEGER REFERENCES users(id));
            CREATE UNIQUE INDEX by_mail ON users (mail);
            CREATE INDEX by_nick ON users (nick);
            ALTER TABLE users RENAME COLUMN mail TO email;
            ALTER TABLE users RENAME COLUMN id TO number;
            ALTER TABLE users DROP COLUMN nick;
            ALTER TABLE orders RENAME COLUMN who TO user_id;
            ALTER TABLE orders DROP COLUMN by;
            """,
        }
    )
    users = next(table for table in app.system.tables if table.name == "users")
    assert [c.name for c in users.columns] == ["number", "email"]
    assert [(i.name, i.columns) for i in users.indexes] == [("by_mail", ("email",))]
    assert [(k.table, k.columns, k.target_table, k.target_columns) for k in app.system.foreign_keys] == [
        ("orders", ("user_id",), "users", ("number",))
    ]
