"""Where transactions begin and end in the code: the lines of a definition that are inside of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.connections_apart import ConnectionsApart
from decompose.linking.handed_back import HANDED_BACK, OPENS, WHOLE, Opening, comes_from, with_callers
from decompose.linking.joined_transactions import always_given
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope

Extent = Literal["whole", "block", "rest", "commit", "rollback", "connection"]
_ENDS: dict[str, Extent] = {"commits": "commit", "rolls_back": "rollback"}
_MAX_STEPS = 6


class TransactionScope(NamedTuple):
    """A place that opens or ends a transaction, for a receiver.

    ``extent``: the ``whole`` of a function, such as one that is decorated; the ``block`` of a ``with`` statement, or the
    ``rest`` of a function behind ``line``, with their ``first`` and ``last`` line; a ``commit`` or ``rollback`` at ``line``, of
    a connection that the function itself has made if there are such lines; or the block of a ``connection`` that is made for it.
    ``entered``: the block of the ``with`` statement that gave what is committed or rolled back, if it was something else.
    ``apart``: lines of the function that are on other connections. ``unless_given``: the argument for which a decorator makes what is
    opened, where a call does not give it.
    """

    scope: int
    receiver: Value
    kind: str
    line: int
    extent: Extent
    first: int = 0
    last: int = 0
    entered: tuple[int, int] = (0, 0)
    apart: tuple[int, ...] = ()
    unless_given: str = ""


def transaction_scopes(engine: Engine, written: Iterable[Opening] = ()) -> list[TransactionScope]:
    """All places that open or end a transaction, sorted; ``written``: those that SQL text says."""
    found = opened_at(engine, with_callers(engine, [*engine.transactions, *written]))
    given = always_given(engine, {(f.scope, f.unless_given) for f in found if f.unless_given})
    return [f for f in found if (f.scope, f.unless_given) not in given]


def opened_at(engine: Engine, calls: Sequence[tuple[Site, str, str]]) -> list[TransactionScope]:
    """The places that some of the calls which the engine has noted open or end, sorted."""
    special: dict[int, list[Frame]] = {}
    for frame in engine.frames:
        if frame.general is not None:
            special.setdefault(frame.general.index, []).append(frame)
    found: set[TransactionScope] = set()
    own = _own_connections(engine)
    apart = ConnectionsApart(engine.transactions)
    around_functions: set[tuple[int, int, int]] = set()
    """Calls that are given a function by one of the callers: they decorate, and open nothing for the others either."""
    for site, effect, kind in calls:
        functions = (
            [*_functions_given(engine, site), *_functions_decorated(site)] if effect in (OPENS, HANDED_BACK) else []
        )
        for function in functions:
            around_functions.add(_spot(site))
            found.add(TransactionScope(function.index, -1, kind, site.line, "whole"))
    for site, effect, kind in calls:
        if site.kind == "decorate" or _spot(site) in around_functions:
            continue
        frames = [site.frame]
        for frame in frames:
            frames += special.get(frame.index, ())
            decorated = engine.decorated(frame.parent) if effect != "connects" else []
            # A decorator that opens a transaction opens it for what it decorates.
            for function in decorated:
                receiver = engine.own_receiver(function)
                named = next((str(n) for a, b, n in frame.scope.facts.unless_given if a <= site.line <= b), "")
                line = function.facts.line
                found.add(TransactionScope(function.index, receiver, kind, line, "whole", unless_given=named))
            if not decorated and not frame.scope.library:
                found.update(_placed(site, frame, effect, kind, own, apart))
    return sorted(found)


_Connections = dict[tuple[int, int], tuple[int, int]]
"""Scope and node of a connection that the scope makes for itself -> the lines for which it has it."""


def _own_connections(engine: Engine) -> _Connections:
    found: _Connections = {}
    for site, effect, _ in engine.transactions:
        scope, node = site.frame.scope, site.operation[1]
        if effect == "connects" and site.kind != "decorate" and scope.is_function and not scope.library:
            block = _block_of(site, scope)
            found[scope.index, node] = (block[1], block[2]) if block else (site.line, scope.facts.end_line)
    return found


def _connection_of(scope: Scope, ref: Ref, own: _Connections) -> tuple[tuple[int, int], tuple[int, int]]:
    """The lines of the connection whose method a ref is, if the scope has made it and nothing else may stand there.

    Else the block of the statement that enters what gives it: what is entered may be seen to make one.
    """
    entered = 0, 0
    for _ in range(_MAX_STEPS):
        lines = own.get((scope.index, ref)) if type(ref) is int else None
        if lines is not None:
            return lines, (0, 0)
        producers = scope.operations_producing(ref)
        if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.ENTER, Op.ATTRIBUTE):
            break
        if producers[0][0] == Op.ENTER:
            block = next((block for block in scope.module.facts.blocks if block[0] == producers[0][-1]), None)
            entered = (block[1], block[2]) if block is not None else entered
        ref = producers[0][2]
    return (0, 0), entered


def _spot(site: Site) -> tuple[int, int, int]:
    return site.frame.scope.index, site.line, site.operation[1]


def _functions_given(engine: Engine, site: Site) -> Iterator[Scope]:
    """The functions that what opens a transaction is put around.

    Around what another decorator made of a function it is told of that function: what was made may be a wrapper that runs
    others elsewhere.
    """
    decorated = site.frame.scope.function_below(site.operation[3]) if site.kind == "decorate" else None
    if decorated is not None:
        yield decorated
        return
    if not site.arguments:
        return
    for value in engine.values_of(engine.node_of(site.frame, site.arguments[0])):
        description = engine.values[value]
        if description[0] == "B":
            description = engine.values[description[1]]
        if description[0] == "F" and not engine.program.scopes[description[1]].library:
            yield engine.program.scopes[description[1]]


def _functions_decorated(site: Site) -> Iterator[Scope]:
    """The functions that the result of a call decorates: ``@atomic()``, also below other decorators."""
    scope = site.frame.scope
    for operation in scope.facts.ops if site.kind == "call" else ():
        if operation[0] != Op.DECORATE or not comes_from(scope, operation[2], site.operation[1]):
            continue
        decorated = scope.function_below(operation[3])
        if decorated is not None:
            yield decorated


def _placed(
    site: Site, frame: Frame, effect: str, kind: str, own: _Connections, apart: ConnectionsApart
) -> Iterator[TransactionScope]:
    place = (frame.scope.index, frame.acting, kind)
    if effect in _ENDS:
        lines, entered = _connection_of(frame.scope, site.operation[2], own)
        yield TransactionScope(*place, site.line, _ENDS[effect], *lines, entered, apart.elsewhere(site))
        return
    if effect == WHOLE:
        yield TransactionScope(*place, site.line, "block", site.line, site.line)
        return
    block = _block_of(site, frame.scope)
    if block is not None:
        extent: Extent = "connection" if effect == "connects" else "block"
        elsewhere = apart.elsewhere(site) if effect == OPENS else ()
        yield TransactionScope(*place, block[0], extent, block[1], block[2], apart=elsewhere)
    if block is not None or effect != OPENS:
        return
    # Opened by hand, or given to an exit stack: it lasts to the end of the block around, or of the function.
    around = [
        b for b in frame.scope.module.facts.blocks if b[1] <= site.line <= b[2] and b[0] >= frame.scope.facts.line
    ]
    last = min((b[2] for b in around), default=frame.scope.facts.end_line)
    yield TransactionScope(*place, site.line, "rest", site.line, last)


def _block_of(site: Site, scope: Scope) -> list[int] | None:
    """The ``with`` statement that enters what a call gives, or that makes this call itself."""
    blocks = scope.module.facts.blocks
    if site.kind == "property":  # entering and leaving, which the statement implies
        return next((block for block in blocks if block[0] == site.line), None)
    result = site.operation[1]
    for operation in scope.facts.ops:
        if operation[0] == Op.ENTER and comes_from(scope, operation[2], result):
            return next((block for block in blocks if block[0] == operation[-1]), None)
    return None
