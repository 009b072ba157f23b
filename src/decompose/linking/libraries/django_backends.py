"""An application's own authentication backend, which Django asks in its own backend's place what a user may do."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_middleware import listed_in_settings
from decompose.linking.libraries.django_templates import Found
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once

_SETTING = "AUTHENTICATION_BACKENDS"
_BASE, _MODEL_BACKEND = "django.contrib.auth.backends:BaseBackend", "django.contrib.auth.backends:ModelBackend"
_FRAMEWORKS = "django."
_ASKED = ("has_perm", "get_all_permissions")
_ASKING = ("django.contrib.auth.models:PermissionsMixin.", "django.contrib.admin:BaseModelAdmin.has_")
"""How the rules begin of what looks a user's permissions up."""

ASKING = tuple(f"{_ASKING[0]}{name}" for name in ("has_perm", "has_perms", "has_module_perms", "get_all_permissions"))


def asked_backends(linked: Linked) -> list[Scope]:
    """The methods of the application's own backends that are asked for permissions."""
    return [method for cls in _own_backends(linked) for method in _methods(linked, cls)]


def left_to_backend(linked: Linked) -> Iterator[Found]:
    """What is looked up for permissions where the framework's backend is not asked, or finds them with the user already.

    A backend that inherits from the framework's keeps what it has found where that looks first.
    """
    if not any(_stands_in(linked, cls) for cls in _own_backends(linked)):
        return
    for access in list(linked.engine.accesses):
        if access[5].startswith(_ASKING) and not linked.program.scopes[access[0]].library:
            yield access


def _stands_in(linked: Linked, cls: Scope) -> bool:
    own = {method.facts.name for method in _methods(linked, cls)}
    listed = [names for names in listed_in_settings(linked, _SETTING) if any(scope_at(linked, n) is cls for n in names)]
    alone = all(not name.startswith(_FRAMEWORKS) for names in listed for name in names)
    first = all(scope_at(linked, names[0]) is cls for names in listed)
    return bool(own) and (alone or (first and "get_all_permissions" in own and linked.inherits(cls, _MODEL_BACKEND)))


def _methods(linked: Linked, cls: Scope) -> list[Scope]:
    found = (linked.bound_method(cls, name) for name in _ASKED)
    return [method[0] for method in found if method is not None][:1]


def _find_own_backends(linked: Linked) -> list[Scope]:
    listed = (scope_at(linked, name) for names in listed_in_settings(linked, _SETTING) for name in names)
    found = [cls for cls in listed if cls is not None and linked.inherits(cls, _BASE)]
    return list(dict.fromkeys(found))


_own_backends = made_once(_find_own_backends)
