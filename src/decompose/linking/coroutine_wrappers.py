"""Functions that a decorator makes for coroutine functions only, or for all others only: see `facts.coroutines`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from decompose.linking.solver import Node
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope


class CoroutineWrappers:
    """Has each of them made once what is decorated is known to be of its kind."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._waiting: dict[tuple[int, int], tuple[Node, bool, Callable[[], None]]] = {}

    def wait(self, frame: Frame, function: Scope, make: Callable[[], None]) -> None:
        """Make a function in the frame of a decorator, or never."""
        name, wanted = function.facts.made_for
        node = next((p[1] for p in frame.scope.facts.parameters if p[0] == name), -1)
        if node < 0:
            make()
            return
        key = frame.index, function.index
        self._waiting[key] = frame.nodes[node], wanted, make
        self.engine.watch(frame.nodes[node], self._decide, key)

    def assume(self) -> None:
        """Where nothing is known of what is decorated, it may be of either kind."""
        for key, (node, _, make) in list(self._waiting.items()):
            if not self.engine.values_of(node):
                del self._waiting[key]
                make()

    def _decide(self, new: frozenset[Value], key: tuple[int, int]) -> None:
        if key in self._waiting:
            _, wanted, make = self._waiting[key]
            if any(self._is_coroutine_function(value) in (wanted, None) for value in new):
                del self._waiting[key]
                make()

    def _is_coroutine_function(self, value: Value) -> bool | None:
        """Whether a value is one, as ``inspect.iscoroutinefunction`` says; None where that is not known."""
        kind, of, *_ = self.engine.values[value]
        if kind == "B":
            return self._is_coroutine_function(of)
        function = self.engine.program.scopes[of] if kind == "F" else None
        if function is None or function.library:
            return False if kind == "C" else None
        return function.facts.coroutine and not function.facts.yields
