"""Tables that a function makes anew for each call: ``secondary=between("post", "tag")``, with a class or a ``Table`` inside.

What the function itself states has no name, since its parameters are in it; each call that gives them makes a table of its own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.handed_in import handed_at
from decompose.linking.libraries.sqlalchemy_columns import called_name
from decompose.linking.linked import Linked
from decompose.linking.origins import Given
from decompose.linking.program import Scope
from decompose.made_once import made_once

_MAX_CALLS = 500
_TABLE = "Table"


class MadeTable(NamedTuple):
    """A table that a call makes: its name, the file and line of the call, and what is settled in the function for this call."""

    name: str
    file: str
    line: int
    given: Given


class MadeTables:
    """The tables that calls make, by the class or the call of ``Table`` in the function that makes them."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.makers: set[int] = set()
        """The functions, by the index of their scopes."""
        self._untold: set[int] = set()
        self._names: dict[tuple[int, int], str] = {}
        self._of: dict[int, list[MadeTable]] = {}
        for cls in linked.application_classes():
            function, ref = cls.parent, cls.facts.names.get("__tablename__")
            if ref is not None and function is not None and function.is_function:
                self._read(function, cls, ref, cls.index)
        for function in (scope for scope in linked.program.scopes if scope.is_function and not scope.library):
            for operation in _returned_calls(function) if function.facts.parameters else ():
                if operation[3] and called_name(function, operation) == _TABLE:
                    self._read(function, function, operation[3][0], id(operation))

    def of_class(self, cls: Scope) -> list[MadeTable]:
        """The tables that are made of a class in a function."""
        return self._of.get(cls.index, [])

    def of_core(self, operation: list[Any]) -> list[MadeTable]:
        """The tables that are made by a call of ``Table`` in a function."""
        return self._of.get(id(operation), [])

    def tells_all_of(self, key: int) -> bool:
        """Whether every call gives constants for what is stated: a class, by its index, or a call of ``Table``, by its ``id``."""
        return key in self._of and key not in self._untold

    def name_at(self, scope: Scope, ref: Ref) -> str | None:
        """The table that the call makes whose result is given; empty where it is not told which, None where it makes none."""
        origin = self.linked.origin(scope, ref) if self.makers else None
        if origin is None or origin.operation[0] != Op.CALL:
            return None
        key = origin.scope.index, origin.operation[1]
        if key in self._names:
            return self._names[key]
        described = (
            self.linked.values[value] for value in self.linked.names.evaluate(origin.scope, origin.operation[2])
        )
        return "" if any(d[0] == "F" and d[1] in self.makers for d in described) else None

    def _read(self, function: Scope, stated: Scope, name: Ref, key: int) -> None:
        text = self.linked.constant(stated, name)
        told = isinstance(text, str) and HOLE not in text
        if key in self._of or told or not function.facts.parameters:
            return
        self._of[key] = []
        self.makers.add(function.index)
        sites = {(s.frame.scope.index, s.operation[1]): s for s in self.linked.sites_leading_to(function)}
        for place, site in sites.items() if len(sites) <= _MAX_CALLS else ():
            given = self._settled(function, site)
            made = self.linked.constant(stated, name, given)
            if isinstance(made, str) and made and HOLE not in made:
                self._names[place] = made
                self._of[key].append(MadeTable(made, site.frame.scope.module.file, site.line, given))
        if len(self._of[key]) < len(sites) or not sites:
            self._untold.add(key)

    def _settled(self, function: Scope, site: Site) -> Given:
        """What the parameters are at a call, and which of several values a name of the function has for it."""
        given = dict(handed_at(function, site))
        copies = Counter(operation[1] for operation in function.facts.ops if operation[0] == Op.COPY)
        for ref in (ref for ref, number in copies.items() if number > 1):
            # ``start = "" if prefix is None else f"{prefix}_"``: what is put together of what the call gives, if it gives it.
            sources = [o[2] for o in function.operations_producing(ref) if o[0] == Op.COPY]
            told = [source for source in sources if _is_told(self.linked.constant(function, source, given))]
            told.sort(key=lambda source: _is_told(self.linked.constant(function, source)))
            if told:
                given[function.index, ref] = function, told[0]
        return given


def _returned_calls(function: Scope) -> list[list[Any]]:
    """The calls whose results a function returns; asked without an index of its operations, since few make tables."""
    returned = [ref for ref in function.facts.returns if type(ref) is int]
    if not returned:
        return []
    returned += [o[2] for o in function.facts.ops if o[0] == Op.COPY and o[1] in returned]
    return [o for o in function.facts.ops if o[0] == Op.CALL and o[1] in returned]


def _is_told(value: Any) -> bool:
    return isinstance(value, str) and HOLE not in value


tables_made = made_once(MadeTables)
"""The tables of a program that calls make."""
