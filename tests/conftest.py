"""Small applications, drawn as a file tree in the test itself and taken through the stages up to the model."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pytest

from decompose.defects import STRICT
from decompose.sources import SourceTree, discover
from decompose.system import build_system
from decompose.system.model import CALL_KINDS, BlindSpot, Column, Dependency, System, Table
from tests.database.postgres_server import Server, running_server

if TYPE_CHECKING:
    from pathlib import Path

os.environ[STRICT] = "1"  # a defect ends a test, also in the processes that it starts

Files = Mapping[str, str | bytes]
"""Relative path -> content; text is dedented and written as UTF-8."""


class Application:
    """A drawn application with what was found in it, as simple sets."""

    def __init__(self, base: Path, tree: SourceTree) -> None:
        self.base = base
        self.tree = tree

    @cached_property
    def system(self) -> System:
        """The model of the whole application."""
        return build_system(self.tree, jobs=1)

    def modules(self, role: str = "application") -> dict[str, str]:
        """Path -> dotted name of the files that play ``role``."""
        return {file.path: file.module for file in self.tree.files if file.role == role}

    def dependencies(self, *kinds: str) -> list[Dependency]:
        """Choose the dependencies of these kinds; without any, all that run code of their target."""
        return [d for d in self.system.dependencies if d.kind in (kinds or CALL_KINDS)]

    def calls(self, *kinds: str) -> set[tuple[str, str]]:
        """(caller, callee)."""
        return {(d.source, d.target) for d in self.dependencies(*kinds)}

    def call_lines(self, *kinds: str) -> list[str]:
        """``caller -> callee``, sorted."""
        return sorted(f"{source} -> {target}" for source, target in self.calls(*kinds))

    def evidence(self, *kinds: str) -> set[tuple[str, str, str, str, str, int]]:
        """(caller, callee, kind, resolution, file, line)."""
        return {(d.source, d.target, d.kind, d.resolution, d.file, d.line) for d in self.dependencies(*kinds)}

    def external(self) -> set[tuple[str, str]]:
        """(caller, what it calls outside of the application)."""
        return {(d.source, d.target) for d in self.system.external_calls}

    def tables(self) -> dict[str, str]:
        """Table -> where it is known from."""
        return {table.name: table.source for table in self.system.tables}

    def table(self, name: str) -> Table:
        """Find the table of that name."""
        return next(table for table in self.system.tables if table.name == name)

    def columns(self, table: str) -> dict[str, Column]:
        """Name -> column, of one table."""
        return {column.name: column for column in self.table(table).columns}

    def foreign_keys(self) -> set[tuple[str, str, str, str]]:
        """(table, columns, target table, target columns) of the foreign keys."""
        return {
            (k.table, ",".join(k.columns), k.target_table, ",".join(k.target_columns)) for k in self.system.foreign_keys
        }

    def accesses(self) -> set[tuple[str, str, str]]:
        """(definition, operation, table)."""
        return {(a.definition, a.operation, a.table) for a in self.system.accesses}

    def shown(self) -> set[tuple[str, str, str]]:
        """(definition, operation, table) of what is told of other code, and here for people to see."""
        return {(a.definition, a.operation, a.table) for a in self.system.flushes}

    def executed(self) -> set[tuple[str, str, str]]:
        """(definition, operation, table) of the statements that run where they stand."""
        return {(a.definition, a.operation, a.table) for a in self.system.accesses if a.role == "execute"}

    def entry_points(self, *kinds: str) -> set[tuple[str, str]]:
        """(name, handler), of these kinds or of all."""
        return {(e.name, e.handler) for e in self.system.entry_points if not kinds or e.kind in kinds}

    def transactions(self) -> set[tuple[str, str, tuple[str, ...]]]:
        """(definition, scope, tables written)."""
        return {(t.definition, t.scope, t.tables_written) for t in self.system.transactions}

    def blind_spots(self, kind: str) -> list[BlindSpot]:
        """Choose what could not be known, by kind."""
        return [spot for spot in self.system.blind_spots if spot.kind == kind]


class Draw(Protocol):
    """Writes ``files`` below a new folder and finds them; with only text, that is the module ``m``."""

    def __call__(
        self, files: Files | str, *, exclude: tuple[str, ...] = (), roots: tuple[str, ...] = ()
    ) -> Application: ...


def write_files(base: Path, files: Files) -> None:
    """Write the files of a tree."""
    for relative, content in files.items():
        path = base / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode())


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Processes that tests start share what they compile, also where Python is told to keep nothing: a third of what they cost."""
    if not sys.dont_write_bytecode:
        yield
        return
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        environment.setenv("PYTHONPYCACHEPREFIX", str(folder))
        yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for the session, which counts its statements; make a database of your own in it."""
    with running_server("shared_preload_libraries=pg_stat_statements") as server:
        yield server


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draw a small application and read it."""
    count = 0

    def drawn(files: Files | str, *, exclude: tuple[str, ...] = (), roots: tuple[str, ...] = ()) -> Application:
        nonlocal count
        count += 1
        base = tmp_path / f"drawn{count}"
        write_files(base, {"m.py": files} if isinstance(files, str) else files)
        return Application(base, discover(base, exclude=exclude, roots=roots))

    return drawn


def pytest_configure() -> None:
    """A shell that starts something in the background has it ignore Ctrl-C, as would all that it starts; the tests press it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that fork come first: that is only done while a process has a single thread, and a browser keeps one until the end."""
    items.sort(key=lambda item: item.get_closest_marker("single_thread") is None)
