"""Where values were made, and which plain values they are, followed through names and imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from decompose.facts import HOLE, Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.formatted import formatted, is_format
from decompose.linking.handed_in import handed_by_call
from decompose.linking.hierarchy import Member
from decompose.linking.made_of import is_made_of_first
from decompose.linking.making import written_value
from decompose.linking.program import Module, Scope
from decompose.linking.set_by_decorators import set_by_decorator
from decompose.linking.settings_stated import SettingsStated

_STRIPPING = frozenset({"strip", "lstrip", "rstrip", "removeprefix", "removesuffix"})
_CHANGING = frozenset(
    {
        "replace",
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "join",
        "encode",
        "decode",
        "translate",
        "count",
        "index",
        "find",
        "strftime",
    }
)
"""Methods of a text that are given another one: neither is what they give."""

_ASKING = frozenset({"get", "getenv"})
_MAX_STEPS = 40
_MAX_HOLES = 4
_MOST_FIELDS = 8

Given = Mapping[tuple[int, int], tuple[Scope, Any]]
"""What some values are known to be: scope and node -> where it stands, and the ref there."""

NOTHING: Given = {}


class Origin(NamedTuple):
    """Where a value was made: an operation and its scope."""

    scope: Scope
    operation: list[Any]


class _Kept(NamedTuple):
    """What an object keeps: where that stands, and what the object was made with."""

    place: tuple[Scope, Ref]
    made_with: Given


class Origins:
    """The operations that made the values of a linked program."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.program = engine.program
        self.values = engine.values
        self.names = engine.names
        self.hierarchy = engine.hierarchy
        self._settings = SettingsStated(engine.program)

    def origin(self, scope: Scope, ref: Ref) -> Origin | None:
        """The operation that made a value, followed through names and imports."""
        for _ in range(_MAX_STEPS):
            if type(ref) is not int or ref < 0:
                return None
            operations = scope.operations_producing(ref)
            if not operations:
                return None
            operation = operations[0]
            match operation[0]:
                case Op.COPY:
                    ref = operation[2]
                case Op.DECORATE:
                    ref = operation[3]
                case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                    step = self.binding(scope, operation)
                    if step is None:
                        return Origin(scope, operation)
                    scope, ref = step
                case _:
                    return Origin(scope, operation)
        return None

    def binding(self, scope: Scope, operation: list[Any]) -> tuple[Scope, Ref] | None:
        """What a name, an imported name or an attribute is bound to, and where."""
        match operation[0]:
            case Op.FREE:
                return self._binding(scope, operation[2])
            case Op.FROM:
                return self._exported(
                    self.program.absolute_name(scope.module, operation[2], operation[3]), operation[4]
                )
            case Op.ATTRIBUTE:
                # ``Kind.ORDERS.value``
                told = written_value(self.engine, scope, operation[2]) if operation[3] == "value" else None
                return told or self.member_of(Origin(scope, operation), operation[3])
        return None

    def _binding(self, scope: Scope, name: str) -> tuple[Scope, Ref] | None:
        outer = scope.parent if scope.facts.kind != ScopeKind.MODULE else scope
        while outer is not None:
            if outer.facts.kind != ScopeKind.CLASS and name in outer.facts.names:
                return outer, outer.facts.names[name]
            outer = outer.parent
        return self._exported_from(scope.module, name)

    def _exported(self, module_name: str, name: str) -> tuple[Scope, Ref] | None:
        module = self.program.by_name.get(module_name)
        return self._exported_from(module, name) if module is not None else None

    def _exported_from(self, module: Module, name: str) -> tuple[Scope, Ref] | None:
        holder = self.program.exporting_module(module, name)
        return (holder.top, holder.top.facts.names[name]) if holder is not None else None

    def member_of(self, base: Origin, name: str) -> tuple[Scope, Ref] | None:
        """What an attribute of what an operation makes is bound to; of an attribute's operation, of its base."""
        made = base.operation[2 if base.operation[0] == Op.ATTRIBUTE else 1]
        for value in self.names.evaluate(base.scope, made):
            description = self.values[value]
            if description[0] == "M":
                return self._exported_from(self.program.modules[description[1]], name)
            if description[0] in ("C", "I"):
                member = self.hierarchy.member(self.program.scopes[description[1]], name)
                if member is not None and member.ref is not None:
                    return member.owner, member.ref
        return None

    def bound(self, scope: Scope, operation: list[Any]) -> tuple[Scope, Ref] | None:
        """What a name of another scope or module, or an attribute of a class or module, is bound to."""
        return self._step(scope, operation[1]) if operation[0] in (Op.FREE, Op.FROM, Op.ATTRIBUTE) else None

    def constant(self, scope: Scope, ref: Ref, given: Given = NOTHING, holes: int = _MAX_HOLES) -> Any:
        """The plain value of a ref, followed through names; None when it is not constant.

        What is spliced into a text is filled in where it is constant, and a `HOLE` where it is not.
        """
        for _ in range(_MAX_STEPS):
            if isinstance(ref, str):
                return self._filled(scope, ref, given, holes - 1) if HOLE in ref and holes else ref
            if isinstance(ref, list):
                return ref[1] if ref[0] == "c" else None
            step = given.get((scope.index, ref)) or self.element(scope, ref, given)
            kept = self._of_object(scope, ref, given) if step is None and given else None
            if kept is not None:
                given, step = {**given, **kept.made_with}, kept.place
            again = self._set_again(scope, ref) if step is None else None
            if again is not None:
                given, step = {**given, (scope.index, ref): again[1]}, (scope, again[0])
            step = step or self._step(scope, ref)
            if step is None:
                return self._put_together(scope, ref, given, holes - 1) if holes else None
            scope, ref = step
        return None

    def _put_together(self, scope: Scope, ref: int, given: Given, holes: int) -> str | None:
        """``PREFIX + "/orders"``, ``PATTERN.format("/orders")``: like ``f"{PREFIX}/orders"``; None where no side is a text."""
        for call in scope.operations_producing(ref) if ref >= 0 else ():
            method = (
                next((m for m in scope.operations_producing(call[2]) if is_format(m)), None)
                if call[0] == Op.CALL
                else None
            )
            pattern = self.constant(scope, method[2], given, holes) if method is not None else None
            if isinstance(pattern, str) and len(call[3]) + len(call[4]) <= _MOST_FIELDS:
                values = [self.constant(scope, argument, given, holes) for argument in call[3]]
                named = {name: self.constant(scope, argument, given, holes) for name, argument in call[4]}
                return formatted(pattern, values, named)
        sides = added(scope, ref)
        values = [self.constant(scope, side, given, holes) for side in sides]
        texts = [value if isinstance(value, str) else HOLE for value in values]
        return "".join(texts) if texts != [HOLE] * len(sides) else None

    def constant_of(self, member: Member | None) -> Any:
        """The plain value of a member of a class; None also where there is none, or it is only annotated."""
        return self.constant(member.owner, member.ref) if member is not None and member.ref is not None else None

    def element(self, scope: Scope, ref: int, given: Given) -> tuple[Scope, Ref] | None:
        """What stands at a constant place of a row that is settled, or by a constant name in a table that is.

        The ``url`` of ``for blueprint, url in ((a, "/a"),)``; ``options.get("prefix")``, which is ``""`` where there is none.
        """
        for operation in scope.operations_producing(ref) if ref >= 0 and given else ():
            held, key = operation[2], operation[3] if operation[0] == Op.ITEM else None
            if operation[0] == Op.CALL and operation[3]:
                held = next((got[2] for got in scope.operations_producing(held) if _asks(got)), -1)
                key = operation[3][0]
            row = given.get((scope.index, held)) if key is not None else None
            origin = self.origin(*row) if row is not None else None
            if row is not None and isinstance(row[1], list):
                origin = Origin(*row)
            if origin is None or origin.operation[0] != Op.CONTAINER:
                continue
            elements, keys = origin.operation[3:5]
            if isinstance(key, str):
                by_name = dict(zip(keys or (), elements, strict=False))
                return (origin.scope, by_name[key]) if key in by_name else _default(scope, operation, "")
            position = key[1] if isinstance(key, list) and key[0] == "c" else None
            if type(position) is int:
                return (origin.scope, elements[position]) if 0 <= position < len(elements) else None
        return None

    def _set_again(self, scope: Scope, ref: int) -> tuple[Ref, tuple[Scope, Ref]] | None:
        """What a function sets a name of the function around it to (``nonlocal``), and what that was before."""
        for operation in scope.operations_producing(ref) if ref >= 0 else ():
            step = self._binding(scope, operation[2]) if operation[0] == Op.FREE else None
            if step is not None and step[0].is_function:
                named = (
                    set_to[2] for set_to in scope.facts.ops if set_to[0] == Op.SET_FREE and set_to[1] == operation[2]
                )
                value = next(named, None)
                before = next((p[1] for p in step[0].facts.parameters if p[0] == operation[2]), step[1])
                return (value, (step[0], before)) if value is not None else None
        return None

    def settled(self, scope: Scope, ref: Ref, given: Given) -> tuple[Scope, Ref] | None:
        """What a value is settled to be, also where it is a name of the function around."""
        for operation in scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
            step = self._binding(scope, operation[2]) if operation[0] == Op.FREE else None
            if step is not None:
                return given.get((step[0].index, step[1]))
        return given.get((scope.index, ref)) if type(ref) is int else None

    def callee(self, scope: Scope, operation: list[Any], given: Given) -> tuple[Scope, Ref]:
        """What a call calls, where callers hand that in: the ``router.get`` of ``protected(router.get, "/")``."""
        held = self.settled(scope, operation[2], given) if given else None
        return held if held is not None else (scope, operation[2])

    def _of_object(self, scope: Scope, ref: int, given: Given) -> _Kept | None:
        """What an attribute of an object or a class that is settled was set to: by the class, or by one of its methods."""
        for operation in scope.operations_producing(ref) if ref >= 0 else ():
            held = self.settled(scope, operation[2], given) if operation[0] == Op.ATTRIBUTE else None
            for cls in self._classes(*held) if held is not None else ():
                decorated = set_by_decorator(self, cls, operation[3])
                if decorated is not None:
                    return _Kept(decorated[:2], decorated[2])
                member = self.hierarchy.member(cls, operation[3])
                if member is not None and member.ref is not None:
                    return _Kept((member.owner, member.ref), NOTHING)
                found = self.hierarchy.set_by_methods(cls, operation[3])
                return _Kept(found[0], self._made_with(cls, held)) if held is not None and len(found) == 1 else None
        return None

    def _classes(self, scope: Scope, ref: Ref) -> Iterator[Scope]:
        """The class that a value is, or of which it is an object; also of what a method acts for, where nothing inherits it."""
        for value in self.names.evaluate(scope, ref):
            description = self.values[value]
            if description[0] in ("I", "C"):
                yield self.program.scopes[description[1]]
        own = scope.facts.parameters[0][1] if scope.is_method and scope.facts.parameters else -1
        if (
            ref == own
            and own != -1
            and scope.parent is not None
            and scope.parent.index not in self.hierarchy.subclasses
        ):
            yield scope.parent

    def _made_with(self, cls: Scope, held: tuple[Scope, Ref]) -> Given:
        """What the call that made an object handed its initialiser."""
        made = self.origin(*held)
        initialiser = self.engine.function_of(self.hierarchy.member(cls, "__init__"))
        if made is None or made.operation[0] != Op.CALL or initialiser is None:
            return NOTHING
        return handed_by_call(initialiser, made.scope, made.operation[3], made.operation[4])

    def _filled(self, scope: Scope, text: str, given: Given, holes: int) -> str:
        spliced = scope.facts.templates.get(text, [])
        pieces = text.split(HOLE)
        if len(spliced) != len(pieces) - 1:
            return text
        values = [self.constant(scope, ref, given, holes) for ref in spliced]
        filled = [str(value) if isinstance(value, str | int) else HOLE for value in values]
        return "".join(piece for pair in zip(pieces, [*filled, ""], strict=True) for piece in pair)

    def _step(self, scope: Scope, ref: int) -> tuple[Scope, Ref] | None:
        operations = scope.operations_producing(ref)
        if not operations:
            return None
        operation = operations[0]
        match operation[0]:
            case Op.COPY:
                return scope, operation[2]
            case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                return self.binding(scope, operation)
            case Op.ITEM:
                return self._settings.of(scope, operation)
            case Op.CALL if operation[3]:
                # ``_("text")``, ``str("text")``, ``re.compile("text")``: the text is what matters; of ``path.rstrip("/")`` the path.
                for method in scope.operations_producing(operation[2]):
                    if method[0] == Op.ATTRIBUTE and method[3] in _STRIPPING:
                        return scope, method[2]
                    if is_format(method) or (method[0] == Op.ATTRIBUTE and method[3] in _CHANGING):
                        return None
                    if _asks(method) or _names_setting(operation):
                        return _default(scope, operation)
                    if _called_by(method) == "cast":
                        return scope, operation[3][-1]
                if isinstance(operation[3][0], str) and self._gives_it_back(scope, operation[2]):
                    return scope, operation[3][0]
                return scope, -1
        return None

    def _gives_it_back(self, scope: Scope, callee: Ref) -> bool:
        """Whether what is called may give what it is given first; of functions of the application that is seen."""
        found = []
        for value in self.names.evaluate(scope, callee):
            description = self.values[value]
            inner = self.values[description[1]] if description[0] == "B" else description
            if inner[0] != "F" or self.program.scopes[inner[1]].library:
                return True
            found.append(self.program.scopes[inner[1]])
        return not found or any(map(is_made_of_first, found))

    def keyword(self, scope: Scope, operation: list[Any], name: str, position: int = -1, given: Given = NOTHING) -> Any:
        """The constant argument of a call operation, by keyword or position, also among ``**options``."""
        for keyword, ref in operation[4]:
            if keyword == name:
                return self.constant(scope, ref, given)
            if keyword is None:
                option = self._option(scope, ref, name, given)
                if option is not None:
                    return option
        if 0 <= position < len(operation[3]):
            return self.constant(scope, operation[3][position], given)
        return None

    def _option(self, scope: Scope, ref: Ref, name: str, given: Given) -> Any:
        for _ in range(_MAX_STEPS):
            if isinstance(ref, list) and ref and ref[0] == "c":
                return ref[1].get(name) if isinstance(ref[1], dict) else None
            made = scope.operations_producing(ref)
            ref = next((operation for operation in made if operation[0] == Op.CONTAINER), ref)
            if isinstance(ref, list) and ref and ref[0] == Op.CONTAINER:
                pairs = list(zip(ref[4] or (), ref[3], strict=False))
                told = [self.constant(scope, value, given) for key, value in pairs if key == name]
                told += [
                    self._option(scope, v[1], name, given) for _, v in pairs if isinstance(v, list) and v[:1] == ["*"]
                ]
                return next((option for option in told if option is not None), None)
            if type(ref) is not int:
                return None
            step = given.get((scope.index, ref)) or self.element(scope, ref, given) or self._step(scope, ref)
            if step is None:
                return None
            scope, ref = step
        return None


