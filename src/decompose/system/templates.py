"""SQL text with holes, filled in as far as the program says what is put into them: constants, and what callers give."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope

_MAX_STEPS = 6


class Templates:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._callers: dict[int, list[tuple[Site, bool]]] | None = None

    def filled(self, scope: Scope, text: str) -> str:
        """``text`` with the constants that its scope puts into it."""
        parts = scope.facts.templates.get(text)
        if parts is None:
            return text
        pieces = text.split(HOLE)
        found = [pieces[0]]
        for part, piece in zip(parts, pieces[1:], strict=True):
            constant = self._constant(scope, part)
            found += [HOLE if constant is None else constant, piece]
        return "".join(found)

    def filled_by_callers(self, function: Scope, text: str) -> Iterator[tuple[Site, str]]:
        """``text`` with the constants that callers give for parameters, for each call that gives one."""
        original = next((t for t in function.facts.templates if self.filled(function, t) == text), None)
        if original is None:
            return
        parts = list(function.facts.templates[original])
        open_parts = [p for p in parts if self._constant(function, p) is None]
        named = [self.parameter(function, part) for part in open_parts]
        if not any(named):
            return
        pieces = text.split(HOLE)
        for site, bound in self.calls(function):
            found = [pieces[0]]
            told = False
            for name, piece in zip(named, pieces[1:], strict=True):
                given = self._given(site, function, name, bound=bound) if name else None
                told = told or given is not None
                found += [HOLE if given is None else given, piece]
            if told:
                yield site, "".join(found)

    def parameter(self, function: Scope, ref: Ref) -> str:
        """The parameter that a ref is; empty if it is none."""
        for _ in range(_MAX_STEPS):
            for name, node, *_ in function.facts.parameters:
                if node == ref:
                    return str(name)
            producers = function.operations_producing(ref) if type(ref) is int and ref >= 0 else []
            if len(producers) != 1 or producers[0][0] != Op.COPY:
                break
            ref = producers[0][2]
        return ""

    def _given(self, site: Site, function: Scope, name: str, *, bound: bool) -> str | None:
        names = [p[0] for p in function.facts.parameters]
        return self._constant(site.frame.scope, site.argument(names.index(name) - bound, name))

    def _constant(self, scope: Scope, ref: Ref) -> str | None:
        """The text of a constant that is known to the last letter."""
        constant = self.linked.constant(scope, ref)
        text = str(constant) if isinstance(constant, str | int) else HOLE
        return None if HOLE in text else text

    def calls(self, function: Scope) -> list[tuple[Site, bool]]:
        """The calls of a function, each with whether it is called on an object that is its first parameter."""
        if self._callers is None:
            self._callers = {}
            for site in self.linked.engine.sites:
                if not site.frame.scope.library:
                    for target, of, kind in site.targets:
                        if kind == "call":
                            self._callers.setdefault(target, []).append((site, of >= 0))
        return self._callers.get(function.index, [])
