"""Forms of WTForms: what their fields ask for and call when a form is validated, and when a template shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import CHOICES
from decompose.linking.frames import Site
from decompose.linking.libraries.django_templates import Found
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.made_once import made_once

FORM = "wtforms:Form"
_VALIDATING = ("wtforms:Form.validate", "flask_wtf:FlaskForm.validate_on_submit")
_RENDERING = ("flask:render_template", "flask:render_template_string")
_CHOOSING = frozenset({"QuerySelectField", "QuerySelectMultipleField", "QueryRadioField", "QueryCheckboxField"})
_OF_QUERIES = frozenset({"query", "query_factory"})
_MAX_DEPTH = 4
_AT_VALIDATORS = 1


class Use(NamedTuple):
    """A call at which the fields of a form do something: it is validated there, or given to a template."""

    site: Site
    form: Scope
    validated: bool


class _Field(NamedTuple):
    """A field as the body of a class states it: its name, and the calls that make it, the outermost first."""

    name: str
    calls: list[list[Any]]


def shown(linked: Linked, *_: object) -> Iterator[Found]:
    """The rows of which fields offer a choice, read where the form is validated or shown."""
    forms = _all_forms(linked)
    for use in forms.uses() if forms.choosing else ():
        said = "validated" if use.validated else "shown"
        for name, rows in forms.choices(use.form):
            rule = f"{CHOICES} {use.form.facts.name}.{name}, which is {said}"
            for row in sorted(rows):
                yield use.site.frame.scope.index, use.site.frame.receiver, "read", row, "execute", rule, use.site.line


def called(linked: Linked) -> Iterator[tuple[Use, Scope, Value, str]]:
    """The functions that fields call: those that give choices, and, when the form is validated, those that check; the receiver and a rule."""
    forms = _all_forms(linked)
    for use in forms.uses():
        for function in forms.factories(use.form):
            yield use, function, -1, f"it gives the choices of a field of {use.form.facts.name}"
        for function, receiver in forms.checks(use.form) if use.validated else ():
            yield use, function, receiver, f"it checks a field of {use.form.facts.name}"


class _Forms:
    """The forms of one program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.engine = linked.engine
        self.forms = [cls for cls in linked.application_classes() if linked.inherits(cls, FORM)]
        self._fields = {form.index: list(self._stated(form)) for form in self.forms}
        self.choosing = {
            (index, field.name)
            for index, fields in self._fields.items()
            for field in fields
            if any(self._called_name(linked.program.scopes[index], call) in _CHOOSING for call in field.calls)
        }
        self._assigned: dict[tuple[int, str], set[Value]] | None = None

    def uses(self) -> Iterator[Use]:
        """Where forms are validated or given to templates."""
        known = {form.index for form in self.forms}
        scopes = self.linked.program.scopes
        for site in self.linked.sites_calling(*_VALIDATING) if known else ():
            described = (self.linked.values[of] for _, of, _ in site.targets if of >= 0)
            for index in sorted({d[1] for d in described if d[0] == "I"} & known):
                yield Use(site, scopes[index], validated=True)
        for site in self.linked.sites_calling(*_RENDERING) if self.choosing else ():
            given = {v for _, ref in site.keywords for v in self.linked.argument_values(site, ref)}
            described = (self.linked.values[value] for value in given)
            for index in sorted({d[1] for d in described if d[0] == "I"} & known):
                yield Use(site, scopes[index], validated=False)

    def choices(self, form: Scope, depth: int = _MAX_DEPTH) -> Iterator[tuple[str, set[Value]]]:
        """The fields that offer rows, with these rows; those of forms inside of it too."""
        for owner, field in self._all_fields(form):
            for name, inner in self._inner(owner, field) if depth else ():
                yield from ((f"{name}.{n}", rows) for n, rows in self.choices(inner, depth - 1))
            if (owner.index, field.name) not in self.choosing:
                continue
            rows = self._rows(self._assigned_to(form, field.name))
            for factory in self._factories_of(owner, field):
                rows |= self._rows(self._returned(factory))
            yield field.name, rows

    def factories(self, form: Scope, depth: int = _MAX_DEPTH) -> Iterator[Scope]:
        """The application's functions that give choices to fields."""
        for owner, field in self._all_fields(form):
            for _, inner in self._inner(owner, field) if depth else ():
                yield from self.factories(inner, depth - 1)
            described = (self.linked.values[value] for value in self._factories_of(owner, field))
            functions = (self.linked.program.scopes[d[1]] for d in described if d[0] == "F")
            yield from (function for function in functions if not function.library)

    def checks(self, form: Scope, depth: int = _MAX_DEPTH) -> Iterator[tuple[Scope, Value]]:
        """What checks the fields: methods of the form by the names of fields, functions and objects listed at them."""
        own = self.linked.values.instance(form.index)
        for owner, field in self._all_fields(form):
            for _, inner in self._inner(owner, field) if depth else ():
                yield from self.checks(inner, depth - 1)
            method = self.linked.bound_method(form, f"validate_{field.name}")
            if method is not None:
                yield method[0], own
            for call in field.calls:
                listed = keyword_ref(call, "validators", _AT_VALIDATORS)
                yield from self._checking(sorted(self.linked.listed_values(self._values(owner, listed))))

    def _checking(self, values: list[Value]) -> Iterator[tuple[Scope, Value]]:
        for value in values:
            described = self.linked.values[value]
            scope = self.linked.program.scopes[described[1]] if described[0] in ("F", "I") else None
            if scope is None or scope.library:
                continue
            if described[0] == "F":
                yield scope, -1
            elif (method := self.linked.bound_method(scope, "__call__")) is not None:
                yield method[0], value

    # Fields

    def _stated(self, form: Scope) -> Iterator[_Field]:
        for name, ref in form.facts.names.items():
            calls = list(self._calls(form, ref))
            if calls:
                yield _Field(name, calls)

    def _calls(self, form: Scope, ref: Ref, depth: int = _MAX_DEPTH) -> Iterator[list[Any]]:
        call = form.call_producing(ref) if depth else None
        if call is not None:
            yield call
            yield from (inner for argument in call[3][:1] for inner in self._calls(form, argument, depth - 1))

    def _all_fields(self, form: Scope) -> Iterator[tuple[Scope, _Field]]:
        """The fields that a form has, each with the class that states it."""
        seen: set[str] = set()
        for owner in self.linked.hierarchy.order(form):
            for field in self._fields.get(owner.index, ()):
                if field.name not in seen:
                    seen.add(field.name)
                    yield owner, field

    def _called_name(self, form: Scope, call: list[Any]) -> str:
        described = (self.linked.values[value] for value in self.linked.names.evaluate(form, call[2]))
        return next((d[2].rpartition(".")[2] for d in described if d[0] == "X"), "")

    def _inner(self, owner: Scope, field: _Field) -> Iterator[tuple[str, Scope]]:
        """The forms that are fields of a form."""
        for call in field.calls:
            described = [self.linked.values[v] for ref in call[3][:1] for v in self.linked.names.evaluate(owner, ref)]
            yield from (
                (field.name, self.linked.program.scopes[d[1]])
                for d in described
                if d[0] == "C" and d[1] in self._fields
            )

    def _factories_of(self, owner: Scope, field: _Field) -> list[Value]:
        given = [v for call in field.calls for v in self._values(owner, keyword_ref(call, "query_factory"))]
        functions = [value for value in self._assigned_to(owner, field.name) if self.linked.values[value][0] == "F"]
        return sorted({*(value for value in given if self.linked.values[value][0] == "F"), *functions})

    # Values

    def _values(self, owner: Scope, ref: Ref) -> frozenset[Value]:
        return self.engine.values_of(self.engine.node_of(self.engine.class_frame(owner), ref))

    def _returned(self, function: Value) -> frozenset[Value]:
        _, index, parent = self.linked.values[function]
        scope = self.linked.program.scopes[index]
        if scope.library or parent < 0:
            return frozenset()
        return self.engine.values_of(self.engine.frame(scope, self.engine.frames[parent], -1).returns)

    def _rows(self, values: frozenset[Value] | set[Value]) -> set[Value]:
        """The rows of the queries among values."""
        described = [self.linked.values[value] for value in values]
        queries = (d for d in described if d[0] == "I" and d[2] and self._is_query(d[1]))
        return {row for query in queries for row in query[2][0]}

    def _is_query(self, cls: int) -> bool:
        return self.linked.hierarchy.member(self.linked.program.scopes[cls], "__operation__") is not None

    def _assigned_to(self, form: Scope, field: str) -> set[Value]:
        """What the application sets as the query of a field: ``form.customer.query = ...``."""
        if self._assigned is None:
            self._assigned = {}
            for frame in self.engine.frames if self.choosing else ():
                if frame.scope.library:
                    continue
                for operation in frame.scope.facts.ops:
                    if operation[0] != Op.SET_ATTRIBUTE or operation[2] not in _OF_QUERIES:
                        continue
                    for base, name in frame.scope.attributes_read(operation[1]):
                        given = self.engine.values_of(self.engine.node_of(frame, operation[3]))
                        for value in self.engine.values_of(self.engine.node_of(frame, base)):
                            described = self.linked.values[value]
                            if described[0] == "I" and described[1] in self._fields:
                                self._assigned.setdefault((described[1], name), set()).update(given)
        return self._assigned.get((form.index, field), set())


_all_forms = made_once(_Forms)
