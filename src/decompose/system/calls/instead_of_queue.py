"""A function that is called at once where a setting says so, and put into a queue where it does not: one stands in for the other.

``if settings.QUEUED: mail.delay(order)``, ``else: mail(order)``. Where tasks are queued the direct call is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import msgspec

from decompose.linking import Linked
from decompose.linking.program import Module
from decompose.system.model import INSTEAD_OF_QUEUE, Dependency


def told_of_queues(linked: Linked, dependencies: Iterable[Dependency]) -> list[Dependency]:
    """The same dependencies; calls that stand in for a queue say so."""
    dependencies = list(dependencies)
    queued: dict[tuple[str, str, str], set[int]] = {}
    for d in dependencies:
        if d.kind == "task":
            queued.setdefault((d.source, d.target, d.file), set()).add(d.line)
    modules = {module.file: module for module in linked.program.modules if not module.library}

    def stands_in(d: Dependency) -> bool:
        lines = queued.get((d.source, d.target, d.file), ()) if d.kind == "call" and d.runs else ()
        return any(_excludes(modules[d.file], line, d.line) for line in lines)

    return [msgspec.structs.replace(d, rule=INSTEAD_OF_QUEUE) if stands_in(d) else d for d in dependencies]


def _excludes(module: Module, queued: int, called: int) -> bool:
    """Whether a setting decides which of two lines runs, and only one of them does."""
    if not any(
        name.isupper() and (first <= queued <= last) != (first <= called <= last)
        for first, last, name in module.facts.conditions
    ):
        return False
    arms = module.facts.arms
    one, other = ([arm for arm in arms if arm[0] <= line <= arm[1]] for line in (queued, called))
    if any(a[2] == b[2] and a[:2] != b[:2] for a, b in product(one, other)):
        return True
    # ``if settings.QUEUED: ...; return``: what stands behind it runs only where it does not.
    return any(arm[3] and arm not in after and arm[1] < line for arm, after, line in (
        *((arm, other, called) for arm in one), *((arm, one, queued) for arm in other)
    ))  # fmt: skip
