"""Calls of which only the name of the method is known: guessed, shown, and never counted as a reason for a split."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.system.calls.evidence import told_by
from decompose.system.calls.placement import Placement
from decompose.system.model import Dependency

_COMMON_METHODS = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float, object) for name in dir(kind)
) | frozenset(
    {"close", "read", "write", "open", "flush", "run", "start", "stop", "save", "delete", "filter", "all", "first"}
)


class Guesses:
    """The methods of the application by their names, except those that many things have."""

    def __init__(self, linked: Linked, placement: Placement) -> None:
        self.linked = linked
        self.placement = placement
        self._methods: dict[str, list[Scope]] = {}
        for scope in linked.program.scopes:
            if scope.is_method and not scope.library and scope.facts.name not in _COMMON_METHODS:
                self._methods.setdefault(scope.facts.name, []).append(scope)

    def guess(self, site: Site) -> Dependency | None:
        """The method of the name that a site calls, where nothing else is known and the application has just one."""
        asked = _attribute(site)
        if asked is None:
            return None
        node, name = asked
        candidates = self._methods.get(name, ())
        if len(candidates) != 1 or self.linked.engine.values_of(site.frame.nodes[node]):
            return None
        return told_by(
            self.placement,
            site,
            candidates[0].definition,
            resolution="guessed",
            rule="the only method of that name",
            target_unit=self.placement.unit_of(candidates[0]),
        )


def _attribute(site: Site) -> tuple[int, str] | None:
    """The object and the name, where a site calls an attribute."""
    reference = site.operation[2]
    if type(reference) is not int or reference < 0:
        return None
    producing = site.frame.scope.operations_producing(reference)
    return next(((o[2], o[3]) for o in producing if o[0] == Op.ATTRIBUTE), None)
