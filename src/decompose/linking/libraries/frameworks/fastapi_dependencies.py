"""FastAPI's dependencies: whoever has one as a parameter makes it run, and is given what it returns or yields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import Origin, keyword_ref
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.wiring import Wire, own_frame

_MARKERS = frozenset({"fastapi:Depends", "fastapi:Security", "fastapi.params:Depends"})
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "api_route", "route", "websocket")
_ROUTER = "fastapi:APIRouter"


class _Given(NamedTuple):
    """A parameter: its annotation, and the node that it is in the function's own frame."""

    annotation: list[Any] | None
    node: Node


def wires(linked: Linked) -> Iterator[Wire]:
    """From each function to the dependencies of its parameters, and from handlers to those of their routes."""
    for module in linked.program.modules:
        if module.library or "fastapi" not in module.facts.packages:
            continue
        for scope in module.scopes:
            if scope.is_function and scope.parent is not None:
                yield from _of_parameters(linked, scope)
    yield from _of_routes(linked)


def _of_parameters(linked: Linked, function: Scope) -> Iterator[Wire]:
    for _, inner, annotation, default, _ in function.facts.parameters:
        markers = []
        if type(default) is int and default >= 0 and function.parent is not None:
            markers.append(linked.origin(function.parent, default))
        aliased = _annotated(linked, function, annotation)
        markers += aliased
        for marker in markers:
            if marker is not None and _is_marker(linked, marker):
                node = own_frame(linked.engine, function).nodes[inner]
                yield from _run(linked, function, marker, _Given(annotation, node))
        for tree in _written_markers(linked, function, annotation):
            node = own_frame(linked.engine, function).nodes[inner]
            for value in linked.names.values_of_name(function, tree):
                yield from _wire(linked, function, value, node)


def _written_markers(linked: Linked, function: Scope, annotation: list[Any] | None) -> Iterator[list[Any]]:
    """What ``Depends`` is given where it stands in an annotation."""
    if annotation is None or annotation[0] != "s" or annotation[1][-1] != "Annotated":
        return
    for extra in annotation[2][1:]:
        if extra[0] == "k" and extra[2]:
            for value in linked.names.values_of_name(function, extra[1]):
                description = linked.values[value]
                if description[0] == "F" and linked.program.scopes[description[1]].definition in _MARKERS:
                    yield extra[2][0]


def _annotated(linked: Linked, function: Scope, annotation: list[Any] | None) -> list[Origin | None]:
    """What stands behind the type in an alias such as ``Current = Annotated[User, Depends(get_user)]``."""
    if annotation is None or annotation[0] != "n":
        return []
    holder = linked.program.exporting_module(function.module, annotation[1])
    origin = linked.origin(holder.top, holder.top.facts.names[annotation[1]]) if holder is not None else None
    if origin is None or origin.operation[0] != Op.ITEM or type(origin.operation[3]) is not int:
        return []
    found: list[Origin | None] = []
    for container in origin.scope.operations_producing(origin.operation[3]):
        if container[0] == Op.CONTAINER:
            found += (linked.origin(origin.scope, element) for element in container[3][1:])
    return found


def _is_marker(linked: Linked, origin: Origin) -> bool:
    if origin.operation[0] != Op.CALL:
        return False
    described = (linked.values[value] for value in linked.names.evaluate(origin.scope, origin.operation[2]))
    return any(d[0] == "F" and linked.program.scopes[d[1]].definition in _MARKERS for d in described)


def _run(linked: Linked, caller: Scope, marker: Origin, given: _Given | None = None) -> Iterator[Wire]:
    into = given.node if given is not None else -1
    ref = keyword_ref(marker.operation, "dependency", 0)
    if ref == -1:
        # ``Depends()``: the declared class
        for value in linked.names.types(caller, given.annotation) if given is not None and given.annotation else ():
            yield from _wire(linked, caller, linked.values.class_of(value), into)
        return
    for value in linked.engine.values_of(linked.engine.node_of(own_frame(linked.engine, marker.scope), ref)):
        yield from _wire(linked, caller, value, into)


def _wire(linked: Linked, caller: Scope, value: int, into: Node) -> Iterator[Wire]:
    for callee in linked.functions_among([value]):
        yield Wire(caller, caller.facts.line, callee, "callback", "fastapi:Depends", into)
    called = _called_object(linked, value)
    if called is not None:
        yield Wire(caller, caller.facts.line, called, "callback", "fastapi:Depends", into)


