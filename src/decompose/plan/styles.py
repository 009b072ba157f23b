"""How a call goes over the network: whether its caller waits, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from decompose.database.places import Places
from decompose.plan.behaviour import Behaviour
from decompose.plan.deeds import is_top_level
from decompose.plan.dispatch import Crossing, Method
from decompose.plan.on_behalf import on_behalf
from decompose.plan.read_back import ReadBack
from decompose.plan.step_detail import Style
from decompose.system.model import GIVEN, GIVEN_AROUND, Dependency

MAX_ASKED = 3
_MANAGING = frozenset({"__enter__", "__exit__", "__aenter__", "__aexit__"})
_STRONGEST: tuple[Style, ...] = ("synchronous", "asynchronous", "event", "local")


class Styles:
    """The style of each call between services, with its reason. ``crossings`` are all of them, but for making objects."""

    def __init__(self, places: Places, behaviour: Behaviour, crossings: Sequence[Crossing]) -> None:
        self.places = places
        self.around = places.system.surroundings
        self.behaviour = behaviour
        self.crossings = crossings
        self.given = on_behalf(places.ties)
        self.read_back = ReadBack(places)
        self._listening: dict[Method, set[str]] = {}

    def of(self, crossings: Iterable[Crossing]) -> tuple[Style, str]:
        """How an operation is called, and why; where the object decides what runs, by the one that needs most."""
        by_method: dict[Method, list[Dependency]] = defaultdict(list)
        for crossing in crossings:
            by_method[crossing.method].append(crossing.dependency)
        found = [self._style_of(sites) for _, sites in sorted(by_method.items())]
        return min(found, key=lambda style: _STRONGEST.index(style[0]))

    def _style_of(self, sites: Sequence[Dependency]) -> tuple[Style, str]:
        """How one definition is called, and why: the first that applies."""
        return (
            self._by_kind(sites)
            or self._only_given(sites)
            or self._moved_along(sites)
            or self._with_answer(sites)
            or ("asynchronous", "the result is not used and nothing in it was seen to refuse")
        )

    def _by_kind(self, sites: Sequence[Dependency]) -> tuple[Style, str] | None:
        """Signals and tasks, for which nobody waits as it is."""
        if all(site.kind == "task" for site in sites):
            return "asynchronous", "a background task already: nobody waits for it"
        if not all(site.kind == "signal" for site in sites):
            return None
        changed = self.behaviour.changes(sites[0].target)
        if changed:
            return (
                "local",
                f"a signal whose handler changes what the sender hands it ({changed}), which no message brings back: each sender keeps a copy",
            )
        listeners = self._listening_with(sites[0])
        if len(listeners) > 1:
            return "event", f"a signal to which {', '.join(sorted(listeners))} react"
        read = self.read_back.after(sites)
        if read:
            return "synchronous", f"a signal, but after it {read}, which its handler writes"
        return "asynchronous", "a signal: the sender does not use what its handler gives"

    def _only_given(self, sites: Sequence[Dependency]) -> tuple[Style, str] | None:
        """What is not called here but wrapped, handed on, or registered."""
        if sites[0].target in self.behaviour.deeds.wrappers:
            return "local", "it wraps what it decorates: a decorator goes into the shared library"
        if all(site.rule == GIVEN_AROUND for site in sites):
            return "local", "it is only wrapped here, as by a decorator: what wraps goes into the shared library"
        if all(site.rule == GIVEN for site in sites):
            return self._given_to(sites[0])
        if not all(site.kind == "callback" for site in sites):
            return None
        if all(self._registers(site) for site in sites):
            return (
                "asynchronous",
                "it is registered to be called when something happens, and nobody waits for what it gives",
            )
        if all(is_top_level(site.source) for site in sites):
            return (
                "local",
                "it is only registered here, such as in a table of routes: the entry moves along with it",
            )
        return None

    def _given_to(self, site: Dependency) -> tuple[Style, str]:
        """A function does not go over the network; the code that calls it was given it by its caller."""
        if self.behaviour.is_pure(site.source):
            return (
                "local",
                f"its own side gives it to {site.source}, which touches no data by itself: with a copy of that it stays inside",
            )
        return (
            "synchronous",
            f"its own side gives it to {site.source}, and a function cannot be sent: give data instead, and let the answer say what is to be done ({site.file}:{site.line})",
        )

    def _moved_along(self, sites: Sequence[Dependency]) -> tuple[Style, str] | None:
        """What every service can do for itself."""
        target = sites[0].target
        if self.behaviour.is_pure(target):
            asked = self._asked_elsewhere(target)
            needs = f", which then calls {', '.join(asked)} itself" if asked else ""
            return (
                "local",
                f"it was not seen to touch any data of its service: copy it, or move it into the shared library{needs}",
            )
        if all(is_top_level(site.source) and site.kind in ("call", "decorate", "property") for site in sites):
            return (
                "local",
                "it runs when a module is loaded, such as to register something: each service does that for itself",
            )
        if self._only_at_start(target, sites):
            return "local", "it runs when the process starts, to set something up: each service does that for itself"
        if all(map(self._is_for_own_rows, sites)):
            tables = sorted({table for site in sites for table in self.given.tables(site)})
            return (
                "local",
                f"generic code that works here on rows of the caller's own ({', '.join(tables[:MAX_ASKED])}): it goes into the shared library",
            )
        return None

    def _with_answer(self, sites: Sequence[Dependency]) -> tuple[Style, str] | None:
        """What needs an answer, if only that it was done."""
        foreign = [site for site in sites if not self._is_for_own_rows(site)]
        used = [site for site in foreign if site.kind not in ("signal", "task") and not self._dropped(site)]
        entered = self.entered(used)
        if entered:
            return (
                "synchronous",
                f"the caller works inside of what it opens ({entered}): over the network these are two calls, one that begins and one that ends",
            )
        if used:
            return "synchronous", f"the caller uses the result ({used[0].file}:{used[0].line})"
        unused = self._why_wait(sites[0].target, foreign)
        return ("synchronous", f"the result is not used, but {unused}") if unused else None

    def _why_wait(self, target: str, sites: Sequence[Dependency]) -> str:
        """Why callers wait for something whose result they do not use; empty if they need not."""
        refusing = self.behaviour.refuses(target)
        if refusing:
            return f"{refusing} may refuse, and the caller would not learn of it"
        session = self.behaviour.session_of(target)
        if session:
            return f"{session} works on the session of the request, which no message has: let the answer say what is to be kept in it"
        changed = self.behaviour.changes(target)
        if changed:
            return f"it changes an object of the caller ({changed}): the answer brings back what is changed"
        read = self.read_back.after(sites)
        return f"afterwards {read}, which it writes" if read else ""

    def _listening_with(self, site: Dependency) -> set[str]:
        """The services that react wherever a handler does: what else reacts at one of the places hears another signal there."""
        handler = site.target, site.target_unit
        known = self._listening.get(handler)
        if known is None:
            deeds = self.behaviour.deeds
            together = set.intersection(*(deeds.reacting[place] for place in deeds.heard_at[handler]))
            known = self._listening[handler] = {self.places.service_of(*method) for method in together}
        return known

    def entered(self, sites: Iterable[Dependency]) -> str:
        """``file:line`` where a caller works inside of what a call gives, as ``with`` does; empty if nowhere."""
        for site in sites:
            name = site.target.rpartition(":")[2].rpartition(".")[2]
            if name in _MANAGING or name in self.around.entered.get(site.file, {}).get(site.line, ()):
                return f"{site.file}:{site.line}"
        return ""

    def _dropped(self, dependency: Dependency) -> bool:
        """Whether nothing is done with the result of a call."""
        names = self.around.dropped.get(dependency.file, {}).get(dependency.line, ())
        name = dependency.target.rpartition(":")[2].rpartition(".")[2]
        # What a library runs is not named where it is asked to, such as a command: the result is the library's.
        return name in names or bool(names and name not in self._text(dependency))

    def _text(self, dependency: Dependency) -> str:
        return self.places.system.source_lines.get(dependency.file, {}).get(dependency.line, "")

    def _registers(self, dependency: Dependency) -> bool:
        """Whether a function is handed to a call whose result nothing is done with: a registration."""
        return dependency.line in self.around.dropped.get(dependency.file, {})

    def _is_for_own_rows(self, site: Dependency) -> bool:
        """Whether a call of generic code touches only tables of the service that calls."""
        tables = self.given.tables(site)
        service = self.places.service_of(site.source, site.source_unit)
        return bool(tables) and all(self.places.owner(table) == service for table in tables)

    def _only_at_start(self, target: str, sites: Sequence[Dependency]) -> bool:
        """Whether something is only called to put the process together, and asks for no data then."""
        starting = all(site.source in self.behaviour.deeds.at_start for site in sites)
        return starting and not self.behaviour.deeds.touches_at_once(target)

    def _asked_elsewhere(self, definition: str) -> list[str]:
        """What a definition asks of other services, directly or through its own: a copy of it has to do so too."""
        if definition not in self._asking_elsewhere:
            return []
        found = {
            target
            for d in self.behaviour.reached(definition)
            for target in self._outward.get(d, ())
            if not self.behaviour.is_pure(target)
        }
        return sorted(found)[:MAX_ASKED]

    @cached_property
    def _asking_elsewhere(self) -> set[str]:
        pure = self.behaviour.is_pure
        return self.behaviour.leading_to(d for d, asked in self._outward.items() if not all(map(pure, asked)))

    @cached_property
    def _outward(self) -> dict[str, set[str]]:
        """Definition -> what it calls in other services."""
        found: dict[str, set[str]] = defaultdict(set)
        for dependency in (crossing.dependency for crossing in self.crossings):
            if dependency.rule != GIVEN:
                found[dependency.source].add(dependency.target)
        return dict(found)
