"""Classes that Django REST framework's settings name for all views that name none themselves: they are given the rows of each view's query."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_settings import texts_under
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once

_GENERIC, _MIXINS = "rest_framework.generics:GenericAPIView", "rest_framework.mixins"
_SETTINGS = {"filter_backends": "DEFAULT_FILTER_BACKENDS", "pagination_class": "DEFAULT_PAGINATION_CLASS"}
"""Attribute of a view -> the setting that stands for it."""
_USED_BY = {
    "filter_backends": ("ListModelMixin", "RetrieveModelMixin", "UpdateModelMixin", "DestroyModelMixin"),
    "pagination_class": ("ListModelMixin",),
}
"""Attribute of a view -> the library's classes whose methods ask what it names."""
_ASKING = {"filter_backends": "filter_queryset", "pagination_class": "paginate_queryset"}
"""Attribute of a view -> the method by which a view's own code asks it."""


def usual_classes(linked: Linked, view: Scope) -> Iterator[tuple[str, Scope]]:
    """What the settings name for a generic view that names none, and that asks for it: the attribute, and each class of the application."""
    named = _named(linked)
    for name, classes in named.items() if named and linked.inherits(view, _GENERIC) else ():
        member = linked.hierarchy.member(view, name)
        if (member is None or member.owner.library) and _asks(linked, view, name):
            yield from ((name, cls) for cls in classes)


@made_once
def _named(linked: Linked) -> dict[str, list[Scope]]:
    found = {}
    for name, setting in _SETTINGS.items():
        scopes = (scope_at(linked, text) for text in texts_under(linked, setting))
        classes = [scope for scope in scopes if scope is not None and not scope.library and not scope.is_function]
        if classes:
            found[name] = classes
    return found


def _asks(linked: Linked, view: Scope, name: str) -> bool:
    if any(linked.inherits(view, f"{_MIXINS}:{mixin}") for mixin in _USED_BY[name]):
        return True
    asked = linked.sites_calling(f"{_GENERIC}.{_ASKING[name]}")
    described = (linked.values[site.frame.receiver] for site in asked if site.frame.receiver >= 0)
    return any(d[0] == "I" and linked.program.scopes[d[1]] is view for d in described)
