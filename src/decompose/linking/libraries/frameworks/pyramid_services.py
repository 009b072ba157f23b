"""pyramid_services: who finds a service by its name or its interface gets what its factory makes."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Result, Wire

_REGISTERING = {"register_service_factory": "service_factory", "register_service": "service"}
_FOUND = "the service that is registered so"

_Key = str | int
"""The name of a service, or the class that is its interface."""


def wires(linked: Linked) -> Iterator[Wire | Result]:
    """From ``request.find_service(...)`` to the factory, and back what it makes, or the object that is registered itself."""
    factories: dict[_Key, list[Scope]] = {}
    objects: dict[_Key, set[int]] = {}
    for site, method in _calls(linked, _REGISTERING):
        given = site.argument(0, _REGISTERING[method])
        for key in _keys(linked, site, 1):
            if method == "register_service":
                objects.setdefault(key, set()).update(linked.argument_values(site, given))
            else:
                factories.setdefault(key, []).extend(_factories(linked, site, given))
    if not factories and not objects:
        return
    for site, _ in _calls(linked, {"find_service": ""}):
        for key in _keys(linked, site, 0):
            for value in sorted(objects.get(key, ())):
                yield Result(site.result, value)
            for factory in dict.fromkeys(factories.get(key, ())):
                yield Wire(
                    site.frame.scope, site.line, factory, "call", _FOUND, site.result, receiver=site.frame.receiver
                )


def _calls(linked: Linked, methods: dict[str, str]) -> Iterator[tuple[Site, str]]:
    """Calls of methods by these names that nothing else is known of, in the application."""
    for site in linked.engine.sites:
        if site.kind != "call" or site.frame.scope.library or any(kind != "callback" for *_, kind in site.targets):
            continue
        for operation in site.frame.scope.operations_producing(site.operation[2]):
            if operation[0] == Op.ATTRIBUTE and operation[3] in methods:
                yield site, operation[3]


def _keys(linked: Linked, site: Site, position: int) -> Iterator[_Key]:
    """By what a call registers or finds a service: one name, or classes."""
    name = linked.keyword(site.frame.scope, site.operation, "name")
    if isinstance(name, str):
        yield name
    interface = site.argument(position, "iface")
    for value in sorted(linked.argument_values(site, interface)) if type(interface) is int and interface >= 0 else ():
        description = linked.values[value]
        if description[0] == "C":
            yield description[1]


def _factories(linked: Linked, site: Site, given: object) -> list[Scope]:
    """The function or class that makes a service, by itself or by its dotted name, which may begin at the package around."""
    if not isinstance(given, str):
        return list(linked.handlers(site, given))
    level = int(given.startswith("."))
    found = scope_at(linked, linked.program.absolute_name(site.frame.scope.module, level, given[level:]))
    return [found] if found is not None else []


_SERVICES = """
class Users:
    def fetch(self, name): return name

class Mails:
    def send(self): pass

class Clock:
    def now(self): pass

def users(context, request): return Users()
def mails(context, request): return Mails()
"""

FRAMEWORK = Framework(
    name="pyramid_services",
    summaries={},
    packages=("pyramid",),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/services/__init__.py": """
                    from shop.services.all import Clock, Mails, mails

                    def includeme(config):
                        config.register_service_factory(".all.users", name="users")
                        config.register_service_factory(mails, iface=Mails)
                        config.register_service(Clock(), name="clock")
                """,
                "shop/services/all.py": _SERVICES,
                "shop/views.py": """
                    import pyramid
                    from shop.services.all import Mails

                    def show(request): return request.find_service(name="users").fetch("x")
                    def send(request): request.find_service(Mails).send()
                    def tell(request): request.find_service(name="clock").now()
                    def other(request): request.find_service(name="other")
                """,
            },
            calls=frozenset(
                {
                    "shop.services:includeme -[construct]-> shop.services.all:Clock",
                    "shop.services.all:users -[construct]-> shop.services.all:Users",
                    "shop.services.all:mails -[construct]-> shop.services.all:Mails",
                    "shop.views:show -[call]-> shop.services.all:users",
                    "shop.views:show -[call]-> shop.services.all:Users.fetch",
                    "shop.views:send -[call]-> shop.services.all:mails",
                    "shop.views:send -[call]-> shop.services.all:Mails.send",
                    "shop.views:tell -[call]-> shop.services.all:Clock.now",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import pyramid

            class Finder:
                def find_service(self, name): return name

            def users(): pass

            def set_up(config: dict):
                config.get("x")

            def show(): Finder().find_service(name="users")
            """,
            calls=frozenset({"m:show -[construct]-> m:Finder", "m:show -[call]-> m:Finder.find_service"}),
        ),
    ),
)
