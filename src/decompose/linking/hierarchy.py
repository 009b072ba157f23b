"""Classes: method resolution order, type arguments along it, subclasses, and where a member is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.names import Names
from decompose.linking.program import Module, Program, Scope
from decompose.linking.values import Bindings, Types, Value, Values

MAX_ANCESTORS = 200
"""A class has no more than this many ancestors for us; code that people write stays far below."""


class Member(NamedTuple):
    """A name bound in a class body: its owner, and the ref in the owner's scope (None: only annotated)."""

    owner: Scope
    ref: Ref | None


class Hierarchy:
    """All classes of the program."""

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        self.program = program
        self.values = values
        self.names = names
        self._orders: dict[int, tuple[Scope, ...]] = {}
        self._external: dict[int, tuple[Value, ...]] = {}
        self._closed: dict[int, bool] = {}
        self._definitions: dict[int, frozenset[str]] = {}
        self._families: dict[int, frozenset[int]] = {}
        self._bindings: dict[tuple[int, tuple[Types, ...]], dict[int, Bindings]] = {}
        self._arguments: dict[tuple[int, tuple[Types, ...], int], tuple[Types, ...]] = {}
        self._protocols: dict[int, frozenset[str]] = {}
        self._members: defaultdict[int, dict[str, Member | None]] = defaultdict(dict)
        """Of each class what was asked for by name."""
        self._set_in: dict[int, dict[int, dict[str, list[tuple[Scope, Ref]]]]] = {}
        self._set_past_class: set[tuple[int, str]] = set()
        self._sets_itself: dict[tuple[int, str], bool] = {}
        self.cut: set[int] = set()
        """Classes with more ancestors than are looked at."""
        self._binding: dict[str, set[int]] = {}
        """Name -> the classes that bind or annotate it in their bodies."""
        self.subclasses: dict[int, list[Scope]] = {}
        for cls in program.classes():
            for name in (*cls.facts.names, *cls.facts.annotations):
                self._binding.setdefault(name, set()).add(cls.index)
            for ancestor in self.order(cls)[1:]:
                self.subclasses.setdefault(ancestor.index, []).append(cls)

    def order(self, cls: Scope) -> tuple[Scope, ...]:
        """The method resolution order, starting with the class itself; cyclic or impossible bases are cut short.

        So are more than `MAX_ANCESTORS` of them: the nearest stay, and the class is one of ``cut``.
        """
        known = self._orders.get(cls.index)
        if known is not None:
            return known
        stack = [cls]
        while stack:
            current = stack[-1]
            bases = self._direct_bases(current)
            # While a class waits for its bases, it has no ancestors: so a class that inherits from itself ends.
            self._orders.setdefault(current.index, (current,))
            missing = [base for base in bases if base.index not in self._orders]
            if missing:
                stack += missing
                continue
            stack.pop()
            self._orders[current.index] = self._order_above(current, bases)
        return self._orders[cls.index]

    def _direct_bases(self, cls: Scope) -> list[Scope]:
        """The base classes in the program, each once."""
        described = (self.values[base] for base in self.names.inheritance.bases(cls))
        found = dict.fromkeys(d[1] for d in described if d[0] == "C" and d[1] != cls.index)
        return [self.program.scopes[index] for index in found]

    def _order_above(self, cls: Scope, bases: list[Scope]) -> tuple[Scope, ...]:
        above = [[scope for scope in self._orders[base.index] if scope is not cls] for base in bases]
        merged = above[0] if len(above) == 1 else _merge([*above, list(bases)])
        if len(merged) > MAX_ANCESTORS:
            self.cut.add(cls.index)
        return (cls, *merged[:MAX_ANCESTORS])

    def all_bases(self, cls: Scope) -> Iterator[Value]:
        """The bases of the class and of all its ancestors, plain ones too."""
        return (base for ancestor in self.order(cls) for base in self.names.inheritance.bases(ancestor))

    def external_bases(self, cls: Scope) -> tuple[Value, ...]:
        """Bases outside of the program, of the class and all its ancestors."""
        known = self._external.get(cls.index)
        if known is None:
            found = (
                base
                for ancestor in self.order(cls)
                for base in self.names.inheritance.bases(ancestor)
                if self.values[base][0] == "X"
            )
            plain = (b for b in found if self.values[b][1:] not in _PLAIN_BASES)
            known = self._external[cls.index] = tuple(dict.fromkeys(plain))
        return known

    def inherits(self, cls: Scope, definition: str) -> bool:
        """Whether a class, or an ancestor of it, is the one with an id."""
        known = self._definitions.get(cls.index)
        if known is None:
            known = self._definitions[cls.index] = frozenset(ancestor.definition for ancestor in self.order(cls))
        return definition in known

    def family(self, cls: Scope) -> frozenset[int]:
        """A class and all its ancestors, by their index."""
        known = self._families.get(cls.index)
        if known is None:
            known = self._families[cls.index] = frozenset(ancestor.index for ancestor in self.order(cls))
        return known

    def is_closed(self, cls: Scope) -> bool:
        """Whether all ancestors of a class are the application's own, so that no code outside calls its methods."""
        known = self._closed.get(cls.index)
        if known is None:
            library = any(
                a.library and a.module.name not in _PLAIN_MODULES and self.member(a, "__calls_nothing__") is None
                for a in self.order(cls)
            )
            known = self._closed[cls.index] = not library and not self.external_bases(cls)
        return known

    def member(self, cls: Scope, name: str) -> Member | None:
        """Where ``name`` is bound, searching the class and its ancestors."""
        known = self._members[cls.index]
        if name not in known:
            known[name] = self._bound_in(self.order(cls), name)
        return known[name]

    def own_member(self, cls: Scope, name: str) -> Member | None:
        """What `member` finds, unless it is a library's."""
        member = self.member(cls, name)
        return member if member is not None and not member.owner.library else None

    def member_after(self, cls: Scope, after: Scope | None, name: str) -> Member | None:
        """Like `member`, but searching only behind ``after`` in the order of ``cls``: what ``super()`` sees."""
        order = self.order(cls)
        start = order.index(after) + 1 if after is not None and after in order else 0
        return self._bound_in(order[start:] if start else order, name)

    def _bound_in(self, classes: tuple[Scope, ...], name: str) -> Member | None:
        binding = self._binding.get(name)
        for cls in classes if binding is not None else ():
            if binding is not None and cls.index in binding:
                return Member(cls, cls.facts.names.get(name))
        return None

    def sets_itself(self, cls: Scope, name: str) -> bool:
        """Whether a method of the class, or of an ancestor in the application, says ``self.name = ...``."""
        key = (cls.index, name)
        known = self._sets_itself.get(key)
        if known is None:
            known = self._sets_itself[key] = any(
                name in self._set_in_module(ancestor.module).get(ancestor.index, ())
                for ancestor in self.order(cls)
                if not ancestor.library
            )
        return known

    def sets_past_class(self, cls: Scope, name: str) -> bool:
        """Whether a method says ``object.__setattr__(self, "name", ...)``, which asks no ``__setattr__`` of the class."""
        return self.sets_itself(cls, name) and any((a.index, name) in self._set_past_class for a in self.order(cls))

    def set_by_methods(self, cls: Scope, name: str) -> list[tuple[Scope, Ref]]:
        """What the methods of the class, or else of the next ancestor in the application, set ``self.name`` to, each with the method."""
        for ancestor in self.order(cls):
            found = [] if ancestor.library else self._set_in_module(ancestor.module).get(ancestor.index, {}).get(name)
            if found:
                return found
        return []

    def _set_in_module(self, module: Module) -> dict[int, dict[str, list[tuple[Scope, Ref]]]]:
        """The attributes that the methods of each class of a module set on the object that they act for, with what."""
        known = self._set_in.get(module.index)
        if known is None:
            known = self._set_in[module.index] = {}
            for scope in module.scopes:
                if scope.is_method and scope.parent is not None and scope.facts.parameters:
                    own = scope.facts.parameters[0][1]
                    of_class = known.setdefault(scope.parent.index, {})
                    for o in scope.facts.ops:
                        if o[0] == Op.SET_ATTRIBUTE and o[1] == own:
                            of_class.setdefault(o[2], []).append((scope, o[3]))
                        elif o[0] == Op.CALL and len(o[3]) == 3 and o[3][0] == own and _sets(scope, o):
                            of_class.setdefault(o[3][1], []).append((scope, o[3][2]))
                            self._set_past_class.add((scope.parent.index, o[3][1]))
        return known

    def bindings(self, cls: Scope, arguments: tuple[Types, ...], owner: Scope) -> Bindings:
        """The type variables of ``owner``, an ancestor, for an instance of ``cls`` with these type arguments."""
        key = (cls.index, arguments)
        along = self._bindings.get(key)
        if along is None:
            along = self._bindings[key] = {}
            arguments = self._types_only(arguments)
            parameters = self.names.inheritance.type_parameters(cls)
            self._bind_along(cls, dict(zip(parameters, arguments, strict=False)), along, _beyond(parameters, arguments))
        return along.get(owner.index, {})

    def arguments(self, cls: Scope, arguments: tuple[Types, ...], owner: Scope) -> tuple[Types, ...]:
        """The type arguments of ``owner``, an ancestor, for an instance of ``cls`` with these, in the order of its parameters."""
        key = (cls.index, arguments, owner.index)
        known = self._arguments.get(key)
        if known is None:
            bound = self.bindings(cls, arguments, owner)
            known = self._arguments[key] = tuple(
                bound.get(name, ()) for name in self.names.inheritance.type_parameters(owner)
            )
        return known

    def _types_only(self, arguments: tuple[Types, ...]) -> tuple[Types, ...]:
        """Without what objects are told apart by that is no type: where they are made."""
        return tuple(types for types in arguments if not types or self.values[types[0]][0] != "P")

    def _bind_along(
        self, cls: Scope, own: Bindings, along: dict[int, Bindings], passed: tuple[Types, ...] = ()
    ) -> None:
        """Arguments beyond a class's own type parameters are passed on to its bases, which may be bound otherwise themselves."""
        if cls.index in along:
            return
        along[cls.index] = own
        for base in self.names.inheritance.bases(cls):
            description = self.values[base]
            if description[0] == "C":
                scope = self.program.scopes[description[1]]
                arguments = [self.values.substitute(argument, own) for argument in description[2]]
                for position, given in enumerate(passed):
                    if position >= len(arguments):
                        arguments.append(given)
                    else:
                        arguments[position] = given or arguments[position]
                parameters = self.names.inheritance.type_parameters(scope)
                given_on = dict(zip(parameters, arguments, strict=False))
                self._bind_along(scope, given_on, along, _beyond(parameters, tuple(arguments)))

    def are_related(self, one: int, other: int) -> bool:
        """Whether an object may be of both classes because one of them is above the other."""
        return self.is_subclass(one, other) or self.is_subclass(other, one)

    def is_subclass(self, cls: int, ancestor: int) -> bool:
        """Whether one class is the other or inherits from it."""
        known = self._families.get(cls)
        return ancestor in (known if known is not None else self.family(self.program.scopes[cls]))

    def passes_for(self, cls: int, asked: int) -> bool:
        """Whether an object of one class passes a test for another: it inherits from it, or has all methods of the protocol that it is."""
        if self.is_subclass(cls, asked):
            return True
        methods = self._asked_by_protocol(self.program.scopes[asked])
        return bool(methods) and all(self.member(self.program.scopes[cls], name) is not None for name in methods)

    def _asked_by_protocol(self, cls: Scope) -> frozenset[str]:
        """The methods of a protocol of the application and those above it; none of any other class."""
        known = self._protocols.get(cls.index)
        if known is None:
            bases = [] if cls.library else [self.values[base] for base in self.names.inheritance.bases(cls)]
            named = any(d[0] == "X" and d[1:3] in _PROTOCOLS for d in bases)
            above = [ancestor for ancestor in self.order(cls) if not ancestor.library] if named else []
            known = self._protocols[cls.index] = frozenset(
                name
                for ancestor in above
                for name, ref in ancestor.facts.names.items()
                if any(o[0] == Op.FUNCTION for o in ancestor.operations_producing(ref))
            )
        return known


