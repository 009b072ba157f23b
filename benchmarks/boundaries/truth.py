"""Cases with known boundaries: a system and, for units and tables, the service that an expert or a plan gives them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.sources import discover
from decompose.system import build_system
from decompose.system.model import System

SHARED = "shared"


class Case(NamedTuple):
    """``expected``: unit id or ``table:NAME`` -> service."""

    family: str
    name: str
    system: System
    expected: dict[str, str]


def system_of(folder: Path) -> System:
    """The model of the application in a folder."""
    return build_system(discover(folder, exclude=(), roots=()), cache_folder=None, jobs=2, progress=lambda *_: None)


def from_csv(family: str, name: str, folder: Path, file: Path) -> Case:
    """The labels are a CSV file with ``id,service``, as an architect writes it."""
    with file.open(newline="", encoding="utf-8") as stream:
        expected = {row["id"]: row["service"] for row in csv.DictReader(stream)}
    return Case(family, name, system_of(folder), expected)


def from_folders(family: str, name: str, folder: Path, file: Path) -> Case:
    """The labels are JSON, ``modules``: name of a folder below ``input`` -> service. The answer stands in the paths, so these,
    and prefixes of tables that repeat them, are hidden from whoever has to find it.
    """
    return labelled_by_folders(family, name, system_of(folder), json.loads(file.read_text(encoding="utf-8")))


def labelled_by_folders(family: str, name: str, system: System, labels: dict) -> Case:
    """The same for a system that is there."""
    inside = f"/{labels['input'].rpartition('src/')[2]}/"
    services: dict[str, str] = labels["modules"]

    def label(file: str) -> str:
        top = f"/{file}".partition(inside)[2].partition("/")[0].removesuffix(".py")
        return services.get(top, SHARED if top in labels.get("shared", ()) else "")

    expected = {unit.id: label(unit.file) for unit in system.units}
    expected |= {f"table:{table.name}": label(table.file) for table in system.tables}
    return hidden(Case(family, name, system, {key: service for key, service in expected.items() if service}))


def hidden(case: Case) -> Case:
    """The same with the names of modules and files replaced by numbers, and folder names taken off the tables."""
    system = case.system
    folders = {part for unit in system.units for part in unit.file.split("/")[:-1]}
    modules: dict[str, str] = {}
    files: dict[str, str] = {}
    tables: dict[str, str] = {}
    for table in sorted(t.name for t in system.tables):
        word = next((f for f in sorted(folders, key=lambda f: (-len(f), f)) if table.startswith(f"{f}_")), "")
        shorter = table.removeprefix(f"{word}_") if word else table
        tables[table] = shorter if shorter not in tables.values() else f"{shorter}{len(tables)}"

    def renamed(key: str, value: object) -> object:
        if isinstance(value, str):
            if key == "file":
                return files.setdefault(value, f"f{len(files)}.py")
            if re.fullmatch(r"[\w.]+:[\w.<>]*", value):
                module, _, rest = value.partition(":")
                return f"{modules.setdefault(module, f'm{len(modules)}')}:{rest}"
            if key in ("table", "target_table", "model_of") or (key == "name" and value in tables):
                return tables.get(value, value)
            return value
        if isinstance(value, dict):
            return {k: renamed(k, v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            if key in ("tables_written", "tables_read"):
                return [tables.get(item, item) for item in value]
            return [renamed(key, item) for item in value]
        return value

    plain = msgspec.to_builtins(msgspec.structs.replace(system, source_lines={}, external_calls=(), blind_spots=()))
    made = msgspec.convert(renamed("", plain), System)
    expected = {}
    for identifier, service in case.expected.items():
        if identifier.startswith("table:"):
            expected[f"table:{tables[identifier.removeprefix('table:')]}"] = service
        else:
            expected[str(renamed("id", identifier))] = service
    return Case(case.family, case.name, made, expected)
