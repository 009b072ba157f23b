"""Which calls get a frame of their own: those of small functions whose result, or what they keep, depends on what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts.records import Ref
from decompose.linking.frames import Frame, Site
from decompose.linking.generic import (
    HandedBack,
    Passed,
    forwards_to,
    handed_back,
    hangs_functions,
    passed,
    returns_arguments,
)
from decompose.linking.picks import Pick, pick_of
from decompose.linking.program import Scope

if TYPE_CHECKING:
    from decompose.linking.framing import Framing

MAX_HELPER_OPERATIONS = 64
MAX_OPERATIONS_ABOUT_CLASS = 128
"""Of a function that is given a class by its name, such as what puts together a statement for any model, more is worth while."""

MAX_CLONED_OPERATIONS = 3_000
MAX_DECORATING_OPERATIONS = 15_000
"""Of a decorator, which says of each function that it decorates how it is called, more is worth while; so it is of the wrappers that
it makes, which are as many functions as it decorates."""

MAX_CONTEXT_DEPTH = 3
"""A helper, and what its helper calls: a query is often begun by one, built by another, and run by a third."""


class OwnFrames:
    """How the result of each function depends on its arguments, and what follows from that for a call."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self._helpers: dict[int, bool] = {}
        self._handed_back: dict[int, HandedBack] = {}
        self._passed: dict[int, Passed] = {}
        self._picks: dict[int, Pick] = {}
        self._told_by_arguments: dict[int, bool] = {}
        self._forwards_to: dict[int, Ref] = {}
        self._gives_all: dict[int, bool] = {}

    def wants(self, function: Scope, site: Site, parent: Frame) -> bool:
        """Whether the result of a function depends on its arguments, and looking at it once for each call is cheap.

        ``parent``: the frame that it was written in.
        """
        if self._helpers.get(function.index) is False:
            return False
        if site.frame.depth >= MAX_CONTEXT_DEPTH or site.frame.scope is function:
            return False
        if self.handed_back(function).only and not (site.kind == "decorate" and hangs_functions(function)):
            return False  # its result is known without
        if not self._is_told_something(function, site):
            return False
        decorating, size = site.kind == "decorate", len(function.facts.ops)
        if not decorating and size > MAX_HELPER_OPERATIONS and not self._is_about_class(function, site):
            return False
        most = MAX_DECORATING_OPERATIONS if decorating or parent.decorates is not None else MAX_CLONED_OPERATIONS
        return self.engine.frames_of.get(function.index, 0) * (size + 4) <= most and self._is_helper(function)

    def depth(self, parent: Frame, site: Site) -> int:
        """How deep what a call is looked at for lies: who calls a function that is decorated knows nothing of the wrapper on the way."""
        caller = site.frame.parent
        wraps = parent.decorates is not None and (caller is None or caller.decorates is None)
        return site.frame.depth + (not wraps)

    def _is_told_something(self, function: Scope, site: Site) -> bool:
        """Whether a call gives values, or says by a constant text what the function is to pick; other data tells nothing."""
        frame, text = site.frame, False
        for ref in site.arguments:
            if self.engine.node_of(frame, ref) >= 0:
                return True
            text = text or type(ref) is str
        for _, ref in site.keywords:
            if self.engine.node_of(frame, ref) >= 0:
                return True
            text = text or type(ref) is str
        return text and bool(self.engine.key_parameters.of(function))

    def _is_about_class(self, function: Scope, site: Site) -> bool:
        """Whether a function that is longer than most helpers returns something, and is given a class of the application by its name."""
        if len(function.facts.ops) > MAX_OPERATIONS_ABOUT_CLASS or not function.facts.returns:
            return False
        scope, engine = site.frame.scope, self.engine
        refs = (*site.arguments, *(ref for _, ref in site.keywords))
        given = (engine.values[value] for ref in refs for value in engine.names.evaluate(scope, ref))
        return any(described[0] == "C" and not engine.program.scopes[described[1]].library for described in given)

    def _is_helper(self, function: Scope) -> bool:
        helper = self._helpers.get(function.index)
        if helper is None:
            helper = self._helpers[function.index] = returns_arguments(
                function, self.engine.names
            ) or self.engine.key_parameters.keeps(function)
        return helper

    def handed_back(self, function: Scope) -> HandedBack:
        """`generic.handed_back`, remembered."""
        known = self._handed_back.get(function.index)
        if known is None:
            known = self._handed_back[function.index] = handed_back(function)
        return known

    def passed(self, function: Scope) -> Passed:
        """`generic.passed`, remembered."""
        known = self._passed.get(function.index)
        if known is None:
            known = self._passed[function.index] = passed(function)
        return known

    def picks(self, function: Scope) -> Pick:
        """`picks.pick_of`, remembered."""
        known = self._picks.get(function.index)
        if known is None:
            known = self._picks[function.index] = pick_of(self.engine, function)
        return known

    def picking(self) -> list[tuple[int, Pick]]:
        """The functions that are known to pick something, each with what."""
        return [(function, pick) for function, pick in self._picks.items() if pick.tables]

    def forwards_to(self, function: Scope) -> Ref:
        """`generic.forwards_to`, remembered."""
        known = self._forwards_to.get(function.index)
        if known is None:
            known = self._forwards_to[function.index] = forwards_to(function)
        return known

    def gives_all(self, function: Scope) -> bool:
        """Whether every call of a function gets all that it returns: most say nothing that would tell their callers apart."""
        known = self._gives_all.get(function.index)
        if known is None:
            facts = function.facts
            known = self._gives_all[function.index] = (
                facts.return_annotation is None
                and (not facts.returning or bool(facts.yields))
                and not self.handed_back(function).only
                and not self.passed(function).parameters
                and not self.picks(function).tables
            )
        return known

    def is_told_by_arguments(self, function: Scope, frame: Frame) -> bool:
        """Whether a function that all callers share promises each caller the type of what that caller gives."""
        if frame.depth or function.facts.return_annotation is None:
            return False
        known = self._told_by_arguments.get(function.index)
        if known is None:
            promised = self.engine.names.types(function, function.facts.return_annotation)
            taken = {
                value
                for _, _, annotation, _, _ in function.facts.parameters
                if annotation is not None
                for value in self.engine.names.types(function, annotation)
            }
            variables = [value for value in promised if self.engine.values[value][0] == "T"]
            known = bool(variables) and len(variables) == len(promised) and taken.issuperset(variables)
            self._told_by_arguments[function.index] = known
        return known

    def is_crowded(self, function: Scope, frame: Frame, site: Site) -> bool:
        """Whether a decoration shares the frame of a decorator with all others for which there was no room.

        What comes out of that may be any of them.
        """
        return (
            frame.decorates is not site
            and frame.index not in self.engine.undivided
            and not self.handed_back(function).only
            and self._is_helper(function)
        )
