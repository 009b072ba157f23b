"""Celery's beat schedules -> scheduled entry points: ``beat_schedule`` in any place, and ``add_periodic_task``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.libraries import decorated
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

SETTINGS = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")
"""What the schedule is called: as an attribute or keyword of the configuration, or as a constant in settings."""

_SIGNATURES = frozenset({"s", "si", "signature", "subtask"})
_MAX_DEPTH = 8


class _Place(NamedTuple):
    """Something written in a scope, at a line; 0 where that is not known."""

    scope: Scope
    ref: Ref
    line: int


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each scheduled task under the name that its schedule gives it, at the line that schedules it."""
    tasks: Tasks | None = None
    scheduled = (item for place in _schedules(linked) for item in _items(linked, place))
    added = (item for name, entry in _added_items(linked) for item in _task_of(linked, name, entry))
    for name, entry in chain(scheduled, added):
        tasks = tasks or Tasks(linked)
        for handler in tasks.named(entry):
            where = (entry.scope, entry.line) if entry.line else (handler, handler.facts.line)
            yield FoundEntry("schedule", name, handler, where[0].module.file, where[1])
    for place, name in _periodic(linked):
        tasks = tasks or Tasks(linked)
        for handler in tasks.of_signature(place):
            named = name or tasks.name_of(handler)
            yield FoundEntry("schedule", named, handler, place.scope.module.file, place.line)


def _schedules(linked: Linked) -> Iterator[_Place]:
    """Every value that is bound to a name of the schedule."""
    scopes = [scope for scope in linked.program.scopes if not scope.library]
    for scope in scopes:
        for name in SETTINGS:
            if not scope.is_function and name in scope.facts.names:
                yield _Place(scope, scope.facts.names[name], 0)
    if not linked.program.stored_attributes.isdisjoint(SETTINGS):
        for scope in scopes:
            for operation in scope.facts.ops:
                if operation[0] == Op.SET_ATTRIBUTE and operation[2] in SETTINGS:
                    yield _Place(scope, operation[3], operation[-1])
    for scope in filter(_may_add, scopes):
        yield from _updates(scope)
    seen: set[tuple[int, int]] = set()
    for site in linked.engine.sites:
        if site.kind == "call" and site.operation[4] and not site.frame.scope.library:
            for keyword, ref in site.operation[4]:
                if keyword in SETTINGS:
                    key = (site.frame.scope.index, site.operation[1])
                    if key not in seen:
                        seen.add(key)
                        yield _Place(site.frame.scope, ref, site.line)


def _may_add(scope: Scope) -> bool:
    """Whether a scope may add to a schedule: its module knows Celery, or holds the schedule itself."""
    module = scope.module
    return not module.library and (
        "celery" in module.facts.packages or not module.top.facts.names.keys().isdisjoint(SETTINGS)
    )


def _updates(scope: Scope) -> Iterator[_Place]:
    """What is put into a schedule that is there already: ``app.conf.beat_schedule.update({...})``."""
    for operation in scope.facts.ops:
        if operation[0] == Op.CALL and len(operation[3]) == 1:
            for of, name in scope.attributes_read(operation[2]):
                if name == "update" and _is_schedule(scope, of):
                    yield _Place(scope, operation[3][0], operation[-1])


def _added_items(linked: Linked) -> Iterator[tuple[str, _Place]]:
    """``app.conf.beat_schedule["nightly"] = {...}``: the name, and the entry."""
    for scope in filter(_may_add, linked.program.scopes):
        for operation in scope.facts.ops:
            if operation[0] == Op.SET_ITEM and isinstance(operation[2], str) and _is_schedule(scope, operation[1]):
                yield operation[2], _Place(scope, operation[3], operation[-1])


def _is_schedule(scope: Scope, ref: Ref) -> bool:
    own = any(scope.facts.names.get(name) == ref for name in SETTINGS) if type(ref) is int else False
    return own or any(name in SETTINGS for _, name in scope.attributes_read(ref))


