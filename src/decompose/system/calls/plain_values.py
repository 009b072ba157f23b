"""Calls of methods of text, numbers and other plain data, which do not flow through the program.

Asked only where a call leads nowhere else: the receiver is followed back to constants, to what calls of the language's own
functions give, and to what callers and constructors put in its place.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.making import is_enumeration
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Arguments, Given, parameter_of
from decompose.system.calls.plain_types import (
    NOTHING,
    TEXT,
    TEXTS,
    TYPES,
    PlainType,
    combined,
    of_constant,
    of_function,
    of_method,
    row,
    table,
)

_MAX_DEPTH = 9
_MAX_CALLERS = 12
_MAX_AGAIN = 100_000
"""So often is asked again what was not found on a way that was cut."""

_OF_EVERYTHING = {
    "__name__": TEXT,
    "__qualname__": TEXT,
    "__module__": TEXT,
    "__doc__": TEXT,
    "__dict__": PlainType("dict"),
}
"""What classes, functions and objects have, whatever they are."""


_NAMED_AT = {
    "__getattr__": 1,
    "__getattribute__": 1,
    "__setattr__": 1,
    "__delattr__": 1,
    "__set_name__": 2,
    "__format__": 1,
}
"""Special method -> where it is given the name of an attribute, or another text."""

_OF_MEMBERS = frozenset({"name", "value"})
"""What members of an enumeration have."""
_GENERATOR = "generator"


class PlainValues:
    """The types of plain data, found on demand."""

    def __init__(self, linked: Linked, arguments: Arguments, sites: Mapping[tuple[int, int], list[Site]]) -> None:
        self.linked = linked
        self.arguments = arguments
        self.sites = sites
        """The calls by their scope and the node of the result."""
        self._frame: Frame | None = None
        self._known: dict[tuple[int, int], PlainType] = {}
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
                kind = self._type(scope, operation[2], _MAX_DEPTH).kind
                if kind in TYPES and hasattr(getattr(builtins, kind), operation[3]):
                    return f"{kind}.{operation[3]}"
        return ""

    def _type(self, scope: Scope, ref: Ref, depth: int) -> PlainType:
        if isinstance(ref, str):
            return TEXT
        if isinstance(ref, list):
            return of_constant(ref) if ref[0] == "c" else NOTHING
        if ref < 0:
            return NOTHING
        key = (scope.index, ref)
        if not depth or key in self._running:
            self._cut += 1
            return NOTHING
        known = self._known.get(key)
        if known is None:
            before = self._cut
            self._running.add(key)
            known = self._known[key] = combined(self._sources(scope, ref, depth - 1))
            self._running.remove(key)
            if known == NOTHING and self._cut > before:
                self._doubtful.append(key)
        return known

    def _sources(self, scope: Scope, ref: int, depth: int) -> Iterator[PlainType]:
        producers = scope.operations_producing(ref)
        for operation in producers:
            yield self._made(scope, operation, depth)
        if not producers or scope.is_function:
            yield from self._given(scope, ref, depth)

    def _given(self, function: Scope, ref: int, depth: int) -> Iterator[PlainType]:
        """What a parameter is given by the calls in view, and by its default."""
        parameter = next((p for p in function.facts.parameters if p[1] == ref), None)
        if parameter is None or not parameter_of(function, ref):
            return
        if function.is_method and function.facts.parameters.index(parameter) == _NAMED_AT.get(function.facts.name):
            yield TEXT
        if parameter[3] is not None and function.parent is not None:
            yield self._type(function.parent, parameter[3], depth)
        made = function.facts.name == "__init__"
        arguments = self.arguments
        calls = arguments.given_when_made(function) if made else arguments.given_directly(function)
        for number, given in enumerate(calls):
            if number == _MAX_CALLERS:
                return
            argument = given.argument(function, parameter[0])
            if argument == -1:
                yield from self._given_through(given, parameter[0], depth)
            else:
                yield self._type(given.site.frame.scope, argument, depth)

    def _given_through(self, given: Given, name: str, depth: int) -> Iterator[PlainType]:
        """What a caller is given for an argument that it hands on among others: ``send(address, **options)``."""
        caller = given.site.frame.scope
        others = {p[1] for p in caller.facts.parameters if p[4] == ParameterKind.STAR_STAR}
        if any(keyword is None and ref in others for keyword, ref in given.site.keywords if type(ref) is int):
            for number, outer in enumerate(self.arguments.given_directly(caller)):
                if number == _MAX_CALLERS:
                    return
                yield self._type(outer.site.frame.scope, outer.site.argument(-1, name), depth)

    def _made(self, scope: Scope, operation: list[Any], depth: int) -> PlainType:
        match operation[0]:
            case Op.COPY:
                return self._type(scope, operation[2], depth)
            case Op.BINARY if operation[4] in ("add", "mod", "iadd", "mul"):
                left = self._type(scope, operation[2], depth)
                return left if left.kind in TEXTS or operation[4] != "add" else self._type(scope, operation[3], depth)
            case Op.CALL:
                return self._returned(scope, operation, depth)
            case Op.ITERATE:
                return self._type(scope, operation[2], depth).gone_over
            case Op.ITEM:
                held = self._type(scope, operation[2], depth)
                index = operation[3][1] if isinstance(operation[3], list) else None
                return held._replace(parts=()) if index == "slice" else held.at(index)
            case Op.CONTAINER:
                return self._held(scope, operation, depth)
            case Op.ATTRIBUTE if operation[3] in _OF_EVERYTHING:
                return _OF_EVERYTHING[operation[3]]
            case Op.ATTRIBUTE:
                return self._kept(scope, operation, depth)
            case Op.FREE | Op.FROM:
                origin = self.linked.bound(scope, operation)
                return self._type(*origin, depth) if origin is not None else NOTHING
        return NOTHING

    def _held(self, scope: Scope, operation: list[Any], depth: int) -> PlainType:
        """A list, a table and so on that is written out, or made by a comprehension."""
        _, _, kind, elements, keys, _ = operation
        if any(isinstance(element, list) and element[0] == "*" for element in elements):
            return PlainType(kind if kind in TYPES else "")
        inner = [self._type(scope, element, depth) for element in elements[:_MAX_CALLERS]]
        if kind == "dict":
            return table((self._type(scope, key, depth) for key in keys or ()), inner)
        return row(inner, kind) if keys is None and kind in ("list", "tuple") else PlainType(kind, combined(inner))

    def _returned(self, scope: Scope, operation: list[Any], depth: int) -> PlainType:
        for value in self.linked.names.evaluate(scope, operation[2]):
            description = self.linked.values[value]
            if description[0] == "X" and description[1] == "builtins":
                return self._of_built_in(description[2], scope, operation, depth)
            called = self.linked.program.scopes[description[1]] if description[0] in ("C", "F") else None
            if called is not None and called.module.name == "builtins":
                return self._of_built_in(called.facts.name, scope, operation, depth)
            if called is not None and description[0] == "F":
                return self._given_back(called, depth)
        functions = {
            index
            for site in self.sites.get((scope.index, operation[1]), ())
            for index, _, kind in site.targets
            if kind == "call" and not self.linked.program.scopes[index].library
        }
        if functions:
            called_here = [self.linked.program.scopes[index] for index in sorted(functions)[:_MAX_CALLERS]]
            return combined(self._given_back(function, depth) for function in called_here)
        method = next((o for o in scope.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE), None)
        return of_method(self._type(scope, method[2], depth), method[3]) if method is not None else NOTHING

    def _of_built_in(self, name: str, scope: Scope, operation: list[Any], depth: int) -> PlainType:
        found = of_function(name, [self._type(scope, ref, depth) for ref in operation[3]])
        return found if found.kind in TYPES or found.kind == _GENERATOR else NOTHING

    def _given_back(self, function: Scope, depth: int) -> PlainType:
        """What a function returns, or the generator that it makes."""
        if function.facts.yields:
            return PlainType(_GENERATOR, combined(self._type(function, ref, depth) for ref in function.facts.yields))
        return combined(self._type(function, ref, depth) for ref in function.facts.returns)

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

    def _kept(self, scope: Scope, operation: list[Any], depth: int) -> PlainType:
        """An attribute of an object: what the methods of its class put there, or the body of the class."""
        classes = self._classes(scope, operation[2])
        if not classes:
            origin = self.linked.bound(scope, operation)
            return self._type(*origin, depth) if origin is not None else NOTHING
        owners = [owner for cls in classes for owner in self.linked.hierarchy.order(cls) if not owner.library]
        found = [self._type(*put, depth) for o in owners for put in self._stored_in(o).get(operation[3], ())]
        if operation[3] in _OF_MEMBERS and any(is_enumeration(self.linked.engine, cls) for cls in classes):
            members = [(cls, ref) for cls in classes for ref in cls.facts.names.values() if type(ref) is not int]
            found += [TEXT] if operation[3] == "name" else [self._type(*member, depth) for member in members]
        for owner in owners:
            function = owner.function_below(owner.facts.names.get(operation[3], -1))
            if function is not None and function.facts.flavour == "property":
                found.append(self._given_back(function, depth))
        return combined(found)

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
