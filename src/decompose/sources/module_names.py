"""What the files are called that were found: by the root that each lies below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from decompose.errors import InputError
from decompose.sources.roots import Imports, find_roots, folders_started_in, packages_imported_as
from decompose.sources.stamps import Seen
from decompose.sources.walk import Walk


def module_names(
    base: Path, walk: Walk, roots: Sequence[str], imports: Imports
) -> Callable[[str], tuple[tuple[str, ...], str, str]]:
    """What tells of a file's path the parts of its dotted name, its root, and its other name or ``""``."""
    above = _packages_above(base, walk.found, walk.seen) or packages_imported_as(base.parts, walk.found, imports)
    folders = find_roots(walk.found, above, imports)
    started = folders_started_in(walk.found, folders, imports)
    given = sorted({_root_option(base, root) for root in roots}, key=len, reverse=True)

    def named(relative: str) -> tuple[tuple[str, ...], str, str]:
        folder, _, name = relative.rpartition("/")
        stem = () if name == "__init__.py" else (name[:-3],)
        for root in given:
            if root in ("", folder) or folder.startswith(root + "/"):
                below = folder[len(root) :].strip("/")
                return (*(below.split("/") if below else ()), *stem), root or ".", ""
        package = folders[folder]
        parts = tuple(folder.split("/")) if folder else ()
        for top, names in started.items():
            inside = folder.startswith(f"{top}/") if top else bool(folder)
            if (inside and package[: len(names)] == names) or (folder == top and stem):
                inner = package[len(names) :]
                root = "/".join(parts[: len(parts) - len(inner)]) or "."
                return (*inner, *stem), root, ".".join((*package, *stem))
        root = "/".join([".."] * len(above)) if above else "/".join(parts[: len(parts) - len(package)]) or "."
        return (*package, *stem), root, ""

    return named


def _root_option(base: Path, root: str) -> str:
    full = (base / root).resolve()
    if not full.is_dir():
        raise InputError(f"root {root} (--root, or roots in the configuration): there is no such folder in {base}.")
    if full != base and base not in full.parents:
        raise InputError(f"root {root} (--root, or roots in the configuration): it must be inside {base}.")
    relative = full.relative_to(base).as_posix()
    return "" if relative == "." else relative


def _packages_above(base: Path, found: Sequence[str], seen: Seen) -> tuple[str, ...]:
    """The packages that the analysed folder itself is and is inside of."""
    if "__init__.py" not in found:
        return ()
    names = [base.name]
    parent = base.parent
    while _is_package(parent, seen) and parent != parent.parent:
        names.insert(0, parent.name)
        parent = parent.parent
    return tuple(names)


def _is_package(folder: Path, seen: Seen) -> bool:
    seen.note(str(folder / "__init__.py"))
    return (folder / "__init__.py").is_file()


def unique_name(module: str, root: str, seen: set[str]) -> str:
    """Two roots may hold a package of the same name; the later one is told apart by its root."""
    name = module
    if name in seen:
        prefix = root.replace("/", ".").strip(".")
        name = f"{prefix}.{module}" if prefix else f"{module}.{module}"
    count = 2
    unique = name
    while unique in seen:
        unique = f"{name}_{count}"
        count += 1
    seen.add(unique)
    return unique
