"""``decompose plan``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  decompose plan reports/app
  decompose plan reports/app --by value
  decompose plan reports/app --service order
  decompose plan reports/app tables-first --format markdown -o PLAN.md""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("split", required=False, default="", metavar="[SPLIT]")
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
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: stdout).")
@click.option(
    "--with",
    "partition",
    type=click.Path(path_type=Path),
    metavar="FILE[:SPLIT]",
    help="A partition by hand (CSV), instead of SPLIT.",
)
def plan(run: Path, split: str, by: str, service: str, form: str, output: Path | None, partition: Path | None) -> None:
    """Say in which order to extract the services of SPLIT (default: the recommended one), and what to do in each step."""
    from decompose import api
    from decompose.cli.output import wrapped, write_text

    text = api.plan(api.load(run), split, by, service, form, partition)
    write_text(wrapped(text) if form == "text" and output is None else text, output)
