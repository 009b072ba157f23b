"""Which ways to share a table are offered, and what speaks for each or against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from decompose.plan.consequences import consequences
from tests.database.test_sagas import split_by_package

if TYPE_CHECKING:
    from decompose.database.split import DatabaseDesign
    from tests.conftest import Draw

CONNECT = "import sqlite3\n\nconnection = sqlite3.connect('x')\n"


def design_of(draw: Draw, files: dict[str, str]) -> DatabaseDesign:
    """What becomes of the database where each of three packages is a service."""
    names = ("orders", "bills", "mail")
    app = draw({**{f"{name}/__init__.py": "" for name in names}, **files})
    design = consequences(app.system, split_by_package(app, *names)).database.design
    assert design is not None
    return design


def kinds_of(design: DatabaseDesign, table: str) -> list[str]:
    """The ways to share a table, the recommended first."""
    return next([option.kind for option in shared.options] for shared in design.shared_tables if shared.table == table)


def rates(columns: int) -> str:
    """DDL of a table of rates with so many columns, and of one for bills."""
    listed = ", ".join(f"c{number} integer" for number in range(columns))
    return f"create table orders_rate ({listed}); create table bills_bill (id integer);"


CHANGE = f"{CONNECT}\n\ndef change():\n    connection.execute('update orders_rate set c0 = 1')\n"
READ = f"{CONNECT}\n\ndef read():\n    return connection.execute('select c0 from orders_rate').fetchall()\n"
READ_AND_WRITE = f"""{CONNECT}

def read():
    with connection:
        connection.execute('select c0 from orders_rate').fetchall()
        connection.execute('insert into bills_bill values (1)')
"""


@pytest.mark.parametrize(("columns", "kind"), [(8, "reference data"), (9, "owner with an API")])
def test_only_a_small_table_is_reference_data(draw: Draw, columns: int, kind: str) -> None:
    design = design_of(draw, {"schema.sql": rates(columns), "orders/use.py": CHANGE, "bills/use.py": READ})
    assert kinds_of(design, "orders_rate")[0] == kind


@pytest.mark.parametrize(
    ("bills", "kinds"), [(READ, ["read model", "owner with an API"]), (READ_AND_WRITE, ["owner with an API"])]
)
def test_who_reads_in_a_transaction_that_writes_cannot_do_with_a_late_copy(
    draw: Draw, bills: str, kinds: list[str]
) -> None:
    design = design_of(
        draw, {"schema.sql": rates(9), "orders/use.py": CHANGE, "bills/use.py": bills, "mail/use.py": READ}
    )
    assert kinds_of(design, "orders_rate") == kinds


CLIENT = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Client(Base):
    __tablename__ = "orders_client"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    vat: Mapped[str]
    credit: Mapped[int]
    city: Mapped[str]
    street: Mapped[str]
    phone: Mapped[str]
    fax: Mapped[str]
    born: Mapped[str]
"""
BILLING = """\
from sqlalchemy import text
from sqlalchemy.orm import Session

from orders.models import Client


def settle(session: Session, other):
    client = session.get(Client, 1)
    client.vat = "x"
    CHANGE
"""
OWN_SQL = """\
from sqlalchemy import text
from sqlalchemy.orm import Session


def show(session: Session):
    return session.execute(text("select vat, credit from orders_client")).all()


def check(session: Session):
    return session.execute(text("select vat, credit from orders_client where vat is not null")).all()
"""


@pytest.mark.parametrize(
    ("change", "own", "divided"),
    [
        pytest.param("client.credit = 2", "", True, id="two columns that others change"),
        pytest.param("client.credit = 2", OWN_SQL, False, id="which the owner uses more, in SQL"),
        pytest.param(
            """session.execute(text("select id from orders_client"))""",
            "",
            False,
            id="an identifier is no column to take along",
        ),
    ],
)
def test_columns_go_to_who_uses_them_more_than_the_owner(draw: Draw, change: str, own: str, divided: bool) -> None:
    design = design_of(
        draw,
        {"orders/models.py": CLIENT, "orders/use.py": own, "bills/use.py": BILLING.replace("CHANGE", change)},
    )
    assert ("split by columns" in kinds_of(design, "orders_client")) == divided


@pytest.mark.parametrize(
    ("columns", "index", "kind"),
    [
        ("day date,", "create unique index one on mail_seen (bill, note);", "many-to-many"),
        ("day date,", "create unique index one on mail_seen (bill, note) where day is null;", "foreign key"),
        ("again integer references orders_note (id),", "", "foreign key"),
        ("", "", "many-to-many"),
    ],
)
def test_a_table_stands_between_two_others_if_it_has_two_keys_only_or_these_are_unique(
    draw: Draw, columns: str, index: str, kind: str
) -> None:
    schema = f"""
        create table bills_bill (id integer primary key);
        create table orders_note (id integer primary key);
        create table mail_seen ({columns} bill integer references bills_bill (id), note integer references orders_note (id));
        {index}
        """
    design = design_of(draw, {"schema.sql": schema, "mail/use.py": "def see():\n    pass\n"})
    assert {cut.kind for cut in design.cut_keys} == {kind}


def test_what_is_guessed_makes_nobody_a_writer_and_no_statement_a_join(draw: Draw) -> None:
    app = draw({
        "orders/__init__.py": "",
        "bills/__init__.py": "",
        "schema.sql": rates(2),
        "orders/use.py": f"{CONNECT}\n\ndef join():\n    connection.execute('select c0, id from orders_rate, bills_bill')\n",
        "bills/use.py": CHANGE,
    })  # fmt: skip
    for resolution in ("exact", "guessed"):
        accesses = tuple(msgspec.structs.replace(access, resolution=resolution) for access in app.system.accesses)
        system = msgspec.structs.replace(app.system, accesses=accesses)
        database = consequences(system, split_by_package(app, "orders", "bills")).database
        assert database.design is not None
        contested = any(owner.contested for owner in database.owners)
        assert (bool(database.design.joins), contested) == ((resolution == "exact"),) * 2


def test_a_key_of_a_table_to_itself_ties_it_to_nobody(draw: Draw) -> None:
    schema = """
        create table bills_bill (id integer primary key);
        create table orders_part (
            id integer primary key, whole integer references orders_part (id), bill integer references bills_bill (id)
        );
        """
    app = draw({
        "orders/__init__.py": "", "bills/__init__.py": "", "orders/use.py": "def use():\n    pass\n", "schema.sql": schema,
    })  # fmt: skip
    database = consequences(app.system, split_by_package(app, "orders", "bills")).database
    (part,) = [owner for owner in database.owners if owner.table == "orders_part"]
    assert part.reason.endswith("of its keys 0 of 1 stay")
