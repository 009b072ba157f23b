"""What a call site calls in the application, and how the callee was named."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.calls.by_chance import crowd, is_crowded, reached_by
from decompose.linking.effects import effects_of, functions_with_effect
from decompose.linking.frames import Site, Target
from decompose.linking.program import Scope
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value
from decompose.system.calls.evidence import not_certain, told_by
from decompose.system.calls.placement import Placement
from decompose.system.model import (
    AFTER_COMMIT,
    BY_ATTRIBUTE,
    BY_LIBRARY,
    BY_NAME,
    BY_VALUE,
    GIVEN,
    GIVEN_AROUND,
    ONE_OF,
    PASSED_OUTSIDE,
    RUNS_DECORATED,
    THROUGH_DECORATOR,
    Dependency,
    Resolution,
)

_MAKERS = frozenset({"__new__", "__call__"})
"""Methods that run whenever an object of a class is made: its own, and its metaclass's."""


def put_off_scopes(linked: Linked) -> set[int]:
    """The functions without a name that run after the transaction only."""
    putting_off = set(functions_with_effect(linked.engine, "after_commit"))
    calls = (site for site in (linked.engine.sites if putting_off else ()) for t in site.targets if t[0] in putting_off)
    given = {target[0] for site in calls for target in site.targets}
    return {index for index in given if linked.program.scopes[index].facts.kind == ScopeKind.LAMBDA}


def application_edges(
    linked: Linked, placement: Placement, site: Site, put_off_scopes: set[int], left_out: Collection[int]
) -> Iterator[tuple[Dependency, Value]]:
    """What a site calls in the application, each with the receiver of the call."""
    targets = [(t, certain) for t, certain in site.targets.items() if t[2] != "library" and t[0] not in left_out]
    if not targets:
        return
    scope, scopes = site.frame.scope, linked.program.scopes
    called = _alternatives(linked, [target for target, _ in targets]) if len(targets) > 1 else ()
    wrapped = [function.index for function in linked.engine.decorated(site.frame.parent, between=True)]
    if any(kind == "callback" and not certain for (_, _, kind), certain in targets):
        # A decorator hands it over for later, as to a registry of tasks.
        wrapped += (function.index for function in linked.decorated_with(scope))
    how = _how(scope, site)
    arbitrary = _reached_by_chance(linked, site, called)
    unlike = crowd(linked.engine, site)
    by_chance = _passed_by_chance(targets)
    if arbitrary and how == GIVEN_AROUND and scope.parent is not None:
        # What is decorated is known one by one, however much of it there is.
        decorated = linked.decorated_with(scope.parent)
        yield from ((told_by(placement, site, f.definition, rule=RUNS_DECORATED), -1) for f in decorated)
        targets = [told for told in targets if scopes[told[0][0]] not in decorated]
    put_off = AFTER_COMMIT if any(t[2] == "library" and _puts_off(linked, t[0]) for t in site.targets) else ""
    if scope.index in put_off_scopes:
        how = AFTER_COMMIT
    for (index, receiver, kind), certain in targets:
        target = scopes[index]
        resolution: Resolution = "exact"
        rule = how
        if arbitrary:
            resolution, rule = _guessed(arbitrary)
        elif unlike and certain and kind != "callback":
            resolution, rule = "guessed", f"asked of one of more than {unlike} unlike values"
        elif kind == "callback":
            resolution, rule = ("exact", put_off or BY_LIBRARY) if certain else ("inferred", PASSED_OUTSIDE)
            if by_chance and not certain:
                resolution, rule = "guessed", f"one of {by_chance} that are {PASSED_OUTSIDE}"
        elif not certain:
            resolution, rule = "inferred", not_certain(linked, receiver)
        elif len(called) > 1:
            resolution, rule = "inferred", f"{ONE_OF}{len(called)} that reach this call"
        yield (
            told_by(
                placement,
                site,
                target.definition,
                kind=kind,
                resolution=resolution,
                rule=RUNS_DECORATED if index in wrapped and kind in ("call", "callback") and not arbitrary else rule,
                target_unit=placement.acting_unit(target, receiver),
            ),
            receiver if kind != "construct" or receiver >= 0 else linked.class_value(index),
        )


