"""Applications that ask SQLAlchemy for rows asynchronously only: there no attribute loads any.

A session whose calls are awaited cannot go to the database when an attribute is asked for; SQLAlchemy raises an error
(``MissingGreenlet``) instead. So whatever relation is asked for was loaded before, by whoever made the query.
"""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.sqlalchemy_session import GETTERS
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_SESSION = "sqlalchemy.orm:Session"
_AWAITED = tuple(
    f"{_SESSION}.{name}"
    for name in ("execute", "exec", "get", "get_one", "scalar", "scalars", "stream", "stream_scalars")
)
_WITH_A_SYNCHRONOUS_SESSION = f"{_SESSION}.run_sync"
_QUERIES = "sqlalchemy.orm:Query."
_LOADING = frozenset({"awaitable_attrs", "refresh"})


def are_all_awaited(linked: Linked) -> bool:
    """Whether all that asks a session for rows is awaited, at least where it is seen what becomes of it."""
    if any(rule.startswith(_QUERIES) for *_, rule, _ in linked.engine.accesses):
        return False
    if _asks_synchronously(linked):
        return False
    asking = [site for site in linked.sites_calling(*_AWAITED) if not site.frame.scope.library]
    return any(_is_awaited(site) for site in asking) and all(_is_awaited(site) or _is_left(site) for site in asking)


def loads_nothing(scope: Scope, rule: str, line: int) -> bool:
    """Whether a relation is asked for by an attribute, and not in a way that loads it: ``(await order.awaitable_attrs.lines)``."""
    if not rule.startswith(GETTERS):
        return False
    return not any(o[0] == Op.ATTRIBUTE and o[-1] == line and o[3] in _LOADING for o in scope.facts.ops)


def _asks_synchronously(linked: Linked) -> bool:
    """Whether what ``run_sync`` is given, or what that leads to, asks for relations: there attributes load them."""
    engine, waiting = linked.engine, set[int]()
    for site in linked.sites_calling(_WITH_A_SYNCHRONOUS_SESSION):
        if not site.frame.scope.library:
            given = [
                linked.values[v]
                for ref in site.operation[3][:1]
                for v in engine.values_of(engine.node_of(site.frame, ref))
            ]
            functions = {(linked.values[d[1]] if d[0] == "B" else d) for d in given}
            if not functions or any(d[0] != "F" for d in functions):
                return True
            waiting |= {d[1] for d in functions}
    if not waiting:
        return False
    leads: dict[int, set[int]] = {}
    for site in engine.sites:
        leads.setdefault(site.frame.scope.index, set()).update(target for target, _, _ in site.targets)
    asking = {index for index, *_, rule, _ in engine.accesses if rule.startswith(GETTERS)}
    reached = set[int]()
    while waiting:
        reached |= waiting
        waiting = {target for index in waiting for target in leads.get(index, ())} - reached
    return not reached.isdisjoint(asking)


def _is_awaited(site: Site) -> bool:
    given = site.operation[1]
    return any(o[0] == Op.BINARY and o[2] == given and o[4] == "await" for o in site.frame.scope.facts.ops)


def _is_left(site: Site) -> bool:
    """Whether the result is left to somebody else to await: it is returned, or a coroutine function gives it to a call."""
    given, facts = site.operation[1], site.frame.scope.facts
    return given in facts.returns or (
        facts.coroutine
        and any(o[0] == Op.CALL and (given in o[3] or any(ref == given for _, ref in o[4])) for o in facts.ops)
    )
