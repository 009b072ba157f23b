"""Linked calls -> dependencies with evidence, and how every call site was resolved."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import compress
from typing import NamedTuple

from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.calls.abstract_methods import AbstractMethods
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.evidence import Key, in_order, told_by
from decompose.system.calls.external import ExternalNames
from decompose.system.calls.guesses import Guesses
from decompose.system.calls.implied import implied_edges
from decompose.system.calls.in_tests import InTests, Lines
from decompose.system.calls.instead_of_queue import told_of_queues
from decompose.system.calls.internal import application_edges, calls_lambda, edges_through_decorators, put_off_scopes
from decompose.system.calls.placement import Placement, without_inherited_copies
from decompose.system.calls.plain_values import PlainValues
from decompose.system.calls.unresolved import unresolved
from decompose.system.model import BlindSpot, CallCounts, Dependency, Resolution

_PLAIN = "plain data followed back"
"""The rule of a call of a method of text, numbers and the like."""

INSTEAD = "a subclass does what the method here refuses"
"""The rule of a call of a method that only raises ``NotImplementedError``, told of those that take its place."""

_RANK: dict[Resolution, int] = {"exact": 0, "inferred": 1, "guessed": 2}

_Place = tuple[str, str, str, int]


class Calls(NamedTuple):
    """Everything that the call sites led to."""

    dependencies: list[Dependency]
    external: list[Dependency]
    blind_spots: list[BlindSpot]
    counts: CallCounts
    put_off: dict[str, Lines]
    """Definition -> first and last lines of code in it that runs after the transaction only, such as a ``lambda``, or in tests only."""


def calls_of(linked: Linked, placement: Placement, arguments: Arguments) -> Calls:
    """Resolve every call site of the application."""
    sites: dict[tuple[int, int], list[Site]] = defaultdict(list)
    for site in linked.engine.sites:
        scope = site.frame.scope
        if not scope.library:
            sites[scope.index, site.operation[1]].append(site)
    found = _Found(linked, placement, PlainValues(linked, arguments, sites))
    for same in sites.values():
        found.resolve(same)
    for dependency, is_doubtful in implied_edges(linked, placement):
        found.keep(dependency, doubtful=is_doubtful)
    in_tests = InTests(linked)
    return Calls(
        told_of_queues(linked, in_tests.told(found.dependencies())),
        sorted(found.external.values(), key=in_order),
        found.blind,
        CallCounts(**found.counts),
        _lines_put_off(linked, found.put_off, in_tests.lines()),
    )


class _Found:
    """Collects what each call site, in all frames of its function, was found to call."""

    def __init__(self, linked: Linked, placement: Placement, plain_values: PlainValues) -> None:
        self.linked = linked
        self.placement = placement
        self.external: dict[tuple[str, str, int], Dependency] = {}
        self.blind: list[BlindSpot] = []
        self.counts = {"exact": 0, "inferred": 0, "guessed": 0, "external": 0, "unresolved": 0}
        self.put_off = put_off_scopes(linked)
        self._edges: dict[Key, Dependency] = {}
        self._doubtful: set[_Place] = set()
        self._certain: set[_Place] = set()
        self._external_names = ExternalNames(linked)
        self._unseen_receivers: dict[tuple[int, Value], bool] = {}
        self._abstract_methods = AbstractMethods(linked)
        self._guesses = Guesses(linked, placement)
        self._plain_values = plain_values

    def resolve(self, same: list[Site]) -> None:
        """Note what one call leads to, and how well that is known; ``same``: its sites in all frames of the function."""
        # What depends on the receiver is told by the receivers that are seen, if there are any.
        seen = [not self._acts_unseen(site) for site in same] if len(same) > 1 else [True]
        telling = seen if any(seen) else [True] * len(same)
        best = self._called_inside(same, telling)
        if id(same[0].operation) in self.linked.program.rendered.operations:
            return  # no code calls it
        for site in compress(same, telling):
            if site.external or site.targets:
                self._note_called_outside(site)
        first = same[0]
        if best is not None:
            self.counts[best] += 1
        elif any(site.external or any(kind == "library" for *_, kind in site.targets) for site in same):
            self.counts["external"] += 1
        elif method := self.linked.engine.attempt(partial(self._plain_values.method_called, first), "", first):
            self.counts["external"] += 1
            self._keep_external(
                told_by(
                    self.placement, first, f"builtins:{method}", kind=first.kind, resolution="inferred", rule=_PLAIN
                )
            )
        elif guess := self._guesses.guess(first):
            self.counts["guessed"] += 1
            self._keep(guess)
        else:
            self.counts["unresolved"] += 1
            if first.kind == "call":
                self.blind.append(unresolved(first.frame.scope, first, self.linked))

    def _called_inside(self, same: list[Site], telling: list[bool]) -> Resolution | None:
        """Keep what is called in the application, certain only where a site is ``telling``; the best resolution of it."""
        best: Resolution | None = None
        if not any(site.wrappers or _leads_inside(site) for site in same):
            return best
        promising = self._abstract_methods.left_out(same)
        for site, tells in zip(same, telling, strict=True):
            scope, seen = site.frame.scope, self.linked.seen
            told = (
                application_edges(self.linked, self.placement, site, self.put_off, promising)
                if _leads_inside(site)
                else ()
            )
            for dependency, receiver in told:
                if not (dependency.source == dependency.target and calls_lambda(self.linked, site)):
                    own = seen.is_own_class(scope, receiver) and seen.own_calls_are_unseen(scope, site.frame.receiver)
                    self.keep(dependency, doubtful=own or not tells)
                if best is None or _RANK[dependency.resolution] < _RANK[best]:
                    best = dependency.resolution
            if site.wrappers and site.kind != "decorate":
                for dependency in edges_through_decorators(self.linked, self.placement, site):
                    self._keep(dependency)
        for method, receiver in self._abstract_methods.done_instead(same) if best is not None else ():
            unit = self.placement.acting_unit(method, receiver)
            self._keep(
                told_by(
                    self.placement, same[0], method.definition, resolution="inferred", rule=INSTEAD, target_unit=unit
                )
            )
        return best

    def _note_called_outside(self, site: Site) -> None:
        for name in self._external_names.of(site):
            if (site.frame.scope.definition, name, site.line) not in self.external:
                self._keep_external(told_by(self.placement, site, name, kind=site.kind))

    def _keep_external(self, dependency: Dependency) -> None:
        self.external.setdefault((dependency.source, dependency.target, dependency.line), dependency)

    def keep(self, dependency: Dependency, *, doubtful: bool) -> None:
        """Keep a dependency; a ``doubtful`` one only if it is certain for somebody else at that place."""
        self._keep(dependency)
        (self._doubtful if doubtful else self._certain).add(_place(dependency))

    def _keep(self, dependency: Dependency) -> None:
        known = self._edges.setdefault(in_order(dependency), dependency)
        if known is not dependency and _strength(dependency) < _strength(known):
            self._edges[in_order(dependency)] = dependency

    def dependencies(self) -> list[Dependency]:
        """All that hold for what is seen in the program."""
        told = without_inherited_copies(
            (self._edges[key] for key in sorted(self._edges)),
            self.placement,
            lambda d: ((d.source, d.kind, d.line), d.source_unit, d.target),
        )
        doubtful = self._doubtful - self._certain
        return [dependency for dependency in told if _place(dependency) not in doubtful]

    def _acts_unseen(self, site: Site) -> bool:
        """Whether a site is in a method that, as far as is in view, acts for subclasses only."""
        key = (site.frame.scope.index, site.frame.receiver)
        answer = self._unseen_receivers.get(key)
        if answer is None:
            answer = self._unseen_receivers[key] = _is_for_subclasses(
                self.linked, site.frame.scope, site.frame.receiver
            )
        return answer


def _is_for_subclasses(linked: Linked, scope: Scope, receiver: Value) -> bool:
    if linked.seen.own_calls_are_unseen(scope, receiver):
        return True
    description = linked.values[receiver] if receiver >= 0 else ("",)
    between = description[0] in ("I", "C") and description[1] in linked.hierarchy.subclasses
    return between and linked.seen.acts_unseen(scope, receiver)


def _leads_inside(site: Site) -> bool:
    for _, _, kind in site.targets:  # noqa: SIM110 - asked of each call, and a generator takes twice as long
        if kind != "library":
            return True
    return False


def _lines_put_off(linked: Linked, put_off: set[int], found: dict[str, Lines]) -> dict[str, Lines]:
    for index in sorted(put_off):
        scope = linked.program.scopes[index]
        found[scope.definition] = (*found.get(scope.definition, ()), (scope.facts.line, scope.facts.end_line))
    return found


def _place(dependency: Dependency) -> tuple[str, str, str, int]:
    return dependency.source, dependency.target, dependency.kind, dependency.line


def _strength(dependency: Dependency) -> tuple[int, str]:
    """Better founded first; of two rules that say the same always the same one, in whatever order they were met."""
    return _RANK[dependency.resolution], dependency.rule
