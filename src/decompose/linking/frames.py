"""A frame is one instantiation of a scope; a site is one call in a frame, with everything that it was found to call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value

Target = tuple[int, Value, str]
"""A scope, the receiver or -1, and the kind of call."""

Single = dict[tuple[Target, bool], dict[Target, bool]]
"""What calls lead to that lead to one target: most do, and of those most to one that others lead to as well."""

# Most calls need neither, so all of those share one that is never written to.
_NO_TARGETS: dict[Target, bool] = {}
_NO_WRAPPERS: dict[int, Value] = {}


class Frame:
    """A scope with its nodes; ``receiver`` is the value of ``self`` or ``cls``, or -1.

    ``depth`` counts the calls that this frame was made for specially, one inside the other; ``decorates`` is the
    decoration that it was made for, if it is a decorator's; ``asked_by`` the call that it was made for. A frame that was made specially shares what is the same
    with the ``general`` one, and has only ``operations`` of its own.
    """

    __slots__ = (
        "asked_by",
        "decorates",
        "depth",
        "general",
        "index",
        "nodes",
        "operations",
        "parent",
        "receiver",
        "returns",
        "scope",
    )

    def __init__(self, index: int, scope: Scope, nodes: list[Node], parent: Frame | None, receiver: Value) -> None:
        self.index = index
        self.scope = scope
        self.nodes = nodes
        self.parent = parent
        self.receiver = receiver
        self.returns: Node = -1
        self.depth: int = parent.depth if parent is not None else 0
        self.decorates: Site | None = None
        self.asked_by: Site | None = None
        self.general: Frame | None = None
        self.operations: list[list[Any]] = scope.facts.ops

    @property
    def acting(self) -> Value:
        """The object on whose behalf the scope runs: in a function that a method defines, that whose method it is; -1 for nobody's."""
        frame = self
        while (
            frame.receiver < 0
            and frame.parent is not None
            and frame.scope.is_function
            and frame.parent.scope.is_function
            and not frame.scope.wraps()  # a wrapper runs for whoever calls what it is put around
        ):
            frame = frame.parent
        return frame.receiver


class Site:
    """One call in one frame, with everything that it was found to call."""

    __slots__ = (
        "arguments",
        "bound",
        "external",
        "frame",
        "index",
        "keywords",
        "kind",
        "line",
        "loads",
        "operation",
        "result",
        "targets",
        "wrappers",
    )

    def __init__(self, frame: Frame, operation: list[Any], kind: str, index: int = -1) -> None:
        self.frame = frame
        self.index = index
        self.operation = operation
        self.kind = kind
        self.result: Node = -1
        self.arguments: list[Ref] = []
        self.keywords: list[list[Any]] = []
        self.line: int = operation[-1]
        self.targets: dict[Target, bool] = _NO_TARGETS
        self.external: tuple[Value, ...] = ()
        self.wrappers: Mapping[int, Value] = _NO_WRAPPERS
        self.loads = False
        self.bound: tuple[Any, ...] = ()

    def leads_to(self, target: Target, single: Single, *, certain: bool) -> None:
        """Note that the call leads to a target; what is known about it already stays. ``single`` are those that are all
        that some call leads to.
        """
        targets = self.targets
        if not targets:
            found = target, certain
            known = single.get(found)
            if known is None:
                known = single[found] = {target: certain}
            self.targets = known
        elif target not in targets:
            if len(targets) == 1:  # other calls lead to it as well
                self.targets = {**targets, target: certain}
            else:
                targets[target] = certain

    def calls_outside(self, value: Value) -> bool:
        """Note that the call is of something outside; whether that is new."""
        if value in self.external:
            return False
        self.external += (value,)
        return True

    def first_time(self, what: Any) -> bool:
        """Whether ``what`` has not been done for this call before; it has from now on."""
        if what in self.bound:
            return False
        self.bound += (what,)
        return True

    def argument(self, position: int, name: str = "") -> Ref:
        """The ref of an argument by position or keyword; -1 when it is not there."""
        if 0 <= position < len(self.arguments):
            return self.arguments[position]
        return next((ref for keyword, ref in self.keywords if keyword == name), -1) if name else -1


def keep_results(sites: Iterable[Site]) -> None:
    """Give back memory once nothing is followed any more: what was done is forgotten, and what of the outside several calls call
    is kept once.
    """
    equal: dict[tuple[Value, ...], tuple[Value, ...]] = {}
    for site in sites:
        site.bound = ()
        if site.external:
            site.external = equal.setdefault(site.external, site.external)
