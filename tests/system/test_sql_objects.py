"""Objects of the application's own that make SQL of the tables that they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

LAYER = """
    class Insert:
        def __init__(self, table, data=None):
            self.table = table
            self.data = data

        def __str__(self):
            parts = ["INSERT INTO %s " % self.table]
            parts.append("(%s)" % ", ".join(self.data))
            return "".join(parts)

        def execute(self):
            cursor().execute(str(self), self.data)

    class Quiet(Insert):
        def __init__(self, table, data=None, quiet=True):
            super().__init__(table, data=data)

    class Delete:
        def __init__(self, table):
            self.table = table

        def __str__(self):
            return f"DELETE FROM {self.table}"

    class Query:
        def __init__(self, columns=None, tables=None, joins=None):
            self.tables, self.joins = tables, joins

        def __str__(self):
            text = '''
                SELECT %(columns)s
                  FROM %(tables)s
                %(joins)s
            '''
            return text % vars(self)

    class Label:
        def __init__(self, table):
            self.text = "came from %s" % table

    def cursor(): pass
"""
SCHEMA = """
    CREATE TABLE builds (id int PRIMARY KEY);
    CREATE TABLE packages (id int PRIMARY KEY);
    CREATE TABLE tasks (id int PRIMARY KEY);
    CREATE TABLE users (id int PRIMARY KEY);
"""


def test_an_object_that_is_given_its_table(draw: Draw) -> None:
    app = draw(
        {
            "schema.sql": SCHEMA,
            "db.py": LAYER,
            "hub.py": """
                from db import Delete, Insert, Label, Query, Quiet

                def add(): Insert("builds", data={"id": 1}).execute()

                def add_quietly():
                    insert = Quiet("packages", {"id": 1})
                    insert.execute()

                def remove(): return Delete(table="tasks")

                def find(columns):
                    tables = ["builds"]
                    joins = ["LEFT JOIN packages ON packages.id = builds.package", "users ON users.id = builds.owner"]
                    return Query(columns=["tasks"], tables=tables, joins=joins)

                def label(): return Label("users")

                def unknown(): return Insert("nothing_of_the_kind")
            """,
        }
    )
    assert {access for access in app.accesses() if access[0].startswith("hub:")} == {
        ("hub:add", "insert", "builds"),
        ("hub:add_quietly", "insert", "packages"),
        ("hub:remove", "delete", "tasks"),
        ("hub:find", "read", "builds"),
        ("hub:find", "read", "packages"),
        ("hub:find", "read", "users"),
    }
    assert {access.resolution for access in app.system.accesses if access.definition == "hub:find"} == {"inferred"}
