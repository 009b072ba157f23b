"""Tables that each service's database has of its own: they have no owner, tie nobody, cross nothing, and are told."""

from __future__ import annotations

import pytest

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.pins import Pin, Pins
from decompose.boundaries.split import SHARED, Service, Split
from decompose.database import split_database
from decompose.database.ddl import write_ddl
from decompose.errors import ConfigurationError
from decompose.plan.consequences import consequences
from decompose.report.exports import EXPORTS
from decompose.runs.analysis import Analysis
from decompose.runs.checking import check
from decompose.system.model import System
from tests.conftest import Application, Draw

_SHOP = {
    "shop/__init__.py": "",
    "shop/billing.py": """
        from django.contrib.contenttypes.models import ContentType
        from django.contrib.sessions.models import Session
        from django.db import models, transaction


        class Bill(models.Model):
            kind = models.ForeignKey(ContentType, on_delete=models.CASCADE)
            number = models.IntegerField()


        def pay(number):
            with transaction.atomic():
                Bill.objects.create(number=number)
                Session.objects.all().delete()


        def kind_of_bill():
            return ContentType.objects.get_for_model(Bill)
        """,
    "shop/people.py": """
        from django.contrib.auth.models import Permission
        from django.contrib.contenttypes.models import ContentType
        from django.contrib.sites.models import Site
        from django.db import models


        class Person(models.Model):
            name = models.CharField(max_length=9)


        def kind_of_person():
            return ContentType.objects.get_for_model(Person)


        def may(person):
            return Permission.objects.get(codename=person), Site.objects.get_current()
        """,
}
_CONTENT_TYPES, _SESSIONS = "django_content_type", "django_session"


def _split(system: System) -> Split:
    services = tuple(
        Service(
            name=name,
            units=tuple(unit.id for unit in system.units if unit.module == f"shop.{name}"),
            tables=tuple(t.name for t in system.tables if (t.name == "shop_bill") == (name == "billing") and t.file),
        )
        for name in ("billing", "people")
    )
    return Split(name="by hand", generator="", trivial=False, services=services, shared=())


@pytest.fixture(name="shop")
def _shop(draw: Draw) -> Application:
    return draw(_SHOP)


def test_what_the_framework_keeps_for_itself_is_known_and_what_is_the_business_s_is_not(shop: Application) -> None:
    assert {table.name for table in shop.system.tables if table.each_has_its_own} == {_CONTENT_TYPES, _SESSIONS}
    assert {"auth_permission", "django_site", "shop_bill", "shop_person"} <= shop.tables().keys()
    assert ("shop.people:kind_of_person", "read", _CONTENT_TYPES) in shop.accesses()


def test_nobody_is_tied_by_such_a_table_or_holds_data_for_it(shop: Application) -> None:
    graph = EvidenceGraph(shop.system)
    assert graph.had_by_each == {f"table:{_CONTENT_TYPES}", f"table:{_SESSIONS}"}
    assert not {_CONTENT_TYPES, _SESSIONS} & graph.table_node.keys()
    assert graph.unit_node["shop.people:kind_of_person"] not in graph.holds_data
    assert graph.unit_node["shop.people:may"] in graph.holds_data
    assert graph.unit_node["shop.billing:pay"] in graph.holds_data


def test_it_has_no_owner_and_who_touches_it_crosses_nothing(shop: Application) -> None:
    found = split_database(shop.system, _split(shop.system))
    told = {owner.table: (owner.owner, owner.reason) for owner in found.owners if owner.owner == SHARED}
    assert told[_CONTENT_TYPES] == (
        SHARED,
        "each service's database has its own, brought by django.contrib.contenttypes: read 2 times in the whole application",
    )
    assert told[_SESSIONS][1].endswith("django.contrib.sessions: written once in the whole application")
    assert not {_CONTENT_TYPES, _SESSIONS} & {item.access.table for item in found.foreign_accesses}
    assert found.spanning_transactions == ()
    assert [t.tables_written for t in shop.system.transactions] == [(_SESSIONS, "shop_bill")]


