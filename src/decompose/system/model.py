"""The model of the monolith: nothing but data, every claim with its file and line.

Ids: a definition is ``package.module:Qual.name``; a module's top-level code is ``package.module:``.
A unit is what moves as a whole: a top-level class or function, or a module's top-level code; its id is the
id of that definition. A table is named as the database names it (``schema.table`` where a schema is known).
Paths are relative to the analysed folder, with ``/``. All lists are sorted, so equal input gives equal bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Resolution = Literal["exact", "inferred", "guessed"]
"""``exact``: names and types prove it; ``inferred``: one likely target, the rule is named; ``guessed``: matched
by name alone, or some of more targets than are followed; shown but never steering a split."""

DefinitionKind = Literal["module", "class", "function"]
Operation = Literal["read", "insert", "update", "delete"]
AccessRole = Literal["execute", "build"]
TableSource = Literal["model", "core", "migration", "ddl", "sql", "dump", "database"]
"""``ddl`` is in a file of the application, ``dump`` a schema that was given beside it, ``database`` a live one; ``sql`` means
that a statement names it and nothing declares it."""

DATABASE_SOURCES = frozenset({"dump", "database"})
"""The sources that say what the database is, and not what the code believes."""

TableKind = Literal["table", "view"]
RoutineKind = Literal["trigger", "function", "procedure"]
DifferenceKind = Literal["table", "column", "foreign key", "type", "nullability"]
Side = Literal["code", "database"]
EntryPointKind = Literal["http", "command", "task", "schedule", "signal", "consumer", "admin"]

StoreKind = Literal[
    "cache", "key-value", "files", "search index", "session", "queue", "settings", "directory", "other database"
]
"""``key-value`` is a server such as Redis, which keeps what a cache may lose; ``session``: what is kept between the requests of a visitor;
``other database``: one beside the application's own, such as an analytical one, whose tables are not told."""

StoreOperation = Literal["read", "write", "delete"]
"""To send to a queue is to write it, to take from it is to read it."""

CALL_KINDS = frozenset({"call", "construct", "decorate", "callback", "signal", "task", "template", "property"})
"""Kinds of dependency that run code of the target; ``inherit``, ``import``, ``type-import`` (only under
``TYPE_CHECKING``) and ``reference`` do not."""

RUNS_DECORATED = "runs what it decorates"
"""The rule of a call from a wrapper to the function it wraps: true, but it ties nobody to the decorator's author."""

BY_NAME, BY_ATTRIBUTE, BY_VALUE = "name", "attribute of a known value", "value followed through the program"
"""The rules of plain calls, by how the code names what it calls."""

ONLY_IN_TESTS = "only where a setting for tests is on"
"""The rule of a call under a condition that only tests meet, such as that tasks run at once: nobody runs it in operation."""

INSTEAD_OF_QUEUE = "where a setting says that it is not queued"
"""The rule of a call of what the same function puts into a queue, unless a setting turns that off."""

_TIES_NOBODY = frozenset({RUNS_DECORATED, ONLY_IN_TESTS, INSTEAD_OF_QUEUE})

GIVEN = "a function that its caller gives it"
"""The rule of a call of a parameter: such a function cannot be given over a network."""

GIVEN_AROUND = "a function that is given to the one around it"
"""The same for a function within a function, such as the wrapper that a decorator makes."""

RETURNED = "query returned"
"""The rule of a query that a function makes and hands back: it runs after the function has."""

AFTER_COMMIT = "runs after the transaction is committed"
"""The rule of a call that a transaction puts off until its end, and that is not inside it."""

BY_LIBRARY = "called by a library"
"""The rule of a call that a library makes of a function that it was handed."""

PASSED_OUTSIDE = "passed to code outside"
"""The rule of a call that code of which nothing is known may make of what it was handed."""

ALONG = "along with others"
"""How the rule ends of an access to what a statement touches besides the rows that it is about."""

BY_CASCADE = "by cascade"
"""Stands in the rule of an access to rows of others that are deleted or changed because a row is deleted."""

BY_COPY = "by copy"
"""Stands in the rule of an access to a history that a change of a row is copied to."""

APART = ", in a statement of its own"
"""Stands in the rule of an access where other statements run on the line as well: it is no part of a join with theirs."""

