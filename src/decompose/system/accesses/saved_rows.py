"""What a row that saves itself comes to in the database: ``row.save()`` updates one that was loaded, and inserts one that is made.

The row is followed backwards, through variables, loops and what functions return, and into all who give it for a parameter. Where it can
only come from queries, or from what has written it already, it is there and is updated. Where the function has made it itself, and has
given it no identity and saved it nowhere else, it is new. Of any other row, either may be. Where all is known it is one of the two: a
row whose identity is set anywhere on the way may be another row, and is told as either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.libraries import saved_rows
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded
from decompose.system.accesses.saved_before import SavedBefore, asked_to_save, is_put_off, saved_by
from decompose.system.model import Operation

_SAME_OBJECTS = frozenset({Op.COPY, Op.NARROW, Op.ITEM, Op.ITERATE, Op.ENTER})
_GIVING = frozenset({"read", "insert", "update"})
_NONE = ["c", None]
_LOADED, _MADE, _UNKNOWN = 1, 2, 4
"""Where a row may come from, as bits."""

_OPERATIONS: dict[int, frozenset[Operation]] = {_LOADED: frozenset({"update"}), _MADE: frozenset({"insert"})}
EITHER: frozenset[Operation] = frozenset({"insert", "update"})
_MAX_STEPS = 100


class SavedRows:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded, before: SavedBefore) -> None:
        self._linked = linked
        self._loaded = loaded
        self._before = before
        self._known: dict[tuple[int, int, int], frozenset[Operation]] = {}
        self._open: set[tuple[int, int]] = set()
        self._steps = 0

    def operations(self, scope: Scope, rule: str, line: int, cls: int) -> Collection[Operation]:
        """What the rows of a class that a line saves, by their own method or that of their form, may come to."""
        by_form = rule in saved_rows.FORM_SAVES
        key = (scope.index, line, -1 if by_form else cls)
        known = self._known.get(key)
        if known is None:
            self._steps = 0
            saved = [ref for at, ref in _saved(scope) if at == line]
            if by_form:
                origin = self._of_all(scope, saved, self._row_of_form)
            else:
                saved = [ref for ref in saved if self._loaded.may_be(scope, ref, cls)]
                origin = self._of_all(scope, saved)
            if origin == _MADE and any(self._before.may_be(scope, ref, line) for ref in saved):
                origin = _UNKNOWN
            known = self._known[key] = _OPERATIONS.get(origin, EITHER)
        return known

    def of_rows(self, scope: Scope, rows: Iterable[Ref]) -> Collection[Operation]:
        """What rows may come to that a function has save themselves."""
        self._steps = 0
        return _OPERATIONS.get(self._of_all(scope, rows), EITHER)

    @cached_property
    def _giving(self) -> set[tuple[int, int]]:
        """Scope and line where rows are loaded or written, so that they are there."""
        return {
            (index, line)
            for index, _, operation, _, role, rule, line in self._linked.engine.accesses
            if operation in _GIVING and role == "execute" and rule not in saved_rows.BY_THEMSELVES_OR_FORMS
        }

    @cached_property
    def _called_by_others(self) -> set[int]:
        """Functions that somebody calls whose call is not in view."""
        return {call.callee for call in self._linked.engine.implicit_calls}

    def _of_all(self, scope: Scope, refs: Iterable[Ref], origin_of: Callable[[Scope, Ref], int] | None = None) -> int:
        origins = 0
        for ref in refs:
            origins |= (origin_of or self._origin)(scope, ref)
        return origins or _UNKNOWN

    def _origin(self, scope: Scope, ref: Ref) -> int:
        if type(ref) is not int or ref < 0:
            return 0 if ref == _NONE else _UNKNOWN
        key = (scope.index, ref)
        if key in self._open:
            return 0  # what goes round in a circle is decided by its other sources
        self._steps += 1
        if self._steps > _MAX_STEPS or self._gets_identity(scope):
            return _UNKNOWN
        self._open.add(key)
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None)
        producers = scope.operations_producing(ref)
        origins = self._given(scope, parameter) if parameter is not None else 0
        for operation in producers:
            origins |= self._made_by(scope, operation)
        self._open.discard(key)
        return origins if producers or parameter is not None else _UNKNOWN

    def _given(self, function: Scope, parameter: list[Any]) -> int:
        """Where the rows come from that the callers of a function give for a parameter."""
        if function.index in self._called_by_others or (
            function.is_method and parameter is function.facts.parameters[0]
        ):
            return _UNKNOWN
        origins = 0
        for one in self._loaded.callers.given(function, parameter) or ():
            origins |= self._origin_at(one.scope, one.ref, one.line)
        return origins or _UNKNOWN

    def _origin_at(self, scope: Scope, ref: Ref, *line: int) -> int:
        """The origin of what a function hands on at a line, or returns: what it has made, and saved already, is not new."""
        origins = self._origin(scope, ref)
        if origins & _MADE and self._before.may_be(scope, ref, *line):
            origins = origins & ~_MADE | _UNKNOWN
        return origins

    def _made_by(self, scope: Scope, operation: list[Any]) -> int:
        if operation[0] == Op.ITERATE and (scope.index, operation[-1]) in self._giving:
            return _LOADED
        if operation[0] in _SAME_OBJECTS:
            return self._origin(scope, operation[2])
        if operation[0] == Op.CONTAINER:
            return self._of_all(scope, operation[3])
        if operation[0] == Op.ATTRIBUTE:
            # What a row is related to is there where the row itself is.
            there = self._is_there(scope, operation) or self._origin(scope, operation[2]) == _LOADED
            return _LOADED if there else _UNKNOWN
        return self._called(scope, operation) if operation[0] == Op.CALL else _UNKNOWN

    def _is_there(self, scope: Scope, asked: list[Any]) -> bool:
        """Whether a library gives a row by an attribute."""
        described = [self._linked.values[value] for value in self._loaded.values_of(scope, asked[2])]
        classes = {self._linked.program.scopes[d[1]].definition for d in described if d[0] == "I"}
        return bool(classes) and all((cls, asked[3]) in saved_rows.THERE for cls in classes)

    def _called(self, scope: Scope, call: list[Any]) -> int:
        sites = self._loaded.sites.get(id(call), ())
        made = {cls for site in sites for cls in self._linked.constructed(site)}
        if made:
            return _UNKNOWN if any(self._is_given_identity(call, cls) for cls in made) else _MADE
        kinds = {kind for site in sites for _, _, kind in site.targets}
        if kinds == {"library"}:
            if is_put_off(call) and _name_called(scope, call) in saved_rows.SAVING:
                return self._of_all(scope, asked_to_save(scope, call), self._row_of_form)
            return _LOADED if (scope.index, call[-1]) in self._giving else _UNKNOWN
        if kinds != {"call"}:
            return _UNKNOWN
        functions = {target for site in sites for target, _, _ in site.targets}
        origins = 0
        for function in (self._linked.program.scopes[index] for index in sorted(functions)):
            origins |= self._of_all(function, function.facts.returns, self._origin_at)
        return origins

    # Rows of forms

    def _row_of_form(self, scope: Scope, ref: Ref) -> int:
        """Where the row of a form comes from: given to it as it is made, or the form's own."""
        if type(ref) is not int or ref < 0:
            return _UNKNOWN
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None)
        if parameter is not None:
            return self._row_of_view(scope)
        origins = 0
        for operation in scope.operations_producing(ref):
            if operation[0] in (Op.COPY, Op.NARROW):
                origins |= self._row_of_form(scope, operation[2])
            else:
                origins |= self._row_given(scope, operation)
        return origins or _UNKNOWN

    def _row_given(self, scope: Scope, making: list[Any]) -> int:
        sites = self._loaded.sites.get(id(making), ()) if making[0] == Op.CALL else ()
        made = {cls for site in sites for cls in self._linked.constructed(site)}
        names = {name for name, _ in making[4]} if made else {None}
        if None in names or any(self._name_row(self._methods_of(cls, "__init__")) for cls in made):
            return _UNKNOWN
        given = [ref for name, ref in making[4] if name == saved_rows.ROW_OF_FORM]
        return self._origin_or_new(scope, given[0]) if given else _MADE

    def _origin_or_new(self, scope: Scope, ref: Ref) -> int:
        """Where a row comes from that is given to a form, which makes one if it is given none."""
        if type(ref) is not int:
            return _MADE if ref == _NONE else _UNKNOWN
        may_be_none = any(_NONE in (o[2:3] if o[0] == Op.COPY else ()) for o in scope.operations_producing(ref))
        return self._origin(scope, ref) | (_MADE if may_be_none else 0)

    def _row_of_view(self, method: Scope) -> int:
        """The row of the form that a method of a view is given."""
        cls = method.parent if method.is_method else None
        if cls is None or self._name_row(self._methods_below(cls, "get_form_kwargs", "get_form")):
            return _UNKNOWN
        above = {base.definition for base in self._linked.hierarchy.order(cls) if base.library}
        if above & saved_rows.CREATING:
            return _MADE
        return self._row_shown(cls) if above & saved_rows.UPDATING else _UNKNOWN

    def _row_shown(self, cls: Scope) -> int:
        """The row that a view shows, and those that inherit from it: one that is looked up, unless their own method finds it."""
        origins = _LOADED
        for method in self._methods_below(cls, saved_rows.FINDING_ROW):
            found = method.facts.returns
            origins |= self._of_all(method, found) if found and _NONE not in found else _UNKNOWN
        return origins

    def _name_row(self, methods: Iterable[Scope]) -> bool:
        """Whether methods may give a form its row, or take it away."""
        return any(any(map(_names_row, method.facts.ops)) for method in methods)

    def _methods_below(self, cls: Scope, *names: str) -> Iterator[Scope]:
        """The application's methods of these names that objects of a class, or of one below it, may have."""
        for one in (cls, *self._linked.hierarchy.subclasses.get(cls.index, ())):
            yield from self._methods_of(one.index, *names)

    def _methods_of(self, cls: int, *names: str) -> Iterator[Scope]:
        """Those that objects of a class may have."""
        for owner in self._linked.hierarchy.order(self._linked.program.scopes[cls]):
            for name in names if not owner.library else ():
                method = self._linked.engine.plain_function(owner, owner.facts.names.get(name, -1))
                if method is not None:
                    yield method

    # Identities

    def _is_given_identity(self, call: list[Any], cls: int) -> bool:
        """Whether an object that is made may be given the identity of a row that is there."""
        names = {name for name, _ in call[4]}
        return bool(call[3]) or None in names or not names.isdisjoint(saved_rows.IDENTITY | self._keys(cls))

    def _keys(self, cls: int) -> set[str]:
        """The fields that a class declares as the identity of its rows."""
        return {
            name
            for owner in self._linked.hierarchy.order(self._linked.program.scopes[cls])
            if not owner.library
            for name, ref in owner.facts.names.items()
            for declared in owner.operations_producing(ref)
            if declared[0] == Op.CALL and any(keyword == saved_rows.KEY for keyword, _ in declared[4])
        }

    def _gets_identity(self, scope: Scope) -> bool:
        if scope.index not in self._identified:
            self._identified[scope.index] = any(
                (o[0] == Op.SET_ATTRIBUTE and o[2] in saved_rows.IDENTITY)
                or (o[0] == Op.ATTRIBUTE and o[3] == "_state")
                for o in scope.facts.ops
            )
        return self._identified[scope.index]

    @cached_property
    def _identified(self) -> dict[int, bool]:
        """Scope -> whether it sets the identity of any row."""
        return {}


def _saved(scope: Scope) -> list[tuple[int, Ref]]:
    """The rows that a function has save themselves, with the lines."""
    return [
        (call[-1], row)
        for call in scope.facts.ops
        if call[0] == Op.CALL and all(name not in saved_rows.FORCED for name, _ in call[4])
        for row in saved_by(scope, call)
    ]


def _name_called(scope: Scope, call: list[Any]) -> str:
    return next((str(o[3]) for o in scope.operations_producing(call[2]) if o[0] == Op.ATTRIBUTE), "")


def _names_row(operation: list[Any]) -> bool:
    """Whether an operation sets what a form has as its row, or gives it on."""
    name = saved_rows.ROW_OF_FORM
    match operation[0]:
        case Op.SET_ATTRIBUTE | Op.SET_ITEM:
            named = [operation[2]]
        case Op.CALL:
            named = [*operation[3], *(keyword for keyword, _ in operation[4])]
        case Op.CONTAINER:
            named = operation[4] or []
        case _:
            named = []
    return name in named or ["c", name] in named
