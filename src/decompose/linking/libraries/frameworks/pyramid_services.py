"""pyramid_services: who finds a service by its name or its interface gets what its factory makes.

Where settings outside of the code name the class, it may be any that is declared to implement the interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import BY_SETTINGS
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.pyramid_requests import handed, named
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Result, Wire

_REGISTERING = {"register_service_factory": "service_factory", "register_service": "service"}
_MAY_BE = frozenset({"callback", "library"})
_FOUND = "the service that is registered so"
_IMPLEMENTS = "zope.interface", "implementer()"


class _Key(NamedTuple):
    """Under what a service is registered or found: a name (empty: none, None: not known), and classes as its interface."""

    name: str | None
    interfaces: frozenset[int]

    def meets(self, other: _Key) -> bool:
        """Whether who finds by one finds what is registered under the other."""
        names = self.name is None or other.name is None or self.name == other.name
        shared = self.interfaces & other.interfaces
        return names and bool(shared or (self.name and not (self.interfaces and other.interfaces)))


def wires(linked: Linked) -> Iterator[Wire | Result]:
    """From ``request.find_service(...)`` to the factory, and back what it makes, or the object that is registered itself."""
    factories: dict[_Key, list[Scope]] = {}
    chosen: dict[_Key, list[tuple[Scope, Value]]] = {}
    objects: dict[_Key, set[int]] = {}
    for site, method in _calls(linked, _REGISTERING):
        given, key = site.argument(0, _REGISTERING[method]), _key(linked, site, 1)
        if method == "register_service":
            objects.setdefault(key, set()).update(linked.argument_values(site, given))
        else:
            found = _factories(linked, site, given)
            factories.setdefault(key, []).extend(found)
            if not found and key.interfaces:
                chosen.setdefault(key, []).extend(_chosen(linked, site, given, key.interfaces))
    if not factories and not objects and not chosen:
        return
    for site, _ in _calls(linked, {"find_service": ""}):
        wanted = _key(linked, site, 0)
        for key, values in objects.items():
            yield from (Result(site.result, value) for value in sorted(values) if wanted.meets(key))
        found = [factory for key, makers in factories.items() if wanted.meets(key) for factory in makers]
        for factory in dict.fromkeys(found):
            yield Wire(site.frame.scope, site.line, factory, "call", _FOUND, site.result, receiver=site.frame.receiver)
        may_be = dict.fromkeys(maker for key, makers in chosen.items() if wanted.meets(key) for maker in makers)
        rule = f"one of {len(may_be)} classes that implement" if len(may_be) > 1 else "the only class that implements"
        rule += f" the interface{BY_SETTINGS}"
        for factory, acting in may_be:
            by = site.frame.receiver
            yield Wire(site.frame.scope, site.line, factory, "call", rule, site.result, by, acting)


def _calls(linked: Linked, methods: dict[str, str]) -> Iterator[tuple[Site, str]]:
    """Calls of methods by these names in the application, which are no methods of its own."""
    for site in linked.engine.sites:
        if site.kind != "call" or site.frame.scope.library or not _MAY_BE.issuperset(kind for *_, kind in site.targets):
            continue
        for operation in site.frame.scope.operations_producing(site.operation[2]):
            if operation[0] == Op.ATTRIBUTE and operation[3] in methods:
                yield site, operation[3]


def _key(linked: Linked, site: Site, position: int) -> _Key:
    given = site.argument(position + 1 if position else 2, "name")
    name = "" if given == -1 else linked.constant(site.frame.scope, given)
    values = linked.argument_values(site, site.argument(position, "iface"))
    described = (linked.values[value] for value in values)
    return _Key(name if isinstance(name, str) else None, frozenset(d[1] for d in described if d[0] == "C"))


def _factories(linked: Linked, site: Site, given: object) -> list[Scope]:
    """The function or class that makes a service, by itself or by its dotted name, which may begin at the package around."""
    if not isinstance(given, str):
        return handed(linked, site, given)
    found = named(linked, site.frame.scope, given)
    return [found] if found is not None else []


def _chosen(linked: Linked, site: Site, given: Ref, interfaces: frozenset[int]) -> Iterator[tuple[Scope, Value]]:
    """The method that makes a service, of a class that is not in the code: that of each which implements the interface."""
    for _, name in site.frame.scope.attributes_read(given):
        for cls in _implementing(linked, interfaces):
            found = linked.bound_method(cls, name)
            if found is not None:
                yield found[0], linked.class_value(cls.index)


def _implementing(linked: Linked, interfaces: frozenset[int]) -> Iterator[Scope]:
    for site, *decorator in linked.external_sites(kind="decorate"):
        if tuple(decorator) == _IMPLEMENTS and site.frame.scope.operations_producing(site.operation[2]):
            made = site.frame.scope.operations_producing(site.operation[2])[0]
            named = {v for ref in made[3] for v in linked.argument_values(site, ref)}
            if any(linked.values[value] == ("C", at, ()) for value in named for at in interfaces):
                yield from linked.handlers(site, site.arguments[0])


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
        Example(
            """
            import pyramid
            from zope.interface import Interface, implementer

            class IStorage(Interface):
                def store(path): pass

            class IMail(Interface):
                def send(): pass

            class Base:
                @classmethod
                def create_service(cls, context, request): return cls()

            @implementer(IStorage)
            class Disk(Base):
                def store(self, path): write(path)

            @implementer(IStorage)
            class Cloud(Base):
                def store(self, path): pass

            @implementer(IMail)
            class Mail:
                @classmethod
                def create_service(cls, context, request): return cls()
                def send(self): pass

            def write(path): pass

            def includeme(config):
                storage = config.maybe_dotted(config.registry.settings["storage"])
                config.register_service_factory(storage.create_service, IStorage)

            def keep(request):
                request.find_service(IStorage).store("x")
            """,
            calls=frozenset(
                {
                    "m:Disk.store -[call]-> m:write",
                    "m:keep -[call]-> m:Base.create_service",
                    "m:keep -[call]-> m:Disk.store",
                    "m:keep -[call]-> m:Cloud.store",
                    "m:Mail.create_service -[construct]-> m:Mail",
                    "m:Base.create_service -[construct]-> m:Disk",
                    "m:Base.create_service -[construct]-> m:Cloud",
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
