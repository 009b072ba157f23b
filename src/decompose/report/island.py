"""The data that the page's script searches, as one JSON island: columns and indices instead of repeated names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from decompose.report.data_sections import DataSections
    from decompose.report.scene import Scene

_MOST_UNITS = 40_000

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def search_island(scene: Scene, data: DataSections) -> str:
    """Units and tables to search, as JSON that is safe inside a ``<script>`` element whatever the names are."""
    services = [(ref.name, ref.anchor) for ref in scene.refs.values()]
    index = {name: number for number, name in enumerate(scene.refs)}
    units = scene.system.units
    if len(units) > _MOST_UNITS:
        units = tuple(sorted(units, key=lambda unit: (-unit.lines, unit.id))[:_MOST_UNITS])
    files = {file: number for number, file in enumerate(dict.fromkeys(unit.file for unit in units))}
    modules = {module: number for number, module in enumerate(dict.fromkeys(unit.module for unit in units))}
    anchors = {row.name: row.anchor for row in data.tables.items}
    content: dict[str, Any] = {
        "services": services,
        "files": list(files),
        "modules": list(modules),
        "units": [
            (
                modules[unit.module],
                unit.id.partition(":")[2],
                files[unit.file],
                unit.line,
                index.get(scene.service_of_unit.get(unit.id, ""), -1),
                _percent(scene.split.confidence.get(unit.id)),
            )
            for unit in units
        ],
        "tables": [
            (
                *(table.name, index.get(scene.service_of_table.get(table.name, ""), -1)),
                *(table.file, table.line, anchors.get(table.name, "")),
            )
            for table in scene.system.tables
        ],
        "unitsInAll": len(scene.system.units),
    }
    return escape_json(msgspec.json.encode(content).decode())


def escape_json(text: str) -> str:
    """Escape JSON ``text`` so that nothing in it can end the script element or a line of script."""
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return text


def _percent(value: float | None) -> int | None:
    return None if value is None else round(100 * value)
