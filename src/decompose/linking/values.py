"""The abstract values that flow through the program, interned as small integers.

("F", scope, parent frame)    a function
("C", class, arguments)       a class; ``arguments`` are its type arguments, each a tuple of values;
                              with True as a fourth it is declared only, so a subclass is possible
("I", class, arguments, open) an instance; ``open``: declared only, so a subclass is possible
("M", module)                 a module of the application or of a library summary
("B", function, receiver)     a bound method
("S", class, receiver)        what ``super()`` returns
("X", module, name)           something outside; its name says how it was reached: ``Session().get``
("O", kind, node)             a container made here; its elements are the values of ``node``
("T", name)                   a type variable, only inside types
("Y", value)                  ``type[value]`` with a type variable inside
("L", types)                  something callable that is only declared, with what it returns
("Q", text)                   a string that looks like SQL
("D", name)                   the rows of a table that no class maps
("G", scope, ref)             a name that a call is given, whatever it is
("P", place)                  where an object is made, which tells it apart from others of its class
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import Any

Value = int
Types = tuple[Value, ...]
Bindings = dict[str, Types]

MAX_EXTERNAL_NAME = 120
_MAX_EXTERNAL_CALLS = 2
_FAINT_KINDS = frozenset({"X", "O", "K"})
_TYPE_KINDS = frozenset({"T", "Y", "L", "C", "I"})


OWN = "own class"
"""The type variable of class methods that promise their own class, bound to that which they are asked of, or one below it."""

NAMED = "named"
"""In the place of ``declared``: a type that is assumed, by the name of a parameter."""


def each(things: Iterable[Any], of: Callable[[Any], Iterable[Value]]) -> Types:
    """The values of each of some things, one after the other."""
    return tuple(value for thing in things for value in of(thing))


class Values(list[tuple[Any, ...]]):
    """Interning table, a list of descriptions: equal ones are the same number."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[tuple[Any, ...], Value] = {}
        self.bounds: dict[tuple[int, str], Types] = {}
        """Type variable, by the module that makes it and its name -> what it is bound by."""
        self._results: dict[Value, Value | None] = {}
        self.open_types: set[Value] = set()
        self.plain_containers: set[int] = set()
        self.kind: int = -1
        """The class ``decompose.Kind`` of the summaries."""
        """Classes of the language's own containers, filled in before values are made."""
        self.faint = bytearray()
        """1 for values that tell little about the program: things outside, and what is done with containers."""

    def intern(self, *description: Any) -> Value:
        """The number of a description."""
        number = self._numbers.get(description)
        if number is None:
            number = self._numbers[description] = len(self)
            self.append(description)
            kind = description[0]
            self.faint.append(kind in _FAINT_KINDS or (kind == "I" and description[1] in self.plain_containers))
            if kind in _TYPE_KINDS and self._mentions_variable(description):
                self.open_types.add(number)
        return number

    def _mentions_variable(self, description: tuple[Any, ...]) -> bool:
        match description[0]:
            case "T":
                return True
            case "Y":
                return description[1] in self.open_types
            case "L":
                return not self.open_types.isdisjoint(description[1])
            case "C" | "I":
                return any(value in self.open_types for argument in description[2] for value in argument)
        return False

    def variables(self, types: Types) -> set[str]:
        """The names of the type variables in types."""
        found: set[str] = set()
        for value in self.open_types.intersection(types):
            kind, *inside = self[value]
            if kind == "T":
                found.add(inside[0])
            else:
                parts = [(inside[0],)] if kind == "Y" else [inside[0]] if kind == "L" else inside[1]
                found.update(*map(self.variables, parts))
        return found

    def instance(self, cls: int, arguments: tuple[Types, ...] = (), *, declared: bool = False) -> Value:
        """An instance of a class."""
        known = self._numbers.get(("I", cls, arguments, declared))
        return known if known is not None else self.intern("I", cls, arguments, declared)

    def external_attribute(self, value: Value, name: str) -> Value | None:
        """``value.name`` for something outside, or None when the path gets too long to mean anything."""
        _, module, path = self[value]
        if module == "builtins":
            of = getattr(builtins, path.removesuffix("()"), None)
            if isinstance(of, type) and not hasattr(of, name):
                return None
            if isinstance(of, type) and issubclass(of, BaseException):  # it is named as what has it
                has = next((base for base in of.__mro__ if name in base.__dict__), of)
                path = path.replace(of.__name__, has.__name__) if issubclass(has, BaseException) else path
        longer = f"{path}.{name}" if path else name
        return self.intern("X", module, longer) if len(longer) <= MAX_EXTERNAL_NAME else None

    def external_result(self, value: Value) -> Value | None:
        """What calling something outside returns."""
        if value not in self._results:
            _, module, path = self[value]
            too_long = path.count("()") >= _MAX_EXTERNAL_CALLS or len(path) > MAX_EXTERNAL_NAME
            self._results[value] = None if too_long else self.intern("X", module, f"{path}()")
        return self._results[value]

    def substitute(self, types: Types, bindings: Bindings) -> Types:
        """``types`` with their type variables replaced; unbound ones are dropped."""
        if self.open_types.isdisjoint(types):
            return types
        result: list[Value] = []
        for value in types:
            if value not in self.open_types:
                result.append(value)
                continue
            description = self[value]
            match description[0]:
                case "T":
                    result += bindings.get(description[1], ())
                case "L":
                    result.append(self.intern("L", self.substitute(description[1], bindings)))
                case "Y":
                    result += (self.class_of(inner) for inner in self.substitute((description[1],), bindings))
                case _:
                    arguments = tuple(self.substitute(argument, bindings) for argument in description[2])
                    if description[1] == self.kind:
                        result += self._of_kind(description[0], *arguments)
                        continue
                    result.append(self.intern(description[0], description[1], arguments, *description[3:]))
        return tuple(dict.fromkeys(result))

    def with_variable(self, types: Types, instance: Value, name: str) -> Types:
        """``types`` with a type variable in the place of an instance, also among type arguments."""
        result: list[Value] = []
        for value in types:
            description = self[value]
            if value == instance:
                result.append(self.intern("T", name))
            elif description[0] == "I" and description[2]:
                arguments = tuple(self.with_variable(argument, instance, name) for argument in description[2])
                result.append(self.intern("I", description[1], arguments, *description[3:]))
            else:
                result.append(value)
        return tuple(result)

    def _of_kind(self, form: str, kinds: Types, *arguments: Types) -> list[Value]:
        """The classes that are given, with these type arguments."""
        described = [self[kind] for kind in kinds]
        return [
            self.intern(form, d[1], arguments, *((False,) if form == "I" else ())) for d in described if d[0] == "I"
        ]

    def class_of(self, value: Value) -> Value:
        """The class of an instance, for ``type[...]``; other values stand for themselves."""
        description = self[value]
        if description[0] == "I":
            known = self._numbers.get(("C", description[1], description[2]))
            return known if known is not None else self.intern("C", description[1], description[2])
        if description[0] == "T":
            return self.intern("Y", value)
        return value

    def is_declared(self, value: Value) -> bool:
        """Whether an instance or a class is declared only, so that a subclass may stand for it."""
        description = self[value]
        return description[0] in ("I", "C") and len(description) > 3 and bool(description[3])

    def any_class(self, value: Value) -> Value:
        """The class of a declared instance or a declared class, or one below it."""
        return self.intern("C", *self[value][1:3], True)

    def proved(self, value: Value) -> Value:
        """The value itself in the place of a declared one, as frames know it."""
        description = self[value]
        if description[0] == "I" and description[3]:
            return self.instance(description[1], description[2])
        return self.intern("C", *description[1:3]) if description[0] == "C" and description[3:] else value

    def instance_of(self, value: Value, *, declared: bool = False) -> Value | None:
        """The instance that a class makes, for annotations; None when ``value`` is no type."""
        description = self[value]
        match description[0]:
            case "C":
                return self.intern("I", description[1], description[2], declared)
            case "Y":
                return int(description[1])
            case "T":
                return value
            case "X":
                return self.external_result(value)
        return None
