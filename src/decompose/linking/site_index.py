"""The calls of a program by what they call of libraries and outside, kept while more is found out about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

Outside = tuple["Site", str, str]
"""A call of something outside, with the module and the name of what it calls."""


class SiteIndex:
    """What is asked of all calls at once; only those that lead to more than before are looked at again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.of_library: dict[str, dict[int, Site]] = {}
        """What is called of a library, or in its place -> the calls, by their number."""
        self.decorations: dict[tuple[int, int], list[Site]] = {}
        """Frame and ref of a decorator -> the decorations by it."""
        self._looked_at: list[int] = []
        """Of each call how much it led to."""
        self._outside: dict[int, list[Outside]] = {}
        self._sorted = True
        self._by_kind: dict[tuple[str | None, str], list[Outside]] = {}
        self._called_as: dict[int, str] = {}
        self._overrides: dict[int, str] = {}
        self._copies = tuple(f"{module.name}." for module in engine.program.copies)

    def update(self) -> None:
        """Look at the calls that are new, or lead to more."""
        looked_at, numbers = self._looked_at, len(self._looked_at)
        for number, site in enumerate(self._engine.sites):
            leads_to = len(site.targets) + len(site.external)
            if number >= numbers:
                looked_at.append(leads_to)
                if site.kind == "decorate":
                    self.decorations.setdefault((site.frame.index, site.operation[2]), []).append(site)
            elif looked_at[number] == leads_to:
                continue
            else:
                looked_at[number] = leads_to
                self._sorted = False
            if leads_to:
                self._look_at(number, site)

    def _look_at(self, number: int, site: Site) -> None:
        called_as = self._called_as
        for target, _, _ in site.targets:
            definition = called_as.get(target)
            if definition is None:
                definition = called_as[target] = self._definition(self._engine.program.scopes[target])
            if definition and (not self._copies or not self._is_in_copy(site.frame.scope)):
                self.of_library.setdefault(definition, {})[number] = site
        if site.external:
            values, external = self._engine.values, site.external
            described = (values[value] for value in (external if len(external) < 2 else sorted(external)))
            self._outside[number] = [(site, module, name) for _, module, name in described]
            self._by_kind.clear()

    def _definition(self, scope: Scope) -> str:
        """What is called of a library, or in its place; empty for most of what the application calls."""
        return scope.definition if scope.library else self.replaced(scope)

    def _is_in_copy(self, scope: Scope) -> bool:
        """Whether code is a copied library's, whose own calls register nothing."""
        return f"{scope.module.name}.".startswith(self._copies)

    def replaced(self, scope: Scope) -> str:
        """The method of a library that a method of the application takes the place of, or ``""``."""
        known = self._overrides.get(scope.index)
        if known is None:
            known = ""
            if scope.is_method and scope.parent is not None and not scope.library:
                name = scope.facts.name
                if name == "__init__" and scope.parent.index in self._engine.program.copied:
                    return self._engine.program.copied[scope.parent.index]
                owners = (a for a in self._engine.hierarchy.order(scope.parent) if a.library and name in a.facts.names)
                known = next((f"{owner.definition}.{name}" for owner in owners), "")
            self._overrides[scope.index] = known
        return known

    def outside(self, kind: str | None, ending: str) -> list[Outside]:
        """The calls of a kind (None: all) of what is outside and has a name that ends so, in their order."""
        found = self._by_kind.get((kind, ending))
        if found is None:
            if not self._sorted:
                self._outside, self._sorted = dict(sorted(self._outside.items())), True
            calls = (call for calls in self._outside.values() for call in calls)
            found = [call for call in calls if (kind is None or call[0].kind == kind) and call[2].endswith(ending)]
            self._by_kind[kind, ending] = found
        return found
