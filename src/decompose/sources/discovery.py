"""Everything that there is to read below a folder, with its roots and the names of its modules."""

from __future__ import annotations

import functools
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from decompose.errors import InputError
from decompose.sources.declared import declared_entries, declaring_files
from decompose.sources.declared_operations import SERVED_BY
from decompose.sources.module_names import module_names, unique_name
from decompose.sources.reading import digest_of, read_file
from decompose.sources.records import DeclaredEntry, SourceFile, SourceRoot, SourceTree, roots_told_apart
from decompose.sources.roles import folders_aside, is_among_tests, role_of
from decompose.sources.roots import imports_in
from decompose.sources.stamps import Seen
from decompose.sources.walk import Walk

_SHOWN = 3


def discover(
    path: Path, *, exclude: Sequence[str] = (), roots: Sequence[str] = (), seen: Seen | None = None
) -> SourceTree:
    """Everything there is to read under ``path``; raises `InputError` when that is nothing.

    ``exclude`` are patterns as in ``.gitignore``; ``roots`` are folders on the import path, relative to ``path``,
    for when the code does not tell. ``seen`` is told of everything that the answer depends on.
    """
    base = check_folder(path)
    walk = Walk(base, exclude, seen or Seen())
    walk.run()
    if not walk.found:
        raise InputError(_nothing_found(path, walk))
    imports = functools.cache(lambda path: imports_in(walk.peek(path)))
    named = module_names(base, walk, roots, imports)
    aside = folders_aside(sorted(walk.found), imports)
    files: list[SourceFile] = []
    names: set[str] = set()
    for relative in sorted(walk.found):
        data = walk.read(relative)
        if data is None:
            continue
        walk.serves_documents |= SERVED_BY in data
        parts, root, alias = named(relative)
        module = unique_name(".".join(parts) or "__init__", root, names)
        is_package = relative.endswith("__init__.py")
        lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
        role = "tooling" if relative.partition("/")[0] in aside else role_of(relative, data)
        files.append(SourceFile(relative, module, is_package, root, role, digest_of(data), len(data), lines, alias))
    if not files:
        raise InputError(_nothing_found(path, walk))
    found_roots = _roots(files)
    for file_that_declares in declaring_files(base, found_roots):
        walk.seen.note(str(file_that_declares))
    return SourceTree(
        base=str(base),
        name=_application_name(base),
        roots=found_roots,
        files=tuple(files),
        unread=tuple(sorted(walk.unread, key=lambda unread: unread.path)),
        sql_files=tuple(sorted(path for path in walk.sql if not is_among_tests(path))),
        template_files=tuple(sorted(walk.templates)),
        declared=tuple(sorted((*declared_entries(base, found_roots), *walk.operations()), key=_told)),
        stub_files=tuple(sorted(set(walk.stubs).intersection(f"{file.path}i" for file in files))),
        unfitted_excludes=walk.exclusion.unfitted,
    )


def _told(entry: DeclaredEntry) -> tuple[str, str, str, str, int]:
    return entry.group, entry.name, entry.target, entry.file, entry.line


def check_folder(path: Path) -> Path:
    """The folder to analyse as a full path; raises `InputError` when it cannot be one."""
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such folder. Give the folder that holds the application's code.")
        if not path.is_dir():
            raise InputError(f"{path}: this is a file. Give the folder that holds the application's code.")
        next(path.iterdir(), None)
    except PermissionError as problem:
        raise InputError(f"{path}: no permission to read this folder. Run as a user who may read it.") from problem
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror or problem}).") from problem
    return path.resolve()


def _nothing_found(path: Path, walk: Walk) -> str:
    seen = ", ".join(f"{count} {suffix} file{'s' * (count > 1)}" for suffix, count in walk.suffixes.most_common(3))
    first = next(iter(walk.unread), None)
    more = f", and {len(walk.unread) - 1} more" if len(walk.unread) > 1 else ""
    problems = f" Could not be read: {first.path} ({first.reason}){more}." if first else ""
    if walk.excluded:
        shown = ", ".join(sorted(walk.excluded)[:_SHOWN]) + (", …" if len(walk.excluded) > _SHOWN else "")
        return f"{path}: every Python file here is excluded (left out: {shown}).{problems} Exclude less."
    ask = (
        "Write notebooks out as .py files (jupyter nbconvert --to script)."
        if ".ipynb" in walk.suffixes
        else "Is it the right folder?"
    )
    return f"{path}: no Python file found here (seen: {seen or 'no files at all'}).{problems} {ask}"


def _roots(files: Sequence[SourceFile]) -> tuple[SourceRoot, ...]:
    """The roots with what lies in them; what is only tests counts where there is nothing else."""
    packages: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    apart = roots_told_apart(files)
    for file in [file for file in files if file.role != "test"] or files:
        packages.setdefault(file.root, set()).add(
            file.module.removeprefix(f"{apart.get(file.root, '')}.").partition(".")[0]
        )
        counts[file.root] += 1
    return tuple(SourceRoot(root, tuple(sorted(names)), counts[root]) for root, names in sorted(packages.items()))


def _application_name(base: Path) -> str:
    for name in _declared_names(base):
        cleaned = "".join(character if character.isalnum() or character in "-_." else "-" for character in name)
        if cleaned.strip("-_."):
            return cleaned.strip(".")
    return base.name or "application"


def _declared_names(base: Path) -> Iterator[str]:
    try:
        project = tomllib.loads(read_file(base / "pyproject.toml").decode()).get("project", {})
    except (OSError, ValueError, RecursionError):
        return
    name = project.get("name") if isinstance(project, dict) else None
    if isinstance(name, str):
        yield name
