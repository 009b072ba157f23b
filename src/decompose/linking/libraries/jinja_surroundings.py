"""What the names of a Jinja template stand for that no call gives: dictionaries, context processors, filters, Flask's own objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.names import Names
from decompose.linking.program import Program, Scope

if TYPE_CHECKING:
    from decompose.linking.libraries.jinja_code import TemplateCode

_USUAL = {"current_user": "flask_login", "g": "flask", "request": "flask", "session": "flask"}
"""What is in every context by that package, if the application uses it."""

_PROCESSORS = frozenset({"context_processor", "app_context_processor"})
_FILTERS = frozenset({"template_filter", "app_template_filter", "add_template_filter", "add_app_template_filter"})
_GLOBALS = frozenset({"template_global", "app_template_global", "add_template_global", "add_app_template_global"})
_REGISTERING = _PROCESSORS | _FILTERS | _GLOBALS
_TABLES = {"filters": "|", "globals": ""}
"""Tables of an environment -> what stands before the names of a template that are meant."""
_TELLING = _REGISTERING.union(_TABLES)
"""Where none of these is named, nothing is registered."""


class Surroundings:
    """What an application adds to the contexts of its templates by its functions."""

    def __init__(self, program: Program, names: Names, imported: set[str]) -> None:
        self.program = program
        self.names = names
        self.imported = imported
        self._processors: dict[str, list[Scope]] = {}
        """Name -> the functions that give it."""
        self._functions: dict[str, Scope] = {}
        """Name of a filter, with a bar before it, or of a function -> the function."""
        for scope in [scope for scope in program.scopes if not scope.library]:
            for name, given, function in self._registered(scope):
                self._note(name, given, function)

    def of(self, dictionaries: list[Ref]) -> Callable[[TemplateCode, str], Ref]:
        """What a name stands for in a template that is rendered with these dictionaries."""

        def outer(code: TemplateCode, name: str) -> Ref:
            if name in self._functions:
                return self._import(code, self._functions[name])
            if name.startswith("|"):
                return -1
            found = [code.emit(Op.ITEM, ref, name, name="__getitem__") for ref in dictionaries]
            for function in self._processors.get(name, ()):
                given = code.emit(Op.CALL, self._import(code, function), [], [], name=function.facts.name)
                found.append(code.emit(Op.ITEM, given, name))
            if not found and _USUAL.get(name) in self.imported:
                return code.emit(Op.FROM, 0, _USUAL[name], name, False)
            return code.join(found)

        return outer

    def _import(self, code: TemplateCode, function: Scope) -> int:
        return code.emit(Op.FROM, 0, function.module.name, function.facts.qualname, False)

    def _registered(self, scope: Scope) -> Iterator[tuple[str, str, Scope]]:
        """What is registered in a scope: by which name of a method, under which name, and the function."""
        attribute, telling = Op.ATTRIBUTE, _TELLING
        names_one = [o for o in scope.facts.ops if o[0] == attribute and o[3] in telling]
        for operation in scope.facts.ops if names_one else ():
            if operation[0] == Op.DECORATE:
                function = scope.function_below(operation[1])
                called = scope.call_producing(operation[2])
                decorator = called[2] if called is not None else operation[2]
                given = called[3] if called is not None else []
                for name in self._registering(scope, decorator):
                    if function is not None:
                        yield name, self._text(given), function
            elif operation[0] == Op.CALL and operation[3]:
                maker = scope.call_producing(operation[2])
                given = maker[3] if maker is not None else operation[3][1:]
                for name in self._registering(scope, maker[2] if maker is not None else operation[2]):
                    for function in self._functions_meant(scope, operation[3][0]):
                        yield name, self._text([*given, *(ref for key, ref in operation[4] if key == "name")]), function
            elif operation[0] == Op.SET_ITEM and isinstance(operation[2], str):
                for _, name in scope.attributes_read(operation[1]):
                    for function in self._functions_meant(scope, operation[3]) if name in _TABLES else ():
                        yield name, operation[2], function

    def _registering(self, scope: Scope, ref: Ref) -> list[str]:
        return [name for _, name in scope.attributes_read(ref) if name in _REGISTERING]

    def _functions_meant(self, scope: Scope, ref: Ref) -> Iterator[Scope]:
        for value in self.names.evaluate(scope, ref):
            described = self.names.values[value]
            if described[0] == "F" and not self.program.scopes[described[1]].library:
                yield self.program.scopes[described[1]]

    @staticmethod
    def _text(refs: list[Any]) -> str:
        return next((ref for ref in refs if isinstance(ref, str)), "")

    def _note(self, name: str, given: str, function: Scope) -> None:
        if not self._can_be_imported(function):
            return
        if name in _PROCESSORS:
            for key in _keys(function):
                known = self._processors.setdefault(key, [])
                known += [function] if function not in known else []
        else:
            before = _TABLES.get(name, "|" if name in _FILTERS else "")
            self._functions.setdefault(f"{before}{given or function.facts.name}", function)

    def _can_be_imported(self, function: Scope) -> bool:
        """Whether a module has the function by its name; one inside a factory is given such a name."""
        top, holder, name = function.module.top, function.parent, function.facts.qualname
        if name in top.facts.names:
            return True
        if holder is None or not holder.is_function:
            return False
        number = function.module.scopes.index(function)
        made = next((o[1] for o in holder.facts.ops if o[0] == Op.FUNCTION and o[2] == number), -1)
        holder.change(ops=[*holder.facts.ops, [Op.SET_FREE, name, made]])
        top.change(names={**top.facts.names, name: top.facts.nodes}, nodes=top.facts.nodes + 1)
        return True


def _keys(function: Scope) -> Iterator[str]:
    """The names in the dictionaries that a function returns."""
    for ref in function.facts.returns:
        for made in function.operations_producing(ref):
            if made[0] == Op.CONTAINER:
                yield from (key for key in made[4] or () if isinstance(key, str))
            elif made[0] == Op.CALL:
                yield from (key for key, _ in made[4] if key is not None)
