"""Walking the analysed folder: which files there are, what is junk, and what cannot be read."""

from __future__ import annotations

import functools
import os
import stat
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.errors import InputError
from decompose.sources.declared import declared_entries, declaring_files
from decompose.sources.declared_operations import DOCUMENTS, SERVED_BY, operations
from decompose.sources.ignore_files import Exclusion, read_ignore_file
from decompose.sources.reading import MAX_FILE_BYTES, digest_of, read_file, read_lenient_text
from decompose.sources.records import DeclaredEntry, SourceFile, SourceRoot, SourceTree, Unread, roots_told_apart
from decompose.sources.roles import folders_aside, is_among_tests, role_of
from decompose.sources.roots import Imports, find_roots, folders_started_in, imports_in, packages_imported_as
from decompose.sources.stamps import Seen

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    _Folder = tuple[str, list[tuple[str, GitIgnoreSpec]]]
    """A folder, with what holds for it of each ``.gitignore`` above it."""

_JUNK = frozenset(
    """.git .hg .svn .bzr .tox .nox .venv .eggs .mypy_cache .pytest_cache .ruff_cache .idea .vscode .cache .direnv
    __pycache__ __pypackages__ node_modules bower_components site-packages dist-packages .ipynb_checkpoints""".split()
)
_BUILD = frozenset({"build", "dist", "_build", "htmlcov"})
_SHOWN = 3


def discover(
    path: Path, *, exclude: Sequence[str] = (), roots: Sequence[str] = (), seen: Seen | None = None
) -> SourceTree:
    """Everything there is to read under ``path``; raises `InputError` when that is nothing.

    ``exclude`` are patterns as in ``.gitignore``; ``roots`` are folders on the import path, relative to ``path``,
    for when the code does not tell. ``seen`` is told of everything that the answer depends on.
    """
    base = check_folder(path)
    walk = _Walk(base, exclude, seen or Seen())
    walk.run()
    if not walk.found:
        raise InputError(_nothing_found(path, walk))
    imports = functools.cache(lambda path: imports_in(walk.peek(path)))
    named = _module_names(base, walk, roots, imports)
    aside = folders_aside(sorted(walk.found), imports)
    files: list[SourceFile] = []
    names: set[str] = set()
    for relative in sorted(walk.found):
        data = walk.read(relative)
        if data is None:
            continue
        walk.serves_documents |= SERVED_BY in data
        parts, root, alias = named(relative)
        module = _unique(".".join(parts) or "__init__", root, names)
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
        os.listdir(path)
    except PermissionError as problem:
        raise InputError(f"{path}: no permission to read this folder. Run as a user who may read it.") from problem
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror or problem}).") from problem
    return path.resolve()


def _leads_upwards(link: str) -> bool:
    """Whether a link leads to a folder that it is itself inside of."""
    return os.path.join(os.path.realpath(os.path.dirname(link)), "").startswith(
        os.path.join(os.path.realpath(link), "")
    )


_TEMPLATES = frozenset({".html", ".txt", ".xml"})
"""Endings of templates, in a folder of that name."""


