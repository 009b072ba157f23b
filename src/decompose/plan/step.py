"""The extraction plan: steps that each leave a working system behind, with countable work."""

from __future__ import annotations

from typing import Literal

import msgspec

from decompose.plan.step_detail import StepDetail
from decompose.system.model import Record
from decompose.wording import counted

_NAMED = 4


class WorkItem(Record, frozen=True):
    """One kind of countable work in a step, e.g. ``calls to replace``; ``evidence`` are ``file:line`` strings."""

    kind: str
    count: int
    text: str
    evidence: tuple[str, ...] = ()


class EffortUnits(Record, frozen=True):
    """The assumptions by which counted work becomes effort: low and high for one item of each kind of work in ``ranges``.

    ``unit`` names what is counted in. ``ranges``: what is not in it has the default of `decompose.plan.effort`.
    """

    unit: str = "points"
    ranges: dict[str, tuple[float, float]] = msgspec.field(default_factory=dict)


_WHOLE = 10
"""From here on an effort is told without its tenths."""


class Effort(Record, frozen=True):
    """A range, added up from counted work and assumptions that `EffortUnits` writes down. Never measured time."""

    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        low, high = _told(self.low), _told(self.high)
        return f"{low} to {high} {self.unit}" if low != high else f"{low} {self.unit}"


def _told(amount: float) -> str:
    """Assumptions carry no more digits than these."""
    return f"{amount:,.0f}" if amount >= _WHOLE else f"{amount:g}"


class Step(Record, frozen=True):
    """One stage of the plan. Order 0 prepares the seams inside the code base (``service`` is then empty).

    ``needs_first``: services that are not out yet and that this one calls, so that it calls back into the monolith.
    ``effort`` and ``benefit`` (share of all pairs of units that need no longer be deployed together because of this step, 0..1) are
    set for steps that extract something. ``detail`` is there where it was asked for.
    """

    order: int
    service: str
    title: str
    reason: str
    work: tuple[WorkItem, ...]
    effort: Effort | None = None
    benefit: float = 0.0
    needs_first: tuple[str, ...] = ()
    detail: StepDetail | None = None

    def count(self, kind: str) -> int:
        """How much work of ``kind`` this step holds."""
        return sum(item.count for item in self.work if item.kind == kind)


class Cycle(Record, frozen=True):
    """Services that each need the other, and where the plan breaks the circle.

    ``path`` is a shortest way from the first back to itself: each calls the next.
    """

    services: tuple[str, ...]
    broken_at: str
    how: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        way = " -> ".join((*self.path, self.path[0])) if self.path else ", ".join(self.services)
        others = [name for name in self.services if name not in self.path]
        more = (
            f" ({', '.join(others)} {'is' if len(others) == 1 else 'are'} in such circles with them too)"
            if self.path and others
            else ""
        )
        return f"{way}{more}: {self.how}"


class Layer(Record, frozen=True):
    """A service of which hardly an entry point touches a table of its own: of ``touching`` entry points that touch other tables than those that all
    touch, ``elsewhere`` touch none. ``works_on``: the owners of what these touch, with how many of them do, the most first. ``routes``: most of
    them are HTTP routes.
    """

    service: str
    touching: int
    elsewhere: int
    works_on: dict[str, int]
    routes: bool = True

    def __str__(self) -> str:
        none = self.touching == self.elsewhere
        said = "none touches a table of its own" if none else f"{self.elsewhere} touch no table of its own"
        named = [f"{service} {count}" for service, count in [*self.works_on.items()][:_NAMED]]
        more = f", and of {counted(len(self.works_on) - _NAMED, 'more service')}" if len(self.works_on) > _NAMED else ""
        layer = "An API layer" if self.routes else "A layer over the data of others"
        return (
            f"{layer} rather than a domain: of its {self.touching} entry points that touch more than the tables that all touch, {said}. "
            f"They work on those of {', '.join(named)}{more}: "
            f"an architect deals them out to these, or keeps them together{' as a gateway' if self.routes else ''}."
        )


class Plan(Record, frozen=True):
    """The order of extraction for the split named ``split``.

    ``by``: ``risk`` (least entangled first) or ``value`` (most benefit for its work first). ``stop_after`` is the order of the step
    after which the remaining benefit is below the remaining work, ``stop_reason`` says why. ``criticality`` says by what it was judged how critical a service is.
    ``small`` are services that by their size are hardly worth a process of their own, in the order of their steps, ``libraries`` those in
    which nothing would run, or hardly anything: no data, hardly an entry point, and what others call of them can be copied.
    ``layers`` are services that work on the data of others rather than on their own.
    """

    split: str
    steps: tuple[Step, ...]
    by: Literal["risk", "value"] = "risk"
    stop_after: int = -1
    stop_reason: str = ""
    cycles: tuple[Cycle, ...] = ()
    units: EffortUnits = EffortUnits()
    criticality: str = ""
    small: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()

    def about(self, service: str) -> str:
        """What to think of a service that is a layer over the data of others; empty where it is none."""
        return next((f"{layer}" for layer in self.layers if layer.service == service), "")

    @property
    def about_small(self) -> str:
        """What to think of the services that are hardly worth a process; empty where there are none."""
        return " ".join(filter(None, (self._about_libraries(), self._about_small())))

    def _about_libraries(self) -> str:
        if not self.libraries:
            return ""
        named, it = ", ".join(self.libraries), "it is a library" if len(self.libraries) == 1 else "they are libraries"
        left = any(
            item.kind in ("entry points", "operations") and item.count
            for step in self.steps
            if step.service in self.libraries
            for item in step.work
        )
        nothing = (
            f"Hardly anything would run in {named}, without data, and with hardly an entry point or a call over the network"
            if left
            else f"Nothing would run in {named}, without data and entry points, and with nothing that others call over the network"
        )
        return f"{nothing}: {it} rather than {'a service' if len(self.libraries) == 1 else 'services'}, for each that needs the code."

    def _about_small(self) -> str:
        if not self.small:
            return ""
        own = "a process of its own, by its size" if len(self.small) == 1 else "processes of their own, by their size"
        return (
            f"Hardly worth {own}: {', '.join(self.small)}. A seam inside the monolith is enough, unless it is to learn how "
            "it is done, or what is there has to be scaled or owned apart."
        )
