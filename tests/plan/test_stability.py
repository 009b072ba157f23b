"""A change of one line anywhere in the application does not turn the plan round."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decompose.plan.consequences import consequences
from decompose.system.model import System
from tests.database.sample import by_the_architect

_KINDS = st.sampled_from(["a call less", "a call more", "an access less", "an access more", "a key less", "an entry point less", "a definition longer"])  # fmt: skip


def _changed(system: System, kind: str, number: int) -> System:
    """The system after a change of one line; ``number`` says which."""
    replace = msgspec.structs.replace
    match kind:
        case "a call less" | "a call more":
            calls = [d for d in system.dependencies if d.runs]
            chosen = calls[number % len(calls)]
            if kind == "a call less":
                return replace(system, dependencies=tuple(d for d in system.dependencies if d is not chosen))
            other = calls[(number * 7919 + 1) % len(calls)]
            added = replace(chosen, target=other.target, target_unit=other.target_unit, line=chosen.line + 1)
            return replace(system, dependencies=(*system.dependencies, added))
        case "an access less" | "an access more":
            access = system.accesses[number % len(system.accesses)]
            if kind == "an access less":
                return replace(system, accesses=tuple(a for a in system.accesses if a is not access))
            elsewhere = system.accesses[(number * 7919 + 1) % len(system.accesses)]
            more = replace(elsewhere, definition=access.definition, unit=access.unit, line=access.line + 1)
            return replace(system, accesses=(*system.accesses, more))
        case "a key less":
            key = system.foreign_keys[number % len(system.foreign_keys)]
            return replace(system, foreign_keys=tuple(k for k in system.foreign_keys if k is not key))
        case "an entry point less":
            entry = system.entry_points[number % len(system.entry_points)]
            return replace(system, entry_points=tuple(e for e in system.entry_points if e is not entry))
        case _:
            definition = system.definitions[number % len(system.definitions)]
            longer = replace(definition, end_line=definition.end_line + 1)
            return replace(system, definitions=tuple(longer if d is definition else d for d in system.definitions))


def _order(system: System, before: Sequence[str] = ()) -> list[str]:
    found = consequences(system, by_the_architect().split, detail=False, before=before)
    return [step.service for step in found.plan.steps if step.service]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(kind=_KINDS, number=st.integers(0, 10_000))
def test_one_line_more_or_less_moves_no_step_by_more_than_a_place(kind: str, number: int) -> None:
    system = by_the_architect().system
    before = _order(system)
    after = _order(_changed(system, kind, number))
    assert sorted(after) == sorted(before)
    assert all(abs(after.index(name) - place) <= 1 for place, name in enumerate(before)), (before, after)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(kind=_KINDS, number=st.integers(0, 10_000))
def test_an_order_that_was_decided_on_stays(kind: str, number: int) -> None:
    system = by_the_architect().system
    before = _order(system)
    assert _order(_changed(system, kind, number), before) == before


def test_an_order_that_was_decided_on_gives_way_to_what_is_clearly_less_entangled() -> None:
    system = by_the_architect().system
    order = _order(system)
    before = order[::-1]
    plan = consequences(system, by_the_architect().split, detail=False, before=before).plan
    assert [step.service for step in plan.steps if step.service] != before
    late = [step for step in plan.steps if "as was decided" in step.reason]
    assert late
    assert all("hardly more than those of" in step.reason for step in late)
