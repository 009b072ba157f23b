"""What calling something gives, as far as declarations and plain bodies tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind
from decompose.linking.plain_types import TRIPLE, result_of
from decompose.linking.program import Scope
from decompose.linking.values import OWN, Bindings, Types, Value, each

if TYPE_CHECKING:
    from decompose.linking.names import Names


class Results:
    """Looks up results of calls."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.program = names.program
        self.values = names.values

    def of_call(self, scope: Scope, value: Value, operation: list[Any], receiver: Value = -1) -> Types:
        """What a call of ``value`` gives, for a method with its ``receiver``."""
        description = self.values[value]
        match description[0]:
            case "C":
                return (self.values.intern("I", description[1], description[2], False),)
            case "B":
                return self.of_call(scope, description[1], operation, description[2])
            case "F":
                function = self.program.scopes[description[1]]
                if function.facts.return_annotation is not None:
                    promised = self.names.types(function, function.facts.return_annotation)
                    made = self._classes_made(function, promised)
                    if made:
                        return made
                    given = (
                        self._given(scope, function, operation, receiver)
                        if function.library
                        else self._own(function, receiver)
                    )
                    return self.values.substitute(promised, given) if given else promised
                return each(tuple(function.facts.returns), lambda ref: self.names.evaluate(function, ref))
            case "X":
                if description[2] == "TypeVar" and operation[3] and isinstance(operation[3][0], str):
                    self._bind_variable(scope, operation)
                    return (self.values.intern("T", operation[3][0]),)
                if description[2] in ("NewType", "cast") and len(operation[3]) > 1:
                    return self.names.evaluate(scope, operation[3][1])
                result = self.of_outside(value)
                return (result,) if result is not None else ()
        return ()

    def _classes_made(self, function: Scope, promised: Types) -> Types:
        """What a function gives that promises an object of a metaclass, or a class below which it makes one: only its body tells."""
        promises_class = any(self.values[value][0] == "C" for value in promised)
        if function.library or not (
            promises_class or any(self.names.inheritance.is_metaclass(value) for value in promised)
        ):
            return ()
        given = each(tuple(function.facts.returns), lambda ref: self.names.evaluate(function, ref))
        if not all(self.values[value][0] == "C" for value in given):
            return ()
        if promises_class and not any(self.program.scopes[self.values[value][1]].parent is function for value in given):
            return ()
        return given

    def _own(self, function: Scope, receiver: Value) -> Bindings:
        """The class that a method is asked of, for what it promises of that."""
        variable = self.names.own_variable(function)
        if function.parent is None or (function.facts.flavour != "class" and not variable):
            return {}
        described = self.values[receiver] if receiver >= 0 else ()
        cls, arguments = described[1:3] if described and described[0] in ("C", "I") else (function.parent.index, ())
        own = (self.values.instance(cls, arguments, declared=True),)
        return {OWN: own, variable: own}

    def _given(self, scope: Scope, function: Scope, operation: list[Any], receiver: Value) -> Bindings:
        """The type variables that the classes tell which a library's function is given."""
        bindings: Bindings = {}
        parameters = [p for p in function.facts.parameters if p[0] != "cls" or not function.is_method]
        for position, (name, _, annotation, _, kind) in enumerate(parameters):
            positional = kind == ParameterKind.POSITIONAL and position < len(operation[3])
            ref = operation[3][position] if positional else dict(operation[4]).get(name, -1)
            for wanted in (
                self.names.types(function, annotation)
                if annotation is not None and type(ref) is int and ref >= 0
                else ()
            ):
                if self.values[wanted][0] == "Y":
                    known = (self.values[value] for value in self.names.evaluate(scope, ref))
                    classes = tuple(self.values.instance(d[1], d[2]) for d in known if d[0] == "C")
                    if classes:
                        bindings[self.values[self.values[wanted][1]][1]] = classes
        if bindings and receiver >= 0 and self.values[receiver][0] == "C":
            bindings["Self"] = (self.values.instance(*self.values[receiver][1:3]),)
        return bindings

    def of_outside(self, value: Value) -> Value | None:
        """What calling something outside returns; of the language's own functions and methods the type is known."""
        _, module, path = self.values[value]
        known = result_of(path) if module == "builtins" else None
        if known is None:
            return self.values.external_result(value)
        kind, element = known
        if not element:
            return self.values.intern("X", module, f"{kind}()")
        parts = (self.values.intern("X", module, f"{element}()"),)
        for container in self.names.builtin(kind):
            if self.values[container][0] == "C":
                arguments = (parts,) * (TRIPLE if kind == "tuple" else 1)
                return self.values.instance(self.values[container][1], arguments)
        return self.values.intern("X", module, f"{kind}()")

    def _bind_variable(self, scope: Scope, operation: list[Any]) -> None:
        """Note what a type variable is bound by, or constrained to."""
        bounds = [*operation[3][1:], *(ref for name, ref in operation[4] if name == "bound")]
        found = each(bounds, lambda ref: self.names.annotations.of_expression(scope, ref))
        if found:
            self.values.bounds.setdefault((scope.module.index, operation[3][0]), found)

    def of_type_parameter(self, scope: Scope, operation: list[Any]) -> Types:
        """The type variable that a type parameter is."""
        _, _, name, assumed = operation
        found = self.names.types(scope, assumed) if assumed is not None else ()
        if found:
            self.values.bounds.setdefault((scope.module.index, name), found)
        return (self.values.intern("T", name),)
