"""Where everything is in one split: looked up once, asked often."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.system.model import Access, Dependency, System, Table

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""


class Reached(NamedTuple):
    """A write that a transaction reaches, with the way there.

    ``by_event``: only through signals, whose sender does not wait for anything.
    """

    access: Access
    service: str
    by_event: bool


class Passed(NamedTuple):
    """How a transaction comes to an actor.

    ``service``: its own, or for shared code that of the caller. ``by_event``: only through signals. ``depth`` counts the calls
    since the service was entered; 1 is what others call.
    """

    service: str
    by_event: bool
    depth: int


class Places:
    """The services of units, definitions and tables in one split, and what calls what."""

    def __init__(self, system: System, split: Split) -> None:
        self.system = system
        self.split = split
        self.service_of_unit = split.service_of_unit()
        self.owner_of = split.service_of_table()
        self.unit_of = {definition.id: definition.unit for definition in system.definitions}
        self.tables: dict[str, Table] = {table.name: table for table in system.tables}

    def service_of(self, definition: str, unit: str = "") -> str:
        """The service of a definition, or of the unit on whose behalf it runs."""
        return self.service_of_unit.get(unit or self.unit_of.get(definition, ""), SHARED)

    def owner(self, table: str) -> str:
        """The service that owns a table; ``shared`` where none does."""
        return self.owner_of.get(table, SHARED)

    @cached_property
    def accesses(self) -> dict[str, list[Access]]:
        """Table -> its accesses, without guesses."""
        found: dict[str, list[Access]] = defaultdict(list)
        for access in self.system.accesses:
            if access.resolution != "guessed":
                found[access.table].append(access)
        return dict(found)

    @cached_property
    def done_by(self) -> dict[Actor, list[Access | Dependency]]:
        """Actor -> what it does itself, in the order of the lines: accesses, and calls within the process."""
        found: dict[Actor, list[Access | Dependency]] = defaultdict(list)
        for access in self.system.accesses:
            if access.resolution != "guessed":
                found[access.definition, access.unit].append(access)
        for dependency in self.system.dependencies:
            if dependency.runs and dependency.resolution != "guessed" and dependency.kind != "task":
                found[dependency.source, dependency.source_unit].append(dependency)
        for done in found.values():
            done.sort(key=lambda item: (item.line, isinstance(item, Dependency)))
        return dict(found)

    @cached_property
    def raising(self) -> frozenset[str]:
        """Definitions that raise an exception of their own: they may refuse."""
        return frozenset(self.system.surroundings.raising)

    def reached(self, root: Actor) -> tuple[list[Reached], dict[Actor, Passed]]:
        """What a transaction writes, in the order in which it first comes there, and the actors that it passes.

        Depth first, by line: the order of calls as they are written, which is that of running code without branches.
        """
        found: list[Reached] = []
        passed: dict[Actor, Passed] = {}
        stack: list[tuple[list[Access | Dependency], int, Passed]] = []

        def enter(actor: Actor, by_event: bool, caller: Passed | None) -> None:
            service = self.service_of(*actor)
            depth = caller.depth + 1 if caller is not None and service in (caller.service, SHARED) else 1
            known = passed.get(actor)
            if known is not None and not (known.by_event and not by_event) and known.depth <= depth:
                return
            now = Passed(
                service if service != SHARED or caller is None else caller.service,
                by_event and (known is None or known.by_event),
                depth if known is None else min(depth, known.depth),
            )
            passed[actor] = now
            done = self.done_by.get(actor, [])
            home = (actor[0], self.unit_of.get(actor[0], actor[1]))
            if home != actor:
                done = sorted([*done, *self.done_by.get(home, ())], key=lambda item: item.line)
            if known is not None:
                done = [item for item in done if isinstance(item, Dependency)]
            stack.append((done, 0, now))

        enter(root, False, None)
        while stack:
            done, position, here = stack.pop()
            if position >= len(done):
                continue
            stack.append((done, position + 1, here))
            item = done[position]
            if not isinstance(item, Access):
                enter((item.target, item.target_unit), here.by_event or item.kind == "signal", here)
            elif item.operation != "read":
                found.append(Reached(item, self.owner(item.table), by_event=False))
        events_only = {actor for actor, how in passed.items() if how.by_event}
        return [
            write._replace(by_event=(write.access.definition, write.access.unit) in events_only) for write in found
        ], passed


def place(item: Access | Dependency) -> str:
    """``file:line``."""
    return f"{item.file}:{item.line}"
