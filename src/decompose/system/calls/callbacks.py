"""Callbacks that a helper is given and gives on: who reaches them is who gave them, not everybody who calls the helper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.linking.solver import MANY_VALUES
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.givers import Giver, Givers
from decompose.system.calls.handed_parameters import Parameter, places_of_parameters
from decompose.system.calls.placement import Placement
from decompose.system.calls.running import RUNNING, Runs
from decompose.system.model import Dependency, HandedOver


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
        self._givers = Givers(linked, placement, arguments)

    def told_of_givers(self, dependencies: Iterable[Dependency]) -> list[Dependency]:
        """``dependencies`` in which a function that comes in by a parameter is reached from who gives it.

        ``def loads(text, hook=None): return json.loads(text, object_hook=hook)`` calls every hook that anybody gives it, but for
        each caller only its own. Where nobody is seen to give it the helper keeps it, unless so much may come in that each is a guess.
        """
        dependencies = list(dependencies)
        runs = Runs(dependencies)
        coming_in = _ComingIn(self.linked, dependencies)
        by_nobody: dict[tuple[str, int], list[Dependency]] = {}
        kept: dict[Dependency, None] = {}
        handed: dict[Handed, None] = {}
        for dependency in dependencies:
            # A function that another one only leaves somewhere runs for whoever finds it there.
            brought = {p for p in coming_in.parameters(dependency) if runs.inside(p[0], dependency.source)}
            targets = coming_in.functions.get(dependency.target, ()) if brought else ()
            given = [(t.index, of[t.index]) for of in map(self._of, brought) for t in targets if t.index in of]
            givers = self._acting_givers(dependency, given, brought, runs)
            to = dependency.target, dependency.target_unit
            for source, unit, file, line in givers:
                kept[msgspec.structs.replace(dependency, source=source, source_unit=unit, file=file, line=line)] = None
                handed[Handed(dependency.source, dependency.line, (source, unit), line, to)] = None
            told_elsewhere = not any(of for _, of in given) if given else self._is_own_lambda(brought, targets)
            if givers or told_elsewhere:
                # A decorator gives what it decorates: who calls that comes to it anyhow. What a lambda does, its function does.
                self.handed_over.append(HandedOver(call=dependency, givers=tuple(givers)))
            elif given or not targets or dependency.resolution == "exact":
                kept[dependency] = None  # nobody is seen to give it for this unit
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
            for parameter in sorted(parameters, key=lambda p: (p[0].index, p[1])) if kind == "call" else ():
                for index, givers in sorted(self._of(parameter).items()):
                    given, target, inside = self.linked.program.scopes[index], None, (0, 0)
                    if given.library:
                        continue
                    if given.facts.kind == ScopeKind.LAMBDA:
                        inside = given.facts.line, max(given.facts.end_line, given.facts.line)
                    else:
                        target = given.definition, self.placement.unit_of(given)
                    for source, unit, _, at in sorted(givers):
                        yield Handed(helper.definition, line, (source, unit), at, target, inside)

    def _of(self, parameter: Parameter) -> dict[int, set[Giver]]:
        return self._givers.of(*parameter)

    def _acting_givers(
        self, call: Dependency, given: Sequence[tuple[int, set[Giver]]], brought: set[Parameter], runs: Runs
    ) -> list[Giver]:
        """Those who give what is called, for the unit that acts."""
        found = {g for index, givers in given for g in givers if self._givers.gives_for(g, index, call.target_unit)}
        only_keep = {g for g in found & self._givers.storing if not runs.calls(g[0], brought)}
        if only_keep:
            # Whoever calls the helper later runs what was kept with it.
            found = {*found - only_keep, (call.source, call.source_unit, call.file, call.line)}
        return sorted(found)

    def _is_own_lambda(self, brought: set[Parameter], targets: Sequence[Scope]) -> bool:
        """Whether the first of ``targets`` is the function that holds a lambda that is given."""
        scopes = self.linked.program.scopes
        given = (scopes[index] for parameter in brought for index in self._of(parameter)) if targets else ()
        return any(g.facts.kind == ScopeKind.LAMBDA and g.definition == targets[0].definition for g in given)


class _ComingIn:
    """Which dependencies of a program are on what a parameter brings."""

    def __init__(self, linked: Linked, dependencies: Iterable[Dependency]) -> None:
        self.functions: dict[str, list[Scope]] = {}
        """Definition -> its function, and the functions without a name that are part of it."""
        for scope in linked.program.scopes:
            if scope.is_function and not scope.library:
                self.functions.setdefault(scope.definition, []).append(scope)
        self._lines: dict[str, set[int]] = {}
        for dependency in dependencies:
            if dependency.kind in RUNNING:
                self._lines.setdefault(dependency.source, set()).add(dependency.line)
        self._places: dict[str, dict[tuple[str, int], set[Parameter]]] = {}

    def parameters(self, dependency: Dependency) -> Iterable[Parameter]:
        """The parameters that may bring what a function calls, or gives on, at the line of a dependency."""
        kind = RUNNING.get(dependency.kind)
        if kind is None:
            return ()
        places = self._places.get(dependency.source)
        if places is None:
            places = self._places[dependency.source] = {}
            for function in self.functions.get(dependency.source, ()):
                for where, which in places_of_parameters(function, self._lines[dependency.source]).items():
                    places.setdefault(where, set()).update(which)
        return places.get((kind, dependency.line), ())
