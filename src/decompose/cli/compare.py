"""``decompose compare``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from decompose.cli.output import fitted, say, say_on_screen, screen
from decompose.runs.place import Named, run_named

if TYPE_CHECKING:
    from decompose.boundaries import Comparison
    from decompose.report.comparison_page import Compared
    from decompose.runs.analysis import Analysis

_TALL = 40
"""On a terminal of fewer lines about half is shown."""
_AT_LENGTH = 2
"""More comparisons than this are a line each, unless everything is asked for."""


@click.command(
    epilog="""\b
Examples:
  decompose compare reports/app
  decompose compare reports/app whole-graph tables-first
  decompose compare reports/app --with ours.csv
  decompose compare reports/before reports/after
  decompose compare reports/before:consensus reports/after:tables-first""",
)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN[:SPLIT]")
@click.argument("splits", nargs=-1, metavar="[SPLIT|RUN[:SPLIT]]...")
@click.option(
    "--with",
    "partition",
    type=click.Path(path_type=Path),
    metavar="FILE[:SPLIT]",
    help="A partition by hand: CSV with the columns id,service; of several splits in it the one that is named.",
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

    Without names all candidates are compared with the one that the report shows. A SPLIT that is a directory is a second run;
    of two runs the splits after the colons are compared, or those of one name, or the recommended ones.
    """
    from decompose import api
    from decompose.boundaries.fewer import in_short
    from decompose.errors import UnknownNameError
    from decompose.runs.document import load

    first = run_named(run) or Named(run, "")
    analysis = load(first.folder)
    known = {split.name for split in analysis.splits}
    given = [(name, None if name in known else run_named(Path(name))) for name in splits]
    names = [name for name in (first.split, *(name for name, place in given if place is None)) if name]
    others = [place for _, place in given if place is not None]
    if len(others) > 1:
        raise click.UsageError("At most two runs can be compared.")
    if others and partition is not None:
        raise click.UsageError("--with lays a partition beside the splits of one run; leave out the second run.")
    if partition is not None and run_named(partition) is not None:
        raise click.UsageError(
            f"--with takes a CSV file. Two runs are compared by naming both: decompose compare {run} {partition}"
        )
    if others and len(names) > 1:
        raise click.UsageError("Of two runs one split each is compared: RUN:SPLIT RUN:SPLIT.")
    if partition is not None:
        analysis = api.with_partition(analysis, partition)
        names.append(analysis.splits[-1].name)
    second = load(others[0].folder) if others else analysis
    for name in splits:
        if name not in known and run_named(Path(name)) is None:
            held = ", ".join(split.name for split in analysis.splits)
            raise UnknownNameError(f"{name}: this is no run directory and no split of {run}. It has: {held}.")
    found = api.compare(analysis, names, second if others else None, others[0].split if others else "")
    labels = _labels(first.folder, others[0].folder) if others else ("", "")
    sides = [_Side(analysis, second, comparison, labels) for comparison in found]
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode([side.document() for side in sides]))
    elif form == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        moved = ("first", "second", "id", "first_service", "second_service", "first_ties", "second_ties")
        scored = ("score", "first_value", "second_value", "better")
        writer.writerow((*moved, *scored))
        for side in sides:
            pair = side.comparison.first, side.comparison.second
            writer.writerows((*pair, *row, *[""] * len(scored)) for row in side.moves())
            writer.writerows((*pair, *[""] * (len(moved) - 2), *row) for row in side.scores())
        click.echo(text.getvalue(), nl=False)
    elif form == "html":
        from decompose.report.comparison_page import render_comparison

        click.echo(render_comparison([side.compared() for side in sides]))
    else:
        if len(sides) > _AT_LENGTH and not show_all:
            trivial = [split.name for split in analysis.splits if split.trivial and len(split.services) > 1]
            beside = api.compare(analysis, [sides[0].first.name, *trivial]) if trivial and not names else []
            for line in _overview([*sides, *(_Side(analysis, analysis, comparison, labels) for comparison in beside)]):
                say_on_screen(line)
            if fewer := in_short(analysis.ladder):
                say_on_screen(f"  Fewer services than {analysis.ladder.split} has: {fewer}")
        else:
            for side in sides:
                for line in side.lines(show_all=show_all):
                    (say if show_all else say_on_screen)(line)
        if not found:
            say("There is only one split to look at.")


def _labels(first: Path, second: Path) -> tuple[str, str]:
    """What tells the splits of two runs apart: the names of their folders, or the folders where these have one name."""
    ours, theirs = (f"{folder.resolve().name}:" for folder in (first, second))
    return (ours, theirs) if ours != theirs else (f"{first}:", f"{second}:")


def _overview(sides: list[_Side]) -> Iterator[str]:
    """Many comparisons, a line for each."""
    yield f"{sides[0].comparison.first} against the others; name two to see them side by side, or --all"
    yield f"  {'':<20}{'services':>9}{'ARI units':>11}{'tables':>8}{'MoJoFM':>8}{'moved':>8}  scores"
    for side in sides:
        c = side.comparison
        rows = [better for *_, better in side.scores()]
        figures = (
            f"{len(side.second.services):>9}{c.agreement_units:>11.2f}{c.agreement_tables:>8.2f}{c.mojo_units:>8.2f}"
        )
        trivial = "  trivial" if side.second.trivial else ""
        yield f"  {fitted(c.second, 20):<20}{figures}{len(c.moved):>8}  {rows.count('first')}:{rows.count('second')}{trivial}"
    yield "  scores: in how many the first is better, and in how many this one"


