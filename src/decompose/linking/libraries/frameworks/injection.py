"""Dependency injection by the providers of dependency_injector."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.frames import Site
from decompose.linking.libraries import injection_markers as markers
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Result, Wire, own_frame

_PROVIDERS = "dependency_injector.providers"
_KINDS = (
    "Provider", "Factory", "Singleton", "ThreadSafeSingleton", "ThreadLocalSingleton", "ContextLocalSingleton", "Callable",
    "Coroutine", "Resource",
)  # fmt: skip

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import invokes, keeps

F = TypeVar("F")

class Provider(Generic[F]):
    @keeps("provides")
    def __init__(self, provides: F = None, *args, **kwargs) -> None: ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...
    @property
    @invokes("F", "call")
    def provided(self): ...
    provider: Delegate[F]

class Delegate(Generic[F]):
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class Factory(Provider[F]): ...
class Singleton(Provider[F]): ...
class ThreadSafeSingleton(Provider[F]): ...
class ThreadLocalSingleton(Provider[F]): ...
class ContextLocalSingleton(Provider[F]): ...
class Callable(Provider[F]): ...
class Coroutine(Provider[F]): ...
class Resource(Provider[F]): ...

class Object(Generic[F]):
    def __init__(self, provides: F = None) -> None: ...
    def __call__(self) -> F: ...

@keeps("container_cls")
def Container(container_cls: type[F], **overrides) -> F: ...
"""

_DEPENDENCY_INJECTOR_CONTAINERS = """
from typing import Self

class DeclarativeContainer:
    def __init__(self, **options) -> None: ...
    def __call__(self) -> Self: ...
    def wire(self, *args, **options) -> None: ...
    def unwire(self) -> None: ...
    def init_resources(self) -> None: ...
    def shutdown_resources(self) -> None: ...
    def check_dependencies(self) -> None: ...
    def reset_singletons(self) -> None: ...
"""


def wires(linked: Linked) -> Iterator[Wire | Given | Result]:
    """What providers give to the parameters of what they make, and to parameters that are marked with ``Provide``."""
    for site in linked.sites_calling(f"{_PROVIDERS}:Container"):
        for value in sorted(linked.argument_values(site, site.argument(0, "container_cls"))):
            described = linked.values[value]
            if described[0] == "C":
                yield from _filled(linked, site, linked.program.scopes[described[1]])
    for site in linked.sites_calling(*(f"{_PROVIDERS}:{kind}" for kind in _KINDS)):
        for value in sorted(linked.argument_values(site, site.argument(0, "provides"))):
            yield from _injected(linked, site, value)
    for module in linked.program.modules:
        if not module.library and "dependency_injector" in module.facts.packages:
            for function in module.scopes:
                if function.is_function:
                    yield from _marked(linked, function)


def _injected(linked: Linked, site: Site, provided: Value) -> Iterator[Given]:
    """The arguments of a provider are for what it calls; of other providers it is what those give."""
    described = linked.values[provided]
    behind = linked.program.scopes[described[1]] if described[0] in ("C", "F") else None
    if behind is None:
        return
    found = (behind, provided) if behind.is_function else linked.bound_method(behind, "__init__")
    if found is None or found[0].library:
        return
    function, called = found
    names = [p[0] for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL][not behind.is_function :]
    by_position = zip(names, site.arguments[1:], strict=False)
    for name, ref in (*by_position, *((k, ref) for k, ref in site.keywords if k is not None and k != "provides")):
        for value in _given(linked, site, ref):
            yield Given(called, name, value)


def _given(linked: Linked, site: Site, ref: Ref) -> Iterator[Value]:
    for value in sorted(linked.argument_values(site, ref)):
        provided = list(_provided(linked, value))
        for callee in provided:
            if callee.is_function:
                yield from sorted(linked.engine.values_of(own_frame(linked.engine, callee).returns))
            else:
                yield linked.values.instance(callee.index)
        if not provided:
            yield value


def _provided(linked: Linked, value: Value) -> Iterator[Scope]:
    """The class or function behind a provider."""
    description = linked.values[value]
    cls = linked.program.scopes[description[1]] if description[0] == "I" else None
    if cls is not None and cls.library and cls.module.name == _PROVIDERS and cls.facts.name != "Delegate":
        yield from linked.functions_among(description[2][0] if description[2] else ())


def _filled(linked: Linked, site: Site, container: Scope) -> Iterator[Result]:
    """What a container is given in the place of what it declares: ``providers.Container(Services, database=core.database)``."""
    home = linked.engine.class_frame(container)
    for name, ref in site.keywords:
        into = linked.engine.node_of(home, container.facts.names.get(name or "", -1))
        for value in sorted(linked.argument_values(site, ref)) if into >= 0 else ():
            yield Result(into, value)