def _sets(scope: Scope, call: list[Any]) -> bool:
    """``object.__setattr__(self, "name", value)``."""
    asked = scope.operations_producing(call[2]) if isinstance(call[3][1], str) else ()
    return any(operation[0] == Op.ATTRIBUTE and operation[3] == "__setattr__" for operation in asked)


_PROTOCOLS = frozenset({("typing", "Protocol"), ("typing_extensions", "Protocol")})
_PLAIN_MODULES = frozenset({"builtins", "typing"})
_PLAIN_BASES = frozenset(
    (module, name)
    for module, names in {
        "builtins": ("object",),
        "abc": ("ABC",),
        "typing": ("Generic", "Protocol", "NamedTuple", "TypedDict"),
        "typing_extensions": ("Protocol", "TypedDict", "NamedTuple"),
        "enum": ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"),
    }.items()
    for name in names
)


def _beyond(parameters: tuple[str, ...], arguments: tuple[Types, ...]) -> tuple[Types, ...]:
    return tuple(() if position < len(parameters) else given for position, given in enumerate(arguments))


def _merge(sequences: list[list[Scope]]) -> list[Scope]:
    """C3 linearisation (Barrett et al., 1996); where it has no solution, the first candidate is taken."""
    merged: list[Scope] = []
    remaining = [sequence for sequence in sequences if sequence]
    while remaining:
        tails = {scope.index for sequence in remaining for scope in sequence[1:]}
        head = next((sequence[0] for sequence in remaining if sequence[0].index not in tails), remaining[0][0])
        merged.append(head)
        remaining = [kept for sequence in remaining if (kept := [s for s in sequence if s is not head])]
    return merged
