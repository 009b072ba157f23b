"""``decompose schema``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose import api
from decompose.cli.output import emit


@click.command(
    epilog="""\b
Examples:
  decompose schema
  decompose schema -o analysis.schema.json"""
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write instead of stdout.")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of analysis.json."""
    emit(api.schema(), output)
