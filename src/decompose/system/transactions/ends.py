"""Where transactions end: what commits and rolls back, on which connections and in which blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from decompose.facts import Op
from decompose.linking.program import Scope
from decompose.linking.transaction_scopes import TransactionScope
from decompose.system.calls.paths import Paths
from decompose.system.model import Access
from decompose.system.transactions.commits import Commits
from decompose.system.transactions.committing import Committing
from decompose.system.transactions.contexts import Contexts
from decompose.system.transactions.events import Actor, End
from decompose.system.transactions.opened import JOINING
from decompose.system.transactions.reach import Reach
from decompose.system.transactions.wrapped import add_blocks_of_managers


def commits_of(
    places: Iterable[tuple[Actor, TransactionScope]],
    scopes: Mapping[str, Scope],
    reach: Reach,
    contexts: Contexts,
    chosen: Mapping[Actor, Sequence[Actor]],
    done: Callable[[Actor], list[tuple[Access, bool]]],
) -> Commits:
    """What commits, found from the ``places`` at which transactions are opened and ended.

    ``scopes``: definition -> function or class; ``chosen``: actor -> the same with each that it is given; ``done``: what an actor does itself.
    """
    ends: dict[Actor, list[End]] = {}
    connections: dict[Actor, list[tuple[int, int]]] = {}
    blocks: dict[Actor, list[tuple[int, int]]] = {}
    for actor, found in places:
        if found.extent in ("commit", "rollback"):
            kind = found.kind if found.extent == "commit" else ""
            ends.setdefault(actor, []).append(
                End(found.line, kind, (found.first, found.last), found.entered, found.apart)
            )
        elif found.extent == "connection":
            connections.setdefault(actor, []).append((found.first, found.last))
        elif found.extent == "block" and found.kind not in JOINING:
            blocks.setdefault(actor, []).append((found.first, found.last))
    following = (a for anyhow in reach.following for a in chosen.get(anyhow, [anyhow]))
    actors = list(dict.fromkeys((*following, *ends)))
    add_blocks_of_managers(connections, scopes, actors, reach, contexts.runs)
    who = Committing(ends, connections, actors, reach.runs, blocks, reach.places, contexts)
    return Commits(who, done, partial(_paths, scopes, contexts), partial(_lone_calls, scopes))


def _paths(scopes: Mapping[str, Scope], contexts: Contexts, actor: Actor) -> Paths:
    """The paths through a function, without branches where what it is given lets only one of them run."""
    scope = scopes.get(actor[0])
    if scope is None:
        return Paths((), (), 0, 0)
    facts, always = scope.module.facts, contexts.let_run(actor)
    arms = [arm for arm in facts.arms if (arm[0], arm[1]) not in always] if always else facts.arms
    return Paths(arms, facts.loops, scope.facts.line, scope.facts.end_line)


def _lone_calls(scopes: Mapping[str, Scope], actor: Actor) -> frozenset[int]:
    """The lines of a function on which there is one call only: of several functions that it may be of, it is of one."""
    scope = scopes.get(actor[0])
    lines = (
        Counter(operation[-1] for operation in scope.facts.ops if operation[0] == Op.CALL) if scope is not None else {}
    )
    return frozenset(line for line, count in lines.items() if count == 1)
