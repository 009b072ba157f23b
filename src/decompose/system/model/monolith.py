"""The whole: the system, what it needs from its surroundings, and what could not be known of it."""

from __future__ import annotations

from typing import Literal

from decompose.system.model.accesses import Access, ColumnUse, Entered, Narrowed, Store, StoreAccess, Transaction
from decompose.system.model.database import ForeignKey, Routine, SchemaDifference, SchemaSource, StatementCount, Table
from decompose.system.model.definitions import Definition, Dependency, EntryPoint, HandedOver, Unit
from decompose.system.model.record import Record

CHANGED = "changed file"
"""The kind of a blind spot that is a file which somebody wrote to while it was read."""


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
    """What ``accesses`` has elsewhere: where sessions send changes that are made before, what generic views do below a
    middleware of the application, and what wrappers do to tables that their callers name. It happens here and ties nothing more."""

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
