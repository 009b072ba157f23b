"""Type variables of a summarised function are bound by what its arguments are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking import special_methods
from decompose.linking.containers import iteration
from decompose.linking.values import Bindings, Types, Value

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

_ITERABLE = "builtins:Iterable"
_ITERATOR = "builtins:Iterator"

_ITERABLES = frozenset(
    {"builtins:list", "builtins:set", "builtins:frozenset", "builtins:tuple", "builtins:Iterable", "builtins:Iterator"}
)


class TypeVariables:
    """What the type variables of one function stand for at one call, as far as its arguments tell by now."""

    def __init__(self, engine: Engine, site: Site, function: Scope, bindings: Bindings) -> None:
        self.engine = engine
        self.site = site
        self.function = function
        self.bindings = dict(bindings)

    def more_is_known(self) -> None:
        """A variable was bound, or bound to more."""
        raise NotImplementedError

    def refer(self, wanted: Value, text: str) -> None:
        """A class given by its name, where the summary says that a name may be given."""
        description = self.engine.values[wanted]
        definition = self.engine.program.scopes[description[1]].definition if description[0] == "I" else ""
        if definition in ("decompose:TableName", "decompose:Name"):
            self._bind_variable(description[2][0][0], (self.engine.values.intern("D", text),))
        elif definition in ("decompose:Declared", "decompose:DeclaredObject"):
            named = self._declared(text, made=definition == "decompose:DeclaredObject")
            self._bind_variable(description[2][0][0], named)
        elif definition == "decompose:Reference":
            found = self.engine.references.find(text, self.site.frame.scope)
            self._bind_variable(description[2][0][0], tuple(self.engine.values.instance(cls.index) for cls in found))

    def name_by(self, wanted: Value, ref: Ref) -> None:
        """A variable stands for whatever the argument is, where the summary says that it gives a name."""
        engine, scope, key = self.engine, self.site.frame.scope, ref if type(ref) is int else repr(ref)
        value = engine.values.intern("G", scope.index, key)
        engine.store_uses.names_given[value] = scope, ref
        self._bind_variable(engine.values[wanted][2][0][0], (value,))

    def _declared(self, group: str, *, made: bool) -> Types:
        """What the project declares in a group of entry points; of classes with ``made`` their objects."""
        engine, found, loading = self.engine, [], self.engine.loading
        targets = [entry.target for entry in engine.declared if entry.group == group] if loading is not None else []
        for target in targets:
            for module, name in loading.named(target, self.site.frame.scope) if loading is not None else ():
                for value in sorted(engine.names.export(module, name)) if name else ():
                    described = engine.values[value]
                    if described[0] == "C":
                        found.append(engine.values.instance(described[1]) if made else value)
                    elif described[0] == "F":
                        home = engine.module_frame(engine.program.scopes[described[1]].module)
                        found.append(engine.values.intern("F", described[1], home.index))
        return tuple(found)

    def match_all(self, new: frozenset[Value], wanted: Types) -> None:
        described = self.engine.values
        for actual in new:
            # What ``Iterable[T] | T`` takes a container for is its elements.
            whole = described[actual][0] != "O" or all(described[value][0] == "T" for value in wanted)
            for value in wanted:
                if whole or described[value][0] != "T":
                    self._match(value, actual)

    def _match(self, wanted: Value, actual: Value) -> None:
        engine = self.engine
        description, given = engine.values[wanted], engine.values[actual]
        if description[0] == "T":
            self._bind_variable(wanted, (actual,))
        elif description[0] == "Y":
            if given[0] == "C":
                self._bind_variable(description[1], (engine.values.instance(given[1], given[2]),))
        elif description[0] == "L":
            self._match_result(description[1], given)
        elif description[0] == "I":
            definition = engine.program.scopes[description[1]].definition
            if definition == "decompose:Reference":
                for cls in engine.references.find_external(given) if given[0] == "X" else ():
                    self._bind_variable(description[2][0][0], (engine.values.instance(cls.index),))
            elif given[0] == "I":
                self._match_arguments(description, given)
            elif given[0] == "O" and definition in _ITERABLES and description[2]:
                elements = engine.containers.elements(given[1], given[2])
                engine.watch(elements, self.match_all, description[2][0])
            elif given[0] == "O" and given[1] == "dict" and definition == "builtins:dict" and description[2]:
                engine.watch(engine.containers.keys(given[2]), self.match_all, description[2][0])
                engine.watch(given[2], self.match_all, description[2][-1])

    def _match_arguments(self, description: tuple[Any, ...], given: tuple[Any, ...]) -> None:
        engine = self.engine
        owner = engine.program.scopes[description[1]]
        cls = engine.program.scopes[given[1]]
        if owner.definition == _ITERABLE and self.function.library and cls.module.name != "builtins":
            # Whoever takes the elements makes the object give them, which may be what runs a query.
            special_methods.call_method(
                engine, self.site.frame, -1, engine.values.intern(*given), cls, "__iter__", self.site.line
            )
        if not engine.hierarchy.is_subclass(given[1], description[1]):
            if owner.definition in _ITERABLES and given[2] and cls.definition in _ITERABLES:
                self._pairwise(description[2][:1], given[2][:1])
            elif owner.definition == _ITERATOR and engine.hierarchy.member(cls, "__next__") is not None:
                pass  # what its ``__next__`` gives is told where that is asked for; it is not iterated
            elif owner.definition in _ITERABLES and description[2] and not cls.library:
                elements = engine.new_node()
                given_value = engine.single(engine.values.intern(*given))
                iteration.iterate(given_value, engine, self.site.frame, elements, self.site.line)
                engine.watch(elements, self.match_all, description[2][0])
            elif owner.definition in ("builtins:Iterable", "builtins:list"):
                getter = engine.hierarchy.member(cls, "__iter__")
                if getter is not None and getter.owner.library and getter.ref is not None:
                    function = engine.function_of(getter)
                    if function is not None and function.facts.return_annotation is not None:
                        types = engine.names.types(function, function.facts.return_annotation)
                        bound = engine.hierarchy.bindings(cls, given[2], getter.owner)
                        for iterator in engine.values.substitute(types, bound):
                            if engine.values[iterator][0] == "I":
                                self._pairwise(description[2][:1], engine.values[iterator][2][:1])
            return
        self._pairwise(description[2], engine.hierarchy.arguments(cls, given[2], owner))

    def _match_result(self, wanted: Types, given: tuple[Any, ...]) -> None:
        """What a function that is given returns."""
        engine = self.engine
        receiver = -1
        if given[0] == "B":
            receiver, given = given[2], engine.values[given[1]]
        if given[0] == "I":
            receiver, given = special_methods.callable_object(engine, given)
        if given[0] == "C":
            self.match_all(engine.single(engine.values.instance(given[1], given[2])), wanted)
        elif given[0] == "L":
            self.match_all(engine.standing_for(given[1]), wanted)
        elif given[0] == "F":
            function = engine.program.scopes[given[1]]
            if not function.library:
                parent = engine.frame_around(given)
                engine.watch(engine.frame(function, parent, receiver).returns, self.match_all, wanted)
            elif function.facts.return_annotation is not None:
                types = engine.names.types(function, function.facts.return_annotation)
                self.match_all(frozenset(t for t in types if t not in engine.values.open_types), wanted)

    def _pairwise(self, wanted: tuple[Types, ...], actual: tuple[Types, ...]) -> None:
        for variables, values in zip(wanted, actual, strict=False):
            for variable in variables:
                self._bind_variable(variable, values)

    def bind_to(self, name: str, values: Types) -> None:
        """Let a variable stand for these values, too."""
        self._bind_variable(self.engine.values.intern("T", name), values)

    def _bind_variable(self, variable: Value, values: Types) -> None:
        description = self.engine.values[variable]
        if description[0] != "T":
            for value in values:
                self._match(variable, value)
            return
        name = description[1]
        known = self.bindings.get(name, ())
        if values == known:
            return
        new = tuple([value for value in values if value not in known]) if known else values
        if new:
            self.bindings[name] = known + new
            self.more_is_known()
