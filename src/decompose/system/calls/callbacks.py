"""Callbacks that a helper is given and gives on: who reaches them is who gave them, not everybody who calls the helper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects import effect_names
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value
from decompose.system.calls.arguments import Arguments, parameter_of
from decompose.system.calls.placement import Placement
from decompose.system.model import THROUGH_DECORATOR, Dependency, HandedOver

_Giver = tuple[str, str, str, int]
"""Definition, unit, file, line."""

_Parameter = tuple[Scope, str]
"""A function, and the name of one of its parameters."""


_MAX_CALLS = 4
"""So many calls from a function a function inside of it may run."""

_RUNNING = {"call": "call", "callback": "callback", THROUGH_DECORATOR: "call"}
"""Kind of a dependency on what a parameter brings -> kind of the place where it runs."""


class Handed(NamedTuple):
    """A function that ``helper`` runs at ``line`` because ``giver`` has given it, at its own line ``at``.

    ``target`` is what is given, with the unit that acts; of a lambda ``inside`` are its lines, in the giver itself.
    """

    helper: str
    line: int
    giver: tuple[str, str]
    at: int
    target: tuple[str, str] | None
    inside: tuple[int, int] = (0, 0)


class Callbacks:
    """Who gives whom which functions, in one linked program."""

    def __init__(self, linked: Linked, placement: Placement, arguments: Arguments) -> None:
        self.linked = linked
        self.placement = placement
        self.arguments = arguments
        self.handed: list[Handed] = []
        """What `told_of_givers` has found."""
        self.handed_over: list[HandedOver] = []
        """The calls that it has told of others."""
        self._known: dict[tuple[int, str], dict[int, set[_Giver]]] = {}
        self._storing: set[_Giver] = set()
        """Those who only keep a function together with what they give it, to be called later: ``partial(run, hook)``."""
        self._bound: dict[tuple[_Giver, int], set[str]] = {}
        """The units for which a giver gives a method of an object or a class; empty for one that it gives by itself."""

    def told_of_givers(self, dependencies: Iterable[Dependency]) -> list[Dependency]:
        """``dependencies`` in which a function that comes in by a parameter is reached from who gives it.

        ``def loads(text, hook=None): return json.loads(text, object_hook=hook)`` calls every hook that anybody gives it, but for
        each caller only its own. Where nobody is seen to give it the helper keeps it, unless so much may come in that each is a guess.
        """
        by_nobody: dict[tuple[str, int], list[Dependency]] = {}
        kept: dict[Dependency, None] = {}
        handed: dict[Handed, None] = {}
        scopes: dict[str, list[Scope]] = {}
        """Definition -> its function, and the functions without a name that are part of it."""
        for scope in self.linked.program.scopes:
            if scope.is_function and not scope.library:
                scopes.setdefault(scope.definition, []).append(scope)
        places: dict[str, dict[tuple[str, int], set[_Parameter]]] = {}
        dependencies = list(dependencies)
        runs = _Runs(dependencies)
        lines: dict[str, set[int]] = {}
        for dependency in dependencies:
            if dependency.kind in _RUNNING:
                lines.setdefault(dependency.source, set()).add(dependency.line)
        for dependency in dependencies:
            kind = _RUNNING.get(dependency.kind, "")
            helpers = scopes.get(dependency.source, ()) if kind else ()
            if helpers and dependency.source not in places:
                found_places = places[dependency.source] = {}
                for helper in helpers:
                    for where, which in places_of_parameters(helper, lines[dependency.source]).items():
                        found_places.setdefault(where, set()).update(which)
            brought = places[dependency.source].get((kind, dependency.line), ()) if helpers else ()
            # A function that another one only leaves somewhere runs for whoever finds it there.
            parameters = {p for p in brought if runs.inside(p[0], dependency.source)}
            targets = scopes.get(dependency.target)
            if not parameters or targets is None:
                kept[dependency] = None
                continue
            told = [(t.index, self._of(*p)[t.index]) for p in parameters for t in targets if t.index in self._of(*p)]
            unit = dependency.target_unit
            found = {giver for index, givers in told for giver in givers if self._gives_for(giver, index, unit)}
            if not found and any(givers for _, givers in told):
                kept[dependency] = None  # for this unit nobody is seen to give it
                continue
            if any(giver in self._storing and not runs.calls(giver[0], parameters) for giver in found):
                # Whoever calls the helper later runs what was kept with it.
                found = {giver for giver in found if giver not in self._storing or runs.calls(giver[0], parameters)}
                found.add((dependency.source, dependency.source_unit, dependency.file, dependency.line))
            if told and not found:
                self.handed_over.append(HandedOver(call=dependency, givers=()))
                continue  # a decorator gives what it decorates: who calls that comes to it anyhow
            if not found and any(self._is_lambda_of(index, targets[0]) for p in parameters for index in self._of(*p)):
                self.handed_over.append(HandedOver(call=dependency, givers=()))
                continue  # what a lambda does, its function does
            for source, unit, file, line in sorted(found):
                kept[msgspec.structs.replace(dependency, source=source, source_unit=unit, file=file, line=line)] = None
                to = (dependency.target, dependency.target_unit)
                handed[Handed(dependency.source, dependency.line, (source, unit), line, to)] = None
            if found:
                self.handed_over.append(HandedOver(call=dependency, givers=tuple(sorted(found))))
            elif dependency.resolution == "exact":
                kept[dependency] = None
            else:
                by_nobody.setdefault((dependency.source, dependency.line), []).append(dependency)
        for alternatives in by_nobody.values():
            if len({d.target for d in alternatives}) <= MANY_VALUES:
                kept.update(dict.fromkeys(alternatives))
        self.handed = list(handed)
        return list(kept)

    def given_to(self, helper: Scope) -> Iterator[Handed]:
        """All functions that ``helper`` is seen to be given and runs, also where they are too many to be followed."""
        for (kind, line), parameters in sorted(places_of_parameters(helper).items(), key=lambda place: place[0]):
            for function, name in sorted(parameters, key=lambda p: (p[0].index, p[1])) if kind == "call" else ():
                for index, givers in sorted(self._of(function, name).items()):
                    given, target, inside = self.linked.program.scopes[index], None, (0, 0)
                    if given.library:
                        continue
                    if given.facts.kind == ScopeKind.LAMBDA:
                        inside = given.facts.line, max(given.facts.end_line, given.facts.line)
                    else:
                        target = given.definition, self.placement.unit_of(given)
                    for source, unit, _, at in sorted(givers):
                        yield Handed(helper.definition, line, (source, unit), at, target, inside)

    def _gives_for(self, giver: _Giver, function: int, unit: str) -> bool:
        units = self._bound.get((giver, function), set())
        return not units or "" in units or unit in units

    def _is_lambda_of(self, index: int, function: Scope) -> bool:
        given = self.linked.program.scopes[index]
        return given.facts.kind == ScopeKind.LAMBDA and given.definition == function.definition

    def _of(self, helper: Scope, name: str) -> dict[int, set[_Giver]]:
        """Function that is given for a parameter -> the calls that give it and do not have it from their own callers.

        Without the wrapper of a decorator that gives on what it decorates.
        """
        key = (helper.index, name)
        if key not in self._known:
            self._known[key] = {}  # for a helper that calls itself
            self._known[key] = self._find(helper, name)
        return self._known[key]

    def _find(self, helper: Scope, name: str) -> dict[int, set[_Giver]]:
        found: dict[int, set[_Giver]] = {}
        for given in self.arguments.given(helper):
            site, ref = given.site, given.argument(helper, name)
            if type(ref) is not int or ref < 0:
                continue
            caller = site.frame.scope
            unit = self.placement.acting_in(site.frame)
            giver = (caller.definition, unit, caller.module.file, site.line)
            if _stores(self.linked, site):
                self._storing.add(giver)
            outer = _parameter(caller, ref)
            before = self._of(*outer) if outer is not None else {}
            for index, givers in before.items():
                found.setdefault(index, set()).update(givers)
            decorated = {
                # Also what a decorator hands on to a function that makes the wrapper.
                f.index
                for frame in (site.frame, site.frame.parent)
                for f in self.linked.engine.decorated(frame, between=True)
            }
            values = self.linked.argument_values(site, ref)
            brought = {f.index: f for f in self._functions_behind(values) if f.is_function and f.index not in before}
            if len(brought.keys() - decorated) > MANY_VALUES and self._are_mixed(values):
                continue
            for function in brought.values():
                found.setdefault(function.index, set()).update(() if function.index in decorated else (giver,))
            for value in values:
                bound, acting = self._bound_by(value)
                if bound is not None and bound.index in found and bound.index not in before:
                    self._bound.setdefault((giver, bound.index), set()).add(acting)
        return found

    def _are_mixed(self, values: Iterable[Value]) -> bool:
        """Whether there are also objects or containers of the application: functions that come along are not given to be called."""
        described = (self.linked.values[value] for value in values)
        scopes = self.linked.program.scopes
        return any(d[0] == "O" or (d[0] == "I" and not scopes[d[1]].library) for d in described)

    def _functions_behind(self, values: Iterable[Value]) -> Iterator[Scope]:
        """The functions among values, and those that wrappers among them are put around."""
        yield from self.linked.functions_among(values)
        engine = self.linked.engine
        for value in sorted(values):
            described = self.linked.values[value]
            if described[0] == "F" and described[2] >= 0:
                yield from engine.decorated(engine.frames[described[2]], between=True)

    def _bound_by(self, value: Value) -> tuple[Scope | None, str]:
        """The function that a value is, and the unit that acts if it is a method of something."""
        described = self.linked.values[value]
        receiver = described[2] if described[0] == "B" else -1
        if described[0] == "B":
            described = self.linked.values[described[1]]
        if described[0] != "F":
            return None, ""
        function = self.linked.program.scopes[described[1]]
        return function, self.placement.acting_unit(function, receiver) if receiver >= 0 else ""


class _Runs:
    """Which functions run while another one does, as far as that can be told from a few calls."""

    def __init__(self, dependencies: Iterable[Dependency]) -> None:
        self._called: dict[str, set[str]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        for dependency in dependencies:
            if dependency.kind in _RUNNING:
                self._called.setdefault(dependency.source, set()).add(dependency.target)

    def inside(self, holder: Scope, helper: str) -> bool:
        """Whether a function runs one that is inside of it, or gives it to whoever calls it."""
        key = holder.definition, helper
        if key not in self._known:
            self._known[key] = holder.definition == helper or _gives_away(holder, helper) or self._reaches(*key)
        return self._known[key]

    def calls(self, source: str, parameters: Iterable[_Parameter]) -> bool:
        """Whether a function calls one of those that have some parameters."""
        return any(helper.definition in self._called.get(source, ()) for helper, _ in parameters)

    def _reaches(self, source: str, target: str) -> bool:
        seen, reached = {source}, {source}
        for _ in range(_MAX_CALLS):
            reached = {called for each in reached for called in self._called.get(each, ())} - seen
            if target in reached:
                return True
            seen |= reached
        return False


def _stores(linked: Linked, site: Site) -> bool:
    """Whether a call only keeps a function with its arguments."""
    scopes = linked.program.scopes
    return any(
        "supplies" in effect_names(linked.engine, scopes[index]) for index, _, kind in site.targets if kind == "library"
    )


def _gives_away(holder: Scope, helper: str) -> bool:
    """Whether a function returns, yields or keeps in an object one that it has inside of it, whatever is put around it."""
    scopes = holder.module.scopes
    made = {o[1] for o in holder.facts.ops if o[0] == Op.FUNCTION and scopes[o[2]].definition == helper}
    if not made:
        return True  # a method of a class that is inside of it
    for operation in holder.facts.ops:  # in the order in which values are made of others
        if operation[0] == Op.SET_ATTRIBUTE and type(operation[3]) is int and operation[3] in made:
            return True
        if not made.isdisjoint(ref for ref in _made_of(operation) if type(ref) is int):
            made.add(operation[1])
    return not made.isdisjoint(ref for ref in (*holder.facts.returns, *holder.facts.yields) if type(ref) is int)


def _made_of(operation: list[Any]) -> list[Ref]:
    """What a value holds, is a copy of, or was made by a call of."""
    match operation[0]:
        case Op.COPY | Op.NARROW:
            return operation[2:3]
        case Op.DECORATE:
            return operation[2:4]
        case Op.CONTAINER:
            return list(operation[3])
        case Op.CALL:
            return [*operation[3], *(ref for _, ref in operation[4])]
    return []


def places_of_parameters(helper: Scope, lines: set[int] | None = None) -> dict[tuple[str, int], set[_Parameter]]:
    """Where a parameter of ``helper``, or of a function around it, is called or given on: kind of dependency, line.

    Only ``lines`` are looked at, if they are given.
    """
    found: dict[tuple[str, int], set[_Parameter]] = {}
    if not any(outer.facts.parameters for outer in _around(helper)):
        return found
    for operation in helper.facts.ops:
        if operation[0] == Op.CALL and (lines is None or operation[-1] in lines):
            called = _parameter(helper, operation[2])
            if called is not None:
                found.setdefault(("call", operation[-1]), set()).add(called)
            for ref in (*operation[3], *(ref for _, ref in operation[4])):
                given = _parameter(helper, ref)
                if given is not None:
                    found.setdefault(("callback", operation[-1]), set()).add(given)
    return found


def _around(function: Scope) -> Iterator[Scope]:
    """A function and those around it."""
    outer: Scope | None = function
    while outer is not None:
        if outer.is_function:
            yield outer
        outer = outer.parent


def _parameter(function: Scope, ref: Ref) -> _Parameter | None:
    """The parameter that a ref is, of the function itself or of one around it; not the object that a method is of."""
    name = parameter_of(function, ref)
    holder: Scope | None = function
    if not name:
        producers = function.operations_producing(ref)
        if len(producers) != 1 or producers[0][0] != Op.FREE:
            return None
        free = producers[0][2]
        holders = (f for f in _around(function) if f is not function and free in f.facts.names)
        holder = next(holders, None)
        name = parameter_of(holder, holder.facts.names[free]) if holder is not None else ""
    if holder is None or not name or (_takes_its_object(holder) and name == holder.facts.parameters[0][0]):
        return None
    return holder, name


def _takes_its_object(function: Scope) -> bool:
    return function.is_method and function.facts.flavour != "static"