def _periodic(linked: Linked) -> Iterator[tuple[_Place, str]]:
    """The signatures that ``add_periodic_task`` is called with, each with the name that is given, or none."""
    seen: set[tuple[int, int]] = set()
    for site in linked.engine.sites:
        scope, operation = site.frame.scope, site.operation
        if site.kind != "call" or len(operation[3]) < 2 or scope.library:
            continue
        key = (scope.index, operation[1])
        if key in seen:
            continue
        producers = scope.operations_producing(operation[2])
        if any(made[0] == Op.ATTRIBUTE and made[3] == "add_periodic_task" for made in producers):
            seen.add(key)
            name = linked.keyword(scope, operation, "name")
            yield _Place(scope, operation[3][1], site.line), name if isinstance(name, str) else ""


def _items(linked: Linked, place: _Place) -> Iterator[tuple[str, _Place]]:
    """The tasks of a schedule by the names of their entries."""
    for name, entry in _pairs(linked, place):
        yield from _task_of(linked, name, entry)


def _task_of(linked: Linked, name: str, entry: _Place) -> Iterator[tuple[str, _Place]]:
    for key, task in _pairs(linked, entry):
        if key == "task":
            yield name, task


def _pairs(linked: Linked, place: _Place, depth: int = 0) -> Iterator[tuple[str, _Place]]:
    """The constant keys of a dictionary, with their values; nothing for anything else."""
    origin = linked.origin(place.scope, place.ref)
    if origin is not None and origin.operation[0] == Op.CONTAINER and origin.operation[2] == "dict":
        _, _, _, elements, keys, line = origin.operation
        for key, element in zip(keys or (), elements, strict=False):
            if isinstance(key, str):
                yield key, _Place(origin.scope, element, line)
            elif isinstance(element, list) and element[0] == "*" and depth < _MAX_DEPTH:
                # ``**other``, which may be the dictionary itself
                yield from _pairs(linked, _Place(origin.scope, element[1], line), depth + 1)
        return
    constant = linked.constant(place.scope, place.ref)
    for key, value in constant.items() if isinstance(constant, dict) else ():
        yield key, _Place(place.scope, value if isinstance(value, str) else ["c", value], place.line)


class Tasks:
    """The tasks of the application."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._by_name: dict[str, Scope] = {}
        for entry in decorated.entry_points(linked):
            if entry.kind == "task":
                self._by_name.setdefault(entry.name, entry.handler)
        self._names = {handler.index: name for name, handler in reversed(self._by_name.items())}

    def name_of(self, handler: Scope) -> str:
        """The name that the task is known by."""
        return self._names.get(handler.index) or f"{handler.module.name}.{handler.facts.qualname}"

    def by_name(self, name: str) -> Scope | None:
        """The task that goes by this name."""
        return self._by_name.get(name) or self._at(name)

    def named(self, place: _Place) -> list[Scope]:
        """The task whose name stands there, as text or as ``task.name``."""
        name = self.linked.constant(place.scope, place.ref)
        if isinstance(name, str):
            found = self.by_name(name)
            return [found] if found is not None else []
        return self._behind(place, "name")

    def of_signature(self, place: _Place) -> list[Scope]:
        """The task of ``task.s(...)``."""
        for operation in place.scope.operations_producing(place.ref):
            if operation[0] == Op.CALL:
                return self._behind(place._replace(ref=operation[2]), *_SIGNATURES)
        return self._values(place)

    def _behind(self, place: _Place, *attributes: str) -> list[Scope]:
        for operation in place.scope.operations_producing(place.ref):
            if operation[0] == Op.ATTRIBUTE and operation[3] in attributes:
                return self._values(place._replace(ref=operation[2]))
        return []

    def _values(self, place: _Place) -> list[Scope]:
        return list(self.linked.functions_among(self.linked.names.evaluate(place.scope, place.ref)))

    def _at(self, dotted: str) -> Scope | None:
        """The function or class of the application at a dotted name."""
        module_name, _, name = dotted.rpartition(".")
        module = self.linked.program.by_name.get(module_name)
        for scope in module.scopes if module is not None and not module.library else ():
            if scope.facts.qualname == name and scope.facts.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
                return scope
        return None
