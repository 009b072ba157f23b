"""The transactions that a framework opens around requests: of whom they are told, and what runs in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.system.model import Dependency, EntryPoint
from decompose.system.transactions.entered import Asked, Entered, without_dispatch
from decompose.system.transactions.reach import Reach


class AroundRequests:
    """Where requests start. ``told``: who runs whom, as ``reach`` has it; ``written``: all dependencies as the code has them."""

    def __init__(
        self,
        linked: Linked,
        told: Sequence[Dependency],
        written: Iterable[Dependency],
        entry_points: Sequence[EntryPoint],
        reach: Reach,
    ) -> None:
        kept = without_dispatch(told, entry_points)
        self.reach = reach if len(kept) == len(told) else Reach(kept, reach.contexts)
        scopes = linked.program.scopes
        classes = {s.definition for s in scopes if s.facts.kind == ScopeKind.CLASS and not s.library}
        self.entered = Entered(classes, written, entry_points, self.reach)
        self._entry_points = entry_points

    def asked(self) -> list[tuple[Asked, list[EntryPoint]]]:
        """Who is asked by requests, each with the routes that lead there."""
        found: dict[Asked, list[EntryPoint]] = {}
        for entry in self._entry_points:
            if entry.kind == "http":
                found.setdefault(self.entered.asked(entry), []).append(entry)
        return list(found.items())
