"""Views that ask, before a line of theirs runs, what the user may do: the user's own permissions and those of the user's groups."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_schema import user_model
from decompose.linking.libraries.django_settings import texts_under
from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_MIXIN, _ASKED = "django.contrib.auth.mixins:PermissionRequiredMixin", "has_permission"
_WANTED = ("permission_required", "get_permission_required")
_VIEW, _CLASSES = "rest_framework.views:APIView", "permission_classes"
_USUAL, _OF = "DEFAULT_PERMISSION_CLASSES", ("queryset", "get_queryset")
_ASKING = frozenset({"DjangoModelPermissions", "DjangoModelPermissionsOrAnonReadOnly", "DjangoObjectPermissions"})
_PATHS = ("user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")


def permissions(linked: Linked) -> list[Value]:
    """What is looked at to know what a user may do."""
    user, relations = user_model(linked), linked.engine.relations
    found = (relations.across(user.index, path, loads=True) for path in _PATHS) if user is not None else ()
    return list(dict.fromkeys(value for values in found for value in values))


def implied(linked: Linked) -> Iterator[Implied]:
    """What each such view reads, told of its class."""
    described = [linked.values[value] for value in permissions(linked)]
    things = [d[1] if d[0] == "D" else linked.program.scopes[d[1]] for d in described]
    usual = any(text.rpartition(".")[2] in _ASKING for text in texts_under(linked, _USUAL))
    for cls in linked.application_classes() if things else ():
        asking = _of_the_framework(linked, cls, usual=usual) if linked.inherits(cls, _VIEW) else _of_mixin(linked, cls)
        yield from (Implied(cls, "read", thing, f"permissions that {asking} asks for") for thing in things if asking)


def _of_mixin(linked: Linked, cls: Scope) -> str:
    """The mixin's name, where it asks for permissions that an application's class names."""
    if not linked.inherits(cls, _MIXIN) or not _is_the_librarys(linked, cls, _ASKED):
        return ""
    return "" if all(_is_the_librarys(linked, cls, name) for name in _WANTED) else _MIXIN.rpartition(":")[2]


def _is_the_librarys(linked: Linked, cls: Scope, name: str) -> bool:
    member = linked.hierarchy.member(cls, name)
    return member is None or member.owner.library


def _of_the_framework(linked: Linked, cls: Scope, *, usual: bool) -> str:
    """What of the classes that a view of Django REST framework names asks; those of the settings, where it names none."""
    member = linked.hierarchy.member(cls, _CLASSES)
    if member is None:
        of_rows = any(not _is_the_librarys(linked, cls, name) for name in _OF)
        return _USUAL if usual and of_rows else ""
    for value in sorted(linked.listed_values(linked.attribute_values(cls, _CLASSES))):
        description = linked.values[value]
        named = [value] if description[0] == "X" else []
        if description[0] == "C" and _is_the_librarys(linked, linked.program.scopes[description[1]], _ASKED):
            named += linked.hierarchy.external_bases(linked.program.scopes[description[1]])
        for each in named:
            name = str(linked.values[each][2]).rpartition(".")[2]
            if linked.values[each][1].startswith("rest_framework") and name in _ASKING:
                return name
    return ""
