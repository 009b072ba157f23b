"""What a name, an annotation or a base class stands for, where no running of the program is needed to tell."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.facts.annotations import parse_annotation
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.constants import Constants
from decompose.linking.plain_types import TRIPLE, result_of
from decompose.linking.program import Module, Program, Scope
from decompose.linking.values import Bindings, Types, Value, Values

if TYPE_CHECKING:
    from decompose.linking.loading import Loading

_MAX_DEPTH = 60
_MAX_STEPS = 8
_TRANSPARENT_FORMS = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar"}
)
_OF_THE_LAST_ARGUMENT = frozenset({"Awaitable", "Coroutine"})
_TYPING_MODULES = frozenset({"typing", "typing_extensions", "collections.abc"})
_BUILTINS = frozenset(dir(builtins))


class Names:
    """Static look-up, remembered. All results are tuples of values, empty when nothing is known."""

    def __init__(self, program: Program, values: Values) -> None:
        self.program = program
        self.values = values
        self._evaluated: dict[tuple[int, int], Types] = {}
        self._promised: dict[tuple[int, int], Types] = {}
        self._type_parameters: dict[int, tuple[str, ...]] = {}
        self._outside: dict[tuple[Value, str], Types] = {}
        self._inner_classes: dict[tuple[int, str], int] | None = None
        self._parsed: dict[str, list[Any] | None] = {}
        self._being_read: set[tuple[int, str]] = set()
        self._depth = 0
        self.constants = Constants(self)
        self.loading: Loading | None = None
        self.substitutes: dict[int, int] = {}
        """Library class -> the application's class that stands in for it (a swappable model)."""

    def forget(self) -> None:
        """Drop what is remembered, because more can be told now."""
        self._evaluated.clear()
        self._promised.clear()
        self._type_parameters.clear()

    # Names

    def lookup(self, scope: Scope | None, name: str) -> Types:
        """What ``name`` stands for in ``scope``, searching outwards to the built-ins."""
        inner = scope
        while scope is not None:
            if scope.facts.kind != ScopeKind.CLASS or scope is inner:
                if scope.facts.kind == ScopeKind.MODULE:
                    return self.export(scope.module, name) or self.builtin(name)
                if name in scope.facts.names:
                    return self.evaluate(scope, scope.facts.names[name])
                inner_class = self._inner_class(scope, name)
                if inner_class is not None:
                    return (self.values.intern("C", self.substitutes.get(inner_class, inner_class), ()),)
            scope = scope.parent
        return ()

    def _inner_class(self, scope: Scope, name: str) -> int | None:
        """The class of that name defined directly in a function or class body."""
        if self._inner_classes is None:
            self._inner_classes = {}
            for cls in self.program.classes():
                if cls.parent is not None and cls.parent.facts.kind != ScopeKind.MODULE:
                    self._inner_classes.setdefault((cls.parent.index, cls.facts.name), cls.index)
        return self._inner_classes.get((scope.index, name))

    def builtin(self, name: str) -> Types:
        """A built-in: from the library summary if it is there."""
        module = self.program.by_name.get("builtins")
        if module is not None and name in module.top.facts.names:
            return self.evaluate(module.top, module.top.facts.names[name])
        return (self.values.intern("X", "builtins", name),) if name in _BUILTINS else ()

    def export(self, module: Module, name: str) -> Types:
        """What ``module.name`` is; empty if the module does not bind it."""
        holder = self.program.exporting_module(module, name)
        if holder is not None:
            return self.evaluate(holder.top, holder.top.facts.names[name])
        return self.imported(f"{module.name}.{name}") if self._exists(f"{module.name}.{name}") else ()

    def _exists(self, module_name: str) -> bool:
        return module_name in self.program.by_name or module_name in self.program.packages

    def imported(self, module_name: str) -> Types:
        """The value of ``import module_name``."""
        module = self.program.by_name.get(module_name)
        if module is not None:
            return (self.values.intern("M", module.index),)
        return (self.values.intern("X", module_name, ""),)

    def imported_name(self, module_name: str, name: str) -> Types:
        """The value of ``from module_name import name``."""
        module = self.program.by_name.get(module_name)
        if module is not None:
            found = self.export(module, name)
            if found or not module.library:
                return found
        elif self._exists(f"{module_name}.{name}"):
            return self.imported(f"{module_name}.{name}")
        return (self.values.intern("X", module_name, name),)

    # Expressions

    def evaluate(self, scope: Scope, ref: Ref) -> Types:
        """The values of a ref of ``scope`` that can be told without running anything."""
        if type(ref) is not int or ref < 0:
            return ()
        key = (scope.index, ref)
        known = self._evaluated.get(key)
        if known is not None:
            return known
        if self._depth > _MAX_DEPTH:
            return ()
        self._evaluated[key] = ()  # what a cycle adds to itself
        self._depth += 1
        try:
            found: list[Value] = []
            for operation in scope.operations_producing(ref):
                found += self._operation(scope, operation)
        finally:
            self._depth -= 1
        result = self._evaluated[key] = tuple(dict.fromkeys(found))
        return result

    def _operation(self, scope: Scope, operation: list[Any]) -> Types:
        match operation[0]:
            case Op.COPY:
                return self.evaluate(scope, operation[2])
            case Op.FUNCTION:
                return (self.values.intern("F", scope.module.scopes[operation[2]].index, -1),)
            case Op.CLASS:
                cls = scope.module.scopes[operation[2]].index
                return (self.values.intern("C", self.substitutes.get(cls, cls), ()),)
            case Op.IMPORT:
                return self.imported(self.program.absolute_name(scope.module, operation[2], operation[3]))
            case Op.FROM:
                name = self.program.absolute_name(scope.module, operation[2], operation[3])
                return self.imported_name(name, operation[4])
            case Op.FREE:
                return self.lookup(scope.parent if scope.facts.kind != ScopeKind.MODULE else scope, operation[2])
            case Op.ATTRIBUTE:
                return self._each(self.evaluate(scope, operation[2]), lambda value: self.member(value, operation[3]))
            case Op.CALL:
                loaded = self.loading.loaded(scope, operation) if self.loading is not None else None
                if loaded is not None:
                    return self._exports(loaded.found[0]) if not loaded.several else ()
                return self._each(
                    self.evaluate(scope, operation[2]), lambda value: self._called(scope, value, operation)
                )
            case Op.DECORATE:
                return self.evaluate(scope, operation[3])
            case Op.ITEM:
                if self.loading is not None and isinstance(operation[3], list) and isinstance(operation[3][1], int):
                    for producer in scope.operations_producing(operation[2]):
                        loaded = self.loading.loaded(scope, producer) if producer[0] == Op.CALL else None
                        if (
                            loaded is not None
                            and loaded.several
                            and -len(loaded.found) <= operation[3][1] < len(loaded.found)
                        ):
                            return self._exports(loaded.found[operation[3][1]])
                return self._each(
                    self.evaluate(scope, operation[2]), lambda value: self._subscripted(scope, value, operation)
                )
            case Op.TYPED:
                return self.types(scope, operation[2])
            case Op.BINARY if operation[4] == "or":
                return self.evaluate(scope, operation[2]) + self.evaluate(scope, operation[3])  # a union of types
        return ()

    def _exports(self, targets: list[tuple[Module, str]]) -> Types:
        return self._each(
            tuple(targets),
            lambda target: self.export(*target) if target[1] else (self.values.intern("M", target[0].index),),
        )

    def _each(self, values: Sequence[Any], of: Any) -> Types:
        return tuple(result for value in values for result in of(value))

    def member(self, value: Value, name: str) -> Types:
        """``value.name``."""
        description = self.values[value]
        match description[0]:
            case "M":
                module = self.program.modules[description[1]]
                found = self.export(module, name)
                return found or ((self.values.intern("X", module.name, name),) if module.library else ())
            case "X":
                known = self._outside.get((value, name))
                if known is None:
                    path = f"{description[1]}.{name}"
                    if not description[2] and self._exists(path):
                        known = self.imported(path)
                    else:
                        longer = self.values.external_attribute(value, name)
                        known = (longer,) if longer is not None else ()
                    self._outside[value, name] = known
                return known
            case "C" | "I":
                return self._class_member(value, description, name, set())
        return ()

    def _class_member(self, value: Value, description: tuple[Any, ...], name: str, seen: set[int]) -> Types:
        scope = self.program.scopes[description[1]]
        if scope.index in seen:
            return ()
        seen.add(scope.index)
        tree = scope.facts.annotations.get(name)
        if tree is not None:
            return self.types(scope, tree)
        if name in scope.facts.names:
            found = self.evaluate(scope, scope.facts.names[name])
            return tuple(self.values.intern("B", v, value) if self.values[v][0] == "F" else v for v in found)
        for base in self.bases(scope):
            if self.values[base][0] == "C":
                inherited = self._class_member(value, self.values[base], name, seen)
                if inherited:
                    return inherited
        return ()

    def _called(self, scope: Scope, value: Value, operation: list[Any], receiver: Value = -1) -> Types:
        description = self.values[value]
        match description[0]:
            case "C":
                return (self.values.intern("I", description[1], description[2], False),)
            case "B":
                return self._called(scope, description[1], operation, description[2])
            case "F":
                function = self.program.scopes[description[1]]
                if function.facts.return_annotation is not None:
                    promised = self.types(function, function.facts.return_annotation)
                    given = self._given(scope, function, operation, receiver) if function.library else {}
                    return self.values.substitute(promised, given) if given else promised
                return self._each(tuple(function.facts.returns), lambda ref: self.evaluate(function, ref))
            case "X":
                if description[2] == "TypeVar" and operation[3] and isinstance(operation[3][0], str):
                    self._bind_variable(scope, operation)
                    return (self.values.intern("T", operation[3][0]),)
                if description[2] in ("NewType", "cast") and len(operation[3]) > 1:
                    return self.evaluate(scope, operation[3][1])
                result = self.outside_result(value)
                return (result,) if result is not None else ()
        return ()

    def _given(self, scope: Scope, function: Scope, operation: list[Any], receiver: Value) -> Bindings:
        """The type variables that the classes tell which a library's function is given."""
        bindings: Bindings = {}
        parameters = [parameter for parameter in function.facts.parameters if parameter[0] != "cls"]
        for position, (name, _, annotation, _, kind) in enumerate(parameters):
            positional = kind == ParameterKind.POSITIONAL and position < len(operation[3])
            ref = operation[3][position] if positional else dict(operation[4]).get(name, -1)
            for wanted in (
                self.types(function, annotation) if annotation is not None and type(ref) is int and ref >= 0 else ()
            ):
                if self.values[wanted][0] == "Y":
                    known = (self.values[value] for value in self.evaluate(scope, ref))
                    classes = tuple(self.values.instance(d[1], d[2]) for d in known if d[0] == "C")
                    if classes:
                        bindings[self.values[self.values[wanted][1]][1]] = classes
        if bindings and receiver >= 0 and self.values[receiver][0] == "C":
            bindings["Self"] = (self.values.instance(*self.values[receiver][1:3]),)
        return bindings

    def outside_result(self, value: Value) -> Value | None:
        """What calling something outside returns; of the language's own functions and methods the type is known."""
        _, module, path = self.values[value]
        known = result_of(path) if module == "builtins" else None
        if known is None:
            return self.values.external_result(value)
        kind, element = known
        if not element:
            return self.values.intern("X", module, f"{kind}()")
        parts = (self.values.intern("X", module, f"{element}()"),)
        for container in self.builtin(kind):
            if self.values[container][0] == "C":
                arguments = (parts,) * (TRIPLE if kind == "tuple" else 1)
                return self.values.instance(self.values[container][1], arguments)
        return self.values.intern("X", module, f"{kind}()")

    def _bind_variable(self, scope: Scope, operation: list[Any]) -> None:
        """Note what a type variable is bound by, or constrained to."""
        bounds = [*operation[3][1:], *(ref for name, ref in operation[4] if name == "bound")]
        found = self._each(bounds, lambda ref: self.types_of(scope, ref))
        if found:
            self.values.bounds.setdefault(operation[3][0], found)

    def types_of(self, scope: Scope, ref: Ref) -> Types:
        """The values that an expression promises where it stands for a type, as in ``cast(ref, x)``."""
        if isinstance(ref, str):
            if ref not in self._parsed:
                self._parsed[ref] = parse_annotation(ref)  # kept: `types` knows trees by their identity
            tree = self._parsed[ref]
            return self._types(scope, tree) if tree is not None else ()
        return self._instances(self.evaluate(scope, ref))

    def _subscripted(self, scope: Scope, value: Value, operation: list[Any]) -> Types:
        description = self.values[value]
        if description[0] == "X":
            return self._subscripted_form(scope, value, description, operation)
        if description[0] != "C":
            return ()
        arguments: list[Types] = []
        for producer in scope.operations_producing(operation[3]) if type(operation[3]) is int else ():
            refs = producer[3] if producer[0] == Op.CONTAINER else [operation[3]]
            arguments = [self._instances(self.evaluate(scope, ref)) for ref in refs]
        return (self.values.intern("C", description[1], tuple(arguments)),)

    def _subscripted_form(
        self, scope: Scope, value: Value, description: tuple[Any, ...], operation: list[Any]
    ) -> Types:
        """``Optional[A]`` and the like, outside of annotations: the classes that it stands for."""
        if description[1] not in _TYPING_MODULES:
            return (value,)
        refs = [operation[3]]
        for producer in scope.operations_producing(operation[3]) if type(operation[3]) is int else ():
            if producer[0] == Op.CONTAINER:
                refs = producer[3]
        if description[2] == "Callable":
            return (self.values.intern("L", self.types_of(scope, refs[-1])),)
        if description[2] not in _TRANSPARENT_FORMS:
            return (value,)
        kept = refs[:1] if description[2] == "Annotated" else refs
        return tuple(self.values.class_of(inner) for inner in self._each(kept, lambda ref: self.types_of(scope, ref)))

    def _instances(self, types: Types) -> Types:
        made = (self.values.instance_of(value, declared=True) for value in types)
        return tuple(value for value in made if value is not None)

    # Types

    def types(self, scope: Scope, tree: list[Any]) -> Types:
        """The values that an annotation promises."""
        key = (scope.index, id(tree))  # the trees live as long as the program
        known = self._promised.get(key)
        if known is None:
            known = self._types(scope, tree)
            if not self._depth:
                self._promised[key] = known
        return known

    def _types(self, scope: Scope, tree: list[Any]) -> Types:
        match tree:
            case ["n" | "a", *_]:
                found: list[Value] = []
                named = self._type_values(scope, tree)
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
                return self._each(tuple(parts), lambda part: self.types(scope, part))
            case ["s", base, arguments]:
                return self._each(self._type_values(scope, base), lambda value: self._generic(scope, value, arguments))
        return ()

    def _written(self, scope: Scope, name: str) -> Types:
        """An alias that is a string: ``Orders: TypeAlias = "list[Order]"``, which may mention itself."""
        holder = self.program.exporting_module(scope.module, name)
        text = holder.top.facts.names[name] if holder is not None else None
        if holder is None or not isinstance(text, str) or (holder.index, name) in self._being_read:
            return ()
        self._being_read.add((holder.index, name))
        try:
            return self.types_of(holder.top, text)
        finally:
            self._being_read.discard((holder.index, name))

    def values_of_name(self, scope: Scope, tree: list[Any]) -> Types:
        """What a name in an annotation stands for: the class itself, not its instance."""
        return self._type_values(scope, tree)

    def _type_values(self, scope: Scope, tree: list[Any]) -> Types:
        if tree[0] == "n":
            return self.lookup(scope, tree[1])
        if tree[0] == "a":
            return self._each(self._type_values(scope, tree[1]), lambda value: self.member(value, tree[2]))
        return ()

    def _generic(self, scope: Scope, value: Value, arguments: list[list[Any]]) -> Types:
        description = self.values[value]
        if description[0] == "C":
            cls = self.program.scopes[description[1]]
            if cls.library and cls.definition == "builtins:type":
                return tuple(self.values.class_of(inner) for inner in self.types(scope, arguments[0]))
            made = tuple(self.types(scope, argument) for argument in arguments)
            return (self.values.instance(description[1], made, declared=True),)
        if description[0] == "X":
            name = description[2].rpartition(".")[2]
            if description[1] in _TYPING_MODULES or not description[2]:
                if name == "Type":
                    return tuple(self.values.class_of(inner) for inner in self.types(scope, arguments[0]))
                if name == "Callable":
                    return (self.values.intern("L", self.types(scope, arguments[-1])),)
                if name in _OF_THE_LAST_ARGUMENT:
                    return self.types(scope, arguments[-1])
                if name in _TRANSPARENT_FORMS:
                    kept = arguments[:1] if name == "Annotated" else arguments
                    return self._each(tuple(kept), lambda argument: self.types(scope, argument))
                return ()
            made_external = self.values.external_result(value)
            return (made_external,) if made_external is not None else ()
        return ()

    # Classes

    def bases(self, cls: Scope) -> Types:
        """The base classes: ``C`` values (with type arguments) and ``X`` values, in order."""
        key = (cls.index, -2)
        known = self._evaluated.get(key)
        if known is not None:
            return known
        self._evaluated[key] = ()
        found: list[Value] = []
        parent = cls.parent or cls
        for ref, tree in zip(cls.facts.bases, cls.facts.base_annotations, strict=True):
            if tree[0] == "s":
                values: Types = tuple(
                    self.values.class_of(value) if self.values[value][0] == "I" else value
                    for value in self.types(parent, tree)
                )
            else:
                values = self.evaluate(parent, ref)
            found += (value for value in values if self.values[value][0] in ("C", "X"))
        result = self._evaluated[key] = tuple(dict.fromkeys(found))
        return result

    def rebase(self, cls: Scope, bases: Types) -> None:
        """Let a class have these bases, which something else than its head tells."""
        self._evaluated[cls.index, -2] = bases

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
                if any(self.values[value][0] == "T" for value in self.lookup(cls.parent, name)):
                    names[name] = None
            case ["s", _, arguments]:
                for argument in arguments:
                    self._variables_in(cls, argument, names)
            case ["u" | "l", arguments]:
                for argument in arguments:
                    self._variables_in(cls, argument, names)
