"""What definitions do to tables and to other stores, and in which transactions."""

from __future__ import annotations

from typing import Literal

from decompose.system.model.definitions import acting, answered
from decompose.system.model.record import Record, Resolution
from decompose.system.model.rules import BY_CASCADE, BY_COPY

Operation = Literal["read", "insert", "update", "delete"]
AccessRole = Literal["execute", "build"]
StoreKind = Literal[
    "cache", "key-value", "files", "search index", "session", "queue", "settings", "directory", "other database"
]
"""``key-value`` is a server such as Redis, which keeps what a cache may lose; ``session``: what is kept between the requests of a visitor;
``other database``: one beside the application's own, such as an analytical one, whose tables are not told."""

StoreOperation = Literal["read", "write", "delete"]
"""To send to a queue is to write it, to take from it is to read it."""


class Access(Record, frozen=True):
    """A definition reads or writes a table. ``columns`` is empty where they are not known.

    ``role``: ``execute`` where the statement runs in this definition; ``build`` where the query is made here
    and runs elsewhere. ``unit`` is the unit that acts: for an inherited method the concrete class on whose behalf it
    runs, else the unit of the definition. ``answering``: of what a class says once for all of its routes, or what happens where its
    ``dispatch`` leads on to a framework's, the names of the methods that do it, a framework's own or those in their place; empty
    where all may.
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
    answering: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.definition} {self.operation}s {self.table} ({self.resolution}, {self.file}:{self.line})"

    @property
    def is_led_on(self) -> bool:
        """Whether a method does it that leads on to those which answer, where some of these do."""
        return bool(self.answering) and self.definition != self.unit

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

    A method that several classes inherit is one transaction for each of them that is seen to be asked for it (for each of them,
    if none is).

    ``unit`` is the class that acts. ``tables_cascaded`` are those of the written ones that no code in it writes: only deletions
    of other rows come to them. ``tables_by_class`` are those of the written ones that are written only where an object is of one of
    several classes. ``locked`` are the tables of which it locks rows until it ends. ``lines`` are the first and last
    lines of the parts of the definition that are inside; none where all of it is. ``line`` is where it is opened or, if nothing
    opens it, where it is committed. ``inside`` are the definitions that run in it, where a helper runs what it is given, or what
    is given tells; elsewhere they follow from the calls. ``number``: only where the definition runs as this one of `Narrowed`;
    -1 for any. ``answering`` are the methods that a class of views inherits and by which it answers the request.
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
    answering: tuple[str, ...] = ()
    tables_by_class: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The tables that code asks to write."""
        return tuple(table for table in self.tables_written if table not in self.tables_cascaded)

    @property
    def sure(self) -> tuple[str, ...]:
        """The tables that it writes whatever the classes of its objects are."""
        return tuple(table for table in self.tables_written if table not in self.tables_by_class)

    @property
    def name(self) -> str:
        """The definition, under the class on whose behalf it runs, and what answers in it."""
        return answered(acting(self.definition, self.unit), self.answering)


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
    """A call that has a definition run as one of its ``numbers`` in `Narrowed`; itself in one of these, or in any (-1).

    ``by_request``: so it is where a request's way is followed, on which what is not known to be given stands for nothing.
    """

    definition: str
    unit: str
    number: int
    line: int
    target: str
    target_unit: str
    numbers: tuple[int, ...]
    by_request: bool = False


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
