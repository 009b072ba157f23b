"""Click: commands and groups of commands."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import calls_back, enters, invokes, keeps, runs

F = TypeVar("F")
G = TypeVar("G")

class Command(Generic[F]):
    callback: F
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...
    @invokes("F", "call")
    def main(self, *args, **kwargs): ...

class Group(Command[F]):
    __has_more__ = True
    __hooks__ = "get_command list_commands resolve_command"
    def __init__(self, *args, **options) -> None: ...
    @enters("command", "function", "name")
    def command(self, name: G = None, **options) -> CommandDecorator | Command[G]: ...
    @enters("command", "function", "name")
    def group(self, name: G = None, **options) -> GroupDecorator | Group[G]: ...
    def add_command(self, cmd, name=None) -> None: ...

class MultiCommand(Group[F]): ...
class CommandCollection(Group[F]): ...

class CommandDecorator:
    def __call__(self, function: F) -> Command[F]: ...

class GroupDecorator:
    def __call__(self, function: F) -> Group[F]: ...

@enters("command", "function", "name")
def command(name: F = None, cls=None, **options) -> CommandDecorator | Command[F]: ...
@enters("command", "function", "name")
def group(name: F = None, cls=None, **options) -> GroupDecorator | Group[F]: ...

class _KeepsFunction:
    @keeps("function")
    def __call__(self, function: F) -> F: ...

@calls_back("callback")
@calls_back("default")
def option(*names, callback=None, default=None, **options) -> _KeepsFunction: ...
@calls_back("callback")
@calls_back("default")
def argument(*names, callback=None, default=None, **options) -> _KeepsFunction: ...
def password_option(*names, **options) -> _KeepsFunction: ...
def confirmation_option(*names, **options) -> _KeepsFunction: ...
def version_option(*names, **options) -> _KeepsFunction: ...
def help_option(*names, **options) -> _KeepsFunction: ...
@keeps("f")
def pass_context(f: F) -> F: ...
@keeps("f")
def pass_obj(f: F) -> F: ...

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
    summaries={"click": _SUMMARY, **dict.fromkeys(("asyncclick", "cloup", "rich_click"), "from click import *\n")},
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
        Example(
            """
            import click

            class Lazy(click.Group):
                def list_commands(self, context): return names()
                def get_command(self, context, name): return super().get_command(context, name)
                def names(self): pass

            class Multi(click.MultiCommand):
                def get_command(self, context, name): names()

            def names(): pass

            @click.group(cls=Lazy)
            def main(): pass

            @main.command()
            def add(): pass
            """,
            entries=frozenset({"command main -> m:main", "command add -> m:add"}),
            calls=frozenset(
                {
                    "m:Lazy -[callback]-> m:Lazy.list_commands",
                    "m:Lazy -[callback]-> m:Lazy.get_command",
                    "m:Lazy.list_commands -[call]-> m:names",
                    "m:Multi -[callback]-> m:Multi.get_command",
                    "m:Multi.get_command -[call]-> m:names",
                }
            ),
        ),
        Example(
            """
            import click

            def check(context, parameter, value): pass

            def today(): pass

            def common(function):
                function = click.option("--day", default=today)(function)
                return click.option("--name", callback=check)(function)

            @click.command()
            @common
            @click.pass_context
            def add(context, day, name): helper()

            def helper(): pass
            """,
            entries=frozenset({"command add -> m:add"}),
            calls=frozenset(
                {
                    "m: -[decorate]-> m:common",
                    "m:add -[call]-> m:helper",
                    "m:common -[callback]-> m:today",
                    "m:common -[callback]-> m:check",
                }
            ),
        ),
        Example(
            """
            import rich_click as click

            @click.group()
            def main(): pass

            @main.command()
            def add_user(): helper()

            def helper(): pass
            """,
            entries=frozenset({"command main -> m:main", "command add-user -> m:add_user"}),
            calls=frozenset({"m:add_user -[call]-> m:helper"}),
        ),
        Example(
            """
            import functools, click
            @click.group()
            def group(): pass
            class our_command:
                def __init__(self, name=None):
                    self.name = name
                def __call__(self, function):
                    decorators = [functools.wraps(function), click.command(name=self.name)]
                    def wrapper(*args): return function(*args)
                    for decorator in decorators:
                        wrapper = decorator(wrapper)
                    group.add_command(wrapper)
                    return wrapper

            def with_function(name):
                def decorate(function):
                    @click.command(name)
                    @functools.wraps(function)
                    def wrapper(*args): return function(*args)
                    group.add_command(wrapper)
                    return wrapper
                return decorate

            @our_command(name="count-all")
            @click.option("--x")
            def count(x): pass

            @our_command()
            def sum_up(): pass

            @with_function("third")
            def third_one(): pass
            """,
            entries=frozenset(
                {
                    "command group -> m:group",
                    "command count-all -> m:count",
                    "command sum-up -> m:sum_up",
                    "command third -> m:third_one",
                }
            ),
            calls=frozenset(
                {
                    "m: -[call]-> m:with_function",
                    "m: -[construct]-> m:our_command.__init__",
                    "m:our_command.__call__ -[callback]-> m:our_command.__call__.wrapper",
                    "m: -[decorate]-> m:our_command.__call__",
                    "m: -[decorate]-> m:with_function.decorate",
                    "m:our_command.__call__.wrapper -[call]-> m:count",
                    "m:our_command.__call__.wrapper -[call]-> m:sum_up",
                    "m:with_function.decorate.wrapper -[call]-> m:third_one",
                }
            ),
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
