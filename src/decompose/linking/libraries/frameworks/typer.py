"""Typer: commands of applications, and functions that are run as one."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import enters, runs

F = TypeVar("F")

class _Register:
    def __call__(self, function: F) -> F: ...

class Typer:
    def __init__(self, *args, **options) -> None: ...
    @enters("command", "function", "name")
    def command(self, name=None, **options) -> _Register: ...
    @enters("command", "function", "name")
    def callback(self, name=None, **options) -> _Register: ...
    def add_typer(self, typer_instance, **options) -> None: ...
    def __call__(self, *args, **kwargs): ...

@runs("function", "call")
@enters("command", "function")
def run(function) -> None: ...
"""

FRAMEWORK = Framework(
    name="Typer",
    summaries={"typer": _SUMMARY},
    examples=(
        Example(
            """
            import typer

            app = typer.Typer()

            @app.command()
            def say_hello(): helper()

            @app.command("bye")
            def leave(): pass

            def helper(): pass
            def alone(): pass

            if __name__ == "__main__":
                app()
                typer.run(alone)
            """,
            entries=frozenset(
                {"command say-hello -> m:say_hello", "command bye -> m:leave", "command alone -> m:alone"}
            ),
            calls=frozenset({"m:say_hello -[call]-> m:helper", "m: -[call]-> m:alone"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            def command(): return lambda function: function

            @command()
            def say_hello(): pass
            """,
            calls=frozenset({"m: -[call]-> m:command", "m: -[decorate]-> m:command"}),
        ),
    ),
)
