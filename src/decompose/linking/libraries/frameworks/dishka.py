"""Containers of dishka: what providers make for each class, and what parameters marked ``FromDishka`` are given.

What a provider's generator gives lives as long as the request, the task or the ``with`` block that asked for it: a session
that is committed behind its ``yield`` is committed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Wire, own_frame

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import keeps

F = TypeVar("F")
T = TypeVar("T")

class FromDishka(Generic[T]):
    __is_its_argument__ = True

class FromComponent:
    def __init__(self, component: str = "") -> None: ...

class AnyOf(Generic[T]): ...
class WithParents(Generic[T]): ...

class Scope: ...

class _Opened(Generic[T]):
    def __enter__(self) -> T: ...
    def __exit__(self, *exc) -> None: ...
    async def __aenter__(self) -> T: ...
    async def __aexit__(self, *exc) -> None: ...

class Container:
    def __call__(self, context=None, lock_factory=None, scope=None) -> _Opened[Container]: ...
    def get(self, dependency_type: type[T], component=None) -> T: ...
    def close(self, exception=None) -> None: ...

class AsyncContainer:
    def __call__(self, context=None, lock_factory=None, scope=None) -> _Opened[AsyncContainer]: ...
    async def get(self, dependency_type: type[T], component=None) -> T: ...
    async def close(self, exception=None) -> None: ...

class Provider:
    def __init__(self, scope=None, component=None) -> None: ...
    @keeps("source")
    def provide(self, source: F, *, scope=None, provides=None, cache=True, recursive=False, override=False) -> F: ...
    def provide_all(self, *provides, scope=None, cache=True, recursive=False, override=False): ...
    def alias(self, *, source, provides=None, cache=True, component=None, override=False): ...
    def from_context(self, *, provides, scope=None, override=False): ...
    @keeps("source")
    def decorate(self, source: F, *, provides=None, scope=None) -> F: ...

class _Provide:
    def __call__(self, source: F) -> F: ...

@keeps("source")
def provide(source: F = None, *, scope=None, provides=None, cache=True, recursive=False, override=False) -> F | _Provide: ...
def provide_all(*provides, scope=None, cache=True, recursive=False, override=False): ...
def alias(source, *, provides=None, cache=True, component=None, override=False): ...
def from_context(provides, *, scope=None, override=False): ...
@keeps("source")
def decorate(source: F = None, provides=None, scope=None) -> F | _Provide: ...

def make_container(*providers, scopes=None, context=None, lock_factory=None, skip_validation=False, **options) -> Container: ...
def make_async_container(*providers, scopes=None, context=None, lock_factory=None, skip_validation=False, **options) -> AsyncContainer: ...
"""

_INTEGRATION = """
from typing import TypeVar

from dishka import FromDishka as FromDishka

F = TypeVar("F")

def inject(func: F) -> F: ...
def inject_sync(func: F) -> F: ...
def setup_dishka(container, app, *args, **options) -> None: ...

class DishkaRoute: ...
class DishkaSyncRoute: ...
"""
_INTEGRATED = (
    "aiogram", "aiogram_dialog", "aiohttp", "arq", "celery", "click", "fastapi", "faststream", "flask", "grpcio", "litestar",
    "sanic", "starlette", "taskiq", "telebot",
)  # fmt: skip

_PROVIDED = ("dishka:provide", "dishka:Provider.provide", "dishka:decorate", "dishka:Provider.decorate")
_PROVIDED_ALL = ("dishka:provide_all", "dishka:Provider.provide_all")
_ALIASES = ("dishka:alias", "dishka:Provider.alias")
_ASKED = ("dishka:Container.get", "dishka:AsyncContainer.get")
_MARK = "dishka:FromDishka"
_MARKS = frozenset({_MARK, "dishka:FromComponent"})
_SEVERAL = frozenset({"dishka:AnyOf", "dishka:WithParents"})
_FILLED = "filled by its annotation"
_MAX_MADE = 100
"""How much one question to a container makes, at most."""


