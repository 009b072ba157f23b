"""The transactions that a framework opens around requests: of whom they are told, and what runs in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.linking.libraries import answered_in_transactions, requests_in_transactions
from decompose.system.model import Dependency, EntryPoint
from decompose.system.transactions.entered import Asked, Entered, Start, without_dispatch
from decompose.system.transactions.reach import Reach


class Request(NamedTuple):
    """An entry point around which a transaction is opened, and who runs in it.

    ``answering``: the method by which it is answered; ``page``: whether that opens the transaction, whatever is said of requests.
    """

    entry: EntryPoint
    start: Start
    answering: str
    page: bool


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
        self._every_one = requests_in_transactions(linked)
        self._pages = _pages(answered_in_transactions(linked), entry_points)
        self.reach = reach
        if not (self._every_one or self._pages):
            return
        kept = without_dispatch(told, entry_points) if self._every_one else told
        self.reach = reach if len(kept) == len(told) else Reach(kept, reach.contexts)
        scopes = linked.program.scopes
        classes = {s.definition for s in scopes if s.facts.kind == ScopeKind.CLASS and not s.library}
        self._entered = Entered(classes, written, entry_points, self.reach)
        self._entry_points = entry_points

    def asked(self) -> dict[Asked, list[Request]]:
        """Who is asked by requests, each with those that lead there."""
        found: dict[Asked, list[Request]] = {}
        for entry in self._entry_points if self._every_one else ():
            if entry.kind == "http":
                request = Request(entry, self._entered.start(entry), entry.method, page=False)
                found.setdefault(self._entered.asked(entry), []).append(request)
        for entry, names in self._pages:
            for name in names:
                request = Request(entry, self._entered.start(entry, name), name, page=True)
                found.setdefault(self._entered.asked(entry, name), []).append(request)
        return found


def _pages(
    answered: Mapping[str, Sequence[str]], entry_points: Iterable[EntryPoint]
) -> list[tuple[EntryPoint, Sequence[str]]]:
    """Pages, each with the methods that open a transaction."""
    pages = (entry for entry in entry_points if entry.kind != "http" and not entry.method)
    return [(entry, answered[entry.handler]) for entry in pages if entry.handler in answered]