THROUGH_DECORATOR = "through"
"""The kind that says the same for people: who calls a decorated function runs it, whatever wrapper is called first."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, serialised by field name."""


class Definition(Record, frozen=True):
    """A function, method or class of the application, or a module's top-level code."""

    id: str
    kind: DefinitionKind
    file: str
    line: int
    end_line: int
    unit: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.file}:{self.line})"


class Unit(Record, frozen=True):
    """What moves as a whole. ``lines`` counts its source lines; ``model_of`` is the table it maps, or empty.

    ``terms`` are words from its names and docstrings, for naming services and for semantic likeness.
    """

    id: str
    kind: DefinitionKind
    file: str
    line: int
    end_line: int
    lines: int
    model_of: str = ""
    terms: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The dotted module that the unit is in."""
        return self.id.partition(":")[0]


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
    number is the database's own estimate.
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

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        return tuple(column.name for column in self.columns if column.primary_key)

    @property
    def place(self) -> str:
        """File and line, in words where the code only names the table: that of a library, say."""
        return f"{self.file}:{self.line}" if self.file else "not declared in this code"

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
    that a trigger runs, where it names one.
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


class Dependency(Record, frozen=True):
    """A directed edge between two definitions, with its evidence. ``rule`` names how it was resolved.

    ``source_unit`` and ``target_unit`` are the units that act: for an inherited method the concrete class on whose
    behalf it runs, else the unit of the definition.
    """

    source: str
    target: str
    kind: str
    resolution: Resolution
    rule: str
    file: str
    line: int
    source_unit: str = ""
    target_unit: str = ""

    @property
    def runs(self) -> bool:
        """Whether the source makes the target run in operation, so that the two are tied together."""
        return self.kind == THROUGH_DECORATOR or (self.kind in CALL_KINDS and self.rule not in _TIES_NOBODY)

    def __str__(self) -> str:
        return f"{self.source} -[{self.kind}]-> {self.target} ({self.resolution}, {self.file}:{self.line})"


def acting(definition: str, unit: str) -> str:
    """The name of a definition under the class on whose behalf it runs: an inherited method is the subclass's."""
    module, _, name = definition.partition(":")
    if not unit or unit in (f"{module}:{name.partition('.')[0]}", f"{module}:"):
        return definition
    return f"{unit}.{name.partition('.')[2] or name}"


class Access(Record, frozen=True):
    """A definition reads or writes a table. ``columns`` is empty where they are not known.

    ``role``: ``execute`` where the statement runs in this definition; ``build`` where the query is made here
    and runs elsewhere. ``unit`` is the unit that acts: for an inherited method the concrete class on whose behalf it
    runs, else the unit of the definition.
    """

    definition: str
    table: str
    operation: Operation
    columns: tuple[str, ...]
    role: AccessRole
    resolution: Resolution
    rule: str
    file: str
    line: int
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.definition} {self.operation}s {self.table} ({self.resolution}, {self.file}:{self.line})"

    @property
    def by_cascade(self) -> bool:
        """Whether rows are only touched because others are deleted, as a key or a class declares: no code asks for it."""
        return BY_CASCADE in self.rule

    @property
    def follows(self) -> bool:
        """Whether rows are written only because others are: by a cascade, or as the history of them."""
        return self.operation != "read" and (self.by_cascade or BY_COPY in self.rule)

    @property
    def comes_along(self) -> bool:
        """Whether rows are written because others were, or looked up for that: no code asks for it."""
        return self.follows or self.by_cascade


class Store(Record, frozen=True):
    """State outside of the tables: keys of a cache, files, a search index, what a session keeps, a queue.

    ``name`` as the code spells it, with ``*`` for what only running tells (``user:*:cart``); ``*`` alone is all of that kind. Files
    that a column names are called ``table.column``, and ``table`` is that table. ``file`` and ``line``: where it is seen first.
    """

    kind: StoreKind
    name: str
    file: str
    line: int
    table: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.file}:{self.line})"


class StoreAccess(Record, frozen=True):
    """A definition reads, writes or deletes something in a store; ``store`` is empty where its name is not known.

    ``rule`` names the library's function; ``unit`` as in `Access`.
    """

    definition: str
    kind: StoreKind
    store: str
    operation: StoreOperation
    resolution: Resolution
    rule: str
    file: str
    line: int
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.definition} {self.operation}s the {self.kind} {self.store or '?'} ({self.resolution}, {self.file}:{self.line})"


