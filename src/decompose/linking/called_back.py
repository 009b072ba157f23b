"""Functions that a library calls back with what else it is given: ``attach(wrapped, callback)`` calls ``callback(context, name, wrapped)``."""

from __future__ import annotations

from decompose.linking.effects import effects_of
from decompose.linking.frames import Site
from decompose.linking.linked import Linked
from decompose.linking.origins import Given
from decompose.linking.program import Scope


class CalledBack:
    """The calls of one linked program by which a library calls functions back, as their summaries state."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._known: dict[int, list[tuple[Site, Given]]] | None = None

    def calls(self, callback: Scope) -> list[tuple[Site, Given]]:
        """Where a function of the application is given to be called back, each with what its parameters are then."""
        if self._known is None:
            self._known = {}
            for function in self.linked.program.scopes:
                if function.library and function.facts.decorators and "calls_back" in function.module.top.facts.names:
                    for effect, arguments in effects_of(self.linked.engine, function):
                        if effect == "calls_back" and len(arguments) > 1:
                            self._find(function, arguments[0], arguments[1:])
        return self._known.get(callback.index, [])

    def _find(self, function: Scope, argument: str, variables: list[str]) -> None:
        position = {parameter[0]: at for at, parameter in enumerate(function.facts.parameters)}
        typed = {p[2][1]: p[0] for p in function.facts.parameters if p[2] is not None and p[2][0] == "n"}
        names = [typed.get(variable, "") for variable in variables]
        for site in self.linked.sites_calling(function.definition) if any(names) else ():
            scope = site.frame.scope
            given = self.linked.argument_values(site, site.argument(position[argument], argument))
            for callback in self.linked.functions_among(given):
                pairs = zip(callback.facts.parameters, names, strict=False)
                refs = {p[1]: site.argument(position[name], name) for p, name in pairs if name}
                handed: Given = {(callback.index, node): (scope, ref) for node, ref in refs.items() if ref != -1}
                if handed and self._known is not None:
                    self._known.setdefault(callback.index, []).append((site, handed))
