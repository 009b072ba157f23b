"""What it takes to extract a service while others are still inside: items of work, and what they weigh."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from decompose.boundaries.split import Split
from decompose.database.saga_parts import followers_of
from decompose.database.split import DatabaseSplit, ForeignAccess
from decompose.plan.crossings import Network
from decompose.plan.dispatch import Crossing
from decompose.plan.step import Step, WorkItem
from decompose.system.model import Access, Dependency, System, Transaction
from decompose.wording import counted

MAX_EVIDENCE = 20

COSTS: dict[str, float] = {
    "inbound calls": 1.0,
    "outbound calls": 1.0,
    "foreign accesses": 3.0,
    "foreign keys": 2.0,
    "transactions": 8.0,
    "messages": -0.75,
    "copied calls": -0.9,
    "followed transactions": -7.0,
    "entry points": 0.5,
    "tables": 1.0,
}
"""How much one item of each kind weighs when the order is chosen. ``messages`` are calls among the inbound and outbound ones for
whose answer nobody waits, ``followed transactions`` those in which the service only does afterwards what cannot be refused: both
can be late without harm, so they weigh less than the others."""

LEFT_TO_A_LIBRARY = 0.05
"""Hardly anything: an entry point for less than this share of the units, and less than this share of the calls of others."""


class Work:
    """Everything that crosses, by pair of services, so that a service can be judged with any others left inside."""

    def __init__(self, system: System, split: Split, database: DatabaseSplit, network: Network) -> None:
        self.split = split
        self.database = database
        self.network = network
        self.crossings = network.all_crossings
        self.services = {service.name: service for service in split.services}
        self.called: dict[str, list[Crossing]] = defaultdict(list)
        self.calling: dict[str, list[Crossing]] = defaultdict(list)
        self.pairs: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for crossing in self.crossings:
            self.called[crossing.target].append(crossing)
            self.calling[crossing.source].append(crossing)
            self.pairs[frozenset((crossing.source, crossing.target))]["outbound calls"] += 1
        self.messages: dict[str, list[Crossing]] = defaultdict(list)
        self.copies: dict[str, list[Crossing]] = defaultdict(list)
        for kind, crossings, of_service in (
            ("messages", network.messages, self.messages),
            ("copied calls", network.copies, self.copies),
        ):
            for crossing in crossings:
                self.pairs[frozenset((crossing.source, crossing.target))][kind] += 1
                of_service[crossing.source].append(crossing)
                of_service[crossing.target].append(crossing)
        self.foreign: dict[str, list[ForeignAccess]] = defaultdict(list)
        for item in database.foreign_accesses:
            self.pairs[frozenset((item.service, item.owner))]["foreign accesses"] += 1
            self.foreign[item.service].append(item)
            self.foreign[item.owner].append(item)
        for cut in database.cut_foreign_keys:
            self.pairs[frozenset((cut.service, cut.target_service))]["foreign keys"] += 1
        self.partners: dict[str, list[str]] = {name: [] for name in self.services}
        """Service -> those that it has anything to do with."""
        for pair in self.pairs:
            for name in pair & self.partners.keys():
                self.partners[name] += pair - {name}
        self.spanning: dict[str, list[int]] = defaultdict(list)
        """Service -> the transactions that it takes part in and that span services, by number."""
        for number, spanning in enumerate(database.spanning_transactions):
            for name in spanning.services:
                self.spanning[name].append(number)
        self.entries: dict[str, list[str]] = defaultdict(list)
        for entry in system.entry_points:
            self.entries[network.places.service_of(entry.handler)].append(f"{entry.file}:{entry.line}")
        self.following: dict[str, set[int]] = defaultdict(set)
        for number, followers in enumerate(followers_of(network.places, database.spanning_transactions)):
            for follower in followers:
                self.following[follower].add(number)

    def libraries(self) -> dict[str, str]:
        """The services in which nothing would run, or hardly anything, with why: without data, hardly an entry point, and hardly a call
        of others goes over the network.

        None where no entry point is known: what runs is not in view.
        """
        if not self.entries:
            return {}
        holding = {store.owner for store in self.database.stores}
        without_data = (name for name, service in self.services.items() if name not in holding and not service.tables)
        found = {name: self._as_library(name) for name in without_data if name in self.network.called}
        return {name: why for name, why in found.items() if why}

    def _as_library(self, name: str) -> str:
        entries, units = len(self.entries.get(name, ())), len(self.services[name].units)
        over_network, calls = self.network.called[name]
        if not entries and not over_network:
            return (
                "Nothing would run in it: it has no data and no entry point, and all that others call of it can be copied. "
                "Make it a library."
            )
        if entries >= LEFT_TO_A_LIBRARY * units or over_network >= LEFT_TO_A_LIBRARY * calls:
            return ""
        entering = f"{counted(entries, 'entry point')} in {counted(units, 'unit')}" if entries else "no entry point"
        return (
            f"Hardly anything would run in it: it has no data and {entering}, and {calls - over_network:,} of {counted(calls, 'call')} of "
            "others are of what can be copied. Make it a library; what is left goes to a service that uses it."
        )

    def cost(self, name: str, remaining: Iterable[str]) -> float:
        """What the work of a step weighs."""
        counts: Counter[str] = Counter()
        inside = set(remaining)
        for other in self.partners[name]:
            if other in inside:
                counts.update(self.pairs[frozenset((name, other))])
        spanning = self._spanning(name, remaining)
        counts["transactions"] = len(spanning)
        counts["followed transactions"] = len(self.following[name].intersection(spanning))
        counts["entry points"] = len(self.entries.get(name, ()))
        counts["tables"] = len(self.services[name].tables)
        return math.fsum(COSTS[kind] * count for kind, count in sorted(counts.items()))

    def _rows(self, tables: Iterable[str]) -> WorkItem:
        """The rows that are copied, as far as they are known."""
        known = self.network.places.tables
        counts = {name: known[name].rows or 0 for name in tables if name in known}
        largest = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name))
        evidence = tuple(f"{name}: {counts[name]:,}" for name in largest[:MAX_EVIDENCE])
        return WorkItem(
            kind="rows", count=sum(counts.values()), text="of its tables: copy and compare", evidence=evidence
        )

    def _spanning(self, name: str, remaining: Iterable[str]) -> list[int]:
        """The transactions that a step turns into sagas, by number."""
        inside = set(remaining)
        items = self.database.spanning_transactions
        return [number for number in self.spanning[name] if len(inside.intersection(items[number].services)) > 1]

    def preparation(self) -> Step:
        """Step 0: the modular monolith."""
        work = [
            _item("shared units", "move into a package that every service may import", self.split.shared),
            _item("seams", "calls between future services; route each through an interface inside the code base",
                  [_place(c.dependency) for c in self.network.seams]),
            _item("foreign accesses", "of another service's tables; route each through the owner",
                  [_place(a.access) for a in self.database.foreign_accesses]),
        ]  # fmt: skip
        return Step(
            order=0,
            service="",
            title="Draw the seams inside the monolith",
            reason="A seam that holds inside one process turns every later step into a move; one that does not is cheap to undo.",
            work=tuple(item for item in work if item.count),
        )

    def needed(self, name: str, remaining: Iterable[str]) -> tuple[str, ...]:
        """The services that ``name`` waits for and that are still in the monolith."""
        return tuple(sorted(self.network.waits_for[name].keys() & set(remaining)))

    def of(self, name: str, remaining: Iterable[str]) -> tuple[WorkItem, ...]:
        """The work to extract ``name`` while ``remaining`` are still in the monolith."""
        inside = set(remaining)
        service = self.services[name]
        inbound = [c for c in self.called[name] if c.source in inside]
        outbound = [c for c in self.calling[name] if c.target in inside]
        foreign = [a for a in self.foreign[name] if a.service in inside and a.owner in inside]
        keys = [
            k
            for k in self.database.cut_foreign_keys
            if name in (k.service, k.target_service) and {k.service, k.target_service} <= inside
        ]
        spanning = self._spanning(name, inside)
        sagas = self.database.spanning_transactions
        told, copied = (
            [c for c in crossings[name] if c.source in inside and c.target in inside]
            for crossings in (self.messages, self.copies)
        )
        stores = [store for store in self.database.stores if name == store.owner]
        shared = [
            store
            for store in self.database.stores
            if store.shared and len(inside.intersection(store.services)) > 1 and name in store.services
        ]
        items = [
            _item("units", "move to the new service", service.units),
            _item("tables", "move to the new service's database", service.tables),
            self._rows(service.tables),
            _item(
                "stores",
                "caches, files, search indexes, sessions and queues that it owns: move along",
                [f"{store.kind} {store.name}" for store in stores],
            ),
            _item(
                "shared stores",
                "others touch them too: agree who writes and who is asked",
                [f"{store.kind} {store.name} ({store.evidence[0]})" for store in shared],
            ),
            _item(
                "entry points",
                "move to the new service; HTTP routes switch over at the gateway",
                self.entries.get(name, []),
            ),
            _item("operations", "its API must offer them", self.network.offered(name)),
            _item(
                "inbound calls",
                "from the monolith: replace with calls of its API",
                [_place(c.dependency) for c in inbound],
            ),
            _item(
                "outbound calls",
                "into the monolith: replace with calls of an API",
                [_place(c.dependency) for c in outbound],
            ),
            _item(
                "messages", "of these calls, those whose answer nobody waits for", [_place(c.dependency) for c in told]
            ),
            _item(
                "copied calls",
                "of these, calls of code that touches no data: share or copy that code",
                [_place(c.dependency) for c in copied],
            ),
            _item(
                "foreign accesses",
                "of tables across the new boundary: ask their owner instead",
                [_place(a.access) for a in foreign],
            ),
            _item("foreign keys", "replace with plain identifiers", [f"{k.key.file}:{k.key.line}" for k in keys]),
            _item("transactions", "turn into sagas", [_place(sagas[n].transaction) for n in spanning]),
            _item(
                "followed transactions",
                "of these, its part comes last and cannot be refused",
                [_place(sagas[n].transaction) for n in spanning if n in self.following[name]],
            ),
        ]
        return tuple(item for item in items if item.count)


def _place(item: Dependency | Access | Transaction) -> str:
    return f"{item.file}:{item.line}"


def _item(kind: str, text: str, evidence: Iterable[str]) -> WorkItem:
    listed = list(evidence)
    shown = tuple(sorted(set(listed)))[:MAX_EVIDENCE]
    return WorkItem(kind=kind, count=len(listed), text=text, evidence=shown)
