"""The schema in strings that the program runs: tables, columns, keys and views, as later statements leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

LAYER = """
    import sqlite3
    class Database:
        def __init__(self, path):
            self.connection = sqlite3.connect(path)
            self.serial = "INTEGER PRIMARY KEY"
        def execute(self, query, values=()):
            return self.connection.execute(query, values)
    """
CHANGES = '''
    from shop.layer import Database

    def first(db: Database):
        db.execute("""
            CREATE TABLE users (
                id {db.serial},
                mail TEXT NOT NULL
            )
        """)
        db.execute(f"CREATE TABLE orders (id {db.serial}, user_id INTEGER NOT NULL REFERENCES users(id), paid {db.kind} NOT NULL)")
        db.execute("CREATE UNIQUE INDEX by_mail ON users (mail)")
        db.execute("CREATE VIEW open_orders AS SELECT * FROM orders WHERE paid = 0")

    def second(db: Database):
        db.execute("ALTER TABLE users RENAME COLUMN mail TO email")
        db.execute("ALTER TABLE orders ADD COLUMN note TEXT")

    def third(db: Database, prefix):
        db.execute(f"CREATE TABLE {prefix}_parts (id INTEGER)")
        db.execute("CREATE TABLE lines_new (id INTEGER PRIMARY KEY, number INTEGER)")
        db.execute("DROP TABLE IF EXISTS lines")
        db.execute("ALTER TABLE lines_new RENAME TO lines")
        db.execute("CREATE TEMP TABLE scratch (id INTEGER)")

    def tidy(db: Database):
        db.execute("DROP TABLE users")
    '''
USE = """
    from shop.layer import Database
    def find(db: Database):
        return db.execute("SELECT id FROM users JOIN open_orders ON 1 = 1")
    """


def test_tables_are_as_the_statements_of_the_program_leave_them(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/layer.py": LAYER,
            "shop/changes.py": CHANGES.replace("{db.serial},\n", "INTEGER PRIMARY KEY,\n"),
            "shop/use.py": USE,
        }
    )
    tables = {table.name: table for table in app.system.tables}
    assert {name: (t.kind, t.source, t.file) for name, t in tables.items()} == {
        "users": ("table", "ddl", "shop/changes.py"),
        "orders": ("table", "ddl", "shop/changes.py"),
        "open_orders": ("view", "ddl", "shop/changes.py"),
        "lines": ("table", "ddl", "shop/changes.py"),
    }
    assert [c.name for c in tables["users"].columns] == ["id", "email"]
    assert [(c.name, c.type, c.nullable) for c in tables["orders"].columns] == [
        ("id", "", None),
        ("user_id", "int", False),
        ("paid", "", False),
        ("note", "text", True),
    ]
    assert [(i.name, i.columns, i.unique) for i in tables["users"].indexes] == [("by_mail", ("email",), True)]
    assert tables["open_orders"].reads == ("orders",)
    assert [(k.table, k.columns, k.target_table) for k in app.system.foreign_keys] == [
        ("orders", ("user_id",), "users")
    ]
    assert tables["users"].line == 4, "the line of the call that is given the text"
    assert ("shop.use:find", "users", "read") in {(a.definition, a.table, a.operation) for a in app.system.accesses}


def test_a_script_that_is_a_constant_stands_where_it_is_run(draw: Draw) -> None:
    app = draw(
        {
            "schema.py": 'SCHEMA = """CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER, a_id INTEGER REFERENCES a(id));"""\n'
            'SHOWN = "CREATE TABLE nobody (id INTEGER)"\n',
            "run.py": """
                import sqlite3
                from schema import SCHEMA, SHOWN
                def setup(path):
                    print(SHOWN)
                    sqlite3.connect(path).executescript(SCHEMA)
                """,
        }
    )
    assert {(t.name, t.source, t.file, t.line) for t in app.system.tables} == {
        ("a", "ddl", "run.py", 5),
        ("b", "ddl", "run.py", 5),
    }
    assert [(k.table, k.target_table) for k in app.system.foreign_keys] == [("b", "a")]
