"""``decompose explain``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose import api
from decompose.cli.output import emit


@click.command(
    epilog="""\b
Examples:
  decompose explain reports/shop orders                        why this table is where it is
  decompose explain reports/shop shop.services:place_order     why this function is
  decompose explain reports/shop orders payments --split leiden-5"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("thing")
@click.argument("other", required=False, metavar="[THING]")
@click.option("--split", metavar="NAME", help="The split to explain.  [default: the recommended one]")
@click.option("--format", "file_format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")
def explain(run: Path, thing: str, other: str | None, split: str | None, file_format: str) -> None:
    """Explain why the unit or table THING is where it is: its strongest ties, the runner-up, the confidence.

    With two THINGs: every dependency between them, with its lines. THING is an id, a table, or the end of an id.
    """
    explanation = api.explain(api.load(run), thing, other, split=split)
    emit(api.rendered_explanation(explanation, file_format), None)
