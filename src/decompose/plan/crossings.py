"""Each crossing as it goes over the network: style, resilience, and the operations that a service must offer for it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Protocol

import msgspec

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.database.split import ForeignAccess
from decompose.linking.libraries.surroundings import QUERIES
from decompose.plan.behaviour import Behaviour
from decompose.plan.dispatch import Crossing, Dispatch, Method
from decompose.plan.step_detail import ApiOperation, CrossingCall, Style
from decompose.plan.styles import Styles
from decompose.plan.through_shared import ThroughShared
from decompose.system.calls.loops import Loops
from decompose.system.model import Access, Dependency, acting

MAX_EVIDENCE = 10
_WORD = re.compile(r"\w+")
_WRITING = frozenset({"insert", "update", "delete"})

_Key = tuple[str, str, str, str]
"""Who calls, who is called, and what: a definition and the unit on whose behalf it runs."""

_Asked = dict[Method, list[Crossing]]
_Touched = dict[tuple[str, str], list[ForeignAccess]]


class Network:
    """What the calls and accesses between the services of one split become.

    ``seams`` are all call sites between them, ``all_crossings`` those of shared code as well, once for each service that comes to it;
    ``crossings`` what they may come to, but for making an object: a class that both sides need, or a row, which counts as an access of
    its table. Methods among which the object decides are one operation.
    """

    def __init__(self, places: Places, foreign: Sequence[ForeignAccess]) -> None:
        self.places = places
        self.around = places.system.surroundings
        self.behaviour = Behaviour(places)
        self.foreign = foreign
        self.dispatch = Dispatch(places)
        direct, shared = self.dispatch.crossings, list(ThroughShared(places, self.behaviour).crossings())
        self.seams = self.dispatch.once(direct)
        self.all_crossings = [*self.seams, *self.dispatch.once(shared)]
        self.crossings = [*(c for c in direct if c.dependency.kind != "construct"), *shared]
        self.styles = Styles(places, self.behaviour, self.crossings)

    @cached_property
    def _loops(self) -> Loops:
        return Loops(self.around)

    @cached_property
    def _grouped(self) -> dict[_Key, list[Crossing]]:
        """(source, target, definition, who acts) -> the calls; the definition stands for all that they may come to."""
        grouped: dict[_Key, list[Crossing]] = defaultdict(list)
        for crossing in self.crossings:
            grouped[crossing.source, crossing.target, *self.dispatch.asked(crossing)].append(crossing)
        return dict(sorted(grouped.items()))

    @cached_property
    def messages(self) -> list[Crossing]:
        """The calls for whose answer nobody waits."""
        return self._of_style("asynchronous", "event")

    @cached_property
    def copies(self) -> list[Crossing]:
        """The calls of code that can be copied, or goes into the shared library."""
        return self._of_style("local")

    @cached_property
    def called(self) -> dict[str, tuple[int, int]]:
        """Service -> the calls of others into it: over the network, and all, with code that can be copied or goes into the shared library."""
        over_network, every = Counter[str](), Counter[str]()
        for key, crossings in self._grouped.items():
            count = len(self.dispatch.once(crossings))
            every[key[1]] += count
            over_network[key[1]] += count if self._styles[key][0] != "local" else 0
        return {name: (over_network[name], every[name]) for name in every}

    def _of_style(self, *wanted: Style) -> list[Crossing]:
        return [
            crossing
            for key, crossings in self._grouped.items()
            if self._styles[key][0] in wanted
            for crossing in self.dispatch.once(crossings)
        ]

    @cached_property
    def waits_for(self) -> dict[str, Counter[str]]:
        """Service -> those that it does nothing without, with the places: calls whose answer it uses, and uses of their tables."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for key, crossings in self._grouped.items():
            if self._styles[key][0] == "synchronous":
                found[key[0]][key[1]] += len(self.dispatch.once(crossings))
        for item in self.foreign:
            if item.owner != SHARED and not item.access.comes_along:
                found[item.service][item.owner] += 1
        return found

    @cached_property
    def _styles(self) -> dict[_Key, tuple[Style, str]]:
        return {key: self.styles.of(crossings) for key, crossings in self._grouped.items()}

    # What crosses

    def calls(self, service: str, *, into: bool) -> list[CrossingCall]:
        """The calls into or out of a service, by partner and operation."""
        return [
            self._call(key, crossings)
            for key, crossings in self._grouped.items()
            if (key[1] if into else key[0]) == service
        ]

    def _call(self, key: _Key, crossings: Sequence[Crossing]) -> CrossingCall:
        source, target, definition, unit = key
        style, reason = self._styles[key]
        called = sorted({crossing.dependency.target for crossing in crossings})
        sites = [crossing.dependency for crossing in self.dispatch.once(crossings)]
        # A signal reaches all who listen to it.
        if all(site.resolution != "exact" and site.kind != "signal" for site in sites):
            reason = f"{reason}; that it is called at all is {sites[0].resolution} ({sites[0].rule})"
        writes = any(map(self.behaviour.writes, called))
        resilience = without = ""
        if style == "synchronous":
            outside = next(filter(None, map(self.behaviour.acts_outside, called)), "")
            why = "it writes" if writes else f"{outside} acts outside of the process"
            resilience = (
                f"time-out, circuit breaker; a retry only with an idempotency key, because {why}"
                if writes or outside
                else "time-out, retry with back-off (it only reads), circuit breaker"
            )
            if self.styles.entered(sites):
                resilience += "; what was begun ends by itself after a time, if its caller never comes back"
            without = self._without_answer(sites, target, writes=writes or bool(outside))
        identity = {name for one in called for name in self.behaviour.asks(one)} if style != "local" else set()
        return CrossingCall(
            source=source,
            target=target,
            definition=acting(definition, unit),
            style=style,
            reason=reason,
            sites=len(sites),
            evidence=_evidence(sites),
            resilience=resilience,
            without_answer=without,
            identity=tuple(sorted(identity)),
            alternatives=self._alternatives(target, (definition, unit)),
            through=self._through(sites),
        )

    def _through(self, sites: Iterable[Dependency]) -> str:
        """The shared code that makes these calls, if no other code does."""
        sources = sorted({site.source for site in sites})
        shared = all(self.places.service_of(site.source, site.source_unit) == SHARED for site in sites)
        return sources[0] if shared else ""

    def _alternatives(self, service: str, method: Method) -> tuple[str, ...]:
        others = self.dispatch.alternatives(service, method)[1:]
        # What a class inherits is the same operation, whoever acts.
        return tuple(acting(*other) for other in others if other[0] != method[0])

    def _without_answer(self, sites: Iterable[Dependency], target: str, *, writes: bool) -> str:
        """What a caller does when no answer comes."""
        sites = list(sites)
        callers_write = any(self.behaviour.writes(site.source) for site in sites)
        if all(site.source in self.behaviour.in_background for site in sites):
            again = "begin again from where it was" if callers_write else "begin again"
            return f"nobody looks on: let the task, command or message fail, and {again} when {target} is back"
        if writes:
            return f"tell the user that {target} is not there, and change nothing; in a saga: compensate what was done"
        if callers_write:
            return "refuse before anything is written: the decision needs the answer"
        return f"show the page without that part, or with the last value known of {target}"

    def operations(self, service: str) -> list[ApiOperation]:
        """The API of a service: what others call, then what they do to its tables."""
        asked, accesses = self._asked_of(service)
        found = _told_apart([self._called(service, *item) for item in sorted(asked.items())])
        return [*found, *(self._accessed(*key, items) for key, items in sorted(accesses.items()))]

    def offered(self, service: str) -> list[str]:
        """The same in short: what each operation does, by name."""
        asked, accesses = self._asked_of(service)
        return sorted([*(acting(*method) for method in asked), *(f"{done} {table}" for table, done in accesses)])

    def _asked_of(self, service: str) -> tuple[_Asked, _Touched]:
        """What a service is asked for, with the calls, and what is done to which of its tables, with the accesses."""
        return self._asked.get(service, {}), self._touched.get(service, {})

    @cached_property
    def _asked(self) -> dict[str, _Asked]:
        found: dict[str, _Asked] = defaultdict(lambda: defaultdict(list))
        for key, crossings in self._grouped.items():
            if self._styles[key][0] != "local":
                waiting = [c for c in crossings if c.dependency.kind not in ("signal", "task")]
                if waiting:
                    found[key[1]][key[2], key[3]] += waiting
        return dict(found)

    @cached_property
    def _touched(self) -> dict[str, _Touched]:
        found: dict[str, _Touched] = defaultdict(lambda: defaultdict(list))
        for item in self.foreign:
            # Rows that are only looked up because they are to be deleted along are no question to their owner: it gets the event.
            if item.access.follows or not item.access.by_cascade:
                found[item.owner][item.access.table, item.access.operation].append(item)
        return dict(found)

    def _called(self, service: str, method: Method, crossings: Sequence[Crossing]) -> ApiOperation:
        called = sorted({crossing.dependency.target for crossing in crossings})
        once = self.dispatch.once(crossings)
        sites = [crossing.dependency for crossing in once]
        style, _ = self.styles.of(crossings)
        changes = next((place for place in map(self.behaviour.changes, called) if place), "")
        file, line = self._declared.get(method[0], ("", 0))
        return ApiOperation(
            name=acting(*method).rpartition(":")[2],
            definition=method[0],
            parameters=self.around.signatures.get(method[0], ""),
            returns=self.around.returns.get(method[0], ""),
            changes=changes,
            entered=self.styles.entered(sites),
            rows=self.around.given.get(method[0], {}),
            asked_on=not self._queries.isdisjoint(_WORD.findall(self.around.returns.get(method[0], ""))),
            does="command" if changes or any(self._acts(one) for one in called) else "query",
            style=style,
            callers=dict(sorted(Counter(crossing.source for crossing in once).items())),
            in_loops=_evidence(site for site in sites if self._loops.repeat(site)),
            evidence=_evidence(sites),
            alternatives=self._alternatives(service, method),
            file=file,
            line=line,
        )

    @cached_property
    def _declared(self) -> dict[str, tuple[str, int]]:
        """Definition -> its file and line."""
        return {d.id: (d.file, d.line) for d in self.places.system.definitions}

    @cached_property
    def _queries(self) -> frozenset[str]:
        """The names of types of queries, but for those that the application gives to classes of its own."""
        return QUERIES - {unit.id.rpartition(":")[2] for unit in self.places.system.units if unit.kind == "class"}

    def _acts(self, definition: str) -> bool:
        """Whether calling a definition changes something, in tables and stores or outside of the process."""
        return self.behaviour.writes(definition) or bool(self.behaviour.acts_outside(definition))

    def _repeated(self, access: Access) -> bool:
        """Whether a table is accessed for each of many things."""
        if not self._loops.cover(access.file, access.line):
            return False
        # A loop over names of columns, for `setattr`, changes one row: what it sets is written once.
        text = self.places.system.source_lines.get(access.file, {}).get(access.line, "")
        return access.role == "execute" or "setattr(" not in text

    def _accessed(self, table: str, operation: str, items: list[ForeignAccess]) -> ApiOperation:
        sites = [item.access for item in items]
        columns = sorted({column for access in sites for column in access.columns})
        told = all(access.columns for access in sites)
        follows = all(access.follows for access in sites)
        writing = operation in _WRITING
        declared = self.places.tables.get(table)
        return ApiOperation(
            name=f"{operation} {table}",
            definition=f"table:{table}",
            parameters=", ".join(columns) if writing else "",
            returns="" if writing else ", ".join(columns) if told else "rows",
            does="command" if writing else "query",
            # What the database or the mapper does by itself follows an event; it is not asked for.
            style="event" if follows else "synchronous",
            callers=dict(sorted(Counter(item.service for item in items).items())),
            in_loops=() if follows else _evidence(access for access in sites if self._repeated(access)),
            evidence=_evidence(sites),
            file=declared.file if declared is not None else "",
            line=declared.line if declared is not None else 0,
        )


def _told_apart(operations: list[ApiOperation]) -> list[ApiOperation]:
    """Operations of the same name get that of their module before it."""
    count = Counter(operation.name for operation in operations)
    return [
        msgspec.structs.replace(o, name=f"{o.definition.partition(':')[0].rpartition('.')[2]}:{o.name}")
        if count[o.name] > 1
        else o
        for o in operations
    ]


class _Placed(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...


def _evidence(sites: Iterable[_Placed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{site.file}:{site.line}" for site in sites))[:MAX_EVIDENCE]
