"""Who calls a function, and what each caller gives for a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope

_MAX_WRAPPERS = 3
_MOST_REMEMBERED = 8

Parameter = list[Any]


class Given(NamedTuple):
    """What a caller gives: a ref of the scope that calls, on a line."""

    scope: Scope
    ref: Ref
    line: int


class _Caller(NamedTuple):
    """A call of a function: the scope that calls, and its operation; a property is read by an attribute operation.

    ``bound``: the function has its first argument already; ``handed_on``: it is an argument of the call, and called by that.
    """

    scope: Scope
    operation: list[Any]
    bound: bool
    handed_on: bool = False


class Callers:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._callers: dict[int, list[_Caller]] = {}
        self._senders: dict[int, list[tuple[Scope, int]]] = {}
        """Function -> where what it is called for happens, scope and line: it is given the object that this is about."""
        for site in linked.engine.sites:
            if site.frame.scope.library:
                continue
            for target, of, kind in site.targets:
                if kind != "library":
                    handed_on = kind == "callback" or (kind == "task" and self._is_argument(target, site))
                    self._add(target, _Caller(site.frame.scope, site.operation, of >= 0, handed_on))
        for index, _, line, kind, target, _ in sorted(linked.engine.implicit_calls):
            scope = linked.program.scopes[index]
            if kind == "property":
                name = linked.program.scopes[target].facts.name
                for operation in scope.facts.ops:
                    if operation[0] == Op.ATTRIBUTE and operation[3] == name and operation[4] == line:
                        self._add(target, _Caller(scope, operation, bound=True))
            elif kind == "signal":
                self._senders.setdefault(target, []).append((scope, line))

    def _is_argument(self, function: int, site: Site) -> bool:
        """Whether a task is told by an argument, and not by what the call is a method of."""
        values = self.linked.values
        for ref in site.arguments:
            for value in self.linked.argument_values(site, ref) if type(ref) is int and ref >= 0 else ():
                description = values[value]
                if (values[description[1]] if description[0] == "B" else description)[:2] == ("F", function):
                    return True
        return False

    def _add(self, target: int, caller: _Caller) -> None:
        callers = self._callers.setdefault(target, [])
        if caller not in callers[-_MOST_REMEMBERED:]:
            callers.append(caller)

    def given(self, function: Scope, parameter: Parameter) -> list[Given] | None:
        """What each caller gives for a parameter; None where there is none, or one of them is not understood."""
        callers = self._of(function)
        if not callers:
            return self._announced(function, parameter)
        found: list[Given] = []
        for caller in callers:
            given = list(self._arguments(caller, function, parameter, 0))
            if not given:
                return None
            found += given
        return found

    def _of(self, function: Scope) -> list[_Caller]:
        """The calls of a function; where there are none, those of the method that it replaces."""
        found = self._callers.get(function.index, [])
        cls = function.parent if function.is_method else None
        for ancestor in self.linked.hierarchy.order(cls)[1:] if cls is not None and not found else ():
            replaced = next(
                (s for s in ancestor.module.scopes if s.parent is ancestor and s.facts.name == function.facts.name),
                None,
            )
            if replaced is not None and replaced.index in self._callers:
                return self._callers[replaced.index]
        return found

    def _announced(self, function: Scope, parameter: Parameter) -> list[Given] | None:
        """The objects about which a receiver is called: what the calls on those lines are methods of."""
        senders = self._senders.get(function.index, ())
        if not senders or parameter[0] != "instance":
            return None
        found: list[Given] = []
        for scope, line in senders:
            about = [
                receiver
                for operation in scope.facts.ops
                if operation[0] == Op.CALL and operation[-1] == line
                for receiver in self.receivers(scope, operation)
            ]
            if not about:
                return None
            found.append(Given(scope, about[-1], line))  # what a chain of calls does last
        return found

    def receivers(self, scope: Scope, call: list[Any]) -> list[Ref]:
        """The objects whose method a call is of, also where the method is asked for by its name."""
        found = []
        for operation in scope.operations_producing(call[2]):
            if operation[0] == Op.ATTRIBUTE:
                found.append(operation[2])
            elif operation[0] == Op.CALL and operation[3]:
                asked = scope.operations_producing(operation[2])
                if any(o[0] == Op.FREE and o[2] == "getattr" for o in asked):
                    found.append(operation[3][0])
        return found

    def _arguments(self, caller: _Caller, function: Scope, parameter: Parameter, depth: int) -> Iterator[Given]:
        positional = [p for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
        named = parameter[4] in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
        position = positional.index(parameter) if parameter in positional else -1
        if named:
            yield from self._at(caller, function, position, parameter[0], depth)

    def _at(self, caller: _Caller, function: Scope, position: int, name: str, depth: int) -> Iterator[Given]:
        """What a call gives for the parameter at a position (-1: by name only), its own object counted among them."""
        scope, operation = caller.scope, caller.operation
        if operation[0] == Op.ATTRIBUTE:
            if position == 0:
                yield Given(scope, operation[2], operation[-1])
            return
        if operation[0] != Op.CALL:
            return  # called by what syntax implies, such as a decoration or a class statement
        line = operation[-1]
        arguments: list[Ref] = list(operation[3])
        if caller.handed_on:
            # It is given what stands behind it.
            at = self._place_of(scope, arguments, function)
            if at < 0 or caller.bound:
                return
            arguments = arguments[at + 1 :]
        elif caller.bound:
            receivers = self.receivers(scope, operation)
            arguments = [*(receivers[:1] or [-1]), *arguments]
        spread = next((i for i, ref in enumerate(arguments) if isinstance(ref, list) and ref[0] == "*"), len(arguments))
        if 0 <= position < spread:
            if arguments[position] != -1:
                yield Given(scope, arguments[position], line)
            return
        for keyword, ref in operation[4]:
            if keyword == name:
                yield Given(scope, ref, line)
                return
        if depth < _MAX_WRAPPERS and (spread < len(arguments) or any(keyword is None for keyword, _ in operation[4])):
            yield from self._through(scope, position - spread, name, depth)

    def _through(self, wrapper: Scope, further: int, name: str, depth: int) -> Iterator[Given]:
        """What the callers of a wrapper give that hands on the rest of its arguments."""
        kinds = [p[4] for p in wrapper.facts.parameters]
        own = kinds.count(ParameterKind.POSITIONAL)
        if ParameterKind.STAR not in kinds and ParameterKind.STAR_STAR not in kinds:
            return
        position = own + further if further >= 0 and ParameterKind.STAR in kinds else -1
        for caller in self._of(wrapper):
            found = list(self._at(caller, wrapper, position, name, depth + 1))
            # A caller that is not understood leaves the whole open.
            yield from found or (Given(caller.scope, -1, 0),)

    def _place_of(self, scope: Scope, arguments: Iterable[Ref], function: Scope) -> int:
        for position, ref in enumerate(arguments):
            for value in self.linked.names.evaluate(scope, ref) if type(ref) is int and ref >= 0 else ():
                if self.linked.values[value][:2] == ("F", function.index):
                    return position
        return -1


def sites_of(linked: Linked) -> dict[int, tuple[Site, ...]]:
    """The sites of each call of the application, by the identity of its operation."""
    found: dict[int, tuple[Site, ...]] = {}
    for site in linked.engine.sites:
        if not site.frame.scope.library:
            call = id(site.operation)
            found[call] = (*found.get(call, ()), site)  # most have one, which takes less than a list
    return found
