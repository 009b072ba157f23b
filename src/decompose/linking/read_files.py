"""Files of SQL that the application reads by their names: ``(HERE / "orders.sql").read_text()``, ``load("orders")``.

Text of files does not flow through the program by itself: what reads a file that a constant names gives its text. Where a parameter
is the name, or part of it, the text is given to each call that says a name, if the function returns it, and is all of theirs in
the function, if that runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.handed_in import handed_by_call
from decompose.linking.origins import Given, Origins
from decompose.linking.statement_files import ENDING, is_near, named_statements

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Module, Scope
    from decompose.linking.values import Value

_READING = frozenset(
    {
        "read_text",
        "read",
        "read_bytes",
        "get_data",
        "render",
        "render_template",
        "render_to_string",
        "read_binary",
        "get_source",
    }
)
_MOST_STEPS = 40
_DEEPEST = 3
"""Through so many functions a name is followed to who says it."""


class _Text(NamedTuple):
    """The text that a node of a function holds, with the name of its file, as far as that is known in the function."""

    function: Scope
    node: int
    name: tuple[Scope, Ref]
    given: Given


def give_by_file(engine: Engine) -> bool:
    """Give the texts of files to what reads them; whether there were any."""
    paths = engine.program.statement_files.paths
    return _Reads(engine).give() if paths else False


class _Reads:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.origins = Origins(engine)
        self.given = False
        self._sites: dict[int, list[Site]] | None = None

    def give(self) -> bool:
        for module in self.engine.program.modules:
            for scope in module.scopes if not module.library else ():
                for operation in scope.facts.ops:
                    if operation[0] == Op.CALL and _called(scope, operation) in _READING:
                        self._read(scope, operation)
        return self.given

    def _read(self, scope: Scope, operation: list[object]) -> None:
        """A call that reads a file, if its name is in sight."""
        parameters = {p[1]: p[0] for p in scope.facts.parameters if type(p[1]) is int}
        named: list[Ref] = []
        waiting: set[int] = set()
        for ref in _made_of(scope, operation):
            text = self.origins.constant(scope, ref)
            if isinstance(text, str) and text.lower().endswith(ENDING):
                named.append(ref)
            if type(ref) is int and ref in parameters:
                waiting.add(ref)
        node = operation[1]
        assert isinstance(node, int)
        for ref in named[:1]:
            text = self.origins.constant(scope, ref)
            value = self._value(scope.module, text) if HOLE not in text else None
            if value is not None:
                self._put_into(scope, node, value)
            elif HOLE in text:
                for parameter in sorted(_parameters_in(scope, ref, parameters)):
                    self._ask_callers(
                        _Text(scope, node, (scope, ref), {}), scope, parameter, returned=_is_returned(scope, node)
                    )
        if not named and scope.is_function:
            for parameter in sorted(waiting):
                self._ask_callers(
                    _Text(scope, node, (scope, parameter), {}), scope, parameter, returned=_is_returned(scope, node)
                )

    def _ask_callers(self, text: _Text, function: Scope, parameter: int, *, returned: bool, depth: int = 0) -> None:
        """Follow the name of a file to the calls that say it."""
        name = next(p[0] for p in function.facts.parameters if p[1] == parameter)
        for site in self._calls(function):
            caller = site.frame.scope
            place = handed_by_call(function, caller, site.arguments, site.keywords).get((function.index, parameter))
            if place is None or caller.library:
                continue
            given = {**text.given, (function.index, parameter): place}
            said = self.origins.constant(*text.name, given)
            value = self._value(text.function.module, said) if isinstance(said, str) and HOLE not in said else None
            if value is not None and returned:
                self._put(site.result, value)
            elif value is not None:
                self._put_into(text.function, text.node, value)
                constant = self.origins.constant(*place)
                if isinstance(constant, str):
                    self.engine.sql.read_by_name.setdefault((function.index, name, constant), value)
            elif depth < _DEEPEST and place[0] is caller and type(place[1]) is int and _is_parameter(caller, place[1]):
                node = site.operation[1]
                further = returned and _is_returned(caller, node)
                held = text._replace(function=caller, node=node) if returned else text
                self._ask_callers(held._replace(given=given), caller, place[1], returned=further, depth=depth + 1)

    def _calls(self, function: Scope) -> list[Site]:
        if self._sites is None:
            self._sites = {}
            for site in self.engine.sites:
                for target, _, kind in site.targets if site.kind == "call" else ():
                    if kind != "library":
                        self._sites.setdefault(target, []).append(site)
        return self._sites.get(function.index, [])

    def _value(self, module: Module, name: str) -> Value | None:
        """The text of the one file that a name means, if it is no collection of named statements."""
        tail = tuple(part for part in PurePosixPath(name).parts if part not in ("..", "/", "."))
        files = self.engine.program.statement_files
        if not tail or not tail[-1].lower().endswith(ENDING) or len(tail[-1]) <= len(ENDING):
            return None
        ending = [path for path in files.paths if PurePosixPath(path).parts[-len(tail) :] == tail]
        beside = [path for path in ending if is_near(module, path)]
        found = beside or ending
        text = files.read(found[0]) if len(found) == 1 else None
        if not text or len(list(named_statements(text))) > 1:
            return None  # who reads it takes it apart
        value = self.engine.values.intern("Q", text)
        self.engine.sql.place(value, found[0])
        return value

    def _put_into(self, scope: Scope, node: int, value: Value) -> None:
        for frame in self.engine.frames:
            if frame.scope is scope:
                self._put(frame.nodes[node], value)

    def _put(self, node: int, value: Value) -> None:
        if node >= 0:
            self.engine.put(node, value)
            self.given = True


def _called(scope: Scope, operation: list[object]) -> str:
    for called in scope.operations_producing(operation[2]):
        if called[0] == Op.ATTRIBUTE:
            return str(called[3])
        if called[0] == Op.FREE:
            return str(called[2])
    return ""


def _made_of(scope: Scope, operation: list[object]) -> Iterator[Ref]:
    """What the value of an operation is made of, itself and what that is made of."""
    waiting, seen = list(_inputs(operation)), set[int]()
    while waiting and len(seen) < _MOST_STEPS:
        ref = waiting.pop(0)
        if isinstance(ref, str):
            yield ref
        elif type(ref) is int and ref >= 0 and ref not in seen:
            seen.add(ref)
            yield ref
            for made in scope.operations_producing(ref):
                waiting += _inputs(made)


def _inputs(operation: list[object]) -> list[Ref]:
    match operation:
        case [Op.COPY | Op.NARROW | Op.ATTRIBUTE | Op.ENTER | Op.ITEM, _, source, *_]:
            return [source]
        case [Op.CALL, _, function, list(arguments), list(keywords), *_]:
            return [function, *arguments, *(ref for _, ref in keywords)]
        case [Op.BINARY, _, left, right, *_]:
            return [left, right]
    return []


def _parameters_in(scope: Scope, ref: Ref, parameters: dict[int, str]) -> set[int]:
    """The parameters that are put into a text."""
    parts = scope.facts.templates.get(ref, []) if isinstance(ref, str) else []
    if type(ref) is int:
        made = [ref, *(inner for operation in scope.operations_producing(ref) for inner in _made_of(scope, operation))]
        parts = [
            each for inner in made for each in ([inner] if type(inner) is int else scope.facts.templates.get(inner, []))
        ]
    return {part for part in parts if type(part) is int and part in parameters}


def _is_parameter(scope: Scope, ref: int) -> bool:
    return scope.is_function and any(p[1] == ref for p in scope.facts.parameters)


def _is_returned(scope: Scope, node: int) -> bool:
    """Whether a function returns what a node holds, as it is or stripped, put into lines, and so on."""
    for returned in scope.facts.returns:
        if returned == node:
            return True
        for operation in scope.operations_producing(returned) if type(returned) is int and returned >= 0 else ():
            if operation[0] != Op.CONTAINER and node in list(_made_of(scope, operation)):
                return True
    return False