def _marked(linked: Linked, function: Scope) -> Iterator[Wire | Result]:
    """``service: Service = Provide[Container.service]``, ``Annotated[Service, Provide["service"]]``, also inside of ``Depends``."""
    for _, node, annotation, default, _ in function.facts.parameters:
        marked = markers.given_for(linked, function, annotation or [], default)
        into = own_frame(linked.engine, function).nodes[node] if marked else -1
        for value, itself in sorted(marked):
            if itself or markers.is_container(linked, value):
                yield Result(into, value)
                continue
            for callee in _provided(linked, value):
                yield Wire(function, function.facts.line, callee, "callback", "dependency_injector:Provide", into)


FRAMEWORK = Framework(
    name="Dependency injection",
    summaries={
        "dependency_injector.providers": _SUMMARY,
        "dependency_injector.containers": _DEPENDENCY_INJECTOR_CONTAINERS,
    },
    wires=(wires,),
    examples=(
        Example(
            """
            from dependency_injector import containers, providers

            class Mailer:
                def __init__(self, host): pass
                def send(self): pass

            def connect(): pass

            class Container(containers.DeclarativeContainer):
                mailer = providers.Singleton(Mailer, host="x")
                connection = providers.Callable(connect)

            def pay():
                Container.mailer().send()

            def look():
                Container.connection()
            """,
            calls=frozenset(
                {
                    "m:pay -[construct]-> m:Mailer.__init__",
                    "m:pay -[call]-> m:Mailer.send",
                    "m:look -[call]-> m:connect",
                }
            ),
        ),
        Example(
            """
            from dependency_injector import containers, providers
            from dependency_injector.wiring import Provide, inject

            class Database:
                def query(self): pass

            class Repository:
                def __init__(self, database): self.database = database
                def all(self): self.database.query()

            class Service:
                def __init__(self, repository, limit): self.repository = repository
                def run(self): self.repository.all()

            class Container(containers.DeclarativeContainer):
                database = providers.Singleton(Database)
                repository = providers.Factory(Repository, database)
                service = providers.Factory(Service, repository=repository, limit=3)

            @inject
            def pay(service=Provide[Container.service]):
                service.run()
            """,
            calls=frozenset(
                {
                    "m:Repository.all -[call]-> m:Database.query",
                    "m:Service.run -[call]-> m:Repository.all",
                    "m:pay -[callback]-> m:Service.__init__",
                    "m:pay -[call]-> m:Service.run",
                }
            ),
        ),
        Example(
            """
            from typing import Annotated
            from dependency_injector import containers, providers
            from dependency_injector.wiring import Provide, Provider, inject
            from fastapi import Depends

            class Database:
                def session(self): pass

            class Users:
                def __init__(self, open_session, make): self.open_session, self.make = open_session, make
                def all(self):
                    self.open_session()
                    self.make().rename()

            class User:
                def rename(self): pass

            class Core(containers.DeclarativeContainer):
                database = providers.ThreadLocalSingleton(Database)

            class Services(containers.DeclarativeContainer):
                core = providers.DependenciesContainer()
                user = providers.Factory(User)
                users = providers.Factory(Users, core.database.provided.session, make=user.provider)

            class App(containers.DeclarativeContainer):
                core = providers.Container(Core)
                services = providers.Container(Services, core=core)

            @inject
            def one(users: Annotated[object, Depends(Provide[App.services.users])]): users.all()

            @inject
            def two(users=Depends(Provide["services.users"])): users.all()

            @inject
            def three(users=Provider[App.services.users]): users().all()

            def four(): App().services().users().all()
            """,
            calls=frozenset(
                {
                    "m:Services -[property]-> m:Database",
                    "m:Users.all -[call]-> m:Database.session",
                    "m:Users.all -[construct]-> m:User",
                    "m:Users.all -[call]-> m:User.rename",
                    "m:one -[callback]-> m:Users.__init__",
                    "m:one -[call]-> m:Users.all",
                    "m:two -[callback]-> m:Users.__init__",
                    "m:two -[call]-> m:Users.all",
                    "m:three -[construct]-> m:Users.__init__",
                    "m:three -[call]-> m:Users.all",
                    "m:four -[construct]-> m:App",
                    "m:four -[construct]-> m:Users.__init__",
                    "m:four -[call]-> m:Users.all",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Factory:
                def __init__(self, product): self.product = product
                def __call__(self): return self.product

            class Car: pass

            def build(): return Factory(Car)()
            """,
            calls=frozenset({"m:build -[construct]-> m:Factory.__init__", "m:build -[call]-> m:Factory.__call__"}),
        ),
    ),
)
