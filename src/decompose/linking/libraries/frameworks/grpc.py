"""gRPC: the methods of servicers, whose base classes are generated from the definition of the service, and who calls them by a stub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_MODULE = "_pb2_grpc"
_BASE = "Servicer"
_PARAMETERS = 3
"""Of a method that answers calls: the object, the request, the context."""


_STUB = "Stub"
_CALLED = re.compile(rf"{_MODULE}\.(\w+){_STUB}\(\)\.(\w+)(?:\.(?:future|with_call))?")
"""A call by a stub whose generated class is not in view: the service and the method."""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each servicer that answer calls."""
    for service, name, function in _answering(linked):
        yield FoundEntry("http", f"GRPC /{service}/{name}", function, function.module.file, function.facts.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From who calls a method by a stub to the servicers of the application that answer it, elsewhere and for themselves."""
    answering: dict[tuple[str, str], list[Scope]] = {}
    for service, name, function in _answering(linked):
        answering.setdefault((service, name), []).append(function)
    for site, service, name in _called(linked, {name for _, name in answering}) if answering else ():
        for function in answering.get((service, name), ()):
            yield Wire(site.frame.scope, site.line, function, "task", "a stub's call is answered by the servicer")


def _called(linked: Linked, names: set[str]) -> Iterator[tuple[Site, str, str]]:
    """Calls by stubs, each with the service and the method."""
    for site, module, called in linked.external_sites():
        found = _CALLED.search(f"{module}.{called}") if _STUB in called else None
        if found is not None:
            yield site, found[1], found[2]
    for cls in linked.application_classes():
        if cls.module.name.endswith(_MODULE) and cls.facts.name.endswith(_STUB):
            for site, name in linked.attribute_calls(f"{cls.module.name}:{cls.facts.name}", names):
                yield site, cls.facts.name.removesuffix(_STUB), name


def _answering(linked: Linked) -> Iterator[tuple[str, str, Scope]]:
    """The methods of servicers that answer calls, each with the service and its name."""
    for cls in linked.application_classes():
        service = _service(linked, cls)
        for name, ref in cls.facts.names.items() if service else ():
            function = cls.function_below(ref)
            answers = function is not None and len(function.facts.parameters) == _PARAMETERS
            if function is not None and answers and not name.startswith("_"):
                yield service, name, function


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
    wires=(wires,),
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
        Example(
            {
                "shop/__init__.py": "",
                "shop/shop_pb2_grpc.py": """
                    class OrdersStub:
                        def __init__(self, channel):
                            self.Place = channel.unary_unary("/shop.Orders/Place")

                    class OrdersServicer:
                        def Place(self, request, context): raise NotImplementedError
                """,
                "shop/web.py": """
                    import grpc
                    from bills.protos import bills_pb2_grpc
                    from shop import shop_pb2_grpc

                    class Orders(shop_pb2_grpc.OrdersServicer):
                        def Place(self, request, context): pass

                    class Bills(bills_pb2_grpc.BillsServicer):
                        def Send(self, request, context): pass

                    def place(order):
                        shop_pb2_grpc.OrdersStub(grpc.insecure_channel("orders")).Place(order)

                    class Sender:
                        def __init__(self, channel):
                            self.stub = bills_pb2_grpc.BillsStub(channel)

                        def send(self, bill):
                            self.stub.Send(bill)
                            self.stub.Send.future(bill)
                            self.stub.Other(bill)
                """,
            },
            entries=frozenset(
                {"http GRPC /Orders/Place -> shop.web:Orders.Place", "http GRPC /Bills/Send -> shop.web:Bills.Send"}
            ),
            calls=frozenset(
                {
                    "shop.web:place -[construct]-> shop.shop_pb2_grpc:OrdersStub.__init__",
                    "shop.web:place -[task]-> shop.web:Orders.Place",
                    "shop.web:Sender.send -[task]-> shop.web:Bills.Send",
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
