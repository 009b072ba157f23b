"""One card for each service: what it is, what it needs, and what is doubtful about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.boundaries.split import SHARED
from decompose.report.cuts import amounts
from decompose.report.pairs import pair_anchor
from decompose.report.scene import Listed, Place, Scene, ServiceRef, listed

if TYPE_CHECKING:
    from decompose.system.model import Unit

CONTESTED_BELOW = 0.5
"""A member is contested where less than half of its ties hold it in its service."""

_MOST_ENTRY_POINTS = 12
_MOST_MEMBERS = 40
_MOST_CONTESTED = 8
_MOST_TABLES = 30


@dataclass(frozen=True)
class Member:
    """A unit on a card."""

    id: str
    lines: int
    confidence: float | None
    place: Place


@dataclass(frozen=True)
class Door:
    """An entry point on a card."""

    kind: str
    name: str
    handler: str
    place: Place


@dataclass(frozen=True)
class Need:
    """Another service, how much of it is needed, and where the cuts are listed."""

    ref: ServiceRef
    text: str
    anchor: str


@dataclass(frozen=True)
class ServiceCard:
    """Everything on one card. ``confidence`` is the mean over the members, or None where it was not computed."""

    ref: ServiceRef
    terms: tuple[str, ...]
    units: int
    lines: int
    share: float
    confidence: float | None
    tables: Listed[str]
    doors: Listed[Door]
    needs: tuple[Need, ...]
    needed_by: tuple[Need, ...]
    contested: Listed[Member]
    members: Listed[Member]


def service_cards(scene: Scene) -> tuple[ServiceCard, ...]:
    """The cards of all services, then the shared library's if it holds anything."""
    units = {unit.id: unit for unit in scene.system.units}
    doors: dict[str, list[Door]] = {}
    for item in scene.system.entry_points:
        ref = scene.service_of(item.handler)
        if ref is not None:
            door = Door(item.kind, item.name, item.handler, Place(item.file, item.line))
            doors.setdefault(ref.name, []).append(door)
    needs: dict[str, list[Need]] = {}
    needed_by: dict[str, list[Need]] = {}
    for (source, target), cuts in scene.cuts_of_pair.items():
        text = amounts(Counter(cut.family for cut in cuts))
        anchor = pair_anchor(scene.refs[source], scene.refs[target])
        needs.setdefault(source, []).append(Need(scene.refs[target], text, anchor))
        needed_by.setdefault(target, []).append(Need(scene.refs[source], text, anchor))
    all_lines = sum(unit.lines for unit in scene.system.units) or 1
    content = [(service.name, service.units, service.tables, service.terms) for service in scene.split.services]
    if scene.split.shared:
        content.append((SHARED, scene.split.shared, (), ()))
    cards = []
    for name, unit_ids, tables, terms in content:
        ref = scene.refs[name]
        members = [_member(scene, units[unit]) for unit in unit_ids if unit in units]
        lines = sum(member.lines for member in members)
        sure = [member.confidence for member in members if member.confidence is not None]
        doubtful = [
            member for member in members if member.confidence is not None and member.confidence < CONTESTED_BELOW
        ]
        cards.append(
            ServiceCard(
                ref=ref,
                terms=terms,
                units=len(members),
                lines=lines,
                share=lines / all_lines,
                confidence=sum(sure) / len(sure) if sure else None,
                tables=listed(tables, _MOST_TABLES),
                doors=listed(doors.get(ref.name, []), _MOST_ENTRY_POINTS),
                needs=_by_number(needs.get(name, [])),
                needed_by=_by_number(needed_by.get(name, [])),
                contested=listed(sorted(doubtful, key=lambda m: (m.confidence or 0.0, m.id)), _MOST_CONTESTED),
                members=listed(sorted(members, key=lambda m: (-m.lines, m.id)), _MOST_MEMBERS),
            )
        )
    return tuple(cards)


def _member(scene: Scene, unit: Unit) -> Member:
    return Member(unit.id, unit.lines, scene.split.confidence.get(unit.id), Place(unit.file, unit.line))


def _by_number(needs: list[Need]) -> tuple[Need, ...]:
    return tuple(sorted(needs, key=lambda need: need.ref.number))
