"""Resolvers of GraphQL: Strawberry, Graphene and Ariadne. A field is entered as ``GRAPHQL /Type.field``."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op, ScopeKind
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_STRAWBERRY = """
from typing import Generic, TypeVar

F = TypeVar("F")
C = TypeVar("C")
R = TypeVar("R")

class Info(Generic[C, R]):
    context: C
    root_value: R

class _Field:
    def __call__(self, resolver: F) -> F: ...

def field(resolver: F = None, **options) -> F | _Field: ...
def mutation(resolver: F = None, **options) -> F | _Field: ...
def subscription(resolver: F = None, **options) -> F | _Field: ...
"""

_STRAWBERRY_TYPES = "from strawberry import Info\n"

_ARIADNE = """
from typing import TypeVar

F = TypeVar("F")

class _Field:
    def __call__(self, resolver: F) -> F: ...

class ObjectType:
    def __init__(self, name=None) -> None: ...
    def field(self, name) -> _Field: ...
    def set_field(self, name, resolver) -> None: ...

class QueryType(ObjectType): ...
class MutationType(ObjectType): ...
class SubscriptionType(ObjectType):
    def source(self, name) -> _Field: ...
    def set_source(self, name, generator) -> None: ...
"""

_ARIADNE_FIELDS = (
    "ariadne:ObjectType.field", "ariadne:ObjectType.set_field", "ariadne:SubscriptionType.source",
    "ariadne:SubscriptionType.set_source",
)  # fmt: skip
_GRAPHENE_ROOTS = frozenset({"ObjectType", "Mutation", "ClientIDMutation", "Interface"})


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Every resolver."""
    yield from _strawberry(linked)
    yield from _ariadne(linked)
    yield from _graphene(linked)


def _entry(name: str, handler: Scope) -> FoundEntry:
    return FoundEntry("http", f"GRAPHQL /{name}", handler, handler.module.file, handler.facts.line)


def _strawberry(linked: Linked) -> Iterator[FoundEntry]:
    for verb in ("field", "mutation", "subscription"):
        for site in linked.sites_calling(f"strawberry:{verb}"):
            decorations = [site] if site.kind == "decorate" else linked.decorations(site)
            for decoration in decorations:
                for handler in linked.handlers(decoration, decoration.arguments[0]):
                    owner = handler.parent
                    if owner is not None and owner.facts.kind == ScopeKind.CLASS:
                        yield _entry(f"{owner.facts.name}.{handler.facts.name}", handler)
            given = [ref for name, ref in site.keywords if name == "resolver"] if site.kind == "call" else []
            for handler in linked.handlers(site, given[0]) if given else ():
                owner = site.frame.scope
                field = next(
                    (n for n, ref in owner.facts.names.items() if ref == site.operation[1]), handler.facts.name
                )
                yield _entry(f"{owner.facts.name}.{field}", handler)


def _ariadne(linked: Linked) -> Iterator[FoundEntry]:
    for site in linked.sites_calling(*_ARIADNE_FIELDS):
        scope = site.frame.scope
        field = linked.keyword(scope, site.operation, "name", 0)
        if not isinstance(field, str):
            continue
        for operation in scope.operations_producing(site.operation[2]):
            made = linked.origin(scope, operation[2]) if operation[0] == Op.ATTRIBUTE else None
            kind = _type_name(linked, made.scope, made.operation) if made is not None else "?"
            for decoration in linked.decorations(site):
                for handler in linked.handlers(decoration, decoration.arguments[0]):
                    yield _entry(f"{kind}.{field}", handler)
            if len(site.arguments) > 1:
                for handler in linked.handlers(site, site.arguments[1]):
                    yield _entry(f"{kind}.{field}", handler)


def _type_name(linked: Linked, scope: Scope, operation: list[object]) -> str:
    if operation[0] != Op.CALL:
        return "?"
    given = linked.keyword(scope, operation, "name", 0)
    if isinstance(given, str):
        return given
    for value in linked.names.evaluate(scope, operation[2]):
        if linked.values[value][0] == "C":
            cls: Scope = linked.program.scopes[linked.values[value][1]]
            return cls.facts.name.removesuffix("Type")
    return "?"


def _graphene(linked: Linked) -> Iterator[FoundEntry]:
    for cls in _graphene_classes(linked):
        for name, ref in cls.facts.names.items():
            function = linked.engine.plain_function(cls, ref)
            if function is not None and name.startswith("resolve_"):
                yield _entry(f"{cls.facts.name}.{name.removeprefix('resolve_')}", function)
            call = cls.call_producing(ref)
            given = keyword_ref(call, "resolver") if call is not None else -1
            values = linked.engine.values_of(linked.engine.node_of(linked.engine.class_frame(cls), given))
            for handler in linked.functions_among(values) if given != -1 else ():
                yield _entry(f"{cls.facts.name}.{name}", handler)
        for owner, function in _mutates(linked, cls):
            yield _entry(cls.facts.name, function if owner is cls else cls)


def wires(linked: Linked) -> Iterator[Wire]:
    """From each mutation of Graphene to the ``mutate`` that it inherits."""
    for cls in _graphene_classes(linked):
        for owner, function in _mutates(linked, cls):
            if owner is not cls:
                acting = linked.values.instance(cls.index)
                acting = linked.values.class_of(acting) if function.facts.flavour == "class" else acting
                yield Wire(cls, cls.facts.line, function, "callback", "the mutation's mutate", acting=acting)


def _graphene_classes(linked: Linked) -> Iterator[Scope]:
    for cls in linked.application_classes():
        bases = (linked.values[base] for base in linked.hierarchy.external_bases(cls))
        if any(b[1].partition(".")[0] == "graphene" and b[2].rpartition(".")[2] in _GRAPHENE_ROOTS for b in bases):
            yield cls