def test_a_check_counts_it_as_no_new_member(shop: Application) -> None:
    every = {unit.id: unit.module.rpartition(".")[2] for unit in shop.system.units}
    every |= {table.name: "people" for table in shop.system.tables}
    split = split_from_assignment(shop.system, every, "by hand")
    assert "shop_person" in next(service.tables for service in split.services if service.name == "people"), (
        "a table by its name alone"
    )
    found = check(shop.system, shop.system, split)
    assert (found.new, found.placed) == ((), 0)


def test_what_points_to_its_rows_by_number_is_a_warning(shop: Application) -> None:
    design = consequences(shop.system, _split(shop.system)).database.design
    assert design is not None
    warnings = [warning for warning in design.warnings if "each service" in warning]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{_CONTENT_TYPES}: each service's database has its own. Keys to it are cut")


def test_scripts_know_the_keys_to_it_and_move_no_row_of_it(shop: Application) -> None:
    split = _split(shop.system)
    files = write_ddl(shop.system, split, split_database(shop.system, split), ["billing", "people"])
    assert f"('shop_bill', 'kind_id', '{_CONTENT_TYPES}')" in files["1-schema-per-service/0-split.sql"]
    assert "its own, so no script moves rows of it" in files["README.md"]
    assert f"owns {_CONTENT_TYPES}" not in files["README.md"]
    assert not [path for path, text in files.items() if f"'{_SESSIONS}'" in text and path.endswith("0-split.sql")]


def test_every_split_places_it_as_shared_and_a_partition_by_hand_may_name_it(shop: Application) -> None:
    proposal = propose(shop.system)
    analysis = Analysis(
        format_version=0, decompose_version="", system=shop.system, splits=proposal.splits,
        recommendation=proposal.recommendation, databases=(), plans=(),
    )  # fmt: skip
    rows = [row[:4] for row in EXPORTS["assignments"].rows(analysis) if row[2] in (_CONTENT_TYPES, _SESSIONS)]
    assert rows == [
        (split.name, "table", table, SHARED) for split in proposal.splits for table in (_CONTENT_TYPES, _SESSIONS)
    ]
    by_hand = {"shop.people:Person": "people", "shop.billing:Bill": "billing", f"table:{_SESSIONS}": "people"}
    for homes in (by_hand, {**by_hand, f"table:{_SESSIONS}": SHARED}):
        assert _SESSIONS not in split_from_assignment(shop.system, homes, "by hand").service_of_table()


def test_it_cannot_be_pinned(shop: Application) -> None:
    pins = Pins(services=(("people", (Pin(f"table:{_SESSIONS}", "here"),)),))
    with pytest.raises(ConfigurationError, match="each service's database has of its own"):
        propose(shop.system, SplitOptions(pins=pins))


def test_what_a_tool_for_migrations_keeps_in_a_dump_of_the_schema_is_of_each_database(draw: Draw) -> None:
    dump = """
        CREATE TABLE bills (id INTEGER PRIMARY KEY);
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
        CREATE TABLE migration_versions (id INTEGER PRIMARY KEY);
        CREATE TABLE aerich (id INTEGER PRIMARY KEY);
        """
    code = """
        def pay(connection):
            connection.execute("INSERT INTO bills (id) VALUES (1)")
            connection.execute("SELECT version_num FROM alembic_version")
        """
    system = draw({"shop/__init__.py": "", "shop/bills.py": code, "schema.sql": dump}).system
    own = {table.name: table.each_has_its_own for table in system.tables}
    assert own == {"aerich": True, "alembic_version": True, "bills": False, "migration_versions": False}
    assert {access.table for access in system.accesses} == {"bills"}
    split = split_from_assignment(system, {unit.id: "billing" for unit in system.units}, "by hand")
    owners = {owner.table: owner.owner for owner in split_database(system, split).owners}
    assert (owners["bills"], owners["alembic_version"]) == ("billing", SHARED)
