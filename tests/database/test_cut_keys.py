"""What takes the place of keys that a split cuts: tables between two others, generic keys, and constraints over several services."""

from __future__ import annotations

import msgspec
import pytest

from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.database.ddl import DIALECTS, Dialect, write_ddl
from decompose.database.split import CutKey, DatabaseDesign
from decompose.plan.consequences import consequences
from decompose.system.model import System
from tests.conftest import Application, Draw

SHOP = {
    "shop/__init__.py": "",
    "shop/people.py": """
        from django.db import models


        class Person(models.Model):
            name = models.CharField(max_length=9)


        class Club(models.Model):
            members = models.ManyToManyField(Person, through="shop.Membership")
            fans = models.ManyToManyField(Person, related_name="+")
        """,
    "shop/membership.py": """
        from django.db import models

        from shop.people import Club, Person


        class Membership(models.Model):
            person = models.ForeignKey(Person, on_delete=models.CASCADE)
            club = models.ForeignKey(Club, on_delete=models.CASCADE)
            since = models.DateField()


        class Rating(models.Model):
            person = models.ForeignKey(Person, on_delete=models.CASCADE)
            club = models.ForeignKey(Club, on_delete=models.SET_NULL, null=True)
            stars = models.IntegerField()

            class Meta:
                unique_together = [("person", "club")]


        class Visit(models.Model):
            person = models.ForeignKey(Person, on_delete=models.CASCADE)
            club = models.ForeignKey(Club, on_delete=models.CASCADE)
            day = models.DateField()

            class Meta:
                unique_together = [("person", "day")]
        """,
    "shop/tags.py": """
        from django.contrib.contenttypes.fields import GenericForeignKey
        from django.contrib.contenttypes.models import ContentType
        from django.db import models


        class Tag(models.Model):
            word = models.CharField(max_length=9)
            content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
            object_id = models.PositiveIntegerField()
            thing = GenericForeignKey("content_type", "object_id")


        class Plain(models.Model):
            content_type = models.CharField(max_length=9)
            size = models.IntegerField()
        """,
}
OWNERS = {"person": "people", "club": "clubs", "club_fans": "clubs", "tag": "tags", "plain": "tags"}


def _design_of(app: Application) -> DatabaseDesign:
    """People and clubs apart; what is between them has a service of its own."""
    names = ("between", "clubs", "people", "tags")
    tables: dict[str, list[str]] = {name: [] for name in names}
    units: dict[str, list[str]] = {name: [] for name in names}
    for table in app.system.tables:
        owner = OWNERS.get(table.name.removeprefix("shop_"), "between")
        tables[owner].append(table.name)
    for unit in app.system.units:
        owner = OWNERS.get(unit.id.rpartition(":")[2].lower(), "between")
        units[owner].append(unit.id)
    services = tuple(Service(name=n, units=tuple(units[n]), tables=tuple(tables[n])) for n in names)
    split = Split(name="by hand", generator="", trivial=False, services=services, shared=())
    design = consequences(app.system, split).database.design
    assert design is not None
    return design


@pytest.fixture(name="keys")
def _keys(draw: Draw) -> dict[tuple[str, str], CutKey]:
    """(table, first column) -> the cut key."""
    return {(cut.key.table, cut.key.columns[0]): cut for cut in _design_of(draw(SHOP)).cut_keys}


def test_tables_between_two_others_are_named_as_such_with_what_they_say_themselves(
    keys: dict[tuple[str, str], CutKey],
) -> None:
    assert {table: cut.kind for (table, _), cut in keys.items()} == {
        "shop_membership": "many-to-many",
        "shop_club_fans": "many-to-many",
        "shop_rating": "many-to-many",
        "shop_visit": "foreign key",
        "shop_tag": "generic foreign key",
    }
    assert keys["shop_membership", "person_id"].reference == (
        "person_id stays as a plain identifier; the rows tie shop_person to shop_club and stay with between, "
        "with what they say themselves (since)"
    )
    assert keys["shop_club_fans", "person_id"].reference.endswith("stay with clubs")


def test_what_on_delete_did_is_given_to_the_service_that_has_the_rows(keys: dict[tuple[str, str], CutKey]) -> None:
    assert "CASCADE deleted the rows of shop_membership" in keys["shop_membership", "club_id"].on_delete
    assert "clubs sends an event when a row of shop_club is deleted, and between empties it" in (
        keys["shop_rating", "club_id"].on_delete
    )


@pytest.mark.parametrize("deleted", [False, True])
def test_a_key_says_where_no_code_was_seen_to_delete_what_it_points_to(draw: Draw, deleted: bool) -> None:
    code = {"shop/use.py": "from shop.people import Club\ndef close(number): Club.objects.get(id=number).delete()\n"}
    cuts = _design_of(draw(SHOP | code if deleted else SHOP)).cut_keys
    said = {"no code was seen to delete" in cut.on_delete for cut in cuts if cut.key.target_table == "shop_club"}
    assert said == {not deleted}


def test_a_unique_constraint_over_rows_of_several_services_is_named(keys: dict[tuple[str, str], CutKey]) -> None:
    spanning = "unique(person_id, club_id) spans clubs, people, and stays with shop_rating: "
    assert any(told.startswith(spanning) for told in keys["shop_rating", "person_id"].constraints)
    own = "unique(person_id, day) stays with shop_visit: "
    assert any(told.startswith(own) for told in keys["shop_visit", "person_id"].constraints)
    assert not any("unique" in told for told in keys["shop_visit", "club_id"].constraints)


