"""What annotations promise, and expressions that stand for a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.annotations import parse_annotation
from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.linking.values import Types, Value, each

if TYPE_CHECKING:
    from decompose.linking.names import Names

_TRANSPARENT_FORMS = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar"}
)
_OF_THE_LAST_ARGUMENT = frozenset({"Awaitable", "Coroutine"})
_IS_ITS_ARGUMENT = "__is_its_argument__"
_TYPING_MODULES = frozenset({"typing", "typing_extensions", "collections.abc"})


class Annotations:
    """Reads annotations; what they promise is remembered by `Names.types`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.program = names.program
        self.values = names.values
        self._parsed: dict[str, list[Any] | None] = {}
        self._being_read: set[tuple[int, str]] = set()

    def of_expression(self, scope: Scope, ref: Ref) -> Types:
        """The values that an expression promises where it stands for a type, as in ``cast(ref, x)``."""
        if isinstance(ref, str):
            if ref not in self._parsed:
                self._parsed[ref] = parse_annotation(ref)  # kept: `types` knows trees by their identity
            tree = self._parsed[ref]
            return self.read(scope, tree) if tree is not None else ()
        return self.instances(self.names.evaluate(scope, ref))

    def subscripted(self, scope: Scope, value: Value, operation: list[Any]) -> Types:
        """What a class or a form of typing stands for with the arguments in its brackets, outside of annotations."""
        description = self.values[value]
        if description[0] == "X":
            return self._subscripted_form(scope, value, description, operation)
        if description[0] != "C":
            return ()
        arguments: list[Types] = []
        for producer in scope.operations_producing(operation[3]):
            refs = producer[3] if producer[0] == Op.CONTAINER else [operation[3]]
            arguments = [self.of_expression(scope, ref) for ref in refs]
        if isinstance(operation[3], str):
            arguments = [self.of_expression(scope, operation[3])]
        return (self.values.intern("C", description[1], tuple(arguments) if any(arguments) else ()),)

    def _subscripted_form(
        self, scope: Scope, value: Value, description: tuple[Any, ...], operation: list[Any]
    ) -> Types:
        """``Optional[A]`` and the like, outside of annotations: the classes that it stands for."""
        if description[1] not in _TYPING_MODULES:
            return (value,)
        refs = [operation[3]]
        for producer in scope.operations_producing(operation[3]):
            if producer[0] == Op.CONTAINER:
                refs = producer[3]
        if description[2] == "Callable":
            return (self.values.intern("L", self.of_expression(scope, refs[-1])),)
        if description[2] not in _TRANSPARENT_FORMS:
            return (value,)
        kept = refs[:1] if description[2] == "Annotated" else refs
        return tuple(self._class_of(inner) for inner in each(kept, lambda ref: self.of_expression(scope, ref)))

    def _class_of(self, value: Value) -> Value:
        """The class of what an annotation promises, also of something outside, which is named as what its class gives."""
        kind, *named = self.values[value]
        if kind == "X" and named[1].endswith("()"):
            return self.values.intern("X", named[0], named[1].removesuffix("()"))
        return self.values.class_of(value)

    def instances(self, types: Types) -> Types:
        """The instances of classes; what is no type is left out."""
        made = (self.values.instance_of(value, declared=True) for value in types)
        return tuple(value for value in made if value is not None)

    def read(self, scope: Scope, tree: list[Any]) -> Types:
        """The values that an annotation promises."""
        match tree:
            case ["n" | "a", *_]:
                found: list[Value] = []
                named = self.type_values(scope, tree)
                if not named and tree[0] == "n":
                    return self._written(scope, tree[1])
                for value in named:
                    description = self.values[value]
                    if description[0] == "X" and description[1] in _TYPING_MODULES:
                        if description[2] == "Self":
                            found.append(self.values.intern("T", "Self"))
                    elif description[0] == "I" or (made := self.values.instance_of(value, declared=True)) is None:
                        found.append(value)
                    else:
                        found.append(made)
                return tuple(found)
            case ["u", parts]:
                return each(tuple(parts), lambda part: self.names.types(scope, part))
            case ["s", base, arguments]:
                return each(self.type_values(scope, base), lambda value: self._generic(scope, value, arguments))
        return ()

    def _written(self, scope: Scope, name: str) -> Types:
        """An alias that is a string: ``Orders: TypeAlias = "list[Order]"``, which may mention itself."""
        holder = self.program.exporting_module(scope.module, name)
        text = holder.top.facts.names[name] if holder is not None else None
        if holder is None or not isinstance(text, str) or (holder.index, name) in self._being_read:
            return ()
        self._being_read.add((holder.index, name))
        try:
            return self.of_expression(holder.top, text)
        finally:
            self._being_read.discard((holder.index, name))

    def type_values(self, scope: Scope, tree: list[Any]) -> Types:
        """What a name in an annotation stands for: the class itself, not its instance."""
        if tree[0] == "n":
            return self.names.lookup(scope, tree[1])
        if tree[0] == "a":
            return each(self.type_values(scope, tree[1]), lambda value: self.names.member(value, tree[2]))
        return ()

    def _generic(self, scope: Scope, value: Value, arguments: list[list[Any]]) -> Types:
        description = self.values[value]
        if description[0] == "C":
            cls = self.program.scopes[description[1]]
            if cls.library and cls.definition == "builtins:type":
                return tuple(self.values.class_of(inner) for inner in self.names.types(scope, arguments[0]))
            if cls.library and _IS_ITS_ARGUMENT in cls.facts.names:
                return self.names.types(scope, arguments[0])
            made = tuple(self.names.types(scope, argument) for argument in arguments)
            return (self.values.instance(description[1], made, declared=True),)
        if description[0] == "X":
            name = description[2].rpartition(".")[2]
            if description[1] in _TYPING_MODULES or not description[2]:
                if name == "Type":
                    return tuple(self.values.class_of(inner) for inner in self.names.types(scope, arguments[0]))
                if name == "Callable":
                    return (self.values.intern("L", self.names.types(scope, arguments[-1])),)
                if name in _OF_THE_LAST_ARGUMENT:
                    return self.names.types(scope, arguments[-1])
                if name in _TRANSPARENT_FORMS:
                    kept = arguments[:1] if name == "Annotated" else arguments
                    return each(tuple(kept), lambda argument: self.names.types(scope, argument))
                return ()
            made_external = self.values.external_result(value)
            return (made_external,) if made_external is not None else ()
        return ()
