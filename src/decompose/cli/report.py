"""``decompose report``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.options import run_folder


@click.command(
    epilog="""\b
Examples:
  decompose report reports/app
  decompose report reports/app --split tables-first""",
)
@run_folder
@click.option(
    "--split", "split_name", default="", metavar="NAME", help="The candidate to show (default: the recommended one)."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What is printed."
)
def report(run: Path, split_name: str, form: str) -> None:
    """Render the report of the run directory RUN again, without analysing."""
    from decompose.cli.output import say
    from decompose.cli.summary import document
    from decompose.pipeline import render
    from decompose.report.outcome import outcome_of
    from decompose.report.view import make_view
    from decompose.runs.analysis import named_split
    from decompose.runs.directory import replace_files
    from decompose.runs.document import load

    analysis = load(run)
    if split_name:
        named_split(analysis, split_name)
    view = make_view(analysis, split_name)
    replace_files(run, render(view))
    if form == "json":
        click.echo(document(outcome_of(view), run))
    else:
        say(f"Report: {run / 'report.html'}")
