"""What a process is set up with when it starts: every service has it for itself, whichever of them holds the code today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from decompose.boundaries.split import SHARED, Service
from decompose.linking.libraries.surroundings import RUN_AROUND
from decompose.plan.crossings import Network
from decompose.plan.deeds import closure, is_top_level
from decompose.plan.step_detail import Hook
from decompose.system.model import BY_LIBRARY, Dependency, Need


class Starting:
    """Answers for the services of the split that ``network`` is of."""

    def __init__(self, network: Network) -> None:
        self.places = network.places
        self.system = network.places.system
        self.deeds = network.behaviour.deeds

    @cached_property
    def units(self) -> frozenset[str]:
        """Units that only run when a process starts, for several services: such as a factory of the application."""
        deeds, unit_of = self.deeds, self.places.unit_of
        starting = {unit_of[d] for d in deeds.at_start if d in unit_of and not is_top_level(d)}
        for definition, unit in unit_of.items():
            if unit in starting and (definition not in deeds.at_start or deeds.touches_at_once(definition)):
                starting.discard(unit)
        home, found = self.places.service_of_unit, set[str]()
        for d in self.system.dependencies:
            ends = unit_of.get(d.source, ""), unit_of.get(d.target, "")
            services = {home.get(unit, SHARED) for unit in ends}
            if len(services) > 1 and SHARED not in services and d.resolution != "guessed":
                found.update(starting.intersection(ends))
        return frozenset(found)

    def settings(self, service: Service) -> Iterator[Need]:
        """The settings that are read while the process of a service starts, by whatever code.

        What stands at the top of a package runs with each of its modules, and that of a settings module in every process.
        """
        parents: set[str] = set()
        for unit in service.units:
            module = unit.partition(":")[0]
            while "." in module and module not in parents:
                module = module.rpartition(".")[0]
                parents.add(module)
        for need in self.system.surroundings.needs:
            module, _, name = need.definition.partition(":")
            at_top = not name and (module in parents or module in self._set_up_by)
            if need.kind == "setting" and (at_top or need.definition in self._run_by_all):
                yield need

    @cached_property
    def _run_by_all(self) -> set[str]:
        """What sets up several services when a process starts, and what it calls for that."""
        starts = {definition for definition, unit in self.places.unit_of.items() if unit in self.units}
        starts.update(d.source for d in self._registering)
        return closure(self.deeds.at_once, starts) & self.deeds.at_start

    @cached_property
    def _set_up_by(self) -> frozenset[str]:
        """The modules in which a framework looks for settings, and those that only they import."""
        naming = (d.source for d in self._given_at_start if d.rule != BY_LIBRARY and is_top_level(d.source))
        found = {definition.removesuffix(":") for definition in naming}
        importing: dict[str, set[str]] = defaultdict(set)
        for module, imported in self.system.surroundings.imports.items():
            for other in imported:
                importing[other].add(module)
        waiting = sorted(found)
        while waiting:
            for other in self.system.surroundings.imports.get(waiting.pop(), ()):
                if other not in found and importing[other] <= found:
                    found.add(other)
                    waiting.append(other)
        return frozenset(found)

    def hooks(self, name: str) -> tuple[Hook, ...]:
        """What runs around the requests and tasks of every service, as the service ``name`` has to have it."""
        return tuple(
            Hook(
                definition=definition,
                service=self.places.service_of(definition),
                needs=tuple(owner for owner in owners if owner != name),
                file=d.file,
                line=d.line,
            )
            for definition, (d, owners) in self._hooks.items()
        )

    @cached_property
    def _hooks(self) -> dict[str, tuple[Dependency, list[str]]]:
        """What is registered -> where, and the services whose tables it touches when it runs."""
        found: dict[str, Dependency] = {}
        for d in sorted((*self._naming, *self._registering), key=lambda d: (d.file, d.line, d.target)):
            cls, _, method = d.target.rpartition(".")
            found.setdefault(cls if method == "__init__" else d.target, d)
        owners = defaultdict(set)
        for table, accesses in self.places.ties.accesses.items():
            for access in accesses:
                owners[access.definition].add(self.places.owner(table))
        told = {}
        for definition, d in found.items():
            own = [known for known in self.places.unit_of if known == definition or known.startswith(f"{definition}.")]
            reached = closure(self.deeds.at_once, own)
            told[definition] = d, sorted(set().union(*(owners[one] for one in reached & owners.keys())) - {SHARED})
        return told

    @cached_property
    def _naming(self) -> list[Dependency]:
        """What a framework runs around every request because the settings name it."""
        return [d for d in self._given_at_start if d.rule in RUN_AROUND]

    @cached_property
    def _registering(self) -> list[Dependency]:
        """What code that puts the process together hands to a library, to be called when something happens."""
        dropped, lines = self.system.surroundings.dropped, self.system.source_lines
        return [
            d
            for d in self._given_at_start
            if d.rule == BY_LIBRARY
            and not is_top_level(d.source)
            and (d.line in dropped.get(d.file, {}) or lines.get(d.file, {}).get(d.line, "").lstrip().startswith("@"))
        ]

    @cached_property
    def _given_at_start(self) -> list[Dependency]:
        starting = self.deeds.at_start - set(self.system.classes)
        handlers = {entry.handler for entry in self.system.entry_points}
        return [
            d
            for d in self.system.dependencies
            if d.kind == "callback" and d.resolution == "exact" and d.source in starting and d.target not in handlers
        ]