def _alternatives(linked: Linked, targets: list[Target]) -> set[int]:
    """What may be called, each instead of the others: who makes a class runs what that makes its objects by, besides."""
    scopes, values = linked.program.scopes, linked.values
    made = {values[receiver][1] if receiver >= 0 else index for index, receiver, kind in targets if kind == "construct"}
    besides = {
        index
        for index, receiver, _ in targets
        if made
        and receiver >= 0
        and values[receiver][0] == "C"
        and values[receiver][1] in made
        and _makes(scopes[index])
    }
    return {index for index, _, kind in targets if kind != "callback" and index not in besides}


def _makes(function: Scope) -> bool:
    """Whether a function, called with a class, is what makes its objects, or a wrapper around that."""
    return function.facts.name in _MAKERS or (function.parent is not None and function.parent.is_function)


def _reached_by_chance(linked: Linked, site: Site, called: Collection[int]) -> int:
    """How many functions reach a site, where these are so many that it is a matter of chance which of them are known; else 0."""
    engine = linked.engine
    if site in engine.calls_by_chance.noted and not crowd(engine, site):
        return reached_by(engine, site)
    return len(called) if len(called) > MANY_VALUES and is_crowded(engine, site) else 0


def _passed_by_chance(targets: Collection[tuple[Target, bool]]) -> int:
    """How many functions one line gives to code that is not known, where these are more than anybody means to give; else 0.

    So many are what a container of mixed things happens to hold, and most are never called there.
    """
    given = {index for (index, _, kind), certain in targets if kind == "callback" and not certain}
    return len(given) if len(given) > MANY_VALUES else 0


def _guessed(count: int) -> tuple[Resolution, str]:
    return "guessed", f"one of more than {count} that reach this call"


def _puts_off(linked: Linked, index: int) -> bool:
    """Whether a library calls back only after the transaction."""
    scope = linked.program.scopes[index]
    return bool(scope.facts.decorators) and any(name == "after_commit" for name, _ in effects_of(linked.engine, scope))


def edges_through_decorators(linked: Linked, placement: Placement, site: Site) -> Iterator[Dependency]:
    """A call of a wrapper is a call of what it wraps, but for that of a wrapper around it: who calls that comes to both."""
    engine = linked.engine
    around = {function.index for function in engine.decorated(site.frame.parent, between=True)}
    # What a wrapper of a task wraps runs when the task does, not at once.
    later = all(kind == "task" for _, _, kind in site.targets if kind != "library")
    kind = "task" if later else THROUGH_DECORATOR
    called = {index for index, _, how in site.targets if how not in ("library", "callback")}
    resolution: Resolution = "exact"
    rule = BY_NAME
    if arbitrary := _reached_by_chance(linked, site, called):
        resolution, rule = _guessed(arbitrary)
    for frame, receiver in site.wrappers.items():
        for target in engine.decorated(engine.frames[frame], between=True):
            if target.index in around:
                continue
            acting = placement.acting_unit(target, receiver)
            yield told_by(
                placement, site, target.definition, kind=kind, resolution=resolution, rule=rule, target_unit=acting
            )


def calls_lambda(linked: Linked, site: Site) -> bool:
    """Whether a site calls a lambda: what it does, the function around it does."""
    return any(
        linked.program.scopes[index].facts.kind == ScopeKind.LAMBDA
        for index, _, kind in site.targets
        if kind != "library"
    )


def _how(scope: Scope, site: Site) -> str:
    """How the called value was named."""
    reference = site.operation[2]
    given = scope.parameter_names()
    if type(reference) is int and reference in given:
        return GIVEN
    for operation in scope.operations_producing(reference):
        if operation[0] == Op.ATTRIBUTE:
            # What a class or function that is given has just made is the giver's as well.
            made = (by[2] for by in scope.operations_producing(operation[2]) if by[0] == Op.CALL)
            return GIVEN if any(type(maker) is int and maker in given for maker in made) else BY_ATTRIBUTE
        if operation[0] == Op.FREE and scope.parent and operation[2] in scope.parent.parameter_names().values():
            return GIVEN_AROUND
        if operation[0] in (Op.FREE, Op.FROM, Op.FUNCTION, Op.CLASS):
            return BY_NAME
    return BY_VALUE
