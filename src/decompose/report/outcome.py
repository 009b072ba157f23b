"""What a run comes to, in the few lines that a terminal shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from decompose.report.view import View, counted
from decompose.runs.outcome import Outcome
from decompose.system.model import System

_SHOWN = 12


def outcome_of(view: View) -> Outcome:
    """What was read and found, the services, the verdict and the risk."""
    system = view.analysis.system
    return Outcome(
        read=tuple(_read(system)),
        unparsed=sum(1 for spot in system.blind_spots if spot.kind == "unparsed file"),
        services=tuple(_services(view)),
        verdict=(view.analysis.recommendation.sentence, *([f"Biggest risk: {view.risk}"] if view.risk else [])),
    )


def _read(system: System) -> Iterator[str]:
    roots = "; ".join(
        f"{root.path} ({', '.join(root.packages[:4])}{', …' if len(root.packages) > 4 else ''})"
        for root in system.roots
    )
    yield f"Read {counted(system.files, 'file')}, {counted(system.lines, 'line')}. Roots: {roots}"
    if system.excluded_files:
        left_out = ", ".join(f"{count} {role}" for role, count in system.excluded_files.items())
        yield f"Left out of the split: {left_out} {'file' if sum(system.excluded_files.values()) == 1 else 'files'}"
    kinds = Counter(entry.kind for entry in system.entry_points)
    entries = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    yield (
        f"Found {counted(len(system.units), 'unit')}, {counted(len(system.tables), 'table')}, "
        f"{counted(len(system.accesses), 'table access')}, {counted(len(system.transactions), 'transaction')}; entry points: {entries or 'none'}"
    )
    counts = system.call_counts
    total = sum((counts.exact, counts.inferred, counts.guessed, counts.external, counts.unresolved)) or 1
    yield (
        f"Calls: {counts.exact / total:.0%} exact, {counts.inferred / total:.0%} inferred, {counts.guessed / total:.0%} guessed, "
        f"{counts.external / total:.0%} external, {counts.unresolved / total:.0%} unresolved"
    )


def _services(view: View) -> Iterator[str]:
    width = max((len(card.name) for card in view.cards), default=0)
    for card in view.cards[:_SHOWN]:
        yield f"  {card.name:<{width}}  {counted(card.units, 'unit'):>11}  {counted(len(card.tables), 'table'):>10}  {counted(len(card.entry_points), 'entry point'):>16}"
    if len(view.cards) > _SHOWN:
        yield f"  and {len(view.cards) - _SHOWN} more"
    if view.shared:
        yield f"  {'(shared)':<{width}}  {counted(len(view.shared), 'unit'):>11}"
