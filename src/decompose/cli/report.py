"""``decompose report``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  decompose report reports/app
  decompose report reports/app --split tables-first""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--split", "split_name", default="", metavar="NAME", help="The candidate to show (default: the recommended one)."
)
def report(run: Path, split_name: str) -> None:
    """Render the report of the run directory RUN again, without analysing."""
    from decompose import api
    from decompose.cli.output import say
    from decompose.errors import UnknownNameError
    from decompose.report.view import make_view
    from decompose.runs.directory import replace_files
    from decompose.runs.document import load

    analysis = load(run)
    names = [split.name for split in analysis.splits]
    if split_name and split_name not in names:
        raise UnknownNameError(f"{split_name}: this run has no such split. It has: {', '.join(names)}.")
    replace_files(run, api.render(make_view(analysis, split_name)))
    say(f"Report: {run / 'report.html'}")
