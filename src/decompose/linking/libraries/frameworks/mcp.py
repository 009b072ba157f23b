"""Servers of the Model Context Protocol: tools, resources and prompts that clients ask for by their names."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Decorator:
    def __call__(self, fn: F) -> F: ...

class FastMCP:
    __has_more__ = True
    def __init__(self, name=None, **options) -> None: ...
    @enters("consumer", "name_or_fn", "name")
    def tool(self, name_or_fn: F = None, *, name=None, **options) -> F | _Decorator: ...
    @enters("consumer", "fn", "uri")
    def resource(self, uri=None, fn: F = None, **options) -> F | _Decorator: ...
    @enters("consumer", "name_or_fn", "name")
    def prompt(self, name_or_fn: F = None, *, name=None, **options) -> F | _Decorator: ...
    @enters("consumer", "fn", "name")
    def add_tool(self, fn, name=None, **options) -> None: ...
    def run(self, transport=None, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="Model Context Protocol",
    summaries={"mcp.server.fastmcp": _SUMMARY, "fastmcp": _SUMMARY},
    examples=(
        Example(
            """
            from fastmcp import FastMCP

            server = FastMCP("orders")

            @server.tool()
            def find(number): helper()

            @server.tool(name="cancel-order")
            async def cancel(number): pass

            @server.tool
            def plain(): pass

            @server.resource("orders://{number}")
            def order(number): pass

            def added(): pass
            server.add_tool(added)

            def helper(): pass
            """,
            entries=frozenset(
                {
                    "consumer find -> m:find",
                    "consumer cancel-order -> m:cancel",
                    "consumer plain -> m:plain",
                    "consumer orders://{number} -> m:order",
                    "consumer added -> m:added",
                }
            ),
            calls=frozenset({"m:find -[call]-> m:helper", "m: -[callback]-> m:added"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class FastMCP:
                def tool(self):
                    def keep(function): return function
                    return keep

            server = FastMCP()

            @server.tool()
            def find(number): pass
            """,
            calls=frozenset(
                {"m: -[construct]-> m:FastMCP", "m: -[call]-> m:FastMCP.tool", "m: -[decorate]-> m:FastMCP.tool.keep"}
            ),
        ),
    ),
)
