"""``decompose export``."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from decompose import api
from decompose.cli.output import emit


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in api.export_names() if name.startswith(incomplete)]


@click.command(
    epilog="""\b
WHAT is one of:
  definitions   calls          accesses      tables
  foreign_keys  transactions   entry_points  splits
  assignments   cuts           steps         blind_spots

\b
Examples:
  decompose export reports/shop cuts > cuts.csv
  decompose export reports/shop calls --external -o calls.json
  decompose export reports/shop accesses -o accesses.parquet"""
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("what", shell_complete=_complete)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "json", "parquet"]),
    help="[default: from the ending of FILE, else csv]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write instead of stdout.")
@click.option("--external", is_flag=True, help="With calls: also those that leave the application, such as requests:get.")
def export(run: Path, what: str, file_format: str | None, output: Path | None, external: bool) -> None:
    """Write one table of the run directory RUN for other programs.

    Lists inside a CSV cell are separated by `;`.
    """
    chosen = api.table_format(file_format, output)
    content = api.encoded_export(api.load(run), what, chosen, external=external)
    emit(content, output, readable=chosen != "parquet")
