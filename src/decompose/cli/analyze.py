"""``decompose analyze``."""

from __future__ import annotations

from pathlib import Path

import click

from decompose import api
from decompose.cli.output import print_text, printable
from decompose.cli.progress import progress_reporter


class _ServicesRange(click.ParamType):
    name = "N|MIN-MAX"

    def convert(
        self, value: str | tuple[int, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            return api.parse_services(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@click.command(
    epilog="""\b
Examples:
  decompose analyze ./shop
  decompose analyze ./shop -o out/shop --services 4-8
  decompose analyze . --root backend/src --exclude "legacy/*" --exclude "*_old.py"

\b
The folder's decompose.toml, or [tool.decompose] in its pyproject.toml, may set
roots, exclude, services and output; options given here win, and excludes add up."""
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    *("-o", "--output"),
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Run directory to write.  [default: reports/NAME]",
)
@click.option("--services", type=_ServicesRange(), help="How many services to look for: 5, or 4-8.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders like this; repeatable.")
@click.option("--root", "roots", multiple=True, metavar="DIR", help="Folder on the import path, inside PATH; repeatable.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Number of processes.  [default: all processors]")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--cache-dir", type=click.Path(path_type=Path), metavar="DIR", help="Where the cache is kept.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
def analyze(
    path: Path,
    output: Path | None,
    services: tuple[int, int] | None,
    exclude: tuple[str, ...],
    roots: tuple[str, ...],
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
    quiet: bool,
) -> None:
    """Analyse the application in the folder PATH and write its boundary report.

    Writes report.html, analysis.json, graph.dot and graph.graphml into one folder, all of them or nothing.
    """
    options = api.options_for(path, exclude=exclude, roots=roots, services=services, output=output)
    api.check_output(options.output)
    with progress_reporter(quiet=quiet) as progress:
        analysis = api.analyze(
            path,
            exclude=options.exclude,
            roots=options.roots,
            services=options.services,
            jobs=jobs,
            cache_dir=None if no_cache else cache_dir or api.USE_DEFAULT_CACHE,
            progress=progress,
        )
        progress("writing the report", 0, 0)
        api.save(analysis, options.output)
    print_text(api.summary(analysis))
    click.echo(f"\nReport:  {printable(str(Path(options.output) / 'report.html'))}")
