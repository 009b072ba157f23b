"""What other programs read: the columns of design.md section 5, in every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from decompose.boundaries import DIRECTIONS
from tests.applications import analysed_shop, run_cli

CONTRACT = {
    "definitions": "id kind file line end_line unit",
    "calls": "caller callee kind resolution rule file line",
    "unit_calls": "source_unit target_unit caller callee kind resolution rule file line",
    "accesses": "definition table operation columns role resolution rule file line",
    "tables": "table model source file line",
    "foreign_keys": "table columns target_table target_columns on_delete file line",
    "transactions": "definition scope tables_written tables_read file line",
    "entry_points": "kind name handler file line",
    "splits": "split generator services",
    "assignments": "split kind id service confidence file",
    "cuts": "split source_service target_service kind source target resolution file line source_unit target_unit",
    "steps": "split order service",
    "blind_spots": "kind definition file line reason",
}
"""WHAT -> the leading columns; more may follow."""


def export(what: str, *options: str | Path) -> str:
    """Run the command; what is on stdout."""
    result = run_cli("export", analysed_shop().run, what, *options, cwd=analysed_shop().base.parent)
    assert result.returncode == 0, result.stderr
    return result.stdout


def rows(what: str, *options: str) -> list[dict[str, str]]:
    """The lines of a CSV export."""
    return list(csv.DictReader(io.StringIO(export(what, *options))))


@pytest.mark.parametrize("what", CONTRACT)
def test_the_columns_are_as_documented_in_every_format(tmp_path: Path, what: str) -> None:
    documented = CONTRACT[what].split()
    header, *lines = csv.reader(io.StringIO(export(what)))
    assert header[: len(documented)] == documented
    assert lines
    document = json.loads(export(what, "--format", "json"))
    assert {tuple(row) for row in document} == {tuple(header)}
    export(what, "--format", "parquet", "-o", tmp_path / "table.parquet")
    table = pq.read_table(tmp_path / "table.parquet")
    assert table.column_names == header
    assert table.num_rows == len(document) == len(lines)
    assert table.to_pylist() == document


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_gets_what_stdout_gets(tmp_path: Path, form: str) -> None:
    assert export("tables", "--format", form, "-o", tmp_path / "out") == ""
    assert (tmp_path / "out").read_text() == export("tables", "--format", form)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run_cli("export", analysed_shop().run, "tables", "-o", tmp_path / "no" / "out", cwd=tmp_path)
    assert result.returncode == 2
    assert "cannot be written" in result.stderr


def test_every_score_has_a_column() -> None:
    assert set(rows("splits")[0]) == {"split", "generator", "services", *DIRECTIONS}


def test_calls_outside_are_there_when_asked_for() -> None:
    inside, everything = rows("calls"), rows("calls", "--external")
    assert everything[: len(inside)] == inside
    outside = {(row["caller"], row["callee"]) for row in everything[len(inside) :]}
    assert ("shop.web:add_product", "requests:get") in outside
    assert "requests:get" not in {row["callee"] for row in inside}


def test_lists_are_joined_by_semicolons() -> None:
    written = {row["definition"]: row["tables_written"] for row in rows("transactions")}
    assert written["shop.billing.service:bill_new_user"] == "invoices;users"
    documents = json.loads(export("transactions", "--format", "json"))
    lists = {row["definition"]: row["tables_written"] for row in documents}
    assert lists["shop.billing.service:bill_new_user"] == ["invoices", "users"]


def test_rows_say_what_was_drawn() -> None:
    assert {row["table"] for row in rows("tables")} == {
        "users", "addresses", "products", "categories", "invoices", "invoice_lines",
    }  # fmt: skip
    assert {(row["kind"], row["name"], row["handler"]) for row in rows("entry_points")} == {
        ("http", "GET /accounts/<name>", "shop.web:show_account"),
        ("http", "POST /products", "shop.web:add_product"),
        ("http", "GET /invoices", "shop.web:list_invoices"),
    }
    keys = {(row["table"], row["columns"], row["target_table"], row["target_columns"]) for row in rows("foreign_keys")}
    assert ("invoices", "user_id", "users", "id") in keys


def test_every_place_is_a_line_of_a_file() -> None:
    base = analysed_shop().base
    for what in CONTRACT:
        for row in rows(what):
            if row.get("file"):
                assert "\\" not in row["file"]
                assert int(row.get("line", 1)) <= len((base / row["file"]).read_text().splitlines()) + 1


def test_each_split_places_each_unit_and_table_once() -> None:
    units = [unit.id for unit in analysed_shop().analysis.system.units]
    assert {*units} <= {row["unit"] for row in rows("definitions")}
    tables = {row["table"] for row in rows("tables")}
    placed = rows("assignments")
    for split in {row["split"] for row in placed}:
        mine = [(row["kind"], row["id"]) for row in placed if row["split"] == split]
        assert sorted(mine) == sorted([*(("unit", u) for u in units), *(("table", t) for t in tables)])


def test_cuts_are_between_services_of_their_split() -> None:
    services = {(row["split"], row["service"]) for row in rows("assignments")}
    cuts = rows("cuts")
    assert all({(c["split"], c["source_service"]), (c["split"], c["target_service"])} <= services for c in cuts)
    assert not [
        c
        for c in cuts
        if c["source_service"] == c["target_service"] or "shared" in (c["source_service"], c["target_service"])
    ]
    assert not [c for c in cuts if c["split"] == "all-in-one"]


def test_the_share_of_crossing_calls_can_be_computed_again() -> None:
    calls = [(row["source_unit"], row["target_unit"], float(row["share"])) for row in rows("unit_calls")]
    home = {(row["split"], row["id"]): row["service"] for row in rows("assignments")}
    for split in rows("splits"):
        ends = [(home[split["split"], source], home[split["split"], target], share) for source, target, share in calls]
        crossing = sum(share for source, target, share in ends if source != target and "shared" not in (source, target))
        assert crossing / sum(share for *_, share in calls) == pytest.approx(float(split["inter_call"]), abs=1e-4)
