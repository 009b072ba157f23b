"""``decompose ddl``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.options import run_folder, split_by_hand, split_of_run


@click.command(
    epilog="""\b
Examples:
  decompose ddl reports/app -o move
  decompose ddl reports/app tables-first -o move --dialect mysql
  decompose ddl reports/app --with mine.csv -o move""",
)
@run_folder
@split_of_run
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder to write; new or empty."
)
@click.option(
    "--dialect",
    type=click.Choice(["postgres", "mysql", "sqlite"]),
    default="postgres",
    show_default=True,
    help="The database.",
)
@split_by_hand
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What is printed."
)
def ddl(run: Path, split: str, output: Path, dialect: str, partition: Path | None, form: str) -> None:
    """Write SQL that divides the database as SPLIT of the run directory RUN says (default: the recommended one).

    The schema of each service, and scripts that move the tables into a schema and then into a database for each service, with the
    way back. README.md in the folder says in which order to run them.
    """
    from decompose import api
    from decompose.cli.output import say

    files = api.ddl(api.load(run), split, dialect, partition)
    api.write_files(files, output)
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode({"output": str(output), "files": sorted(files)}))
        return
    say(f"{len(files)} files in {output}: start with {output / 'README.md'}")
