"""What names and attributes are declared to hold, where what is put there says more.

``self.storage: Storage = storage`` holds the storage that was given and no other one. So a declared class for which any of several may
stand waits until all else has said what it can, and counts only where nothing that fits has got there, or where it is made by what
is not in view.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.attributes import binding
from decompose.linking.frames import Frame, Site
from decompose.linking.program import Scope
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node


_MAX_STEPS = 8
"""So many names are gone through from what is put somewhere to what makes it."""


_SEVERAL = 2


class _Read(NamedTuple):
    """Where an attribute is read that the body of its class declares."""

    frame: Frame
    result: Node
    value: Value
    cls: Scope
    name: str
    line: int
    promised: tuple[Value, ...]


class DeclaredValues:
    """The declarations that wait."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kept_in: dict[Node, list[tuple[Scope, Ref, bool]]] = {}
        """Containers that are declared -> what the code in view puts there, each with whether it is a container of such things."""
        self._of_containers: list[tuple[Node, Node, Types, frozenset[Value]]] = []
        self._given: list[tuple[Node, Node, Types]] = []
        self._read: list[_Read] = []
        self._told: dict[tuple[int, str], bool] = {}
        self._generated: dict[int, bool] = {}
        self._filled: dict[tuple[int, str], list[tuple[Scope, Ref]]] = {}
        """What calls in view give the fields of classes with a generated initialiser."""
        self._filled_unseen: set[int] = set()

    def declare(self, frame: Frame, typed: int, types: Types, given: Ref) -> None:
        """What is assigned, ``given``, is declared to be one of these as well."""
        standing, result = self.engine.standing_for(types), frame.nodes[typed]
        if self._declare_container(frame, typed, types, given):
            return
        made = frame.scope.operations_producing(given)
        if (len(standing) > len(types) or self._leaves_open(types)) and (
            self._is_told(frame.scope, given)
            or (len(made) == 1 and made[0][0] == Op.CALL and self.engine.promises.is_made(frame.scope, given))
        ):
            self._given.append((self.engine.node_of(frame, given), result, types))
        else:
            self.engine.add(result, standing)

    def _leaves_open(self, types: Types) -> bool:
        """Whether a class is declared whose objects are told apart by more than that, such as a generic one without its arguments."""
        described = [self.engine.values[value] for value in types]
        return any(
            d[0] == "I"
            and not d[2]
            and not (cls := self.engine.program.scopes[d[1]]).library
            and (self.engine.names.inheritance.type_parameters(cls) or self.engine.told_apart.has_registries(cls))
            for d in described
        )

    def _declare_container(self, frame: Frame, typed: int, types: Types, given: Ref) -> bool:
        """``self.steps: list[Step] = []``: whether what is put there tells of what class it is, so that the declaration waits."""
        engine = self.engine
        made = frame.scope.operations_producing(given)
        held = [engine.values[value] for value in engine.values_of(engine.node_of(frame, given))]
        declared = [engine.values[value] for value in types]
        if len(made) != 1 or made[0][0] != Op.CONTAINER or len(held) != 1 or len(declared) != 1:
            return False
        inner = declared[0][2][-1] if declared[0][0] == "I" and declared[0][2] else ()
        standing = engine.standing_for(inner)
        if len(standing) <= len(inner) or not self._is_put_together_in_view(frame.scope, typed):
            return False
        every = held[0][2]
        self.kept_in[every] = [(frame.scope, ref, False) for ref in made[0][3]]
        self._of_containers.append((every, frame.nodes[typed], types, standing))
        return True

    def _is_put_together_in_view(self, scope: Scope, typed: int) -> bool:
        """Whether the attribute that holds a container is set to nothing but empty ones besides."""
        cls = scope.parent if scope.is_method else None
        copies = {o[1] for o in scope.facts.ops if o[0] == Op.COPY and o[2] == typed}
        names = [o[2] for o in scope.facts.ops if o[0] == Op.SET_ATTRIBUTE and type(o[3]) is int and o[3] in copies]
        sets = [found for name in names if cls is not None for found in self.engine.hierarchy.set_by_methods(cls, name)]
        return all(
            type(ref) is not int or (method is scope and ref in copies) or self._is_empty(method, ref)
            for method, ref in sets
        )

    def _is_empty(self, function: Scope, ref: Ref) -> bool:
        made = function.operations_producing(ref)
        return len(made) == 1 and made[0][0] == Op.CONTAINER and not made[0][3]

    def put(self, every: Node, function: Scope, ref: Ref, *, several: bool = False) -> None:
        """Something, or all that a container holds, is put into a container."""
        kept = self.kept_in.get(every)
        if kept is not None:
            kept.append((function, ref, several))

    def read(
        self, frame: Frame, result: Node, value: Value, cls: Scope, name: str, line: int, promised: list[Value]
    ) -> bool:
        """An attribute that its class declares is read; whether what is promised of it waits."""
        if len(promised) < _SEVERAL or sum(self._class_of(one) >= 0 for one in promised) < _SEVERAL:
            return False
        if not (self._has_generated_initialiser(cls) or self._is_set_in_view(cls, name)):
            return False
        self._read.append(_Read(frame, result, value, cls, name, line, tuple(promised)))
        return True

    def fill(self, site: Site, cls: Scope, given: Iterable[tuple[str | None, Ref]]) -> None:
        """A call of a class gives its fields these values."""
        if not self._has_generated_initialiser(cls):
            return
        if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
            self._filled_unseen.add(cls.index)
        for name, ref in given:
            if name is None:
                self._filled_unseen.add(cls.index)
            elif type(ref) is int:
                self._filled.setdefault((cls.index, name), []).append((site.frame.scope, ref))

    def keep(self) -> bool:
        """Give what is declared where nothing that fits was given; whether there was any."""
        if not self.engine.promises.due:
            return False
        given, self._given = self._given, []
        containers, self._of_containers = self._of_containers, []
        reads, self._read = self._read, []
        kept = False
        for node, result, types in given:
            if not self._fits(node, self.engine.standing_for(types)):
                self.engine.add_types(result, types)
                kept = True
        for container in containers:
            every, result, types, standing = container
            if self._fits(every, standing) and all(self._is_told_of(*put) for put in self.kept_in[every]):
                self._of_containers.append(container)
            else:
                self.engine.add_types(result, types)
                kept = True
        for read in reads:
            if self._is_filled_in_view(read.cls, read.name) and self._fits(
                self.engine.fields_of(read.value, read.name), read.promised
            ):
                self._read.append(read)
            else:
                self._bind(read)
                kept = True
        return kept

    def _bind(self, read: _Read) -> None:
        for promised in read.promised:
            binding.bind_to_owner(self.engine, read.frame, read.result, promised, read.value, read.cls, read.line)

    def _fits(self, node: Node, standing: frozenset[Value] | tuple[Value, ...]) -> bool:
        """Whether an object of one of these classes is known to get somewhere."""
        classes = {self._class_of(value) for value in standing} - {-1}
        return any(self._class_of(value) in classes for value in self.engine.values_of(node))

    def _class_of(self, value: Value) -> int:
        described: tuple[Any, ...] = self.engine.values[value]
        own = described[0] == "I" and not self.engine.program.scopes[described[1]].library
        return described[1] if own else -1

    def _has_generated_initialiser(self, cls: Scope) -> bool:
        """Whether nothing but what a decorator makes of a class can initialise its objects."""
        known = self._generated.get(cls.index)
        if known is None:
            hierarchy = self.engine.hierarchy
            known = self._generated[cls.index] = (
                hierarchy.member(cls, "__init__") is None
                and not any(ancestor.library for ancestor in hierarchy.order(cls))
                and hierarchy.is_closed(cls)
            )
        return known

    def _is_filled_in_view(self, cls: Scope, name: str) -> bool:
        """Whether all calls that give a class its fields tell of what class they are; true of a class with an initialiser of its own."""
        if not self._has_generated_initialiser(cls):
            return True
        if cls.index in self.engine.stored_on.get(name, ()):
            return False
        given = self._filled.get((cls.index, name), [])
        return cls.index not in self._filled_unseen and all(self._is_told(scope, ref) for scope, ref in given)

    def _is_set_in_view(self, cls: Scope, name: str) -> bool:
        """Whether an attribute is set by the class's own methods alone, each time to what tells its class."""
        key = cls.index, name
        known = self._told.get(key)
        if known is None:
            initialiser = self.engine.hierarchy.member(cls, "__init__")
            sets = self.engine.hierarchy.set_by_methods(cls, name)
            known = self._told[key] = (
                initialiser is not None
                and not initialiser.owner.library
                and bool(sets)
                and all(self._is_told(method, given) for method, given in sets)
            )
        return known

    def _is_told_of(self, function: Scope, ref: Ref, several: bool) -> bool:
        return self._is_declared(function, ref, inside=True) if several else self._is_told(function, ref)

    def _is_declared(self, function: Scope, ref: Ref, *, inside: bool = False) -> bool:
        """Whether a ref is a parameter that is declared to be of a class of the application, or to be a container of something."""
        for parameter in function.facts.parameters:
            if parameter[1] == ref and parameter[2] is not None:
                types = self.engine.names.types(function, parameter[2])
                described = [self.engine.values[value] for value in types]
                return any(
                    d[0] == "I" and (any(d[2]) if inside else self._class_of(v) >= 0)
                    for d, v in zip(described, types, strict=True)
                )
        return False

    def _is_told(self, function: Scope, given: Ref, steps: int = _MAX_STEPS) -> bool:
        """Whether a value is a parameter that is declared itself, or what a class makes just here: of what others keep or give, more
        may come than is seen.
        """
        if type(given) is not int or given < 0 or self._is_declared(function, given):
            return True
        made = function.operations_producing(given) if steps else []
        return bool(made) and all(
            self._is_told(function, operation[2], steps - 1)
            if operation[0] in (Op.COPY, Op.NARROW)
            else operation[0] == Op.TYPED or (operation[0] == Op.CALL and self._is_class(function, operation[2]))
            for operation in made
        )

    def _is_class(self, function: Scope, callee: Ref) -> bool:
        described = [self.engine.values[value] for value in self.engine.names.evaluate(function, callee)]
        return bool(described) and all(d[0] == "C" for d in described)
