"""Parts that share nothing, such as several applications in one repository: folders on the import path that nothing ties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from decompose.system.model import System
from decompose.wording import counted

_ENOUGH = 3_000
"""Lines of code from which a part counts: as many as a split is worth by default."""


class Part(NamedTuple):
    """Folders that belong together, the largest first, and the lines of their code."""

    folders: tuple[str, ...]
    lines: int

    def __str__(self) -> str:
        return f"{' and '.join(self.folders)} ({counted(self.lines, 'line')})"


def parts_apart(system: System) -> list[Part]:
    """The large parts that share nothing, the largest first; empty where everything belongs together.

    They share no import, no call that is more than guessed, no table and no foreign key. Tables that packages bring, such as one
    of users, are another one in each application.
    """
    roots = [root.path for root in system.roots]
    modules = {definition.id.partition(":")[0]: definition.file for definition in system.definitions}
    place = {module: _root_of(file, roots) for module, file in modules.items()}
    lines = Counter[str]()
    for unit in system.units:
        lines[place[unit.module]] += unit.lines
    joined = {root: root for root in place.values()}

    def end_of(root: str) -> str:
        while joined[root] != root:
            root = joined[root]
        return root

    for one, other in _together(system):
        if one in place and other in place:
            joined[end_of(place[one])] = end_of(place[other])
    groups = defaultdict(list)
    for root in sorted(lines, key=lambda root: (-lines[root], root)):
        groups[end_of(root)].append(root)
    parts = [Part(tuple(folders), sum(lines[folder] for folder in folders)) for folders in groups.values()]
    large = sorted((part for part in parts if part.lines >= _ENOUGH), key=lambda part: (-part.lines, part.folders))
    return large if len(large) > 1 else []


def _together(system: System) -> Iterator[tuple[str, str]]:
    """Pairs of modules that belong together."""
    for module, imported in system.surroundings.imports.items():
        yield from ((module, other) for other in imported)
    for tie in system.dependencies:
        if tie.resolution != "guessed":
            yield tie.source.partition(":")[0], tie.target.partition(":")[0]
    own = {table.name: table.model.partition(":")[0] for table in system.tables if table.file}
    seen = {name: module for name, module in own.items() if module}
    for access in system.accesses:
        if access.table in own and access.resolution != "guessed":
            module = access.definition.partition(":")[0]
            yield seen.setdefault(access.table, module), module
    for key in system.foreign_keys:
        if key.table in seen and key.target_table in seen:
            yield seen[key.table], seen[key.target_table]


def _root_of(file: str, roots: list[str]) -> str:
    return max((root for root in roots if file.startswith(f"{root}/")), key=len, default=".")
