"""What a team does in one step: entry points that switch over, operations to offer, calls to replace, code and data that move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from decompose.boundaries.split import SHARED
from decompose.system.model import Record
from decompose.wording import counted, spoken

Style = Literal["synchronous", "asynchronous", "event", "local"]
"""``synchronous``: REST or gRPC, the caller waits for the answer; ``asynchronous``: a message to one service, nobody waits;
``event``: something has happened, several may react; ``local``: no crossing is needed, the code can be copied or shared."""


_NAMED = 3
"""How many of the methods that a call may come to are named."""


class Route(Record, frozen=True):
    """An entry point that switches over to the new service; ``pattern`` is what a gateway matches (``POST /orders``).

    ``kind`` is that of the entry point, or ``graphql`` for a field of a schema, which a gateway composes of those of the services.
    """

    kind: str
    pattern: str
    handler: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.kind} {self.pattern} -> {self.handler} ({self.file}:{self.line})"


class ApiOperation(Record, frozen=True):
    """What a service must offer to others: one definition that they call or one access to its tables, declared at ``file:line``.

    ``parameters`` as the code writes them; ``returns``, the type of the result, as it declares it or as its body shows, empty if neither
    tells. ``changes``: ``file:line`` where it, or what it calls in its own service, changes an object of its caller in memory, and
    writes no table: over the network that would be lost. ``entered``: ``file:line`` where a caller works inside of what it opens.
    ``rows``: the parameters that are rows, ``self`` among them, each with its tables. ``asked_on``: it gives a query that has not run yet. ``callers``: service -> call sites. ``in_loops``: those call sites that stand in a
    loop and need a batch operation. ``does``: ``query`` if nothing in view shows it writing or changing anything, else ``command``.
    ``alternatives``: other methods of the name that the same calls may come to, as the object is.
    """

    name: str
    definition: str
    parameters: str
    does: Literal["query", "command"]
    style: Style
    callers: dict[str, int]
    in_loops: tuple[str, ...]
    evidence: tuple[str, ...]
    returns: str = ""
    changes: str = ""
    alternatives: tuple[str, ...] = ()
    entered: str = ""
    rows: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    asked_on: bool = False
    file: str = ""
    line: int = 0

    @property
    def signature(self) -> str:
        """``name(parameters) -> returns``, as far as it is known."""
        of_table = self.definition.startswith("table:")
        given = "" if of_table and not self.parameters else f"({self.parameters})"
        return f"{self.name}{given}{f' -> {self.returns}' if self.returns else ''}"

    def __str__(self) -> str:
        who = ", ".join(f"{service} {count}" for service, count in self.callers.items())
        batch = f", needs a batch form: called in a loop at {self.in_loops[0]}" if self.in_loops else ""
        unknown = "" if self.returns or self.definition.startswith("table:") else ", what it returns is not known"
        kept = f"; {self.lost}" if self.lost else ""
        others = _as_the_object_is(self.alternatives)
        return (
            f"{self.signature} ({self.place}): {self.does}, {self.style}, called by {who}{batch}{unknown}{kept}{others}"
        )

    @property
    def place(self) -> str:
        """``file:line`` of the definition, or of the table's."""
        return f"{self.file}:{self.line}" if self.file else "not in view"

    @property
    def lost(self) -> str:
        """What cannot go over a network as it is, and what to do about it."""
        found = []
        if self.rows:
            named = ", ".join(f"{name} ({', '.join(tables)})" for name, tables in self.rows.items())
            found.append(f"rows cannot be sent: take the identifier of {named}, or what is used of it")
        if self.asked_on:
            found.append("what it gives is a query that its callers go on with: offer what they ask by it")
        if self.changes:
            found.append(
                f"it changes an object of its caller in memory ({self.changes}), which does not travel back: return what is changed"
            )
        if self.entered:
            found.append(
                f"its caller works inside of it ({self.entered}), and a block cannot be sent: offer two operations, one that begins and one that ends, or let what the block does move here"
            )
        return "; ".join(found)


class CrossingCall(Record, frozen=True):
    """All calls from one service to one definition of another, and how they go over the network.

    ``resilience`` says what a synchronous call needs, ``without_answer`` what the caller does when none comes. ``identity``: the
    spellings by which code that is reached asks who is asking; that has to travel along. ``sites``: the places that call, each once,
    although the object may decide which of several methods runs: the others are ``alternatives``. ``through``: the code of the shared
    library that makes the calls, in the process of ``source``, whose code comes to it.
    """

    source: str
    target: str
    definition: str
    style: Style
    reason: str
    sites: int
    evidence: tuple[str, ...]
    resilience: str = ""
    without_answer: str = ""
    identity: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    through: str = ""

    def __str__(self) -> str:
        travels = f"; {', '.join(self.identity)} has to travel along" if self.identity else ""
        others = _as_the_object_is(self.alternatives)
        told = any(place in self.reason for place in self.evidence)
        where = (
            (f" ({counted(self.sites, 'place')})" if self.sites > 1 else "")
            if told
            else _first_of(self.evidence, self.sites)
        )
        through = f"; {self.through} of the shared library calls it for {self.source}" if self.through else ""
        return f"{self.source} -> {self.target} {spoken(self.definition)}{where}: {self.style}, {self.reason}{travels}{others}{through}"


