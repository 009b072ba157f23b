"""pluggy: who calls a hook makes every implementation of that name run, with what the call gives by names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Result, Wire, function_value

_SUMMARY = """
from typing import TypeVar

F = TypeVar("F")

class HookimplMarker:
    def __init__(self, project_name) -> None: ...
    def __call__(self, function: F = None, *, specname=None, **options) -> F | _Marked: ...

class HookspecMarker:
    def __init__(self, project_name) -> None: ...
    def __call__(self, function: F = None, **options) -> F | _Marked: ...

class _Marked:
    def __call__(self, function: F) -> F: ...

class HookRelay:
    __has_more__ = True

class PluginManager:
    __has_more__ = True

    hook: HookRelay
    def __init__(self, project_name) -> None: ...
    def register(self, plugin, name=None): ...
    def add_hookspecs(self, module_or_class) -> None: ...
    def load_setuptools_entrypoints(self, group, name=None): ...
"""


def wires(linked: Linked) -> Iterator[Wire | Given | Result]:
    """From ``manager.hook.NAME(...)`` to the functions that are marked as implementations of ``NAME``, and back what they give:
    in a list, or what the first one gives if the hook is specified so.
    """
    implementations: dict[str, list[Scope]] = {}
    for function, given in _marked(linked, "HookimplMarker", "specname"):
        implementations.setdefault(given if isinstance(given, str) else function.facts.name, []).append(function)
    if not implementations:
        return
    first = {function.facts.name for function, given in _marked(linked, "HookspecMarker", "firstresult") if given}
    for site, name in linked.attribute_calls("pluggy:HookRelay", implementations):
        into = site.result
        if into >= 0 and name not in first:
            into = linked.engine.channel(linked.values.intern("D", f"results of call {site.index}"))
            yield Result(site.result, linked.values.intern("O", "list", into))
        for function in implementations[name]:
            yield Wire(site.frame.scope, site.line, function, "callback", "implements the hook", into)
            yield from _given(linked, site, function)


def _given(linked: Linked, site: Site, function: Scope) -> Iterator[Given]:
    """What a call of a hook gives to the parameters of an implementation."""
    taken = {parameter[0] for parameter in function.facts.parameters}
    receiver = linked.engine.own_receiver(function) if function.is_method else -1
    for name, ref in site.keywords:
        for value in sorted(linked.argument_values(site, ref)) if name in taken else ():
            yield Given(function_value(linked.engine, function, receiver), name, value)


def _marked(linked: Linked, marker: str, option: str) -> Iterator[tuple[Scope, Any]]:  # Any: what the option is given
    """The functions that a marker is put on, each with what it is given for an option."""
    for site in linked.sites_calling(f"pluggy:{marker}.__call__"):
        decorations = [site] if site.kind == "decorate" else linked.decorations(site)
        given = linked.keyword(site.frame.scope, site.operation, option) if site.kind == "call" else None
        for decoration in decorations:
            for function in linked.handlers(decoration, decoration.arguments[0]):
                yield function, given


FRAMEWORK = Framework(
    name="pluggy",
    summaries={"pluggy": _SUMMARY},
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/hooks.py": """
                    import pluggy
                    hookimpl = pluggy.HookimplMarker("shop")
                """,
                "shop/core.py": """
                    import pluggy
                    manager = pluggy.PluginManager("shop")
                    def pay(): manager.hook.paid(order=1)
                    def refund(order):
                        method = manager.hook.paid
                        if order: method = manager.hook.refused
                        method(order=order)
                """,
                "shop/mail.py": """
                    from shop.hooks import hookimpl
                    @hookimpl
                    def paid(order): pass
                    @hookimpl(specname="paid")
                    def also(order): pass
                    @hookimpl
                    def refused(order): pass
                    def unmarked(): pass
                """,
            },
            calls=frozenset(
                {
                    "shop.core:pay -[callback]-> shop.mail:paid",
                    "shop.core:pay -[callback]-> shop.mail:also",
                    "shop.core:refund -[callback]-> shop.mail:paid",
                    "shop.core:refund -[callback]-> shop.mail:also",
                    "shop.core:refund -[callback]-> shop.mail:refused",
                }
            ),
        ),
        Example(
            """
            import pluggy
            spec = pluggy.HookspecMarker("shop")
            impl = pluggy.HookimplMarker("shop")
            manager = pluggy.PluginManager("shop")

            class Command:
                def run(self): pass

            class Disk:
                def put(self): pass

            class Hooks:
                @spec
                def commands(self): pass
                @spec(firstresult=True)
                def store(self): pass

            class Plugin:
                @impl
                def commands(self): return [Command()]
                @impl
                def store(self): return Disk()

            manager.register(Plugin())

            def run():
                for found in manager.hook.commands():
                    found[0].run()

            def keep(): manager.hook.store().put()
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Plugin",
                    "m:Plugin.commands -[construct]-> m:Command",
                    "m:Plugin.store -[construct]-> m:Disk",
                    "m:run -[callback]-> m:Plugin.commands",
                    "m:run -[call]-> m:Command.run",
                    "m:keep -[callback]-> m:Plugin.store",
                    "m:keep -[call]-> m:Disk.put",
                }
            ),
        ),
        Example(
            """
            import click
            import pluggy
            impl = pluggy.HookimplMarker("shop")
            manager = pluggy.PluginManager("shop")

            class Bell:
                def ring(self): pass

            @impl
            def commands(cli):
                @cli.command()
                def sell(): pass

            class Plugin:
                @impl
                def opened(self, bell): bell.ring()

            @click.group()
            def shop(): pass

            manager.hook.commands(cli=shop)
            manager.hook.opened(bell=Bell(), shop="m")
            """,
            entries=frozenset({"command shop -> m:shop", "command sell -> m:commands.sell"}),
            calls=frozenset(
                {
                    "m: -[callback]-> m:commands",
                    "m: -[callback]-> m:Plugin.opened",
                    "m: -[construct]-> m:Bell",
                    "m:Plugin.opened -[call]-> m:Bell.ring",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import pluggy

            class Fisher:
                def paid(self): pass

            class Boat:
                hook = Fisher()

            def paid(): pass

            def pay(): Boat().hook.paid()
            """,
            calls=frozenset(
                {
                    "m:Boat -[construct]-> m:Fisher",
                    "m:pay -[construct]-> m:Boat",
                    "m:pay -[call]-> m:Fisher.paid",
                }
            ),
        ),
    ),
)
