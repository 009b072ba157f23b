"""Lists of the page, gathered by what their items have in common: shorter to read, and to send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from decompose.plan.step_detail import CrossingCall


class CallGroup(NamedTuple):
    """Calls between one service and another that go over the network alike; ``sites`` counts their places."""

    service: str
    style: str
    reason: str
    resilience: str
    without_answer: str
    calls: list[CrossingCall]

    @property
    def sites(self) -> int:
        """How many places make these calls."""
        return sum(call.sites for call in self.calls)


def alike(calls: Iterable[CrossingCall], *, outward: bool) -> list[CallGroup]:
    """The calls of a step by the service at their other end and by how they are made, in the order in which they come."""
    groups: dict[tuple[str, str, str, str, str], list[CrossingCall]] = {}
    for call in calls:
        partner = call.target if outward else call.source
        key = partner, call.style, _without_places(call), call.resilience, call.without_answer
        groups.setdefault(key, []).append(call)
    return [CallGroup(*key, members) for key, members in groups.items()]


def _without_places(call: CrossingCall) -> str:
    """The reason, which names the place that stands beside it."""
    reason = call.reason
    for place in call.evidence:
        reason = reason.replace(f" ({place})", "")
    return reason


class Placed(Protocol):
    """Anything at a line of a file."""

    @property
    def file(self) -> str:
        """Relative to the analysed folder."""
        ...


Item = TypeVar("Item", bound=Placed)


def by_file(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """Items with the file that they are in, in the order in which files come."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.file, []).append(item)
    return list(groups.items())


def by_head(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """``file:line`` and ``module:name`` by what stands before the last colon, which is kept; what has none stands alone."""
    groups: dict[str, list[str]] = {}
    for name in names:
        head, colon, tail = name.rpartition(":")
        groups.setdefault(head + colon or name, []).append(tail if colon else "")
    return list(groups.items())