def test_a_generic_key_may_point_to_any_service_and_says_how_to_name_it(keys: dict[tuple[str, str], CutKey]) -> None:
    generic = keys["shop_tag", "content_type_id"]
    assert (generic.service, generic.target_service, generic.key.target_table) == ("tags", "", "")
    assert generic.key.columns == ("content_type_id", "object_id")
    assert "name the service in content_type_id" in generic.reference
    assert generic.constraints == ("keep the index on shop_tag(content_type_id)",)
    assert ("shop_plain", "content_type") not in keys, "a column of that name alone points nowhere"


def test_a_generic_key_without_an_index_needs_one(draw: Draw) -> None:
    app = draw("""
        from sqlalchemy import Column, Integer, String
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        class Mark(Base):
            __tablename__ = "marks"
            id = Column(Integer, primary_key=True)
            object_type = Column(String)
            object_id = Column(Integer)
    """)
    split = Split(
        name="s",
        generator="",
        trivial=False,
        services=(Service(name="a", units=("m:Mark",), tables=("marks",)),),
        shared=(),
    )
    design = consequences(app.system, split).database.design
    assert design is not None
    (key,) = design.cut_keys
    assert key.constraints == (
        "no index on marks(object_id, object_type) was seen: rows are found by them, so make one",
    )


def test_a_constraint_over_columns_that_would_be_divided_is_named(draw: Draw) -> None:
    columns = "\n".join(f"            extra_{n} = Column(String)" for n in range(6))
    app = draw({
        "m/__init__.py": "",
        "m/base.py": f"""
            from sqlalchemy import Column, Integer, String, UniqueConstraint
            from sqlalchemy.orm import DeclarativeBase


            class Base(DeclarativeBase):
                pass


            class User(Base):
                __tablename__ = "users"
                __table_args__ = (UniqueConstraint("name", "iban"),)
                id = Column(Integer, primary_key=True)
                name = Column(String)
                iban = Column(String)
                credit = Column(Integer)
{columns.replace("            ", "                ")}
            """,
        "m/users.py": """
            from m.base import User


            def rename(session, name):
                user = session.get(User, 1)
                user.name = user.name + name
            """,
        "m/billing.py": """
            from sqlalchemy.orm import Session

            from m.base import User


            def charge(session: Session):
                user = session.get(User, 1)
                user.credit = user.credit - 1
                user.iban = user.iban.strip()
            """,
    })  # fmt: skip
    units = {"users": [], "billing": []}  # type: dict[str, list[str]]
    for unit in app.system.units:
        units["billing" if unit.module == "m.billing" else "users"].append(unit.id)
    services = tuple(
        Service(name=name, units=tuple(units[name]), tables=("users",) if name == "users" else ()) for name in units
    )
    split = Split(name="s", generator="", trivial=False, services=services, shared=())
    design = consequences(app.system, split).database.design
    assert design is not None
    (shared,) = design.shared_tables
    assert shared.options[0].kind == "split by columns"
    assert shared.options[0].groups[0].columns == ("credit", "iban")
    assert "unique(name, iban) would span services" in shared.options[0].reason
    without = msgspec.structs.replace(
        app.system, tables=tuple(msgspec.structs.replace(table, indexes=()) for table in app.system.tables)
    )
    whole = consequences(without, split).database.design
    assert whole is not None
    assert "unique" not in whole.shared_tables[0].options[0].reason


def test_tables_that_point_to_each_other_get_their_keys_when_both_are_there(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/models.py": """
            from django.db import models


            class Person(models.Model):
                home = models.ForeignKey("m.House", null=True, on_delete=models.SET_NULL)


            class House(models.Model):
                owner = models.ForeignKey("m.Person", on_delete=models.CASCADE)
            """,
    })  # fmt: skip
    names = tuple(table.name for table in app.system.tables)
    units = tuple(unit.id for unit in app.system.units)
    split = Split(
        name="s", generator="", trivial=False, services=(Service(name="all", units=units, tables=names),), shared=()
    )
    without = msgspec.structs.replace(
        app.system,
        tables=tuple(
            msgspec.structs.replace(t, columns=(), file="") if t.name == "m_house" else t for t in app.system.tables
        ),
    )
    for dialect in DIALECTS:
        (text,) = (t for path, t in _ddl(app.system, split, dialect).items() if path.startswith("schemas/"))
        created, added = text.count("CREATE TABLE"), text.count("ALTER TABLE")
        assert (created, added) == (2, 0 if dialect == "sqlite" else 1)
        assert text.count("REFERENCES") == 2
        (text,) = (t for path, t in _ddl(without, split, dialect).items() if path.startswith("schemas/"))
        assert "REFERENCES" not in text
        assert "m_person(home_id) points to m_house, of which no columns are known" in text
        assert "-- m_house: no columns are known; copy it from the database." in text


def _ddl(system: System, split: Split, dialect: Dialect) -> dict[str, str]:
    return write_ddl(system, split, split_database(system, split), ["all"], dialect)
