"""``decompose contracts``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.options import output_file, run_folder, split_by_hand, split_of_run


@click.command(
    epilog="""\b
Examples:
  decompose contracts reports/app -o .importlinter
  decompose contracts reports/app tables-first --format tach -o tach.toml""",
)
@run_folder
@split_of_run
@click.option(
    "--format",
    "form",
    type=click.Choice(["import-linter", "tach", "json"]),
    default="import-linter",
    show_default=True,
    help="The tool that checks them, or json for a program of your own.",
)
@output_file
@split_by_hand
def contracts(run: Path, split: str, form: str, output: Path | None, partition: Path | None) -> None:
    """Write the seams of SPLIT (default: the recommended one) as contracts about imports, for phase 0 of the plan."""
    from decompose import api
    from decompose.cli.output import write_text

    write_text(api.contracts(api.load(run), split, form, partition), output)
