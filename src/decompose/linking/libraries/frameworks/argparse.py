"""argparse: a parser's ``set_defaults(func=...)``, and the call of what the parsed arguments hold under that name."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import loaded_by_name
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_SUMMARY = """
from decompose.effects import calls_back, keeps

class Namespace: ...

class Action:
    __hooks__ = "__call__"

class _Group:
    @calls_back("type")
    @calls_back("action")
    def add_argument(self, *args, type=None, action=None, **options): ...

class _SubParsers:
    def add_parser(self, name, **options) -> ArgumentParser: ...

class ArgumentParser:
    def __init__(self, *args, **options) -> None: ...
    @calls_back("type")
    @calls_back("action")
    def add_argument(self, *args, type=None, action=None, **options): ...
    def add_argument_group(self, *args, **options) -> _Group: ...
    def add_mutually_exclusive_group(self, **options) -> _Group: ...
    def add_subparsers(self, **options) -> _SubParsers: ...
    @keeps("defaults")
    def set_defaults(self, **defaults) -> None: ...
    def parse_args(self, args=None, namespace=None) -> Namespace: ...
    def parse_known_args(self, args=None, namespace=None) -> tuple[Namespace, list[str]]: ...
    def parse_intermixed_args(self, args=None, namespace=None) -> Namespace: ...
    def print_help(self, file=None) -> None: ...
    def error(self, message) -> None: ...
"""


def _defaults(linked: Linked) -> Iterator[tuple[Site, str, Scope]]:
    for site in linked.sites_calling("argparse:ArgumentParser.set_defaults"):
        for name, ref in site.keywords:
            for function in linked.functions_among(linked.argument_values(site, ref)) if name else ():
                yield site, name, function


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The function of each sub-command, under the name of its parser; where it is loaded by its name, under that."""
    for site, _, function in _defaults(linked):
        loaded = list(loaded_by_name(linked, function))
        for place, scope in loaded:
            name = scope.facts.name.replace("_", "-")
            yield FoundEntry("command", name, scope, place.frame.scope.module.file, place.line)
        if loaded:
            continue
        scope = site.frame.scope
        name = function.facts.name.replace("_", "-")
        parser = linked.receiver(site)
        if parser is not None and parser.operation[0] == Op.CALL and parser.operation[3]:
            given = linked.constant(parser.scope, parser.operation[3][0])
            name = given if isinstance(given, str) and given else name
        yield FoundEntry("command", name, function, scope.module.file, site.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``arguments.func(...)`` to the functions that parsers hold under that name, the nearest ones."""
    held: dict[str, list[tuple[Site, Scope]]] = {}
    for site, name, function in _defaults(linked):
        held.setdefault(name, []).append((site, function))
    for site, name in linked.attribute_calls("argparse:Namespace", held) if held else ():
        scope = site.frame.scope
        near = [pair for pair in held[name] if pair[0].frame.scope.module is scope.module] or held[name]
        for _, function in near:
            yield Wire(scope, site.line, function, "call", "set_defaults of a parser")


FRAMEWORK = Framework(
    name="argparse",
    summaries={"argparse": _SUMMARY},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            import argparse

            def add(arguments): helper()
            def remove(arguments): pass
            def helper(): pass

            def main():
                parser = argparse.ArgumentParser()
                commands = parser.add_subparsers(dest="command")
                adding = commands.add_parser("add-item")
                adding.set_defaults(func=add)
                commands.add_parser("remove").set_defaults(func=remove)
                commands.add_parser("list").set_defaults(handler=show)
                arguments = parser.parse_args()
                arguments.func(arguments)

            def show(arguments): pass

            def listing(arguments: argparse.Namespace):
                handler = getattr(arguments, "handler", None)
                handler(arguments)
            """,
            entries=frozenset({"command add-item -> m:add", "command remove -> m:remove", "command list -> m:show"}),
            calls=frozenset(
                {
                    "m:add -[call]-> m:helper",
                    "m:main -[call]-> m:add",
                    "m:main -[call]-> m:remove",
                    "m:listing -[call]-> m:show",
                }
            ),
        ),
        Example(
            """
            import argparse

            class Loud(argparse.Action):
                def __call__(self, parser, namespace, values, option_string=None): shout(values)

            def shout(text): pass
            def positive(text): pass

            def parser():
                made = argparse.ArgumentParser()
                made.add_argument("--name", action=Loud)
                made.add_argument("count", type=positive)
            """,
            calls=frozenset(
                {
                    "m:Loud.__call__ -[call]-> m:shout",
                    "m:Loud -[callback]-> m:Loud.__call__",
                    "m:parser -[callback]-> m:Loud",
                    "m:parser -[callback]-> m:positive",
                }
            ),
        ),
        Example(
            """
            import argparse
            import importlib

            def load(path):
                module, _, name = path.rpartition(".")
                def command(*given): return getattr(importlib.import_module(module), name)(*given)
                return command

            def add_item(arguments): pass
            def remove_item(arguments): pass
            def never(arguments): pass

            COMMANDS = [("add", load("m.add_item")), ("remove", load("m.remove_item")), ("look", load("elsewhere.look"))]

            def build(commands, name, function):
                parser = commands.add_parser(name)
                parser.set_defaults(func=function)

            def main():
                parser = argparse.ArgumentParser()
                commands = parser.add_subparsers(dest="command")
                for name, function in COMMANDS:
                    build(commands, name, function)
            """,
            entries=frozenset({"command add-item -> m:add_item", "command remove-item -> m:remove_item"}),
            calls=frozenset({"m: -[call]-> m:load", "m:main -[call]-> m:build"}),
        ),
        Example(
            """
            import argparse

            def timed(text):
                def command(arguments): print(text)
                return command

            def main():
                adding = argparse.ArgumentParser().add_subparsers().add_parser("add")
                adding.set_defaults(func=timed("Adding an item."))
            """,
            entries=frozenset({"command add -> m:timed.command"}),
            calls=frozenset({"m:main -[call]-> m:timed"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import argparse

            class Form:
                def set_defaults(self, func): self.func = func

            def add(): pass

            def main(arguments):
                Form().set_defaults(func=add)
                arguments.func()
            """,
            calls=frozenset({"m:main -[construct]-> m:Form", "m:main -[call]-> m:Form.set_defaults"}),
        ),
    ),
)
