"""Accesses as they are found: of equal ones the best-founded is kept, and what stands for too many is only guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.libraries import LedOn
from decompose.linking.program import Scope
from decompose.system.calls.placement import Placement, without_inherited_copies
from decompose.system.model import Access, AccessRole, BlindSpot, Operation, Resolution

MAX_ALTERNATIVES = 6
"""A line that may mean more tables than this is evidence for none of them; it is counted as a blind spot, and they are guessed."""

Actor = tuple[str, str]
Place = tuple[int, int, str, str, str, int]
"""Scope, receiver, operation, role, rule, line."""

_ROLES = {"execute": 0, "build": 1}
_QUALITY = {"exact": 0, "inferred": 1, "guessed": 2}


class FoundAccesses:
    """Keeps accesses, by definition, acting unit, table, operation and line."""

    def __init__(self, linked: Linked, placement: Placement, supposed: Mapping[str, str]) -> None:
        self.linked = linked
        self.placement = placement
        self.supposed = supposed
        """Table -> why its class is taken for one that has a table, where nothing proves it."""
        self.blind_spots: dict[tuple[str, int, str], BlindSpot] = {}
        self.locks: dict[Actor, dict[str, set[int]]] = {}
        """Tables whose rows a definition asks to be locked, each with the lines, by the definition and the unit that acts."""
        self.accesses: dict[tuple[str, str, str, str, int], Access] = {}
        self.answering: dict[tuple[str, str, str, str, int], frozenset[str]] = {}
        """Of what is done where a method leads on to a framework's: by which methods of the framework, unless by any."""
        self._led_on = LedOn(linked)
        self._guessed: dict[tuple[str, str, str, str, int], Access] = {}
        self._shown: dict[tuple[str, str, str, str, int], Access] = {}

    def add(
        self, index: int, receiver: int, table: str, operation: str, columns: tuple[str, ...], role: str,
        resolution: Resolution, rule: str, line: int,
    ) -> None:  # fmt: skip
        scope = self.linked.program.scopes[index]
        if resolution == "exact" and (index, rule.partition(":")[0]) in self.linked.engine.known_by_use:
            resolution = "inferred"
        if resolution == "exact" and table in self.supposed:
            resolution = "inferred"
            along = ALONG if rule.endswith(ALONG) else ""
            rule = f"{rule.removesuffix(ALONG)}, of what is {self.supposed[table]}{along}"
        unit = self.placement.acting_unit(scope, receiver)
        key = (scope.definition, unit, table, operation, line)
        known = self.accesses.get(key)
        answering = self._led_on.answering(scope, receiver, line, rule)
        if answering and (known is None or key in self.answering):
            self.answering[key] = self.answering.get(key, answering) | answering
        else:
            self.answering.pop(key, None)
        if known is not None:
            better = (_ROLES[role], _QUALITY[resolution], rule) < (
                _ROLES[known.role],
                _QUALITY[known.resolution],
                known.rule,
            )
            if not better:
                return
            columns = columns or known.columns
        self.accesses[key] = self.access(scope, unit, table, operation, columns, role, resolution, rule, line)

    @staticmethod
    def access(
        scope: Scope, unit: str, table: str, operation: str, columns: tuple[str, ...], role: str,
        resolution: Resolution, rule: str, line: int,
    ) -> Access:  # fmt: skip
        return Access(
            definition=scope.definition,
            table=table,
            operation=cast("Operation", operation),
            columns=columns,
            role=cast("AccessRole", role),
            resolution=resolution,
            rule=rule,
            file=scope.module.file,
            line=line,
            unit=unit,
        )

    def lock(self, index: int, receiver: int, tables: Iterable[str], line: int) -> None:
        scope = self.linked.program.scopes[index]
        locked = self.locks.setdefault((scope.definition, self.placement.acting_unit(scope, receiver)), {})
        for table in tables:
            locked.setdefault(table, set()).add(line)

    def too_many(
        self, index: int, receiver: int, tables: set[str], operation: str, role: str, rule: str, line: int,
        *, every: bool = False,
    ) -> None:  # fmt: skip
        """So many callers share this code that it tells little about any of the tables: each is guessed.

        So it is with what is done to ``every`` table there is, one after the other.
        """
        scope = self.linked.program.scopes[index]
        some = f"one of {len(tables)} tables" if len(tables) > 1 else "a table"
        reason = f"of {some}: too many callers share this code"
        spot = BlindSpot(
            kind="unknown table", definition=scope.definition, file=scope.module.file, line=line,
            reason=f"{operation} {'of every table, one after the other' if every else reason}",
        )  # fmt: skip
        self.blind_spots.setdefault((scope.definition, line, operation), spot)
        if role != "execute":
            return  # where it runs says it
        unit = self.placement.acting_unit(scope, receiver)
        said = f"{rule}, {'every table' if every else some}"
        for table in sorted(tables):
            made = self.access(scope, unit, table, operation, (), role, "guessed", said, line)
            self._guessed.setdefault((scope.definition, unit, table, operation, line), made)

    def told_by_callers(self, index: int, receiver: int, table: str, operation: str, rule: str, line: int) -> None:
        """Code that does it for whoever calls it, of each of whom it is told and counted: here it is shown only."""
        scope = self.linked.program.scopes[index]
        unit = self.placement.acting_unit(scope, receiver)
        made = self.access(scope, unit, table, operation, (), "execute", "inferred", rule, line)
        self._shown.setdefault((scope.definition, unit, table, operation, line), made)

    def blind(self, definition: str, file: str, line: int, reason: str) -> None:
        spot = BlindSpot(kind="dynamic sql", definition=definition, file=file, line=line, reason=reason)
        self.blind_spots.setdefault((definition, line, reason), spot)

    def guessed(self) -> list[Access]:
        """Accesses that are only guessed, sorted."""
        return self._besides(self._guessed)

    def told_elsewhere(self) -> list[Access]:
        """Accesses that are told of those who call the code, sorted."""
        return self._besides(self._shown)

    def _besides(self, found: Mapping[tuple[str, str, str, str, int], Access]) -> list[Access]:
        return sorted((access for key, access in found.items() if key not in self.accesses), key=order_of)

    def sorted(self) -> list[Access]:
        own = without_inherited_copies(
            self.accesses.values(), self.placement, lambda a: ((a.definition, a.operation, a.line), a.unit, a.table)
        )
        return sorted(own, key=order_of)


def order_of(access: Access) -> tuple[str, str, str, int, str]:
    """In which order accesses are listed."""
    return access.definition, access.table, access.operation, access.line, access.unit
