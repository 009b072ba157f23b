"""Labels of monoliths whose packages are domains, derived by one rule from folders and declared tables.

    python benchmarks/boundaries/domains.py FOLDER          # the labels, as CSV

The rule. Where a folder holds nearly everything, or most of the tables in several folders of its own, what is inside it is looked
at instead. A *domain* is then a folder that declares a table and holds at least ten units. A file belongs to the outermost domain that
its path names, wherever that name stands: ``graphql/order/`` is about ``order`` as ``order/`` is. What no path gives to a domain has
no label and is not counted. Nothing here is tuned for an application, and nothing tells what is right: owners draw packages for other
reasons as well.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

from truth import Case, hidden, system_of

from decompose.boundaries.trivial import DOMINANT
from decompose.system.model import System

MIN_UNITS = 10
MIN_INNER = 3
MOST = 0.5
"""A folder that declares more of the tables than this, over at least three folders of its own, is no domain but a place for them."""


def domains(system: System) -> tuple[str, ...]:
    """The folders that are domains, in order."""
    units = Counter(folder for unit in system.units for folder in _folders(unit.file))
    tables = Counter(folder for table in system.tables for folder in _folders(table.file))
    inside: dict[str, list[str]] = defaultdict(list)
    for folder in sorted(units):
        inside[str(PurePosixPath(folder).parent)].append(folder)
    found = []
    waiting = ["."]
    while waiting:
        folder = waiting.pop()
        inner = [name for name in inside[folder] if tables[name]]
        holds_all = units[folder] >= DOMINANT * len(system.units) and inner
        if folder == "." or holds_all or (tables[folder] > MOST * len(system.tables) and len(inner) >= MIN_INNER):
            waiting += inner
        elif units[folder] >= MIN_UNITS:
            found.append(folder)
    return tuple(sorted(found))


def labels(system: System) -> dict[str, str]:
    """Unit id or ``table:NAME`` -> its domain, for those that have one."""
    folders = domains(system)
    by_path = {folder: PurePosixPath(folder).name for folder in folders}
    names = Counter(by_path.values())
    by_name = {name: folder for folder, name in by_path.items() if names[name] == 1}

    def domain(file: str) -> str:
        around = _folders(file)
        direct = next((folder for folder in around if folder in by_path), "")
        return direct or next(
            (by_name[name] for folder in around if (name := PurePosixPath(folder).name) in by_name), ""
        )

    found = {unit.id: domain(unit.file) for unit in system.units}
    found |= {f"table:{table.name}": domain(table.file) for table in system.tables}
    return {thing: folder for thing, folder in found.items() if folder}


def labelled(family: str, folder: Path) -> Case:
    """The application in a folder, its domains as labels, and the names of folders hidden."""
    system = system_of(folder)
    return hidden(Case(family, folder.name, system, labels(system)))


def _folders(file: str) -> list[str]:
    """The folders around a file, outermost first."""
    return [str(path) for path in reversed(PurePosixPath(file).parents)][1:]


def main() -> None:
    """Write the labels of a folder."""
    out = csv.writer(sys.stdout)
    out.writerow(("id", "service"))
    out.writerows(sorted(labels(system_of(Path(sys.argv[1]))).items()))


if __name__ == "__main__":
    main()
