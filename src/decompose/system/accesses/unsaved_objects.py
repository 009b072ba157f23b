"""Whether an object that a function makes can come to a session at all.

Department(id=4).forget_counts()        # a value, no row
save(Department(id=4))                  # a row, if ``save`` adds what it is given
return Department(id=4)                 # whoever gets it may add it

The object is followed forwards through the function that makes it, through its own methods and through the functions that it is given to.
What it is asked for and what is assigned to it bring it nowhere; whatever else is done with it, and what is not understood, may save it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.libraries.sqlalchemy_relations import relations_of
from decompose.linking.program import Scope

_MAX_FUNCTIONS = 40
"""What is handed on through more functions than this may be saved."""
_NONE = ["c", None]
_SAME_OBJECT = frozenset({Op.COPY, Op.NARROW})
_WITHOUT_LINE = frozenset({Op.COPY, Op.NARROW, Op.SET_FREE})
_WITHOUT_OBJECTS = frozenset(
    {Op.FUNCTION, Op.CLASS, Op.IMPORT, Op.FROM, Op.FREE, Op.TYPED, Op.IMPORT_STAR, Op.TYPE_VARIABLE}
)
_LOOKING = frozenset({"bool", "format", "eq", "ne"})
_LOOKING_FUNCTIONS = frozenset(
    f"builtins:{name}" for name in ("bool", "hash", "id", "isinstance", "len", "print", "repr", "str", "type")
)


class UnsavedObjects:
    """Answers for one linked program; ``sites`` are its calls, by the identity of the operation."""

    def __init__(self, linked: Linked, sites: Mapping[int, Sequence[Site]]) -> None:
        self.linked = linked
        self._sites = sites
        self._harmless: set[tuple[int, int, int]] = set()
        """Class, function and position of the parameter: what is known to bring the object nowhere."""
        self._saving: set[tuple[int, int, int]] = set()
        self._seen: set[tuple[int, int, int]] = set()
        """Asked for the object that is followed now; one that is asked again adds nothing."""
        self._asked: set[tuple[int, str]] = set()
        """The same for methods of a class by their names, which ask for themselves where they go on to those of an ancestor."""

    def may_save(self, site: Site, cls: Scope) -> bool:
        """Whether the object of a class that a call makes may be saved, by its constructor or by what is done with it."""
        self._seen.clear()
        self._asked.clear()
        may = (
            any(self._is_attached(cls, keyword) for keyword, _ in site.operation[4])
            or self._is_saved_by(cls, "__init__")
            or self._leaves(cls, site.frame.scope, site.operation[1])
        )
        if not may:
            self._harmless |= self._seen
        return may

    def _is_saved_by(self, cls: Scope, name: str) -> bool:
        """Whether a method of the application's, or one that it may continue in an ancestor, saves its object."""
        if (cls.index, name) in self._asked:
            return False
        self._asked.add((cls.index, name))
        for owner in self.linked.hierarchy.order(cls):
            function = None if owner.library else self._own(owner, name)
            bound = function is not None and function.facts.flavour not in ("static", "class")
            if function is not None and bound and (self._leaves_by(cls, function, 0) or self._goes_on(cls, function)):
                return True
        return False

    def _goes_on(self, cls: Scope, method: Scope) -> bool:
        """Whether a method asks ``super()`` for another one that may save the object, or gives a constructor a relation."""
        calls = [o for o in method.facts.ops if o[0] == Op.CALL]
        for asked in (o for o in method.facts.ops if o[0] == Op.ATTRIBUTE and _is_super(method, o[2])):
            if asked[3] != "__init__":
                if self._asking_saves(cls, method, asked):
                    return True
            elif any(self._is_attached(cls, name) for call in calls if call[2] == asked[1] for name, _ in call[4]):
                return True
        return False

    def _own(self, owner: Scope, name: str) -> Scope | None:
        return owner.function_below(owner.facts.names[name]) if name in owner.facts.names else None

    def _is_attached(self, cls: Scope, name: str) -> bool:
        """Whether an attribute is a relation with a way back: then the object comes along with the one that it is tied to."""
        relation = next((r for r in relations_of(self.linked, cls) if r.name == name), None)
        ancestors = self.linked.hierarchy.order(cls)
        return relation is not None and any(b.target in ancestors for b in relations_of(self.linked, relation.target))

    def _leaves_by(self, cls: Scope, function: Scope, position: int) -> bool:
        """Whether a function may save what it is given at a position."""
        parameters = function.facts.parameters
        if position >= len(parameters) or parameters[position][4] != ParameterKind.POSITIONAL:
            return True
        key = (cls.index, function.index, position)
        if key in self._harmless or key in self._seen:
            return False
        if key in self._saving or len(self._seen) >= _MAX_FUNCTIONS:
            return True
        self._seen.add(key)
        leaves = self._leaves(cls, function, parameters[position][1])
        if leaves:
            self._saving.add(key)
        return leaves

    def _leaves(self, cls: Scope, scope: Scope, node: int) -> bool:
        """Whether what ``node`` holds may get to where it is saved."""
        nodes = {node}
        size = 0
        while size < len(nodes):
            size = len(nodes)
            nodes.update(o[1] for o in scope.facts.ops if o[0] in _SAME_OBJECT and _is_one(o[2], nodes))
        return _is_left(scope, nodes) or any(self._operation_saves(cls, scope, o, nodes) for o in scope.facts.ops)

    def _operation_saves(self, cls: Scope, scope: Scope, operation: list[Any], nodes: set[int]) -> bool:
        code = operation[0]
        if code in _SAME_OBJECT or code in _WITHOUT_OBJECTS:
            return False
        if code == Op.CALL:
            return self._call_saves(cls, scope, operation, nodes)
        if code == Op.ATTRIBUTE:
            return _is_one(operation[2], nodes) and self._asking_saves(cls, scope, operation)
        if code == Op.SET_ATTRIBUTE:
            _, base, name, source, _ = operation
            if _holds(source, nodes):
                return True
            tied = self._is_attached(cls, name) and not _is_empty(scope, source)
            return _is_one(base, nodes) and (tied or self._is_saved_by(cls, f"{name}.setter"))
        if code == Op.BINARY and operation[4] in _LOOKING:
            return False
        if code == Op.CONTAINER and _holds(operation[3], nodes):
            return self._tuple_saves(cls, scope, operation, nodes)
        return _holds(_taken(operation), nodes)

    def _asking_saves(self, cls: Scope, scope: Scope, operation: list[Any]) -> bool:
        """Whether a method or property does: the application's own is looked into, what a library calls its own may."""
        member = self.linked.hierarchy.member(cls, operation[3])
        if member is not None and member.owner.function_below(member.ref) is not None and not member.owner.library:
            return self._is_saved_by(cls, operation[3])
        if self._is_attached(cls, operation[3]):  # what is put into it brings the object along
            others = (o for o in scope.facts.ops if o is not operation and not _only_reads(o))
            return any(_holds(_taken(o), {operation[1]}) for o in others)
        return any(o[0] == Op.CALL and o[2] == operation[1] for o in scope.facts.ops)

    def _call_saves(self, cls: Scope, scope: Scope, call: list[Any], nodes: set[int]) -> bool:
        _, _, called, arguments, keywords, _ = call
        if _is_one(called, nodes):
            return True
        given: list[int | str] = [i for i, ref in enumerate(arguments) if _holds(ref, nodes)]
        given += [keyword or "" for keyword, ref in keywords if _holds(ref, nodes)]
        if not given or self._only_looks(scope, called):
            return False
        if "" in given or any(_is_starred(ref) for ref in arguments):
            return True
        return self._sites_save(cls, call, given)

    def _only_looks(self, scope: Scope, called: Ref) -> bool:
        values = [self.linked.values[value] for value in self.linked.names.evaluate(scope, called)]
        return bool(values) and all(self._name(value) in _LOOKING_FUNCTIONS for value in values)

    def _name(self, value: tuple[Any, ...]) -> str:
        """The definition that a value is, or the name of what is outside."""
        if value[0] == "X":
            return f"{value[1]}:{value[2]}"
        return self.linked.program.scopes[value[1]].definition if value[0] in ("F", "C") else ""

    def _tuple_saves(self, cls: Scope, scope: Scope, made: list[Any], nodes: set[int]) -> bool:
        """Whether a tuple with the object does: what is only spread over the arguments of calls, ``f(*key)``, is followed."""
        _, whole, kind, elements, _, _ = made
        if kind != "tuple" or any(_is_starred(ref) for ref in elements) or _is_left(scope, {whole}):
            return True
        spread = ["*", whole]
        places = [i for i, ref in enumerate(elements) if _holds(ref, nodes)]
        for operation in scope.facts.ops:
            if operation is made or operation[0] in _WITHOUT_OBJECTS or not _holds(_taken(operation), {whole}):
                continue
            if operation[0] != Op.CALL or next((r for r in operation[3] if _is_starred(r)), None) != spread:
                return True
            first = operation[3].index(spread)
            others = [operation[2], *operation[3][first + 1 :], operation[4]]
            if _holds(others, {whole}) or self._sites_save(cls, operation, [first + place for place in places]):
                return True
        return False

    def _sites_save(self, cls: Scope, call: list[Any], places: Sequence[int | str]) -> bool:
        sites = self._sites.get(id(call), [])
        return not sites or any(self._site_saves(cls, site, place) for site in sites for place in places)

    def _site_saves(self, cls: Scope, site: Site, place: int | str) -> bool:
        """Whether one of the functions that a call leads to saves the argument at a place."""
        if site.external or site.wrappers or not site.targets:
            return True
        for target, of, kind in site.targets:
            function = self.linked.program.scopes[target]
            if kind not in ("call", "construct") or function.library or not function.is_function:
                return True
            position = _position(function, place, bound=of >= 0)
            if position < 0 or self._leaves_by(cls, function, position):
                return True
        return False


