"""What a name, an annotation or a base class stands for, where no running of the program is needed to tell."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.annotations import Annotations
from decompose.linking.constants import Constants
from decompose.linking.inheritance import Inheritance
from decompose.linking.program import Module, Program, Scope
from decompose.linking.results import Results
from decompose.linking.values import OWN, Types, Value, Values, each

if TYPE_CHECKING:
    from decompose.linking.loading import Loading

_MAX_DEPTH = 60
_MAX_STEPS = 8
_BUILTINS = frozenset(dir(builtins))


class Names:
    """Static look-up, remembered. All results are tuples of values, empty when nothing is known."""

    def __init__(self, program: Program, values: Values) -> None:
        self.program = program
        self.values = values
        self._evaluated: dict[int, Types] = {}
        """What a ref of a scope is; both are one number, for there are many of them."""
        self._promised: dict[tuple[int, int], Types] = {}
        self.promising_own: set[int] = set()
        """The class methods that promise their own class, by their numbers."""
        self._own_variables: dict[int, str] = {}
        self._outside: dict[tuple[Value, str], Types] = {}
        self._bounds: dict[int, tuple[int, dict[str, Types]]] = {}
        self._inner_classes: dict[tuple[int, str], int] | None = None
        self._depth = 0
        self.constants = Constants(self)
        self.annotations = Annotations(self)
        self.results = Results(self)
        self.inheritance = Inheritance(self)
        self.loading: Loading | None = None
        self.substitutes: dict[int, int] = {}
        """Library class -> the application's class that stands in for it (a swappable model)."""

    def forget(self) -> None:
        """Drop what is remembered, because more can be told now."""
        self._evaluated.clear()
        self._promised.clear()
        self.inheritance.forget()

    # Names

    def lookup(self, scope: Scope | None, name: str) -> Types:
        """What ``name`` stands for in ``scope``, searching outwards to the built-ins."""
        inner = scope
        while scope is not None:
            if scope.facts.kind != ScopeKind.CLASS or scope is inner:
                if scope.facts.kind == ScopeKind.MODULE:
                    return self.export(scope.module, name) or self.builtin(name) or self.by_star(scope.module, name)
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

    def by_star(self, module: Module, name: str) -> Types:
        """What a module has by the one star import from outside that it has; nothing where there are several, or the name is private."""
        stars = self.program.outside_stars(module) if not (module.library or name.startswith("_")) else ()
        return (self.values.intern("X", stars[0], name),) if len(stars) == 1 else ()

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
                return found or self.by_star(module, name)
        elif self._exists(f"{module_name}.{name}"):
            return self.imported(f"{module_name}.{name}")
        return (self.values.intern("X", module_name, name),)

    def bounds(self, module: Module) -> dict[str, Types]:
        """What the type variables are bound by that a module makes, or imports: another module's ``T`` is another variable."""
        known, found = self._bounds.get(module.index, (0, {}))
        if known < len(self.values.bounds):
            made = self.values.bounds.items()
            found = {name: types for (home, name), types in made if self._made_in(module, name) == home}
            self._bounds[module.index] = len(self.values.bounds), found
        return found

    def _made_in(self, module: Module, name: str) -> int:
        """The module that makes what ``name`` is in another one: that itself, if its top level does not import it."""
        for _ in range(_MAX_STEPS):
            holder = self.program.exporting_module(module, name)
            ref = holder.top.facts.names[name] if holder is not None else None
            if holder is None or type(ref) is not int or ref < 0:
                return module.index
            imported = next((op for op in holder.top.operations_producing(ref) if op[0] == Op.FROM), None)
            if imported is None:
                return holder.index
            origin = self.program.by_name.get(self.program.absolute_name(holder, imported[2], imported[3]))
            if origin is None:
                return holder.index
            module, name = origin, imported[4]
        return module.index

    # Expressions

    def evaluate(self, scope: Scope, ref: Ref) -> Types:
        """The values of a ref of ``scope`` that can be told without running anything."""
        if type(ref) is not int or ref < 0:
            return ()
        key = scope.index << 32 | ref
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
        # In the order of how often they are met.
        match operation[0]:
            case Op.ATTRIBUTE:
                name, read = operation[3], list[Value]()
                for value in self.evaluate(scope, operation[2]):
                    read += self.member(value, name)
                return tuple(read)
            case Op.FREE:
                return self.lookup(scope.parent if scope.facts.kind != ScopeKind.MODULE else scope, operation[2])
            case Op.CALL:
                loaded = self.loading.loaded(scope, operation) if self.loading is not None else None
                if loaded is not None:
                    return self._exports(loaded.found[0]) if not loaded.several else ()
                made = list[Value]()
                for value in self.evaluate(scope, operation[2]):
                    made += self.results.of_call(scope, value, operation)
                return tuple(made)
            case Op.FROM:
                name = self.program.absolute_name(scope.module, operation[2], operation[3])
                return self.imported_name(name, operation[4])
            case Op.COPY:
                return self.evaluate(scope, operation[2])
            case Op.FUNCTION:
                return (self.values.intern("F", scope.module.scopes[operation[2]].index, -1),)
            case Op.CLASS:
                cls = scope.module.scopes[operation[2]].index
                return (self.values.intern("C", self.substitutes.get(cls, cls), ()),)
            case Op.IMPORT:
                return self.imported(self.program.absolute_name(scope.module, operation[2], operation[3]))
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
                return each(
                    self.evaluate(scope, operation[2]),
                    lambda value: self.annotations.subscripted(scope, value, operation),
                )
            case Op.TYPED:
                return self.types(scope, operation[2])
            case Op.TYPE_VARIABLE:
                return self.results.of_type_parameter(scope, operation)
            case Op.BINARY if operation[4] == "or":
                return self.evaluate(scope, operation[2]) + self.evaluate(scope, operation[3])  # a union of types
        return ()

    def _exports(self, targets: list[tuple[Module, str]]) -> Types:
        return each(
            tuple(targets),
            lambda target: self.export(*target) if target[1] else (self.values.intern("M", target[0].index),),
        )

    def member(self, value: Value, name: str) -> Types:
        """``value.name``."""
        description = self.values[value]
        match description[0]:
            case "M":
                module = self.program.modules[description[1]]
                found = self.export(module, name)
                return found or (
                    (self.values.intern("X", module.name, name),) if module.library else self.by_star(module, name)
                )
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
                found = self._class_member(value, description, name, set())
                return found or (self._asked_behind(value, description, name) if description[0] == "I" else ())
        return ()

    def _asked_behind(self, value: Value, description: tuple[Any, ...], name: str) -> Types:
        """What an object asks another one for: by its class's ``__getattr__``, with ``getattr(other, name)``."""
        if self.program.scopes[description[1]].library:
            return ()
        bound = (self.values[v] for v in self._class_member(value, description, "__getattr__", set()))
        for getter in (self.program.scopes[self.values[d[1]][1]] for d in bound if d[0] == "B"):
            asked_for = getter.facts.parameters[1][1] if len(getter.facts.parameters) > 1 else None
            for call in getter.facts.ops:
                if call[0] == Op.CALL and len(call[3]) > 1 and call[3][1] == asked_for and _is_getattr(getter, call[2]):
                    read = each(self.evaluate(getter, call[3][0]), lambda other: self.member(other, name))
                    if read:
                        return read
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
        for base in self.inheritance.bases(scope):
            if self.values[base][0] == "C":
                inherited = self._class_member(value, self.values[base], name, seen)
                if inherited:
                    return inherited
        return ()

    # Types

    def types(self, scope: Scope, tree: list[Any]) -> Types:
        """The values that an annotation promises."""
        key = (scope.index, id(tree))  # the trees live as long as the program
        known = self._promised.get(key)
        if known is None:
            known = self.annotations.read(scope, tree)
            if scope.facts.flavour == "class" and tree is scope.facts.return_annotation and not scope.library:
                known = self._of_own(scope, known)
            if not self._depth:
                self._promised[key] = known
        return known

    def _of_own(self, function: Scope, promised: Types) -> Types:
        """A class method that promises its own class gives that which it is asked of: ``Order.find(4)`` an order, not any row."""
        if function.parent is None:
            return promised
        own = self.values.instance(function.parent.index, declared=True)
        found = self.values.with_variable(promised, own, OWN)
        if found != promised:
            self.promising_own.add(function.index)
        return found

    def own_variable(self, method: Scope) -> str:
        """The type variable by which a method calls the class that it is asked of, or its object: ``cls: type[T]``, ``self: T``."""
        known = self._own_variables.get(method.index)
        if known is None:
            annotation = method.facts.parameters[0][2] if method.is_method and method.facts.parameters else None
            if annotation is None or method.library or method.facts.flavour == "static":
                written: Types = ()
            else:
                written = self.types(method, annotation)
            described = self.values[written[0]] if len(written) == 1 else ("",)
            described = self.values[described[1]] if described[0] == "Y" else described
            known = self._own_variables[method.index] = described[1] if described[0] == "T" else ""
        return known

    def values_of_name(self, scope: Scope, tree: list[Any]) -> Types:
        """What a name in an annotation stands for: the class itself, not its instance."""
        return self.annotations.type_values(scope, tree)


def _is_getattr(scope: Scope, ref: Ref) -> bool:
    return any(made[0] == Op.FREE and made[2] == "getattr" for made in scope.operations_producing(ref))
