"""What a team does in each step of a plan: everything that moves, crosses, and has to be watched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from decompose.boundaries.split import SHARED, Service
from decompose.database.places import Places
from decompose.database.split import DatabaseSplit
from decompose.plan.carriers import messaging, protocol
from decompose.plan.contracts import seams_of
from decompose.plan.crossings import Network
from decompose.plan.layers import layers
from decompose.plan.moving import Moving, required
from decompose.plan.patterns import patterns_of
from decompose.plan.step import Plan, Step
from decompose.plan.step_detail import Route, StepDetail
from decompose.system.model import EntryPoint, Need, System, TestFile
from decompose.wording import counted

MANY_MODULES = 20
_ROUTED = frozenset({"http", "graphql", "admin"})
_GRAPHQL = "GRAPHQL "
_HOLE = re.compile(r"[<{(].*[>})]|^\d+$")


def detail_plan(system: System, database: DatabaseSplit, plan: Plan, network: Network) -> Plan:
    """The plan with what to do in each step. ``database`` must have its design; ``network`` is that of the split."""
    maker = _Detail(system, database, network)
    taken: list[str] = []
    steps = []
    for step in plan.steps:
        if step.order == 0:
            steps.append(msgspec.structs.replace(step, detail=maker.preparation()))
        elif step.effort is not None:
            steps.append(msgspec.structs.replace(step, detail=maker.of_service(step, frozenset(taken))))
            taken.append(step.service)
        else:
            steps.append(msgspec.structs.replace(step, detail=maker.of_what_stays(step.service)))
    return msgspec.structs.replace(plan, steps=tuple(steps), layers=layers(network.places))


class _Detail:
    def __init__(self, system: System, database: DatabaseSplit, network: Network) -> None:
        assert database.design is not None
        self.system = system
        self.places = places = network.places
        self.database = database
        self.design = database.design
        self.network = network
        self.services: dict[str, Service] = {service.name: service for service in places.split.services}
        self.entries: dict[str, list[EntryPoint]] = defaultdict(list)
        for entry in system.entry_points:
            self.entries[places.service_of(entry.handler)].append(entry)
        self.needs: dict[str, list[Need]] = defaultdict(list)
        for need in system.surroundings.needs:
            self.needs[places.service_of(need.definition)].append(need)
        self.file_of = {unit.id: unit.file for unit in system.units}
        self.moving = Moving(system, database, network)

    def preparation(self) -> StepDetail:
        """Phase 0: only what all share moves, into a package of its own; everything else is prepared."""
        mixed = _mixed_modules(self.places)
        done = [
            "the contracts that `decompose contracts` writes are checked on every change, and no exception is left in them",
            "no code touches a table of another future service except through its owner; until then `decompose check` refuses new places",
        ]
        if mixed:
            more = f" and {len(mixed) - MANY_MODULES} more" if len(mixed) > MANY_MODULES else ""
            named = ", ".join(mixed[:MANY_MODULES])
            done.insert(0, f"no module holds code of two future services (today {len(mixed)} do: {named}{more})")
        return StepDetail(
            code=tuple(self.moving.code(Service(name=SHARED, units=self.places.split.shared, tables=()))),
            tests=tuple(test.file for test in self.system.surroundings.tests),
            observe=("response times and errors by route, before anything moves: later steps are compared with them",),
            rollback=("each seam is a change of code like any other: revert it",),
            done_when=tuple(done),
        )

    def of_service(self, step: Step, taken: frozenset[str]) -> StepDetail:
        """What to do to take one service out."""
        name = step.service
        service = self.services[name]
        routes = tuple(
            Route(kind=_kind_of(e), pattern=e.name, handler=e.handler, file=e.file, line=e.line)
            for e in self.entries[name]
        )
        sagas = tuple(saga.name for saga in self.design.sagas if name in saga.services)
        detail = StepDetail(
            routes=routes,
            operations=tuple(self.network.operations(name)),
            calls_in=tuple(self.network.calls(name, into=True)),
            calls_out=tuple(self.network.calls(name, into=False)),
            code=tuple(self.moving.code(service)),
            data=tuple(self.moving.data(service)),
            uses=tuple(self.moving.uses(name)),
            sagas=sagas,
            joins=tuple(str(join) for join in self.design.joins if name in (*join.tables, join.service)),
            identity=required(n for n in self.needs[name] if n.kind == "identity"),
            settings=required(self.moving.settings(service)),
            hooks=self.moving.starting.hooks(name),
            packages=self.moving.packages(service),
            tests=tuple(self._tests(service, routes)),
        )
        return msgspec.structs.replace(
            detail,
            protocol=protocol(detail.calls_in),
            messaging=messaging((*detail.calls_in, *detail.calls_out), detail.operations, self.network.around),
            patterns=tuple(
                patterns_of(self.places, self.design, name, detail, self._asked_for(name), self._stateless(name))
            ),
            observe=tuple(self._observe(name, detail)),
            rollback=tuple(_rollback(name, detail)),
            done_when=tuple(self._done_when(name, detail, taken)),
        )

    def of_what_stays(self, name: str) -> StepDetail:
        """What the service that is left of the monolith has to offer and to call; nothing of it moves."""
        service = self.services[name]
        sagas = tuple(saga.name for saga in self.design.sagas if name in saga.services)
        detail = StepDetail(
            operations=tuple(self.network.operations(name)),
            calls_in=tuple(self.network.calls(name, into=True)),
            calls_out=tuple(self.network.calls(name, into=False)),
            sagas=sagas,
            identity=required(n for n in self.needs[name] if n.kind == "identity"),
            settings=required(self.moving.settings(service)),
            packages=self.moving.packages(service),
            tests=tuple(self._tests(service, ())),
        )
        return msgspec.structs.replace(
            detail,
            protocol=protocol(detail.calls_in),
            messaging=messaging((*detail.calls_in, *detail.calls_out), detail.operations, self.network.around),
            observe=tuple(self._observe(name, detail)),
            done_when=(
                "no code or table of another service is left in it",
                "settings and packages that only others needed are gone",
            ),
        )

    @cached_property
    def _importing(self) -> dict[str, list[str]]:
        """Service -> the imports of its modules in those of others, as contracts list them."""
        found: dict[str, list[str]] = defaultdict(list)
        for (_, target), imports in seams_of(self.system, self.places.split).crossing.items():
            found[target] += (f"{importing} -> {imported}" for importing, imported in imports)
        return found

    def _asked_for(self, name: str) -> list[str]:
        """Tables of others whose owner a service has to ask for rows; of the others it gets a copy, or columns."""
        copied = {
            item.table
            for item in self.design.shared_tables
            if item.options[0].kind != "owner with an API" and name in item.options[0].services
        }
        used = {
            item.access.table
            for item in self.database.foreign_accesses
            if item.service == name and item.owner != SHARED and not item.access.comes_along
        }
        return sorted(used - copied)

    def _stateless(self, name: str) -> list[EntryPoint]:
        keeps_nothing = self.network.behaviour.deeds.keeps_nothing
        return [e for e in self.entries[name] if e.kind == "schedule" and keeps_nothing(e.handler)]

    def _tests(self, service: Service, routes: Sequence[Route]) -> Iterable[str]:
        """Test files that import code of the service, or ask for one of its routes."""
        patterns = [_segments(route.pattern.partition(" ")[2]) for route in routes if route.kind == "http"]
        importing = self._tests_importing(service)
        return [t.file for t in self.system.surroundings.tests if t.file in importing or _asks_for(t, patterns)]

    def _reaching_inside(self, service: Service) -> int:
        """How many test files import code of a service: these cannot be pointed at another process."""
        return len(self._tests_importing(service))

    def _tests_importing(self, service: Service) -> set[str]:
        """The test files that import some units of a service by name, or one of their modules as a whole."""
        units = frozenset(service.units)
        modules = frozenset(unit.partition(":")[0] for unit in units)
        return {
            test.file
            for test, known, whole in self._imported
            if not units.isdisjoint(known) or not modules.isdisjoint(whole)
        }

    @cached_property
    def _imported(self) -> list[tuple[TestFile, set[str], set[str]]]:
        """The test files, each with the units and the whole modules that it imports."""
        found = []
        for test in self.system.surroundings.tests:
            known = {name for name in test.names if name in self.file_of}
            found.append((test, known, set(test.modules) - {name.partition(":")[0] for name in known}))
        return found

    def _observe(self, name: str, detail: StepDetail) -> Iterable[str]:
        yield f"health of {name}: that it runs, and that it reaches its database and what it calls"
        waiting = [call for call in (*detail.calls_in, *detail.calls_out) if call.style == "synchronous"]
        if waiting:
            yield f"for each synchronous call ({len(waiting)}): duration, errors, time-outs, and the state of the circuit breaker; traces that go on across the new hop"
        if any(call.style in ("asynchronous", "event") for call in (*detail.calls_in, *detail.calls_out)):
            yield "age of the oldest message that waits, and messages that were given up"
        if detail.sagas:
            yield f"sagas that are under way, compensated or stuck, by name ({len(detail.sagas)})"
        if detail.data:
            yield "while both databases are there: difference in row counts and checksums of the tables that move"
        if _at_gateway(detail):
            yield "share of requests that the gateway sends to the new service, with errors and durations of both sides"

    def _done_when(self, name: str, detail: StepDetail, taken: frozenset[str]) -> Iterable[str]:
        modules = self._importing[name]
        today = f" (today {counted(len(modules), 'import')}, such as {modules[0]})" if modules else ""
        yield f"nothing in the monolith imports code of {name}{today}, and the contract for it has no exception left"
        gateway = _at_gateway(detail)
        if gateway:
            yield f"the gateway sends every {'route' if gateway == 1 else f'route ({gateway})'} to {name}"
        if len(detail.routes) > gateway:
            yield f"its commands, tasks and handlers ({len(detail.routes) - gateway}) run in {name} only"
        if detail.data:
            yield f"row counts and checksums of every table ({len(detail.data)}) agreed at the switch, and the old tables are gone"
        foreign = [f for f in self.database.foreign_accesses if f.owner == name]
        if foreign:
            yield f"no access of another service to its tables is left (today {len(foreign)})"
        if detail.tests:
            inside = self._reaching_inside(self.services[name])
            moved = (
                f"; {inside} of them import{'s' if inside == 1 else ''} its code: such tests move along"
                if inside
                else ""
            )
            yield f"every test file that covers it ({len(detail.tests)}) passes against the new service{moved}"
        back = sorted({call.target for call in detail.calls_out if call.style != "local"} - taken)
        if back:
            yield f"its calls of {', '.join(back)} go through one client of the monolith each, so that a later step changes only an address"


def _kind_of(entry: EntryPoint) -> str:
    """A field of a GraphQL schema has no path of its own."""
    return "graphql" if entry.kind == "http" and entry.name.startswith(_GRAPHQL) else entry.kind


def _at_gateway(detail: StepDetail) -> int:
    """How many entry points a gateway sends somewhere; commands, tasks and handlers of signals it does not."""
    return sum(route.kind in _ROUTED for route in detail.routes)


def _rollback(name: str, detail: StepDetail) -> Iterable[str]:
    if _at_gateway(detail):
        yield "send the routes back to the monolith at the gateway; its code stays until the step is done"
    if detail.data:
        yield f"run the way back of `decompose ddl` for {name}: it copies what was written since, and puts the keys back"
    yield "keep the last release of the monolith that still holds the code until the step is done"


def _mixed_modules(places: Places) -> list[str]:
    """Modules that hold code of several services."""
    services: Mapping[str, set[str]] = defaultdict(set)
    for unit, service in places.service_of_unit.items():
        if service != SHARED:
            services[unit.partition(":")[0]].add(service)
    return sorted(module for module, found in services.items() if len(found) > 1)


def _segments(path: str) -> tuple[str, ...]:
    return tuple("*" if _HOLE.search(part) else part for part in path.strip("/").split("/"))


def _asks_for(test: TestFile, patterns: Sequence[tuple[str, ...]]) -> bool:
    return any(_matches(_segments(path), pattern) for path in test.paths for pattern in patterns)


def _matches(asked: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a path is one of a route; the first segment must be named by both."""
    if len(asked) != len(pattern) or pattern[0] in ("", "*") or pattern[0] != asked[0]:
        return False
    return all(p == a or "*" in (p, a) for p, a in zip(pattern, asked, strict=True))
