"""Statements that the application's own functions are given and run: what they do is done by who gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.calls.outside import PASSED
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.sql_found import SqlUse
from decompose.linking.values import Value
from decompose.system.calls.arguments import Arguments

_MAX_STEPS = 30

RUN_BY = "run by "
"""How a rule begins by which SQL is run that is given to a function of the application; its name follows."""

Place = tuple[int, int]
"""Scope, line."""


class Handed:
    """The functions that run what a parameter of theirs holds, found from where a library runs it, and their callers."""

    def __init__(self, linked: Linked, arguments: Arguments) -> None:
        self.linked = linked
        self.arguments = arguments
        self.inside: set[Place] = set()
        """Where a library runs what its function was given."""
        self._handing: dict[Place, list[tuple[Site, Ref, Scope, str]]] = {}
        for site, ref in self._run():
            place = (site.frame.scope.index, site.line)
            given = made_from(site.frame.scope, ref) or self._naming_files(site, ref)
            if given and place not in self.inside:
                self.inside.add(place)
                self._handing[place] = list(self._search(given))

    def uses(self, places: Iterable[Place]) -> Iterator[SqlUse]:
        """Each SQL text that is run at one of ``places``, where it is given to a function of the application."""
        for place in sorted(places):
            for site, ref, function, parameter in self._handing[place]:
                runner = function.definition.rpartition(":")[2]
                for value in self._texts(site, ref, function, parameter):
                    yield SqlUse(site.frame.scope.index, site.frame.receiver, value, f"{RUN_BY}{runner}", site.line)

    def _naming_files(self, site: Site, ref: Ref) -> list[tuple[Scope, str]]:
        """The parameters that name the file of the statement, if it stands in one that the function reads."""
        function, engine = site.frame.scope, self.linked.engine
        named = sorted({name for index, name, _ in engine.sql.read_by_name if index == function.index})
        if not named or engine.sql.places_of_files.keys().isdisjoint(self.linked.argument_values(site, ref)):
            return []
        return [(function, name) for name in named]

    def _texts(self, site: Site, ref: Ref, function: Scope, parameter: str) -> list[Value]:
        """The SQL that a call gives for a parameter, or that of the file which it names."""
        named = self.linked.constant(site.frame.scope, ref) if self.linked.engine.sql.read_by_name else None
        read = (
            self.linked.engine.sql.read_by_name.get((function.index, parameter, named))
            if isinstance(named, str)
            else None
        )
        given = self.linked.argument_values(site, ref) if read is None else [read]
        return [value for value in given if self.linked.values[value][0] == "Q"]

    def is_told(self, place: Place) -> bool:
        """Whether somebody is known to give text to what runs at a place."""
        return place in self.inside and next(self.uses([place]), None) is not None

    def _search(self, waiting: list[tuple[Scope, str]]) -> Iterator[tuple[Site, Ref, Scope, str]]:
        """Who says what the parameters hold: the calls that do not hand on what they were given themselves."""
        known = {(function.index, name) for function, name in waiting}
        while waiting:
            function, name = waiting.pop()
            for given in self.arguments.given_or_made(function):
                ref = given.argument(function, name)
                further = made_from(given.site.frame.scope, ref) if ref != -1 else []
                if ref != -1 and not further:
                    yield given.site, ref, function, name
                for outer, parameter in further:
                    if (outer.index, parameter) not in known:
                        known.add((outer.index, parameter))
                        waiting.append((outer, parameter))

    def _run(self) -> Iterator[tuple[Site, Ref]]:
        """The calls that run a statement: of a library that says so, and of something unknown that is given SQL."""
        for site, ref in self.linked.statements_run():
            if not site.frame.scope.library:
                yield site, ref
        passed = {(use.scope, use.line) for use in self.linked.engine.sql.uses if use.rule == PASSED}
        for site in self.linked.engine.sites if passed else ():
            if (site.frame.scope.index, site.line) in passed:
                for ref in site.arguments:
                    if type(ref) is int and any(
                        self.linked.values[value][0] == "Q" for value in self.linked.argument_values(site, ref)
                    ):
                        yield site, ref


def made_from(scope: Scope, ref: Ref) -> list[tuple[Scope, str]]:
    """The parameters, each with its function, of which a statement is made; none where text of the scope's own is in it."""
    found: dict[tuple[int, str], tuple[Scope, str]] = {}
    waiting, seen = [ref], set[int]()
    while waiting:
        ref = waiting.pop()
        if isinstance(ref, str):
            return []
        if isinstance(ref, list) and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0 or ref in seen or len(seen) > _MAX_STEPS:
            continue
        seen.add(ref)
        name = next((str(p[0]) for p in scope.facts.parameters if p[1] == ref), "")
        if name and scope.is_function:
            found[scope.index, name] = (scope, name)
        for operation in scope.operations_producing(ref):
            match operation[0]:
                case Op.COPY | Op.NARROW | Op.ENTER:
                    waiting.append(operation[2])
                case Op.BINARY:
                    waiting += operation[2:4]
                case Op.CALL:
                    waiting += operation[3]
                    waiting += [o[2] for o in scope.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE]
                case Op.FREE if (outer := _outer_parameter(scope, operation[2])) is not None:
                    found[outer.index, operation[2]] = (outer, operation[2])
    return [found[key] for key in sorted(found)]


def _outer_parameter(scope: Scope, name: str) -> Scope | None:
    """The function around ``scope`` that has a parameter of that name, unless another means it."""
    outer = scope.parent
    while outer is not None and outer.is_function:
        if any(p[0] == name for p in outer.facts.parameters):
            return outer
        if name in outer.facts.names:
            return None
        outer = outer.parent
    return None
