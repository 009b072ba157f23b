"""Modules of Django's URL configuration: which includes which, and the lists of patterns that each has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Scope

_ADDING = frozenset({"append", "extend", "insert"})


def top_modules(linked: Linked, includes: Collection[tuple[int, int]]) -> list[Module]:
    """The modules with patterns that nobody includes: the one that settings name as the root, or all of them."""
    included: set[int] = set()
    for scope_index, node in includes:
        scope = linked.program.scopes[scope_index]
        for operation in scope.operations_producing(node):
            if operation[3]:
                target = module_of(linked, *without_name(linked, scope, operation[3][0]))
                if target is not None:
                    included.add(target.index)
    declared = linked.engine.references.settings().get("ROOT_URLCONF")
    root = linked.program.by_name.get(declared or "")
    if root is not None:
        return [root]
    return [
        module
        for module in linked.program.modules
        if not module.library and "urlpatterns" in module.top.facts.names and module.index not in included
    ]


def without_name(linked: Linked, scope: Scope, ref: Any) -> tuple[Scope, Any]:
    """``include((patterns, application name))``: the patterns."""
    plain = linked.constant(scope, ref)
    if isinstance(plain, list) and plain:
        return scope, plain[0]
    origin = linked.origin(scope, ref) if type(ref) is int else None
    if origin is not None and origin.operation[0] == Op.CONTAINER and origin.operation[2] == "tuple":
        return origin.scope, origin.operation[3][0] if origin.operation[3] else -1
    return scope, ref


def module_of(linked: Linked, scope: Scope, ref: Any) -> Module | None:
    """The module that an ``include`` argument names."""
    if isinstance(ref, str):
        return linked.program.by_name.get(ref)
    for value in linked.names.evaluate(scope, ref):
        description = linked.values[value]
        if description[0] == "M":
            index: int = description[1]
            return linked.program.modules[index]
    return None


def pattern_lists(linked: Linked, module: Module) -> Iterator[tuple[Scope, Any]]:
    """The list of patterns of a module, or of the one that it has them from, and what that adds to it."""
    holder = linked.program.exporting_module(module, "urlpatterns")
    if holder is not None:
        patterns = holder.top.facts.names["urlpatterns"]
        yield holder.top, patterns
        yield from ((holder.top, added) for added in _added(holder.top, patterns))


def _added(scope: Scope, patterns: Any) -> Iterator[Any]:
    """What a module adds to a list of its own, one by one or in a list."""
    adding = {
        operation[1]
        for operation in scope.facts.ops
        if operation[0] == Op.ATTRIBUTE and operation[3] in _ADDING and _is_same(scope, operation[2], patterns)
    }
    for operation in scope.facts.ops if adding else ():
        if operation[0] == Op.CALL and operation[2] in adding and operation[3]:
            yield operation[3][-1]


def _is_same(scope: Scope, ref: Any, patterns: Any) -> bool:
    """Whether a list is one that a name is bound to in the end, or before more was added to it."""
    pending, seen = [patterns], set()
    while pending:
        node = pending.pop()
        if node == ref:
            return True
        if type(node) is int and node >= 0 and node not in seen:
            seen.add(node)
            for operation in scope.operations_producing(node):
                if operation[0] in (Op.COPY, Op.BINARY):
                    pending += operation[2:4] if operation[0] == Op.BINARY else operation[2:3]
    return False
