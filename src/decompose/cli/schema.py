"""``decompose schema``."""

from __future__ import annotations

import json

import click


@click.command(
    epilog="""\b
Example:
  decompose schema > analysis.schema.json"""
)
def schema() -> None:
    """Print the JSON Schema of analysis.json."""
    from decompose.runs.document import schema as schema_of_runs

    click.echo(json.dumps(schema_of_runs(), indent=2))
