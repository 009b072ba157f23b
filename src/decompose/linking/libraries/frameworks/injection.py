"""Dependency injection: containers of dependency_injector, and injector."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import invokes, keeps

F = TypeVar("F")

class Provider(Generic[F]):
    @keeps("provides")
    def __init__(self, provides: F = None, *args, **kwargs) -> None: ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class Factory(Provider[F]): ...
class Singleton(Provider[F]): ...
class ThreadSafeSingleton(Provider[F]): ...
class Callable(Provider[F]): ...
class Resource(Provider[F]): ...
"""

_DEPENDENCY_INJECTOR_CONTAINERS = """
class DeclarativeContainer:
    def __init__(self, **options) -> None: ...
    def wire(self, *args, **options) -> None: ...
"""

_INJECTOR = """
from typing import TypeVar

from decompose.effects import invokes

T = TypeVar("T")

class Injector:
    def __init__(self, *args, **options) -> None: ...
    def get(self, interface: type[T]) -> T: ...
    def create_object(self, cls: type[T], **options) -> T: ...
"""

FRAMEWORK = Framework(
    name="Dependency injection",
    summaries={
        "dependency_injector.providers": _SUMMARY,
        "dependency_injector.containers": _DEPENDENCY_INJECTOR_CONTAINERS,
        "injector": _INJECTOR,
    },
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
            from injector import Injector

            class Mailer:
                def send(self): pass

            def pay(): Injector().get(Mailer).send()
            """,
            calls=frozenset({"m:pay -[call]-> m:Mailer.send"}),
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
