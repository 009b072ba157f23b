"""DDL -> tables with columns, keys and indexes, views, triggers and functions, through sqlglot.

A file is replayed: what is made, changed, renamed and dropped, in order. A statement that no dialect parses is a blind
spot, and its table is known by name alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from decompose.system.catalogue import Catalogue, plain_name
from decompose.system.model import (
    BlindSpot,
    Column,
    ForeignKey,
    Index,
    Routine,
    RoutineKind,
    SchemaSource,
    Table,
    TableSource,
)
from decompose.system.plain_ddl import PlainConstraint, plain_constraint, plain_index, plain_part, plain_table
from decompose.system.sql import read_statement, with_columns_named
from decompose.system.statements import Statement, detected_dialect, statements_of

MAX_DDL = 6_000_000
"""How many characters of DDL of one file are parsed; what lies beyond is a blind spot."""

_MAX_STATEMENT = 200_000
_EVIDENCE_LENGTH = 160
_MAX_PROBLEMS = 20
_DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle")
_NAME = r'((?:[\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\])(?:\s*\.\s*(?:[\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\]))*)'
_DEFINES = re.compile(
    r"(?:CREATE|ALTER|DROP)\b(?:(?!\bAS\b)[^;('\"]){0,300}?"
    r"\b(TABLE|INDEX|VIEW|TRIGGER|FUNCTION|PROCEDURE)\b",
    re.IGNORECASE,
)
_CREATED_TABLE = re.compile(rf"CREATE\b[^(]*?\bTABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_TEMPORARY = re.compile(r"CREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
_PARTITION = re.compile(r"\bPARTITION\s+OF\b", re.IGNORECASE)
_ATTACHED = re.compile(rf"\bATTACH\s+PARTITION\s+{_NAME}", re.IGNORECASE)
_COLUMN_CHANGE = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+ALTER\s+(?:COLUMN\s+)?{_NAME}\s+"
    r"(SET\s+DEFAULT\s+nextval|ADD\s+GENERATED|SET\s+NOT\s+NULL|DROP\s+NOT\s+NULL)",
    re.IGNORECASE,
)
_VIEW_OPTIONS = re.compile(
    r"\b(?:ALGORITHM\s*=\s*\w+|DEFINER\s*=\s*\S+|SQL\s+SECURITY\s+\w+)|\bWITH\s+(?:NO\s+)?DATA\s*$|\bWITH\s+(?:CASCADED\s+|LOCAL\s+)?CHECK\s+OPTION\s*$",
    re.IGNORECASE,
)
_VIEW = re.compile(
    rf"CREATE\b[^(]*?\bVIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*(?:\((?P<columns>[^)]*)\))?.*?\bAS\b(?P<query>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGER = re.compile(
    rf"CREATE\b.{{0,200}}?\bTRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s+(?P<event>.{{0,200}}?)\bON\s+(?P<table>{_NAME[1:-1]})"
    r"(?P<body>.*)",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(rf"\bEXECUTE\s+(?:FUNCTION|PROCEDURE)\s+{_NAME}\s*\(", re.IGNORECASE)
_FUNCTION = re.compile(
    rf"CREATE\b.{{0,200}}?\b(?P<kind>FUNCTION|PROCEDURE)\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*(?P<body>.*)",
    re.IGNORECASE | re.DOTALL,
)
_STATEMENT_IN_BODY = re.compile(
    r"\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|WITH)\b[^;]*", re.IGNORECASE
)
_OLD_AND_NEW = frozenset({"new", "old", "inserted", "deleted", "dual"})
_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_ON_DELETE = re.compile(r"ON DELETE (\w+(?: NULL| DEFAULT| ACTION)?)", re.IGNORECASE)
_SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
_SPELLED = {
    "int": "integer",
    "decimal": "numeric",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
}


def read_ddl(text: str, file: str, source: TableSource, *, dialect: str = "", name: str = "") -> Catalogue:
    """What the DDL in a text defines. ``dialect`` is one of sqlglot's; without it, it is detected or tried out."""
    reader = _Reader(file, source, dialect or detected_dialect(text))
    parsed = 0
    for statement in statements_of(text, reader.dialect):
        found = _DEFINES.match(statement.text)
        if found is None:
            continue
        parsed += len(statement.text)
        if parsed > MAX_DDL or len(statement.text) > _MAX_STATEMENT:
            reader.problem(statement.line, "more DDL than is read")
            continue
        reader.read(statement, found[1].upper())
    return reader.catalogue(text, name or file)


