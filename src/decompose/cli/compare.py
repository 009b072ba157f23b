"""``decompose compare``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from decompose.boundaries import Comparison
    from decompose.runs import Analysis

_SHOWN = 15


@click.command(
    epilog="""\b
Examples:
  decompose compare reports/app
  decompose compare reports/app whole-graph tables-first
  decompose compare reports/app --with ours.csv
  decompose compare reports/before reports/after""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("splits", nargs=-1, metavar="[SPLIT|RUN]...")
@click.option("--with", "partition", type=click.Path(path_type=Path), help="A partition by hand: CSV with the columns id,service.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "html"]), default="table", show_default=True, help="The format."
)
@click.option("--all", "show_all", is_flag=True, help="Everything that moved, not just a screen of it.")
def compare(run: Path, splits: tuple[str, ...], partition: Path | None, form: str, show_all: bool) -> None:
    """Lay splits of RUN side by side: scores, which service is which, what moved.

    Without names all candidates are compared with the first. A SPLIT that is a directory is a second run.
    """
    from decompose import api
    from decompose.runs import load

    analysis = load(run)
    names = [name for name in splits if not Path(name).is_dir()]
    others = [Path(name) for name in splits if Path(name).is_dir()]
    if len(others) > 1:
        raise click.UsageError("At most two runs can be compared.")
    if partition is not None:
        analysis = api.with_partition(analysis, partition)
        names.append(partition.stem)
    second = load(others[0]) if others else None
    found = api.compare(analysis, names, second)
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
    elif form == "csv":
        click.echo("first,second,id,first_service,second_service")
        for comparison in found:
            for move in comparison.moved:
                click.echo(",".join((comparison.first, comparison.second, move.id, move.first, move.second)))
    elif form == "html":
        click.echo(_html(analysis, second, found))
    else:
        for line in _table(analysis, second, found, show_all=show_all):
            click.echo(line)


def _rows(analysis: Analysis, second: Analysis | None, comparison: Comparison) -> Iterator[tuple[str, str, str, str]]:
    from decompose.boundaries import DIRECTIONS

    first_scores = {s.name: s.value for split in analysis.splits if split.name == comparison.first for s in split.scores}
    holder = second or analysis
    second_scores = {s.name: s.value for split in holder.splits if split.name == comparison.second for s in split.scores}
    for name, direction in DIRECTIONS.items():
        if name in first_scores and name in second_scores:
            delta = direction * (second_scores[name] - first_scores[name])
            better = comparison.first if delta < 0 else comparison.second if delta > 0 else ""
            yield name.replace("_", " "), f"{first_scores[name]:.3g}", f"{second_scores[name]:.3g}", better


def _table(analysis: Analysis, second: Analysis | None, found: list[Comparison], *, show_all: bool) -> Iterator[str]:
    for comparison in found:
        yield f"{comparison.first}  against  {comparison.second}"
        yield f"  agreement (adjusted Rand index): units {comparison.agreement_units:.2f}, tables {comparison.agreement_tables:.2f}"
        yield f"  {'score':<24}{comparison.first[:18]:>20}{comparison.second[:18]:>20}  better"
        for name, a, b, better in _rows(analysis, second, comparison):
            yield f"  {name:<24}{a:>20}{b:>20}  {better}"
        for match in comparison.matches:
            yield f"  {match.first or '–':<28} = {match.second or '–':<28} {match.common} in common, {match.only_first} / {match.only_second} not"
        moved = comparison.moved if show_all else comparison.moved[:_SHOWN]
        yield f"  {len(comparison.moved)} units and tables are placed differently"
        for move in moved:
            yield f"    {move.id}: {move.first} -> {move.second}"
        if len(moved) < len(comparison.moved):
            yield f"    and {len(comparison.moved) - len(moved)} more (--all)"
        yield ""
    if not found:
        yield "There is only one split to look at."


def _html(analysis: Analysis, second: Analysis | None, found: list[Comparison]) -> str:
    from markupsafe import escape

    parts = ["<!doctype html><meta charset=utf-8><title>Comparison</title>"]
    for comparison in found:
        parts.append(escape(comparison.first) + " against " + escape(comparison.second))
        parts[-1] = f"<h1>{parts[-1]}</h1><p>Agreement: units {comparison.agreement_units:.2f}, tables {comparison.agreement_tables:.2f}</p>"
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in _rows(analysis, second, comparison))
        parts.append(f"<table><tr><th>score<th>first<th>second<th>better</tr>{rows}</table>")
        moves = "".join(f"<tr><td>{escape(m.id)}</td><td>{escape(m.first)}</td><td>{escape(m.second)}</td></tr>" for m in comparison.moved)
        parts.append(f"<table><tr><th>id<th>first<th>second</tr>{moves}</table>")
    return "\n".join(str(part) for part in parts)
