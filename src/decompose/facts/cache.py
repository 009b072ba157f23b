"""Facts of files that have been seen before, by content: one SQLite file that any number of runs may share."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from decompose.facts.records import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUERY_SIZE = 500


class FactsCache:
    """A mapping of content digest -> encoded facts. A cache that cannot be used is an empty cache, never an error."""

    def __init__(self, folder: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if folder is None:
            return
        # Syntax trees differ between interpreters, so facts of one are not those of another.
        name = f"facts-{EXTRACTOR_VERSION}-py{sys.version_info.major}{sys.version_info.minor}.sqlite"
        with contextlib.suppress(OSError, sqlite3.Error), contextlib.ExitStack() as opened:
            folder.mkdir(parents=True, exist_ok=True)
            connection = opened.enter_context(contextlib.closing(sqlite3.connect(folder / name, timeout=5)))
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("CREATE TABLE IF NOT EXISTS facts (digest TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
            self._connection = connection
            opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def get(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The encoded facts of those digests that are known."""
        found: dict[str, bytes] = {}
        if self._connection is None:
            return found
        wanted = list(digests)
        with contextlib.suppress(sqlite3.Error):
            for start in range(0, len(wanted), _QUERY_SIZE):
                part = wanted[start : start + _QUERY_SIZE]
                marks = ",".join("?" * len(part))
                rows = self._connection.execute(f"SELECT digest, content FROM facts WHERE digest IN ({marks})", part)  # noqa: S608 - only marks
                found.update(rows.fetchall())
        return found

    def put(self, facts: Iterable[tuple[str, bytes]]) -> None:
        """Remember encoded facts."""
        if self._connection is None:
            return
        with contextlib.suppress(sqlite3.Error), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