def _called_by(operation: list[Any]) -> str:
    """The name by which an operation gets what is called."""
    position = {Op.FREE: 2, Op.ATTRIBUTE: 3, Op.FROM: 4}.get(operation[0])
    return str(operation[position]) if position is not None else ""


def _asks(operation: list[Any]) -> bool:
    """Whether an operation gives what asks a mapping by a name: ``os.environ.get``, ``getenv``."""
    return _called_by(operation) in _ASKING


def _names_setting(operation: list[Any]) -> bool:
    """``env.str("ORDERS_PATH", "/orders")``, ``config("ORDERS_PATH", default="/orders")``: whoever is asked, that is no text for people."""
    name = operation[3][0]
    named = isinstance(name, str) and name.isupper() and name.isidentifier()
    return named and keyword_ref(operation, "default", 1) != -1


def _default(scope: Scope, operation: list[Any], missing: Ref = -1) -> tuple[Scope, Ref] | None:
    """What is given to a call of ``get`` for what is not there, else ``missing``; None where the call is none."""
    ref = keyword_ref(operation, "default", 1) if operation[0] == Op.CALL else -1
    ref = missing if ref == -1 and operation[0] == Op.CALL else ref
    return (scope, ref) if ref != -1 else None


def added(scope: Scope, ref: int) -> list[Ref]:
    """Both sides of an addition; nothing where a ref is none."""
    operations = scope.operations_producing(ref) if ref >= 0 else []
    return operations[0][2:4] if operations and operations[0][0] == Op.BINARY and operations[0][4] == "add" else []


def keyword_ref(operation: list[Any], name: str, position: int = -1) -> Ref:
    """The ref of an argument of a call operation; -1 if it is not there."""
    for keyword, ref in operation[4]:
        if keyword == name:
            return ref
    return operation[3][position] if 0 <= position < len(operation[3]) else -1
