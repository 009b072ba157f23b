"""Django's authentication backends: who asks what a user may do makes the application's own backend answer."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_backends import ASKING, asked_backends
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire


def wires(linked: Linked) -> Iterator[Wire]:
    """From each line that asks for a permission to the backend that the settings name."""
    asked = asked_backends(linked)
    for site in linked.sites_calling(*ASKING) if asked else ():
        for method in asked if not site.frame.scope.library else ():
            said = "asks the authentication backend"
            yield Wire(site.frame.scope, site.line, method, "callback", said, receiver=site.frame.receiver)


_BACKENDS = """
    from django.contrib.auth.backends import ModelBackend
    class Backend(ModelBackend):
        def get_all_permissions(self, user_obj, obj=None): return roles()
    class Unused(ModelBackend):
        def get_all_permissions(self, user_obj, obj=None): return roles()
    def roles(): pass
"""
_USE = """
    from django.contrib.auth.models import User
    def allowed(user: User): return user.has_perm("shop.pay")
"""
_HOOKS = frozenset(
    {f"shop.backends:{c} -[callback]-> shop.backends:{c}.get_all_permissions" for c in ("Backend", "Unused")}
)
_INSIDE = frozenset(
    {f"shop.backends:{c}.get_all_permissions -[call]-> shop.backends:roles" for c in ("Backend", "Unused")}
)

FRAMEWORK = Framework(
    name="Django's authentication backends",
    summaries={},
    packages=("django",),
    wires=(wires,),
    named_parameters={"user_obj in django.contrib.auth.backends:BaseBackend": "django.contrib.auth.models:User"},
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/settings.py": 'AUTHENTICATION_BACKENDS = ["shop.backends.Backend"]',
                "shop/backends.py": _BACKENDS,
                "shop/m.py": _USE,
            },
            calls=_HOOKS
            | _INSIDE
            | {
                "shop.settings: -[callback]-> shop.backends:Backend",
                "shop.m:allowed -[callback]-> shop.backends:Backend.get_all_permissions",
            },
        ),
    ),
    look_alikes=(
        Example(
            {"shop/__init__.py": "", "shop/backends.py": _BACKENDS, "shop/m.py": _USE},
            calls=_HOOKS | _INSIDE,
        ),
    ),
)
