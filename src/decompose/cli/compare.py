"""``decompose compare``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from decompose.cli.output import say

if TYPE_CHECKING:
    from decompose.boundaries import Comparison
    from decompose.runs.analysis import Analysis

_SHOWN = 10
_SCORES = 11
_AT_LENGTH = 2
"""More comparisons than this are a line each, unless everything is asked for."""


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
@click.option(
    "--with", "partition", type=click.Path(path_type=Path), help="A partition by hand: CSV with the columns id,service."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "html"]),
    default="table",
    show_default=True,
    help="The format.",
)
@click.option("--all", "show_all", is_flag=True, help="Everything that moved, not just a screen of it.")
def compare(run: Path, splits: tuple[str, ...], partition: Path | None, form: str, show_all: bool) -> None:
    """Lay splits of RUN side by side: scores, which service is which, what moved.

    What moved is shown with the number of its ties that stay inside its service, before and after: why splits differ.

    Without names all candidates are compared with the first. A SPLIT that is a directory is a second run.
    """
    from decompose import api
    from decompose.runs.document import load

    analysis = load(run)
    known = {split.name for split in analysis.splits}
    names = [name for name in splits if name in known or not Path(name).is_dir()]
    others = [Path(name) for name in splits if name not in names]
    if len(others) > 1:
        raise click.UsageError("At most two runs can be compared.")
    if others and partition is not None:
        raise click.UsageError("--with lays a partition beside the splits of one run; leave out the second run.")
    if partition is not None:
        analysis = api.with_partition(analysis, partition)
        names.append(analysis.splits[-1].name)
    second = load(others[0]) if others else analysis
    found = api.compare(analysis, names, second if others else None)
    sides = [_Side(analysis, second, comparison) for comparison in found]
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode([side.document() for side in sides]))
    elif form == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("first", "second", "id", "first_service", "second_service", "first_ties", "second_ties"))
        for side in sides:
            writer.writerows((side.comparison.first, side.comparison.second, *row) for row in side.moves())
        click.echo(text.getvalue(), nl=False)
    elif form == "html":
        click.echo(_html(sides))
    else:
        if len(sides) > _AT_LENGTH and not show_all:
            for line in _overview(sides):
                say(line)
        else:
            for side in sides:
                for line in side.lines(show_all=show_all):
                    say(line)
        if not found:
            say("There is only one split to look at.")


def _overview(sides: list[_Side]) -> Iterator[str]:
    """Many comparisons, a line for each."""
    yield f"{sides[0].comparison.first} against the others; name two to see them side by side, or --all"
    yield f"  {'':<24}{'services':>10}{'ARI units':>11}{'tables':>8}{'MoJoFM':>8}{'moved':>8}  better in"
    for side in sides:
        c = side.comparison
        rows = [better for *_, better in side.scores()]
        tally = f"{rows.count('first')} scores the first, {rows.count('second')} this one"
        figures = (
            f"{len(side.second.services):>10}{c.agreement_units:>11.2f}{c.agreement_tables:>8.2f}{c.mojo_units:>8.2f}"
        )
        yield f"  {c.second:<24}{figures}{len(c.moved):>8}  {tally}"


class _Side:
    """Two splits side by side."""

    def __init__(self, first: Analysis, second: Analysis, comparison: Comparison) -> None:
        from decompose.api import ties_of_moved

        self.comparison = comparison
        self.first = next(split for split in first.splits if split.name == comparison.first)
        self.second = next(split for split in second.splits if split.name == comparison.second)

        self.ties = ties_of_moved(first, self.first, self.second, comparison.moved)

    def scores(self) -> Iterator[tuple[str, float, float, str]]:
        """Name, both values, and which is better: ``first``, ``second`` or neither."""
        from decompose.boundaries import DIRECTIONS

        ours = {score.name: score.value for score in self.first.scores}
        theirs = {score.name: score.value for score in self.second.scores}
        for name, direction in DIRECTIONS.items():
            if name in ours and name in theirs:
                delta = direction * (theirs[name] - ours[name])
                yield name, ours[name], theirs[name], "first" if delta < 0 else "second" if delta > 0 else ""

    def moves(self) -> Iterator[tuple[str, str, str, int, int]]:
        """What is placed differently, where, and how many of its ties stay inside."""
        for move in self.comparison.moved:
            yield move.id, move.first, move.second, *self.ties[move.id]

    def document(self) -> dict[str, Any]:
        """Everything, for another program."""
        import msgspec

        document: dict[str, Any] = msgspec.to_builtins(self.comparison)
        keys = ("name", "first", "second", "better")
        for move in document["moved"]:
            move["first_ties"], move["second_ties"] = self.ties[move["id"]]
        document["scores"] = [dict(zip(keys, row, strict=True)) for row in self.scores()]
        document["generators"] = {"first": self.first.generator, "second": self.second.generator}
        return document

    def lines(self, *, show_all: bool) -> Iterator[str]:
        """What is printed."""
        from decompose.report.view import counted

        c = self.comparison
        names = {"first": c.first, "second": c.second, "": ""}
        yield f"{c.first}  against  {c.second}"
        for split in (self.first, self.second):
            if split.generator != split.name:
                yield f"  {split.name}: {split.generator}"
        yield f"  agreement (adjusted Rand index): units {c.agreement_units:.2f}, tables {c.agreement_tables:.2f}"
        yield f"  MoJoFM (moves and joins, 1: none): units {c.mojo_units:.2f}, tables {c.mojo_tables:.2f}"
        yield f"  {'score':<24}{c.first[:18]:>20}{c.second[:18]:>20}  better"
        scores = list(self.scores())
        listed = scores if show_all else scores[:_SCORES]
        for name, ours, theirs, better in listed:
            yield f"  {name.replace('_', ' '):<24}{ours:>20.3g}{theirs:>20.3g}  {names[better]}"
        if len(listed) < len(scores):
            yield f"  and {len(scores) - len(listed)} more scores (--all)"
        matches = c.matches if show_all else c.matches[:_SHOWN]
        for match in matches:
            only = f"{match.common} in common, {match.only_first} only in the first, {match.only_second} only in the second"
            yield f"  {match.first or '-':<28} = {match.second or '-':<28} {only}"
        if len(matches) < len(c.matches):
            yield f"  and {len(c.matches) - len(matches)} more services (--all)"
        moved = c.moved if show_all else c.moved[:_SHOWN]
        yield f"  {len(c.moved)} units and tables are placed differently"
        for move in moved:
            before, after = self.ties[move.id]
            yield f"    {move.id}: {move.first} ({counted(before, 'tie')} inside) -> {move.second} ({after})"
        if len(moved) < len(c.moved):
            yield f"    and {len(c.moved) - len(moved)} more (--all)"
        yield ""


def _html(sides: list[_Side]) -> str:
    from markupsafe import Markup

    def table(*rows: tuple[object, ...]) -> Markup:
        head, *body = rows
        cells = Markup("").join(Markup("<th scope=col>{}</th>").format(cell) for cell in head)
        lines = Markup("").join(
            Markup("<tr>{}</tr>\n").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
            for row in body
        )
        return Markup("<table><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table>\n").format(cells, lines)

    page = Markup("<!doctype html><html lang=en><meta charset=utf-8><title>Comparison of splits</title>")
    page += Markup(
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse;margin:1rem 0}"
    )
    page += Markup(
        "td,th{text-align:left;padding:.2rem .7rem;border-bottom:1px solid #ccc;overflow-wrap:anywhere}</style>\n"
    )
    for side in sides:
        c = side.comparison
        page += Markup(
            "<h1>{} against {}</h1>\n<p>Agreement (adjusted Rand index): units {:.2f}, tables {:.2f}; "
            "MoJoFM: units {:.2f}, tables {:.2f}</p>\n"
        ).format(c.first, c.second, c.agreement_units, c.agreement_tables, c.mojo_units, c.mojo_tables)
        scores = ((name.replace("_", " "), f"{a:.3g}", f"{b:.3g}", better) for name, a, b, better in side.scores())
        page += table(("score", c.first, c.second, "better"), *scores)
        page += table(
            ("service", "matches", "in common"), *((m.first or "-", m.second or "-", m.common) for m in c.matches)
        )
        page += table(("moved", c.first, c.second, "ties inside the first", "ties inside the second"), *side.moves())
    return page