class _Walk:
    """One pass over the folders; collects Python and SQL files and everything left out."""

    def __init__(self, base: Path, exclude: Sequence[str], seen: Seen) -> None:
        self.base = str(base)
        self.seen = seen
        self.found: list[str] = []
        self.sql: list[str] = []
        self.templates: list[str] = []
        self.stubs: list[str] = []
        self.documents: list[_Folder] = []
        self.serves_documents = False
        self.unread: list[Unread] = []
        self.suffixes: Counter[str] = Counter()
        self.excluded: list[str] = []
        self.exclusion = Exclusion(exclude)
        self._visited: set[tuple[int, int]] = set()
        self._linked: list[_Folder] = []
        self._contents: dict[str, bytes | None] = {}

    def run(self) -> None:
        """Depth first, without recursion: folders may lie deeper than Python's own limit.

        What a link leads to is read last, so that a folder that is inside anyway is read, and told, where it is.
        """
        waiting: list[_Folder] = [("", [])]
        while waiting or self._linked:
            if not waiting:
                waiting, self._linked = self._linked[::-1], []
            relative, ignores = waiting.pop()
            inner, inherited = self._folder(relative, ignores)
            waiting.extend((folder, inherited) for folder in reversed(inner))

    def read(self, relative: str) -> bytes | None:
        """The bytes of a file, or None after noting why not."""
        if relative in self._contents:
            return self._contents.pop(relative)
        try:
            return read_file(os.path.join(self.base, relative))
        except OSError as problem:
            self.unread.append(Unread(relative, "unreadable file", problem.strerror or str(problem)))
            return None

    def peek(self, relative: str) -> bytes:
        """Like `read`, for a file that will be read again."""
        data = self._contents[relative] = self.read(relative)
        return data or b""

    def operations(self) -> Iterator[DeclaredEntry]:
        """What the files that describe interfaces declare; they are looked at only where code serves what they say."""
        for inner, ignores in self.documents if self.serves_documents else ():
            if not is_among_tests(inner) and not self._ignored(inner, ignores):
                full = os.path.join(self.base, inner)
                self.seen.note(full)
                try:
                    yield from operations(inner, read_lenient_text(full))
                except OSError:
                    continue  # it declares nothing

    def _folder(
        self, relative: str, ignores: list[tuple[str, GitIgnoreSpec]]
    ) -> tuple[list[str], list[tuple[str, GitIgnoreSpec]]]:
        """Takes the files of one folder; the folders in it that are to be read, and what holds for them of ``.gitignore``."""
        full = os.path.join(self.base, relative) if relative else self.base
        try:
            status = os.stat(full)
            self.seen.note(full, status)
            if (status.st_dev, status.st_ino) in self._visited:
                if _leads_upwards(full):
                    self.unread.append(Unread(relative, "symlink loop", "leads to a folder that was already read"))
                return [], ignores
            self._visited.add((status.st_dev, status.st_ino))
            with os.scandir(full) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as problem:
            self.unread.append(Unread(relative, "unreadable folder", problem.strerror or str(problem)))
            return [], ignores
        names = {entry.name for entry in entries}
        if relative and "pyvenv.cfg" in names:
            return [], ignores
        if ".gitignore" in names:
            self.seen.note(os.path.join(full, ".gitignore"))
            ignores = [*ignores, (relative, read_ignore_file(os.path.join(full, ".gitignore")))]
        is_package = "__init__.py" in names
        folders = []
        for entry in entries:
            inner = f"{relative}/{entry.name}" if relative else entry.name
            try:
                if self._entry(entry, inner, ignores, inside_package=is_package):
                    if entry.is_symlink():
                        self._linked.append((inner, ignores))
                    else:
                        folders.append(inner)
            except OSError as problem:
                self.unread.append(Unread(inner, "unreadable file", problem.strerror or str(problem)))
        return folders, ignores

    def _entry(
        self, entry: os.DirEntry[str], inner: str, ignores: list[tuple[str, GitIgnoreSpec]], *, inside_package: bool
    ) -> bool:
        """Takes or leaves a file; whether it is a folder that is to be read."""
        name = entry.name
        if self.exclusion.unfitted:
            self.exclusion.look_at(f"{inner}/" if os.path.isdir(entry.path) else inner)
        if entry.is_symlink():
            self.seen.note(entry.path)
        if entry.is_symlink() and not _stays_inside(entry.path, self.base):
            if name.endswith(".py") or (os.path.isdir(entry.path) and name not in _JUNK):
                self.unread.append(Unread(inner, "symlink", "leads out of the analysed folder, or nowhere"))
            return False
        if entry.is_dir():
            junk = (
                name in _JUNK
                or name.endswith((".egg-info", ".dist-info", ".egg"))
                or (name in _BUILD and not inside_package)
            )
            if not junk and not self._ignored(f"{inner}/", ignores):
                if not name.startswith("."):
                    return True
                self._leave_hidden(entry.path, inner)
            return False
        suffix = os.path.splitext(name)[1]
        if suffix in (".py", ".sql"):
            if self._ignored(inner, ignores):
                return False
            status = entry.stat()
            self.seen.note(entry.path, status)
            if not stat.S_ISREG(status.st_mode):
                self.unread.append(Unread(inner, "unreadable file", "is not a regular file"))
            elif status.st_size > MAX_FILE_BYTES:
                size = f"{status.st_size / 1e6:.0f} MB"
                self.unread.append(
                    Unread(inner, "too large", f"has {size}; more than {MAX_FILE_BYTES / 1e6:.0f} MB is taken for data")
                )
            else:
                (self.found if suffix == ".py" else self.sql).append(inner)
        elif suffix:
            self.suffixes[suffix] += 1
            if suffix == ".pyi" or (suffix in _TEMPLATES and "/templates/" in f"/{inner}"):
                self._take_beside(entry, inner, ignores, self.stubs if suffix == ".pyi" else self.templates)
            elif suffix in DOCUMENTS:
                self.documents.append((inner, ignores))
        return False

    def _take_beside(
        self, entry: os.DirEntry[str], inner: str, ignores: list[tuple[str, GitIgnoreSpec]], taken: list[str]
    ) -> None:
        """Takes a file that says more about the code, if it can be read."""
        if not self._ignored(inner, ignores):
            status = entry.stat()
            self.seen.note(entry.path, status)
            if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_FILE_BYTES:
                taken.append(inner)

    def _leave_hidden(self, path: str, inner: str) -> None:
        """No import reaches a folder whose name begins with a dot: what is there are rules and scripts of other tools."""
        count, waiting = 0, [path]
        while waiting:
            folder = waiting.pop()
            self.seen.note(folder)
            try:
                with os.scandir(folder) as listing:
                    for entry in listing:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        else:
                            count += entry.name.endswith(".py")
            except OSError:
                continue  # it is left out in any case
        if count:
            reason = f"{count} Python file{'s' if count > 1 else ''} in a folder that nothing can be imported from"
            self.unread.append(Unread(inner, "hidden folder", reason))

    def _ignored(self, inner: str, ignores: list[tuple[str, GitIgnoreSpec]]) -> bool:
        if self.exclusion.leaves_out(inner):
            self.excluded.append(inner)
            return True
        for folder, spec in reversed(ignores):  # the innermost file that says anything decides
            decision = spec.check_file(inner[len(folder) + 1 :] if folder else inner).include
            if decision is not None:
                return decision
        return False


def _stays_inside(path: str, base: str) -> bool:
    target = os.path.realpath(path)
    return os.path.exists(target) and (target == base or target.startswith(base + os.sep))


def _nothing_found(path: Path, walk: _Walk) -> str:
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


def _module_names(
    base: Path, walk: _Walk, roots: Sequence[str], imports: Imports
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


def _unique(module: str, root: str, seen: set[str]) -> str:
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
