"""What the analysis knows and what it does not: resolution of calls, blind spots, what was read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.report.scene import Listed, Place, listed

if TYPE_CHECKING:
    from decompose.system.model import BlindSpot, Root, System

_MOST_GROUPS = 60
_MOST_EXAMPLES = 5

_MEANINGS = {
    "exact": "names and types prove the target",
    "inferred": "one likely target; the rule is named at every edge",
    "guessed": "matched by name alone; shown, but never steers a split",
    "external": "leaves the application, into a library",
    "unresolved": "the target is not known: see the blind spots",
}


@dataclass(frozen=True)
class Share:
    """One part of all call sites, between 0 and 1; ``start`` is where its piece of the bar begins."""

    name: str
    meaning: str
    count: int
    share: float
    start: float


@dataclass(frozen=True)
class BlindSpotGroup:
    """All blind spots of one kind and reason."""

    kind: str
    reason: str
    examples: Listed[tuple[str, Place]]


@dataclass(frozen=True)
class Knowledge:
    """How far the report can be relied on."""

    call_sites: int
    shares: tuple[Share, ...]
    blind_spots: Listed[BlindSpotGroup]
    blind_spots_in_all: int
    roots: tuple[Root, ...]
    files: int
    lines: int
    excluded: tuple[tuple[str, int], ...]


def knowledge(system: System) -> Knowledge:
    """Count what is known and what is not."""
    counts = system.call_counts
    values = {name: int(getattr(counts, name)) for name in _MEANINGS}
    total = sum(values.values())
    shares, start = [], 0.0
    for name, meaning in _MEANINGS.items():
        share = values[name] / total if total else 0.0
        shares.append(Share(name, meaning, values[name], share, start))
        start += share
    return Knowledge(
        call_sites=total,
        shares=tuple(shares),
        blind_spots=_groups(system.blind_spots),
        blind_spots_in_all=len(system.blind_spots),
        roots=system.roots,
        files=system.files,
        lines=system.lines,
        excluded=tuple(sorted(system.excluded_files.items(), key=lambda item: (-item[1], item[0]))),
    )


def _groups(blind_spots: tuple[BlindSpot, ...]) -> Listed[BlindSpotGroup]:
    groups: dict[tuple[str, str], list[BlindSpot]] = defaultdict(list)
    for item in blind_spots:
        groups[item.kind, item.reason].append(item)
    rows = []
    for (kind, reason), items in groups.items():
        examples = [(item.definition, Place(item.file, item.line)) for item in items[:_MOST_EXAMPLES]]
        rows.append(BlindSpotGroup(kind, reason, Listed(tuple(examples), len(items))))
    rows.sort(key=lambda group: (-group.examples.total, group.kind, group.reason))
    return listed(rows, _MOST_GROUPS)
