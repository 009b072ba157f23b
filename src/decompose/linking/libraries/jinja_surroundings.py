"""What the names of a Jinja template stand for that no call gives: dictionaries, context processors, filters, Flask's own objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Program, Scope

if TYPE_CHECKING:
    from decompose.linking.libraries.jinja_code import TemplateCode

_USUAL = {"current_user": "flask_login", "g": "flask", "request": "flask", "session": "flask"}
"""What is in every context by that package, if the application uses it."""

_PROCESSORS = frozenset({"context_processor", "app_context_processor"})
_FILTERS = frozenset({"template_filter", "app_template_filter"})
_GLOBALS = frozenset({"template_global", "app_template_global"})


class Surroundings:
    """What an application adds to the contexts of its templates by functions at the top of its modules."""

    def __init__(self, program: Program, imported: set[str]) -> None:
        self.program = program
        self.imported = imported
        self._processors: dict[str, list[Scope]] = {}
        """Name -> the functions that give it."""
        self._functions: dict[str, Scope] = {}
        """Name of a filter, with a bar before it, or of a function -> the function."""
        for module in program.modules:
            if not module.library:
                for operation in module.top.facts.ops:
                    if operation[0] == Op.DECORATE:
                        self._note(module.top, operation)

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
        return code.emit(Op.FROM, 0, function.module.name, function.facts.name, False)

    def _note(self, top: Scope, decoration: list[Any]) -> None:
        function = top.function_below(decoration[1])
        if function is None or top.facts.names.get(function.facts.name) is None:
            return
        called = [o for o in top.operations_producing(decoration[2]) if o[0] == Op.CALL]
        for decorator in [decoration[2], *(call[2] for call in called)]:
            for _, name in top.attributes_read(decorator):
                if name in _PROCESSORS:
                    for key in _keys(function):
                        self._processors.setdefault(key, []).append(function)
                elif name in _FILTERS or name in _GLOBALS:
                    given = next((a for call in called for a in call[3] if isinstance(a, str)), function.facts.name)
                    self._functions.setdefault(f"|{given}" if name in _FILTERS else given, function)


def _keys(function: Scope) -> Iterator[str]:
    """The names in the dictionaries that a function returns."""
    for ref in function.facts.returns:
        for made in function.operations_producing(ref):
            if made[0] == Op.CONTAINER:
                yield from (key for key in made[4] or () if isinstance(key, str))
            elif made[0] == Op.CALL:
                yield from (key for key, _ in made[4] if key is not None)