class _Reader:
    """The schema as far as it is read; tables by lower-case name."""

    def __init__(self, file: str, source: TableSource, dialect: str) -> None:
        self.file = file
        self.source: TableSource = source
        self.dialect = dialect
        self.tables: dict[str, Table] = {}
        self.keys: list[ForeignKey] = []
        self.routines: dict[tuple[str, str, str], Routine] = {}
        self.problems: list[BlindSpot] = []
        self.more_problems = 0
        self.types: dict[Any, tuple[str, str]] = {}
        self.parts: dict[str, Any] = {}
        self.columns: dict[int, Column] = {}
        """Columns by the identity of the part that was parsed, which `parts` keeps."""

    def catalogue(self, text: str, name: str) -> Catalogue:
        if self.more_problems:
            reason = f"{self.more_problems} more statements that could not be read"
            self.problems.append(BlindSpot(kind="unreadable sql", definition="", file=self.file, line=0, reason=reason))
        tables = tuple(self.tables.values())
        keys = tuple(key for key in self.keys if key.table.lower() in self.tables or self.source == "ddl")
        wanted = {table.line for table in tables} | {key.line for key in keys}
        wanted |= {routine.line for routine in self.routines.values()}
        lines = {n: t.strip()[:_EVIDENCE_LENGTH] for n, t in enumerate(text.split("\n"), 1) if n in wanted}
        about = SchemaSource(source=self.source, name=name, dialect=self.dialect, tables=len(tables))
        return Catalogue(
            about=about, tables=tables, foreign_keys=keys, routines=tuple(self.routines.values()),
            blind_spots=tuple(self.problems), file=self.file, lines=lines,
        )  # fmt: skip

    def problem(self, line: int, reason: str) -> None:
        if len(self.problems) >= _MAX_PROBLEMS:
            self.more_problems += 1
            return
        self.problems.append(BlindSpot(kind="unreadable sql", definition="", file=self.file, line=line, reason=reason))

    def read(self, statement: Statement, kind: str) -> None:
        text, line = statement
        templated = _TEMPLATE.search(text) is not None
        if templated:
            text = _TEMPLATE.sub("", text)
        creates = text[:6].upper() == "CREATE"
        if _TEMPORARY.match(text) or (_PARTITION.search(text) and kind == "TABLE" and creates):
            return
        attached = _ATTACHED.search(text) if kind == "TABLE" else None
        changed = _COLUMN_CHANGE.match(text) if kind == "TABLE" else None
        if attached is not None:
            self.tables.pop(_unquoted(attached[1]).lower(), None)
        elif changed is not None:
            self._change_column(_unquoted(changed[1]), _unquoted(changed[2]), changed[3].upper())
        elif kind == "VIEW" and creates:
            self._view(text, line)
        elif kind == "TRIGGER" and creates:
            self._trigger(text, line)
        elif kind in ("FUNCTION", "PROCEDURE") and creates:
            self._function(text, line)
        elif text[:5].upper() == "ALTER" and not _matters(text):
            pass
        elif (kind in ("TABLE", "INDEX") or text[:4].upper() == "DROP") and not self._plain(
            text, kind, line, creates=creates
        ):
            self._parsed(text, line, templated=templated)

    # Tables, by the plain forms of dumps

    def _plain(self, text: str, kind: str, line: int, *, creates: bool) -> bool:
        """Whether a statement is of a form that needs no parser for the whole of it; then it is read."""
        if kind == "TABLE":
            return self._plain_table(text, line) if creates else self._plain_constraint(text, line)
        return creates and self._plain_index(text, line)

    def _plain_table(self, text: str, line: int) -> bool:
        """Whether a table is of a plain form whose parts can all be read one by one."""
        from sqlglot import exp

        plain = plain_table(text)
        if plain is None:
            return False
        read: list[tuple[str, Any]] = []
        for column, definition in plain.parts:
            part = (plain_part(definition) if not column else None) or self._part(
                f"c {definition}" if column else definition
            )
            if part is None or isinstance(part, exp.ColumnDef) != bool(column):
                return False
            read.append((column, part))
        name = _unquoted(plain.name)
        known = self.tables.get(name.lower())
        columns: list[Column] = []
        indexes: list[Index] = []
        primary: list[str] = []
        for column, part in read:
            if column:
                columns.append(msgspec.structs.replace(self._shared_column(part), name=column, line=line))
                indexes += self._of_column(name, part, line, column)
            elif isinstance(part, PlainConstraint):
                self._apply(part, name, line, primary, indexes)
            else:
                self._constraint(name, part, "", line, primary, indexes)
        if known is None or not plain.only_if_new or not known.columns:
            self.tables[name.lower()] = msgspec.structs.replace(
                self._table(name, line), columns=_with_key(columns, primary), indexes=tuple(indexes)
            )
        return True

    def _shared_column(self, part: Any) -> Column:
        """The column of a definition that may come again and again."""
        known = self.columns.get(id(part))
        if known is None:
            known = self.columns[id(part)] = self._column(part, 0)
        return known

    def _apply(self, plain: PlainConstraint, table: str, line: int, primary: list[str], indexes: list[Index]) -> None:
        if plain.kind == "foreign key":
            self.keys.append(
                ForeignKey(
                    table=table, columns=plain.columns, target_columns=plain.target_columns,
                    target_table=_unquoted(plain.target), on_delete=plain.on_delete, file=self.file, line=line,
                    source=self.source, known_from=(self.source,),
                )
            )  # fmt: skip
        elif plain.kind == "primary key":
            primary += plain.columns
        else:
            indexes.append(self._made_index(plain.label, plain.columns, line, unique=plain.kind == "unique"))

    def _part(self, text: str) -> Any:
        """A column or a constraint of a table, parsed; None for what is more than one part, or none."""
        from sqlglot import exp

        if text in self.parts:
            return self.parts[text]
        statement = self._parse(f"CREATE TABLE t ({text})")
        parts = (
            statement.this.expressions
            if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema)
            else []
        )
        self.parts[text] = parts[0] if len(parts) == 1 else None
        return self.parts[text]

    def _plain_constraint(self, text: str, line: int) -> bool:
        plain = plain_constraint(text)
        if plain is None:
            return False
        name = _unquoted(plain.table)
        table = self.tables.get(name.lower())
        primary: list[str] = []
        indexes = list(table.indexes) if table is not None else []
        self._apply(plain, name, line, primary, indexes)
        if table is not None:
            columns = _with_key(list(table.columns), primary) if primary else table.columns
            self.tables[name.lower()] = msgspec.structs.replace(table, columns=columns, indexes=tuple(indexes))
        return True

    def _plain_index(self, text: str, line: int) -> bool:
        plain = plain_index(text)
        if plain is None:
            return False
        place = _unquoted(plain.table).lower()
        table = self.tables.get(place)
        if table is not None:
            made = self._made_index(plain.name, plain.columns, line, unique=plain.unique, partial=plain.partial)
            self.tables[place] = msgspec.structs.replace(table, indexes=(*table.indexes, made))
        return True

    # Tables, through the parser

    def _parsed(self, text: str, line: int, *, templated: bool) -> None:
        from sqlglot import exp

        statement = self._parse(text)
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            self._create(statement, line)
        elif isinstance(statement, exp.Create) and isinstance(statement.this, exp.Index):
            self._index(statement, line)
        elif isinstance(statement, exp.Create) and isinstance(statement.this, exp.Table):
            # CREATE TABLE ... AS SELECT
            name = _name_of(statement.this)
            self.tables.setdefault(name.lower(), self._table(name, line))
        elif isinstance(statement, exp.Alter):
            self._alter(statement, line)
        elif isinstance(statement, exp.Drop):
            if str(statement.args.get("kind") or "").upper() in ("TABLE", "VIEW"):
                for dropped in statement.args.get("tables") or [statement.this]:
                    name = _name_of(dropped).lower()
                    if self.tables.pop(name, None) is not None:
                        self.keys = [key for key in self.keys if key.table.lower() != name]
        else:
            created = _CREATED_TABLE.match(text)
            if created is not None:
                name = _unquoted(created[1])
                self.tables.setdefault(name.lower(), self._table(name, line))
                self.problem(line, f"the columns of {name} could not be read{': a template' if templated else ''}")
            else:
                self.problem(line, f"could not be read{': a template' if templated else ''}: {text[:60]}")

    def _parse(self, text: str) -> Any:
        """One statement; the dialect that reads it is the first to be tried for the next."""
        import sqlglot
        from sqlglot.errors import SqlglotError

        logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
        for dialect in dict.fromkeys((self.dialect or _DIALECTS[0], *_DIALECTS)):
            try:
                parsed = [
                    statement
                    for statement in sqlglot.parse(with_columns_named(text), read=dialect)
                    if statement is not None
                ]
            except (SqlglotError, RecursionError, ValueError) as problem:
                problem.__traceback__ = None  # as in `system.sql`
                continue
            if len(parsed) == 1 and type(parsed[0]).__name__ != "Command":
                self.dialect = self.dialect or dialect
                return parsed[0]
        return None

    def _table(self, name: str, line: int) -> Table:
        return Table(name=name, model="", source=self.source, file=self.file, line=line, known_from=(self.source,))

    def _create(self, statement: Any, line: int) -> None:
        from sqlglot import exp

        name = _name_of(statement.this.this)
        table = self._table(name, line)
        columns: list[Column] = []
        indexes: list[Index] = []
        primary: list[str] = []
        for part in statement.this.expressions:
            if isinstance(part, exp.ColumnDef):
                columns.append(self._column(part, line))
                indexes += self._of_column(name, part, line)
            else:
                self._constraint(name, part, "", line, primary, indexes)
        known = self.tables.get(name.lower())
        if known is not None and statement.args.get("exists") and known.columns:
            return  # CREATE TABLE IF NOT EXISTS
        self.tables[name.lower()] = msgspec.structs.replace(
            table, columns=_with_key(columns, primary), indexes=tuple(indexes)
        )

    def _column(self, part: Any, line: int) -> Column:
        from sqlglot import exp

        kinds = [constraint.kind for constraint in part.constraints]
        written, in_postgres = self._type(part.kind) if part.kind else ("", "")
        plain = in_postgres.partition("(")[0]
        sql_type = _SERIALS.get(in_postgres) or in_postgres.replace(plain, _SPELLED.get(plain, plain), 1)
        generated = (
            in_postgres in _SERIALS
            or any(
                isinstance(k, exp.AutoIncrementColumnConstraint | exp.GeneratedAsIdentityColumnConstraint)
                for k in kinds
            )
            or any(isinstance(k, exp.DefaultColumnConstraint) and "nextval" in k.sql().lower() for k in kinds)
        )
        primary = any(isinstance(kind, exp.PrimaryKeyColumnConstraint) for kind in kinds)
        refuses_null = any(isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null") for k in kinds)
        return Column(
            name=part.name, type=written, nullable=not (primary or refuses_null), primary_key=primary,
            sql_type=sql_type, generated=generated, source=self.source, file=self.file, line=line,
        )  # fmt: skip

    def _type(self, kind: Any) -> tuple[str, str]:
        """A type as its own dialect writes it and as PostgreSQL does; the same few types come again and again."""
        known = self.types.get(kind)
        if known is None:
            known = kind.sql(dialect=self.dialect or None).lower(), kind.sql(dialect="postgres").lower()
            self.types[kind] = known
        return known

    def _of_column(self, table: str, part: Any, line: int, name: str = "") -> Iterator[Index]:
        """The keys that stand at a column itself, and its own unique constraint."""
        from sqlglot import exp

        for constraint in part.constraints:
            if isinstance(constraint.kind, exp.Reference):
                self._key(table, (name or part.name,), constraint.kind, line)
            elif isinstance(constraint.kind, exp.UniqueColumnConstraint):
                yield self._made_index("", (name or part.name,), line, unique=True)

    def _made_index(
        self, name: str, columns: tuple[str, ...], line: int, *, unique: bool, partial: bool = False
    ) -> Index:
        return Index(
            name=name, columns=columns, unique=unique, partial=partial, source=self.source, file=self.file, line=line
        )

    def _constraint(
        self, table: str, part: Any, label: str, line: int, primary: list[str], indexes: list[Index]
    ) -> None:
        from sqlglot import exp

        if isinstance(part, exp.Constraint):
            for inner in part.expressions:
                self._constraint(table, inner, part.name, line, primary, indexes)
        elif isinstance(part, exp.PrimaryKey):
            primary += _names_of(part.expressions)
        elif isinstance(part, exp.ForeignKey) and part.args.get("reference") is not None:
            options = [*(part.args.get("options") or ()), *(part.args["reference"].args.get("options") or ())]
            deleted = part.args.get("delete")
            options += [f"ON DELETE {deleted}"] if deleted else []
            self._key(table, tuple(_names_of(part.expressions)), part.args["reference"], line, options)
        elif isinstance(part, exp.UniqueColumnConstraint):
            over = part.this
            label = label or (over.name if isinstance(over, exp.Schema) and over.this is not None else "")
            indexes.append(
                self._made_index(label, tuple(_names_of(over.expressions if over else [])), line, unique=True)
            )
        elif isinstance(part, exp.IndexColumnConstraint):
            indexes.append(self._made_index(part.name, tuple(_names_of(part.expressions)), line, unique=False))

    def _key(
        self, table: str, columns: tuple[str, ...], reference: Any, line: int, options: list[Any] | None = None
    ) -> None:
        from sqlglot import exp

        target = reference.this
        pointed = tuple(_names_of(target.expressions)) if isinstance(target, exp.Schema) else ()
        written = " ".join(str(option) for option in (options or reference.args.get("options") or ()))
        on_delete = _ON_DELETE.search(written)
        self.keys.append(
            ForeignKey(
                table=table, columns=columns, target_columns=pointed,
                target_table=_name_of(target.this if isinstance(target, exp.Schema) else target),
                on_delete=on_delete[1].upper() if on_delete else "", file=self.file, line=line,
                source=self.source, known_from=(self.source,),
            )
        )  # fmt: skip

    def _index(self, statement: Any, line: int) -> None:
        index = statement.this
        place = _name_of(index.args["table"]).lower() if index.args.get("table") is not None else ""
        table = self.tables.get(place)
        if table is None:
            return
        parameters = index.args.get("params")
        parts = list((parameters.args.get("columns") or ()) if parameters is not None else ()) or list(
            index.args.get("columns") or ()
        )
        names = _names_of(parts)
        made = self._made_index(
            index.name,
            tuple(names) if len(names) == len(parts) else (),
            line,
            unique=bool(statement.args.get("unique")),
            partial=parameters is not None and parameters.args.get("where") is not None,
        )
        self.tables[place] = msgspec.structs.replace(table, indexes=(*table.indexes, made))

    def _alter(self, statement: Any, line: int) -> None:
        from sqlglot import exp

        name = _name_of(statement.this)
        table = self.tables.get(name.lower())
        columns = list(table.columns) if table is not None else []
        indexes = list(table.indexes) if table is not None else []
        primary: list[str] = []
        for action in statement.args.get("actions") or ():
            if isinstance(action, exp.AlterRename):
                new = _name_of(action.this)
                if table is not None:
                    del self.tables[name.lower()]
                    self.tables[new.lower()] = table = msgspec.structs.replace(table, name=new)
                    self.keys = [_renamed(key, name, new) for key in self.keys]
                    name = new
            elif isinstance(action, exp.ColumnDef):
                columns.append(self._column(action, line))
                indexes += self._of_column(name, action, line)
            elif isinstance(action, exp.Drop) and str(action.args.get("kind") or "").upper() == "COLUMN":
                gone = set(_names_of(action.args.get("tables") or [action.this]))
                columns = [column for column in columns if column.name not in gone]
            elif isinstance(action, exp.RenameColumn):
                old, new = action.this.name, action.args["to"].name
                columns = [msgspec.structs.replace(c, name=new) if c.name == old else c for c in columns]
            elif isinstance(action, exp.AddConstraint):
                for part in action.expressions:
                    self._constraint(name, part, "", line, primary, indexes)
        if table is not None:
            self.tables[name.lower()] = msgspec.structs.replace(
                table, columns=_with_key(columns, primary), indexes=tuple(indexes)
            )

    def _change_column(self, table_name: str, column_name: str, change: str) -> None:
        table = self.tables.get(table_name.lower())
        if table is None:
            return
        changes: dict[str, Any] = {"nullable": change.startswith("DROP")}
        if change.startswith(("SET DEFAULT", "ADD")):
            changes = {"generated": True}
        self.tables[table_name.lower()] = msgspec.structs.replace(
            table,
            columns=tuple(
                msgspec.structs.replace(c, **changes) if c.name.lower() == column_name.lower() else c
                for c in table.columns
            ),
        )

    # Views and code, by their shape: no two databases agree on a grammar for them

    def _view(self, text: str, line: int) -> None:
        found = _VIEW.match(_VIEW_OPTIONS.sub("", text))
        if found is None:
            self.problem(line, f"could not be read: {text[:60]}")
            return
        name = _unquoted(found[1])
        query = found["query"].strip()
        reads, _ = tables_in(query)
        columns = [
            Column(name=column, source=self.source, file=self.file, line=line) for column in self._selected(query)
        ]
        self.tables[name.lower()] = msgspec.structs.replace(
            self._table(name, line), kind="view", reads=reads, columns=tuple(columns)
        )

    def _selected(self, query: str) -> list[str]:
        from sqlglot import exp

        statement = self._parse(query)
        names = statement.named_selects if isinstance(statement, exp.Query) else []
        return [] if "*" in names else list(dict.fromkeys(name for name in names if name))

    def _trigger(self, text: str, line: int) -> None:
        found = _TRIGGER.match(text)
        if found is None:
            self.problem(line, f"could not be read: {text[:60]}")
            return
        called = _CALLED.search(found["body"])
        reads, writes = tables_in_body(found["body"]) if called is None else ((), ())
        self._routine(
            "trigger", _unquoted(found[1]), _unquoted(found["table"]), " ".join(found["event"].upper().split()),
            _unquoted(called[1]) if called is not None else "", reads, writes, line,
        )  # fmt: skip

    def _function(self, text: str, line: int) -> None:
        found = _FUNCTION.match(text)
        if found is not None:
            kind: RoutineKind = "function" if found["kind"].upper() == "FUNCTION" else "procedure"
            self._routine(kind, _unquoted(found[2]), "", "", "", *tables_in_body(found["body"]), line)

    def _routine(
        self, kind: RoutineKind, name: str, table: str, event: str, calls: str, reads: tuple[str, ...],
        writes: tuple[str, ...], line: int,
    ) -> None:  # fmt: skip
        self.routines[kind, name.lower(), table.lower()] = Routine(
            kind=kind, name=name, table=table, event=event, calls=calls, tables_read=reads, tables_written=writes,
            source=self.source, file=self.file, line=line,
        )  # fmt: skip


def tables_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables that a statement reads, and those that it writes, each sorted."""
    accesses = [a for a in read_statement(text) if a.table and a.table.lower() not in _OLD_AND_NEW]
    names = [(a.operation, plain_name(*a.table.split("."))) for a in accesses]
    return (
        tuple(sorted({name for operation, name in names if operation == "read"})),
        tuple(sorted({name for operation, name in names if operation != "read"})),
    )


def tables_in_body(body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same for the body of a function or trigger: for each statement in it that looks like one."""
    reads: set[str] = set()
    writes: set[str] = set()
    for statement in _STATEMENT_IN_BODY.findall(body):
        read, written = tables_in(statement)
        reads.update(read)
        writes.update(written)
    return tuple(sorted(reads)), tuple(sorted(writes))


def _matters(text: str) -> bool:
    """Whether an ``ALTER`` could change what is kept."""
    return re.search(r"\b(?:ADD|DROP|RENAME)\b", text, re.IGNORECASE) is not None


def _name_of(table: Any) -> str:
    return (
        plain_name(table.args.get("catalog").name if table.args.get("catalog") else "", table.db, table.name)
        if hasattr(table, "db")
        else str(table.name)
    )


def _names_of(parts: Any) -> list[str]:
    """The plain names among columns, ordered columns and identifiers."""
    from sqlglot import exp

    names = []
    for part in parts:
        inner = part
        while isinstance(inner, exp.Ordered | exp.Opclass):
            inner = inner.this
        if isinstance(inner, exp.Identifier | exp.Column | exp.ColumnDef):
            names.append(str(inner.name))
    return names


def _unquoted(name: str) -> str:
    return plain_name(*(part.strip().strip('"`[]') for part in name.split(".")))


def _with_key(columns: list[Column], primary: list[str]) -> tuple[Column, ...]:
    wanted = {name.lower() for name in primary}
    return tuple(
        msgspec.structs.replace(c, primary_key=True, nullable=False) if c.name.lower() in wanted else c for c in columns
    )


def _renamed(key: ForeignKey, old: str, new: str) -> ForeignKey:
    return msgspec.structs.replace(
        key,
        table=new if key.table == old else key.table,
        target_table=new if key.target_table == old else key.target_table,
    )
