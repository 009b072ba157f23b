"""Functions that work on several connections: which of their lines are on another one than what is committed or entered.

A connection is what a call makes (``one = Session()``), what a ``with`` statement opens, or what is committed by its name
(``self.archive.commit()``). A line is on those that its calls are of, or are given; of a line that names none nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

_MAX_STEPS = 40
_MAX_NAMES = 6
_MAX_CONNECTIONS = 20
_MAX_LINES = 400
"""Functions with more are not told apart: each commit is held against each line."""
_MADE = frozenset({"connects", "transaction"})

Connection = int | str
"""The node of what makes it, or the name by which it is known, with dots."""


class ConnectionsApart:
    """Answers for the functions of one program; ``calls``: what opens and ends transactions, with its effect."""

    def __init__(self, calls: Iterable[tuple[Site, str, str]]) -> None:
        self._sites: dict[int, list[tuple[Site, str]]] = {}
        for site, effect, _ in calls:
            scope = site.frame.scope
            if site.kind == "call" and scope.is_function and not scope.library:
                self._sites.setdefault(scope.index, []).append((site, effect))
        self._connections: dict[int, frozenset[Connection]] = {}
        self._lines: dict[int, dict[int, frozenset[Connection]]] = {}

    def elsewhere(self, site: Site) -> tuple[int, ...]:
        """The lines around a call that are on other connections than the one that it opens or ends."""
        scope = site.frame.scope
        known = self._of(scope)
        if len(known) < 2 or site.kind != "call":
            return ()
        asked = _reached(scope, [site.operation[1], site.operation[2]], known)
        lines = self._lines.get(scope.index)
        if lines is None:
            found = _by_line(scope, known)
            lines = self._lines[scope.index] = found if len(found) <= _MAX_LINES else {}
        return tuple(line for line, on in sorted(lines.items()) if asked and asked.isdisjoint(on))

    def _of(self, scope: Scope) -> frozenset[Connection]:
        """All connections of a function, if it has several that begin on different lines."""
        found = self._connections.get(scope.index)
        if found is None:
            sites = self._sites.get(scope.index, ())
            made: dict[Connection, int] = {s.operation[1]: s.line for s, effect in sites if effect == "connects"}
            for site, effect in sites if len({id(s.operation) for s, _ in sites}) > 1 else ():
                of = site.operation[2]
                if effect != "connects" and not _reached(scope, [of], frozenset(made)):
                    receiver = next((o[2] for o in scope.operations_producing(of) if o[0] == Op.ATTRIBUTE), -1)
                    named: Connection = site.operation[1] if effect in _MADE else _name(scope, receiver)
                    if named != "":
                        made.setdefault(named, site.line if effect in _MADE else -len(made) - 1)
            several = 1 < len(made) <= _MAX_CONNECTIONS and len(set(made.values())) == len(made)
            found = self._connections[scope.index] = frozenset(made) if several else frozenset()
        return found


_GIVEN_ON = frozenset({Op.COPY, Op.ENTER, Op.NARROW})
_MADE_OF = _GIVEN_ON | {Op.ATTRIBUTE, Op.CALL, Op.ITEM, Op.ITERATE}


def _by_line(scope: Scope, known: frozenset[Connection]) -> dict[int, frozenset[Connection]]:
    """Line -> the connections that its calls are of or are given, and those of the rows that it changes."""
    found: dict[int, frozenset[Connection]] = {}
    for operation in scope.facts.ops:
        on = frozenset[Connection]()
        if operation[0] in (Op.CALL, Op.ITERATE):
            on |= _reached(scope, [operation[2]], known)
        if operation[0] == Op.CALL:
            given = [*operation[3], *(ref for _, ref in operation[4])]
            on |= _reached(scope, given, known, through=_GIVEN_ON)
        if operation[0] == Op.SET_ATTRIBUTE:
            on |= _reached(scope, [operation[1]], known)
        if on:
            found[operation[-1]] = found.get(operation[-1], frozenset()) | on
    return found


def _reached(
    scope: Scope, refs: list[Ref], known: frozenset[Connection], *, through: frozenset[int] = _MADE_OF
) -> frozenset[Connection]:
    """The connections that some things are, or are made of."""
    found: set[Connection] = set()
    seen: set[int] = set()
    while refs and len(seen) < _MAX_STEPS:
        ref = refs.pop()
        if type(ref) is not int or ref < 0 or ref in seen:
            continue
        seen.add(ref)
        here: Connection = ref if ref in known else _name(scope, ref)
        if here in known:
            found.add(here)
        else:
            refs += [operation[2] for operation in scope.operations_producing(ref) if operation[0] in through]
    return frozenset(found)


def _name(scope: Scope, ref: Ref) -> str:
    """The name by which a thing is asked for, such as ``self.archive``; empty if it is more than a name."""
    names: list[str] = []
    parameters = scope.parameter_names()
    for _ in range(_MAX_NAMES):
        if type(ref) is not int or ref < 0:
            return ""
        if ref in parameters:
            return ".".join((parameters[ref], *reversed(names)))
        producers = scope.operations_producing(ref)
        if len(producers) != 1:
            return ""
        operation = producers[0]
        if operation[0] == Op.FREE:
            return ".".join((operation[2], *reversed(names)))
        if operation[0] == Op.ATTRIBUTE:
            names.append(operation[3])
        elif operation[0] not in (Op.COPY, Op.NARROW):
            return ""
        ref = operation[2]
    return ""
