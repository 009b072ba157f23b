"""Callbacks that a helper is given and gives on: who reaches them is who gave them, not everybody who calls the helper."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.arguments import Arguments, parameter_of
from decompose.system.model import Dependency
from decompose.system.placement import Placement

_Giver = tuple[str, str, str, int]
"""Definition, unit, file, line."""


def told_of_givers(
    linked: Linked, placement: Placement, arguments: Arguments, dependencies: Iterable[Dependency]
) -> list[Dependency]:
    """``dependencies`` in which a function that comes in by a parameter is reached from who gives it.

    ``def loads(text, hook=None): return json.loads(text, object_hook=hook)`` calls every hook that anybody gives it, but for each
    caller only its own. Where nobody is seen to give it the helper keeps it.
    """
    kept: dict[Dependency, None] = {}
    scopes = {scope.definition: scope for scope in linked.program.scopes if scope.is_function and not scope.library}
    givers = _Givers(linked, placement, arguments)
    places: dict[str, set[tuple[str, int]]] = {}
    for dependency in dependencies:
        helper = scopes.get(dependency.source)
        if helper is not None and dependency.source not in places:
            places[dependency.source] = _places(helper)
        if helper is None or (dependency.kind, dependency.line) not in places[dependency.source]:
            kept[dependency] = None
            continue
        found = givers.of(helper).get(dependency.target)
        for source, unit, file, line in sorted(found) if found else ():
            kept[msgspec.structs.replace(dependency, source=source, source_unit=unit, file=file, line=line)] = None
        if not found:
            kept[dependency] = None
    return list(kept)


def _places(helper: Scope) -> set[tuple[str, int]]:
    """Where a parameter of ``helper``, other than its own object, is called or given on: kind of dependency, line."""
    names = {p[0] for p in helper.facts.parameters[1 if helper.is_method else 0 :]}
    found: set[tuple[str, int]] = set()
    for operation in helper.facts.ops if names else ():
        if operation[0] == Op.CALL:
            if parameter_of(helper, operation[2]) in names:
                found.add(("call", operation[-1]))
            if any(parameter_of(helper, ref) in names for ref in (*operation[3], *(ref for _, ref in operation[4]))):
                found.add(("callback", operation[-1]))
    return found


class _Givers:
    """Who gives functions which functions, through those that hand them on."""

    def __init__(self, linked: Linked, placement: Placement, arguments: Arguments) -> None:
        self.linked = linked
        self.placement = placement
        self.arguments = arguments
        self._known: dict[int, dict[str, set[_Giver]]] = {}

    def of(self, helper: Scope) -> dict[str, set[_Giver]]:
        """Function that is given to ``helper`` -> the calls that give it and do not have it from their own callers."""
        if helper.index not in self._known:
            self._known[helper.index] = {}  # for a helper that calls itself
            self._known[helper.index] = self._find(helper)
        return self._known[helper.index]

    def _find(self, helper: Scope) -> dict[str, set[_Giver]]:
        found: dict[str, set[_Giver]] = {}
        for site in self.arguments.calls(helper):
            caller = site.frame.scope
            unit = self.placement.acting_unit(caller, site.frame.receiver)
            giver = (caller.definition, unit, caller.module.file, site.line)
            for ref in (*site.arguments, *(ref for _, ref in site.keywords)):
                if type(ref) is not int or ref < 0:
                    continue
                before = self.of(caller) if caller.is_function and parameter_of(caller, ref) else {}
                for value in self.linked.argument_values(site, ref):
                    described = self.linked.values[value]
                    if described[0] == "B":
                        described = self.linked.values[described[1]]
                    if described[0] == "F":
                        function = self.linked.program.scopes[described[1]].definition
                        found.setdefault(function, set()).update(before.get(function) or {giver})
        return found
