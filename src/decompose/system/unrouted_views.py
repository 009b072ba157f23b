"""Classes that answer requests and that no route leads to which is read: an application with many of them is not read whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.model import BlindSpot, EntryPoint

_ANSWERING = "__hooks_of_each_request__"
"""In the class body of a library's view: what it calls on an object, whatever method answers a request."""

_MANY = 0.25
_AT_LEAST = 5
"""Of fewer, or a smaller share, most are bases for others and code that nobody uses any more."""


def unrouted_views(linked: Linked, entry_points: Sequence[EntryPoint]) -> Iterator[BlindSpot]:
    """The views without a route, and how many they are, where so many have none that routes must be made in ways that are not read."""
    entered = {name for e in entry_points for name in (e.handler, e.handler.rpartition(".")[0])}
    views = [cls for cls in linked.program.scopes if _is_view(linked, cls)]
    left = [cls for cls in views if cls.definition not in entered]
    if len(left) < max(_AT_LEAST, _MANY * len(views)):
        return
    reason = f"routes of {len(left)} of {len(views)} classes of views are not read: what they answer is not among the entry points"
    yield _spot(left[0], reason)
    for cls in left:
        yield _spot(cls, "no route that is read leads to this view")


def _is_view(linked: Linked, cls: Scope) -> bool:
    """Whether a class is one that answers requests, and no base of others; what is only mixed into a view is none."""
    if cls.library or cls.facts.kind != ScopeKind.CLASS or linked.hierarchy.subclasses.get(cls.index):
        return False
    ancestors = (each for each in linked.hierarchy.order(cls) if each.library)
    return any(_ANSWERING in each.facts.names and not each.facts.name.endswith("Mixin") for each in ancestors)


def _spot(cls: Scope, reason: str) -> BlindSpot:
    return BlindSpot(
        kind="unread routes", definition=cls.definition, file=cls.module.file, line=cls.facts.line, reason=reason
    )
