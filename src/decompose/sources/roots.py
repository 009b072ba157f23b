"""Folders on the import path, and with them the dotted name of each file.

A folder with ``__init__.py`` is a package; the parent of the topmost one is a root. Where folders have none
(namespace packages, scripts, applications inside a monorepo), the code's own absolute imports tell: the root
is the one under which most of them find their file.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

_STARTERS = frozenset({"manage", "main", "run", "app", "server", "wsgi", "asgi", "__main__"})
"""Scripts that are started from their own folder, which puts that folder on the import path."""

_MAX_ASKED = 400
_MAX_ABOVE = 3
Imports = Callable[[str], frozenset[str]]
"""What the file at a path imports by absolute names."""
_IMPORT = re.compile(
    rb"\n[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import[ \t]*\(?\s*([\w, \t]*)|import[ \t]+([A-Za-z_][\w.]*))"
)
"""An import, for text with a line break before it: a pattern that begins with a fixed character is searched for twice as fast."""


def imports_in(data: bytes) -> frozenset[str]:
    """What a file's text imports by absolute names: modules, the packages around them, and names on the first line of them."""
    found: set[str] = set()
    for package, names, module in set(_IMPORT.findall(b"\n" + data)):
        name = (package or module).decode()
        found.update(f"{name}.{each}" for each in names.decode().replace(",", " ").split())
        while name and name not in found:
            found.add(name)
            name = name.rpartition(".")[0]
    return frozenset(found)


def find_roots(paths: Sequence[str], above: Sequence[str], imports: Imports) -> dict[str, tuple[str, ...]]:
    """Folder -> its package name as parts, for every folder that holds one of ``paths``.

    ``above`` are the names of packages that the analysed folder itself is inside of, outermost first; ``imports`` tells
    of a path what `imports_in` finds there.
    """
    folders = {os.path.dirname(path) for path in paths}
    packages = {os.path.dirname(path) for path in paths if os.path.basename(path) == "__init__.py"}
    tops: dict[str, str] = {folder: _top(folder, packages) for folder in folders}
    open_tops = sorted({top for top in tops.values() if "/" in top or (top and top not in packages)})
    depth = _depths(open_tops, tops, packages, paths, imports) if open_tops else {}
    names: dict[str, tuple[str, ...]] = {}
    for folder, top in tops.items():
        parts = tuple(folder.split("/")) if folder else ()
        if above:
            names[folder] = (*above, *parts)
        else:
            names[folder] = parts[depth.get(top, _default_depth(top, packages, depth)) :]
    roots = {_without(top, names[top]) for top in packages & names.keys()} if not above else set()
    for folder in roots & names.keys():
        if folder not in packages and folder not in depth:
            names[folder] = ()  # scripts beside the packages of a root are started from there
    return names


