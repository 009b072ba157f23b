"""``decompose export``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.options import output_file, run_folder
from decompose.cli.output import on_terminal, write_text
from decompose.errors import OutputError
from decompose.report.formats import FORMATS

_WHAT = (
    "definitions", "calls", "accesses", "tables", "columns", "indexes", "foreign_keys",
    "routines", "schema_differences", "statement_counts", "transactions", "stores", "store_accesses", "entry_points", "splits", "ladder", "toss_ups",
    "assignments", "reached", "unreached", "unit_calls", "cuts", "options", "cut_keys", "shared_stores", "joins", "sagas", "steps", "operations", "crossings",
    "requirements", "blind_spots",
)  # fmt: skip


@click.command(
    help=f"""Write one table of the run directory RUN.

    WHAT is one of: {", ".join(_WHAT)}.""",
    epilog="""\b
Examples:
  decompose export reports/app calls --external
  decompose export reports/app cuts --format json -o cuts.json""",
)
@run_folder
@click.argument("what", type=click.Choice(_WHAT), metavar="WHAT")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="The format.",
)
@output_file
@click.option("--external", is_flag=True, help="With calls: also those that leave the application.")
def export(run: Path, what: str, form: str, output: Path | None, external: bool) -> None:
    """Write one table of the run."""
    if output is None and form == "parquet" and on_terminal():
        raise OutputError("Parquet is nothing that a terminal can show. Give a file with -o.")
    from decompose.report import export_rows, write_table
    from decompose.runs.document import load

    columns, rows = export_rows(load(run), what, external=external)
    data = write_table(columns, rows, form)
    if output is None and on_terminal():
        write_text(data.decode(errors="backslashreplace"), None)  # a name may hold what steers a terminal
        return
    if output is None:
        click.echo(data, nl=False)
        return
    from decompose.runs.directory import write_file

    write_file(data, output)
