"""Click: commands and groups of commands."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes, runs

F = TypeVar("F")
G = TypeVar("G")

class Command(Generic[F]):
    callback: F
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...
    @invokes("F", "call")
    def main(self, *args, **kwargs): ...

class Group(Command[F]):
    @enters("command", "function", "name")
    def command(self, name: G = None, **options) -> CommandDecorator | Command[G]: ...
    @enters("command", "function", "name")
    def group(self, name: G = None, **options) -> GroupDecorator | Group[G]: ...
    def add_command(self, cmd, name=None) -> None: ...

class CommandDecorator:
    def __call__(self, function: F) -> Command[F]: ...

class GroupDecorator:
    def __call__(self, function: F) -> Group[F]: ...

@enters("command", "function", "name")
def command(name: F = None, cls=None, **options) -> CommandDecorator | Command[F]: ...
@enters("command", "function", "name")
def group(name: F = None, cls=None, **options) -> GroupDecorator | Group[F]: ...

class Context:
    @runs("callback", "call")
    def invoke(self, callback, *args, **kwargs): ...
    @runs("cmd", "call")
    def forward(self, cmd, *args, **kwargs): ...
    @runs("f", "callback")
    def call_on_close(self, f): ...
"""

FRAMEWORK = Framework(
    name="Click",
    summaries={"click": _SUMMARY},
    examples=(
        Example(
            """
            import click

            @click.group()
            @click.option("--verbose")
            def main(verbose): pass

            @main.command("run-it")
            @click.argument("name")
            def run(name): helper()

            @main.group()
            def users(): pass

            @users.command()
            def add_user(): pass

            @click.command
            def alone(): pass

            def helper(): pass

            if __name__ == "__main__":
                main()
            """,
            entries=frozenset(
                {
                    "command main -> m:main",
                    "command run-it -> m:run",
                    "command users -> m:users",
                    "command add-user -> m:add_user",
                    "command alone -> m:alone",
                }
            ),
            calls=frozenset({"m:run -[call]-> m:helper", "m: -[call]-> m:main"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Bus:
                def command(self, name):
                    def keep(function): return function
                    return keep

            main = Bus()

            @main.command("x")
            def run(): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Bus",
                    "m: -[call]-> m:Bus.command",
                    "m: -[decorate]-> m:Bus.command.keep",
                }
            ),
        ),
    ),
)
