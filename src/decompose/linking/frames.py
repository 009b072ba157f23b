"""A frame is one instantiation of a scope; a site is one call in a frame, with everything that it was found to call."""

from __future__ import annotations

from typing import Any

from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value


class Frame:
    """A scope with its nodes; ``receiver`` is the value of ``self`` or ``cls``, or -1.

    ``depth`` counts the calls that this frame was made for specially, one inside the other; ``decorates`` is the
    decoration that it was made for, if it is a decorator's.
    """

    __slots__ = ("decorates", "depth", "index", "nodes", "parent", "receiver", "returns", "scope")

    def __init__(self, index: int, scope: Scope, nodes: list[Node], parent: Frame | None, receiver: Value) -> None:
        self.index = index
        self.scope = scope
        self.nodes = nodes
        self.parent = parent
        self.receiver = receiver
        self.returns: Node = -1
        self.depth: int = parent.depth if parent is not None else 0
        self.decorates: Site | None = None


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
        self.targets: dict[tuple[int, Value, str], bool] = {}
        self.external: set[Value] = set()
        self.wrappers: dict[int, Value] = {}
        self.loads = False
        self.bound: set[Any] = set()

    def argument(self, position: int, name: str = "") -> Ref:
        """The ref of an argument by position or keyword; -1 when it is not there."""
        if 0 <= position < len(self.arguments):
            return self.arguments[position]
        return next((ref for keyword, ref in self.keywords if keyword == name), -1) if name else -1
