"""``decompose contracts``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  decompose contracts reports/app -o .importlinter
  decompose contracts reports/app tables-first --format tach -o tach.toml""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("split", required=False, default="", metavar="[SPLIT]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["import-linter", "tach", "json"]),
    default="import-linter",
    show_default=True,
    help="The tool that checks them, or json for a program of your own.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: stdout).")
@click.option(
    "--with",
    "partition",
    type=click.Path(path_type=Path),
    metavar="FILE[:SPLIT]",
    help="A partition by hand (CSV), instead of SPLIT.",
)
def contracts(run: Path, split: str, form: str, output: Path | None, partition: Path | None) -> None:
    """Write the seams of SPLIT (default: the recommended one) as contracts about imports, for phase 0 of the plan."""
    from decompose import api
    from decompose.cli.output import write_text

    write_text(api.contracts(api.load(run), split, form, partition), output)
