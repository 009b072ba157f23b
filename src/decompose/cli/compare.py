"""``decompose compare``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose import api
from decompose.cli.output import emit


@click.command(
    epilog="""\b
Examples:
  decompose compare reports/shop                       all candidate splits
  decompose compare reports/shop tables-4 leiden-5     two of them
  decompose compare reports/shop --with mine.csv       with a hand-made `id,service` file
  decompose compare reports/shop reports/shop-after    the recommended splits of two runs"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("splits", nargs=-1, metavar="[SPLIT|RUN]...")
@click.option(
    "--with", "assignment", type=click.Path(path_type=Path), metavar="FILE", help="CSV file with the columns id and service."
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["table", "json", "csv", "html"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write instead of stdout.")
def compare(
    run: Path, splits: tuple[str, ...], assignment: Path | None, file_format: str, output: Path | None
) -> None:
    """Lay splits of the run directory RUN side by side.

    Shows their scores, which service of one matches which of the other, and what moved. The first split is the one that
    the others are compared with. An argument that is a folder is taken for a second run.
    """
    names, others = api.splits_and_runs(splits)
    comparison = api.compare(api.load(run), names, others=[api.load(other) for other in others], assignment=assignment)
    emit(api.rendered_comparison(comparison, file_format), output)
