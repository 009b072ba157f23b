"""What moves with a service, and what it takes for granted: code, tables, tables of others, packages and settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from decompose.boundaries.split import SHARED, Service
from decompose.database.split import DatabaseSplit, ForeignAccess
from decompose.plan.crossings import Network
from decompose.plan.starting import Starting
from decompose.plan.step_detail import CodeMove, DataMove, Requirement, TableUse
from decompose.system.model import Need, System

MAX_EVIDENCE = 10


class Moving:
    """Answers for the services of one split. ``database`` must have its design; ``network`` is that of the split."""

    def __init__(self, system: System, database: DatabaseSplit, network: Network) -> None:
        assert database.design is not None
        self.system = system
        self.places = network.places
        self.behaviour = network.behaviour
        self.starting = Starting(network)
        self.foreign = database.foreign_accesses
        self.design = database.design
        self.file_of = {unit.id: unit.file for unit in system.units}
        self.rows = {table.name: table.rows for table in system.tables if table.rows is not None}
        self.shared = {item.table: item for item in self.design.shared_tables}

    def code(self, service: Service) -> Iterator[CodeMove]:
        """The files that move, or what of them does where they hold code of others too."""
        moving: dict[str, list[str]] = defaultdict(list)
        for unit in service.units:
            if unit in self.file_of:
                moving[self.file_of[unit]].append(unit)
        for file, units in sorted(moving.items()):
            others = self._units_in[file].difference(units)
            names = sorted(unit.partition(":")[2] or "its top-level code" for unit in units) if others else []
            to = sorted({self.places.service_of_unit.get(other, SHARED) for other in others})
            setting_up = sorted(unit.partition(":")[2] for unit in self.starting.units.intersection(units))
            yield CodeMove(file=file, units=tuple(names), rest=tuple(to), everywhere=tuple(setting_up))

    @cached_property
    def _units_in(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for unit, file in self.file_of.items():
            found[file].add(unit)
        return found

    def uses(self, name: str) -> Iterator[TableUse]:
        """What a service does to tables of others today, and what it does instead."""
        found: dict[tuple[str, str, str], list[ForeignAccess]] = defaultdict(list)
        for item in self.foreign:
            if item.service == name and item.owner != SHARED:
                found[item.owner, item.access.table, item.access.operation].append(item)
        for (owner, table, operation), items in sorted(found.items()):
            places = tuple(dict.fromkeys(f"{item.access.file}:{item.access.line}" for item in items))
            yield TableUse(
                table=table,
                owner=owner,
                operation=operation,
                places=len(places),
                instead=self._instead(name, owner, table, operation, items),
                evidence=places[:MAX_EVIDENCE],
            )

    def _instead(self, name: str, owner: str, table: str, operation: str, items: Iterable[ForeignAccess]) -> str:
        if all(item.access.comes_along for item in items):
            return f"it goes along with other rows: {owner} does it when it hears of them"
        if operation != "read":
            return f"{owner} does it: a command of its API, or a step of a saga"
        options = self.shared[table].options if table in self.shared else ()
        kind = next((option.kind for option in options if name in option.services), "owner with an API")
        return f"ask {owner}" if kind == "owner with an API" else kind

    def data(self, service: Service) -> Iterable[DataMove]:
        """The tables that move, with how others go on using them, and the keys that are cut."""
        keys: dict[str, list[str]] = defaultdict(list)
        for cut in self.design.cut_keys:
            if cut.kind != "generic foreign key":
                keys[cut.key.table].append(f"{', '.join(cut.key.columns)} -> {cut.key.target_table}")
        for table in service.tables:
            item = self.shared.get(table)
            how = "moves as a whole; nobody else uses it"
            if item is not None:
                how = f"moves; {item.options[0].kind} for {', '.join(item.options[0].services)}"
            yield DataMove(table=table, how=how, keys=tuple(keys.get(table, ())), rows=self.rows.get(table, -1))

    def packages(self, service: Service) -> tuple[Requirement, ...]:
        """Packages that code of the service, or shared code that it comes to, imports, with the files that do.

        Of a file that holds other code as well only those count that this code is seen to use, or that nobody is.
        """
        found: dict[str, list[str]] = defaultdict(list)
        units = frozenset(service.units) | self.behaviour.shared_by(service.name)
        for file in sorted({self.file_of[unit] for unit in units if unit in self.file_of}):
            used = self._used_packages.get(file, {})
            for package in self.system.surroundings.packages.get(file, ()):
                users = used.get(package)
                if not users or users & units:
                    found[package].append(file)
        return tuple(
            Requirement(name=package, places=len(files), evidence=tuple(files[:MAX_EVIDENCE]))
            for package, files in sorted(found.items())
        )

    def settings(self, service: Service) -> Iterator[Need]:
        """The settings that code of the service reads, and shared code that it comes to, and those that are read when it starts."""
        units = frozenset(service.units) | self.behaviour.shared_by(service.name)
        at_start = set(self.starting.settings(service))
        for need in self.system.surroundings.needs:
            if need in at_start or (need.kind == "setting" and self.places.unit_of.get(need.definition) in units):
                yield need

    @cached_property
    def _used_packages(self) -> dict[str, dict[str, set[str]]]:
        """File -> package -> the units that call it."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for call in self.system.external_calls:
            unit = self.places.unit_of.get(call.source, "")
            found[call.file][call.target.partition(":")[0].partition(".")[0]].add(unit)
        return found


def required(needs: Iterable[Need]) -> tuple[Requirement, ...]:
    found: dict[str, list[str]] = defaultdict(list)
    for need in needs:
        found[need.name].append(f"{need.file}:{need.line}")
    return tuple(
        Requirement(name=name, places=len(places), evidence=tuple(places[:MAX_EVIDENCE]))
        for name, places in sorted(found.items())
    )
