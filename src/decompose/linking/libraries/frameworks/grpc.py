"""gRPC: the methods of servicers, whose base classes are generated from the definition of the service."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_MODULE = "_pb2_grpc"
_BASE = "Servicer"
_PARAMETERS = 3
"""Of a method that answers calls: the object, the request, the context."""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each servicer that answer calls."""
    for cls in linked.application_classes():
        service = _service(linked, cls)
        for name, ref in cls.facts.names.items() if service else ():
            function = cls.function_below(ref)
            answers = function is not None and len(function.facts.parameters) == _PARAMETERS
            if function is not None and answers and not name.startswith("_"):
                yield FoundEntry("http", f"GRPC /{service}/{name}", function, cls.module.file, function.facts.line)


def _service(linked: Linked, cls: Scope) -> str:
    """The name of the service that a class implements; empty for any other class, and for what is generated itself."""
    if cls.module.name.endswith(_MODULE):
        return ""
    for value in linked.hierarchy.all_bases(cls):
        described = linked.values[value]
        if described[0] == "X":
            module, _, name = f"{described[1]}.{described[2]}".rpartition(".")
        elif described[0] == "C":
            base = linked.program.scopes[described[1]]
            module, name = base.module.name, base.facts.name
        else:
            continue
        if module.endswith(_MODULE) and name.endswith(_BASE):
            return name.removesuffix(_BASE)
    return ""


FRAMEWORK = Framework(
    name="gRPC",
    summaries={},
    packages=("grpc",),
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            import grpc
            from shop.protos import shop_pb2_grpc

            class Orders(shop_pb2_grpc.OrdersServicer):
                def __init__(self): self.store = Store()
                def Place(self, request, context): return self.store.add()
                def helper(self): pass

            class Store:
                def add(self): pass

            def serve():
                server = grpc.server(None)
                shop_pb2_grpc.add_OrdersServicer_to_server(Orders(), server)
            """,
            entries=frozenset({"http GRPC /Orders/Place -> m:Orders.Place"}),
            calls=frozenset(
                {
                    "m:Orders.Place -[call]-> m:Store.add",
                    "m:Orders.__init__ -[construct]-> m:Store",
                    "m:serve -[construct]-> m:Orders.__init__",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class OrdersServicer:
                def Place(self, request, context): pass

            class Orders(OrdersServicer):
                def Place(self, request, context): return helper()

            def helper(): pass
            """,
            calls=frozenset({"m:Orders.Place -[call]-> m:helper"}),
        ),
    ),
)
