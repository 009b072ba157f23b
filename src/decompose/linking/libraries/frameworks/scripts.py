"""Commands of scripts: Flask-Script, Invoke, Fabric, and Python Fire."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

_FLASK_SCRIPT = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Option:
    def __call__(self, function: F) -> F: ...

class Command:
    __has_more__ = True
    __hooks__ = "run get_options"
    def __init__(self, func=None) -> None: ...

class Manager:
    __has_more__ = True
    def __init__(self, app=None, **options) -> None: ...
    @enters("command", "func")
    def command(self, func: F) -> F: ...
    @enters("command", "function")
    def option(self, *args, **kwargs) -> _Option: ...
    def add_command(self, *args, **kwargs) -> None: ...
    def run(self, commands=None, default_command=None) -> None: ...
"""

_TASKS = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Task:
    def __call__(self, function: F) -> F: ...

@enters("command", "function", "name")
def task(function: F = None, *args, name=None, **options) -> F | _Task: ...
"""

_FIRE = """
from decompose.effects import enters

@enters("command", "component")
def Fire(component=None, command=None, name=None, **options): ...
"""

_ADD = "flask_script:Manager.add_command"


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """What managers of Flask-Script are told to add: the ``run`` of a command, below the name that it is given."""
    for site in linked.sites_calling(_ADD):
        scope = site.frame.scope
        name = linked.keyword(scope, site.operation, "name", 0)
        for position in (0, 1):
            ref = keyword_ref(site.operation, "command", position)
            for cls in _classes(linked, linked.argument_values(site, ref)):
                told = name if isinstance(name, str) else cls.facts.name.lower()
                run = linked.hierarchy.member(cls, "run")
                handler = linked.method_below(run) if run is not None and not run.owner.library else None
                yield FoundEntry("command", told, handler or cls, scope.module.file, site.line)


def _classes(linked: Linked, values: frozenset[int]) -> Iterator[Scope]:
    described = (linked.values[value] for value in sorted(values))
    scopes = (linked.program.scopes[d[1]] for d in described if d[0] in ("C", "I"))
    yield from (scope for scope in scopes if not scope.library and linked.inherits(scope, "flask_script:Command"))


FRAMEWORK = Framework(
    name="Scripts",
    summaries={"flask_script": _FLASK_SCRIPT, "invoke": _TASKS, "fabric": _TASKS, "fire": _FIRE},
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            from flask import Flask
            from flask_script import Command, Manager

            manager = Manager(Flask(__name__))

            @manager.command
            def load_all(): helper()

            @manager.option("-n", "--name", dest="name")
            def greet(name): pass

            class Clean(Command):
                def run(self): helper()

            def helper(): pass

            manager.add_command("clean-up", Clean())
            """,
            entries=frozenset(
                {"command load-all -> m:load_all", "command greet -> m:greet", "command clean-up -> m:Clean.run"}
            ),
            calls=frozenset(
                {
                    "m: -[construct]-> m:Clean",
                    "m:load_all -[call]-> m:helper",
                    "m:Clean -[callback]-> m:Clean.run",
                    "m:Clean.run -[call]-> m:helper",
                }
            ),
        ),
        Example(
            """
            from fabric import task as remote
            from invoke import task

            @task
            def clean(c): pass

            @task(pre=[clean], name="make")
            def build(c): clean(c)

            @remote
            def roll_out(c): pass
            """,
            entries=frozenset(
                {"command clean -> m:clean", "command make -> m:build", "command roll-out -> m:roll_out"}
            ),
            calls=frozenset({"m:build -[call]-> m:clean"}),
        ),
        Example(
            """
            import fire

            def report(month): pass

            if __name__ == "__main__":
                fire.Fire(report)
            """,
            entries=frozenset({"command report -> m:report"}),
            calls=frozenset({"m: -[callback]-> m:report"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import invoke

            class Manager:
                def command(self, function): return function

            def task(function): return function

            manager = Manager()

            @manager.command
            def load(): pass

            @task
            def clean(c): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Manager",
                    "m: -[decorate]-> m:Manager.command",
                    "m: -[decorate]-> m:task",
                }
            ),
        ),
    ),
)
