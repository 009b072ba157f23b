"""Pyramid: methods of remote procedure calls, and what settings name in a text such as ``"shop.filters:price"``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire

_NAME = re.compile(r"\w+(?:\.\w+)+:\w+")

_RPC = """
from typing import TypeVar

from decompose.effects import serves

F = TypeVar("F")

class _Decorator:
    def __call__(self, wrapped: F) -> F: ...

@serves("wrapped", "method", "{verb}")
def {protocol}_method(method=None, **options) -> _Decorator: ...
"""


def fixed_wires(linked: Linked) -> Iterator[Wire]:
    """From each call that is given the name of a function or class, with a colon before the last part, to that."""
    for scope in linked.program.scopes:
        for operation in scope.facts.ops if not scope.library else ():
            if operation[0] == Op.CALL:
                for text in operation[3]:
                    named = isinstance(text, str) and _NAME.fullmatch(text)
                    found = scope_at(linked, text.replace(":", ".")) if named else None
                    if found is not None:
                        yield Wire(scope, operation[-1], found, "callback", "named by the text")


FRAMEWORK = Framework(
    name="Pyramid's names",
    summaries={
        f"pyramid_rpc.{protocol}": _RPC.format(protocol=protocol, verb=protocol.upper())
        for protocol in ("xmlrpc", "jsonrpc")
    },
    packages=("pyramid",),
    fixed_wires=(fixed_wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/filters.py": """
                    def price(number): return helper(number)
                    def weight(number): pass
                    def helper(number): pass
                """,
                "shop/config.py": """
                    import pyramid

                    def includeme(config):
                        filters = config.get_settings().setdefault("jinja2.filters", {})
                        filters.setdefault("price", "shop.filters:price")
                        filters.setdefault("length", "shop.filters:length")
                        filters.setdefault("weight", "see shop.filters:weight")
                """,
            },
            calls=frozenset(
                {
                    "shop.config:includeme -[callback]-> shop.filters:price",
                    "shop.filters:price -[call]-> shop.filters:helper",
                }
            ),
        ),
        Example(
            """
            import pyramid
            from pyramid_rpc.jsonrpc import jsonrpc_method
            from pyramid_rpc.xmlrpc import xmlrpc_method as _xmlrpc_method

            def xmlrpc_method(**options):
                def decorator(function):
                    one = _xmlrpc_method(endpoint="one", **options)
                    two = _xmlrpc_method(endpoint="two", **options)
                    return one(two(function))
                return decorator

            @jsonrpc_method(endpoint="api", method="count_items")
            def count(request): helper()

            @xmlrpc_method(method="list_items")
            def listed(request): pass

            def helper(): pass
            """,
            entries=frozenset({"http JSONRPC /count_items -> m:count", "http XMLRPC /list_items -> m:listed"}),
            calls=frozenset(
                {
                    "m:count -[call]-> m:helper",
                    "m: -[call]-> m:xmlrpc_method",
                    "m: -[decorate]-> m:xmlrpc_method.decorator",
                    "m:xmlrpc_method.decorator -[callback]-> m:listed",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/filters.py": "def price(number): pass",
                "shop/config.py": """
                    def tell(filters): filters.setdefault("price", "shop.filters:price")
                """,
            },
            calls=frozenset(),
        ),
    ),
)
