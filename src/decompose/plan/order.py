"""The order of extraction: seams first, then one service at a time.

After each step the remaining services are judged again: a call into a service that is already out is an API call
that exists, so it no longer counts against the caller, and a table that is out can no longer be written directly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from decompose.boundaries.small import small_services
from decompose.boundaries.split import Split
from decompose.database.places import Places
from decompose.database.split import DatabaseSplit
from decompose.plan.circles import circles
from decompose.plan.criticality import criticality_of
from decompose.plan.crossings import Network
from decompose.plan.effort import effort_of
from decompose.plan.step import EffortUnits, Plan, Step, WorkItem
from decompose.plan.stopping import where_to_stop
from decompose.plan.work import COSTS, Work
from decompose.system.model import System
from decompose.wording import counted

By = Literal["risk", "value"]

STAYS = 1.25
"""So many times what the least entangled service weighs may the one weigh that was to be the next, for it to stay the next."""


def make_plan(
    system: System,
    split: Split,
    database: DatabaseSplit,
    *,
    by: By = "risk",
    units: EffortUnits | None = None,
    network: Network | None = None,
    before: Sequence[str] = (),
) -> Plan:
    """The steps for ``split``: step 0 prepares, each further step extracts one service, the last stays.

    ``by``: ``risk`` takes out what is least entangled first, ``value`` what gives most independence for its work. Only the order
    and the counts; `decompose.plan.detail` says what to do in each step. ``network`` is that of the split, if it is known. Without a
    design in ``database`` every transaction counts in full. ``before``: the order that was decided on earlier; by risk it stays, unless
    another service is clearly less entangled by now. Services that by their size are hardly worth a process, and those in which nothing would run, come after all others.
    """
    if len(split.services) < 2:
        return Plan(split=split.name, steps=(), by=by)
    units = units or EffortUnits()
    work = Work(system, split, database, network or Network(Places(system, split), database.foreign_accesses))
    critical = criticality_of(system, split)
    size = {service.name: len(service.units) for service in split.services}
    total = sum(size.values())
    pairs = max(total * (total - 1) / 2, 1)
    libraries = work.libraries()
    small = {name: lines for name, lines in small_services(system, split).items() if name not in libraries}
    aside = libraries.keys() | small.keys()
    steps = [work.preparation()]
    remaining = [service.name for service in split.services]
    # The last service is what stays of the monolith: there is nothing to extract it from.
    while len(remaining) > 1:
        costs = {name: work.cost(name, remaining) * critical.weight(name) for name in remaining}
        left = sum(size[name] for name in remaining)
        gains = {name: size[name] * (left - size[name]) / pairs for name in remaining}
        turn = _whose_turn(remaining, aside)
        if by == "risk":
            # No limit below which services count as equal: one line can bring a service below it, past several others.
            least = min(turn, key=lambda name: (costs[name], size[name], name))
            due = (name for name in before if name in costs and costs[name] <= STAYS * costs[least])
            chosen = next(due, least)
            items = work.of(chosen, remaining)
            asked = {name: costs[name] for name in costs if name in turn or name == chosen}
            of = f"{len(asked)}{_of_what(turn, remaining, small, libraries)}"
            reason = _reason(chosen, least, of, asked, items, critical.said_of(chosen))
        else:
            chosen = min(turn, key=lambda name: (-gains[name] / (costs[name] + 1), name))
            items = work.of(chosen, remaining)
            kind = _of_what(turn, remaining, small, libraries)
            most = f"the most for its work of {len(turn)}{kind}" if len(turn) > 1 else f"the only one left{kind}"
            reason = f"It separates {gains[chosen]:.0%} of all pairs of units for crossings that weigh {_number(costs[chosen])}{critical.said_of(chosen)}: {most}."
        if chosen in small:
            reason = f"By its size ({counted(small[chosen], 'line')}) it is hardly worth a process of its own. {reason}"
        if chosen in libraries:
            reason = f"{libraries[chosen]} {reason}"
        remaining.remove(chosen)
        steps.append(
            Step(
                order=len(steps),
                service=chosen,
                title=f"Extract {chosen}",
                reason=reason,
                work=items,
                effort=effort_of(units, items),
                benefit=round(gains[chosen], 4),
                needs_first=work.needed(chosen, remaining),
            )
        )
    steps.append(
        Step(
            order=len(steps),
            service=remaining[0],
            title=f"Keep {remaining[0]} as what is left of the monolith",
            reason="Everything else is out; what remains is this service.",
            work=(),
        )
    )
    stop, why = where_to_stop(steps, aside)
    return Plan(
        split=split.name,
        steps=tuple(steps),
        by=by,
        stop_after=stop,
        stop_reason=why,
        criticality=str(critical),
        cycles=tuple(circles(work.network, [step.service for step in steps[1:]])),
        units=units,
        small=tuple(step.service for step in steps if step.service in small),
        libraries=tuple(step.service for step in steps if step.service in libraries),
    )


def _whose_turn(remaining: Sequence[str], aside: Collection[str]) -> list[str]:
    """Of what is not out yet the services that are worth a process of their own, while there are several: one of them stays."""
    large = [name for name in remaining if name not in aside]
    return large if len(large) > 1 else [name for name in remaining if name in aside] or large


def _of_what(turn: Sequence[str], remaining: Sequence[str], small: Collection[str], libraries: Collection[str]) -> str:
    if len(turn) == len(remaining):
        return ""
    if turn[0] not in small and turn[0] not in libraries:
        return " that are worth a process of their own" if len(turn) > 1 else " that is worth a process of its own"
    if len(turn) == 1:
        return " that is a library" if turn[0] in libraries else " that is small"
    return " that are small" if not any(name in libraries for name in turn) else " that are small or libraries"


def _reason(
    name: str, least: str, of: str, costs: Mapping[str, float], work: tuple[WorkItem, ...], critical: str
) -> str:
    heavy = max(
        (item for item in work if item.kind in COSTS), key=lambda item: COSTS[item.kind] * item.count, default=None
    )
    others = [cost for other, cost in costs.items() if other != name]
    weigh = f"its crossings weigh {_number(costs[name])}{critical}"
    if name != least:
        text = f"The next, as was decided: {weigh}, hardly more than those of {least}, the least entangled of {of} by now ({_number(costs[least])})"
    elif others:
        text = f"The least entangled of {of}: {weigh}, the next one's {_number(min(others))}"
    else:
        text = f"The only one left{of.removeprefix('1')}: {weigh}"
    if heavy is not None and costs[name]:
        text += f". Most of it: {heavy.kind} ({heavy.count})"
    return text + "."


def _number(weight: float) -> str:
    return f"{round(weight, 2):g}"
