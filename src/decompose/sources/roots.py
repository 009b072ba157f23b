"""Folders on the import path, and with them the dotted name of each file.

A folder with ``__init__.py`` is a package; the parent of the topmost one is a root. Where folders have none
(namespace packages, scripts, applications inside a monorepo), the code's own absolute imports tell: the root
is the one under which most of them find their file.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import|import[ \t]+([A-Za-z_][\w.]*))", re.MULTILINE)


def find_roots(paths: Sequence[str], above: Sequence[str], read: Callable[[str], bytes]) -> dict[str, tuple[str, ...]]:
    """Folder -> its package name as parts, for every folder that holds one of ``paths``.

    ``above`` are the names of packages that the analysed folder itself is inside of, outermost first.
    """
    folders = {os.path.dirname(path) for path in paths}
    packages = {os.path.dirname(path) for path in paths if os.path.basename(path) == "__init__.py"}
    tops: dict[str, str] = {folder: _top(folder, packages) for folder in folders}
    open_tops = sorted({top for top in tops.values() if "/" in top or (top and top not in packages)})
    depth = _depths(open_tops, packages, paths, read) if open_tops else {}
    names: dict[str, tuple[str, ...]] = {}
    for folder, top in tops.items():
        parts = tuple(folder.split("/")) if folder else ()
        if above:
            names[folder] = (*above, *parts)
        else:
            names[folder] = parts[depth.get(top, _default_depth(top, packages)) :]
    return names


def _top(folder: str, packages: set[str]) -> str:
    """The topmost package that ``folder`` is in, or itself."""
    top = folder
    while top and top in packages:
        parent = os.path.dirname(top)
        if parent not in packages or not parent:
            return top
        top = parent
    return top


def _default_depth(top: str, packages: set[str]) -> int:
    """How many leading parts of the path are above the root, when no import says otherwise."""
    parts = top.split("/") if top else []
    if top in packages:
        return len(parts) - 1
    if parts and parts[0] in ("src", "lib", "python"):
        return 1
    return 0


def _depths(
    tops: Sequence[str], packages: set[str], paths: Sequence[str], read: Callable[[str], bytes]
) -> dict[str, int]:
    imported = _imported_names(paths, read)
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(os.path.dirname(path), []).append(os.path.basename(path)[:-3])
    chosen: dict[str, int] = {}
    for top in tops:
        parts = top.split("/")
        votes: Counter[int] = Counter()
        for depth in range(len(parts) + 1):
            package = ".".join(parts[depth:])
            if top in packages:
                if depth < len(parts):
                    votes[depth] = imported[package]
            elif package:
                votes[depth] = imported[package] + sum(imported[f"{package}.{name}"] for name in inside.get(top, ()))
            else:
                votes[depth] = sum(imported[name] for name in inside.get(top, ()) if name != "__init__")
        best = max(votes.values(), default=0)
        default = _default_depth(top, packages)
        if best > votes[default]:
            chosen[top] = min(depth for depth, count in votes.items() if count == best)
    return chosen


def _imported_names(paths: Iterable[str], read: Callable[[str], bytes]) -> Counter[str]:
    """How often each module, or a module inside of it, is imported by its absolute name."""
    counts: Counter[str] = Counter()
    for path in paths:
        for first, second in set(_IMPORT.findall(read(path))):
            parts = (first or second).decode().split(".")
            for end in range(1, len(parts) + 1):
                counts[".".join(parts[:end])] += 1
    return counts