def packages_imported_as(base: Sequence[str], paths: Sequence[str], imports: Imports) -> tuple[str, ...]:
    """The packages that the analysed folder is and is inside of by its own imports, where no ``__init__.py`` says so.

    ``base`` are the parts of its path. What stands in the folder must be imported with its name more often than without.
    """
    inside = {path.partition("/")[0].removesuffix(".py") for path in paths} - sys.stdlib_module_names
    if not inside or not base or not base[-1].isidentifier() or base[-1] in inside:
        return ()
    imported = _imported_names(paths[:: -(-len(paths) // _MAX_ASKED)], imports)
    best = sum(imported[name] for name in inside)
    chosen: tuple[str, ...] = ()
    for count in range(1, _MAX_ABOVE + 1):
        names = tuple(base[-count:])
        votes = sum(imported[".".join((*names, name))] for name in inside)
        if votes > best:
            best, chosen = votes, names
    return chosen


def _without(folder: str, package: tuple[str, ...]) -> str:
    parts = folder.split("/")
    return "/".join(parts[: len(parts) - len(package)])


def folders_started_in(
    paths: Sequence[str], names: dict[str, tuple[str, ...]], imports: Imports
) -> dict[str, tuple[str, ...]]:
    """Packages that are also on the import path themselves, as the package ``site`` of ``site/manage.py`` often is, or the folder of a
    repository that somebody gave an ``__init__.py``.

    ``names`` are the package names of the folders. Found where the code imports what is inside more often without the
    package's name than with it; the result has such packages' folders with their names. Of a topmost package in which nothing is
    started, what is inside must be told by the modules that it holds: its name may be that of a library.
    """
    packages = {os.path.dirname(path) for path in paths if os.path.basename(path) == "__init__.py"}
    started = {os.path.dirname(path) for path in paths if os.path.basename(path)[:-3] in _STARTERS} & packages
    if "" in packages and not all(part.isidentifier() for part in names[""]):
        started.add("")
    tops = {folder for folder in packages if os.path.dirname(folder) not in packages or not folder}
    found: dict[str, tuple[str, ...]] = {}
    if not started and not tops:
        return found
    step = -(-len(paths) // _MAX_ASKED)
    imported = _imported_names(paths[::step], imports)
    top_level: dict[str, list[str]] = {}
    for at, name in names.items():
        if name:
            top_level.setdefault(name[0], []).append(at)
    asked = _modules_asked_of(imported)
    for folder in sorted(started | tops, key=lambda folder: (len(folder), folder)):
        start = f"{folder}/" if folder else ""
        if not names[folder] or any(not outer or folder.startswith(f"{outer}/") for outer in found):
            continue
        below = {path[len(start) :].partition("/")[0] for path in packages if path.startswith(start) and path != folder}
        inner = sorted(
            name
            for name in below - sys.stdlib_module_names
            # Top-level packages elsewhere have their names already.
            if all(f"{at}/".startswith(f"{start}{name}/") for at in top_level.get(name, ()))
            and (folder in started or name in asked)
            and _is_meant(asked.get(name, set()), f"{start}{name}/", paths)
        )
        package = ".".join(names[folder])
        without, within = sum(imported[name] for name in inner), sum(imported[f"{package}.{name}"] for name in inner)
        if without > within:
            found[folder] = names[folder]
    return found


def _modules_asked_of(imported: Iterable[str]) -> dict[str, set[str]]:
    """The top-level names that are imported from, each with the modules below that are: those have something below them."""
    asked: dict[str, set[str]] = {}
    for name in imported:
        parts = name.split(".", 2)
        if len(parts) > 2:
            asked.setdefault(parts[0], set()).add(parts[1])
    return asked


def _is_meant(asked: set[str], start: str, paths: Iterable[str]) -> bool:
    """Whether a folder has most modules that are asked of its name; if not, that is another package's, such as a library's."""
    below = (path[len(start) :] for path in paths if asked and path.startswith(start))
    held = {path.partition("/")[0].removesuffix(".py") for path in below}
    return len(asked & held) >= len(asked - held)


def _top(folder: str, packages: set[str]) -> str:
    """The topmost package that ``folder`` is in, or itself."""
    top = folder
    while top and top in packages:
        parent = os.path.dirname(top)
        if parent not in packages or not parent:
            return top
        top = parent
    return top


def _default_depth(top: str, packages: set[str], chosen: Mapping[str, int]) -> int:
    """How many leading parts of the path are above the root, when no import says otherwise.

    ``chosen`` are those of folders above of which imports did say. A folder that a package holds is a part of it,
    also below one whose ``__init__.py`` was forgotten.
    """
    parts = top.split("/") if top else []
    outer = os.path.dirname(top)
    while outer and outer not in packages:
        outer = os.path.dirname(outer)
    if outer:
        package = _top(outer, packages)
        return chosen[package] if package in chosen else _default_depth(package, packages, chosen)
    if top in packages:
        return len(parts) - 1
    if parts and parts[0] in ("src", "lib", "python"):
        return 1
    return 0


def _depths(
    open_tops: Sequence[str], tops: Mapping[str, str], packages: set[str], paths: Sequence[str], imports: Imports
) -> dict[str, int]:
    """Of each of ``open_tops`` how many leading parts of its path are above the root, where imports say so."""
    imported = _imported_names(paths, imports)
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(os.path.dirname(path), []).append(os.path.basename(path)[:-3])
    usual = _usual_names(inside, tops, packages)
    chosen: dict[str, int] = {}
    for top in open_tops:
        parts = top.split("/")
        default = _default_depth(top, packages, chosen)
        votes: Counter[int] = Counter()
        for depth in range(len(parts) + 1):
            package = ".".join(parts[depth:])
            if top in packages:
                # Another package that has this name where imports say nothing is the one that is meant.
                if depth < len(parts) and (depth == default or f"{package}.__init__" not in usual):
                    votes[depth] = imported[package]
            elif package:
                # Its bare name says nothing: a folder without ``__init__.py`` may be called as a library is.
                names = {f"{package}.{name}" for name in inside.get(top, ())}
                votes[depth] = sum(imported[name] for name in (names if depth == default else names - usual))
            else:
                names = {n for n in inside.get(top, ()) if imported[n]} - sys.stdlib_module_names - {"__init__"}
                votes[depth] = _imports_below(top, names, paths, imports) if names else 0
        if top in packages and not _modules_imported(parts[default:], inside.get(top, ()), imported):
            # Where nothing inside of it is imported by that name, it may be that of a library.
            for depth in votes:
                votes[depth] = max(votes[depth], _modules_imported(parts[depth:], inside.get(top, ()), imported))
            name = ".".join((*parts[default:], ""))
            if any(votes[depth] for depth in votes if depth != default) and not any(
                n.startswith(name) for n in imported
            ):
                votes[default] = 0
        best = max(votes.values(), default=0)
        if best > votes[default]:
            chosen[top] = min(depth for depth, count in votes.items() if count == best)
    return chosen


def _modules_imported(package: Sequence[str], modules: Iterable[str], imported: Mapping[str, int]) -> int:
    """How often modules of a package are imported by this name of it."""
    return sum(imported[".".join((*package, module))] for module in modules) if package else 0


def _usual_names(inside: Mapping[str, Sequence[str]], tops: Mapping[str, str], packages: set[str]) -> set[str]:
    """The modules by the names that they have where imports say nothing else: a second file hardly has one of these."""
    depths = {top: _default_depth(top, packages, {}) for top in set(tops.values())}
    names: set[str] = set()
    for folder, modules in inside.items():
        package = folder.split("/")[depths[tops[folder]] :]
        names.update(".".join((*package, module)) for module in modules)
    return names


def _imports_below(folder: str, names: set[str], paths: Iterable[str], imports: Imports) -> int:
    """How often files in or below a folder import one of these modules; not counting those of the same name."""
    below = (path for path in paths if path.startswith(f"{folder}/"))
    return sum(len(imports(path) & names - {os.path.basename(path)[:-3]}) for path in below)


def _imported_names(paths: Iterable[str], imports: Imports) -> Counter[str]:
    """In how many files each name is imported."""
    counts: Counter[str] = Counter()
    for path in paths:
        counts.update(imports(path))
    return counts
