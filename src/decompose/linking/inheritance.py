"""What a class's head says: its base classes, and the type variables that it is generic in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking.inherited_aliases import for_inheriting

if TYPE_CHECKING:
    from decompose.linking.names import Names
    from decompose.linking.program import Scope
    from decompose.linking.values import Types, Value


class Inheritance:
    """Looked up once for each class, and remembered."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._bases: dict[int, Types] = {}
        self._type_parameters: dict[int, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Drop what is remembered, because more can be told now."""
        self._bases.clear()
        self._type_parameters.clear()

    def bases(self, cls: Scope) -> Types:
        """The base classes: ``C`` values (with type arguments) and ``X`` values, in order."""
        known = self._bases.get(cls.index)
        if known is not None:
            return known
        self._bases[cls.index] = ()
        found: list[Value] = []
        parent = cls.parent or cls
        for ref, tree in zip(cls.facts.bases, cls.facts.base_annotations, strict=True):
            if tree[0] == "s":
                values: Types = tuple(
                    self.names.values.class_of(value) if self.names.values[value][0] == "I" else value
                    for value in self.names.types(parent, tree)
                )
            else:
                values = self.names.evaluate(parent, ref)
            own = for_inheriting(self.names, parent, ref, values)
            found += (value for value in own if self.names.values[value][0] in ("C", "X"))
        result = self._bases[cls.index] = tuple(dict.fromkeys(found))
        return result

    def is_metaclass(self, value: Value) -> bool:
        """Whether a value is an object of a class that makes classes."""
        waiting, seen = [value], set[int]()
        while waiting:
            kind, index, *_ = self.names.values[waiting.pop()]
            if kind not in ("C", "I") or index in seen:
                continue
            seen.add(index)
            cls = self.names.program.scopes[index]
            if cls.definition == "builtins:type":
                return True
            waiting += self.bases(cls)
        return False

    def rebase(self, cls: Scope, bases: Types) -> None:
        """Let a class have these bases, which something else than its head tells."""
        self._bases[cls.index] = bases

    def type_parameters(self, cls: Scope) -> tuple[str, ...]:
        """The names of the class's own type variables, in order."""
        known = self._type_parameters.get(cls.index)
        if known is None:
            known = self._type_parameters[cls.index] = self._find_type_parameters(cls)
        return known

    def _find_type_parameters(self, cls: Scope) -> tuple[str, ...]:
        names: dict[str, None] = {}
        explicit: dict[str, None] = {}
        for tree in cls.facts.base_annotations:
            if tree[0] == "s":
                target = explicit if tree[1][-1] in ("Generic", "Protocol") else names
                for argument in tree[2]:
                    self._variables_in(cls, argument, target)
        return tuple(explicit or names)

    def _variables_in(self, cls: Scope, tree: list[Any], names: dict[str, None]) -> None:
        match tree:
            case ["n", name]:
                if any(self.names.values[value][0] == "T" for value in self.names.lookup(cls.parent, name)):
                    names[name] = None
            case ["s", _, arguments]:
                for argument in arguments:
                    self._variables_in(cls, argument, names)
            case ["u" | "l", arguments]:
                for argument in arguments:
                    self._variables_in(cls, argument, names)
