"""Forms that only pages of Django's admin save: these call ``save(commit=False)``, and save the row and its relations themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.engine import Engine
from decompose.linking.libraries.admin_pages import admin_page
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_FORM, _SAVE, _COMMIT = "form", "save", "commit"
_INLINE = "django.contrib.admin:InlineModelAdmin"
_NAMING = {Op.FREE: 2, Op.ATTRIBUTE: 3}
"""Operation that asks for something by its name -> the position of the name."""


def settle_commit(engine: Engine) -> None:
    """Say of the forms' own ``save`` that ``commit`` is false, where nobody but such pages is seen to have the form."""
    linked = Linked(engine)
    saving = dict(_saving(linked))
    pages = list(_pages(linked)) if saving else []
    if not pages:
        return
    forms = {form.index: form for _, form in pages}
    family = {
        index: [f for f in forms.values() if cls in linked.hierarchy.order(f)] for index, (cls, _) in saving.items()
    }
    names = {scope.facts.name for index, own in family.items() for scope in (*own, saving[index][0])}
    used = _used_elsewhere(linked, names, {page.index for page, _ in pages})
    for index, (cls, commit) in saving.items():
        if family[index] and used.isdisjoint(scope.facts.name for scope in (cls, *_below(linked, cls))):
            function = linked.method_below(linked.hierarchy.member(cls, _SAVE))
            if function is not None:
                engine.settled[function.index, commit] = False


def _saving(linked: Linked) -> Iterator[tuple[int, tuple[Scope, int]]]:
    """The forms with a ``save`` of their own, each with the node of its parameter."""
    form = library_class(linked.program, "django.forms", "ModelForm")
    for cls in linked.application_classes() if form is not None else ():
        if _SAVE in cls.facts.names and form in linked.hierarchy.order(cls):
            own = linked.method_below(linked.hierarchy.member(cls, _SAVE))
            parameters = own.facts.parameters if own is not None else []
            yield from ((cls.index, (cls, p[1])) for p in parameters if p[0] == _COMMIT)


def _pages(linked: Linked) -> Iterator[tuple[Scope, Scope]]:
    """The pages of single rows, each with the form that it names. What is saved in formsets is committed."""
    page = admin_page(linked.program)
    for cls in linked.application_classes() if page is not None else ():
        if page in linked.hierarchy.order(cls) and not linked.inherits(cls, _INLINE):
            described = (linked.values[value] for value in sorted(linked.attribute_values(cls, _FORM)))
            yield from ((cls, linked.program.scopes[d[1]]) for d in described if d[0] == "C")


def _below(linked: Linked, cls: Scope) -> list[Scope]:
    return [other for other in linked.application_classes() if cls in linked.hierarchy.order(other)]


def _used_elsewhere(linked: Linked, names: Collection[str], pages: Collection[int]) -> set[str]:
    """Those of the names that code does anything with but to say that it is the form of a page, to annotate, or to inherit."""
    found = set[str]()
    for scope in linked.program.scopes:
        if not scope.library:
            found.update(_used_in(scope, names, in_page=scope.index in pages))
    return found


def _used_in(scope: Scope, names: Collection[str], *, in_page: bool) -> Iterator[str]:
    asking = ((o, _NAMING.get(o[0])) for o in scope.facts.ops)
    nodes = {o[1]: o[position] for o, position in asking if position is not None and o[position] in names}
    own = scope.facts.names
    if scope.parent is None:
        nodes |= {own[name]: name for name in names if type(own.get(name)) is int}
    if not nodes:
        return
    for operation in scope.facts.ops:
        if operation[0] != Op.ATTRIBUTE or operation[3] not in ("Meta", *names):
            yield from (nodes[ref] for ref in _refs(operation[2:-1]) if ref in nodes)
    yield from (nodes[ref] for ref in _refs([*scope.facts.returns, *scope.facts.yields]) if ref in nodes)
    for name, ref in own.items():
        if type(ref) is int and ref in nodes and name != nodes[ref] and not (in_page and name == _FORM):
            yield nodes[ref]


def _refs(operands: Iterable[Any]) -> Iterator[int]:
    """What may be refs among the operands of an operation."""
    for operand in operands:
        if type(operand) is int:
            yield operand
        elif isinstance(operand, (list, tuple)):
            yield from _refs(operand)