class CodeMove(Record, frozen=True):
    """A file that moves with a service: all of it, or the ``units`` that do where code of ``rest`` stands in it too.

    ``everywhere``: what of it only sets up the process, and code of several services with it, and so is copied.
    """

    file: str
    units: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()

    def __str__(self) -> str:
        rest = ["the shared library" if service == SHARED else service for service in self.rest]
        what = f"{', '.join(self.units)}; the rest is of {', '.join(rest)}" if self.units else "all of it"
        named = ", ".join(self.everywhere)
        run = "runs" if len(self.everywhere) == 1 else "run"
        copied = f"; {named} {run} only when a process starts: each service has its own, with its part" if named else ""
        return f"{self.file}: {what}{copied}"


class TableUse(Record, frozen=True):
    """What a service does to a table of ``owner`` in ``places`` of its code, and what it does ``instead`` once it is out."""

    table: str
    owner: str
    operation: str
    places: int
    instead: str
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        where = _first_of(self.evidence, self.places)
        return f"{self.operation} {self.table} of {self.owner}{where}: {self.instead}"


class DataMove(Record, frozen=True):
    """A table that moves with a service; ``how`` names the option where others share it. ``rows`` are -1 if unknown."""

    table: str
    how: str
    keys: tuple[str, ...]
    rows: int = -1

    def __str__(self) -> str:
        rows = f"; {counted(self.rows, 'row')}" if self.rows >= 0 else ""
        keys = f"; cuts {', '.join(self.keys)}" if self.keys else ""
        return f"{self.table}: {self.how}{rows}{keys}"


class Requirement(Record, frozen=True):
    """A package, setting, or who is asking, that code of a service relies on; ``evidence`` are ``file:line``."""

    name: str
    places: int
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}{_first_of(self.evidence, self.places)}"


class Hook(Record, frozen=True):
    """What runs around the requests and tasks of every service, since processes are set up with it at ``file:line``.

    ``service``: the one that its code is of. ``needs``: the services, others than the one that is told of it, whose tables it touches.
    """

    definition: str
    service: str
    needs: tuple[str, ...]
    file: str
    line: int

    def __str__(self) -> str:
        asked = ", ".join(self.needs)
        what = (
            f"touches tables of {asked}: ask for that each time, or let the gateway do it for all"
            if asked
            else "was not seen to touch tables of others: copy it"
        )
        whose = "" if self.service == SHARED else f" of {self.service}"
        return f"{self.definition}{whose} ({self.file}:{self.line}): {what}"


class Pattern(Record, frozen=True):
    """A pattern of the field that evidence in this step calls for; ``page`` is its page in the documentation."""

    name: str
    because: str
    page: str

    def __str__(self) -> str:
        return f"{self.name}: {self.because}"


class StepDetail(Record, frozen=True):
    """What a team does in one step.

    ``protocol``: REST or gRPC for the synchronous calls into the service, ``messaging``: what carries messages and events, each
    with the reason.
    """

    routes: tuple[Route, ...] = ()
    operations: tuple[ApiOperation, ...] = ()
    calls_in: tuple[CrossingCall, ...] = ()
    calls_out: tuple[CrossingCall, ...] = ()
    data: tuple[DataMove, ...] = ()
    sagas: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    identity: tuple[Requirement, ...] = ()
    packages: tuple[Requirement, ...] = ()
    settings: tuple[Requirement, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    observe: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    rollback: tuple[str, ...] = ()
    done_when: tuple[str, ...] = ()
    protocol: str = ""
    messaging: str = ""
    code: tuple[CodeMove, ...] = ()
    uses: tuple[TableUse, ...] = ()
    hooks: tuple[Hook, ...] = ()


def _first_of(evidence: Sequence[str], places: int) -> str:
    """The first of so many places, each ``file:line``, and how many more there are."""
    if not evidence:
        return f" ({places})"
    return f" ({evidence[0]}{f' and {places - 1:,} more' if places > 1 else ''})"


def _as_the_object_is(alternatives: Sequence[str]) -> str:
    """What else a call may come to."""
    if not alternatives:
        return ""
    named = [name.rpartition(":")[2] for name in alternatives[:_NAMED]]
    more = f" or {len(alternatives) - _NAMED} more" if len(alternatives) > _NAMED else ""
    return f"; as the object is, {', '.join(named)}{more}"
