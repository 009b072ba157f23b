"""What SQL in migrations defines beside whole tables: views, code in the database, columns of tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import msgspec

from decompose.facts import FileFacts
from decompose.sources import SourceFile
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl
from decompose.system.schema.migration_calls import BACK, argument, calls_named, functions_run, sql_text

_RUN_SQL = frozenset({"RunSQL", "execute"})
_DEFINES = re.compile(r"\bCREATE\b.{0,60}\b(?:TABLE|VIEW|TRIGGER|FUNCTION|PROCEDURE)\b", re.IGNORECASE | re.DOTALL)
_DROPPED = re.compile(
    r"\bDROP\s+(?:MATERIALIZED\s+)?(VIEW|TRIGGER|FUNCTION|PROCEDURE)\s+(?:IF\s+EXISTS\s+)?[\"`]?(\w+)", re.IGNORECASE
)


def ddl_of_migrations(
    files: Sequence[SourceFile], facts: Sequence[FileFacts], tables: Collection[str]
) -> Iterator[Catalogue]:
    """What SQL in migrations defines beside whole tables: views, code in the database, and the columns of ``tables``.

    Views that later SQL drops are left out; every record has the line of the call.
    """
    found: dict[tuple[str, str], Catalogue] = {}
    for file, file_facts in sorted(zip(files, facts, strict=True), key=lambda pair: pair[0].path):
        back = {"downgrade"} | {name for s in file_facts.scopes for name in functions_run(s, BACK)}
        for scope in file_facts.scopes:
            if scope.qualname in back:
                continue
            for name, operation in calls_named(scope, _RUN_SQL):
                text = sql_text(argument(operation, "sql" if name == "RunSQL" else "sqltext", 0))
                for kind, dropped in _DROPPED.findall(text):
                    found.pop((kind.lower(), dropped.lower()), None)
                if _DEFINES.search(text):
                    for catalogue in _placed(read_ddl(text, file.path, "migration"), operation[-1], tables):
                        made = (catalogue.tables or catalogue.routines)[0]
                        found[made.kind, made.name.lower()] = catalogue
    yield from found.values()


def _placed(catalogue: Catalogue, line: int, tables: Collection[str]) -> Iterator[Catalogue]:
    about = catalogue.about
    for table in catalogue.tables:
        if table.kind == "view" or table.name in tables:
            columns = tuple(msgspec.structs.replace(column, line=line) for column in table.columns)
            indexes = tuple(msgspec.structs.replace(index, line=line) for index in table.indexes)
            placed = msgspec.structs.replace(table, line=line, columns=columns, indexes=indexes)
            keys = tuple(
                msgspec.structs.replace(key, line=line) for key in catalogue.foreign_keys if key.table == table.name
            )
            yield Catalogue(about=about, tables=(placed,), foreign_keys=keys)
    for routine in catalogue.routines:
        yield Catalogue(about=about, routines=(msgspec.structs.replace(routine, line=line),))