class Transaction(Record, frozen=True):
    """A scope whose writes commit or roll back together, with everything that it reaches through calls.

    ``tables_cascaded`` are those of the written ones that no code in it writes: only deletions of other rows come to them.
    A method that several classes inherit is one transaction for each of them that is seen to be asked for it (for each of them,
    if none is); ``unit`` is the class that acts. ``locked`` are the tables of which it locks rows until it ends. ``lines`` are the first and last lines of the parts of the definition that
    are inside; none where all of it is. ``line`` is where it is opened or, if nothing opens it, where it is committed. ``inside``
    are the definitions that run in it, where a helper runs what it is given, or what is given tells; elsewhere they follow from the calls. ``number``: only where
    the definition runs as this one of `Narrowed`; -1 for any.
    """

    definition: str
    scope: str
    tables_written: tuple[str, ...]
    tables_read: tuple[str, ...]
    file: str
    line: int
    unit: str = ""
    locked: tuple[str, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()
    inside: tuple[str, ...] = ()
    number: int = -1
    tables_cascaded: tuple[str, ...] = ()


class Narrowed(Record, frozen=True):
    """A definition as some callers, or a class that inherits it, have it run: of all that it may do, what they are no reason for.

    ``number`` tells apart what it is given, -1 is whatever that is; ``given`` says that: parameters with the tables of their rows, with names, or, with a question mark, with a constant. ``untouched``
    are lines with the tables that are not touched there; ``True`` where only what follows from a row, such as a cascade, is meant.
    ``uncalled`` are lines with who is not called there, and the unit on whose behalf.
    """

    definition: str
    unit: str
    number: int
    given: tuple[str, ...]
    untouched: tuple[tuple[int, str, bool], ...] = ()
    uncalled: tuple[tuple[int, str, str], ...] = ()


class Entered(Record, frozen=True):
    """A call that has a definition run as one of its ``numbers`` in `Narrowed`; itself in one of these, or in any (-1)."""

    definition: str
    unit: str
    number: int
    line: int
    target: str
    target_unit: str
    numbers: tuple[int, ...]


class HandedOver(Record, frozen=True):
    """A call of what a function is given: it belongs to those who give it, for callers that give something else do not come to it.

    ``givers`` are definition, unit, file and line of the calls that give it; none where a decorator gives what it decorates, so
    that who calls that comes to it anyhow.
    """

    call: Dependency
    givers: tuple[tuple[str, str, str, int], ...]


class EntryPoint(Record, frozen=True):
    """Where the outside world enters; an HTTP name is ``METHOD /path``."""

    kind: EntryPointKind
    name: str
    handler: str
    file: str
    line: int


class BlindSpot(Record, frozen=True):
    """Something that the analysis could not know, with the reason; counted and shown, never dropped.

    ``cause`` of an unresolved call is one of a few words to count by, such as ``untyped parameter``.
    """

    kind: str
    definition: str
    file: str
    line: int
    reason: str
    cause: str = ""


class Need(Record, frozen=True):
    """Something that a definition takes from its surroundings.

    ``setting``: a setting or environment variable, by name; ``identity``: who is asking, as the code spells it
    (``request.user``, ``current_user``).
    """

    kind: Literal["setting", "identity"]
    name: str
    definition: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.definition} needs the {self.kind} {self.name} ({self.file}:{self.line})"


class ColumnUse(Record, frozen=True):
    """A definition reads or writes one column through an attribute of a mapped object; ``unit`` as in `Access`.

    ``handed_through``: read only to put it into a dictionary, set to what a parameter gives, or emptied: that tells nothing about
    who works with it.
    """

    table: str
    column: str
    operation: Operation
    definition: str
    unit: str
    file: str
    line: int
    handed_through: bool = False


class TestFile(Record, frozen=True):
    """A file of tests: the modules of the application that it imports, and the paths of URLs that it names.

    ``names`` are what it imports from modules by name, as ``module:name``.
    """

    __test__ = False  # no test itself

    file: str
    modules: tuple[str, ...]
    paths: tuple[str, ...]
    names: tuple[str, ...] = ()


