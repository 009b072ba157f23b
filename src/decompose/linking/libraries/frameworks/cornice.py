"""Cornice: a service has a path in Pyramid, and its decorators say which function answers which method; a resource is a class."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import answer_of, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, keeps, mounts, serves

F = TypeVar("F")

class _View:
    def __call__(self, view: F) -> F: ...

class Service:
    __has_more__ = True
    @mounts("path")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    @calls_back("factory")
    @calls_back("acl")
    def __init__(
        self, name, path=None, description=None, cors_policy=None, depth=1, pyramid_route=None,
        validators=(), filters=(), error_handler=None, factory=None, acl=None, **options,
    ) -> None: ...
    @serves("view", "", "GET")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def get(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "POST")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def post(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "PUT")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def put(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "PATCH")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def patch(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "DELETE")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def delete(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "OPTIONS")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def options(self, validators=(), filters=(), error_handler=None, **options) -> _View: ...
    @serves("view", "", "method")
    @keeps("view")
    @calls_back("validators")
    @calls_back("filters")
    @calls_back("error_handler")
    def add_view(self, method, view, validators=(), filters=(), error_handler=None, **options) -> None: ...
"""

_RESOURCES = """
from typing import TypeVar

from decompose.effects import calls_back, keeps

F = TypeVar("F")

class _Same:
    @keeps("given")
    def __call__(self, given: F) -> F: ...

@calls_back("validators")
@calls_back("filters")
@calls_back("error_handler")
@calls_back("factory")
@calls_back("acl")
def resource(depth=1, validators=(), filters=(), error_handler=None, factory=None, acl=None, **options) -> _Same: ...
@calls_back("validators")
@calls_back("filters")
@calls_back("error_handler")
def view(validators=(), filters=(), error_handler=None, **options) -> _Same: ...
@keeps("klass")
@calls_back("validators")
@calls_back("filters")
@calls_back("error_handler")
@calls_back("factory")
@calls_back("acl")
def add_resource(klass: F, depth=1, validators=(), filters=(), error_handler=None, factory=None, acl=None, **options) -> F: ...
@keeps("func")
@calls_back("validators")
@calls_back("filters")
@calls_back("error_handler")
def add_view(func: F, validators=(), filters=(), error_handler=None, **options) -> F: ...
"""

