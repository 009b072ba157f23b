"""pluggy: who calls a hook makes every implementation of that name run."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

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

class HookRelay: ...

class PluginManager:
    hook: HookRelay
    def __init__(self, project_name) -> None: ...
    def register(self, plugin, name=None): ...
    def add_hookspecs(self, module_or_class) -> None: ...
    def load_setuptools_entrypoints(self, group, name=None): ...
"""


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``manager.hook.NAME(...)`` to the functions that are marked as implementations of ``NAME``."""
    implementations: dict[str, list[Scope]] = {}
    for site in linked.sites_calling("pluggy:HookimplMarker.__call__"):
        decorations = [site] if site.kind == "decorate" else linked.decorations(site)
        given = linked.keyword(site.frame.scope, site.operation, "specname") if site.kind == "call" else None
        for decoration in decorations:
            for function in linked.handlers(decoration, decoration.arguments[0]):
                name = given if isinstance(given, str) else function.facts.name
                implementations.setdefault(name, []).append(function)
    for site, name in linked.attribute_calls("pluggy:HookRelay", implementations) if implementations else ():
        for function in implementations[name]:
            yield Wire(site.frame.scope, site.line, function, "callback", "implements the hook")


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
