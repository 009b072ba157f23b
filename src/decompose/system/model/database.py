"""The database: tables, keys, routines, and where the code and the database differ."""

from __future__ import annotations

from typing import Literal

from decompose.system.model.record import Record

TableSource = Literal["model", "core", "migration", "ddl", "sql", "dump", "database"]
"""``ddl`` is in a file of the application, ``dump`` a schema that was given beside it, ``database`` a live one; ``sql`` means
that a statement names it and nothing declares it."""

DATABASE_SOURCES = frozenset({"dump", "database"})
"""The sources that say what the database is, and not what the code believes."""

TableKind = Literal["table", "view"]
RoutineKind = Literal["trigger", "function", "procedure"]
DifferenceKind = Literal["table", "column", "foreign key", "type", "nullability"]
Side = Literal["code", "database"]


class Column(Record, frozen=True):
    """One column. ``type`` is the type as its source writes it (``CharField``, ``String``, ``varchar(40)``), or empty;
    ``sql_type`` that of the database (``varchar(40)``), or empty where it cannot be told.

    ``nullable`` is None where nothing says so. ``generated``: the database gives the value (serial, identity,
    auto-increment).
    """

    name: str
    type: str = ""
    nullable: bool | None = None
    primary_key: bool = False
    sql_type: str = ""
    generated: bool = False
    source: TableSource = "model"
    file: str = ""
    line: int = 0


class Index(Record, frozen=True):
    """An index or a unique constraint. ``name`` is empty where the database or a library makes one up.

    ``columns`` are empty for an index over expressions; ``partial`` says that it covers only some of the rows.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    partial: bool = False
    source: TableSource = "model"
    file: str = ""
    line: int = 0


class Table(Record, frozen=True):
    """A database table or view and where it is known from; ``model`` is a definition id or empty.

    ``source``, ``file`` and ``line`` are those of the first source that names it, ``known_from`` are all. ``reads`` are
    the tables that a view is made of. ``between``: the code declares it as the rows between two other tables. ``rows`` is None where nothing counted them; ``rows_estimated`` says that the
    number is the database's own estimate. ``package``: who brings it, where it is not the application's own. ``unseen_base``: a base of its
    class that is not in view, so that it may have more columns. ``each_has_its_own``: a framework, or a tool
    for migrations, keeps its own books there, so that after a split each service's database has such a table, which no service asks another for.
    """

    name: str
    model: str
    source: TableSource
    file: str
    line: int
    columns: tuple[Column, ...] = ()
    kind: TableKind = "table"
    reads: tuple[str, ...] = ()
    between: bool = False
    indexes: tuple[Index, ...] = ()
    known_from: tuple[TableSource, ...] = ()
    rows: int | None = None
    rows_estimated: bool = False
    package: str = ""
    unseen_base: str = ""
    each_has_its_own: bool = False

    @property
    def may_miss_columns(self) -> bool:
        """Whether nothing but a class tells its columns, and not all that the class is derived from is in view."""
        return bool(self.unseen_base) and not {"migration", "ddl", *DATABASE_SOURCES}.intersection(self.known_from)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(column.name for column in self.columns if column.primary_key)

    @property
    def place(self) -> str:
        """File and line, in words where the code only names the table: that of a library, say."""
        if self.file or not self.package:
            return f"{self.file}:{self.line}" if self.file else "not declared in this code"
        return f"brought by {self.package}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.source}, {self.place})"


class ForeignKey(Record, frozen=True):
    """A declared reference from one table to another. ``on_delete`` in upper case (``CASCADE``), or empty.

    ``enforced`` is false where the code declares the reference and tells the database not to check it.
    """

    table: str
    columns: tuple[str, ...]
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: str
    file: str
    line: int
    source: TableSource = "model"
    enforced: bool = True
    known_from: tuple[TableSource, ...] = ()


class Routine(Record, frozen=True):
    """Code inside the database: what it reads and writes stands in no file of Python.

    ``table`` is that of a trigger, and ``event`` when it fires (``AFTER INSERT OR UPDATE``); ``calls`` is the function
    that a trigger runs, where it names one. ``does`` says what it does to which table (``insert audit``), ``runs`` names the other
    functions and procedures of the schema that it calls, and ``hidden`` says why not all of it is known, or is empty.
    """

    kind: RoutineKind
    name: str
    table: str
    event: str
    calls: str
    tables_read: tuple[str, ...]
    tables_written: tuple[str, ...]
    source: TableSource
    file: str
    line: int
    does: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    hidden: str = ""


class SchemaSource(Record, frozen=True):
    """A schema that was given beside the code: a dump, or a live database; ``name`` holds no credentials."""

    source: TableSource
    name: str
    dialect: str
    tables: int


class SchemaDifference(Record, frozen=True):
    """What only the code or only the database has, or what they say differently; ``name`` is the column, or the key's columns.

    ``only_in`` is empty where both have it; then ``detail`` says what each says.
    """

    kind: DifferenceKind
    table: str
    name: str
    only_in: Side | Literal[""]
    detail: str
    file: str
    line: int


class StatementCount(Record, frozen=True):
    """How often the database ran a statement, by its own count, with constants left out."""

    calls: int
    tables_read: tuple[str, ...]
    tables_written: tuple[str, ...]
    statement: str