def _mutates(linked: Linked, cls: Scope) -> Iterator[tuple[Scope, Scope]]:
    """The functions by which a class changes something, each with the class that has it; none of an abstract class."""
    for name in ("mutate", "mutate_and_get_payload"):
        member = linked.hierarchy.member(cls, name)
        function = linked.engine.function_of(member)
        if member is not None and function is not None and not function.library and not _is_abstract(cls):
            yield member.owner, function


def _is_abstract(cls: Scope) -> bool:
    """Whether the class says in its own ``Meta`` that it is there to be inherited only."""
    inner = (scope for scope in cls.module.scopes if scope.parent is cls and scope.facts.name == "Meta")
    return any(meta.facts.names.get("abstract") == ["c", True] for meta in inner)


FRAMEWORK = Framework(
    name="GraphQL",
    summaries={
        "strawberry": _STRAWBERRY,
        "strawberry.types": _STRAWBERRY_TYPES,
        "strawberry.types.info": _STRAWBERRY_TYPES,
        "ariadne": _ARIADNE,
    },
    packages=("graphene",),
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            import strawberry

            def find_all(): pass

            @strawberry.type
            class Query:
                items: list[str] = strawberry.field(resolver=find_all)
                @strawberry.field
                def item(self, id: int) -> str: return find(id)
                @strawberry.field(description="x")
                def count(self) -> int: return 1

            def find(id): pass
            """,
            entries=frozenset(
                {
                    "http GRAPHQL /Query.items -> m:find_all",
                    "http GRAPHQL /Query.item -> m:Query.item",
                    "http GRAPHQL /Query.count -> m:Query.count",
                }
            ),
            calls=frozenset({"m:Query.item -[call]-> m:find", "m:Query -[callback]-> m:find_all"}),
        ),
        Example(  # what a resolver is told of the request is of the class that it declares
            """
            import strawberry
            from strawberry import Info
            from strawberry.types import Info as Told

            class Context:
                def find(self): pass

            class Other:
                def find(self): pass

            @strawberry.type
            class Mutation:
                @strawberry.mutation
                def open(self, info: Info[Context, None]) -> None: info.context.find()
                @strawberry.mutation
                def close(self, info: Told[Other, None]) -> None: info.context.find()
                @strawberry.mutation
                def leave(self, info: Info) -> None: info.context.get("user")
            """,
            entries=frozenset(
                f"http GRAPHQL /Mutation.{name} -> m:Mutation.{name}" for name in ("open", "close", "leave")
            ),
            calls=frozenset({"m:Mutation.open -[call]-> m:Context.find", "m:Mutation.close -[call]-> m:Other.find"}),
        ),
        Example(
            """
            import graphene

            class Query(graphene.ObjectType):
                item = graphene.String()
                items = graphene.List(graphene.String, resolver=lambda root, info: find())
                others = graphene.List(graphene.String, resolver=find_others)
                def resolve_item(self, info): return find()

            def find_others(root, info): pass

            class AddItem(graphene.Mutation):
                def mutate(self, info): pass

            def find(): pass
            """,
            entries=frozenset(
                {
                    "http GRAPHQL /Query.item -> m:Query.resolve_item",
                    "http GRAPHQL /Query.items -> m:Query",
                    "http GRAPHQL /Query.others -> m:find_others",
                    "http GRAPHQL /AddItem -> m:AddItem.mutate",
                }
            ),
            calls=frozenset(
                {
                    "m:Query.resolve_item -[call]-> m:find",
                    "m:Query -[call]-> m:find",
                    "m:Query -[callback]-> m:find_others",
                }
            ),
        ),
        Example(
            """
            import graphene

            class Saving(graphene.Mutation):
                class Meta:
                    abstract = True
                @classmethod
                def mutate(cls, root, info): cls.perform()

            class AddItem(Saving):
                @classmethod
                def perform(cls): add()

            class DropItem(Saving):
                @classmethod
                def perform(cls): drop()

            def add(): pass
            def drop(): pass
            """,
            entries=frozenset({"http GRAPHQL /AddItem -> m:AddItem", "http GRAPHQL /DropItem -> m:DropItem"}),
            calls=frozenset(
                {
                    "m:AddItem -[callback]-> m:Saving.mutate",
                    "m:DropItem -[callback]-> m:Saving.mutate",
                    "m:Saving.mutate -[call]-> m:AddItem.perform",
                    "m:Saving.mutate -[call]-> m:DropItem.perform",
                    "m:AddItem.perform -[call]-> m:add",
                    "m:DropItem.perform -[call]-> m:drop",
                }
            ),
        ),
        Example(
            """
            from ariadne import ObjectType, QueryType, SubscriptionType

            query = QueryType()
            news = SubscriptionType()
            order = ObjectType("Order")

            @query.field("orders")
            def resolve_orders(_, info): pass

            @news.source("paid")
            async def follow(_, info): yield 1

            def resolve_lines(order, info): pass

            order.set_field("lines", resolve_lines)
            """,
            entries=frozenset(
                {
                    "http GRAPHQL /Query.orders -> m:resolve_orders",
                    "http GRAPHQL /Order.lines -> m:resolve_lines",
                    "http GRAPHQL /Subscription.paid -> m:follow",
                }
            ),
            calls=frozenset({"m: -[callback]-> m:resolve_lines"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Mutation: pass

            class AddItem(Mutation):
                def mutate(self): pass

            class Query:
                def resolve_item(self): pass
            """,
        ),
    ),
)
