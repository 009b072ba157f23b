"""``decompose plan``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.options import output_file, run_folder, split_by_hand, split_of_run


@click.command(
    epilog="""\b
Examples:
  decompose plan reports/app
  decompose plan reports/app --by value
  decompose plan reports/app --service order
  decompose plan reports/app tables-first --format markdown -o PLAN.md""",
)
@run_folder
@split_of_run
@click.option(
    "--by",
    type=click.Choice(["risk", "value"]),
    default="risk",
    show_default=True,
    help="What comes first: the least entangled, or the most independence for its work.",
)
@click.option("--service", default="", metavar="NAME", help="All details of the step that is about one service.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="The format; markdown has all details of all steps.",
)
@output_file
@split_by_hand
def plan(run: Path, split: str, by: str, service: str, form: str, output: Path | None, partition: Path | None) -> None:
    """Say in which order to extract the services of SPLIT (default: the recommended one), and what to do in each step."""
    from decompose import api
    from decompose.cli.output import wrapped, write_text

    text = api.plan(api.load(run), split, by, service, form, partition)
    write_text(wrapped(text) if form == "text" and output is None else text, output)
