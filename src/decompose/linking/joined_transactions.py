"""Functions whose decorator opens a transaction only for who gives no connection: all who call them give one, and they join theirs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site

_NOT_GIVEN = ["c", None]


def always_given(engine: Engine, asked: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of ``asked``, decorated functions each with an argument, that somebody calls, and nobody without the argument.

    A call is of what the decorator has made: of which function that is, is known by where it decorates.
    """
    if not asked:
        return set()
    wrapping: dict[int, list[int]] = {}
    """Frame of a decorator -> the functions that it decorates."""
    for frame in engine.frames:
        if frame.decorates is not None:
            wrapping[frame.index] = [function.index for function in engine.decorated(frame)]
    called: set[int] = set()
    without: set[tuple[int, str]] = set()
    for site in engine.sites:
        if site.frame.scope.library or all(kind == "decorate" for _, _, kind in site.targets):
            continue
        functions = set(_functions_called(engine, site, wrapping))
        called |= functions
        without.update((i, name) for i, name in asked if i in functions and not _gives(site, name))
    return {(index, name) for index, name in asked if index in called} - without


def _functions_called(engine: Engine, site: Site, wrapping: dict[int, list[int]]) -> list[int]:
    node = site.operation[2]
    if site.kind != "call" or type(node) is not int or node < 0:
        return []
    found: list[int] = []
    for value in engine.values_of(site.frame.nodes[node]):
        described = engine.values[value]
        described = engine.values[described[1]] if described[0] == "B" else described
        if described[0] == "F":
            found += wrapping.get(described[2], ())
    return found


def _gives(site: Site, name: str) -> bool:
    """Whether a call gives the argument by its name: neither ``None`` nor an argument of the caller that need not be given itself."""
    perhaps = [p[1] for p in site.frame.scope.facts.parameters if p[3] == _NOT_GIVEN]
    return any(keyword == name and ref != _NOT_GIVEN and ref not in perhaps for keyword, ref in site.keywords)
