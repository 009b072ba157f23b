"""What is given beside the code stands on the page."""

from __future__ import annotations

import html
import re

import msgspec

from decompose.report import render_html
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis
from decompose.system.model import SchemaDifference, SchemaSource, StatementCount
from tests.applications import analysed_shop


def told(analysis: Analysis) -> str:
    """The text of the section, without its marks."""
    page = render_html(make_view(analysis)).decode()
    section = re.search(r'<section id="database".*?</section>', page, re.DOTALL)
    assert section
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", section[0])).split())


def given() -> Analysis:
    """The shop with what a live database adds."""
    analysis = analysed_shop().analysis
    tables = [
        msgspec.structs.replace(table, rows=1234, rows_estimated=True) if table.name == "users" else table
        for table in analysis.system.tables
    ]
    system = msgspec.structs.replace(
        analysis.system,
        tables=tuple(tables),
        schema_sources=(SchemaSource(source="database", name="postgresql://host/shop", dialect="postgres", tables=7),),
        schema_differences=(
            SchemaDifference(
                kind="column", table="users", name="legacy", only_in="database", detail="", file="database", line=0
            ),
            SchemaDifference(
                kind="type",
                table="users",
                name="name",
                only_in="",
                detail="String here, text there",
                file="a.py",
                line=3,
            ),
        ),
        statement_counts=(
            StatementCount(calls=30, tables_read=("users",), tables_written=(), statement="SELECT 1 FROM users"),
            StatementCount(
                calls=10, tables_read=("users",), tables_written=("invoices",), statement="INSERT <b>invoices</b>"
            ),
        ),
    )
    return msgspec.structs.replace(analysis, system=system)


def test_rows_differences_and_runs_are_shown() -> None:
    analysis = given()
    text = told(analysis)
    assert "a live database, postgresql://host/shop (postgres, 7 tables)" in text
    assert "What ran: 40 executions of 2 statements" in text
    assert "25% of the executions are of 1 statement that touches tables of several services" in text
    assert text.index("INSERT <b>invoices</b>") < text.index("SELECT 1 FROM users")
    assert "Where the code and the database differ: 2" in text
    assert "column users.legacy" in text
    assert "only the database has it" in text
    assert "String here, text there" in text
    assert "~1,234 rows" in render_html(make_view(analysis)).decode()


def test_without_a_schema_it_says_how_to_give_one() -> None:
    assert "--schema FILE adds a dump of the schema, --database URL a live database" in told(analysed_shop().analysis)
