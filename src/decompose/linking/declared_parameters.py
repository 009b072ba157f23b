"""What parameters are declared to be, where what the calls in view give says more.

``def __init__(self, storage: Storage)`` that every caller gives a ``Disk()`` is given a disk and no other storage. So a declared class of which any of
several may stand waits for the calls of the function, and counts where no call is in view, where one gives what nobody knows, or
where none gives anything but `None` or the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.frames import Frame, Site
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Types

if TYPE_CHECKING:
    from decompose.linking.framing import Framing


class _Declared(NamedTuple):
    """A parameter of a function: its name, its place (-1: given by its name only), what it is declared to be."""

    name: str
    position: int
    has_default: bool
    node: Node
    types: Types


class DeclaredParameters:
    """The declared parameters that wait for calls."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self.functions: set[int] = set()
        """Those that have such a parameter."""
        self._waiting: dict[int, list[_Declared]] = {}
        self._calls: dict[int, list[tuple[Site, bool]]] = {}
        """Frame -> the calls that reach it, or one that shares most of itself with it, each with whether it is of a bound method."""
        self._judged: dict[int, int] = {}
        """Frame -> how many of them give what is known."""
        self._handed_out: set[int] = set()
        """The functions that are given to code outside, which may call them with anything."""
        self._looked_at = 0
        self._decorated: list[Site] = []
        self._several: dict[Types, bool] = {}

    def declare(self, frame: Frame, position: int, types: Types) -> None:
        """The parameter at a position of a frame is declared to be one of these."""
        name, inner, _, default, kind = frame.scope.facts.parameters[position]
        node = frame.nodes[inner]
        if not self._may_be_several(types):
            self.engine.add_types(node, types)
            return
        place = position if kind == ParameterKind.POSITIONAL else -1
        self.functions.add(frame.scope.index)
        self._waiting.setdefault(frame.index, []).append(_Declared(name, place, default is not None, node, types))

    def call(self, frame: Frame, site: Site, *, skip_first: bool) -> None:
        """A call reaches a frame of one of the ``functions``; the first parameter is given already if it is one of a bound method."""
        at: Frame | None = frame
        while at is not None and at.receiver == frame.receiver:
            self._calls.setdefault(at.index, []).append((site, skip_first))
            at = at.general

    def call_otherwise(self, frame: Frame) -> None:
        """Something reaches a frame that gives it nobody knows what."""
        at: Frame | None = frame
        while at is not None:
            for declared in self._waiting.pop(at.index, ()):
                self.engine.add_types(declared.node, declared.types)
            at = at.general

    def decorate(self, site: Site) -> None:
        """A decorator of a library is given a function, which may be called from there."""
        self._decorated.append(site)

    def keep(self, passed_outside: list[tuple[Site, Ref, bool]]) -> bool:
        """Give what is declared where the calls do not tell more; whether there was any."""
        self._note_handed_out(passed_outside)
        told = False
        for index, waiting in list(self._waiting.items()):
            calls, judged = self._calls.get(index, []), self._judged.get(index, 0)
            if self._is_called_from_outside(self.engine.frames[index].scope):
                calls = []
            elif calls and judged == len(calls):
                continue
            left = [
                declared
                for declared in waiting
                if calls and self._is_given(declared, calls) and self._are_known(declared, calls[judged:])
            ]
            for declared in waiting:
                if declared not in left:
                    self.engine.add_types(declared.node, declared.types)
                    told = True
            self._judged[index] = len(calls)
            if left:
                self._waiting[index] = left
            else:
                del self._waiting[index]
        return told

    def start_over(self, passed_outside: list[tuple[Site, Ref, bool]]) -> None:
        """What is given to code outside is told, and is listed anew from here on."""
        self._note_handed_out(passed_outside)
        self._looked_at = 0

    def _note_handed_out(self, passed_outside: list[tuple[Site, Ref, bool]]) -> None:
        values, decorated, self._decorated = self.engine.values, self._decorated, []
        given = [(site, ref) for site, ref, _ in passed_outside[self._looked_at :]]
        for site, ref in [*given, *((site, site.arguments[0]) for site in decorated)]:
            for value in self.engine.values_of(self.engine.node_of(site.frame, ref)):
                described = values[values[value][1]] if values[value][0] == "B" else values[value]
                if described[0] == "F":
                    self._handed_out.add(described[1])
        self._looked_at = len(passed_outside)

    def _is_called_from_outside(self, function: Scope) -> bool:
        """Whether code outside is given a function, or knows it as a method that takes the place of a library's own."""
        if function.index in self._handed_out:
            return True
        name, cls = function.facts.name, function.parent
        if cls is None or not function.is_method or name == "__init__":
            return False
        above = self.engine.hierarchy.member_after(cls, cls, name)
        return above is not None and above.owner.library

    def _is_given(self, declared: _Declared, calls: list[tuple[Site, bool]]) -> bool:
        """Whether a call gives a parameter anything, or what is declared in a frame of its own."""
        engine = self.engine
        if engine.values_of(declared.node):
            return True
        classes = {engine.values[value][1] for value in engine.standing_for(declared.types)}
        given = (engine.node_of(s.frame, s.argument(declared.position - skip, declared.name)) for s, skip in calls)
        described = (engine.values[value] for node in given if node >= 0 for value in engine.values_of(node))
        return any(d[0] in ("I", "C") and d[1] in classes for d in described)

    def _are_known(self, declared: _Declared, calls: list[tuple[Site, bool]]) -> bool:
        classes = {self.engine.values[value][1] for value in self.engine.standing_for(declared.types)}
        return all(self._is_known(declared, site, declared.position - skip, classes) for site, skip in calls)

    def _is_known(self, declared: _Declared, site: Site, position: int, classes: set[int]) -> bool:
        """Whether a call gives a parameter what is of a declared class, or plain data, or leaves it to its default."""
        if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
            return False
        ref = site.argument(position, declared.name)
        if ref == -1:
            return declared.has_default and all(name is not None for name, _ in site.keywords)
        node = self.engine.node_of(site.frame, ref)
        described = [self.engine.values[value] for value in self.engine.values_of(node)]
        if not described and any(waiting.node == node for waiting in self._waiting.get(site.frame.index, ())):
            return True  # what is given to who calls is told there
        return node < 0 or any(d[0] == "O" or (d[0] in ("I", "C") and d[1] in classes) for d in described)

    def _is_query_of_any_rows(self, described: tuple[Any, ...]) -> bool:
        """Whether a query is declared without saying of what rows, so that it gives nothing but what it is narrowed by."""
        if described[0] != "I" or described[2]:
            return False
        cls = self.engine.program.scopes[described[1]]
        return cls.library and self.engine.hierarchy.member(cls, "__operation__") is not None

    def _may_be_several(self, types: Types) -> bool:
        """Whether any of several classes may stand for a declared one, or for one that it is declared to hold."""
        known = self._several.get(types)
        if known is None:
            described = [self.engine.values[value] for value in types]
            known = self._several[types] = (
                len(self.engine.standing_for(types)) > len(types)
                or not self.engine.of_large_families.isdisjoint(types)
                or any(self._is_query_of_any_rows(d) for d in described)
                or any(self._may_be_several(inner) for d in described if d[0] == "I" for inner in d[2])
            )
        return known
