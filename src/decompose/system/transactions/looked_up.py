"""Calls of what a table has under the name that a parameter is: ``HANDLERS[name](row)``, ``find(name)(row)``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.calls.arguments import parameter_of

_MAX_STEPS = 6

Entries = dict[str, set[str]]
"""Key -> the definitions that stand under it in some tables."""


class LookedUp:
    """Answers for one linked program: which functions a name leads to, at the lines that call what they look up by it."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._asked: dict[tuple[str, int], dict[int, None]] = {}
        """Definition and line -> the tables that are asked there, each by the node of all that is in it."""
        self._entries: dict[int, Entries] = {}
        self._keyed: dict[int, set[str]] = {}
        """Table -> all that stands in it under keys that are known."""
        self._frames: dict[int, list[Frame]] | None = None

    def parameter(self, frames: Collection[Frame], function: Scope, call: list[Any]) -> str:
        """The parameter by which a function looks up what it calls; empty where it does not, or the tables tell no keys."""
        asked = _lookup(function, call[2])
        if asked is None:
            return ""
        of, key = asked
        name = parameter_of(function, key)
        own = [frame for frame in frames if frame.scope is function] if name else []
        tables: dict[int, None] = {}
        for node in self._tables(own, function, of, key):
            for value in self.linked.engine.values_of(node):
                described = self.linked.values[value]
                if described[0] == "O" and described[1] == "dict" and self._of_table(described[2]):
                    tables[described[2]] = None
        if tables:
            self._asked.setdefault((function.definition, call[-1]), {}).update(tables)
        return name if tables else ""

    def may_call(self, definition: str, line: int, target: str, names: Iterable[str]) -> bool | None:
        """Whether one of some names leads to a target at a line; None where nothing is looked up there."""
        tables = self._asked.get((definition, line))
        if tables is None:
            return None
        # What stands under no key that is known may be there for any.
        if not any(target in self._keyed[table] for table in tables):
            return True
        return any(target in self._entries[table].get(name, ()) for table in tables for name in names)

    def _tables(self, frames: Iterable[Frame], function: Scope, of: list[Any], key: Ref) -> Iterator[int]:
        """The nodes of the tables that an operation looks something up in, itself or by a function that does nothing else."""
        engine = self.linked.engine
        base = (
            of[2] if of[0] == Op.ITEM else next((b for b, name in function.attributes_read(of[2]) if name == "get"), -1)
        )
        for frame in frames:
            if type(base) is int and base >= 0:
                yield frame.nodes[base]
            called = engine.values_of(frame.nodes[of[2]]) if of[0] == Op.CALL and type(of[2]) is int else ()
            for picking, position in self._picking(called):
                pick = engine.own_frames.picks(picking)
                names = [p[0] for p in picking.facts.parameters]
                if pick.tables and of[3][:1] == [key] and names[position:][:1] == [pick.parameter]:
                    for own in self._frames_of(picking):
                        yield from (own.nodes[table] for table, _ in pick.tables)

    def _picking(self, called: Iterable[Value]) -> Iterator[tuple[Scope, int]]:
        """The functions of the application among what is called, each with the position of the first parameter that is given."""
        for value in sorted(called):
            described, bound = self.linked.values[value], 0
            if described[0] == "B":
                described, bound = self.linked.values[described[1]], 1
            if described[0] == "F" and not self.linked.program.scopes[described[1]].library:
                yield self.linked.program.scopes[described[1]], bound

    def _frames_of(self, function: Scope) -> list[Frame]:
        if self._frames is None:
            self._frames = {}
            for frame in self.linked.engine.frames:
                self._frames.setdefault(frame.scope.index, []).append(frame)
        return self._frames.get(function.index, [])

    def _of_table(self, every: int) -> Entries:
        """What stands in a table under keys that are known: found once, as many functions may ask the same one."""
        known = self._entries.get(every)
        if known is None:
            engine, known = self.linked.engine, {}
            for key, node in engine.containers.keyed(every):
                if isinstance(key, str):
                    known.setdefault(key, set()).update(self._definitions(engine.values_of(node)))
            self._entries[every] = known
            self._keyed[every] = set().union(*known.values())
        return known

    def _definitions(self, values: Iterable[Value]) -> Iterator[str]:
        engine = self.linked.engine
        for value in values:
            described = self.linked.values[value]
            if described[0] == "B":
                described = self.linked.values[described[1]]
            if described[0] == "F":
                yield self.linked.program.scopes[described[1]].definition
                if described[2] >= 0:
                    yield from (f.definition for f in engine.decorated(engine.frames[described[2]], between=True))


def _lookup(function: Scope, ref: Ref) -> tuple[list[Any], Ref] | None:
    """The operation that looks something up, ``table[key]`` or ``get(key)``, and the key."""
    for _ in range(_MAX_STEPS):
        made = function.operations_producing(ref)
        if len(made) != 1:
            return None
        operation = made[0]
        if operation[0] in (Op.COPY, Op.NARROW):
            ref = operation[2]
        elif operation[0] == Op.ITEM:
            return operation, operation[3]
        elif operation[0] == Op.CALL and operation[3] and not operation[4]:
            return operation, operation[3][0]
        else:
            return None
    return None