def _called_object(linked: Linked, value: int) -> Scope | None:
    """The ``__call__`` of an object that is a dependency itself: ``Depends(HasRole("admin"))``."""
    described = linked.values[value]
    cls = linked.program.scopes[described[1]] if described[0] == "I" else None
    member = linked.hierarchy.member(cls, "__call__") if cls is not None and not cls.library else None
    return linked.engine.function_of(member) if member is not None and not member.owner.library else None


def _of_routes(linked: Linked) -> Iterator[Wire]:
    """``dependencies=[Depends(...)]`` of routes, of their routers, and where those are included."""
    of_router: dict[tuple[int, int], list[Origin]] = {}
    for site in linked.sites_calling(_ROUTER, "fastapi:FastAPI"):
        found = _listed(linked, site.frame.scope, site.operation)
        if found:
            of_router.setdefault((site.frame.scope.index, site.operation[1]), []).extend(found)
    for site in linked.sites_calling(f"{_ROUTER}.include_router"):
        router = linked.origin(site.frame.scope, site.argument(0, "router"))
        found = _listed(linked, site.frame.scope, site.operation)
        if found and router is not None:
            of_router.setdefault((router.scope.index, router.operation[1]), []).extend(found)
    for site in linked.sites_calling(*(f"{_ROUTER}.{verb}" for verb in _VERBS)):
        scope = site.frame.scope
        markers = _listed(linked, scope, site.operation)
        router = linked.receiver(site)
        if router is not None:
            markers += of_router.get((router.scope.index, router.operation[1]), [])
        for decoration in linked.decorations(site) if markers else ():
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                for marker in markers:
                    yield from _run(linked, handler, marker)


def _listed(linked: Linked, scope: Scope, operation: list[Any]) -> list[Origin]:
    ref: Ref = keyword_ref(operation, "dependencies")
    origin = linked.origin(scope, ref)
    if origin is None or origin.operation[0] != Op.CONTAINER:
        return []
    found = (linked.origin(origin.scope, element) for element in origin.operation[3])
    return [marker for marker in found if marker is not None and _is_marker(linked, marker)]


FRAMEWORK = Framework(
    name="FastAPI's dependencies",
    summaries={},
    packages=("fastapi",),
    wires=(wires,),
    examples=(
        Example(
            """
            from fastapi import APIRouter, Depends, FastAPI

            class Settings: pass

            class Service:
                def __init__(self, settings: Settings = Depends()): pass
                def go(self): pass

            class Session:
                def close(self): pass

            def session():
                opened = Session()
                yield opened
                opened.close()

            def user(session=Depends(session)): session.close()
            def check(): pass

            router = APIRouter(dependencies=[Depends(check)])

            @router.get("/a")
            def a(service: Service = Depends(), user=Depends(user)): service.go()

            app = FastAPI()
            app.include_router(router)
            """,
            entries=frozenset({"http GET /a -> m:a"}),
            calls=frozenset(
                {
                    "m:Service.__init__ -[callback]-> m:Settings",
                    "m:session -[construct]-> m:Session",
                    "m:session -[call]-> m:Session.close",
                    "m:user -[callback]-> m:session",
                    "m:user -[call]-> m:Session.close",
                    "m:a -[callback]-> m:Service.__init__",
                    "m:a -[callback]-> m:user",
                    "m:a -[callback]-> m:check",
                    "m:a -[call]-> m:Service.go",
                }
            ),
        ),
        Example(
            """
            from fastapi import Depends, FastAPI, Header

            class HasRole:
                def __init__(self, role): self.role = role
                def __call__(self): return self.check()
                def check(self): pass

            app = FastAPI()

            @app.post("/orders", dependencies=[Depends(HasRole("admin"))])
            def add(token: str = Header()): return token.strip()
            """,
            entries=frozenset({"http POST /orders -> m:add"}),
            calls=frozenset(
                {
                    "m: -[construct]-> m:HasRole.__init__",
                    "m:add -[callback]-> m:HasRole.__call__",
                    "m:HasRole.__call__ -[call]-> m:HasRole.check",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import fastapi

            def Depends(thing): return thing
            def provide(): pass
            def use(value=Depends(provide)): pass
            """,
            calls=frozenset({"m: -[call]-> m:Depends"}),
        ),
    ),
)
