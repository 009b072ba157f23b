"""What a run says on the terminal when it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from decompose.report.view import make_view
from decompose.runs import Analysis

_SHOWN = 12


def summary(analysis: Analysis, run: Path) -> Iterator[str]:
    """The lines: what was read, what was found, the verdict, where the report is."""
    system = analysis.system
    roots = "; ".join(f"{root.path} ({', '.join(root.packages[:4])}{', …' if len(root.packages) > 4 else ''})" for root in system.roots)
    yield f"Read {system.files} files, {system.lines:,} lines. Roots: {roots}"
    if system.excluded_files:
        left_out = ", ".join(f"{count} {role}" for role, count in system.excluded_files.items())
        yield f"Left out of the split: {left_out} files"
    kinds = Counter(entry.kind for entry in system.entry_points)
    entries = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    yield (
        f"Found {len(system.units)} units, {len(system.tables)} tables, {len(system.accesses)} table accesses, "
        f"{len(system.transactions)} transactions; entry points: {entries or 'none'}"
    )
    counts = system.call_counts
    total = sum((counts.exact, counts.inferred, counts.guessed, counts.external, counts.unresolved)) or 1
    yield (
        f"Calls: {counts.exact / total:.0%} exact, {counts.inferred / total:.0%} inferred, {counts.guessed / total:.0%} guessed, "
        f"{counts.external / total:.0%} external, {counts.unresolved / total:.0%} unresolved"
    )
    unparsed = sum(1 for spot in system.blind_spots if spot.kind == "unparsed file")
    if unparsed:
        yield f"{unparsed} files could not be parsed: decompose export {run} blind_spots"
    yield ""
    view = make_view(analysis)
    width = max((len(card.name) for card in view.cards), default=0)
    for card in view.cards[:_SHOWN]:
        yield f"  {card.name:<{width}}  {card.units:>5} units  {len(card.tables):>3} tables  {len(card.entry_points):>4} entry points"
    if len(view.cards) > _SHOWN:
        yield f"  and {len(view.cards) - _SHOWN} more"
    if view.shared:
        yield f"  {'(shared)':<{width}}  {len(view.shared):>5} units"
    yield ""
    yield analysis.recommendation.sentence
    if view.risk:
        yield f"Biggest risk: {view.risk}"
    yield ""
    yield f"Report: {run / 'report.html'}"
