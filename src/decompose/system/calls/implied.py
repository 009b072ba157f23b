"""Calls that no code writes as a call: properties, special methods, and what frameworks run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from decompose.linking import Linked
from decompose.linking.effects import ASKED_BY, BY_LIBRARY, BY_SETTINGS
from decompose.linking.values import Value
from decompose.system.calls.abstract_methods import AbstractMethods
from decompose.system.calls.evidence import not_certain
from decompose.system.calls.placement import Placement
from decompose.system.model import Dependency


def implied_edges(linked: Linked, placement: Placement) -> Iterator[tuple[Dependency, bool]]:
    """Properties and special methods, and whether each is only assumed of a class that nothing in view makes."""
    scopes = linked.program.scopes
    alternatives: dict[tuple[int, Value, int, str], set[int]] = defaultdict(set)
    calls = linked.engine.implicit_calls
    for call in calls:
        alternatives[call.caller, call.receiver, call.line, scopes[call.callee].facts.name].add(call.callee)
    abstract = AbstractMethods(linked)
    for key, together in alternatives.items():
        if len(together) > 1:
            alternatives[key] = {target for target in together if not abstract.only_promises(target)} or together
    for call in calls:
        index, source_receiver, line, kind, target_index, receiver = call
        scope, target = linked.program.scopes[index], linked.program.scopes[target_index]
        if scope.library or target.library:
            continue
        wired = calls.rule(call)
        declared = not wired and receiver >= 0 and linked.values.is_declared(receiver)
        together = alternatives[index, source_receiver, line, target.facts.name]
        if target_index not in together:
            continue
        chosen = wired.endswith(BY_SETTINGS)
        several = len(together) if not wired else 1
        caller = calls.function_between(call)
        why = f"{caller}{BY_LIBRARY}" if caller is not None else "implied by the syntax"
        implied = f"{why}, one of {several}" if several > 1 else why
        shown = linked.program.rendered.place(index, line, target.facts.name) if not wired else None
        yield (
            Dependency(
                source=scope.definition,
                target=target.definition,
                kind="template" if shown is not None and kind == "call" else kind,
                resolution="inferred" if declared or chosen or several > 1 or shown is not None else "exact",
                rule=f"{ASKED_BY} {shown}"
                if shown
                else wired or (not_certain(linked, receiver) if declared else implied),
                file=scope.module.file,
                line=line,
                source_unit=placement.acting_unit(scope, source_receiver),
                target_unit=placement.acting_unit(target, receiver),
            ),
            linked.seen.own_calls_are_unseen(scope, source_receiver) and linked.seen.is_own_class(scope, receiver),
        )