class Surroundings(Record, frozen=True):
    """What a plan has to know of the code besides its edges.

    ``signatures``: function -> its parameters as written, without ``self``. ``returns``: function -> the type of its result, as
    declared or as its body shows. ``changing``: function -> ``file:line`` where it changes an object that its caller gave it. ``raising``: definitions that raise.
    ``given``: function -> parameter -> the tables that what callers give for it is a row of.
    ``imports``: module -> the modules of the application that it imports, wherever in it the import stands.
    ``packages``: file -> packages outside of the application and the standard library that it imports.
    ``loops``: file -> first and last lines of loop bodies. ``looped``: file -> line -> last names of the calls in comprehensions. ``dropped``: file -> line -> last names of the calls there whose
    result nothing is done with, ``entered``: whose result a ``with`` statement enters. ``columns``: uses of single columns, of tables that are wide enough to be divided.
    """

    signatures: dict[str, str] = {}
    returns: dict[str, str] = {}
    changing: dict[str, str] = {}
    given: dict[str, dict[str, tuple[str, ...]]] = {}
    raising: tuple[str, ...] = ()
    imports: dict[str, tuple[str, ...]] = {}
    packages: dict[str, tuple[str, ...]] = {}
    needs: tuple[Need, ...] = ()
    loops: dict[str, tuple[tuple[int, int], ...]] = {}
    looped: dict[str, dict[int, tuple[str, ...]]] = {}
    dropped: dict[str, dict[int, tuple[str, ...]]] = {}
    entered: dict[str, dict[int, tuple[str, ...]]] = {}
    columns: tuple[ColumnUse, ...] = ()
    tests: tuple[TestFile, ...] = ()


class CallCounts(Record, frozen=True):
    """How the call sites of the application were resolved; the five counts add up to all call sites."""

    exact: int = 0
    inferred: int = 0
    guessed: int = 0
    external: int = 0
    unresolved: int = 0


class Root(Record, frozen=True):
    """A folder that is on the import path: ``path`` relative to the analysed folder (``.`` for itself)."""

    path: str
    packages: tuple[str, ...]
    files: int


class System(Record, frozen=True):
    """The whole monolith as far as the analysis knows it."""

    name: str
    roots: tuple[Root, ...]
    files: int
    lines: int
    definitions: tuple[Definition, ...]
    units: tuple[Unit, ...]
    tables: tuple[Table, ...]
    foreign_keys: tuple[ForeignKey, ...]
    dependencies: tuple[Dependency, ...]
    external_calls: tuple[Dependency, ...]
    accesses: tuple[Access, ...]
    transactions: tuple[Transaction, ...]
    entry_points: tuple[EntryPoint, ...]
    blind_spots: tuple[BlindSpot, ...]
    call_counts: CallCounts
    routines: tuple[Routine, ...] = ()
    schema_sources: tuple[SchemaSource, ...] = ()
    schema_differences: tuple[SchemaDifference, ...] = ()
    statement_counts: tuple[StatementCount, ...] = ()
    excluded_files: dict[str, int] = {}
    """Files read or seen but kept out of the split, by reason: ``tests``, ``migrations``, ``generated``..."""
    source_lines: dict[str, dict[int, str]] = {}
    """Evidence text: file, line -> the stripped source line (at most 160 characters)."""
    surroundings: Surroundings = Surroundings()
    stores: tuple[Store, ...] = ()
    store_accesses: tuple[StoreAccess, ...] = ()
    flushes: tuple[Access, ...] = ()
    """What ``accesses`` has elsewhere: where sessions send changes that are made before, and what generic views do below a
    middleware of the application. It happens here and ties nothing more."""

    alternatives: tuple[Access, ...] = ()
    """Accesses of code that is shared by so many callers that it may mean any of many tables. They are guessed, and tie nothing."""

    narrowed: tuple[Narrowed, ...] = ()
    """Shared code as its callers have it run, where what they give tells which tables are touched."""

    entered: tuple[Entered, ...] = ()
    """Which calls have it run as which."""

    handed_over: tuple[HandedOver, ...] = ()
    """Which of the ``dependencies`` are calls of what the caller is given."""

    @property
    def classes(self) -> frozenset[str]:
        """The ids of all classes."""
        return frozenset(definition.id for definition in self.definitions if definition.kind == "class")
