"""What a name that a user gives means in a run."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from os.path import commonprefix

from decompose.boundaries.split import Split
from decompose.errors import UnknownNameError
from decompose.system.model import System

_NEAR = 5


def thing_meant(system: System, name: str, split: Split) -> str:
    """The unit or ``table:NAME`` that a name means; that of a service is none, though a method may be called alike."""
    unit_of = {**{d.id: d.unit for d in system.definitions}, **{unit.id: unit.id for unit in system.units}}
    tables = {table.name for table in system.tables}
    if name in unit_of:
        return unit_of[name]
    if name.removeprefix("table:") in tables:
        return f"table:{name.removeprefix('table:')}"
    meant = sorted(i for i in unit_of if i.endswith((f":{name}", f".{name}"))) if name else []
    service = next((service for service in split.services if service.name == name), None)
    if service is not None and not any(unit_of[identifier] == identifier for identifier in meant):
        such = [f"table:{table}" for table in service.tables[:1]] + [
            unit for unit in service.units if not unit.endswith(":")
        ][:1]
        raise UnknownNameError(
            f"{name}: this is a service of {split.name}. Give a unit or table of it, such as {' or '.join(such)}. "
            "What crosses between services is in: decompose export RUN cuts."
        )
    if len({unit_of[identifier] for identifier in meant}) == 1:
        return unit_of[meant[0]]
    if meant:
        more = f" and {len(meant) - _NEAR} more" if len(meant) > _NEAR else ""
        raise UnknownNameError(
            f"{name}: {len(meant)} definitions end so: {', '.join(meant[:_NEAR])}{more}. Give one of them."
        )
    near = _near(name, sorted(tables) if name.startswith("table:") else [*unit_of, *sorted(tables)])
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    raise UnknownNameError(f"{name or '(nothing)'}: this run has no unit or table of this name.{hint}")


def _near(name: str, known: Sequence[str]) -> list[str]:
    """The most similar of the known names, by their last part; of these first those that begin like it."""

    def alike_from_the_start(identifier: str) -> int:
        return len(commonprefix((identifier, name)))  # noqa: RUF071 - letter by letter is meant

    wanted = name.rpartition(":")[2].lower()
    inside = [identifier for identifier in known if wanted and wanted in identifier.rpartition(":")[2].lower()]
    inside.sort(key=lambda identifier: (-alike_from_the_start(identifier), len(identifier), identifier))
    by_start = sorted(sorted(known), key=alike_from_the_start)
    last = {identifier.rpartition(":")[2].rpartition(".")[2].lower(): identifier for identifier in by_start}
    alike = [last[part] for part in difflib.get_close_matches(wanted, sorted(last), n=_NEAR, cutoff=0.6)]
    return list(dict.fromkeys([*inside, *alike]))[:_NEAR]
