"""Where entry points start: with the method that answers, and with what a framework calls on the objects of its class on the way there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from decompose.linking.effects import ANSWERING, BY_LIBRARY, HOOK, ON_EACH_REQUEST
from decompose.system.gathered import Gathered, union
from decompose.system.model import Access, Dependency, EntryPoint
from decompose.system.transactions.events import Actor
from decompose.system.transactions.reach import Reach

_VERBS = frozenset({"get", "head", "options", "post", "put", "patch", "delete"})
"""The methods of HTTP, by which views call theirs."""


class Start(NamedTuple):
    """Who runs when an entry point is entered; ``alone``: who does so without all that it calls."""

    actors: tuple[Actor, ...]
    alone: tuple[Actor, ...] = ()

    def gather(self, reached: Gathered[Actor], own: Callable[[Actor], int]) -> int:
        """The set of all that it comes to."""
        return union([*map(reached.of, self.actors), *map(own, self.alone)])


class Asked(NamedTuple):
    """Who answers a request: the handler, or the method of its own that does; ``answering``: the name of one that it inherits."""

    actor: Actor
    answering: str = ""


class Entered:
    """Where entry points start; ``classes`` are those of the application.

    A class of which it is not known how it answers is entered by all that is called on it.
    """

    def __init__(
        self,
        classes: Collection[str],
        dependencies: Iterable[Dependency],
        entry_points: Iterable[EntryPoint],
        reach: Reach,
    ) -> None:
        self._reach = reach
        self._classes = classes
        self._hooks: dict[str, list[Dependency]] = defaultdict(list)
        dependencies = list(dependencies)
        each = _called_on_each_request(dependencies)
        for d in dependencies:
            if d.source == d.source_unit and (d.rule.startswith(HOOK) or ANSWERING in d.rule):
                self._hooks[d.source].append(d)
            elif d.source in each and ANSWERING in d.rule:
                self._hooks[d.source_unit].append(d)
        self._answers: dict[str, set[str]] = defaultdict(set)
        """Class -> the methods that its routes lead to."""
        for entry in entry_points:
            home = reach.home((entry.handler, ""))
            self._answers[home[1]].update((entry.handler, entry.method))

    def start(self, entry: EntryPoint, answering: str = "") -> Start:
        """Where an entry point starts; of a class that is entered as a whole, where only one method of the framework's answers."""
        handler, unit = self._reach.home((entry.handler, ""))
        if handler not in self._classes:
            started = self._reach.starting(handler)
            return Start((*dict.fromkeys([*started, *self._hooks_of(unit, _on_each_request)]),))
        if not entry.method:
            called = self._reach.called_by_class(unit)
            if answering:
                called -= self._hooks_of(unit, lambda hook: not _is_called_below(hook, answering))
            inside = (self._reach.called_by_class(one[1]) for one in called if one[0] in self._classes)
            started = sorted(called.union(*inside))
            return Start((*started,), ((handler, unit),)) if answering else Start(((handler, unit), *started))
        # What the class says once for all of its routes is told of each of them.
        beside = self._reach.called_by_class(unit) - self._hooks_of(unit, lambda _: True)
        said = {actor for actor in beside if actor[0] not in self._answers[unit]}
        name = _name(entry.method)
        if self._is_the_librarys(entry.method):
            run = [*self._hooks_of(unit, lambda d: _on_each_request(d) or self._is_called_by_library(d, unit, name))]
        else:
            run = [(entry.method, unit), *self._hooks_of(unit, _on_each_request)]
        return Start((*sorted({*run, *said}),), ((handler, unit),))

    def asked(self, entry: EntryPoint, answering: str = "") -> Asked:
        """Of whom a transaction around the whole request is told."""
        handler = self._reach.home((entry.handler, ""))
        if handler[0] not in self._classes or not entry.method:
            return Asked(handler, answering)
        method = self._reach.home((entry.method, ""))
        return Asked(method) if method[1] == handler[1] else Asked(handler, _name(entry.method))

    def _is_the_librarys(self, method: str) -> bool:
        return self._reach.home((method, ""))[1] not in self._classes

    def _is_called_by_library(self, hook: Dependency, unit: str, name: str) -> bool:
        """Whether a library's method of that name comes to a hook of a class."""
        _, answering, names = hook.rule.partition(ANSWERING)
        return name in names.split() if answering else hook.target not in self._answers[unit]

    def _hooks_of(self, unit: str, wanted: Callable[[Dependency], bool]) -> set[Actor]:
        """The hooks of a class, its own and those that it inherits, unless it has another in their place."""
        # A view's own method takes the place of one above; a method of its model takes that of a model's.
        own = {(_name(hook.target), hook.target_unit == unit) for hook in self._hooks.get(unit, ())}
        found = {(hook.target, hook.target_unit) for hook in self._hooks.get(unit, ()) if wanted(hook)}
        for above in self._reach.above(unit):
            for hook in self._hooks.get(above, ()):
                if (_name(hook.target), hook.target_unit == above) not in own and wanted(hook):
                    found.add((hook.target, unit if hook.target_unit == above else hook.target_unit))
        return found


def _is_called_below(hook: Dependency, name: str) -> bool:
    """Whether a method of the framework's calls a hook, and is not that itself: what stands in its place calls it in its course."""
    _, answering, names = hook.rule.partition(ANSWERING)
    return not answering or (name in names.split() and _name(hook.target) != name)


def without_dispatch(dependencies: Iterable[Dependency], entry_points: Iterable[EntryPoint]) -> list[Dependency]:
    """Dependencies but for those by which what is called on each request leads on to what may answer: a route says what does."""
    dependencies = list(dependencies)
    each = _called_on_each_request(dependencies)
    answers = _VERBS | {_name(entry.method or entry.handler) for entry in entry_points}
    onward = [d for d in dependencies if d.source in each and d.rule.endswith(BY_LIBRARY)]
    # What leads on does so at one line, where it asks the library's method in whose place it stands.
    lines = {
        (d.source, d.line)
        for d in onward
        if _name(d.target) in answers or _name(d.rule.removesuffix(BY_LIBRARY)) in answers
    }
    return [d for d in dependencies if d.source not in each or not _is_told_of_routes(d, lines)]


def _is_told_of_routes(onward: Dependency, lines: Collection[tuple[str, int]]) -> bool:
    """Whether it leads on, or says itself which methods do it."""
    return ANSWERING in onward.rule or (BY_LIBRARY in onward.rule and (onward.source, onward.line) in lines)


def _called_on_each_request(dependencies: Iterable[Dependency]) -> set[str]:
    return {d.target for d in dependencies if d.rule.startswith(HOOK) and _on_each_request(d)}


def _on_each_request(hook: Dependency) -> bool:
    return hook.rule.endswith(ON_EACH_REQUEST)


def _name(definition: str) -> str:
    return definition.rpartition(".")[2]


def does_answer(method: str, item: Access | Dependency) -> bool:
    """Whether what a class says once is done where a method of it answers; an empty one stands for all."""
    said = item.answering if isinstance(item, Access) else item.rule.partition(ANSWERING)[2].split()
    return not said or not method or method.rpartition(".")[2] in said
