"""Linked calls -> dependencies with evidence, and how every call site was resolved."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from typing import Any, NamedTuple

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.effects import effects_of, functions_with_effect
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.values import NAMED, Value
from decompose.system.calls.abstract_methods import AbstractMethods
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.placement import Placement, without_inherited_copies
from decompose.system.calls.plain_values import PlainValues
from decompose.system.calls.unresolved import unresolved
from decompose.system.model import (
    AFTER_COMMIT,
    BY_ATTRIBUTE,
    BY_NAME,
    BY_VALUE,
    GIVEN,
    GIVEN_AROUND,
    RUNS_DECORATED,
    THROUGH_DECORATOR,
    BlindSpot,
    CallCounts,
    Dependency,
    Resolution,
)

PLAIN = "plain data followed back"
"""The rule of a call of a method of text, numbers and the like."""

_COMMON_METHODS = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float, object) for name in dir(kind)
) | frozenset(
    {"close", "read", "write", "open", "flush", "run", "start", "stop", "save", "delete", "filter", "all", "first"}
)
_MAX_GUESSES = 1
_IMPORTS = frozenset({Op.FROM, Op.IMPORT})
_FREE = Op.FREE
_RANK: dict[Resolution, int] = {"exact": 0, "inferred": 1, "guessed": 2}

_INSTANCE = re.compile(r"(\w+)\(\)")
_PLAIN_TYPES = frozenset(["str", "int", "float", "bytes", "bytearray", "bool", "complex", "object", "range"])
_PRIVATE_SUMMARY = re.compile(r":_[a-zA-Z]|\.__call__$")
"""Classes that only a summary has, to say what a function returns; and what is called without being named."""

_Key = tuple[str, str, str, int, str, str]


class Calls(NamedTuple):
    """Everything that the call sites led to."""

    dependencies: list[Dependency]
    external: list[Dependency]
    blind_spots: list[BlindSpot]
    counts: CallCounts
    put_off: dict[str, tuple[tuple[int, int], ...]]
    """Definition -> first and last lines of code in it, such as a ``lambda``, that runs after the transaction only."""


def calls_of(linked: Linked, placement: Placement, arguments: Arguments) -> Calls:
    """Resolve every call site of the application."""
    sites: dict[tuple[int, int], list[Site]] = defaultdict(list)
    for site in linked.engine.sites:
        scope = site.frame.scope
        if not scope.library:
            sites[scope.index, site.operation[1]].append(site)
    doubtful: set[tuple[str, str, str, int]] = set()
    certain: set[tuple[str, str, str, int]] = set()
    edges: dict[_Key, Dependency] = {}
    external: dict[tuple[str, str, int], Dependency] = {}
    names: dict[Value, str] = {}
    unseen_receivers: dict[tuple[int, Value], bool] = {}
    blind: list[BlindSpot] = []
    counts = {"exact": 0, "inferred": 0, "guessed": 0, "external": 0, "unresolved": 0}
    methods = _methods_by_name(linked)
    put_off = _put_off(linked)
    abstract_methods, plain_values = AbstractMethods(linked), PlainValues(linked, arguments, sites)
    for (scope_index, _), same in sites.items():
        scope = linked.program.scopes[scope_index]
        best: Resolution | None = None
        outside = False
        promising = abstract_methods.left_out(same)
        # What depends on the receiver is told by the receivers that are seen, if there are any.
        seen = [not _acts_unseen(linked, site, unseen_receivers) for site in same] if len(same) > 1 else [True]
        any_seen = any(seen)
        for site, is_seen in zip(same, seen, strict=True):
            unseen = linked.seen.own_class_is_unseen(scope, site.frame.receiver)
            for dependency, receiver in (
                _application_edges(linked, placement, site, put_off, promising) if site.targets else ()
            ):
                if not (dependency.source == dependency.target and _is_lambda(linked, site)):
                    _keep(edges, dependency)
                    doubted = (unseen and linked.seen.is_own_class(scope, receiver)) or (any_seen and not is_seen)
                    (doubtful if doubted else certain).add(_place(dependency))
                if best is None or _RANK[dependency.resolution] < _RANK[best]:
                    best = dependency.resolution
            if site.wrappers and site.kind != "decorate":
                for dependency in _edges_through_decorators(linked, placement, site):
                    _keep(edges, dependency)
            outside = outside or bool(site.external) or any(kind == "library" for *_, kind in site.targets)
            if any_seen and not is_seen:
                continue
            for name in _external_names(linked, site, names):
                key = (scope.definition, name, site.line)
                if key not in external:
                    external[key] = _external_edge(placement, scope, site, name)
        if best is not None:
            counts[best] += 1
        elif outside:
            counts["external"] += 1
        elif method := linked.engine.attempt(partial(plain_values.method_called, same[0]), "", same[0]):
            counts["external"] += 1
            plain = _external_edge(placement, scope, same[0], f"builtins:{method}", PLAIN)
            external.setdefault((scope.definition, plain.target, plain.line), plain)
        else:
            guesses = _guesses(linked, placement, methods, same[0])
            for dependency in guesses:
                _keep(edges, dependency)
            counts["guessed" if guesses else "unresolved"] += 1
            if not guesses and same[0].kind == "call":
                blind.append(unresolved(scope, same[0], linked))
    for dependency, is_doubtful in _implicit_edges(linked, placement):
        _keep(edges, dependency)
        (doubtful if is_doubtful else certain).add(_place(dependency))
    in_order = (edges[key] for key in sorted(edges))
    told = without_inherited_copies(
        in_order, placement, lambda d: ((d.source, d.kind, d.line), d.source_unit, d.target)
    )
    doubtful -= certain
    return Calls(
        [dependency for dependency in told if _place(dependency) not in doubtful],
        sorted(external.values(), key=_order),
        blind,
        CallCounts(**counts),
        _lines_put_off(linked, put_off),
    )


def _acts_unseen(linked: Linked, site: Site, known: dict[tuple[int, Value], bool]) -> bool:
    """Whether a site is in a method that, as far as is in view, acts for subclasses only."""
    key = (site.frame.scope.index, site.frame.receiver)
    answer = known.get(key)
    if answer is None:
        answer = known[key] = _is_for_subclasses(linked, site.frame.scope, site.frame.receiver)
    return answer


def _is_for_subclasses(linked: Linked, scope: Scope, receiver: Value) -> bool:
    if linked.seen.own_class_is_unseen(scope, receiver):
        return True
    description = linked.values[receiver] if receiver >= 0 else ("",)
    between = description[0] in ("I", "C") and description[1] in linked.hierarchy.subclasses
    return between and linked.seen.acts_unseen(scope, receiver)


def _lines_put_off(linked: Linked, put_off: set[int]) -> dict[str, tuple[tuple[int, int], ...]]:
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for index in sorted(put_off):
        scope = linked.program.scopes[index]
        found[scope.definition] = (*found.get(scope.definition, ()), (scope.facts.line, scope.facts.end_line))
    return found


def _place(dependency: Dependency) -> tuple[str, str, str, int]:
    return dependency.source, dependency.target, dependency.kind, dependency.line


def _order(dependency: Dependency) -> _Key:
    d = dependency
    return d.source, d.target, d.kind, d.line, d.source_unit, d.target_unit


def _strength(dependency: Dependency) -> tuple[int, str]:
    """Better founded first; of two rules that say the same always the same one, in whatever order they were met."""
    return _RANK[dependency.resolution], dependency.rule


def _keep(edges: dict[_Key, Dependency], dependency: Dependency) -> None:
    known = edges.setdefault(_order(dependency), dependency)
    if known is not dependency and _strength(dependency) < _strength(known):
        edges[_order(dependency)] = dependency


def _put_off(linked: Linked) -> set[int]:
    """The functions without a name that run after the transaction only."""
    putting_off = set(functions_with_effect(linked.engine, "after_commit"))
    return {
        target[0]
        for site in (linked.engine.sites if putting_off else ())
        if any(index in putting_off for index, _, _ in site.targets)
        for target in site.targets
        if linked.program.scopes[target[0]].facts.kind == ScopeKind.LAMBDA
    }


def _application_edges(
    linked: Linked, placement: Placement, site: Site, put_off_scopes: set[int], left_out: Collection[int]
) -> Iterator[tuple[Dependency, Value]]:
    """What a site calls in the application, each with the receiver of the call."""
    scope = site.frame.scope
    targets = [(t, certain) for t, certain in site.targets.items() if t[2] != "library" and t[0] not in left_out]
    if not targets:
        return
    called = {index for (index, _, kind), _ in targets if kind != "callback"} if len(targets) > 1 else ()
    wrapped = [function.index for function in linked.engine.decorated(site.frame.parent)]
    source_unit = placement.acting_unit(scope, site.frame.receiver)
    how = _how(scope, site)
    put_off = AFTER_COMMIT if any(t[2] == "library" and _puts_off(linked, t[0]) for t in site.targets) else ""
    if scope.index in put_off_scopes:
        how = AFTER_COMMIT
    for (index, receiver, kind), certain in targets:
        target = linked.program.scopes[index]
        resolution: Resolution = "exact"
        rule = how
        if kind == "callback":
            resolution, rule = (
                ("exact", put_off or "called by a library") if certain else ("inferred", "passed to code outside")
            )
        elif not certain:
            resolution, rule = "inferred", _not_certain(linked, receiver)
        elif len(called) > 1:
            resolution, rule = "inferred", f"one of {len(called)} that reach this call"
        yield (
            Dependency(
                source=scope.definition,
                target=target.definition,
                kind=kind,
                resolution=resolution,
                rule=RUNS_DECORATED if index in wrapped and kind == "call" else rule,
                file=scope.module.file,
                line=site.line,
                source_unit=source_unit,
                target_unit=placement.acting_unit(target, receiver),
            ),
            receiver if kind != "construct" or receiver >= 0 else linked.class_value(index),
        )


def _puts_off(linked: Linked, index: int) -> bool:
    """Whether a library calls back only after the transaction."""
    scope = linked.program.scopes[index]
    return bool(scope.facts.decorators) and any(name == "after_commit" for name, _ in effects_of(linked.engine, scope))


def _not_certain(linked: Linked, receiver: Value) -> str:
    """How the type of a receiver is known that no value in view proves."""
    named = receiver >= 0 and linked.values[receiver][0] == "I" and linked.values[receiver][3] == NAMED
    return "named like a model" if named else "declared type"


def _edges_through_decorators(linked: Linked, placement: Placement, site: Site) -> Iterator[Dependency]:
    """A call of a wrapper is a call of what it wraps."""
    scope = site.frame.scope
    for frame, receiver in site.wrappers.items():
        for target in linked.engine.decorated(linked.engine.frames[frame]):
            yield Dependency(
                source=scope.definition,
                target=target.definition,
                kind=THROUGH_DECORATOR,
                resolution="exact",
                rule="name",
                file=scope.module.file,
                line=site.line,
                source_unit=placement.acting_unit(scope, site.frame.receiver),
                target_unit=placement.acting_unit(target, receiver),
            )


def _is_lambda(linked: Linked, site: Site) -> bool:
    """Whether a site calls a lambda: what it does, the function around it does."""
    return any(
        linked.program.scopes[index].facts.kind == ScopeKind.LAMBDA
        for index, _, kind in site.targets
        if kind != "library"
    )


def _how(scope: Scope, site: Site) -> str:
    """How the called value was named."""
    reference = site.operation[2]
    if reference in _parameters(scope).values():
        return GIVEN
    for operation in scope.operations_producing(reference) if type(reference) is int and reference >= 0 else ():
        if operation[0] == Op.ATTRIBUTE:
            return BY_ATTRIBUTE
        if operation[0] == Op.FREE and scope.parent is not None and operation[2] in _parameters(scope.parent):
            return GIVEN_AROUND
        if operation[0] in (Op.FREE, Op.FROM, Op.FUNCTION, Op.CLASS):
            return BY_NAME
    return BY_VALUE


def _parameters(scope: Scope) -> dict[str, int]:
    """The parameters of a function by name; none of other scopes."""
    return {parameter[0]: parameter[1] for parameter in scope.facts.parameters}


def _external_names(linked: Linked, site: Site, known: dict[Value, str]) -> list[str]:
    """The names of what a site calls outside; those of values are kept in ``known``."""
    found = []
    for value in sorted(site.external) if len(site.external) > 1 else site.external:
        name = known.get(value)
        if name is None:
            _, module, attribute = linked.values[value]
            name = known[value] = f"{module}:{_INSTANCE.sub(_class_name, attribute)}"
        # The call that gave a decorator stands for what the decorator does.
        if not (site.kind == "decorate" and name.endswith("()")):
            found.append(name)
    for index, _, kind in site.targets:
        # What a library calls for its own ends, such as the factory of a dictionary, nobody here has called.
        if kind == "library" and site.kind != "callback":
            definition = _told(linked.program.scopes[index])
            declares = site.kind == "decorate" and definition == "builtins:property"
            if not declares and not _PRIVATE_SUMMARY.search(definition):
                found.append(definition)
    return found


def _told(function: Scope) -> str:
    """The id of a function of a library, or the way on which an object without a name of its own is got."""
    way = function.parent.facts.names.get("__reached_by__") if function.parent is not None else None
    return f"{function.module.name}:{way}.{function.facts.name}" if isinstance(way, str) else function.definition


def _class_name(match: re.Match[str]) -> str:
    """``Session().get`` is a method of ``Session``; what a function returns stays as it is."""
    name = match.group(1)
    return name if name[:1].isupper() or name in _PLAIN_TYPES else match.group()


def _external_edge(placement: Placement, scope: Scope, site: Site, name: str, rule: str = "name") -> Dependency:
    return Dependency(
        source=scope.definition,
        target=name,
        kind="call" if site.kind == "call" else site.kind,
        resolution="exact" if rule != PLAIN else "inferred",
        rule=rule,
        file=scope.module.file,
        line=site.line,
        source_unit=placement.acting_unit(scope, site.frame.receiver),
    )


def _methods_by_name(linked: Linked) -> dict[str, list[Scope]]:
    methods: dict[str, list[Scope]] = {}
    for scope in linked.program.scopes:
        if scope.is_method and not scope.library and scope.facts.name not in _COMMON_METHODS:
            methods.setdefault(scope.facts.name, []).append(scope)
    return methods


def _attribute_operation(scope: Scope, site: Site) -> list[Any] | None:
    reference = site.operation[2]
    if type(reference) is not int or reference < 0:
        return None
    return next((o for o in scope.operations_producing(reference) if o[0] == Op.ATTRIBUTE), None)


def _guesses(linked: Linked, placement: Placement, methods: dict[str, list[Scope]], site: Site) -> list[Dependency]:
    """A method of that name, when there is just one in the whole application."""
    scope = site.frame.scope
    operation = _attribute_operation(scope, site)
    if operation is None or linked.engine.values_of(site.frame.nodes[operation[2]]):
        return []
    candidates = methods.get(operation[3], [])
    if not 0 < len(candidates) <= _MAX_GUESSES:
        return []
    return [
        Dependency(
            source=scope.definition,
            target=candidate.definition,
            kind="call",
            resolution="guessed",
            rule="the only method of that name",
            file=scope.module.file,
            line=site.line,
            source_unit=placement.acting_unit(scope, site.frame.receiver),
            target_unit=placement.unit_of(candidate),
        )
        for candidate in candidates
    ]


def _implicit_edges(linked: Linked, placement: Placement) -> Iterator[tuple[Dependency, bool]]:
    """Properties and special methods, and whether each is only assumed of a class that nothing in view makes."""
    scopes = linked.program.scopes
    alternatives: dict[tuple[int, Value, int, str], set[int]] = defaultdict(set)
    for index, source_receiver, line, _, target_index, _ in linked.engine.implicit_calls:
        alternatives[index, source_receiver, line, scopes[target_index].facts.name].add(target_index)
    for call in linked.engine.implicit_calls:
        index, source_receiver, line, kind, target_index, receiver = call
        scope, target = linked.program.scopes[index], linked.program.scopes[target_index]
        if scope.library or target.library:
            continue
        wired = linked.engine.wired.get(call, "")
        declared = not wired and receiver >= 0 and linked.values[receiver][0] == "I" and linked.values[receiver][3]
        several = len(alternatives[index, source_receiver, line, target.facts.name]) if not wired else 1
        implied = f"implied by the syntax, one of {several}" if several > 1 else "implied by the syntax"
        yield (
            Dependency(
                source=scope.definition,
                target=target.definition,
                kind=kind,
                resolution="inferred" if declared or several > 1 else "exact",
                rule=wired or (_not_certain(linked, receiver) if declared else implied),
                file=scope.module.file,
                line=line,
                source_unit=placement.acting_unit(scope, source_receiver),
                target_unit=placement.acting_unit(target, receiver),
            ),
            linked.seen.own_class_is_unseen(scope, source_receiver) and linked.seen.is_own_class(scope, receiver),
        )


def structural_dependencies(linked: Linked, placement: Placement) -> list[Dependency]:
    """Inheritance, imports, and names of classes and functions that are used without being called."""
    edges: dict[tuple[str, str, str], Dependency] = {}
    modules = {module.name: module for module in linked.program.modules if not module.library}
    for scope in linked.program.scopes:
        if scope.library:
            continue
        if scope.facts.kind == ScopeKind.CLASS:
            for base in linked.names.bases(scope):
                description = linked.values[base]
                if description[0] == "C":
                    _link(edges, placement, scope, linked.program.scopes[description[1]], "inherit", scope.facts.line)
        for operation in scope.facts.ops:
            if operation[0] in _IMPORTS:
                kind = "type-import" if operation[-2] else "import"
                values = linked.names.evaluate(scope, operation[1])
                for value in values:
                    description = linked.values[value]
                    if description[0] in ("C", "F"):
                        target = linked.program.scopes[description[1]]
                        _link(edges, placement, scope, target, kind, operation[-1])
                    elif description[0] == "M":
                        module = linked.program.modules[description[1]]
                        _link(edges, placement, scope, module.top, kind, operation[-1])
                if not values and operation[0] == Op.FROM:
                    name = linked.program.absolute_name(scope.module, operation[2], operation[3])
                    if name in modules:
                        _link(edges, placement, scope, modules[name].top, kind, operation[-1])
            elif operation[0] == _FREE and scope.facts.kind != ScopeKind.MODULE:
                for value in linked.names.evaluate(scope, operation[1]):
                    description = linked.values[value]
                    if description[0] in ("C", "F"):
                        target = linked.program.scopes[description[1]]
                        _link(edges, placement, scope, target, "reference", operation[-1])
    return sorted(edges.values(), key=_order)


def _link(
    edges: dict[tuple[str, str, str], Dependency],
    placement: Placement,
    source: Scope,
    target: Scope,
    kind: str,
    line: int,
) -> None:
    if target.library or (
        target.module is source.module and kind != "inherit" and target.definition == source.definition
    ):
        return
    key = (source.definition, target.definition, kind)
    if key not in edges:
        edges[key] = Dependency(
            source=source.definition,
            target=target.definition,
            kind=kind,
            resolution="exact",
            rule="name",
            file=source.module.file,
            line=line,
            source_unit=placement.unit_of(source),
            target_unit=placement.unit_of(target),
        )