_PATHS = {"path": "", "collection_path": "collection_"}
"""Under which argument a path stands, and how the methods begin that answer there."""
_VERBS = ("get", "post", "put", "delete", "options", "patch")
_ASKED = ("validators", "filters")


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each resource, below the path of one and that of all."""
    for site, cls in _resources(linked):
        for argument, beginning in _PATHS.items():
            path = linked.keyword(site.frame.scope, site.operation, argument)
            for verb in _VERBS if site.argument(-1, argument) != -1 else ():
                member = linked.hierarchy.member(cls, f"{beginning}{verb}")
                if member is not None and member.ref is not None:
                    answer = answer_of(verb.upper(), cls, member.owner, linked.method_below(member))
                    yield answer.at(join("", path if isinstance(path, str) else "<dynamic>"), site)


def wires(linked: Linked) -> Iterator[Wire]:
    """From each resource to the methods that it names to check what comes, and to change what goes."""
    for site, cls in _resources(linked):
        yield from _asked(linked, site, cls, cls)
    for site in linked.sites_calling("cornice.resource:view"):
        for decoration in linked.decorations(site):
            for method in linked.handlers(decoration, decoration.arguments[0]):
                if method.parent is not None and method.is_method:
                    yield from _asked(linked, site, method.parent, method)


def _resources(linked: Linked) -> Iterator[tuple[Site, Scope]]:
    """Each call that makes a class a resource, with the class."""
    for site in linked.sites_calling("cornice.resource:resource"):
        for decoration in linked.decorations(site):
            yield from ((site, cls) for cls in _classes(linked, decoration))
    for site in linked.sites_calling("cornice.resource:add_resource"):
        yield from ((site, cls) for cls in _classes(linked, site))


def _classes(linked: Linked, site: Site) -> Iterator[Scope]:
    handlers = linked.handlers(site, site.argument(0, "klass"))
    return (handler for handler in handlers if not handler.is_function)


def _asked(linked: Linked, site: Site, cls: Scope, by: Scope) -> Iterator[Wire]:
    acting = linked.values.instance(cls.index)
    for argument in _ASKED:
        for name in _texts(site.frame.scope, site.argument(-1, argument)):
            found = linked.bound_method(cls, name)
            if found is not None:
                yield Wire(by, site.line, found[0], "callback", f"one of the resource's {argument}", acting=acting)


def _texts(scope: Scope, ref: Ref) -> list[str]:
    """The text that an argument is, or those in a list, beside functions or not."""
    containers = [operation[3] for operation in scope.operations_producing(ref) if operation[0] == Op.CONTAINER]
    return [text for text in (ref, *chain(*containers)) if isinstance(text, str)]


FRAMEWORK = Framework(
    name="Cornice",
    summaries={"cornice": _SUMMARY, "cornice.service": "from cornice import Service\n", "cornice.resource": _RESOURCES},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from cornice import Service

            orders = Service(name="orders", path="/orders/", description="All orders")
            order = Service("order", "/orders/{number}")

            @orders.get(accept="text/html", renderer="page")
            @orders.get(renderer="json", error_handler=refuse)
            def listed(request): return rows()

            @orders.post(schema=object)
            def add(request): pass

            @order.delete()
            def remove(request): pass

            def refuse(request): pass
            def rows(): pass
            """,
            entries=frozenset(
                {
                    "http GET /orders/ -> m:listed",
                    "http POST /orders/ -> m:add",
                    "http DELETE /orders/{number} -> m:remove",
                }
            ),
            calls=frozenset({"m:listed -[call]-> m:rows", "m: -[callback]-> m:refuse"}),
        ),
        Example(
            """
            from cornice import Service
            from cornice.resource import add_resource, resource, view

            class Api:
                def __init__(self, request, context=None): self.request = request
                def delete(self): pass

            @resource(collection_path="/orders", path="/orders/{number}")
            class Order(Api):
                def collection_get(self): return self.rows()
                @view(renderer="json", validators=("valid", signed))
                def get(self): pass
                @view(filters="short")
                def collection_post(self): pass
                def valid(self, request, **options): pass
                def short(self, response, request): pass
                def rows(self): pass

            class Job:
                def __init__(self, request, context=None): pass
                def get(self): pass
                def collection_get(self): pass

            add_resource(Job, path="/jobs/{number}")

            flat = Service("flat", "/flat", validators=(signed,))

            @flat.put(validators=known)
            def put(request): pass

            def plain(request): pass
            flat.add_view("GET", plain)

            def signed(request, **options): pass
            def known(request, **options): pass
            """,
            entries=frozenset(
                {
                    "http GET /orders -> m:Order.collection_get",
                    "http POST /orders -> m:Order.collection_post",
                    "http GET /orders/{number} -> m:Order.get",
                    "http DELETE /orders/{number} -> m:Order",
                    "http GET /jobs/{number} -> m:Job.get",
                    "http PUT /flat -> m:put",
                    "http GET /flat -> m:plain",
                }
            ),
            calls=frozenset(
                {
                    "m:Order.collection_get -[call]-> m:Order.rows",
                    "m:Order.get -[callback]-> m:Order.valid",
                    "m:Order.collection_post -[callback]-> m:Order.short",
                    "m:Order -[callback]-> m:signed",
                    "m: -[callback]-> m:signed",
                    "m: -[callback]-> m:known",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import cornice

            class Service:
                def __init__(self, name, path): pass
                def get(self): return lambda view: view

            orders = Service("orders", "/orders/")

            @orders.get()
            def listed(request): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Service.__init__",
                    "m: -[call]-> m:Service.get",
                    "m: -[decorate]-> m:Service.get",
                }
            ),
        ),
    ),
)
