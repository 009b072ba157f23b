"""Containers that are asked for a class and make it with what its initialiser's annotations name: injector, punq, lagom, kink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Result, Wire, own_frame

_INJECTOR = """
from typing import TypeVar

F = TypeVar("F")
T = TypeVar("T")

class Binder:
    def bind(self, interface, to=None, scope=None) -> None: ...
    def install(self, module) -> None: ...

class Module:
    __hooks__ = "configure"
    def configure(self, binder: Binder) -> None: ...

class Injector:
    def __init__(self, *args, **options) -> None: ...
    def get(self, interface: type[T], scope=None) -> T: ...
    def create_object(self, cls: type[T], **options) -> T: ...

def provider(function: F) -> F: ...
def singleton(function: F) -> F: ...
def inject(function: F) -> F: ...
"""

_PUNQ = """
from decompose.effects import keeps

class Container:
    @keeps("service")
    @keeps("factory")
    def register(self, service, factory=None, instance=None, scope=None, **kwargs) -> Container: ...
    def resolve(self, service_key, **kwargs): ...
"""

_LAGOM = """
from typing import TypeVar

T = TypeVar("T")

class Container:
    def __setitem__(self, dep, to) -> None: ...
    def resolve(self, dep_type: type[T]) -> T: ...

class Singleton:
    def __init__(self, singleton_type) -> None: ...
"""

_KINK = """
from typing import TypeVar

F = TypeVar("F")

class Container:
    def __setitem__(self, key, value) -> None: ...

di: Container

class _Inject:
    def __call__(self, service: F) -> F: ...

