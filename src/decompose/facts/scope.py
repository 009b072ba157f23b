"""The scope under construction: its operations, and which node each name stands for at this point."""

from __future__ import annotations

import ast
from typing import Any

from decompose.facts.records import Op, Ref, ScopeFacts, ScopeKind

Environment = dict[str, Ref]


class ScopeBuilder:
    """Numbers nodes, collects operations, and follows names through branches and loops.

    ``stopped`` is set after a statement that never goes on (return, raise, break, continue).
    """

    def __init__(self, facts: ScopeFacts, index: int, parent: ScopeBuilder | None) -> None:
        self.facts = facts
        self.index = index
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.ops: list[list[Any]] = facts.ops
        self.nodes = 0
        self.environment: Environment = {}
        self.stopped = False
        self.assigned: dict[str, list[Ref]] = {}
        self.captured: dict[str, tuple[int, int]] = {}
        self.outer_names: set[str] = set()
        self.global_names: set[str] = set()
        self.bound_inside: set[str] = parent.bound_inside if parent is not None else set()
        """Names of the module that functions bind (``global``): nothing else need do so."""
        self.shared: set[str] = set()
        """Names that inner functions assign too (``nonlocal``): what they hold here is everything assigned anywhere."""
        self.seen: Environment | None = None
        """What the names of the function around stand for where this is written; None where a loop comes back to them."""
        self.assigned_before: dict[str, int] = {}
        """How many assignments to each of them stand above."""
        if parent is not None and parent.facts.kind >= ScopeKind.FUNCTION and not parent.loops:
            self.seen = dict(parent.environment)
            self.assigned_before = {name: len(refs) for name, refs in parent.assigned.items()}
        self.narrowed: dict[int, tuple[Ref, list[Any]]] = {}
        """What a name stands for where its class is known -> what it stands for elsewhere, and that class."""
        self.published: dict[str, list[Ref]] = {}
        """What is in ``names`` of a function -> what it is made of."""
        self.function: ast.FunctionDef | ast.AsyncFunctionDef | None = None
        self.made_inside: dict[int, tuple[str, bool]] | None = None
        self.loops: list[dict[str, int]] = []
        self._statements: list[ast.stmt] = []
        self._assigned_in: list[set[str] | None] = []

    def node(self) -> int:
        """A fresh node."""
        self.nodes += 1
        return self.nodes - 1

    def read(self, name: str, line: int = 0) -> Ref:
        """The ref that ``name`` stands for here."""
        ref = self.environment.get(name)
        if ref is None or name in self.shared:
            return self.free(name, line)
        if self.loops:
            for depth, phis in enumerate(self.loops):
                if name not in phis and ((type(ref) is int and ref >= 0) or name in self._assigned(depth)):
                    phi = phis[name] = self.node()
                    self.ops.append([Op.COPY, phi, ref])
                    ref = self.environment[name] = phi
        return ref

    def free(self, name: str, line: int) -> int:
        """The node for a name that is not bound on this path: bound elsewhere in this scope, or outside."""
        known = self.captured.get(name)
        if known is None:
            known = self.captured[name] = (self.node(), line)
        return known[0]

    def assign(self, name: str, ref: Ref) -> None:
        """``name`` stands for ``ref`` from here on."""
        if name in self.outer_names:
            self.ops.append([Op.SET_FREE, name, ref])
            if name in self.global_names:
                self.bound_inside.add(name)
            return
        self.environment[name] = ref
        self.assigned.setdefault(name, []).append(ref)
        for phis in self.loops:
            phis.setdefault(name, -1)

    def join(self, first: Environment, second: Environment) -> Environment:
        """The names after two paths meet."""
        if first is second:
            return first
        joined = dict(first)
        for name, ref in second.items():
            other = first.get(name)
            if other is None:
                joined[name] = ref
            elif other != ref and not (type(other) is int and other == -1):
                joined[name] = self.join_refs(other, ref)
        return joined

    def join_refs(self, first: Ref, second: Ref) -> Ref:
        """One ref that stands for either of two."""
        if second in (first, -1):
            return first
        if first == -1:
            return second
        phi = self.node()
        self.ops.append([Op.COPY, phi, first])
        self.ops.append([Op.COPY, phi, second])
        return phi

    def enter_loop(self, statement: ast.stmt) -> Environment:
        """Start of a loop body: later assignments flow back to reads at its start."""
        before = dict(self.environment)
        self.loops.append({})
        self._statements.append(statement)
        self._assigned_in.append(None)
        return before

    def _assigned(self, depth: int) -> set[str]:
        """The names that the loop at this depth assigns: what is plain data when it begins need not stay so."""
        known = self._assigned_in[depth]
        if known is None:
            inside = ast.walk(self._statements[depth])
            known = {node.id for node in inside if type(node) is ast.Name and type(node.ctx) is ast.Store}
            self._assigned_in[depth] = known
        return known

    def leave_loop(self, before: Environment) -> None:
        """End of a loop body: close the cycle, and join with the path that never entered."""
        after = self.environment
        self._statements.pop()
        self._assigned_in.pop()
        for name, phi in self.loops.pop().items():
            if phi >= 0:
                end = after.get(name, -1)
                if end not in (phi, -1):
                    self.ops.append([Op.COPY, phi, end])
                before[name] = after[name] = phi
        self.environment = self.join(before, after)
        self.stopped = False

    def finish(self) -> None:
        """Bind what was read before it was assigned, and publish the names."""
        for name in sorted(self.shared & self.assigned.keys()):
            self.free(name, 0)
        for name in sorted(self.outer_names):
            self._publish_shared(name)
        for name, (node, line) in self.captured.items():
            refs = self.assigned.get(name)
            if refs and self.facts.kind != ScopeKind.CLASS:
                for position, ref in enumerate(refs):
                    if ref != -1 and ref not in refs[:position]:
                        self.ops.append([Op.COPY, node, ref])
            else:
                self._load_outside(node, name, line)

    def _publish_shared(self, name: str) -> None:
        scope = self.parent
        while scope is not None and name not in scope.shared:
            scope = scope.parent
        if scope is not None:
            scope.capture(name, self)

    def _load_outside(self, node: int, name: str, line: int) -> None:
        """``node`` is what ``name`` stands for outside of here, narrowed as it is where the scope is written that reads it."""
        inner, scope = self, self.parent
        while scope is not None and not scope.capture(name, inner):
            inner, scope = scope, scope.parent
        for tree in scope.narrowing(name, inner)[1] if scope is not None else ():
            wide = self.node()
            self.ops.append([Op.NARROW, node, wide, tree])
            node = wide
        self.ops.append([Op.FREE, node, name, line])

    def narrowing(self, name: str, inner: ScopeBuilder) -> tuple[Ref, list[list[Any]]]:
        """What a name stands for where an inner scope is written, and the classes that it is known to be of, the last one first."""
        ref = inner.seen.get(name, -1) if inner.seen is not None and name not in self.shared else -1
        found: list[list[Any]] = []
        while type(ref) is int and ref in self.narrowed and len(self._held_for(name, inner)) == 1:
            ref, tree = self.narrowed[ref]
            found.append(tree)
        return ref, found

    def capture(self, name: str, inner: ScopeBuilder) -> bool:
        """Whether the ``name`` that a scope written here reads, or one below it, is bound here; if so it is published in ``names``."""
        if self.facts.kind == ScopeKind.CLASS:
            return False
        if self.facts.kind == ScopeKind.MODULE:
            return name in self.environment
        if name not in self.assigned:
            return False
        if name in self.shared:
            self.facts.names[name] = self.free(name, 0)
            return True
        published = self.published.setdefault(name, [])
        wide, narrowing = self.narrowing(name, inner)
        for ref in [wide] if narrowing else self._held_for(name, inner):
            if ref not in published:
                self.facts.names[name] = self.join_refs(self.facts.names[name], ref) if published else ref
                published.append(ref)
        return True

    def _held_for(self, name: str, inner: ScopeBuilder) -> list[Ref]:
        """What a name may stand for when an inner scope runs: what it does where that is written, and what it is assigned below."""
        every = self.assigned[name]
        if inner.seen is None:
            return every
        seen = [inner.seen[name]] if name in inner.seen else []
        return [*seen, *every[inner.assigned_before.get(name, 0) :]] or every
