"""What was found under the analysed folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

Role = Literal["application", "test", "migration", "generated", "tooling"]
"""Only ``application`` files take part in a split; migrations are read for the schema."""


class SourceFile(msgspec.Struct, frozen=True):
    """One Python file. ``path`` is relative to the analysed folder, ``digest`` the BLAKE2b-128 of its bytes.

    ``alias`` is the other name by which it may be imported, where its package is on the import path itself.
    """

    path: str
    module: str
    is_package: bool
    root: str
    role: Role
    digest: str
    size: int
    lines: int
    alias: str = ""


def roots_told_apart(files: Iterable[SourceFile]) -> dict[str, str]:
    """The roots that hold modules of names that another root has, each with what stands before the names of its own."""
    return {
        file.root: file.root.replace("/", ".")
        for file in files
        if file.root not in ("", ".")
        and file.module == file.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    }


class SourceRoot(msgspec.Struct, frozen=True):
    """A folder on the import path, relative to the analysed folder (``..`` when that is a package itself)."""

    path: str
    packages: tuple[str, ...]
    files: int


class Unread(msgspec.Struct, frozen=True):
    """A file or folder that was left out, and why."""

    path: str
    kind: str
    reason: str


class DeclaredEntry(msgspec.Struct, frozen=True):
    """An entry point that the project declares: ``name`` in ``group`` is ``target``, such as ``shop.cli:main``."""

    group: str
    name: str
    target: str
    file: str
    line: int


class SourceTree(msgspec.Struct, frozen=True):
    """Everything found; files of each kind are sorted by path, ``declared`` by group and name.

    ``stub_files`` are those that stand beside a module of the same name, ``unfitted_excludes`` the patterns that left nothing out.
    """

    base: str
    name: str
    roots: tuple[SourceRoot, ...]
    files: tuple[SourceFile, ...]
    unread: tuple[Unread, ...]
    sql_files: tuple[str, ...] = ()
    template_files: tuple[str, ...] = ()
    declared: tuple[DeclaredEntry, ...] = ()
    stub_files: tuple[str, ...] = ()
    unfitted_excludes: tuple[str, ...] = ()

    def to_parse(self) -> list[SourceFile]:
        """The files that say something about the application, or about its schema."""
        return [file for file in self.files if file.role in ("application", "migration")]

    def excluded(self) -> dict[str, int]:
        """How many files are kept out of the split, by role."""
        counts: dict[str, int] = {}
        for file in self.files:
            if file.role != "application":
                counts[file.role] = counts.get(file.role, 0) + 1
        return dict(sorted(counts.items()))
