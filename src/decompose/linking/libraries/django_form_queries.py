"""Queries that code gives to the fields of a form that is made already.

``self.fields["customer"].queryset = ...``, and fields that it adds: ``self.fields["customer"] = ModelChoiceField(queryset=...)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.frames import Frame
from decompose.linking.libraries.django_options import MODEL
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Program, Scope
from decompose.linking.wiring import own_frame
from decompose.made_once import made_once

FORM = "django.forms:BaseForm"
_FIELDS, _QUERY = "fields", "queryset"


class _Setting(NamedTuple):
    """A function that sets the query of a field: of which object, the name of the field, and what it is set to."""

    scope: Scope
    form: Ref
    field: str
    query: Ref
    made: list[Any] | None = None
    """What makes the field, where it is added."""


class Asked(NamedTuple):
    """What a query asks for: a model, or the table ``between`` two; whether its rows are what comes back, or only looked at."""

    thing: Scope | str
    given: bool

    @property
    def model(self) -> Scope | None:
        """The model of the rows that come back."""
        return self.thing if self.given and isinstance(self.thing, Scope) else None


def set_later(linked: Linked, cls: Scope) -> Iterator[tuple[str, Asked]]:
    """The fields of a form that are given a query by code, each with something that it asks for; known once values flow."""
    for setting in _settings(linked.engine).of_program:
        frame = own_frame(linked.engine, setting.scope)
        if _acts_for(linked, frame, setting, cls):
            yield from ((setting.field, asked) for asked in asked_by(linked, frame, setting.query))


def added(linked: Linked, cls: Scope) -> Iterator[tuple[str, Scope, list[Any]]]:
    """The fields that methods of a form add to it, each with the method and what makes it."""
    for setting in _settings(linked.engine).of_program:
        if setting.made is not None and _is_own(setting) and setting.scope.parent in linked.hierarchy.order(cls):
            yield setting.field, setting.scope, setting.made


def asked_by(linked: Linked, frame: Frame, query: Ref) -> Iterator[Asked]:
    """What a query asks for: the models that it gives rows of, and what its conditions look at."""
    for value in sorted(linked.engine.values_of(linked.engine.node_of(frame, query))):
        described = linked.values[value]
        for position, rows in enumerate(described[2][:2] if described[0] == "I" else ()):
            for row in rows:
                asked = linked.values[row]
                found = linked.program.scopes[asked[1]] if asked[0] == "I" else None
                if found is not None and linked.inherits(found, MODEL):
                    yield Asked(found, position == 0)
                elif asked[0] == "D":
                    yield Asked(asked[1], given=False)


def _acts_for(linked: Linked, frame: Frame, setting: _Setting, cls: Scope) -> bool:
    """Whether the form whose field is set may be of a class."""
    own = setting.scope.parent
    if own is not None and _is_own(setting):
        return own in linked.hierarchy.order(cls)
    values = linked.engine.values_of(linked.engine.node_of(frame, setting.form))
    return linked.values.instance(cls.index) in values


def _is_own(setting: _Setting) -> bool:
    """Whether a method sets a field of the form that it is called on."""
    return setting.scope.is_method and any(p[1] == setting.form for p in setting.scope.facts.parameters[:1])


class _Settings:
    """The settings of one program, found by the shape of the code."""

    def __init__(self, engine: Engine) -> None:
        self.of_program = list(_found(engine.program))


_settings = made_once(_Settings)


def _found(program: Program) -> Iterator[_Setting]:
    for module in program.modules:
        if module.library or "django" not in module.facts.packages:
            continue
        for scope in module.scopes:
            for operation in scope.facts.ops if scope.is_function else ():
                if operation[0] == Op.SET_ATTRIBUTE and operation[2] == _QUERY:
                    for form, field in _fields_asked(scope, operation[1]):
                        yield _Setting(scope, form, field, operation[3])
                elif operation[0] == Op.SET_ITEM and isinstance(operation[2], str):
                    made = scope.call_producing(operation[3])
                    query = keyword_ref(made, _QUERY) if made is not None else -1
                    for form in _forms_of(scope, operation[1]) if query != -1 else ():
                        yield _Setting(scope, form, operation[2], query, made)


def _fields_asked(scope: Scope, ref: Ref, *copies: Ref) -> Iterator[tuple[Ref, str]]:
    """The object and the name of the field that a ref is, of ``form.fields["customer"]``; ``copies`` of it have led there."""
    for item in scope.operations_producing(ref):
        if item[0] == Op.COPY:
            yield from _fields_asked(scope, item[2], ref, *copies) if ref not in copies else ()
        elif item[0] == Op.ITEM and isinstance(item[3], str):
            yield from ((form, item[3]) for form in _forms_of(scope, item[2]))


def _forms_of(scope: Scope, ref: Ref) -> Iterator[Ref]:
    """The object whose ``fields`` a ref is."""
    yield from (form for form, name in scope.attributes_read(ref) if name == _FIELDS)
