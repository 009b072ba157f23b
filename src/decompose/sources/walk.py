"""Walking the analysed folder: which files there are, what is junk, and what cannot be read."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.sources.declared_operations import DOCUMENTS, operations
from decompose.sources.ignore_files import Exclusion, read_ignore_file
from decompose.sources.reading import MAX_FILE_BYTES, read_file, read_lenient_text
from decompose.sources.records import DeclaredEntry, Unread
from decompose.sources.roles import is_among_tests
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


def _leads_upwards(link: str) -> bool:
    """Whether a link leads to a folder that it is itself inside of."""
    return os.path.join(os.path.realpath(os.path.dirname(link)), "").startswith(
        os.path.join(os.path.realpath(link), "")
    )


_TEMPLATES = frozenset({".html", ".txt", ".xml"})
"""Endings of templates, in a folder of that name."""


class Walk:
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
