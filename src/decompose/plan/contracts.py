"""Phase 0: the seams of a split as contracts that import-linter or tach check on every change.

Both forbid direct imports between modules of different services. Imports that are there today are listed as exceptions, so that the
contract holds from the first day and every seam that is drawn takes a line out of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Literal, NamedTuple

import msgspec

from decompose.boundaries.split import SHARED, Split
from decompose.system.model import System

Tool = Literal["import-linter", "tach", "json"]
TOOLS: tuple[Tool, ...] = ("import-linter", "tach", "json")
"""``json`` is for a program of one's own: modules by service, mixed modules, and the imports that cross."""


class Seams(NamedTuple):
    """Modules by service, those that hold code of several (by share of lines), and the imports that cross today."""

    modules: dict[str, list[str]]
    mixed: dict[str, list[tuple[str, int]]]
    crossing: dict[tuple[str, str], list[tuple[str, str]]]


def seams_of(system: System, split: Split) -> Seams:
    """Where the seams of a split run through the modules; a mixed module goes with most of its lines."""
    service_of = split.service_of_unit()
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in system.units:
        lines[unit.module][service_of.get(unit.id, SHARED)] += max(unit.lines, 1)
    home = {module: min(found, key=lambda service: (-found[service], service)) for module, found in lines.items()}
    modules: dict[str, list[str]] = defaultdict(list)
    for module, service in sorted(home.items()):
        modules[service].append(module)
    mixed = {
        module: sorted(found.items(), key=lambda item: (-item[1], item[0]))
        for module, found in sorted(lines.items())
        if len(set(found) - {SHARED}) > 1
    }
    crossing: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for source, targets in system.surroundings.imports.items():
        for target in targets:
            pair = home.get(source, SHARED), home.get(target, SHARED)
            if pair[0] != pair[1] and SHARED not in pair:
                crossing[pair].add((source, target))
    return Seams(dict(modules), mixed, {pair: sorted(found) for pair, found in sorted(crossing.items())})


def write_contracts(system: System, split: Split, tool: Tool) -> str:
    """The text of ``.importlinter`` or ``tach.toml``, or the seams as JSON."""
    seams = seams_of(system, split)
    if tool == "json":
        return _json(split, seams)
    return _import_linter(system, split, seams) if tool == "import-linter" else _tach(system, split, seams)


def _head(split: Split, seams: Seams, run: str) -> list[str]:
    lines = [
        f"# The seams of the split '{_plain(split.name)}' inside the monolith, written by decompose. {run}",
        "# Exceptions are the imports that cross a seam today: take one out with each that you cut. None may be added.",
    ]
    if seams.mixed:
        lines.append(
            "# These modules hold code of several services; each goes with most of its lines until it is taken apart:"
        )
        lines += [
            f"#   {_plain(module)}: {', '.join(f'{_plain(service)} {count} lines' for service, count in found)}"
            for module, found in seams.mixed.items()
        ]
    return lines


def _import_linter(system: System, split: Split, seams: Seams) -> str:
    packages, left_out = _packages(system, seams)
    lines = _head(split, seams, "Run: lint-imports --config THIS_FILE")
    if left_out:
        lines.append(f"# Left out, because they are no packages: {', '.join(map(_plain, left_out))}")
    lines += ["[importlinter]", "root_packages =", *(f"    {package}" for package in packages), ""]
    seams = _within(seams, frozenset(packages))
    services = [service for service in sorted(seams.modules) if service != SHARED]
    for number, service in enumerate(services, 1):
        others = sorted(m for other in services if other != service for m in seams.modules[other])
        if not others:
            continue
        ignored = sorted({pair for (source, _), found in seams.crossing.items() if source == service for pair in found})
        lines += [
            f"[importlinter:contract:{number}]",
            f"name = {_plain(service)} imports no other service",
            "type = forbidden",
            "source_modules =",
            *(f"    {module}" for module in seams.modules[service]),
            "forbidden_modules =",
            *(f"    {module}" for module in others),
            "as_packages = False",
            "allow_indirect_imports = True",
            # An exception that is no longer needed must not be kept: it would let the import come back.
            "unmatched_ignore_imports_alerting = error",
        ]
        if ignored:
            lines += ["ignore_imports =", *(f"    {source} -> {target}" for source, target in ignored)]
        lines.append("")
    return "\n".join(lines)


def _packages(system: System, seams: Seams) -> tuple[list[str], list[str]]:
    """The packages that import-linter can read, and top-level modules and folders without ``__init__.py`` that it cannot."""
    modules = {d.id.removesuffix(":") for d in system.definitions if d.kind == "module"}
    used = {module.partition(".")[0] for found in seams.modules.values() for module in found}
    inner = {module.partition(".")[0] for module in modules if "." in module}
    packages = sorted(used & inner & modules)
    return packages, sorted(used - set(packages))


def _within(seams: Seams, packages: frozenset[str]) -> Seams:
    """The seams inside some packages."""

    def inside(module: str) -> bool:
        return module.partition(".")[0] in packages

    modules = {service: [m for m in found if inside(m)] for service, found in seams.modules.items()}
    crossing = {
        pair: kept for pair, found in seams.crossing.items() if (kept := [p for p in found if all(map(inside, p))])
    }
    return Seams({service: found for service, found in modules.items() if found}, seams.mixed, crossing)


def _tach(system: System, split: Split, seams: Seams) -> str:
    home = {module: service for service, modules in seams.modules.items() for module in modules}
    debts: dict[str, list[str]] = defaultdict(list)
    for found in seams.crossing.values():
        for source, target in found:
            debts[source].append(target)
    lines = _head(split, seams, "Run: tach check")
    roots = [root.path for root in system.roots] or ["."]
    lines += [f"source_roots = [{', '.join(_quoted(root) for root in roots)}]", 'root_module = "ignore"', ""]
    shared = seams.modules.get(SHARED, [])
    for module, service in sorted(home.items()):
        lines += ["[[modules]]", f"path = {_quoted(module)}"]
        if service != SHARED:
            allowed = sorted({*seams.modules[service], *shared} - {module})
            lines += ["depends_on = [", *(f"    {_quoted(other)}," for other in allowed)]
            if debts[module]:
                lines += ["    # exceptions", *(f"    {_quoted(other)}," for other in sorted(set(debts[module])))]
            lines.append("]")
        lines.append("")
    return "\n".join(lines)


def _json(split: Split, seams: Seams) -> str:
    crossing = [
        {"source": source, "target": target, "imports": found} for (source, target), found in seams.crossing.items()
    ]
    document = {"split": split.name, "modules": seams.modules, "mixed": seams.mixed, "crossing": crossing}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped if ord(c) < 0x10000) + '"'


def _plain(text: str) -> str:
    """A name as it may stand in a comment or a value of an ini file: on one line."""
    return " ".join(text.split())
