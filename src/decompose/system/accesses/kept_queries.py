"""Whether a query that an object keeps was run when the object was made.

class Forms:
    def __init__(self, questions):
        self.questions = questions
        self.names = []
        for question in self.questions:                                # runs the query, which keeps its rows
            self.names.append(question.name)

    def render(self):
        for question in self.questions: ...                            # reads nothing

Some libraries' queries keep the rows that they have found (``__keeps_rows__`` in a summary). The constructor must go through it in a
``for`` statement on every path, and nothing else may set the attribute: a comprehension may stand in an expression that is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded, Store

_RUNNING = ("__iter__", "__bool__", "__len__")
_CONSTRUCTOR = "__init__"


class KeptQueries:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._loaded = loaded
        self._known: dict[tuple[int, int], bool] = {}
        self._run: dict[tuple[int, str], bool] = {}

    def were_run(self, scope: Scope, rule: str, line: int) -> bool:
        """Whether a line only goes through rows that its object has since it was made."""
        if not scope.is_method or scope.facts.name == _CONSTRUCTOR or not rule.removesuffix(ALONG).endswith(_RUNNING):
            return False
        key = (scope.index, line)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._all_were_run(scope, line)
        return known

    def _all_were_run(self, scope: Scope, line: int) -> bool:
        names = [_own_attribute(scope, ref) for ref in self._runs(scope, line)]
        return bool(names) and all(name and self._is_run_by_constructor(scope, name) for name in names)

    def _runs(self, scope: Scope, line: int) -> Iterator[Ref]:
        """What a function may go through, count or test that is such a query, on a line."""
        for operation in scope.facts.ops:
            if operation[-1] != line:
                continue
            match operation:
                case [Op.ITERATE, _, base, _] | [Op.BINARY, _, base, _, "bool", _]:
                    refs = [base]
                case [Op.CALL, _, _, arguments, _, _]:
                    refs = arguments
                case _:
                    continue
            yield from (ref for ref in refs if self._keeps_rows(scope, ref))

    def _keeps_rows(self, scope: Scope, ref: Ref) -> bool:
        described = (self.linked.values[value] for value in self._loaded.values_of(scope, ref))
        return any(
            d[0] == "I" and self.linked.hierarchy.member(self.linked.program.scopes[d[1]], "__keeps_rows__") is not None
            for d in described
        )

    def _is_run_by_constructor(self, scope: Scope, name: str) -> bool:
        cls = scope.parent
        if cls is None:
            return False
        key = (cls.index, name)
        known = self._run.get(key)
        if known is None:
            stores = self._loaded.stores(cls, name)
            alone = len(stores) == 1 and not self._is_set_elsewhere(stores[0], name)
            known = self._run[key] = alone and self._runs_always(stores[0], name)
        return known

    def _is_set_elsewhere(self, store: Store, name: str) -> bool:
        related = self.linked.hierarchy.are_related
        setting = self._setting.get(name, ())
        return any(scope != store.scope.index and related(cls, store.cls.index) for scope, cls in setting)

    @cached_property
    def _setting(self) -> dict[str, set[tuple[int, int]]]:
        """The name of an attribute -> the functions that set it, and the classes of whose objects they do."""
        found: dict[str, set[tuple[int, int]]] = {}
        for frame, value, name, _ in self.linked.engine.attribute_stores:
            description = self.linked.values[value]
            if description[0] == "I":
                found.setdefault(name, set()).add((frame.scope.index, description[1]))
        return found

    def _runs_always(self, store: Store, name: str) -> bool:
        """Whether a constructor goes through the rows of what it keeps, on every path and whatever it is given."""
        constructor = store.scope
        if constructor.facts.name != _CONSTRUCTOR:
            return False
        facts = constructor.facts
        arms = [arm for arm in constructor.module.facts.arms if facts.line <= arm[0] and arm[1] <= facts.end_line]
        return any(
            operation[0] == Op.ITERATE
            and (operation[2] == store.ref or _own_attribute(constructor, operation[2]) == name)
            and [operation[3] + 1] in (loop[:1] for loop in constructor.module.facts.loops)
            and not _may_be_passed_by(arms, operation[3])
            for operation in facts.ops
        )


def _may_be_passed_by(arms: list[list[int]], line: int) -> bool:
    """Whether a line stands in a branch, or behind one that leaves the function."""
    return any(first <= line <= last or (stops and first < line) for first, last, _, stops in arms)


def _own_attribute(scope: Scope, ref: Ref) -> str:
    """The name of the attribute of the method's own object that a ref is; empty where it may be something else."""
    names = set()
    for operation in scope.operations_producing(ref):
        own = operation[0] == Op.ATTRIBUTE and bool(scope.facts.parameters)
        names.add(operation[3] if own and operation[2] == scope.facts.parameters[0][1] else "")
    return names.pop() if len(names) == 1 else ""
