"""What of an argument that may be several things a parameter takes: what it is declared to take, if any of them is that.

``HANDLERS[type(event)].handle(event)`` gives each handler all events that come by; ``def handle(self, event: Paid)`` takes but one kind
of them. Where nothing that is given fits, the declaration is not believed, and all of it is taken.

A parameter that is declared to be plain data (``options: dict[str, Any]``) takes no function, whatever else it is given, and no object of
a class of the application where it is given containers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

Classes = frozenset[int]

_NO_CLASSES: Classes = frozenset()
_DATA: Classes = frozenset({-1})
"""In the place of classes: plain data."""

_PLAIN = frozenset("str bytes int float bool dict list set frozenset tuple".split())
_FUNCTIONS = frozenset({"F", "B"})


class Fitting:
    """Arguments on their way into parameters that are declared to be of classes of the application."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._declared: dict[tuple[int, int], Classes] = {}
        self._fits: dict[tuple[Value, Classes], bool] = {}
        self._held_back: dict[tuple[Node, Node], tuple[Classes, frozenset[Value]]] = {}

    def give(self, node: Node, frame: Frame, parameter: list[Any]) -> None:
        """What an argument holds flows into a parameter of a frame."""
        target = frame.nodes[parameter[1]]
        declared = self._of(frame.scope, parameter) if parameter[2] is not None else _NO_CLASSES
        if declared:
            self.engine.watch(node, self._pass, node, target, declared)
        else:
            self.engine.edge(node, target)

    def keep(self) -> bool:
        """Let through what was held back for nothing: no other value of that argument fits better; whether there was any."""
        held_back, self._held_back = self._held_back, {}
        let_through = False
        for (node, target), (declared, values) in held_back.items():
            if not any(self._is_that(value, declared) for value in self.engine.values_of(node)):
                self.engine.add(target, values)
                let_through = True
        return let_through

    def _pass(self, new: frozenset[Value], node: Node, target: Node, declared: Classes) -> None:
        if declared is _DATA:
            new = frozenset(value for value in new if self.engine.values[value][0] not in _FUNCTIONS)
        unfit = frozenset(value for value in new if self._is_other(value, declared))
        if len(unfit) < len(new):
            self.engine.add(target, new - unfit if unfit else new)
        if unfit:
            _, before = self._held_back.get((node, target), (declared, unfit))
            self._held_back[node, target] = declared, before | unfit

    def _is_plain(self, function: Scope, tree: list[Any]) -> bool:
        """Whether an annotation promises plain data, and nothing else."""
        match tree:
            case ["u", parts] | ["s", ["n", "Optional" | "Union"], parts]:
                kept = [part for part in parts if part != ["c", None]]
                return bool(kept) and all(self._is_plain(function, part) for part in kept)
            case ["n" | "a" | "s", *_]:
                described = [self.engine.values[value] for value in self.engine.names.types(function, tree)]
                return bool(described) and all(self._is_data(each) for each in described)
        return False

    def _is_data(self, described: tuple[Any, ...]) -> bool:
        """Whether a type is one of the language's own plain types, or says what keys a dictionary has."""
        if described[0] != "I":
            return described[:2] == ("X", "builtins") and described[2].removesuffix("()") in _PLAIN
        cls = self.engine.program.scopes[described[1]]
        if cls.library:
            return cls.module.name == "builtins" and cls.facts.name in _PLAIN
        bases = (self.engine.values[base] for base in self.engine.hierarchy.all_bases(cls))
        return any(base[0] == "X" and base[2] == "TypedDict" for base in bases)

    def _is_other(self, value: Value, declared: Classes) -> bool:
        """Whether a value is an object of a class of the application, and of none that is declared; where that is data, also such a class."""
        kind, of, *_ = self.engine.values[value]
        if kind != "I" and (kind != "C" or declared is not _DATA):
            return False
        cls = self.engine.program.scopes[of]
        if cls.library or (declared is _DATA and kind == "I" and not self.engine.hierarchy.is_closed(cls)):
            return False
        return not self._is_that(value, declared)

    def _is_that(self, value: Value, declared: Classes) -> bool:
        """Whether a value is an object of a declared class; one that is declared itself may be of a class below its own."""
        if declared is _DATA:
            return self.engine.values[value][0] == "O" or self._is_data(self.engine.values[value])
        known = self._fits.get((value, declared))
        if known is None:
            engine, description = self.engine, self.engine.values[value]
            fits = engine.hierarchy.are_related if engine.values.is_declared(value) else engine.hierarchy.passes_for
            known = description[0] == "I" and any(fits(description[1], cls) for cls in declared)
            self._fits[value, declared] = known
        return known

    def _of(self, function: Scope, parameter: list[Any]) -> Classes:
        """The classes that a parameter is declared to be of, or that it is plain data; none where one of them is not the application's."""
        key = function.index, parameter[1]
        known = self._declared.get(key)
        if known is None:
            is_plain = self._is_plain(function, parameter[2])
            found = None if is_plain else self._classes(function, parameter[2])
            known = self._declared[key] = _DATA if is_plain else frozenset(found) if found else _NO_CLASSES
        return known

    def _classes(self, function: Scope, tree: list[Any]) -> list[int] | None:
        """The classes that an annotation names; None where it says anything else, or a class that only describes others."""
        match tree:
            case ["n" | "a", *_]:
                described = [self.engine.values[value] for value in self.engine.names.types(function, tree)]
                classes = [self.engine.program.scopes[d[1]] for d in described if d[0] == "I"]
                if len(described) != 1 or len(classes) != 1 or classes[0].library or self._describes(classes[0]):
                    return None
                return [classes[0].index]
            case ["u", parts]:
                every = [self._classes(function, part) for part in parts if part != ["c", None]]
                known = [classes for classes in every if classes is not None]
                return [cls for classes in known for cls in classes] if len(known) == len(every) else None
            case ["s", ["n", "Optional"], [inner]]:
                return self._classes(function, inner)
        return None

    def _describes(self, cls: Scope) -> bool:
        """Whether objects of other classes may stand for one of this class: it is a protocol."""
        described = (self.engine.values[base] for base in self.engine.hierarchy.all_bases(cls))
        return any(d[0] == "X" and d[2].rpartition(".")[2] == "Protocol" for d in described)
