"""Forms of WTForms that templates show: code outside makes their fields, so that nothing of the application is asked through these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.jinja_filters import is_node
from decompose.linking.names import Names
from decompose.linking.program import Program, Scope
from decompose.linking.values import Value

_PACKAGES = frozenset({"wtforms", "flask_wtf", "quart_wtf", "starlette_wtf", "wtforms_alchemy"})
_MAX_BASES = 20

FieldsOf = dict[Ref, frozenset[str]]
"""A ref that is a form -> the names of its fields."""


class Forms:
    """Tells which refs are forms, and what their fields are."""

    def __init__(self, program: Program, names: Names) -> None:
        self.program = program
        self.names = names
        self._fields: dict[int, frozenset[str]] = {}
        own = (cls for cls in program.classes() if not cls.library)
        self._any = any(scope.library for cls in own for scope in self._line(cls))

    def among(self, scope: Scope, refs: Iterable[Ref]) -> FieldsOf:
        """The forms among refs of a function; where one may be several forms, the fields that they all have."""
        found: FieldsOf = {}
        for ref in filter(is_node, refs) if self._any else ():
            values = [*self.names.evaluate(scope, ref), *self._made_by_self(scope, ref)]
            described = [self.names.values[value] for value in values]
            fields = [self._fields_of(self.program.scopes[d[1]]) for d in described if d[0] in ("I", "C")]
            if fields and all(fields):
                found[ref] = frozenset.intersection(*fields)
        return found

    def _made_by_self(self, scope: Scope, ref: Ref) -> Iterator[Value]:
        """What ``self.form()`` makes, where the class says ``form = OrderForm``."""
        if not scope.is_method or scope.parent is None or not scope.facts.parameters:
            return
        copied = [o[2] for o in scope.operations_producing(ref) if o[0] == Op.COPY]
        for call in map(scope.call_producing, (ref, *copied)):
            for base, name in scope.attributes_read(call[2]) if call is not None else ():
                if base == scope.facts.parameters[0][1]:
                    yield from self.names.member(self.names.values.instance(scope.parent.index), name)

    def _fields_of(self, cls: Scope) -> frozenset[str]:
        """The fields of a form; none of a class that is no form."""
        known = self._fields.get(cls.index)
        if known is None:
            line = self._line(cls)
            own = {name: scope for scope in reversed(line) for name in scope.facts.names}
            is_form = any(scope.library for scope in line)
            fields = (name for name, scope in own.items() if not scope.library and self._is_outside(scope, name))
            known = self._fields[cls.index] = frozenset(fields) if is_form else frozenset()
        return known

    def _line(self, cls: Scope) -> list[Scope]:
        """A class and what it inherits from, of the application and of the packages of forms."""
        line = [cls]
        for scope in line:
            described = (
                self.names.values[base] for base in self.names.inheritance.bases(scope) if len(line) < _MAX_BASES
            )
            bases = [self.program.scopes[d[1]] for d in described if d[0] == "C"]
            of_forms = (b for b in bases if not b.library or b.module.name.partition(".")[0] in _PACKAGES)
            line += [base for base in of_forms if base not in line]
        return line

    def _is_outside(self, scope: Scope, name: str) -> bool:
        """Whether code outside makes what a class has by that name."""
        found = [self.names.values[value] for value in self.names.evaluate(scope, scope.facts.names[name])]
        return bool(found) and all(described[0] == "X" for described in found)
