"""Forms that only pages of Django's admin save: these call ``save(commit=False)``, and save the row and its relations themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator

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
    named = _named_elsewhere(linked, names, {page.index for page, _ in pages})
    for index, (cls, commit) in saving.items():
        if family[index] and named.isdisjoint(scope.facts.name for scope in (cls, *_below(linked, cls))):
            function = linked.engine.function_of(linked.hierarchy.member(cls, _SAVE))
            if function is not None:
                engine.settled[function.index, commit] = False


def _saving(linked: Linked) -> Iterator[tuple[int, tuple[Scope, int]]]:
    """The forms with a ``save`` of their own, each with the node of its parameter."""
    form = library_class(linked.program, "django.forms", "ModelForm")
    for cls in linked.application_classes() if form is not None else ():
        if _SAVE in cls.facts.names and form in linked.hierarchy.order(cls):
            own = linked.engine.function_of(linked.hierarchy.member(cls, _SAVE))
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


def _named_elsewhere(linked: Linked, names: Collection[str], pages: Collection[int]) -> set[str]:
    """Those of the names that are asked for by anything but a page that says that it is its form, and the classes below."""
    found = set[str]()
    for scope in linked.program.scopes:
        if scope.library or scope.parent is None:
            continue
        said = scope.facts.names.get(_FORM) if scope.index in pages else None
        for operation in scope.facts.ops:
            position = _NAMING.get(operation[0])
            if position is not None and operation[position] in names and operation[1] != said:
                found.add(operation[position])
    for module in linked.program.modules:
        found |= _used_on_top(module.top, names) if not module.library else set()
    return found


def _used_on_top(top: Scope, names: Collection[str]) -> set[str]:
    """Those of the names that the code of a module itself gives to a call, or puts into a container."""
    nodes = {top.facts.names[name]: name for name in names if type(top.facts.names.get(name)) is int}
    used = set[str]()
    for operation in top.facts.ops if nodes else ():
        given = []
        if operation[0] == Op.CALL:
            given = [operation[2], *operation[3], *(ref for _, ref in operation[4])]
        elif operation[0] == Op.CONTAINER:
            given = list(operation[3])
        used.update(nodes[ref] for ref in given if type(ref) is int and ref in nodes)
    return used
