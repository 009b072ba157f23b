"""Statements with bodies: which names hold what after each of the ways through them."""

from __future__ import annotations

import ast
from typing import Any

from decompose.facts.annotations import annotation_tree
from decompose.facts.conditions import named_in
from decompose.facts.definitions import DefinitionVisitor, last_name
from decompose.facts.records import Op, Ref
from decompose.facts.switches import LEAVING


class BranchVisitor(DefinitionVisitor):
    """Follows each branch with the names as they are before it, and joins what they are where branches meet."""

    def __init__(self, *, has_nonlocal: bool) -> None:
        super().__init__(has_nonlocal=has_nonlocal)
        self.entered: list[list[Any]] = []
        self.blocks: list[list[int]] = []
        self.arms: list[list[int]] = []
        self.conditions: list[list[Any]] = []
        self.branchings = 0

    def _branch(
        self, body: list[ast.stmt], start: dict[str, Ref], test: ast.expr | None = None, *, outcome: bool = True
    ) -> dict[str, Ref] | None:
        self.scope.environment = dict(start)
        self.scope.stopped = False
        if test is not None:
            self.narrow(test, outcome=outcome)
        self.block(body)
        stopped, self.scope.stopped = self.scope.stopped, False
        return None if stopped else self.scope.environment

    def _new_branching(self, *, exhaustive: bool) -> int:
        """The number of a statement with branches; positive if one of them is always taken."""
        self.branchings += 1
        return self.branchings if exhaustive else -self.branchings

    def _note_arm(self, body: list[ast.stmt], branching: int, end: dict[str, Ref] | None) -> None:
        if body:
            self.arms.append([body[0].lineno, body[-1].end_lineno or body[-1].lineno, branching, int(end is None)])

    def _note_conditions(self, body: list[ast.stmt], names: list[str]) -> None:
        self.conditions += [[body[0].lineno, body[-1].end_lineno or body[-1].lineno, name] for name in names if body]

    def note_what_is_left(self, node: ast.If, rest: list[ast.stmt]) -> None:
        """``if not settings.QUEUED: return``: what stands behind it runs only where that is true."""
        if rest and isinstance(node.body[-1], LEAVING):
            self._note_conditions(rest, named_in(node.test, negated=True))

    def _meet(self, ends: list[dict[str, Ref] | None], fallback: dict[str, Ref]) -> None:
        live = [end for end in ends if end is not None]
        if not live:
            self.scope.environment = fallback
            self.scope.stopped = True
            return
        joined = live[0]
        for end in live[1:]:
            joined = self.scope.join(joined, end)
        self.scope.environment = joined
        self.scope.stopped = False

    def if_(self, node: ast.If) -> None:
        self.test(node.test)
        start = self.scope.environment
        outside, self.only_types = self.only_types, self.only_types or _is_type_checking(node.test)
        body = self._branch(node.body, start, node.test)
        self.only_types = outside
        # ``if not isinstance(x, C): return`` narrows what follows.
        narrows = bool(node.orelse) or body is None
        orelse = self._branch(node.orelse, start, node.test if narrows else None, outcome=False)
        branching = self._new_branching(exhaustive=bool(node.orelse))
        self._note_arm(node.body, branching, body)
        self._note_arm(node.orelse, branching, orelse)
        self._note_conditions(node.body, named_in(node.test))
        self._note_conditions(node.orelse, named_in(node.test, negated=True))
        self._meet([body, orelse], start)
        if _is_type_checking(node.test) and orelse is not None:
            self.scope.environment.update({name: orelse[name] for name in _bare_bases(node.orelse) if name in orelse})

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.ref(node.iter)
        self.loops.append([node.body[0].lineno, node.body[-1].end_lineno or node.lineno])
        before = self.scope.enter_loop(node)
        item = self.emit(Op.ITERATE, self.as_node(source), node.lineno) if source != -1 else -1
        if source != -1 and isinstance(node, ast.AsyncFor):
            self.emit(Op.BINARY, self.as_node(source), -1, "aiter", node.lineno)
        self.bind(node.target, item, node.lineno)
        self.block(node.body)
        self._note_arm(node.body, self._new_branching(exhaustive=False), before)
        self.scope.leave_loop(before)
        self.block(node.orelse)

    def while_(self, node: ast.While) -> None:
        self.loops.append([node.lineno, node.body[-1].end_lineno or node.lineno])
        before = self.scope.enter_loop(node)
        self.test(node.test)
        self.narrow(node.test)
        self.block(node.body)
        always = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self._note_arm(node.body, self._new_branching(exhaustive=always), before)
        self.scope.leave_loop(before)
        self.block(node.orelse)

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            manager = self.ref(item.context_expr)
            self.entered += called(item.context_expr)
            entered = self.emit(Op.ENTER, self.as_node(manager), node.lineno) if manager != -1 else -1
            if item.optional_vars is not None:
                self.bind(item.optional_vars, entered, node.lineno)
        self.blocks.append([node.lineno, node.body[0].lineno, node.body[-1].end_lineno or node.lineno])
        self.block(node.body)

    def try_(self, node: ast.Try | ast.TryStar) -> None:
        start = self.scope.environment
        body = self._branch([*node.body, *node.orelse], start)
        # An exception may leave the body anywhere: handlers see the names before and after it.
        reached = self.scope.join(start, self.scope.environment) if node.handlers else start
        ends = [body]
        branching = self._new_branching(exhaustive=False)
        for handler in node.handlers:
            self.scope.environment = dict(reached)
            caught = self.ref(handler.type) if handler.type is not None else -1
            if handler.name:
                tree = annotation_tree(handler.type)
                if tree and tree[0] == "l":
                    tree = ["u", tree[1]]  # one of several classes
                arrived = self.emit(Op.TYPED, tree) if tree else caught
                if type(caught) is int and caught >= 0 and _is_held(handler.type):
                    held = self.emit(Op.BINARY, caught, -1, "caught", handler.lineno)
                    arrived = self.scope.join_refs(arrived, held)
                self.scope.assign(handler.name, arrived)
            ends.append(self._branch(handler.body, self.scope.environment))
            self._note_arm(handler.body, branching, ends[-1])
        self._meet(ends, reached)
        stopped = self.scope.stopped
        self.block(node.finalbody)
        self.scope.stopped = self.scope.stopped or stopped

    def match_(self, node: ast.Match) -> None:
        subject = self.ref(node.subject)
        start = self.scope.environment
        ends: list[dict[str, Ref] | None] = [start]
        last = node.cases[-1]
        anything = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
        branching = self._new_branching(exhaustive=anything)
        for case in node.cases:
            self.scope.environment = dict(start)
            self.pattern(case.pattern, subject, node.subject)
            self.ref(case.guard)
            ends.append(self._branch(case.body, self.scope.environment))
            self._note_arm(case.body, branching, ends[-1])
        self._meet(ends, start)


def called(value: ast.expr) -> list[list[Any]]:
    """The line and the last name of what an expression calls, as what is done with the result tells them; none if it calls nothing."""
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return []
    line = call.func.end_lineno if isinstance(call.func, ast.Attribute) else call.lineno
    return [[line, last_name(call.func)]]


def _is_held(asked: ast.expr | None) -> bool:
    """``except self.passing as problem``: whether a name says that it holds classes, and is none itself."""
    name = last_name(asked) if isinstance(asked, ast.Name | ast.Attribute) else ""
    return bool(name) and (name[0].islower() or name.isupper() or name[0] == "_")


def _bare_bases(body: list[ast.stmt]) -> set[str]:
    """``if TYPE_CHECKING: Base = Model``, ``else: Base = object``: names that are nothing but ``object`` when the program runs."""
    return {
        target.id
        for statement in body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and statement.value.id == "object"
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _is_type_checking(test: ast.expr) -> bool:
    return last_name(test) == "TYPE_CHECKING"
