"""``decompose schema``."""

from __future__ import annotations

import json

import click


@click.command(
    epilog="""\b
Example:
  decompose schema > analysis.schema.json"""
)
@click.option("--format", "form", type=click.Choice(["json"]), default="json", show_default=True, help="The format.")
def schema(form: str) -> None:  # noqa: ARG001 - there is one format; scripts may name it everywhere
    """Print the JSON Schema of analysis.json."""
    from decompose.runs.document import schema as schema_of_runs

    click.echo(json.dumps(schema_of_runs(), indent=2))
