"""Objects of one class that are made with different functions or classes, ``Button(save)`` and ``Button(close)``, and registries.

What such an object keeps in its attributes is its own, as that of a generic class is for each of its type arguments; so what it is
given stands in the place of type arguments. A registry is an object of a module that collects in lists or tables of its own
(``tabs = Registry()``): where there are several of a class, what stands in that place is where each is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.values import Types

if TYPE_CHECKING:
    from decompose.linking.frames import Site
    from decompose.linking.framing import Framing
    from decompose.linking.program import Scope

_MAX_KINDS = 24
"""So many kinds of objects of a class are told apart; all others are of one more kind, which may be any."""

_MAX_OPERATIONS_OF_REGISTRIES = 2_000
"""What the methods of a class with registries have to be looked at in all, once for each: registries are small."""

_MAX_STEPS = 4

_CODE = frozenset({"F", "B", "C"})

_ELSEWHERE = "in a function"
"""Where those objects of a class are made that no module makes; all are one kind."""

_Kept = tuple[tuple[int, str], ...]
"""The parameters of an initialiser, by position and name, that it keeps in attributes just as they are."""


class ToldApart:
    """What the objects of each class are told apart by."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        self._kept: dict[int, _Kept] = {}
        self._kinds: dict[int, set[tuple[Types, ...]]] = {}
        self._registries: dict[int, set[tuple[int, int]]] | None = None

    def given(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """The functions and classes that ``site`` makes an object of ``cls`` with, in the order of the parameters; mostly none."""
        if site.kind != "call":
            return ()
        kept = self._parameters(cls)
        found = tuple(self._code(site, site.argument(position, name)) for position, name in kept)
        if not any(found) and (registry := self.registry(site, cls)):
            return registry
        if not kept:
            return ()
        kinds = self._kinds.setdefault(cls.index, set())
        if any(found) and (found in kinds or len(kinds) < _MAX_KINDS):
            kinds.add(found)
            return found
        self.framing.made_bare.add(cls.index)
        return ()

    def registry(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """What tells an object of a class with several registries apart, behind the type arguments, of which nothing is known."""
        place = self._place(site, cls)
        unknown: tuple[Types, ...] = ((),) * len(self.framing.names.inheritance.type_parameters(cls))
        return (*unknown, (self.framing.values.intern("P", place),)) if place else ()

    def _place(self, site: Site, cls: Scope) -> str:
        """Where an object of a class with several registries is made; empty for other classes."""
        places = self._registries_found().get(cls.index)
        if places is None:
            return ""
        scope = site.frame.scope
        made = (scope.index, site.operation[1])
        return f"{scope.definition} {site.operation[1]}" if made in places else _ELSEWHERE

    def has_registries(self, cls: Scope) -> bool:
        """Whether modules make several objects of a class that collect."""
        return cls.index in self._registries_found()

    def _registries_found(self) -> dict[int, set[tuple[int, int]]]:
        if self._registries is None:
            self._registries = self._find_registries()
        return self._registries

    def _find_registries(self) -> dict[int, set[tuple[int, int]]]:
        """Each class of which modules make objects that collect, with the calls that do."""
        names, found = self.framing.names, dict[int, set[tuple[int, int]]]()
        for module in self.framing.program.modules:
            for scope in module.scopes if not module.library else ():
                if scope.facts.kind not in (ScopeKind.MODULE, ScopeKind.CLASS):
                    continue
                for operation in scope.facts.ops:
                    if operation[0] != Op.CALL:
                        continue
                    for value in names.evaluate(scope, operation[2]):
                        described = self.framing.values[value]
                        if described[0] == "C" and self._collects(self.framing.program.scopes[described[1]]):
                            found.setdefault(described[1], set()).add((scope.index, operation[1]))
        return {cls: made for cls, made in found.items() if 1 < len(made) <= self._most_of(cls)}

    def _most_of(self, cls: int) -> int:
        """How many registries of a class are told apart: fewer, the more there is to be looked at for each."""
        ancestors = self.framing.hierarchy.order(self.framing.program.scopes[cls])
        methods = [s for a in ancestors if not a.library for s in a.module.scopes if s.is_method and s.parent is a]
        size = sum(len(method.facts.ops) for method in methods)
        return min(_MAX_KINDS, _MAX_OPERATIONS_OF_REGISTRIES // max(size, 1))

    def _collects(self, cls: Scope) -> bool:
        """Whether objects of a class of the application are made with lists or tables of their own, which are empty, or are such."""
        if cls.library:
            return False
        if self.framing.hierarchy.member(cls, "__container__") is not None:
            return True
        function = self.framing.function_of(self.framing.hierarchy.member(cls, "__init__"))
        if function is None or function.library or not function.facts.parameters:
            return False
        receiver = function.facts.parameters[0][1]
        return any(
            operation[0] == Op.SET_ATTRIBUTE and operation[1] == receiver and self._is_empty(function, operation[3])
            for operation in function.facts.ops
        )

    def _is_empty(self, function: Scope, ref: Ref, steps: int = _MAX_STEPS) -> bool:
        """Whether a ref of a function is a list or table that is made there with nothing in it, whatever it is declared to be."""
        made = function.operations_producing(ref) if steps else []
        return bool(made) and all(
            not operation[3]
            if operation[0] == Op.CONTAINER
            else bool(operation[3:])
            if operation[0] == Op.TYPED
            else self._is_empty(function, operation[2], steps - 1)
            if operation[0] == Op.COPY
            else self._calls_container(function, operation)
            for operation in made
        )

    def _calls_container(self, function: Scope, operation: list[Any]) -> bool:
        """``deque()``, ``defaultdict(list)``."""
        if operation[0] != Op.CALL or len(operation[3]) > 1 or operation[4]:
            return False
        made = [self.framing.values[value] for value in self.framing.names.evaluate(function, operation[2])]
        scopes, hierarchy = self.framing.program.scopes, self.framing.hierarchy
        return bool(made) and all(
            described[0] == "C"
            and scopes[described[1]].library
            and hierarchy.member(scopes[described[1]], "__container__")
            for described in made
        )

    def _parameters(self, cls: Scope) -> _Kept:
        known = self._kept.get(cls.index)
        if known is None:
            member = self.framing.hierarchy.member(cls, "__init__")
            function = (
                self.framing.plain_function(member.owner, member.ref)
                if member is not None and member.ref is not None
                else None
            )
            known = self._kept[cls.index] = _kept(function) if function is not None and not function.library else ()
        return known

    def _code(self, site: Site, ref: Ref) -> Types:
        """The functions and classes of the application that an argument is; none where it may be something else too."""
        framing, scope = self.framing, site.frame.scope
        found = framing.names.evaluate(scope, ref)
        if not found and type(ref) is int and ref >= 0 and scope.is_method:
            own, receiver = scope.facts.parameters[:1], framing.own_receiver(scope)
            for operation in scope.operations_producing(ref) if own and receiver >= 0 else ():
                if operation[0] == Op.ATTRIBUTE and operation[2] == own[0][1]:
                    found += framing.names.member(receiver, operation[3])
        code = all(framing.values[value][0] in _CODE for value in found)
        return found if code else ()


def _kept(initialiser: Scope) -> _Kept:
    parameters = initialiser.facts.parameters
    if not parameters:
        return ()
    receiver = parameters[0][1]
    stored = {
        o[3] for o in initialiser.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[1] == receiver and type(o[3]) is int
    }
    return tuple(
        (position if kind == ParameterKind.POSITIONAL else -1, name)
        for position, (name, node, _, _, kind) in enumerate(parameters[1:])
        if node in stored and kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
    )
