"""``decompose explain``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from decompose.cli.options import run_folder

_SERVICES = 8
_EVIDENCE = 12
_PACKAGES = 3
_TALL = 40
"""On a terminal of fewer lines about half is shown."""
_MODULE = re.compile(r"\b(?:\w+\.)+\w+:(?=[^\W\d])")
_FOLDERS = re.compile(r"(?<=[ (])(?:[^/() ]+/)+(?=[^/]+:\d+\))")


@click.command(
    epilog="""\b
Examples:
  decompose explain reports/app shop.services.orders:place_order
  decompose explain reports/app table:orders
  decompose explain reports/app OrderService table:stock""",
)
@run_folder
@click.argument("thing")
@click.argument("other", required=False, default="")
@click.option("--split", "split_name", default="", metavar="NAME", help="The candidate (default: the recommended one).")
@click.option("--all", "show_all", is_flag=True, help="Every line of evidence.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="The format."
)
def explain(run: Path, thing: str, other: str, split_name: str, show_all: bool, form: str) -> None:
    """Say why THING, a unit or table of RUN, is where it is; with OTHER, list every dependency between the two.

    On a terminal a screen of it is shown, unless --all is given.
    """
    from decompose import api
    from decompose.boundaries.split import SHARED
    from decompose.cli.evidence import by_line, described
    from decompose.cli.output import on_terminal, say, say_on_screen, screen
    from decompose.runs.document import load
    from decompose.wording import counted, spoken

    analysis = load(run)
    found = api.explain(analysis, thing, other, split_name)
    if form == "json":
        import msgspec

        click.echo(msgspec.json.encode(found._asdict()))
        return
    tell = say if show_all else say_on_screen
    services, packages, most = (4, 1, 5) if screen()[1] < _TALL else (_SERVICES, _PACKAGES, _EVIDENCE)
    around = sorted(found.packages or [], key=lambda package: package.adds == 0)
    scale = "(0%: as often together as any two units, 100%: always)"
    around = around if show_all else around[:packages]
    most -= (len(around) + 1) // 2
    evidence = by_line(found.evidence)
    shown = evidence if show_all or (other and not on_terminal()) else evidence[:most]
    sure = f", {found.confidence:.0%} of repeated clusterings agree" if found.confidence is not None else ""
    sure += f": {found.because}" if found.because else ""
    room = screen()[0] if on_terminal() and not show_all else 0
    for given, taken in ((thing, found.thing), (other, found.other)):
        if given and given.removeprefix("table:").rpartition(":")[2] != taken.removeprefix("table:").rpartition(":")[2]:
            tell(_shorter(f"{given} is part of {taken}", room))
    tell(_shorter(f"{spoken(found.thing)} is in {found.service or 'no service'}{sure}", room))
    for pair in found.alike:
        tell(f"No line of code runs between {pair.service} and {pair.other}; alike by: {', '.join(pair.by)}")
    if other:
        tell(_shorter(f"{spoken(found.other)} is in {found.other_service or 'no service'}", room))
        if around:
            tell(f"Packages around both {scale}:")
        for package in around:
            tell(f"  {package}")
    else:
        if found.toss_up:
            tell(f"A toss-up: {found.toss_up} ({found.toss_up.pulls})")
        for service, count in found.ties[:services]:
            share = (found.weights or {}).get(service, 0.0)
            say(f"  {share:>4.0%} of the weight, {counted(count, 'tie')} to {service or 'nothing placed'}")
        others = [service for service, _ in found.ties if service not in (found.service, SHARED, "")]
        say("Tied most to (by what):")
        for near in found.nearest or []:
            by = ", ".join(near.layers)
            tell(_shorter(f"  {near.share:>4.0%} {spoken(near.thing)} in {near.service} ({by})", room))
        if around:
            tell(f"Packages around it {scale}:")
        for package in around:
            tell(f"  {package}")
        why = "" if others[:1] == [found.runner_up] else ", where most of the other clusterings put it"
        leading = (found.weights or {}).get(found.runner_up) or any(
            there for _, there in (found.to_change or {}).values()
        )
        if found.service:
            say(f"Runner-up: {found.runner_up}{why}" if found.runner_up else "No other service has ties to it.")
        if found.runner_up and not leading:
            say("  along with what it is tied to; itself it has no tie there")
        if found.runner_up:
            sides = [f"{kind} {inside}:{outside}" for kind, (inside, outside) in (found.to_change or {}).items()]
            say("To move it, these would have to change (ties here:there):")
            say(f"  {', '.join(sides) or 'nothing'}")
    lines = analysis.system.source_lines
    for ties in shown:
        tell(_shorter(f"  {described(ties, whole=show_all)}", room))
        text = lines.get(ties[0].file, {}).get(ties[0].line, "")
        if text:
            tell(f"      {text}")
    if len(shown) < len(evidence):
        say(f"  and {len(evidence) - len(shown)} more (--all)")
    if not found.evidence:
        none = "no call, access, key, base, transaction or statement"
        say(f"  {none} leads from one to the other" if other else f"  {none} leads to or from it")


def _shorter(line: str, room: int) -> str:
    """The line; where there is too little room, first without modules, which the place tells too, then without its folders."""
    for pattern, instead in ((_MODULE, ""), (_FOLDERS, "…/")):
        if 0 < room < len(line):
            line = pattern.sub(instead, line)
    return line
