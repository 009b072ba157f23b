"""What a run says on the terminal when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decompose.cli.output import fitted
from decompose.runs.outcome import Outcome
from decompose.wording import counted

_MOST = 12
_FEWEST = 3
_ROOTS = 4
_WIDEST = 24


def summary(outcome: Outcome, run: Path, screen: tuple[int, int]) -> Iterator[str]:
    """The lines: what was read, what was found, the services, the verdict, where the report is.

    As many services are listed as fit a ``screen`` of so many columns and lines with all the rest.
    """
    before = list(_read(outcome))
    if outcome.unread:
        more = f" ({outcome.unread - 1} more: decompose export {run} blind_spots)" if outcome.unread > 1 else ""
        before.append(f"Not read: {outcome.unread_first}{more}")
    if outcome.changed:
        more = f" and {outcome.changed - 1} more" if outcome.changed > 1 else ""
        before.append(
            f"Changed while it was read: {outcome.changed_first}{more}. The report may mix old and new: run it again"
        )
    if outcome.defects:
        before.append(
            f"decompose itself failed at {counted(outcome.defects, 'place')} and went on without: "
            f"please report what `decompose export {run} blind_spots` lists as a defect"
        )
    after = [outcome.verdict]
    if outcome.fewer:
        after.append(f"Fewer services: {outcome.fewer}")
    if outcome.toss_ups:
        after.append(f"Toss-ups: {outcome.toss_ups}")
    if outcome.risk:
        after.append(f"Biggest risk: {outcome.risk}")
    if outcome.plan:
        after.append(f"First to take out: {outcome.plan}")
    after += ["", f"Report: {run / 'report.html'}"]
    columns, lines = screen
    # Beside these there are two empty lines, four around the services, and the prompt.
    taken = sum(max(1, -(-len(line) // columns)) for line in (*before, *after)) + 7
    yield from before
    yield ""
    yield from _services(outcome, max(_FEWEST, min(_MOST, lines - taken)))
    yield ""
    yield from after


def document(outcome: Outcome, run: Path) -> bytes:
    """The same as JSON, with where the report is."""
    import msgspec

    return msgspec.json.encode({"run": str(run), "report": str(run / "report.html"), **msgspec.to_builtins(outcome)})


def _read(outcome: Outcome) -> Iterator[str]:
    roots = "; ".join(
        f"{path} ({', '.join(packages[:_ROOTS])}{', …' if len(packages) > _ROOTS else ''})"
        for path, packages in list(outcome.roots.items())[:_ROOTS]
    )
    if len(outcome.roots) > _ROOTS:
        roots += f"; and {len(outcome.roots) - _ROOTS} more"
    yield f"Read {counted(outcome.files, 'file')}, {counted(outcome.lines, 'line')}. Roots: {roots}"
    if outcome.apart:
        yield (
            f"{len(outcome.apart)} parts that share nothing: {', '.join(outcome.apart)}. "
            "No import, call, key or table of their own was seen to tie them: analyze each by itself"
        )
    if outcome.left_out:
        left_out = ", ".join(f"{count} {role}" for role, count in outcome.left_out.items())
        yield f"Left out of the split: {left_out} {'file' if sum(outcome.left_out.values()) == 1 else 'files'}"
    if outcome.unfitted_excludes:
        patterns = ", ".join(repr(pattern) for pattern in outcome.unfitted_excludes)
        yield f"Nothing to exclude is named {patterns}: patterns are as in .gitignore, relative to the folder that is analysed"
    entries = ", ".join(f"{count} {kind}" for kind, count in outcome.entry_points.items())
    yield (
        f"Found {counted(outcome.units, 'unit')}, {counted(outcome.tables, 'table')}, "
        f"{counted(outcome.accesses, 'table access')}, {counted(outcome.transactions, 'transaction')}; "
        f"entry points: {entries or 'none'}"
    )
    total = sum(outcome.calls.values()) or 1
    if outcome.not_looked_into:
        yield f"Not looked into: {'; '.join(outcome.not_looked_into)}"
    yield f"Calls: {', '.join(f'{count / total:.0%} {name}' for name, count in outcome.calls.items())}"


def _services(outcome: Outcome, most: int) -> Iterator[str]:
    listed = outcome.services[:most]
    width = max([len("(shared)"), *(min(len(service.name), _WIDEST) for service in listed)])
    crossing = f"{'out':>8}{'in':>8}" if outcome.crossings else ""
    if listed:
        yield f"  {'service':<{width}}{'units':>8}{'tables':>8}{'entry points':>14}{crossing}"
    for service in listed:
        crossing = f"{service.needs:>8,}{service.needed_by:>8,}" if outcome.crossings else ""
        counts = f"{service.units:>8,}{service.tables:>8,}{service.entry_points:>14,}"
        yield f"  {fitted(service.name, _WIDEST):<{width}}{counts}{crossing}"
    if len(outcome.services) > most:
        yield f"  and {len(outcome.services) - most} more"
    if outcome.shared_units:
        yield f"  {'(shared)':<{width}}{outcome.shared_units:>8,}"
    if outcome.crossings:
        yield f"  {counted(outcome.crossings, 'place')} would cross; out: needs others, in: others need it"
