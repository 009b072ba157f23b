"""What functions promise to give, where their bodies do not show what they give.

``def backend(self) -> Backend: return Disk()`` gives a disk and no other backend: a declared result is a promise for callers that look no
further. So a promise that any of several classes may keep waits until the bodies have said what they can, and is made
only where they said nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.framing import Framing
    from decompose.linking.solver import Node

_MAX_STEPS = 8
"""So many names are gone through from what is returned to what makes it."""


class _Tested(NamedTuple):
    """A test for a class that may be the only sign of what gets there.

    ``wrapper``: the function and the frame that it was made in, where a parameter of a decorator's wrapper is ``tested``. Of what its
    callers give it, the frame that was made when it was put around something knows nothing.
    """

    node: Node
    types: Types
    tested: Node
    wrapper: tuple[Scope, Frame] | None


def _made_in(frame: Frame | None) -> tuple[Scope, Frame] | None:
    return (
        (frame.scope, frame.parent) if frame is not None and frame.parent is not None and frame.scope.wraps() else None
    )


class Promises:
    """The promises that wait for bodies."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self.due = False
        """Whether the bodies have said what they can."""
        self._waiting: list[tuple[Frame, Types]] = []
        self._tested: list[_Tested] = []

    def make(self, frame: Frame, annotation: list[Any]) -> None:
        """The result of a frame is declared."""
        types = self._of_classes(frame, annotation) or self.engine.promised(frame, annotation)
        standing = self.engine.standing_for(types)
        several = len(standing) > len(types) or not self.engine.of_large_families.isdisjoint(standing)
        called = not frame.scope.library and any(self.engine.values[value][0] == "L" for value in types)
        if (several or called) and not frame.scope.facts.yields:
            self._waiting.append((frame, types))
        elif types:
            self.engine.add(frame.returns, standing)

    def assume_passed(self, node: Node, types: Types, frame: Frame | None = None, tested: Node = -1) -> None:
        """What passes a test for classes, or is handed back, is of these, if nothing is known to be: of the application's that waits.

        Where ``tested`` is what callers give a decorator's wrapper, and an object of the application is known to be given, nothing else is.
        """
        described = [self.engine.values[value] for value in types]
        if self.due or all(d[0] not in ("I", "C") or self.engine.program.scopes[d[1]].library for d in described):
            self.engine.add_types(node, types)
        else:
            self._tested.append(_Tested(node, types, tested, _made_in(frame) if tested >= 0 else None))

    def _keep_tested(self) -> bool:
        tested, self._tested = self._tested, []
        known = {test.wrapper for test in tested if test.wrapper is not None and self._is_known(test.tested)}
        unknown = [test for test in tested if test.wrapper not in known and not self.engine.values_of(test.node)]
        for test in unknown:
            self.engine.add_types(test.node, test.types)
        return bool(unknown)

    def _is_known(self, node: Node) -> bool:
        """Whether an object of a class of the application gets there."""
        described = (self.engine.values[value] for value in self.engine.values_of(node))
        return any(d[0] == "I" and not self.engine.program.scopes[d[1]].library for d in described)

    def _of_classes(self, frame: Frame, annotation: list[Any]) -> Types:
        """``-> type[Backend]`` promises that class or one below it; empty where nothing of the kind is promised."""
        engine = self.engine
        written = engine.names.types(frame.scope, annotation)
        if all(engine.values[value][0] not in ("C", "Y") for value in written):
            return ()
        if not engine.values.open_types.isdisjoint(written):
            written = engine.promised(frame, annotation) if not frame.scope.library else ()
        return self.or_below(written)

    def or_below(self, types: Types) -> Types:
        """Types with those classes below each class that may stand for it."""
        return tuple(self.engine.values.any_class(v) if self._is_extended(v) else v for v in types)

    def _is_extended(self, value: Value) -> bool:
        described = self.engine.values[value]
        return described[0] == "C" and described[1] in self.engine.hierarchy.subclasses

    def keep(self) -> bool:
        """Give what is promised where no body shows it, once that is due; whether there was any."""
        if not self.due:
            return False
        if self._keep_tested():
            return True
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, []
        unknown = [(frame, types) for frame, types in waiting if not self._is_shown(frame, types)]
        for frame, types in unknown:
            self.engine.add_types(frame.returns, types)
        return bool(unknown)

    def _is_shown(self, frame: Frame, types: Types) -> bool:
        """Whether each value that a frame returns is known to be of a class that is promised, or whoever takes its place tells."""
        returned = {ref: self.engine.node_of(frame, ref) for ref in frame.scope.facts.returns if type(ref) is int}
        if not returned:
            return self._is_told_below(frame)
        described = [self.engine.values[value] for value in self.engine.standing_for(types)]
        classes, called = {d[1] for d in described if d[0] != "L"}, any(d[0] == "L" for d in described)
        return all(
            self._makes(frame.scope, ref, _MAX_STEPS)
            and any(self._is_of(value, classes, called) for value in self.engine.values_of(node))
            for ref, node in returned.items()
        )

    def is_made(self, function: Scope, ref: Ref) -> bool:
        """Whether a body makes a value itself, or has it made by what it names."""
        return self._makes(function, ref, _MAX_STEPS)

    def _makes(self, function: Scope, ref: Ref, steps: int) -> bool:
        """Whether a body makes what it returns, or has it made by what it names, or hands back a class that it is declared to be given:
        of what others keep, more may be kept than is seen.
        """
        if type(ref) is not int or ref < 0:
            return True
        producers = function.operations_producing(ref) if steps else []
        if steps and not producers:
            return self._is_given_class(function, ref)
        return bool(producers) and all(
            self._makes(function, operation[2], steps - 1)
            if operation[0] in (Op.COPY, Op.NARROW)
            else operation[0] == Op.FUNCTION
            or self._names_class(function, operation)
            or (operation[0] == Op.CALL and self._is_named(function, operation[2]))
            for operation in producers
        )

    def _is_given_class(self, function: Scope, ref: int) -> bool:
        """Whether a ref is a parameter that is declared to be a class."""
        annotations = [p[2] for p in function.facts.parameters if p[1] == ref and p[2] is not None]
        types = [self.engine.values[v] for a in annotations for v in self.engine.names.types(function, a)]
        return bool(types) and all(d[0] in ("C", "Y") for d in types)

    def _names_class(self, function: Scope, operation: list[Any]) -> bool:
        """Whether what is returned is a class itself, by its name."""
        if operation[0] not in (Op.FREE, Op.FROM, Op.CLASS):
            return False
        described = [self.engine.values[value] for value in self.engine.names.evaluate(function, operation[1])]
        return bool(described) and all(d[0] == "C" for d in described)

    def _is_named(self, function: Scope, callee: Ref) -> bool:
        described = [self.engine.values[value] for value in self.engine.names.evaluate(function, callee)]
        own = function.facts.parameters[0][1] if function.is_method and function.facts.parameters else -1
        return all(d[0] in ("C", "F") for d in described) and (
            bool(described) or any(base == own for base, _ in function.attributes_read(callee))
        )

    def _is_of(self, value: int, classes: set[int], called: bool) -> bool:
        """Whether a value is of one of these classes, or a function where something that can be ``called`` is promised too."""
        described = self.engine.values[value]
        return (described[0] in ("I", "C") and described[1] in classes) or (called and described[0] in ("F", "B"))

    def _is_told_below(self, frame: Frame) -> bool:
        """Whether a method without a result of its own is one that subclasses state anew, and say what they give."""
        function = frame.scope
        if function.parent is None or not function.is_method:
            return False
        below = [
            function_of
            for cls in self.engine.hierarchy.subclasses.get(function.parent.index, ())
            if (ref := cls.facts.names.get(function.facts.name)) is not None
            and (function_of := self.engine.plain_function(cls, ref)) is not None
        ]
        return bool(below) and all(f.facts.return_annotation is not None for f in below)
