"""What writes operations into a scope."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any

from decompose.facts.records import Op, Ref, ScopeKind
from decompose.facts.scope import ScopeBuilder


class Emitter(ABC):
    """Emits operations into ``self.scope``; how an expression becomes a ref is for subclasses to say."""

    scope: ScopeBuilder

    @abstractmethod
    def ref(self, node: ast.expr | None) -> Ref:
        """The ref of an expression, after emitting what it does."""

    def as_node(self, ref: Ref) -> int:
        """A node for any ref, so that it can be a base or a function."""
        if type(ref) is int:
            return ref
        node = self.scope.node()
        self.scope.ops.append([Op.COPY, node, ref])
        return node

    def emit(self, op: int, *rest: Any) -> int:
        """One more operation; gives the node of its result."""
        scope = self.scope
        node = scope.nodes
        scope.nodes = node + 1
        scope.ops.append([op, node, *rest])
        return node

    def bound_name(self, name: str) -> str:
        """A name as the scope binds it: mangled in the body of a class."""
        return self.mangled(name) if self.scope.facts.kind == ScopeKind.CLASS else name

    def mangled(self, name: str) -> str:
        """A private name of a class, as Python stores it."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        scope: ScopeBuilder | None = self.scope
        while scope is not None and scope.facts.kind != ScopeKind.CLASS:
            scope = scope.parent
        return f"_{scope.facts.name.lstrip('_')}{name}" if scope is not None else name
