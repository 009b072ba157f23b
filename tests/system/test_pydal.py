"""PyDAL's tables, keys and accesses, in the applications of web2py and py4web."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
from gluon.tools import Auth
db = DAL("sqlite://x")
db.define_table(
    "person",
    Field("name", length=40, notnull=True, unique=True),
    Field("born", "date"),
)
Thing = db.define_table(
    "thing",
    Field("owner_id", "reference person", ondelete="SET NULL"),
    Field("second", db.person),
    Field("price", "decimal(10, 2)"),
    Field("tags", "list:string"),
)
db.define_table("pair", Field("a", "integer"), Field("b", "integer"), primarykey=["a", "b"])
db.define_table(computed(), Field("a"))
form = DAL(None)
form.define_table("asked", Field("a"))
"""


def test_tables_and_keys(draw: Draw) -> None:
    app = draw({"shop/models/db.py": MODELS})
    described = {
        table.name: ", ".join(
            f"{c.name} {c.sql_type}{'?' if c.nullable else ''}{'*' if c.primary_key else ''}" for c in table.columns
        )
        for table in app.system.tables
    }
    assert described == {
        "person": "id integer*, name varchar(40), born date?",
        "thing": "id integer*, owner_id integer?, second integer?, price numeric(10,2)?, tags text?",
        "pair": "a integer*, b integer*",
    }
    assert {(k.table, *k.columns, k.target_table, k.on_delete) for k in app.system.foreign_keys} == {
        ("thing", "owner_id", "person", "SET NULL"),
        ("thing", "second", "person", "CASCADE"),
    }


USES = [
    ("db.person.insert(name='x')", {"insert person"}),
    ("db['person'].insert(name='x')", {"insert person"}),
    ("Thing = db.thing; Thing.insert(price=1)", {"insert thing"}),
    ("db.person(1)", {"read person"}),
    ("db.person.update_or_insert(name='x')", {"read person", "insert person", "update person"}),
    ("db(db.person.name == 'x').select()", {"read person"}),
    ("db(db.person.id == db.thing.owner_id).select(db.thing.ALL)", {"read person", "read thing"}),
    ("db().select(db.thing.ALL)", {"read thing"}),
    ("q = db.thing.price > 1\n    q &= db.thing.second == None\n    db(q).update(price=1)", {"update thing"}),
    ("db(db.thing.owner_id.belongs(db(db.person)._select(db.person.id))).delete()", {"delete thing", "read person"}),
    ("db(db.person.name == 'x')", set()),
    ("db((db.person.id == 1) & (db.thing.id == 1)).delete()", set()),
    ("other.person.insert(name='x')", set()),
]


@pytest.mark.parametrize(("body", "expected"), USES)
def test_controllers_know_the_database_of_their_models(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"shop/models/db.py": MODELS, "shop/controllers/default.py": f"def index():\n    {body}\n"})
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected


def test_a_query_whose_table_is_not_seen_is_counted(draw: Draw) -> None:
    app = draw(
        {
            "shop/models/db.py": MODELS,
            "shop/controllers/default.py": "def index(query):\n    return db(query).select()\n",
        }
    )
    assert not app.accesses()
    assert "read of a table whose name is not known" in {spot.reason for spot in app.system.blind_spots}


def test_another_application_has_other_names(draw: Draw) -> None:
    app = draw(
        {
            "shop/models/db.py": MODELS,
            "blog/controllers/default.py": "def index():\n    db.person.insert(name='x')\n",
        }
    )
    assert not app.accesses()


def test_imported_databases(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/common.py": "from pydal import DAL, Field\ndb = DAL('sqlite://x')\n",
            "shop/models.py": "from .common import db, Field\ndb.define_table('person', Field('name'))\n",
            "shop/pages.py": "from .common import db\ndef index():\n    return db(db.person.id > 0).count()\n",
        }
    )
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == {"read person"}
