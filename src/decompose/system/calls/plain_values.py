"""Calls of methods of text, numbers and other plain data, which do not flow through the program.

Asked only where a call leads nowhere else: the receiver is followed back to constants, to what calls of the language's own
functions give, and to what callers and constructors put in its place.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.plain_types import RESULTS, result_of
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Arguments, parameter_of

_MAX_DEPTH = 6
_MAX_CALLERS = 12
_MAX_AGAIN = 100_000
"""So often is asked again what was not found on a way that was cut."""

_TEXTS = ("str", "bytes")
_TYPES = ("str", "bytes", "int", "float", "bool", "dict", "list", "set", "frozenset", "tuple")
_MADE = frozenset(_TYPES)
_Type = tuple[str, str]
"""A built-in type, and that of its elements; empty where it is not known."""

_NOTHING: _Type = ("", "")

_OF_EVERYTHING = {"__name__": "str", "__qualname__": "str", "__module__": "str", "__doc__": "str", "__dict__": "dict"}
"""What classes, functions and objects have, whatever they are."""


class PlainValues:
    """The types of plain data, found on demand."""

    def __init__(self, linked: Linked, arguments: Arguments, sites: Mapping[tuple[int, int], list[Site]]) -> None:
        self.linked = linked
        self.arguments = arguments
        self.sites = sites
        """The calls by their scope and the node of the result."""
        self._frame: Frame | None = None
        self._known: dict[tuple[int, int], _Type] = {}
        self._running: set[tuple[int, int]] = set()
        self._cut = 0
        """How often a question was not followed: it was being asked already, or too many led to it."""
        self._again = _MAX_AGAIN
        self._doubtful: list[tuple[int, int]] = []
        """What was not found on a way that was cut, and may be on another."""
        self._stored: dict[int, dict[str, list[tuple[Scope, Ref]]]] = {}

    def method_called(self, site: Site) -> str:
        """``str.split`` for a call of that method; empty where the receiver is not known to be plain data."""
        found = self._method_called(site)
        self._running.clear()
        self._again -= len(self._doubtful)
        for key in self._doubtful if self._again >= 0 else ():
            del self._known[key]
        self._doubtful.clear()
        return found

    def _method_called(self, site: Site) -> str:
        scope, called, self._frame = site.frame.scope, site.operation[2], site.frame
        for operation in scope.operations_producing(called):
            if operation[0] == Op.ATTRIBUTE:
                kind, _ = self._type(scope, operation[2], _MAX_DEPTH)
                if kind and hasattr(getattr(builtins, kind), operation[3]):
                    return f"{kind}.{operation[3]}"
        return ""

    def _type(self, scope: Scope, ref: Ref, depth: int) -> _Type:
        if isinstance(ref, str):
            return "str", "str"
        if isinstance(ref, list):
            return _of_constant(ref) if ref[0] == "c" else _NOTHING
        if ref < 0:
            return _NOTHING
        key = (scope.index, ref)
        if not depth or key in self._running:
            self._cut += 1
            return _NOTHING
        known = self._known.get(key)
        if known is None:
            before = self._cut
            self._running.add(key)
            found = [found for found in self._sources(scope, ref, depth - 1) if found[0]]
            agreed = len({kind for kind, _ in found}) == 1
            known = (found[0][0], found[0][1] if len(set(found)) == 1 else "") if agreed else _NOTHING
            self._known[key] = known
            self._running.remove(key)
            if known == _NOTHING and self._cut > before:
                self._doubtful.append(key)
        return known

    def _sources(self, scope: Scope, ref: int, depth: int) -> Iterator[_Type]:
        producers = scope.operations_producing(ref)
        for operation in producers:
            yield self._made(scope, operation, depth)
        if not producers or scope.is_function:
            yield from self._given(scope, ref, depth)

    def _given(self, function: Scope, ref: int, depth: int) -> Iterator[_Type]:
        """What a parameter is given by the calls in view, and by its default."""
        parameter = next((p for p in function.facts.parameters if p[1] == ref), None)
        if parameter is None or not parameter_of(function, ref):
            return
        if parameter[3] is not None and function.parent is not None:
            yield self._type(function.parent, parameter[3], depth)
        made = function.facts.name == "__init__"
        arguments = self.arguments
        calls = arguments.given_when_made(function) if made else arguments.given_directly(function)
        for number, given in enumerate(calls):
            if number == _MAX_CALLERS:
                return
            yield self._type(given.site.frame.scope, given.argument(function, parameter[0]), depth)

    def _made(self, scope: Scope, operation: list[Any], depth: int) -> _Type:
        match operation[0]:
            case Op.COPY:
                return self._type(scope, operation[2], depth)
            case Op.BINARY if operation[4] in ("add", "mod", "iadd", "mul"):
                left = self._type(scope, operation[2], depth)
                return left if left[0] in _TEXTS or operation[4] != "add" else self._type(scope, operation[3], depth)
            case Op.CALL:
                return self._returned(scope, operation, depth)
            case Op.ITEM | Op.ITERATE:
                kind, element = self._type(scope, operation[2], depth)
                if operation[0] == Op.ITEM and isinstance(operation[3], list) and operation[3][1] == "slice":
                    return kind, element
                return (element, element if element in _TEXTS else "") if kind != "dict" else _NOTHING
            case Op.ATTRIBUTE if operation[3] in _OF_EVERYTHING:
                return _OF_EVERYTHING[operation[3]], ""
            case Op.ATTRIBUTE:
                return self._kept(scope, operation, depth)
            case Op.FREE | Op.FROM:
                origin = self.linked.bound(scope, operation)
                return self._type(*origin, depth) if origin is not None else _NOTHING
        return _NOTHING

    def _returned(self, scope: Scope, operation: list[Any], depth: int) -> _Type:
        for value in self.linked.names.evaluate(scope, operation[2]):
            description = self.linked.values[value]
            if description[0] == "X" and description[1] == "builtins":
                known = result_of(description[2]) or (description[2], "")
                return known if known[0] in _MADE else _NOTHING
            if description[0] == "C" and self.linked.program.scopes[description[1]].module.name == "builtins":
                name = self.linked.program.scopes[description[1]].facts.name
                return (name, "") if name in _MADE else _NOTHING
            if description[0] == "F":
                function = self.linked.program.scopes[description[1]]
                if function.module.name == "builtins":
                    return RESULTS.get(function.facts.name, _NOTHING)
                found = {self._type(function, ref, depth) for ref in function.facts.returns}
                return found.pop() if len(found) == 1 else _NOTHING
        functions = {
            index
            for site in self.sites.get((scope.index, operation[1]), ())
            for index, _, kind in site.targets
            if kind == "call" and not self.linked.program.scopes[index].library
        }
        if functions:
            called_here = [self.linked.program.scopes[index] for index in sorted(functions)[:_MAX_CALLERS]]
            if any(function.facts.yields for function in called_here):
                return _NOTHING
            found = {self._type(function, ref, depth) for function in called_here for ref in function.facts.returns}
            found.discard(_NOTHING)
            return found.pop() if len(found) == 1 else _NOTHING
        called = next((o for o in scope.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE), None)
        if called is None:
            return _NOTHING
        kind, _ = self._type(scope, called[2], depth)
        return RESULTS.get(f"{kind}.{called[3]}", _NOTHING) if kind else _NOTHING

    def _classes(self, scope: Scope, ref: Ref) -> list[Scope]:
        """The classes of the application that a value is an instance of: of ``self`` its own."""
        own = scope.facts.parameters[:1] if scope.is_method else []
        if scope.parent is not None and own and parameter_of(scope, ref) == own[0][0]:
            return [scope.parent]
        values = self.linked.names.evaluate(scope, ref)
        if not values and self._frame is not None and self._frame.scope is scope and type(ref) is int:
            values = tuple(sorted(self.linked.engine.values_of(self.linked.engine.node_of(self._frame, ref))))
        described = [self.linked.values[value] for value in values]
        found = [self.linked.program.scopes[d[1]] for d in described if d[0] == "I"]
        return [cls for cls in found if not cls.library]

    def _kept(self, scope: Scope, operation: list[Any], depth: int) -> _Type:
        """An attribute of an object: what the methods of its class put there, or the body of the class."""
        classes = self._classes(scope, operation[2])
        if not classes:
            origin = self.linked.bound(scope, operation)
            return self._type(*origin, depth) if origin is not None else _NOTHING
        owners = [owner for cls in classes for owner in self.linked.hierarchy.order(cls) if not owner.library]
        found = {self._type(*put, depth) for o in owners for put in self._stored_in(o).get(operation[3], ())}
        found.discard(_NOTHING)
        return found.pop() if len(found) == 1 else _NOTHING

    def _stored_in(self, cls: Scope) -> dict[str, list[tuple[Scope, Ref]]]:
        known = self._stored.get(cls.index)
        if known is None:
            known = self._stored[cls.index] = {
                name: [(cls, ref)] for name, ref in cls.facts.names.items() if type(ref) is not int
            }
            for method in cls.module.scopes:
                if method.parent is cls and method.facts.kind == ScopeKind.FUNCTION and method.facts.parameters:
                    own = method.facts.parameters[0][1]
                    for operation in method.facts.ops:
                        if operation[0] == Op.SET_ATTRIBUTE and operation[1] == own:
                            known.setdefault(operation[2], []).append((method, operation[3]))
        return known


def _of_constant(ref: list[Any]) -> _Type:
    value = ref[1]
    kind = type(value).__name__ if not isinstance(value, str) else ""  # a text there is a part of an object
    if kind in ("list", "tuple"):
        elements = {type(element).__name__ for element in value}
        return ref[2] if len(ref) > 2 else "list", elements.pop() if len(elements) == 1 and elements <= _MADE else ""
    return (kind, "") if kind in _MADE else _NOTHING
