"""What a run says on the terminal when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decompose.runs.outcome import Outcome
from decompose.wording import counted

_SHOWN = 12
_ROOTS = 4


def summary(outcome: Outcome, run: Path) -> Iterator[str]:
    """The lines: what was read, what was found, the services, the verdict, where the report is."""
    yield from _read(outcome)
    if outcome.unread:
        more = f" ({outcome.unread - 1} more: decompose export {run} blind_spots)" if outcome.unread > 1 else ""
        yield f"Not read: {outcome.unread_first}{more}"
    if outcome.defects:
        yield (
            f"decompose itself failed at {counted(outcome.defects, 'place')} and went on without: "
            f"please report what `decompose export {run} blind_spots` lists as a defect"
        )
    yield ""
    yield from _services(outcome)
    yield ""
    yield outcome.verdict
    if outcome.risk:
        yield f"Biggest risk: {outcome.risk}"
    yield ""
    yield f"Report: {run / 'report.html'}"


def document(outcome: Outcome, run: Path) -> bytes:
    """The same as JSON, with where the report is."""
    import msgspec

    return msgspec.json.encode({"run": str(run), "report": str(run / "report.html"), **msgspec.to_builtins(outcome)})


def _read(outcome: Outcome) -> Iterator[str]:
    roots = "; ".join(
        f"{path} ({', '.join(packages[:_ROOTS])}{', …' if len(packages) > _ROOTS else ''})"
        for path, packages in outcome.roots.items()
    )
    yield f"Read {counted(outcome.files, 'file')}, {counted(outcome.lines, 'line')}. Roots: {roots}"
    if outcome.left_out:
        left_out = ", ".join(f"{count} {role}" for role, count in outcome.left_out.items())
        yield f"Left out of the split: {left_out} {'file' if sum(outcome.left_out.values()) == 1 else 'files'}"
    entries = ", ".join(f"{count} {kind}" for kind, count in outcome.entry_points.items())
    yield (
        f"Found {counted(outcome.units, 'unit')}, {counted(outcome.tables, 'table')}, "
        f"{counted(outcome.accesses, 'table access')}, {counted(outcome.transactions, 'transaction')}; "
        f"entry points: {entries or 'none'}"
    )
    total = sum(outcome.calls.values()) or 1
    yield f"Calls: {', '.join(f'{count / total:.0%} {name}' for name, count in outcome.calls.items())}"


def _services(outcome: Outcome) -> Iterator[str]:
    width = max((len(service.name) for service in outcome.services), default=0)
    for service in outcome.services[:_SHOWN]:
        cells = (
            f"{service.name:<{width}}",
            f"{counted(service.units, 'unit'):>11}",
            f"{counted(service.tables, 'table'):>10}",
            f"{counted(service.entry_points, 'entry point'):>16}",
        )
        crossing = f"  {service.needs:>5,} out {service.needed_by:>5,} in" if outcome.crossings else ""
        yield f"  {'  '.join(cells)}{crossing}"
    if len(outcome.services) > _SHOWN:
        yield f"  and {len(outcome.services) - _SHOWN} more"
    if outcome.shared_units:
        yield f"  {'(shared)':<{width}}  {counted(outcome.shared_units, 'unit'):>11}"
    if outcome.crossings:
        yield f"  {counted(outcome.crossings, 'place')} would cross between services (out: needs others, in: others need it)"
