"""Flushes that a function makes only if it is asked to: ``def save(row, commit=False): ...; if commit: session.commit()``.

What such a function leaves pending is pending with callers that do not ask for it: by a constant, or by leaving the argument out.
A caller that hands on an argument of its own makes its own callers decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Arguments, Given
from decompose.system.calls.given_constants import constant_given, handed_on, leaves_out, otherwise
from decompose.system.model import Dependency

Path = frozenset[tuple[str, str, str]]
"""A way to a flush: the arguments that can leave it out, each with the first letters of the constants that do, and what counts where
none is given. Empty: none can."""

SURELY: Path = frozenset()
_SOMEHOW: Path = frozenset({("", "", "")})
"""There are so many ways that no call is taken to leave all of them out."""

_MAX_PATHS = 8


class Ways(NamedTuple):
    """Those from a call to a flush, by the arguments of the caller. ``asked``: those that the function called would leave out for others."""

    all: frozenset[Path]
    asked: frozenset[Path]

    def left_out_by_default(self) -> bool:
        """Whether the function called is not asked to flush where nobody gives the caller's arguments."""
        return all(any(d and d[0] in without for _, without, d in path) for path in self.asked)


_UNKNOWN = Ways(frozenset({SURELY}), frozenset({SURELY}))


class AskedFlushes:
    """Answers for one linked program. ``flushing``: definition -> the lines where it flushes."""

    def __init__(
        self,
        linked: Linked,
        arguments: Arguments,
        flushing: Mapping[str, set[int]],
        dependencies: Iterable[Dependency],
    ) -> None:
        self._arguments = arguments
        self._scopes: dict[str, list[Scope]] = {}
        for scope in linked.program.scopes:
            if scope.is_function and not scope.library:
                self._scopes.setdefault(scope.definition, []).append(scope)
        self._sites: dict[str, dict[tuple[str, int], list[tuple[Given, Scope]]]] = {}
        self._paths: dict[str, frozenset[Path]] = {}
        self._at_calls: dict[tuple[str, int, str], Ways] = {}
        for definition, lines in flushing.items():
            self._paths[definition] = _few({self.leaving_out(definition, line) for line in lines})
        if any(paths != {SURELY} for paths in self._paths.values()):
            self._follow(dependencies)

    def of_call(self, source: str, line: int, target: str) -> Ways:
        """The ways from a call to a flush; none where what it gives leaves them all out."""
        return self._at_calls.get((source, line, target), _UNKNOWN)

    def leaving_out(self, definition: str, line: int) -> Path:
        """The arguments of a function by which a line of it does not run."""
        scopes = self._scopes.get(definition, ())
        if len(scopes) != 1:
            return SURELY
        switches = scopes[0].facts.switches
        return frozenset(
            (str(name), str(without), otherwise(scopes[0], str(name)))
            for first, last, name, without in switches
            if first <= line <= last
        )

    def _follow(self, dependencies: Iterable[Dependency]) -> None:
        calls: dict[str, set[tuple[str, int]]] = {}
        for d in dependencies:
            if d.runs:
                calls.setdefault(d.target, set()).add((d.source, d.line))
        waiting = sorted(self._paths)
        while waiting:
            target = waiting.pop()
            for source, line in sorted(calls.get(target, ())):
                ways = self._at_calls[source, line, target] = self._ways(source, line, target)
                known = self._paths.get(source, frozenset())
                together = _few(known | ways.all)
                if together != known:
                    self._paths[source] = together
                    waiting.append(source)

    def _ways(self, source: str, line: int, target: str) -> Ways:
        here, paths = self.leaving_out(source, line), self._paths[target]
        asked = [path for path in paths if path]
        sites = self._sites_of(target).get((source, line), []) if asked else []
        left: set[Path] = set() if sites or not asked else {here}
        for given, function in sites:
            left.update(here | path for path in (_at(given, function, path) for path in asked) if path is not None)
        return Ways(_few(left | {here} if SURELY in paths else left), _few(left))

    def _sites_of(self, target: str) -> dict[tuple[str, int], list[tuple[Given, Scope]]]:
        known = self._sites.get(target)
        if known is None:
            known = self._sites[target] = {}
            for function in self._scopes.get(target, ()):
                for given in self._arguments.given_or_made(function):
                    place = given.site.frame.scope.definition, given.site.line
                    known.setdefault(place, []).append((given, function))
        return known


def _at(given: Given, function: Scope, path: Path) -> Path | None:
    """A way to a flush by the arguments of who calls; None where the call leaves it out."""
    handed: set[tuple[str, str, str]] = set()
    for name, without, default in path if path != _SOMEHOW else ():
        constant = constant_given(given, function, name)
        if not constant and leaves_out(given, function, name):
            constant = default
        if constant and constant[0] in without:
            return None
        own = handed_on(given, function, name) if not constant else ""
        if own:
            caller = given.site.frame.scope
            named = own in caller.parameter_names().values()
            handed.add((own, without, otherwise(caller, own) or ("" if named else default)))
    return frozenset(handed)


def _few(paths: Iterable[Path]) -> frozenset[Path]:
    found = frozenset(paths)
    return found if len(found) <= _MAX_PATHS else (found & {SURELY}) | {_SOMEHOW}
