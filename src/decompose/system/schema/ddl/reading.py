"""DDL, replayed statement by statement: what is made, changed, renamed and dropped, in order."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from decompose.system.model import BlindSpot, Column, ForeignKey, Index, Routine, SchemaSource, Table, TableSource
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl.bodies import Body, Place, column_of
from decompose.system.schema.ddl.code import NAME, function_in, trigger_in, view_in
from decompose.system.schema.ddl.parsing import Parser, name_of, names_of, unquoted
from decompose.system.schema.ddl.plain import PlainConstraint, plain_constraint, plain_index, plain_part, plain_table
from decompose.system.sql.statements import Statement, detected_dialect, statements_of

MAX_DDL = 6_000_000
"""How many characters of DDL of one file are parsed; what lies beyond is a blind spot."""

_MAX_STATEMENT = 200_000
_EVIDENCE_LENGTH = 160
_MAX_PROBLEMS = 20
_DEFINES = re.compile(
    r"(?:CREATE|ALTER|DROP)\b(?:(?!\bAS\b)[^;('\"]){0,300}?"
    r"\b(TABLE|INDEX|VIEW|TRIGGER|FUNCTION|PROCEDURE)\b",
    re.IGNORECASE,
)
_CREATED_TABLE = re.compile(rf"CREATE\b[^(]*?\bTABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}", re.IGNORECASE)
_TEMPORARY = re.compile(r"CREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
_PARTITION = re.compile(r"\bPARTITION\s+OF\b", re.IGNORECASE)
_ATTACHED = re.compile(rf"\bATTACH\s+PARTITION\s+{NAME}", re.IGNORECASE)
_COLUMN_CHANGE = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{NAME}\s+ALTER\s+(?:COLUMN\s+)?{NAME}\s+"
    r"(SET\s+DEFAULT\s+nextval|ADD\s+GENERATED|SET\s+NOT\s+NULL|DROP\s+NOT\s+NULL)",
    re.IGNORECASE,
)
_ALTERS_WHAT_IS_KEPT = re.compile(r"\b(?:ADD|DROP|RENAME)\b", re.IGNORECASE)
_DROPPED_ROUTINE = re.compile(rf"DROP\s+(TRIGGER|FUNCTION|PROCEDURE)\s+(?:IF\s+EXISTS\s+)?{NAME}", re.IGNORECASE)
_BACK = re.compile(r"(?:^|[/._-])(?:down|revert|rollback|undo|back)(?:[/._-]|$)", re.IGNORECASE)
"""In the path of a file that takes back what another one does."""

_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


def read_ddl(text: str, file: str, source: TableSource, *, dialect: str = "", name: str = "") -> Catalogue:
    """What the DDL in a text defines. ``dialect`` is one of sqlglot's; without it, it is detected or tried out."""
    reader = _Reader(Place(file, source), dialect or detected_dialect(text))
    parsed = 0
    for statement in statements_of(text, reader.parser.dialect):
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

    def __init__(self, place: Place, dialect: str) -> None:
        self.place = place
        self.parser = Parser(dialect)
        self.tables: dict[str, Table] = {}
        self.keys: list[ForeignKey] = []
        self.routines: dict[tuple[str, str, str], Routine] = {}
        self.dropped: dict[tuple[str, str], None] = {}
        self.problems: list[BlindSpot] = []
        self.more_problems = 0
        self.columns: dict[int, Column] = {}
        """Columns by the identity of the part that was parsed, which the parser keeps."""

    def catalogue(self, text: str, name: str) -> Catalogue:
        file, source = self.place.file, self.place.source
        if self.more_problems:
            self.problems.append(self._blind_spot(0, f"{self.more_problems} more statements that could not be read"))
        tables = tuple(self.tables.values())
        keys = tuple(key for key in self.keys if key.table.lower() in self.tables or source == "ddl")
        wanted = {table.line for table in tables} | {key.line for key in keys}
        wanted |= {routine.line for routine in self.routines.values()}
        lines = {n: t.strip()[:_EVIDENCE_LENGTH] for n, t in enumerate(text.split("\n"), 1) if n in wanted}
        about = SchemaSource(source=source, name=name, dialect=self.parser.dialect, tables=len(tables))
        return Catalogue(
            about=about, tables=tables, foreign_keys=keys, routines=tuple(self.routines.values()),
            dropped=tuple(self.dropped), blind_spots=tuple(self.problems), file=file, lines=lines,
        )  # fmt: skip

    def problem(self, line: int, reason: str) -> None:
        if len(self.problems) >= _MAX_PROBLEMS:
            self.more_problems += 1
        else:
            self.problems.append(self._blind_spot(line, reason))

    def _blind_spot(self, line: int, reason: str) -> BlindSpot:
        return BlindSpot(kind="unreadable sql", definition="", file=self.place.file, line=line, reason=reason)

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
            self.tables.pop(unquoted(attached[1]).lower(), None)
        elif changed is not None:
            self._change_column(unquoted(changed[1]), unquoted(changed[2]), changed[3].upper())
        elif kind == "VIEW" and creates:
            self._view(text, line)
        elif kind in ("TRIGGER", "FUNCTION", "PROCEDURE") and creates:
            self._routine(text, line, kind)
        elif (dropped := _DROPPED_ROUTINE.match(text)) is not None:
            if _BACK.search(self.place.file) is None:
                self.dropped[dropped[1].lower(), unquoted(dropped[2]).lower()] = None
        elif text[:5].upper() == "ALTER" and _ALTERS_WHAT_IS_KEPT.search(text) is None:
            pass
        elif (kind in ("TABLE", "INDEX") or text[:4].upper() == "DROP") and not self._plain(
            text, kind, line, creates=creates
        ):
            self._parsed(text, line, templated=templated)

    def _body(self, name: str, line: int, table: Table | None = None) -> Body:
        return Body(self.place, self.parser, name, line, table)

    def _keep(self, body: Body, table: Table | None) -> None:
        """What was read of a table, where the table is known; its keys in any case."""
        self.keys += body.keys
        if table is not None:
            self.tables[body.name.lower()] = body.into(table)

    def _make(self, body: Body, *, only_if_new: bool) -> None:
        """A table as it is created."""
        known = self.tables.get(body.name.lower())
        if known is None or not only_if_new or not known.columns:
            self._keep(body, self.place.table(body.name, body.line))

    # The plain forms of dumps

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
        body = self._body(unquoted(plain.name), line)
        for column, definition in plain.parts:
            part = (plain_part(definition) if not column else None) or self.parser.part(
                f"c {definition}" if column else definition
            )
            if part is None or isinstance(part, exp.ColumnDef) != bool(column):
                return False
            if column:
                body.add_column(part, msgspec.structs.replace(self._shared_column(part), name=column, line=line))
            elif isinstance(part, PlainConstraint):
                body.add_plain(part)
            else:
                body.add_constraint(part)
        self._make(body, only_if_new=plain.only_if_new)
        return True

    def _shared_column(self, part: Any) -> Column:
        """The column of a definition that may come again and again."""
        known = self.columns.get(id(part))
        if known is None:
            known = self.columns[id(part)] = column_of(self.place, self.parser, part, 0)
        return known

    def _plain_constraint(self, text: str, line: int) -> bool:
        plain = plain_constraint(text)
        if plain is None:
            return False
        name = unquoted(plain.table)
        table = self.tables.get(name.lower())
        body = self._body(name, line, table)
        body.add_plain(plain)
        self._keep(body, table)
        return True

    def _plain_index(self, text: str, line: int) -> bool:
        plain = plain_index(text)
        if plain is None:
            return False
        made = self.place.index(plain.name, plain.columns, line, unique=plain.unique, partial=plain.partial)
        self._add_index(unquoted(plain.table), made)
        return True

    def _add_index(self, table_name: str, index: Index) -> None:
        table = self.tables.get(table_name.lower())
        if table is not None:
            self.tables[table_name.lower()] = msgspec.structs.replace(table, indexes=(*table.indexes, index))

    # Through the parser

    def _parsed(self, text: str, line: int, *, templated: bool) -> None:
        from sqlglot import exp

        statement = self.parser.statement(text)
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            self._create(statement, line)
        elif isinstance(statement, exp.Create) and isinstance(statement.this, exp.Index):
            self._index(statement, line)
        elif isinstance(statement, exp.Create) and isinstance(statement.this, exp.Table):
            # CREATE TABLE ... AS SELECT
            name = name_of(statement.this)
            self.tables.setdefault(name.lower(), self.place.table(name, line))
        elif isinstance(statement, exp.Alter):
            self._alter(statement, line)
        elif isinstance(statement, exp.Drop):
            self._drop(statement)
        else:
            why = ": a template" if templated else ""
            created = _CREATED_TABLE.match(text)
            if created is not None:
                name = unquoted(created[1])
                self.tables.setdefault(name.lower(), self.place.table(name, line))
                self.problem(line, f"the columns of {name} could not be read{why}")
            else:
                self.problem(line, f"could not be read{why}: {text[:60]}")

    def _create(self, statement: Any, line: int) -> None:
        from sqlglot import exp

        body = self._body(name_of(statement.this.this), line)
        for part in statement.this.expressions:
            if isinstance(part, exp.ColumnDef):
                body.add_column(part)
            else:
                body.add_constraint(part)
        self._make(body, only_if_new=bool(statement.args.get("exists")))

    def _index(self, statement: Any, line: int) -> None:
        index = statement.this
        parameters = index.args.get("params")
        parts = list((parameters.args.get("columns") or ()) if parameters is not None else ()) or list(
            index.args.get("columns") or ()
        )
        names = names_of(parts)
        made = self.place.index(
            index.name,
            tuple(names) if len(names) == len(parts) else (),
            line,
            unique=bool(statement.args.get("unique")),
            partial=parameters is not None and parameters.args.get("where") is not None,
        )
        if index.args.get("table") is not None:
            self._add_index(name_of(index.args["table"]), made)

    def _alter(self, statement: Any, line: int) -> None:
        from sqlglot import exp

        table = self.tables.get(name_of(statement.this).lower())
        body = self._body(name_of(statement.this), line, table)
        for action in statement.args.get("actions") or ():
            if isinstance(action, exp.AlterRename):
                if table is not None:
                    table = self._rename(body, table, name_of(action.this))
            elif isinstance(action, exp.ColumnDef):
                body.add_column(action)
            elif isinstance(action, exp.Drop) and str(action.args.get("kind") or "").upper() == "COLUMN":
                self._drop_columns(body, set(names_of(action.args.get("tables") or [action.this])))
            elif isinstance(action, exp.RenameColumn):
                self._rename_column(body, action.this.name, action.args["to"].name)
            elif isinstance(action, exp.AddConstraint):
                for part in action.expressions:
                    body.add_constraint(part)
        self._keep(body, table)

    def _rename(self, body: Body, table: Table, new: str) -> Table:
        self.tables.pop(body.name.lower(), None)
        self.keys = [_renamed(key, body.name, new) for key in self.keys]
        body.keys = [_renamed(key, body.name, new) for key in body.keys]
        body.name = new
        return msgspec.structs.replace(table, name=new)

    def _drop_columns(self, body: Body, gone: set[str]) -> None:
        """Columns, and with them the indexes and the keys that they are part of."""
        body.columns = [column for column in body.columns if column.name not in gone]
        body.indexes = [index for index in body.indexes if gone.isdisjoint(index.columns)]
        self.keys = [key for key in self.keys if key.table != body.name or gone.isdisjoint(key.columns)]

    def _rename_column(self, body: Body, old: str, new: str) -> None:
        def names(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if name == old else name for name in columns)

        body.columns = [msgspec.structs.replace(c, name=new) if c.name == old else c for c in body.columns]
        body.indexes = [msgspec.structs.replace(index, columns=names(index.columns)) for index in body.indexes]
        self.keys = [
            msgspec.structs.replace(
                key,
                columns=names(key.columns) if key.table == body.name else key.columns,
                target_columns=names(key.target_columns) if key.target_table == body.name else key.target_columns,
            )
            for key in self.keys
        ]

    def _drop(self, statement: Any) -> None:
        if str(statement.args.get("kind") or "").upper() not in ("TABLE", "VIEW"):
            return
        for dropped in statement.args.get("tables") or [statement.this]:
            name = name_of(dropped).lower()
            if self.tables.pop(name, None) is not None:
                self.keys = [key for key in self.keys if key.table.lower() != name]

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

    # Views and code

    def _view(self, text: str, line: int) -> None:
        view = view_in(text, line, self.place, self.parser)
        if view is None:
            self.problem(line, f"could not be read: {text[:60]}")
        else:
            self.tables[view.name.lower()] = view

    def _routine(self, text: str, line: int, kind: str) -> None:
        found = trigger_in(text, line, self.place) if kind == "TRIGGER" else function_in(text, line, self.place)
        if found is not None:
            self.routines[found.kind, found.name.lower(), found.table.lower()] = found
        elif kind == "TRIGGER":
            self.problem(line, f"could not be read: {text[:60]}")


def _renamed(key: ForeignKey, old: str, new: str) -> ForeignKey:
    return msgspec.structs.replace(
        key,
        table=new if key.table == old else key.table,
        target_table=new if key.target_table == old else key.target_table,
    )