class _Container:
    """What is provided for each class, over all containers of a program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.makers: dict[Scope, list[Scope]] = {}
        """Class -> the classes and functions of the application that make what is given for it."""
        for site in linked.sites_calling(*_PROVIDED):
            for maker in self._sources(site):
                self._provide(maker, self._named(site, site.argument(-1, "provides")))
        for site in linked.sites_calling(*_PROVIDED_ALL):
            for ref in site.operation[3]:
                for maker in linked.functions_among(linked.argument_values(site, ref)):
                    self._provide(maker, [])
        for site in linked.sites_calling(*_ALIASES):
            sources = self._named(site, site.argument(0, "source"))
            for cls in self._named(site, site.argument(-1, "provides")):
                found = (maker for source in sources for maker in self.makers.get(source, ()))
                self.makers.setdefault(cls, []).extend(found)

    def _sources(self, site: Site) -> Iterator[Scope]:
        """The classes and functions that a provider is given, also by decoration."""
        given = site.arguments[0] if site.kind == "decorate" else site.argument(0, "source")
        yield from self.linked.functions_among(self.linked.argument_values(site, given))
        for decoration in self.linked.decorations(site):
            yield from self.linked.handlers(decoration, decoration.arguments[0])

    def _named(self, site: Site, ref: Any) -> list[Scope]:
        """The classes that an argument names."""
        return list(self._keys(self.linked.names.annotations.of_expression(site.frame.scope, ref)))

    def _provide(self, maker: Scope, classes: list[Scope]) -> None:
        if not classes:
            classes = list(self._given_by(maker)) if maker.is_function else [maker]
        for cls in classes:
            known = self.makers.setdefault(cls, [])
            if maker not in known:
                known.append(maker)

    def _given_by(self, function: Scope) -> Iterator[Scope]:
        """The classes whose objects a function promises to give, or to yield."""
        annotation = function.facts.return_annotation
        for value in self.linked.names.types(function, annotation) if annotation is not None else ():
            described = self.linked.values[value]
            if function.facts.yields and described[0] == "I" and described[2]:
                yield from self._keys(described[2][0])
            else:
                yield from self._keys([value])

    def _keys(self, types: Iterable[Value]) -> Iterator[Scope]:
        for value in types:
            described = self.linked.values[value]
            if described[0] != "I":
                continue
            cls = self.linked.program.scopes[described[1]]
            if cls.definition in _SEVERAL:
                for inner in described[2]:
                    yield from self._keys(inner)
            else:
                yield cls

    def needed(self, function: Scope, *, marked: bool) -> Iterator[tuple[int, Scope]]:
        """The parameters of a function that a container fills, each with the class that it asks for."""
        for _, node, annotation, _, _ in function.facts.parameters[function.is_method :]:
            if annotation is not None and (not marked or self._is_marked(function, annotation)):
                yield from ((node, cls) for cls in self._keys(self.linked.names.types(function, annotation)))

    def _is_marked(self, function: Scope, annotation: list[Any]) -> bool:
        if annotation[0] != "s":
            return False
        if annotation[1][-1] == "Annotated":
            return any(self._is_marked(function, ["s", *extra[1:]]) for extra in annotation[2][1:] if extra[0] == "k")
        described = (self.linked.values[v] for v in self.linked.names.values_of_name(function, annotation[1]))
        return any(d[0] == "C" and self.linked.program.scopes[d[1]].definition in _MARKS for d in described)

    def made(self, cls: Scope, *, apart_from: Scope | None = None) -> list[Scope]:
        """What makes the object for a class, and those that are made along where its maker has no initialiser to be given them."""
        made: dict[Scope, None] = {}
        queue = list(self.makers.get(cls, ()))
        while queue and len(made) < _MAX_MADE:
            maker = queue.pop(0)
            if maker in made or maker is apart_from:
                continue
            made[maker] = None
            if not maker.is_function and self.initialiser(maker) is None:
                queue += (inner for needed in self._of_fields(maker) for inner in self.makers.get(needed, ()))
        return list(made)

    def _of_fields(self, cls: Scope) -> Iterator[Scope]:
        for owner in self.linked.hierarchy.order(cls):
            for annotation in owner.facts.annotations.values() if not owner.library else ():
                yield from self._keys(self.linked.names.types(owner, annotation))

    def initialiser(self, cls: Scope) -> Scope | None:
        """The application's own initialiser of a class."""
        found = self.linked.bound_method(cls, "__init__")
        return found[0] if found is not None else None

    def yielding(self, cls: Scope) -> list[Scope]:
        """The generators that run where an object of a class is made, and end where it is given up."""
        seen: dict[Scope, None] = {}
        queue = self.made(cls)
        while queue and len(seen) < _MAX_MADE:
            maker = queue.pop(0)
            if maker not in seen:
                seen[maker] = None
                function = maker if maker.is_function else self.initialiser(maker)
                needed = self.needed(function, marked=False) if function is not None else ()
                queue += (m for _, cls in needed for m in self.made(cls, apart_from=maker))
        return [maker for maker in seen if maker.is_function and maker.facts.yields]


def wires(linked: Linked) -> Iterator[Wire]:
    """From whoever is filled by a container, or asks it, to what makes what that gives."""
    container = _Container(linked)
    for function in linked.program.scopes:
        if not function.library and function.is_function:
            yield from _fill(container, function, function, -1, marked=True)
    for maker in {maker: None for makers in container.makers.values() for maker in makers}:
        if maker.is_function:
            yield from _fill(container, maker, maker, -1, marked=False)
            continue
        initialiser = container.initialiser(maker)
        if initialiser is not None:
            acting = linked.values.instance(maker.index)
            yield from _fill(container, maker, initialiser, acting, marked=False)
    for site in linked.sites_calling(*_ASKED):
        yield from _asked(linked, container, site)


