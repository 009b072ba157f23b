"""Which parameters of a function say what tables it touches, or whom it calls for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from decompose.facts import Op, ScopeKind
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Arguments, Given, parameter_of
from decompose.system.model import Access, Dependency
from decompose.system.transactions.brought import Brought, Sources, function_around
from decompose.system.transactions.looked_up import LookedUp
from decompose.system.transactions.related import parameter_in

SEVERAL = 2
_MAX_ROUNDS = 4_000
_MAX_STEPS = 6


class TellingParameters:
    """Found from the lines that may touch one of several tables, and from there in those who only hand on what tells it."""

    def __init__(
        self,
        linked: Linked,
        arguments: Arguments,
        brought: Brought,
        accesses: Iterable[Access],
        dependencies: Iterable[Dependency],
    ) -> None:
        self.linked = linked
        self.arguments = arguments
        self.brought = brought
        self.of: dict[str, set[str]] = {}
        """Definition -> its parameters that say which tables are touched, or whom it calls."""
        self.naming: dict[str, set[str]] = {}
        """Those of them that are the name of a method, or by which a table is asked for a function."""
        self.by_name: dict[tuple[str, int], str] = {}
        """Definition and line of a call of ``getattr(one, name)`` or ``table[name]`` -> the parameter that is the name."""
        self.looked_up = LookedUp(linked)
        self.of_several = _several_tables(accesses)
        self.calls_of_several = _several_units(dependencies)
        self._find_telling()

    def _find_telling(self) -> None:
        waiting = sorted({*self.of_several, *self.calls_of_several})
        for definition in waiting:
            lines = {*self.of_several.get(definition, ()), *self.calls_of_several.get(definition, ())}
            self._find_naming(definition)
            telling: dict[str, set[str]] = {}
            frames = self.frames.get(definition, ())
            if len(frozenset().union(*(self.brought.given(frame) for frame in frames))) < SEVERAL:
                continue
            for frame in frames:
                for line in sorted(lines):
                    for table, leaves in self.brought.on_line(frame, line).items():
                        if "" not in leaves:
                            for leaf in leaves:
                                telling.setdefault(leaf, set()).add(table)
            found = {parameter_in(leaf) for leaf, tables in telling.items() if len(tables) > 1}
            if found:
                self.of.setdefault(definition, set()).update(found)
        waiting = sorted(self.of)
        rounds = 0
        while waiting and rounds < _MAX_ROUNDS:
            rounds += 1
            waiting += self._spread(waiting.pop())

    def _find_naming(self, definition: str) -> None:
        lines = self.calls_of_several.get(definition, ())
        for function in self.functions.get(definition, ()) if lines else ():
            for operation in function.facts.ops if function.facts.parameters else ():
                if operation[0] == Op.CALL and operation[-1] in lines:
                    name = _method_name(function, operation[2]) or self.looked_up.parameter(
                        self.frames.get(definition, ()), function, operation
                    )
                    if name:
                        self.by_name[definition, operation[-1]] = name
                        self.naming.setdefault(definition, set()).add(name)
                        self.of.setdefault(definition, set()).add(name)

    def _spread(self, definition: str) -> list[str]:
        """The callers that only hand on what says which tables are touched: theirs say it as well."""
        wanted: dict[str, dict[str, set[str]]] = {}
        naming = self.naming.get(definition, set())
        named: dict[str, set[str]] = {}
        for given, function in self.calls(definition):
            caller = given.site.frame.scope.definition
            for name in sorted(naming):
                handed = parameter_of(given.site.frame.scope, given_for(given, function, name))
                if handed:
                    named.setdefault(caller, set()).add(handed)
            for name in sorted(self.of[definition] - naming):
                for table, leaves in self.brought_by(given, function, name).items():
                    if "" not in leaves:
                        for leaf in leaves:
                            wanted.setdefault(caller, {}).setdefault(leaf, set()).add(table)
        further = []
        for caller, parameters in sorted(wanted.items()):
            several = {parameter_in(leaf) for leaf, tables in parameters.items() if len(tables) > 1}
            if not several <= self.of.get(caller, set()):
                self.of.setdefault(caller, set()).update(several)
                further.append(caller)
        for caller, names in sorted(named.items()):
            if not names <= self.naming.get(caller, set()):
                self.naming.setdefault(caller, set()).update(names)
                self.of.setdefault(caller, set()).update(names)
                further.append(caller)
        return further

    def is_named(self, definition: str, line: int, target: str, names: Collection[str]) -> bool:
        """Whether a line that calls by a name calls a target where that is one of some."""
        looked_up = self.looked_up.may_call(definition, line, target, names)
        return target.rpartition(".")[2] in names if looked_up is None else looked_up

    def calls(self, definition: str) -> Iterator[tuple[Given, Scope]]:
        """Each call of a definition with the function that is called, also through what decorates it."""
        for function in self.functions.get(definition, ()):
            for given in self.arguments.given_directly(function):
                yield given, function
            yield from ((given, function) for given in self._through_decorators.get(function.index, ()))

    @cached_property
    def _through_decorators(self) -> dict[int, list[Given]]:
        """Function -> the calls of what decorates it, which hands on what it is given."""
        found: dict[int, list[Given]] = {}
        engine = self.linked.engine
        for site in engine.sites:
            for frame, receiver in site.wrappers.items() if site.kind == "call" else ():
                for function in engine.decorated(engine.frames[frame]):
                    found.setdefault(function.index, []).append(Given(site, -(receiver >= 0), int(receiver >= 0)))
        return found

    def brought_by(self, given: Given, function: Scope, name: str) -> Sources:
        """The tables that a call brings by a parameter, each with the parameters of the caller that it comes in by."""
        site = given.site
        position = next((i for i, p in enumerate(function.facts.parameters) if p[0] == name), -1)
        kind = function.facts.parameters[position][4] if position >= 0 else ParameterKind.STAR_STAR
        if kind == ParameterKind.STAR_STAR:
            return {}
        if any(asked.name == name for asked in self.brought.asked.of(function).values()):
            ref = given.argument(function, name)
            frames = self.frames.get(function.definition, ())
            named = self.brought.of_attribute(frames, name, ref) if isinstance(ref, str) else ()
            return dict.fromkeys(named, frozenset({""}))
        own = self.brought.by_receiver(site) if given.first and not position else {}
        if own and kind != ParameterKind.STAR:
            return own
        ref = given.argument(function, name) if kind != ParameterKind.STAR else -1
        if ref != -1:
            return self.brought.of(site.frame, ref)
        rest = site.arguments[max(position + given.shift, 0) :] if kind == ParameterKind.STAR else site.arguments
        found = dict(own)
        for argument in rest:
            if kind == ParameterKind.STAR or isinstance(argument, list):
                for table, leaves in self.brought.of(site.frame, argument).items():
                    found[table] = found.get(table, frozenset()) | leaves
        return found

    @cached_property
    def functions(self) -> dict[str, list[Scope]]:
        """Definition -> the functions that have its name."""
        found: dict[str, list[Scope]] = {}
        for scope in self.linked.program.scopes:
            if scope.facts.kind == ScopeKind.FUNCTION and not scope.library:
                found.setdefault(scope.definition, []).append(scope)
        return found

    @cached_property
    def frames(self) -> dict[str, list[Frame]]:
        """The frames of the definitions that touch one of several tables, or call for one of several units."""
        wanted = {*self.of_several, *self.calls_of_several}
        found: dict[str, list[Frame]] = {}
        for frame in self.linked.engine.frames:
            scope = function_around(frame).scope
            named = scope.facts.kind == ScopeKind.FUNCTION and bool(scope.facts.parameters)
            if named and not scope.library and scope.definition in wanted:
                found.setdefault(scope.definition, []).append(frame)
        return found


def given_for(given: Given, function: Scope, name: str) -> Ref:
    """What a call gives for a parameter; -1 where that is not known, or the function has none of this name."""
    return given.argument(function, name) if any(p[0] == name for p in function.facts.parameters) else -1


def _method_name(function: Scope, ref: Ref) -> str:
    """The parameter by whose value ``getattr(one, name)`` has found what is called; empty where that is not how."""
    for _ in range(_MAX_STEPS):
        producers = function.operations_producing(ref)
        if len(producers) != 1:
            return ""
        operation = producers[0]
        if operation[0] == Op.COPY:
            ref = operation[2]
            continue
        asked = function.operations_producing(operation[2]) if operation[0] == Op.CALL else []
        if len(operation[3] if asked else ()) > 1 and any(o[0] == Op.FREE and o[2] == "getattr" for o in asked):
            return parameter_of(function, operation[3][1])
        return ""
    return ""


def _several_tables(accesses: Iterable[Access]) -> dict[str, set[int]]:
    """Definition -> its lines that may read, or may write, one of several tables."""
    tables: dict[tuple[str, int, str, bool], set[str]] = {}
    for a in accesses:
        tables.setdefault((a.definition, a.line, a.unit, a.operation == "read"), set()).add(a.table)
    return _lines_of_several((key[:2], touched) for key, touched in tables.items())


def _several_units(dependencies: Iterable[Dependency]) -> dict[str, set[int]]:
    """Definition -> its lines that call the same for one of several units."""
    units: dict[tuple[str, int, str], set[str]] = {}
    for d in dependencies:
        if d.runs and d.resolution != "guessed" and d.kind != "task":
            units.setdefault((d.source, d.line, d.source_unit), set()).add(d.target_unit)
    return _lines_of_several((key[:2], acting) for key, acting in units.items())


def _lines_of_several(found: Iterable[tuple[tuple[str, int], set[str]]]) -> dict[str, set[int]]:
    lines: dict[str, set[int]] = {}
    for (definition, line), things in found:
        if len(things) >= SEVERAL:
            lines.setdefault(definition, set()).add(line)
    return lines
