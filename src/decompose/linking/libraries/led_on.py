"""What a framework's methods do where a method that it calls on each request leads on to its own: by which of them that is done.

At ``return super().dispatch(request)`` all happens that any method does which the framework's ``dispatch`` calls: ``get`` shows a
page, and ``post`` saves a row, by ``form_valid``. One request is answered by one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.effects import effects_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_NONE: frozenset[str] = frozenset()
_EACH_REQUEST = "__hooks_of_each_request__"


class LedOn:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._hooks: dict[int, frozenset[str]] = {}
        self._lines: dict[int, frozenset[int]] = {}
        self._answering: dict[tuple[int, str], dict[str, frozenset[str]]] = {}

    def answering(self, scope: Scope, receiver: Value, line: int, rule: str) -> frozenset[str]:
        """The methods that answer a request where the function that a rule names does at a line what it does.

        None where the line does not lead on, where no summary tells how the framework comes from there to that function, or all do.
        """
        cls = self._acting(scope, receiver) if scope.is_method else None
        name = scope.facts.name
        if cls is None or name not in self._called_on_each_request(cls) or line not in self._leading(scope):
            return _NONE
        key = cls.index, name
        if key not in self._answering:
            self._answering[key] = self._who_comes_to(cls, name)
        return self._answering[key].get(rule.partition(",")[0].rpartition(".")[2], _NONE)

    def _acting(self, scope: Scope, receiver: Value) -> Scope | None:
        described = self.linked.values[receiver] if receiver >= 0 else ("",)
        return self.linked.program.scopes[described[1]] if described[0] == "I" else scope.parent

    def _called_on_each_request(self, cls: Scope) -> frozenset[str]:
        found = self._hooks.get(cls.index)
        if found is None:
            member = self.linked.hierarchy.member(cls, _EACH_REQUEST)
            stated = member.ref if member is not None and member.owner.library else ""
            found = self._hooks[cls.index] = frozenset(stated.split()) if isinstance(stated, str) else _NONE
        return found

    def _leading(self, scope: Scope) -> frozenset[int]:
        """The lines of a method that call one of its own name."""
        found = self._lines.get(scope.index)
        if found is None:
            calls = (o for o in scope.facts.ops if o[0] == Op.CALL)
            found = self._lines[scope.index] = frozenset(
                call[-1]
                for call in calls
                if any(o[0] == Op.ATTRIBUTE and o[3] == scope.facts.name for o in scope.operations_producing(call[2]))
            )
        return found

    def _who_comes_to(self, cls: Scope, name: str) -> dict[str, frozenset[str]]:
        """Function -> which of the methods come to it that the framework's method of a name calls, unless all do."""
        above = (c for c in self.linked.hierarchy.order(cls) if c.library and name in c.facts.names)
        owner = next(above, None)
        called = self._calls(owner, name) if owner is not None else ()
        answering = [method for method in called if self.linked.hierarchy.member(cls, method) is not None]
        found: dict[str, set[str]] = {}
        for method in answering:
            for reached in self._reached(cls, method):
                found.setdefault(reached, set()).add(method)
        return {function: frozenset(methods) for function, methods in found.items() if len(methods) < len(answering)}

    def _reached(self, cls: Scope, method: str) -> set[str]:
        """The functions that a framework's method of a class comes to, by its summary and those of the methods that it calls."""
        reached: set[str] = set()
        open_ones = [method]
        while open_ones:
            name = open_ones.pop()
            member = self.linked.hierarchy.member(cls, name)
            # What the application has in its place does so at lines of its own.
            if name not in reached and (member is None or member.owner.library):
                reached.add(name)
                open_ones += self._calls(member.owner, name) if member is not None else ()
        return reached

    def _calls(self, owner: Scope, name: str) -> Iterator[str]:
        """The names of the methods that a framework's method calls."""
        function = owner.function_below(owner.facts.names.get(name))
        for effect, arguments in effects_of(self.linked.engine, function) if function is not None else ():
            if effect == "calls_on":
                yield from map(str, arguments[1:])