def _fill(container: _Container, maker: Scope, function: Scope, acting: Value, *, marked: bool) -> Iterator[Wire]:
    engine = container.linked.engine
    if acting >= 0 and function.parent is not None:
        frame = engine.frame(function, own_frame(engine, function.parent), acting)
    else:
        frame = own_frame(engine, function)
    for node, cls in container.needed(function, marked=marked):
        for made in container.made(cls, apart_from=maker):
            into = frame.nodes[node] if made in container.makers[cls] else -1
            yield Wire(
                function, function.facts.line, made, "callback", _MARK if marked else _FILLED, into, receiver=acting
            )


def _asked(linked: Linked, container: _Container, site: Site) -> Iterator[Wire]:
    scope = site.frame.scope
    opened = linked.receiver(site)
    for value in linked.argument_values(site, site.argument(0, "dependency_type")):
        described = linked.values[value]
        if described[0] != "C":
            continue
        cls = linked.program.scopes[described[1]]
        for made in container.made(cls):
            into = site.result if made in container.makers[cls] else -1
            yield Wire(scope, site.line, made, "callback", _ASKED[0], into)
        if opened is not None and opened.operation[0] == Op.ENTER:
            # Behind its ``yield``, a generator goes on where the block ends.
            for made in container.yielding(cls):
                yield Wire(opened.scope, opened.operation[-1], made, "callback", "ended with its container")


_SERVICES = """
            class Session:
                def commit(self): pass

            class Sender:
                def send(self): raise NotImplementedError

            class Mail(Sender):
                def send(self): pass

            class Users:
                def __init__(self, session: Session, sender: Sender):
                    self.session = session
                    self.sender = sender

                def add(self): self.sender.send()
"""

_MADE = frozenset(
    {
        "m:Parts.session -[construct]-> m:Session",
        "m:Parts.session -[call]-> m:Session.commit",
        "m:Users.__init__ -[callback]-> m:Parts.session",
        "m:Users.__init__ -[callback]-> m:Mail",
        "m:Users.add -[call]-> m:Mail.send",
    }
)

FRAMEWORK = Framework(
    name="dishka",
    summaries={"dishka": _SUMMARY, **{f"dishka.integrations.{name}": _INTEGRATION for name in _INTEGRATED}},
    wires=(wires,),
    examples=(
        Example(
            f"""
            from collections.abc import Iterator
            from dishka import Provider, Scope, make_container, provide
            from dishka.integrations.fastapi import DishkaRoute, FromDishka
            from fastapi import APIRouter
            {_SERVICES}
            class Parts(Provider):
                users = provide(Users, scope=Scope.REQUEST)
                mail = provide(Mail, provides=Sender, scope=Scope.APP)

                @provide(scope=Scope.REQUEST)
                def session(self) -> Iterator[Session]:
                    session = Session()
                    yield session
                    session.commit()

            router = APIRouter(route_class=DishkaRoute)

            @router.post("/users")
            def add(users: FromDishka[Users], name: str): users.add()

            @router.get("/users")
            def count(session: Session): session.commit()
            """,
            entries=frozenset({"http POST /users -> m:add", "http GET /users -> m:count"}),
            calls=_MADE
            | {
                "m:add -[callback]-> m:Users.__init__",
                "m:add -[call]-> m:Users.add",
                "m:count -[call]-> m:Session.commit",
            },
        ),
        Example(
            f"""
            from collections.abc import Iterator
            from dataclasses import dataclass
            from dishka import AnyOf, Provider, make_container
            {_SERVICES}
            @dataclass
            class Report:
                users: Users
                def send(self): self.users.add()

            class Parts:
                @staticmethod
                def session() -> Iterator[Session]:
                    session = Session()
                    yield session
                    session.commit()

            provider = Provider()
            provider.provide(Parts.session)
            provider.provide(Mail, provides=AnyOf[Mail, Sender])
            provider.provide_all(Users, Report)
            container = make_container(provider)

            def pay():
                with container() as opened:
                    report = opened.get(Report)
                    report.send()
            """,
            calls=_MADE
            | {
                "m:pay -[callback]-> m:Report",
                "m:pay -[callback]-> m:Users.__init__",
                "m:pay -[callback]-> m:Parts.session",
                "m:pay -[call]-> m:Report.send",
                "m:Report.send -[call]-> m:Users.add",
            },
        ),
    ),
    look_alikes=(
        Example(
            """
            class FromDishka:
                def __class_getitem__(cls, item): return item

            class Users:
                def __init__(self): pass
                def add(self): pass

            def add(users: FromDishka[Users]): pass
            """,
        ),
    ),
)