class _Side:
    """Two splits side by side; ``labels`` stand before their names."""

    def __init__(self, first: Analysis, second: Analysis, comparison: Comparison, labels: tuple[str, str]) -> None:
        from msgspec.structs import replace

        from decompose.api import ties_of_moved

        self.systems = first.system, second.system
        ours = next(split for split in first.splits if split.name == comparison.first)
        theirs = next(split for split in second.splits if split.name == comparison.second)
        self.ties = ties_of_moved(first, ours, theirs, comparison.moved)
        self.first = replace(ours, name=labels[0] + ours.name)
        self.second = replace(theirs, name=labels[1] + theirs.name)
        self.comparison = replace(comparison, first=self.first.name, second=self.second.name)

    def scores(self) -> Iterator[tuple[str, float, float, str]]:
        """Name, both values, and which is better: ``first``, ``second`` or neither."""
        from decompose.boundaries import DIRECTIONS
        from decompose.boundaries.comparison import better

        ours = {score.name: score.value for score in self.first.scores}
        theirs = {score.name: score.value for score in self.second.scores}
        for name, direction in DIRECTIONS.items():
            if name in ours and name in theirs:
                which = ("", "first", "second")[better(direction, ours[name], theirs[name])]
                yield name, ours[name], theirs[name], which

    def moves(self) -> Iterator[tuple[str, str, str, int, int]]:
        """What is placed differently, where, and how many of its ties stay inside."""
        for move in self.comparison.moved:
            yield move.id, move.first, move.second, *self.ties[move.id]

    def compared(self) -> Compared:
        """What a page about the two is made of."""
        from decompose.report.comparison_page import Compared

        return Compared(self.comparison, self.first, self.second, *self.systems, self.ties)

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
        from decompose.wording import spoken

        c = self.comparison
        # Two names of sixteen, their columns and the name of a score are 80 characters: no figure is cut short.
        names = {"first": fitted(c.first, 16), "second": fitted(c.second, 16), "": ""}
        ours_wide, theirs_wide = (max(len(names[which]), 8) + 2 for which in ("first", "second"))
        yield f"{c.first}  against  {c.second}"
        for split in (self.first, self.second):
            if split.generator != split.name:
                yield f"  {split.name}: {split.generator}"
        yield f"  agreement (adjusted Rand index): units {c.agreement_units:.2f}, tables {c.agreement_tables:.2f}"
        yield f"  MoJoFM (moves and joins, 1: none): units {c.mojo_units:.2f}, tables {c.mojo_tables:.2f}"
        yield f"  {'score':<24}{names['first']:>{ours_wide}}{names['second']:>{theirs_wide}}  better"
        scores = list(self.scores())
        most, rows = (3, 2) if screen()[1] < _TALL else (10, 8)
        listed = scores if show_all else scores[:most]
        for name, ours, theirs, better in listed:
            yield f"  {name.replace('_', ' '):<24}{ours:>{ours_wide}.3g}{theirs:>{theirs_wide}.3g}  {names[better]}"
        if len(listed) < len(scores):
            yield f"  and {counted(len(scores) - len(listed), 'more score')} (--all)"
        matches = c.matches if show_all else c.matches[:rows]
        yield f"  {'service':<22}{'is':<22}{'common':>8}{'first only':>12}{'second only':>13}"
        for match in matches:
            pair = f"{fitted(match.first or '-', 21):<22}{fitted(match.second or '-', 21):<22}"
            yield f"  {pair}{match.common:>8}{match.only_first:>12}{match.only_second:>13}"
        if len(matches) < len(c.matches):
            yield f"  and {counted(len(c.matches) - len(matches), 'more service')} (--all)"
        from decompose.boundaries.comparison import by_weight, shifts

        moved = by_weight(c.moved, self.ties)[: None if show_all else rows]
        placed = "1 unit or table is" if len(c.moved) == 1 else f"{len(c.moved)} units and tables are"
        yield f"  {placed} placed differently"
        if len(moved) < len(c.moved):
            together = shifts(c.moved)
            for shift in together[:rows]:
                what = [counted(shift.units, "unit")] * (shift.units > 0) + [counted(shift.tables, "table")] * (
                    shift.tables > 0
                )
                namesake = " (not the same one)" if shift.first == shift.second else ""
                yield f"    {shift.first} -> {shift.second}{namesake}: {', '.join(what)}"
            if len(together) > rows:
                yield f"    and {counted(len(together) - rows, 'more pair')} of services"
            yield "  of them, tables and what has most ties first:"
        for move in moved:
            before, after = self.ties[move.id]
            yield f"    {spoken(move.id)}: {move.first} ({counted(before, 'tie')} inside) -> {move.second} ({after})"
        if len(moved) < len(c.moved):
            yield f"    and {len(c.moved) - len(moved)} more (--all)"
        yield ""
