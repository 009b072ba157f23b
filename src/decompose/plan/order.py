"""The extraction plan: seams first, then one service at a time, the least entangled first.

After each step the remaining services are judged again: a call into a service that is already out is an API call
that exists, so it no longer counts against the caller, and a table that is out can no longer be written directly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.database.split import DatabaseSplit
from decompose.plan.step import Plan, Step, WorkItem
from decompose.system.model import Access, Dependency, System, Transaction

MAX_EVIDENCE = 20

COSTS: dict[str, float] = {
    "inbound calls": 1.0,
    "outbound calls": 1.0,
    "foreign accesses": 3.0,
    "foreign keys": 2.0,
    "transactions": 8.0,
    "entry points": 0.5,
    "tables": 1.0,
}
"""How much one item of each kind weighs when the order is chosen."""


class _Crossing(NamedTuple):
    source: str
    target: str
    dependency: Dependency


def make_plan(system: System, split: Split, database: DatabaseSplit) -> Plan:
    """The steps for ``split``: step 0 prepares, each further step extracts one service."""
    if len(split.services) < 2:
        return Plan(split=split.name, steps=())
    state = _State(system, split, database)
    steps = [state.preparation()]
    remaining = [service.name for service in split.services]
    # The last service is what stays of the monolith: there is nothing to extract it from.
    while len(remaining) > 1:
        work = {name: state.work(name, remaining) for name in remaining}
        costs = {name: sum(COSTS.get(item.kind, 0.0) * item.count for item in items) for name, items in work.items()}
        chosen = min(remaining, key=lambda name: (costs[name], name))
        remaining.remove(chosen)
        steps.append(
            Step(
                order=len(steps),
                service=chosen,
                title=f"Extract {chosen}",
                reason=_reason(chosen, costs, work[chosen]),
                work=work[chosen],
            )
        )
    steps.append(
        Step(
            order=len(steps),
            service=remaining[0],
            title=f"Keep {remaining[0]} as what is left of the monolith",
            reason="Everything else is out; what remains is this service.",
            work=(),
        )
    )
    return Plan(split=split.name, steps=tuple(steps))


class _State:
    def __init__(self, system: System, split: Split, database: DatabaseSplit) -> None:
        self.system = system
        self.split = split
        self.database = database
        service_of = split.service_of_unit()
        unit_of = {definition.id: definition.unit for definition in system.definitions}
        self.crossings: list[_Crossing] = []
        for dependency in system.dependencies:
            if not dependency.runs or dependency.resolution == "guessed":
                continue
            source = service_of.get(dependency.source_unit or unit_of.get(dependency.source, ""), SHARED)
            target = service_of.get(dependency.target_unit or unit_of.get(dependency.target, ""), SHARED)
            if source != target and SHARED not in (source, target):
                self.crossings.append(_Crossing(source, target, dependency))
        self.entries: dict[str, list[str]] = defaultdict(list)
        for entry in system.entry_points:
            service = service_of.get(unit_of.get(entry.handler, ""), SHARED)
            self.entries[service].append(f"{entry.file}:{entry.line}")

    def preparation(self) -> Step:
        """Step 0: the modular monolith."""
        work = [
            _item("shared units", "move into a package that every service may import", self.split.shared),
            _item("seams", "calls between future services; route each through an interface inside the code base",
                  [_place(c.dependency) for c in self.crossings]),
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

    def work(self, name: str, remaining: Iterable[str]) -> tuple[WorkItem, ...]:
        """The work to extract ``name`` while ``remaining`` are still in the monolith."""
        inside = set(remaining)
        service = next(service for service in self.split.services if service.name == name)
        inbound = [c for c in self.crossings if c.target == name and c.source in inside]
        outbound = [c for c in self.crossings if c.source == name and c.target in inside]
        operations = sorted({c.dependency.target for c in self.crossings if c.target == name})
        foreign = [
            a
            for a in self.database.foreign_accesses
            if name in (a.service, a.owner) and {a.service, a.owner} <= inside | {name}
        ]
        keys = [
            k
            for k in self.database.cut_foreign_keys
            if name in (k.service, k.target_service) and {k.service, k.target_service} <= inside | {name}
        ]
        spanning = [
            t for t in self.database.spanning_transactions if name in t.services and len(inside & set(t.services)) > 1
        ]
        items = [
            _item("units", "move to the new service", service.units),
            _item("tables", "move to the new service's database", service.tables),
            _item("entry points", "switch over at the gateway", self.entries.get(name, [])),
            _item("operations", "its API must offer them", operations),
            _item(
                "inbound calls",
                "from the monolith; replace with calls of the API",
                [_place(c.dependency) for c in inbound],
            ),
            _item("outbound calls", "back into the monolith; replace", [_place(c.dependency) for c in outbound]),
            _item("foreign accesses", "across the new boundary; replace", [_place(a.access) for a in foreign]),
            _item("foreign keys", "replace with plain identifiers", [f"{k.key.file}:{k.key.line}" for k in keys]),
            _item("transactions", "turn into sagas", [_place(t.transaction) for t in spanning]),
        ]
        return tuple(item for item in items if item.count)


def _place(item: Dependency | Access | Transaction) -> str:
    return f"{item.file}:{item.line}"


def _item(kind: str, text: str, evidence: Iterable[str]) -> WorkItem:
    listed = list(evidence)
    shown = tuple(dict.fromkeys(sorted(listed)))[:MAX_EVIDENCE]
    return WorkItem(kind=kind, count=len(listed), text=text, evidence=shown)


def _reason(name: str, costs: dict[str, float], work: tuple[WorkItem, ...]) -> str:
    heavy = max(
        (item for item in work if item.kind in COSTS), key=lambda item: COSTS[item.kind] * item.count, default=None
    )
    others = [cost for other, cost in costs.items() if other != name]
    text = f"The least entangled of {len(costs)}: its crossings weigh {costs[name]:g}"
    if others:
        text += f", the next one's {min(others):g}"
    if heavy is not None and costs[name]:
        text += f". Most of it: {heavy.kind} ({heavy.count})"
    return text + "."
