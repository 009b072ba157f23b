"""Plain data that a name stands for: text, numbers, and lists and tables of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import PARTS, Ref
from decompose.linking.program import Module, Scope
from decompose.linking.settings_asked import setting_name

if TYPE_CHECKING:
    from decompose.linking.names import Names

_MAX_STEPS = 8
_PLAIN_ENUMERATIONS = frozenset({("enum", "Enum"), ("enum", "Flag")})


_VIEWS: dict[str, Callable[[dict[Any, Any]], list[Any]]] = {
    "items": lambda table: [[key, value] for key, value in table.items()],
    "keys": list,
    "values": lambda table: list(table.values()),
}


class Constants:
    """Static look-up of plain data."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.program = names.program

    def constant(self, scope: Scope, ref: Ref) -> Any:
        """The text or number that a ref is, followed through names; None when it is not such a constant."""
        data = self.plain_data(scope, ref)
        return data if isinstance(data, str | int) else None

    def plain_data(self, scope: Scope, ref: Ref) -> Any:
        """The plain value, a list or a table too, that a ref is, followed through names; None when it is none."""
        ref = self._followed(scope, ref)[1]
        if isinstance(ref, str):
            return ref
        return ref[1] if isinstance(ref, list) and ref[0] == "c" else None

    def elements(self, scope: Scope, ref: Ref, steps: int = _MAX_STEPS) -> Iterator[tuple[Scope, Ref]]:
        """What a list or a sum of lists holds, followed through names: each element, a text where it is one, and where it stands."""
        scope, ref = self._followed(scope, ref)
        if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], list):
            yield from ((scope, text) for text in ref[1] if isinstance(text, str))
        for operation in scope.operations_producing(ref) if type(ref) is int else ():
            if operation[0] == Op.CONTAINER:
                yield from ((scope, element) for element in operation[3])
            elif operation[0] == Op.BINARY and operation[4] == "add" and steps:
                for side in operation[2:4]:
                    yield from self.elements(scope, side, steps - 1)
            elif operation[0] == Op.ATTRIBUTE and steps:
                holder = self._holder(scope, operation[2])
                if isinstance(holder, Scope) and operation[3] in holder.facts.names:
                    yield from self.elements(holder, holder.facts.names[operation[3]], steps - 1)

    def setting(self, scope: Scope, ref: Ref) -> str:
        """``$NAME`` for what the setting of that name says, followed through names; nothing where it is none."""
        scope, ref = self._followed(scope, ref)
        asked = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        name = setting_name(scope, asked[0]) if len(asked) == 1 else ""
        return f"${name}" if name else ""

    def _followed(self, scope: Scope, ref: Ref) -> tuple[Scope, Ref]:
        """What a ref is in the end, and where that stands; -1 where it goes on."""
        for _ in range(_MAX_STEPS):
            producers = scope.operations_producing(ref) if type(ref) is int else []
            if len(producers) != 1:
                return scope, ref
            operation = producers[0]
            if operation[0] == Op.COPY:
                ref = operation[2]
                continue
            home = self._home(scope, operation)
            if home is None:
                return scope, ref
            scope, name = home
            ref = scope.facts.names[name]
        return scope, -1

    def _home(self, scope: Scope, operation: list[Any]) -> tuple[Scope, str] | None:
        """The module or class that binds what an operation names, and the name there."""
        module: Module | None = None
        if operation[0] == Op.FREE:
            module, name = scope.module, operation[2]
        elif operation[0] == Op.FROM:
            module = self.program.by_name.get(self.program.absolute_name(scope.module, operation[2], operation[3]))
            name = operation[4]
        elif operation[0] == Op.ATTRIBUTE:
            holder = self._holder(scope, operation[2])
            name = operation[3]
            if isinstance(holder, Scope):
                return (holder, name) if name in holder.facts.names and not self._is_more(holder) else None
            module = holder
        holding = self.program.exporting_module(module, name) if module is not None else None
        return (holding.top, name) if holding is not None else None

    def _holder(self, scope: Scope, ref: Ref) -> Module | Scope | None:
        """The one module or class of the application that a ref is: ``kinds`` in ``kinds.CREATE``."""
        values = self.names.evaluate(scope, ref)
        described = self.names.values[values[0]] if len(values) == 1 else ("",)
        if described[0] == "M":
            module: Module = self.program.modules[described[1]]
            return module
        cls: Scope | None = self.program.scopes[described[1]] if described[0] == "C" else None
        return cls if cls is not None and not cls.library else None

    def _is_more(self, cls: Scope) -> bool:
        """Whether the names in a class body may become something else, because of a base outside or a metaclass."""
        described = (self.names.values[base] for base in self.names.inheritance.bases(cls))
        return bool(cls.facts.keywords) or any(d[0] != "C" or self.program.scopes[d[1]].library for d in described)

    def key(self, scope: Scope, ref: Ref) -> Any:
        """What a ref is as the key of a table: a constant, or a member of an enumeration or a class, by its id; None if neither."""
        if type(ref) is not int:
            data = ref if isinstance(ref, str) else ref[1] if ref[0] == "c" else None
            return data if isinstance(data, str | int | float) and data not in PARTS else None
        for operation in scope.operations_producing(ref):
            holder = self._holder(scope, operation[2]) if operation[0] == Op.ATTRIBUTE else None
            if isinstance(holder, Scope) and self._is_enumeration(holder) and operation[3] in holder.facts.names:
                return f"{holder.definition}.{operation[3]}"
        constant = self.constant(scope, ref)
        if constant is None:
            cls = self._holder(scope, ref)
            constant = cls.definition if isinstance(cls, Scope) else None
        return constant

    def _is_enumeration(self, cls: Scope) -> bool:
        """Whether the members of a class are equal to themselves only, not to their values too."""
        bases = [self.names.values[base] for base in self.names.inheritance.bases(cls)]
        return bool(bases) and all(d[0] == "X" and d[1:] in _PLAIN_ENUMERATIONS for d in bases)

    def listed(self, scope: Scope, ref: Ref, *copies: Ref) -> list[str]:
        """The texts that a name takes in a loop over constants: a list, a table, or a part of each element.

        ``copies`` of it have led there; what comes only from itself (``x = x``) is none.
        """
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.COPY:
                return [] if ref in copies else self.listed(scope, operation[2], ref, *copies)
            if operation[0] in (Op.ITERATE, Op.ITEM):
                data = self._gone_over(scope, operation[2])
                if data is None and operation[0] == Op.ITEM and isinstance(operation[3], list):
                    return self._listed_parts(scope, operation)
                within = data.values() if isinstance(data, dict) and operation[0] == Op.ITEM else data or ()
                return [text for text in within if isinstance(text, str)]
        return []

    def _gone_over(self, scope: Scope, ref: Ref) -> Any:
        """Plain data that a loop goes over: a list, a table, or what ``items()``, ``keys()`` or ``values()`` of a table give."""
        data = self.plain_data(scope, ref)
        made = scope.operations_producing(ref) if data is None and type(ref) is int else []
        called = [operation for operation in made if operation[0] == Op.CALL and not (operation[3] or operation[4])]
        for base, name in scope.attributes_read(called[0][2]) if len(called) == 1 else ():
            table = self.plain_data(scope, base) if name in _VIEWS else None
            if isinstance(table, dict):
                return _VIEWS[name](table)
        return data

    def _listed_parts(self, scope: Scope, operation: list[Any]) -> list[str]:
        """``name`` in ``for name, other in (("a", 1), ("b", 2))``."""
        position = operation[3][1]
        data = [
            row
            for producer in scope.operations_producing(operation[2])
            if producer[0] == Op.ITERATE
            for row in self._gone_over(scope, producer[2]) or ()
        ]
        fitting = [row for row in data if isinstance(row, list) and isinstance(position, int) and position < len(row)]
        return [row[position] for row in fitting if isinstance(row[position], str)]
