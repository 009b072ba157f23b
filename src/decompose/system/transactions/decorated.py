"""Functions that a decorator of the application's own puts a transaction around, however many it decorates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from decompose.facts import Op
from decompose.linking.program import Scope
from decompose.system.calls.handed_parameters import places_of_parameters
from decompose.system.model import Dependency
from decompose.system.transactions.events import Lines, is_within


class Decorated:
    """What decorates what, by where it is written."""

    def __init__(self, scopes: Mapping[str, Scope], dependencies: Iterable[Dependency]) -> None:
        self._scopes = scopes
        self._used: dict[str, set[tuple[str, int]]] = {}
        for d in dependencies:
            if d.kind in ("call", "construct", "decorate") and d.resolution != "guessed":
                self._used.setdefault(d.target, set()).add((d.source, d.line))

    def by(self, decorator: str) -> Iterator[Scope]:
        """The functions that stand below ``@decorator`` or ``@decorator(...)``, a function or a class whose objects decorate."""
        for source, line in sorted(self._used.get(decorator, ())):
            scope = self._scopes.get(source)
            for operation in scope.facts.ops if scope is not None else ():
                if scope is not None and operation[0] == Op.DECORATE:
                    calls = (o for o in scope.operations_producing(operation[2]) if o[0] == Op.CALL)
                    function = scope.function_below(operation[3])
                    if function is not None and line in (operation[-1], *(call[-1] for call in calls)):
                        yield function

    def within(self, definition: str, lines: Lines) -> Iterator[Scope]:
        """What runs on these lines of a function that a decorator makes: they call what is decorated."""
        wrapper = self._scopes.get(definition)
        decorator = wrapper
        while decorator is not None and decorator.parent is not None and decorator.parent.is_function:
            decorator = decorator.parent
        if wrapper is None or decorator is None or decorator is wrapper:
            return
        for (kind, line), parameters in sorted(places_of_parameters(wrapper).items(), key=lambda place: place[0]):
            of_decorator = any(function is not wrapper for function, _ in parameters)
            if kind == "call" and of_decorator and (not lines or is_within(line, lines)):
                yield from self.by(decorator.definition)
                return
