"""What a run comes to, in the few figures that a terminal shows."""

from __future__ import annotations

from collections import Counter

from decompose.defects import KIND
from decompose.report.view import View
from decompose.runs.outcome import Outcome, ServiceLine

_NOT_READ = ("unparsed file", "too large", "unreadable file", "unreadable folder", "symlink loop", "symlink")
"""Kinds of blind spots that are files or folders, the one to name first in front."""


def outcome_of(view: View) -> Outcome:
    """What was read and found, the services, the verdict and the risk."""
    system, recommendation = view.system, view.analysis.recommendation
    head = view.headline
    kinds = Counter(entry.kind for entry in system.entry_points)
    unread = sorted(
        (spot for spot in system.blind_spots if spot.kind in _NOT_READ),
        key=lambda spot: (_NOT_READ.index(spot.kind), spot.file),
    )
    return Outcome(
        name=system.name,
        files=system.files,
        lines=system.lines,
        roots={root.path: root.packages for root in system.roots},
        left_out=dict(system.excluded_files),
        unparsed=sum(1 for spot in unread if spot.kind == "unparsed file"),
        unread=len(unread),
        unread_first=f"{unread[0].file} ({unread[0].reason})" if unread else "",
        defects=sum(1 for spot in system.blind_spots if spot.kind == KIND),
        units=len(system.units),
        tables=len(system.tables),
        accesses=len(system.accesses),
        transactions=len(system.transactions),
        entry_points={str(kind): count for kind, count in kinds.most_common()},
        calls={name: count for name, count, _ in view.resolved},
        recommended=recommendation.split,
        split=view.split.name,
        verdict=recommendation.sentence,
        agreement=recommendation.confidence,
        risk=view.risk,
        plan=f"{head.first}, {head.how}. {head.enough}" if head.first else "",
        services=tuple(
            ServiceLine(
                name=card.name,
                units=card.units,
                tables=len(card.tables),
                entry_points=len(card.entry_points),
                needs=sum(count for _, count in card.needs),
                needed_by=sum(count for _, count in card.needed_by),
            )
            for card in view.cards
        ),
        shared_units=len(view.shared),
        crossings=sum(cut.total for cut in view.cuts),
        not_looked_into=tuple(view.not_looked_into),
        apart=tuple(view.apart),
        fewer=head.fewer,
        toss_ups=head.toss_ups,
        changed=len(view.changed),
        changed_first=view.changed[0] if view.changed else "",
    )
