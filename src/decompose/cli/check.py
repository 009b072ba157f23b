"""``decompose check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decompose.cli.options import split_by_hand, split_of_run

if TYPE_CHECKING:
    from decompose.runs.checking import Finding

_SHOWN_GONE = 10


@click.command(
    epilog="""\b
Examples:
  decompose check reports/main reports/branch
  decompose check reports/main reports/branch tables-first
  decompose check reports/main reports/branch --with ours.csv --format json""",
)
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@split_of_run
@split_by_hand
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="The format."
)
def check(earlier: Path, later: Path, split: str, partition: Path | None, form: str) -> int:
    """Fail if code crosses the services of a split in LATER where it did not in EARLIER (both are runs).

    The split is one of EARLIER, by default the recommended one. Calls, accesses to tables, foreign keys and transactions
    count. What only LATER has goes with its file, or where its ties lead. The exit code is 1 if anything is new.
    """
    import msgspec

    from decompose import api
    from decompose.cli.output import say
    from decompose.wording import counted

    found = api.check(api.load(earlier), api.load(later), split, partition)
    if form == "json":
        say(msgspec.json.encode(found).decode())
        return int(not found.passed)
    for finding in found.new:
        say(_line(finding))
    if found.gone:
        say("Gone:")
    for finding in found.gone[:_SHOWN_GONE]:
        say(f"  {_line(finding)}")
    if len(found.gone) > _SHOWN_GONE:
        say(f"  and {len(found.gone) - _SHOWN_GONE} more (--format json)")
    places = counted(sum(finding.places for finding in found.new), "place")
    verdict = "Nothing new crosses" if found.passed else f"{counted(len(found.new), 'new crossing')} in {places}"
    placed = f"; {counted(found.placed, 'new member')} placed" if found.placed else ""
    kept = f"{counted(found.kept, 'tie')} and transactions as before"
    say(f"{verdict} between the services of {found.split}: {len(found.gone)} gone, {kept}{placed}.")
    return int(not found.passed)


def _line(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}: {finding}"
