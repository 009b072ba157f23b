"""``decompose analyze``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose.cli.progress import shown_progress


def _given(context: click.Context, parameter: click.Parameter, value: str) -> Path:  # noqa: ARG001 - as click calls it
    if not value:
        raise click.BadParameter("it is empty.")  # not the current folder: a shell variable was not set
    return Path(value)


@click.command(
    epilog="""\b
Examples:
  decompose analyze ./app
  decompose analyze ./app -o /tmp/run --services 4-8
  decompose analyze ./repo --root backend --exclude 'legacy/**'
  decompose analyze ./app -o reports/next --start-from reports/app
  decompose analyze ./app --schema schema.sql
  decompose analyze ./app --database postgresql://reader@localhost/shop""",
)
@click.argument("path", callback=_given, type=click.Path(readable=False))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The run directory to write (default: reports/NAME)."
)
@click.option("--services", metavar="N|MIN-MAX", help="How many services to aim for.")
@click.option(
    "--start-from",
    type=click.Path(path_type=Path),
    metavar="FILE|RUN[:SPLIT]",
    help="A split by hand, CSV with the columns id,service: a candidate as it is, and refined. Of an earlier run: its split is kept.",
)
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave these files out, as in .gitignore; may be repeated."
)
@click.option("--root", "roots", multiple=True, metavar="DIR", help="A folder on the import path; may be repeated.")
@click.option(
    "--schema",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="DDL of the database, as pg_dump --schema-only writes it; may be repeated.",
)
@click.option("--dialect", default="", help="The dialect of --schema, by sqlglot's name (default: detected).")
@click.option(
    "--database",
    default="",
    metavar="URL",
    envvar="DECOMPOSE_DATABASE",
    help="A live PostgreSQL, MySQL or SQLite database, which is only read: postgresql://USER:PASSWORD@HOST/NAME.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="How many processes work at once (default: one for each processor)."
)
@click.option(
    "--cache-dir", type=click.Path(path_type=Path), help="Where to keep what was read (default: the user's cache)."
)
@click.option("--no-cache", is_flag=True, help="Neither use nor fill the cache.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The format of the summary.",
)
def analyze(
    path: Path,
    output: Path | None,
    services: str | None,
    start_from: Path | None,
    exclude: tuple[str, ...],
    roots: tuple[str, ...],
    schema: tuple[Path, ...],
    dialect: str,
    database: str,
    jobs: int | None,
    cache_dir: Path | None,
    no_cache: bool,
    quiet: bool,
    form: str,
) -> None:
    """Find where the application in PATH can be split, and write the report.

    The code is read, never imported or run.
    """
    from decompose.cli.output import say, screen
    from decompose.cli.summary import document, summary
    from decompose.runs.memory import default_cache_folder, why_not_kept
    from decompose.workflow import Request, default_output, run_outcome

    target = output or default_output(path)
    request = Request(
        path=path,
        output=target,
        services=services,
        start_from=start_from,
        exclude=exclude,
        roots=roots,
        schema=schema,
        dialect=dialect,
        database=database,
        jobs=jobs,
        cache_folder=None if no_cache else cache_dir or True,
    )
    with shown_progress(quiet=quiet) as progress:
        outcome = run_outcome(request, progress)
    folder = None if no_cache else cache_dir or default_cache_folder()
    if not quiet and folder is not None and (reason := why_not_kept(folder)):
        say(
            f"Nothing is kept for the next run: {folder}: cannot be written ({reason}). Choose another with --cache-dir.",
            err=True,
        )
    if form == "json":
        click.echo(document(outcome, target))
        return
    for line in summary(outcome, target, screen()):
        say(line)
