"""What a call connects to signals: in a loop each to its own receiver, as the rows say; and the senders that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import Given, Origin, keyword_ref
from decompose.linking.program import Scope
from decompose.linking.values import Value

_THROUGH = "django.db.models:Through"


class Connected(NamedTuple):
    """What a call connects at once: the signal's name, the receiver, and what is named as the sender, if anything is."""

    signal: str
    function: Scope
    sender: Origin | None


def connected_in_rows(
    linked: Linked, makers: Makers, site: Site, receiver: Ref, signal_of: Callable[[str, str], str]
) -> list[Connected]:
    """What a call of ``signal.connect(receiver, sender=model)`` connects, one row after the other.

    Empty where the rows are not all in the code: then nothing tells which of all signals belongs to which receiver.
    ``signal_of``: the signal that a name of a module is, or ``""``.
    """
    scope = site.frame.scope
    found: list[Connected] = []
    for signal, _ in scope.attributes_read(site.operation[2]):
        for announced, given in makers.of(scope, signal):
            described = [linked.values[value] for value in _values(linked, announced)]
            names = [name for d in described if d[0] == "X" and (name := signal_of(d[1], d[2]))]
            received = list(_received(linked, makers, site, receiver, given)) if names else []
            if not names or not received:
                return []
            found += [Connected(name, function, sender) for name in names for function, sender in received]
    return found


def _received(
    linked: Linked, makers: Makers, site: Site, receiver: Ref, given: Given
) -> Iterator[tuple[Scope, Origin | None]]:
    scope, sender = site.frame.scope, keyword_ref(site.operation, "sender", 1)
    for made, settled in makers.of(scope, receiver, given):
        senders: list[Origin | None] = [origin for origin, _ in makers.of(scope, sender, settled)]
        for function in linked.functions_among(_values(linked, made)):
            yield from ((function, each) for each in senders or [None])


def _values(linked: Linked, made: Origin) -> tuple[int, ...]:
    return tuple(linked.names.evaluate(made.scope, made.operation[1]))


def senders_named(linked: Linked, site: Site, position: int = -1) -> frozenset[int]:
    ref = keyword_ref(site.operation, "sender", position)
    if isinstance(ref, str):
        return frozenset(cls.index for cls in linked.engine.references.find(ref, site.frame.scope))
    known = classes_among(linked, (*linked.argument_values(site, ref), *linked.names.evaluate(site.frame.scope, ref)))
    # A sender that is not known is not everybody.
    return known or (frozenset() if ref == -1 else frozenset({-1}))


def classes_among(linked: Linked, values: Iterable[Value]) -> frozenset[int]:
    """The classes of the application among some values, also those that something outside stands for."""
    found = [linked.values[value] for value in values]
    named = (cls for d in found if d[0] == "X" for cls in linked.engine.references.find_external(d))
    return frozenset((*(d[1] for d in found if d[0] == "C"), *(cls.index for cls in named)))


def rows_between(linked: Linked, site: Site, position: int = -1) -> frozenset[Value]:
    """The rows between two models that a sender stands for: ``Order.items.through``, or a model that is one."""
    ref = keyword_ref(site.operation, "sender", position)
    if isinstance(ref, str):
        return frozenset(linked.values.instance(c.index) for c in linked.engine.references.find(ref, site.frame.scope))
    found: set[Value] = set()
    for value in linked.argument_values(site, ref):
        described = linked.values[value]
        if described[0] == "C":
            found.add(linked.values.instance(described[1]))
        elif linked.is_instance_of(value, _THROUGH):
            found.update(described[2][0] if described[2] else ())
    return frozenset(found)
