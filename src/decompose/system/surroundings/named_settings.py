"""Settings that a module reads from the environment, and gives to the rest of the application under names of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.program import Module, Scope
from decompose.system.model import Need

_MAX_STEPS = 200
_WITHOUT_LINE = frozenset({Op.COPY, Op.NARROW, Op.TYPED})
_BODIES = frozenset({Op.FUNCTION, Op.CLASS, Op.IMPORT, Op.FROM, Op.FREE})
Provided = dict[tuple[int, str], tuple[str, ...]]
"""(module, name in it) -> the settings that the name was made of."""


def through_names(linked: Linked, needs: Iterable[Need]) -> Iterator[Need]:
    """The settings that code takes by ``settings.NAME`` or an imported ``NAME``, where a module read them from the environment."""
    provided = _provided(linked, needs)
    homes = {index for index, _ in provided}
    names = {name for _, name in provided}
    using = {m.index for m in linked.program.modules if homes and not m.library and _imports_any(linked, m, homes)}
    imported = {index: _imported(linked, linked.program.modules[index], provided) for index in using}
    for scope in linked.program.scopes if using else ():
        if scope.module.index not in using:
            continue
        for operation in scope.facts.ops:
            found: tuple[str, ...] = ()
            if operation[0] == Op.ATTRIBUTE and operation[3] in names:
                for value in linked.names.evaluate(scope, operation[2]):
                    described = linked.values[value]
                    if described[0] == "M":
                        found = provided.get((described[1], operation[3]), ())
            elif operation[0] == Op.FREE:
                found = imported[scope.module.index].get(operation[2], ())
            for name in found:
                yield Need(
                    kind="setting",
                    name=name,
                    definition=scope.definition,
                    file=scope.module.file,
                    line=operation[-1],
                )


def _provided(linked: Linked, needs: Iterable[Need]) -> Provided:
    read: dict[str, set[str]] = defaultdict(set)
    for need in needs:
        if need.kind == "setting" and need.definition.endswith(":"):
            read[need.definition].add(need.name)
    found: Provided = {}
    for module in linked.program.modules:
        settings = read.get(module.top.definition) if not module.library else None
        for name, ref in module.top.facts.names.items() if settings else ():
            if name.isupper():
                made_of = tuple(sorted(_constants(module.top, ref) & (settings or set())))
                if made_of:
                    found[module.index, name] = made_of
    return found


def _constants(scope: Scope, ref: Any) -> set[str]:
    """The texts that are arguments or indexes on the way to a value."""
    found: set[str] = set()
    seen: set[int] = set()
    stack = [ref]
    while stack and len(seen) < _MAX_STEPS:
        current = stack.pop()
        if isinstance(current, str):
            found.add(current)
        elif isinstance(current, list):
            stack += [] if current[:1] == ["c"] else current  # a constant that is no text
        elif type(current) is int and current >= 0 and current not in seen:
            seen.add(current)
            for operation in scope.operations_producing(current):
                if operation[0] not in _BODIES:
                    stack += operation[2:] if operation[0] in _WITHOUT_LINE else operation[2:-1]
    return found


def _imports_any(linked: Linked, module: Module, homes: set[int]) -> bool:
    by_name = linked.program.by_name
    for level, name, inner in module.facts.imported:
        base = linked.program.absolute_name(module, level, name)
        for full in (base, f"{base}.{inner}"):
            if full in by_name and by_name[full].index in homes:
                return True
    return False


def _imported(linked: Linked, module: Module, provided: Provided) -> dict[str, tuple[str, ...]]:
    """Name in a module -> the settings behind it, where it was imported from where they are read."""
    found: dict[str, tuple[str, ...]] = {}
    origins = {o[1]: o for o in module.top.facts.ops if o[0] == Op.FROM}
    for name, ref in module.top.facts.names.items() if origins else ():
        operation = origins.get(ref) if type(ref) is int else None
        if operation is not None:
            home = linked.program.by_name.get(linked.program.absolute_name(module, operation[2], operation[3]))
            if home is not None and (home.index, operation[4]) in provided:
                found[name] = provided[home.index, operation[4]]
    return found