def _position(function: Scope, place: int | str, *, bound: bool) -> int:
    """The position of the parameter that an argument is given for; -1 if there is none."""
    if isinstance(place, int):
        return place + bound
    return next((i for i, parameter in enumerate(function.facts.parameters) if parameter[0] == place), -1)


def _only_reads(operation: list[Any]) -> bool:
    """Whether an operation changes nothing about the collection that it works on."""
    looks = operation[0] == Op.BINARY and operation[4] in _LOOKING
    return looks or operation[0] in _WITHOUT_OBJECTS or operation[0] in (Op.ITERATE, Op.ITEM)


def _is_super(method: Scope, ref: Ref) -> bool:
    """Whether a ref is ``super()``."""
    by = method.call_producing(ref)
    return by is not None and any(o[0] == Op.FREE and o[2] == "super" for o in method.operations_producing(by[2]))


def _is_left(scope: Scope, nodes: set[int]) -> bool:
    """Whether a function gives one of several nodes back, or its inner functions use it."""
    facts = scope.facts
    return _holds([*facts.returns, *facts.yields, *facts.names.values()], nodes)


def _taken(operation: list[Any]) -> list[Any]:
    """What an operation works on, without its line."""
    return operation[2:] if operation[0] in _WITHOUT_LINE else operation[1:-1]


def _is_empty(scope: Scope, source: Ref) -> bool:
    """Whether a ref is nothing, or a collection of nothing."""
    by = scope.operations_producing(source)
    return source == _NONE or (bool(by) and all(o[0] == Op.CONTAINER and not o[3] for o in by))


def _is_starred(ref: Ref) -> bool:
    return isinstance(ref, list) and ref[:1] == ["*"]


def _is_one(ref: Ref, nodes: set[int]) -> bool:
    return type(ref) is int and ref in nodes


def _holds(ref: Ref, nodes: set[int]) -> bool:
    if isinstance(ref, list):
        return ref[:1] != ["c"] and any(_holds(inner, nodes) for inner in ref)
    return _is_one(ref, nodes)
