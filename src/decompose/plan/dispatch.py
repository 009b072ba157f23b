"""Calls that may come to several methods of one name, as the object is: one call site, and one operation that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.database.ties import Ties
from decompose.made_once import made_once
from decompose.system.model import Dependency

Method = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""

_NO_DISPATCH = frozenset({"signal", "task", "callback", "construct"})
"""Kinds of calls that come to everything that they name, instead of to one of it."""


class Crossing(NamedTuple):
    """A proved call from one service to another."""

    source: str
    target: str
    dependency: Dependency

    @property
    def method(self) -> Method:
        """What is called."""
        return self.dependency.target, self.dependency.target_unit


class Dispatch:
    """All calls between the services of a split, and which methods stand for each other in them."""

    def __init__(self, places: Places) -> None:
        self.places = places
        calls, (services, callers, called) = places.ties.calls, places.ends
        crossing = ((callers != called) & (callers > 0) & (called > 0)).nonzero()[0]
        self.crossings = [
            Crossing(services[source], services[target], calls[number][0])
            for number, source, target in zip(
                crossing.tolist(), callers[crossing].tolist(), called[crossing].tolist(), strict=True
            )
        ]

    def once(self, crossings: Iterable[Crossing]) -> list[Crossing]:
        """One for each call site, whatever the classes for which it is reached, and those to which it may lead."""
        seen: dict[tuple[str, str, str, int, str], Crossing] = {}
        for crossing in crossings:
            d = crossing.dependency
            named = self._made(d) if d.kind == "construct" else _method_name(d.target) or d.target
            seen.setdefault((crossing.source, crossing.target, d.source, d.line, named), crossing)
        return list(seen.values())

    def _made(self, dependency: Dependency) -> str:
        """What a call makes: a class by its name, or whichever the code has at hand there."""
        text = self.places.system.source_lines.get(dependency.file, {}).get(dependency.line, "")
        name = dependency.target.rpartition(":")[2].rpartition(".")[2]
        return dependency.target if name in text or not text else "any"

    def asked(self, crossing: Crossing) -> Method:
        """The method that stands for all that a call may come to in the service it goes to."""
        return self._standing.get((crossing.target, *crossing.method), crossing.method)

    def alternatives(self, service: str, method: Method) -> list[Method]:
        """All that a call of ``method``, as `asked` gives it, may come to; first itself, which may only declare what the others do."""
        return self._groups.get((service, *method), [method])

    @cached_property
    def _groups(self) -> dict[tuple[str, str, str], list[Method]]:
        """(service, method that stands for others) -> all of them."""
        above: dict[tuple[str, Method], tuple[str, Method]] = {}

        def top(key: tuple[str, Method]) -> tuple[str, Method]:
            while above.get(key, key) != key:
                above[key] = key = above.get(above[key], above[key])
            return key

        service_of = self.places.service_of_unit
        for site in _choices(self.places.ties):
            first: dict[str, tuple[str, Method]] = {}
            for dependency, caller, called in site:
                source, target = service_of.get(caller, SHARED), service_of.get(called, SHARED)
                if source == target or SHARED in (source, target):
                    continue
                key = target, (dependency.target, dependency.target_unit)
                one, other = top(first.setdefault(target, key)), top(key)
                above.setdefault(key, key)
                if one != other:
                    above[other] = one
        members: dict[tuple[str, Method], set[Method]] = defaultdict(set)
        for key in above:
            members[top(key)].add(key[1])
        groups: dict[tuple[str, str, str], list[Method]] = {}
        for (service, _), found in sorted(members.items()):
            if len(found) > 1:
                first_of_all = self._declared(found) or min(found)
                groups[service, *first_of_all] = [first_of_all, *sorted(found - {first_of_all})]
        return groups

    def _declared(self, methods: Iterable[Method]) -> Method | None:
        """The method of the nearest class above all of these that has one of their name."""
        every = sorted(methods)
        name = _method_name(every[0][0])
        above = set.intersection(*({cls, *self._ancestors(cls)} for cls in map(self._class_of, every)))
        declaring = [cls for cls in above if f"{cls}.{name}" in self.places.unit_of]
        nearest = min(declaring, key=lambda cls: (-len(self._ancestors(cls)), cls), default="")
        return (f"{nearest}.{name}", nearest) if nearest else None

    @cached_property
    def _standing(self) -> dict[tuple[str, str, str], Method]:
        """Each of them -> the one that stands for it."""
        return {(key[0], *method): (key[1], key[2]) for key, found in self._groups.items() for method in found}

    def _class_of(self, method: Method) -> str:
        return method[1] or self.places.unit_of.get(method[0], "")

    def _ancestors(self, cls: str) -> frozenset[str]:
        known = self._known_ancestors.get(cls)
        if known is None:
            found: set[str] = set()
            stack = [cls]
            while stack:
                for base in self.places.ties.bases.get(stack.pop(), ()):
                    if base not in found:
                        found.add(base)
                        stack.append(base)
            known = self._known_ancestors[cls] = frozenset(found)
        return known

    @cached_property
    def _known_ancestors(self) -> dict[str, frozenset[str]]:
        return {}


@made_once
def _choices(ties: Ties) -> list[list[tuple[Dependency, str, str]]]:
    """The call sites from which several methods of one name may run, with all that may."""
    sites: dict[tuple[str, int, str], list[tuple[Dependency, str, str]]] = defaultdict(list)
    for call in ties.calls:
        d = call[0]
        if d.kind not in _NO_DISPATCH and (name := _method_name(d.target)):
            sites[d.source, d.line, name].append(call)
    return [calls for calls in sites.values() if len({(d.target, d.target_unit) for d, _, _ in calls}) > 1]


@lru_cache(maxsize=8192)
def _method_name(definition: str) -> str:
    """The name of a method; empty for a function."""
    _, dot, name = definition.rpartition(":")[2].rpartition(".")
    return name if dot else ""