def inject(service: F = None, **options) -> F | _Inject: ...
"""

_BOUND = {"injector:Binder.bind": ("interface", "to"), "punq:Container.register": ("service", "factory")}
_ASKED = {
    "injector:Injector.get": "interface",
    "injector:Injector.create_object": "cls",
    "punq:Container.resolve": "service_key",
    "lagom:Container.resolve": "dep_type",
}
_BY_ITEM = ("lagom:Container", "kink:Container")
_INJECTED = frozenset({"kink:inject"})
_PROVIDING = "injector:provider"
_MAX_MADE = 100
"""How much one question to a container makes, at most."""


class _Container:
    """What is bound to each class, over all containers of a program, and what making a class makes with it."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.bound: dict[Scope, list[Scope]] = {}
        self.held: dict[Scope, list[Value]] = {}
        """Class -> the objects that were made before they were put into a container for it."""
        self.given: list[Given] = []
        """What makers are given for their parameters."""
        self._needed: dict[Scope, list[Scope]] = {}
        self.items = list(self._items())
        for definition, names in _BOUND.items():
            for site in linked.sites_calling(definition):
                asked, maker = (site.argument(position, name) for position, name in enumerate(names))
                self._bind(linked.argument_values(site, asked), linked.argument_values(site, maker))
        for scope, operation in self.items:
            if operation[0] == Op.SET_ITEM:
                self._bind(self.values_at(scope, operation[2]), self.values_at(scope, operation[3]))
        for scope in linked.program.scopes:
            if not scope.library and scope.is_function and self._is_marked(scope, frozenset({_PROVIDING})):
                for cls in self._promised(scope, scope.facts.return_annotation):
                    self.bound.setdefault(cls, []).append(scope)

    def _bind(self, asked: frozenset[Value], makers: frozenset[Value]) -> None:
        for cls in self.linked.functions_among(asked):
            made = [maker for maker in self.linked.functions_among(makers) if maker is not cls]
            self.bound.setdefault(cls, []).extend(made)
            objects = [value for value in sorted(makers) if self._is_object(value)]
            self.held.setdefault(cls, []).extend(objects)

    def _is_object(self, value: Value) -> bool:
        described = self.linked.values[value]
        return described[0] == "I" and not self.linked.program.scopes[described[1]].library

    def values_at(self, scope: Scope, ref: Ref) -> frozenset[Value]:
        """What a ref may be, in a scope that is looked at for nobody in particular."""
        engine = self.linked.engine
        return engine.values_of(engine.node_of(own_frame(engine, scope), ref))

    def _items(self) -> Iterator[tuple[Scope, list[Any]]]:
        """Where a container is asked by an item, or something is put into it."""
        packages = {definition.partition(":")[0] for definition in _BY_ITEM}
        for module in self.linked.program.modules:
            if module.library or packages.isdisjoint(module.facts.packages):
                continue
            for scope in module.scopes:
                for operation in scope.facts.ops:
                    if operation[0] in (Op.ITEM, Op.SET_ITEM):
                        held = self.values_at(scope, operation[2 if operation[0] == Op.ITEM else 1])
                        if any(self.linked.is_instance_of(value, cls) for value in held for cls in _BY_ITEM):
                            yield scope, operation

    def _promised(self, scope: Scope, annotation: list[Any] | None) -> list[Scope]:
        """The application's classes that an annotation names."""
        types = self.linked.names.types(scope, annotation) if annotation is not None else ()
        described = (self.linked.values[value] for value in types)
        found = (self.linked.program.scopes[d[1]] for d in described if d[0] == "I")
        return [cls for cls in found if not cls.library]

    def _is_marked(self, scope: Scope, marks: frozenset[str]) -> bool:
        values, program = self.linked.values, self.linked.program
        for ref in scope.facts.decorators if scope.parent is not None else ():
            for value in self.linked.names.evaluate(scope.parent or scope, ref):
                if values[value][0] == "F" and program.scopes[values[value][1]].definition in marks:
                    return True
        return False

    def _makers(self, cls: Scope) -> list[Scope]:
        """What makes the object that is given for a class; none where it was put there."""
        return self.bound.get(cls) or ([] if self.held.get(cls) else [cls])

    def make(self, asking: Scope, line: int, cls: Scope, into: Node, rule: str) -> Iterator[Wire | Given | Result]:
        """``asking`` makes what is bound to a class, or the class itself, and what that is made with, each once."""
        if into >= 0:
            yield from (Result(into, value) for value in self.held.get(cls, ()))
        made: dict[Scope, None] = {}
        queue = list(self._makers(cls))
        while queue and len(made) < _MAX_MADE:
            maker = queue.pop(0)
            if maker in made:
                continue
            yield Wire(asking, line, maker, "callback", rule, into if not made else -1)
            made[maker] = None
            for needed in self._filled(maker):
                queue += self._makers(needed)
        if into >= 0:
            for other in self._makers(cls)[1:]:
                yield Wire(asking, line, other, "callback", rule, into)

    def _initialiser(self, maker: Scope) -> tuple[Scope, Value] | None:
        """What takes the arguments, and the value by which it is called."""
        if maker.is_function:
            home = own_frame(self.linked.engine, maker.parent or maker)
            return maker, self.linked.values.intern("F", maker.index, home.index)
        return self.linked.bound_method(maker, "__init__")

    def _filled(self, maker: Scope) -> list[Scope]:
        """The classes that the annotations of a maker's parameters name; what is given for them is kept in `given`."""
        known = self._needed.get(maker)
        if known is None:
            known = self._needed[maker] = []
            initialiser = self._initialiser(maker)
            if initialiser is not None:
                function, called = initialiser
                for name, _, annotation, _, _ in function.facts.parameters[function.is_method :]:
                    for cls in self._promised(function, annotation):
                        known.append(cls)
                        self.given += [Given(called, name, value) for value in self._values_for(cls)]
        return known

    def _values_for(self, cls: Scope) -> list[Value]:
        engine = self.linked.engine
        found = list(self.held.get(cls, ()))
        for maker in self._makers(cls):
            made = engine.values_of(own_frame(engine, maker).returns) if maker.is_function else ()
            found += sorted(made) if maker.is_function else [self.linked.values.instance(maker.index)]
        return found

    def marked(self) -> Iterator[Wire | Given | Result]:
        """Functions whose parameters are filled whenever they are called."""
        for scope in self.linked.program.scopes:
            if scope.library or not scope.is_function or not self._is_marked(scope, _INJECTED):
                continue
            for _, node, annotation, _, _ in scope.facts.parameters:
                for cls in self._promised(scope, annotation):
                    into = own_frame(self.linked.engine, scope).nodes[node]
                    yield from self.make(scope, scope.facts.line, cls, into, "filled by its annotation")


