"""The extraction plan: steps that each leave a working system behind, with countable work."""

from __future__ import annotations

from decompose.system.model import Record


class WorkItem(Record, frozen=True):
    """One kind of countable work in a step, e.g. ``calls to replace``; ``evidence`` are ``file:line`` strings."""

    kind: str
    count: int
    text: str
    evidence: tuple[str, ...] = ()


class Step(Record, frozen=True):
    """One stage of the plan. Order 0 prepares the seams inside the code base (``service`` is then empty)."""

    order: int
    service: str
    title: str
    reason: str
    work: tuple[WorkItem, ...]

    def count(self, kind: str) -> int:
        """How much work of ``kind`` this step holds."""
        return sum(item.count for item in self.work if item.kind == kind)


class Plan(Record, frozen=True):
    """The order of extraction for the split named ``split``."""

    split: str
    steps: tuple[Step, ...]
