"""Schemas that a user gives beside the code: files with DDL, and a live database."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.errors import ConfigurationError, InputError
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl

MAX_DUMP = 300_000_000
"""Bytes of a file with DDL that are read at most."""
_OUTSIDE = "schema:"
"""Stands before the name of a file that is not inside of the application."""


class Dump(NamedTuple):
    """A file with DDL: how it is called in results, and what is in it."""

    name: str
    content: bytes


class Given(NamedTuple):
    """The schemas that were given. A live database is read at once, so that a remembered run is of the same state."""

    dumps: tuple[Dump, ...] = ()
    dialect: str = ""
    database: Catalogue | None = None

    @property
    def key(self) -> str:
        """A digest of all of it; empty where nothing is given."""
        if not self.dumps and self.database is None:
            return ""
        digest = hashlib.blake2b(digest_size=16)
        for dump in self.dumps:
            digest.update(repr((dump.name, len(dump.content), self.dialect)).encode(errors="surrogateescape"))
            digest.update(dump.content)
        if self.database is not None:
            digest.update(msgspec.json.encode(self.database))
        return digest.hexdigest()

    def catalogues(self) -> Iterator[Catalogue]:
        """What they say; raises `InputError` for a file that defines no table."""
        for dump in self.dumps:
            catalogue = read_ddl(_text(dump.content), dump.name, "dump", dialect=self.dialect)
            if not catalogue.tables:
                reason = f" ({catalogue.blind_spots[0].reason})" if catalogue.blind_spots else ""
                raise InputError(
                    f"--schema {dump.name.removeprefix(_OUTSIDE)}: it defines no table{reason}. It takes DDL, such as pg_dump --schema-only writes; "
                    "a dialect that is not detected is given with --dialect."
                )
            yield catalogue
        if self.database is not None:
            yield self.database


def read_given(base: Path, schemas: Sequence[Path], dialect: str, database: str) -> Given:
    """Read what is given; a file inside ``base`` is called by its place there, another by its name.

    Raises `InputError` for a file that cannot be read or a database that cannot be reached, `ConfigurationError` for a
    dialect that nobody knows.
    """
    if not schemas and not database:
        if dialect:
            raise ConfigurationError("--dialect says how to read --schema, which is not given.")
        return Given()
    _check_dialect(dialect)
    dumps: dict[str, Dump] = {}
    for file in schemas:
        name = _name(base, file)
        number = 2
        while name in dumps:
            name, number = f"{_name(base, file)} ({number})", number + 1
        dumps[name] = Dump(name, _content(file))
    live = None
    if database:
        from decompose.system.schema.live import read_database

        live = read_database(database)
    return Given(tuple(dumps.values()), dialect, live)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    return content.decode(encoding, errors="replace").replace("\r\n", "\n")


def _name(base: Path, file: Path) -> str:
    try:
        return file.resolve().relative_to(base.resolve()).as_posix()
    except (ValueError, OSError):
        return f"{_OUTSIDE}{file.name}"


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MAX_DUMP:
            raise InputError(
                f"--schema {file}: {file.stat().st_size:,} bytes are more than are read ({MAX_DUMP:,}). "
                "Give the schema without data: pg_dump --schema-only, mysqldump --no-data."
            )
        return file.read_bytes()
    except OSError as problem:
        raise InputError(f"--schema {file}: cannot be read ({problem.strerror or problem}).") from problem


def _check_dialect(dialect: str) -> None:
    if not dialect:
        return
    from sqlglot.dialects.dialect import Dialects

    known = sorted(str(d.value) for d in Dialects if d.value)
    if dialect not in known:
        raise ConfigurationError(f"--dialect {dialect}: unknown. It is one of: {', '.join(known)}.")
