"""``decompose report``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose import api
from decompose.cli.output import print_text


@click.command(
    epilog="""\b
Examples:
  decompose report reports/shop                 render it again, in place
  decompose report reports/shop -o out/shop     render it into another folder"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Another folder to write to.")
def report(run: Path, output: Path | None) -> None:
    """Render the report of the run directory RUN again, without analysing.

    Useful after an update of decompose, or when report.html was lost.
    """
    target = output or api.run_folder(run)
    api.save(api.load(run), target)
    print_text(f"Report:  {target / 'report.html'}")
