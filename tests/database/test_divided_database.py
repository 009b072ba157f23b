"""What a split does to the database, against ties that were drawn."""

from __future__ import annotations

import msgspec
import pytest

from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import SHARED, Split
from decompose.database import split_database
from decompose.database.split import DatabaseSplit
from decompose.system.model import ForeignKey, System
from tests.applications import DOMAINS, analysed_shop


def by_domain(system: System, **other: str) -> Split:
    """One service for each domain; ``other`` says which domain shows which page."""
    place = {unit.id: unit.module.split(".")[1] for unit in system.units}
    assignment = {unit: domain if domain in DOMAINS else other.get(domain, SHARED) for unit, domain in place.items()}
    return split_from_assignment(system, assignment, "by domain")


@pytest.fixture(name="system")
def _system() -> System:
    return analysed_shop().analysis.system


@pytest.fixture(name="database")
def _database(system: System) -> DatabaseSplit:
    return split_database(system, by_domain(system))


def test_every_table_has_the_owner_of_its_model(database: DatabaseSplit) -> None:
    assert {ownership.table: ownership.owner for ownership in database.owners} == {
        "users": "accounts", "addresses": "accounts", "products": "catalogue", "categories": "catalogue",
        "invoices": "billing", "invoice_lines": "billing",
    }  # fmt: skip


def test_every_split_has_an_owner_for_every_table(system: System) -> None:
    analysis = analysed_shop().analysis
    tables = {table.name for table in system.tables}
    assert {d.split for d in analysis.databases} == {split.name for split in analysis.splits if not split.trivial}
    for divided in analysis.databases:
        services = {s.name for split in analysis.splits if split.name == divided.split for s in split.services}
        assert {ownership.table for ownership in divided.owners} == tables
        assert {ownership.owner for ownership in divided.owners} <= services


def test_the_one_foreign_key_between_domains_is_cut(database: DatabaseSplit) -> None:
    assert [
        (c.key.table, c.key.columns, c.key.target_table, c.service, c.target_service) for c in database.cut_foreign_keys
    ] == [("invoices", ("user_id",), "users", "billing", "accounts")]


def test_accesses_across_domains_are_found_with_their_lines(database: DatabaseSplit) -> None:
    assert {
        (f.access.definition, f.access.operation, f.access.table, f.access.line, f.service, f.owner)
        for f in database.foreign_accesses
    } == {
        ("shop.billing.service:bill", "read", "products", 60, "billing", "catalogue"),
        ("shop.billing.service:bill_new_user", "insert", "users", 66, "billing", "accounts"),
    }


def test_the_one_transaction_that_spans_is_found(database: DatabaseSplit) -> None:
    assert [
        (s.transaction.definition, s.transaction.tables_written, s.transaction.line, s.services)
        for s in database.spanning_transactions
    ] == [("shop.billing.service:bill_new_user", ("invoices", "users"), 65, ("accounts", "billing"))]


def test_a_table_that_others_write_is_contested_and_says_by_whom(database: DatabaseSplit) -> None:
    contested = {ownership.table: ownership for ownership in database.owners if ownership.contested}
    assert set(contested) == {"users"}
    assert contested["users"].writers == {"accounts": 5, "billing": 1}
    assert contested["users"].reason.startswith("writes it 5 times; also written by billing once; ")
    single = next(ownership for ownership in database.owners if ownership.table == "invoices")
    assert single.reason.startswith("the only service that writes it (7 times); ")


def test_writers_and_readers_count_every_access_once(system: System, database: DatabaseSplit) -> None:
    counted = sum(sum(o.writers.values()) + sum(o.readers.values()) for o in database.owners)
    assert counted == len([access for access in system.accesses if access.resolution != "guessed"])


def test_one_service_cuts_nothing(system: System) -> None:
    whole = split_database(system, split_from_assignment(system, {unit.id: "all" for unit in system.units}, "all"))
    assert (whole.cut_foreign_keys, whole.foreign_accesses, whole.spanning_transactions) == ((), (), ())
    assert not any(ownership.contested for ownership in whole.owners)


def test_guessed_accesses_and_keys_to_unknown_tables_count_for_nothing(system: System, database: DatabaseSplit) -> None:
    guessed = [
        msgspec.structs.replace(access, table="categories", operation="delete", resolution="guessed")
        for access in system.accesses
    ]
    key = ForeignKey(
        table="users", columns=("x",), target_table="elsewhere", target_columns=(), on_delete="", file="x.py", line=1
    )
    changed = msgspec.structs.replace(
        system, accesses=(*system.accesses, *guessed), foreign_keys=(*system.foreign_keys, key)
    )
    assert split_database(changed, by_domain(system)) == database


# Partitions by hand that leave tables out


def without_models(system: System) -> System:
    """The same tables, as plain SQL would know them."""
    return msgspec.structs.replace(system, units=tuple(msgspec.structs.replace(u, model_of="") for u in system.units))


def test_a_table_without_a_model_goes_to_its_writers(system: System) -> None:
    split = by_domain(without_models(system))
    assert split.service_of_table() == by_domain(system).service_of_table()


def test_many_readers_do_not_outweigh_the_writer(system: System) -> None:
    bare = without_models(system)
    reads = [a for a in bare.accesses if a.table == "products" and a.definition == "shop.billing.service:bill"]
    split = by_domain(msgspec.structs.replace(bare, accesses=(*bare.accesses, *(50 * reads))))
    assert reads
    assert split.service_of_table()["products"] == "catalogue"


def test_a_table_that_nobody_touches_has_an_owner(system: System) -> None:
    bare = msgspec.structs.replace(without_models(system), accesses=(), foreign_keys=(), transactions=())
    split = by_domain(bare)
    assert sorted(split.service_of_table()) == sorted(table.name for table in system.tables)


def test_a_table_that_only_others_read_says_who_does(system: System) -> None:
    reads = [a for a in system.accesses if a.table == "products" and a.definition == "shop.billing.service:bill"]
    kept = tuple(a for a in system.accesses if a.table != "products")
    changed = msgspec.structs.replace(system, accesses=(*kept, *reads), transactions=())
    owners = {owner.table: owner for owner in split_database(changed, by_domain(system)).owners}
    assert owners["products"].reason.startswith("its model is here; only billing reads it")
    nobody = msgspec.structs.replace(changed, accesses=kept)
    owners = {owner.table: owner for owner in split_database(nobody, by_domain(system)).owners}
    assert owners["products"].reason.startswith("its model is here; no access was seen")