def wires(linked: Linked) -> Iterator[Wire | Given | Result]:
    """What a container makes where it is asked for a class, and with what."""
    container = _Container(linked)
    for definition, name in _ASKED.items():
        for site in linked.sites_calling(definition):
            for cls in linked.functions_among(linked.argument_values(site, site.argument(0, name))):
                if not cls.is_function:
                    yield from container.make(site.frame.scope, site.line, cls, site.result, definition)
    for scope, operation in container.items:
        if operation[0] == Op.ITEM:
            into = own_frame(linked.engine, scope).nodes[operation[1]]
            for cls in linked.functions_among(container.values_at(scope, operation[3])):
                yield from container.make(scope, operation[-1], cls, into, "asked of a container")
    yield from container.marked()
    yield from container.given


_SERVICES = """
            class Sender:
                def send(self): raise NotImplementedError

            class Mail(Sender):
                def __init__(self): pass
                def send(self): pass

            class Database:
                def __init__(self): pass
                def query(self): pass

            class Service:
                def __init__(self, database: Database, sender: Sender):
                    self.database = database
                    self.sender = sender

                def run(self):
                    self.database.query()
                    self.sender.send()
"""

_MADE = frozenset(
    {
        "m:pay -[callback]-> m:Service.__init__",
        "m:pay -[callback]-> m:Database.__init__",
        "m:pay -[callback]-> m:Mail.__init__",
        "m:pay -[call]-> m:Service.run",
        "m:Service.run -[call]-> m:Database.query",
        "m:Service.run -[call]-> m:Mail.send",
    }
)

FRAMEWORK = Framework(
    name="Containers asked by class",
    summaries={"injector": _INJECTOR, "punq": _PUNQ, "lagom": _LAGOM, "kink": _KINK},
    wires=(wires,),
    examples=(
        Example(
            f"""
            from injector import Injector, Module, inject, provider
            {_SERVICES}
            class Parts(Module):
                def configure(self, binder):
                    binder.bind(Sender, to=Mail)

                @provider
                def database(self) -> Database: return Database()

            def pay():
                Injector([Parts()]).get(Service).run()
            """,
            calls=(_MADE - {"m:pay -[callback]-> m:Database.__init__"})
            | {
                "m:pay -[callback]-> m:Parts.database",
                "m:pay -[construct]-> m:Parts",
                "m:Parts -[callback]-> m:Parts.configure",
                "m:Parts.database -[construct]-> m:Database.__init__",
            },
        ),
        Example(
            f"""
            import punq
            {_SERVICES}
            container = punq.Container()
            container.register(Sender, Mail)
            container.register(Service)

            def pay(): container.resolve(Service).run()
            """,
            calls=_MADE,
        ),
        Example(
            f"""
            from lagom import Container
            {_SERVICES}
            container = Container()
            container[Sender] = Mail

            def pay(): container[Service].run()
            """,
            calls=_MADE,
        ),
        Example(
            f"""
            from kink import di, inject
            {_SERVICES}
            di[Sender] = Mail()

            @inject
            def pay(service: Service): service.run()
            """,
            calls=(_MADE - {"m:pay -[callback]-> m:Mail.__init__"}) | {"m: -[construct]-> m:Mail.__init__"},
        ),
    ),
    look_alikes=(
        Example(
            """
            import punq

            class Container:
                def resolve(self, cls): return cls

            class Car:
                def __init__(self): pass

            def build(): return Container().resolve(Car)
            """,
            calls=frozenset({"m:build -[construct]-> m:Container", "m:build -[call]-> m:Container.resolve"}),
        ),
    ),
)
