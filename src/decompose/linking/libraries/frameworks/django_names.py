"""What Django runs because a name in a string says so: settings, applications at their start, commands; and what it calls a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.django_fixtures import CALL_COMMAND
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Scope
from decompose.linking.wiring import Wire

_ADDING = frozenset({"append", "insert", "extend"})
_MAX_DEPTH = 6
_STARTED = "started with its application"


def wires(linked: Linked) -> Iterator[Wire]:
    """From settings to what they name, to ``ready`` of the applications that they install, and to called commands."""
    for module in linked.program.modules:
        if not module.library and "settings" in module.name:
            lines: dict[str, int] = dict(module.facts.stated)
            given = [(name, ref) for name, ref in module.top.facts.names.items() if name.isupper()]
            for name, ref in (*given, *_added(module.top)):
                for text, line in _texts(module.top, ref, 0):
                    yield from _named(linked, module, name, text, lines.get(text, line))
    for site, module_name, called in linked.external_sites(kind="call"):
        if f"{module_name}.{called}" == CALL_COMMAND:
            command = linked.keyword(site.frame.scope, site.operation, "command_name", 0)
            handler = _command(linked, command) if isinstance(command, str) else None
            if handler is not None:
                yield Wire(site.frame.scope, site.line, handler, "call", "the command of that name")


def _added(top: Scope) -> Iterator[tuple[str, Ref]]:
    """What is put into a setting after it was given, with the setting: ``MIDDLEWARE.append(...)``, ``CACHES["x"] = ...``."""
    names = {ref: name for name, ref in top.facts.names.items() if type(ref) is int}
    for operation in top.facts.ops:
        if operation[0] == Op.SET_ITEM:
            yield _setting(top, names, operation[1]), operation[3]
        elif operation[0] == Op.CALL:
            for of, method in top.attributes_read(operation[2]):
                for ref in operation[3] if method in _ADDING else ():
                    yield _setting(top, names, of), ref


def _setting(top: Scope, names: dict[Ref, str], ref: Ref) -> str:
    loaded = (operation[2] for operation in top.operations_producing(ref) if operation[0] == Op.FREE)
    return names.get(ref) or next(loaded, "the settings")


def _texts(scope: Scope, ref: Ref, depth: int) -> Iterator[tuple[str, int]]:
    """Every text in a value, with its line as far as it is known."""
    if isinstance(ref, str):
        yield ref, scope.facts.line
    elif isinstance(ref, list):
        if ref[:1] == ["c"] and len(ref) > 1:
            yield from ((text, scope.facts.line) for text in _within(ref[1]))
    elif type(ref) is int and ref >= 0 and depth < _MAX_DEPTH:
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.CONTAINER:
                for element in operation[3]:
                    yield from ((text, operation[-1]) for text, _ in _texts(scope, element, depth + 1))
            elif operation[0] == Op.COPY:
                yield from _texts(scope, operation[2], depth + 1)
            elif operation[0] == Op.BINARY:
                for side in operation[2:4]:
                    yield from _texts(scope, side, depth + 1)


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _within(inner)


def _named(linked: Linked, settings: Module, setting: str, text: str, line: int) -> Iterator[Wire]:
    found = scope_at(linked, text) if "." in text else None
    if found is not None and found.module is not settings:
        ready = linked.hierarchy.member(found, "ready") if setting == "INSTALLED_APPS" else None
        start = linked.method_below(ready)
        target = start if start is not None and not start.library else found
        rule = _STARTED if setting == "INSTALLED_APPS" else f"named by {setting}"
        yield Wire(settings.top, line, target, "callback", rule)
    elif setting == "INSTALLED_APPS":
        apps = linked.program.by_name.get(f"{text}.apps")
        for cls in apps.scopes if apps is not None and not apps.library else ():
            if "ready" in cls.facts.names and any(
                linked.values[base][1:] == ("django.apps", "AppConfig") or linked.inherits(cls, "django.apps:AppConfig")
                for base in linked.names.inheritance.bases(cls)
            ):
                function = linked.engine.plain_function(cls, cls.facts.names["ready"])
                if function is not None:
                    yield Wire(settings.top, line, function, "callback", _STARTED)


def _command(linked: Linked, name: str) -> Scope | None:
    for module in linked.program.modules:
        if not module.library and module.name.endswith(f".management.commands.{name}"):
            for scope in module.scopes:
                if scope.facts.qualname == "Command":
                    member = linked.hierarchy.member(scope, "handle")
                    return linked.method_below(member) or scope
    return None


FRAMEWORK = Framework(
    name="Django's names",
    summaries={},
    packages=("django",),
    wires=(wires,),
    named_parameters={
        "request": "django.http:HttpRequest",
        "parser in django.core.management.base:BaseCommand": "django.core.management.base:CommandParser",
    },
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/settings.py": """
                    import os
                    INSTALLED_APPS = ["django.contrib.admin", "shop.mail", "shop.apps.ShopConfig", os.environ["MORE"]]
                    MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "shop.web.Timed"]
                    RUNNER = {"default": {"BACKEND": "shop.web.run"}}
                    RUNNER["other"]["BACKEND"] = "shop.web.other"
                    if os.environ["SLOW"]:
                        MIDDLEWARE.append("shop.web.Slow")
                        MIDDLEWARE.insert(0, "shop.web.First")
                    MIDDLEWARE.index("shop.web.Unused")
                """,
                "shop/apps.py": """
                    from django.apps import AppConfig
                    class ShopConfig(AppConfig):
                        def ready(self): start()
                    def start(): pass
                """,
                "shop/mail/__init__.py": "",
                "shop/mail/apps.py": """
                    from django.apps import AppConfig
                    class MailConfig(AppConfig):
                        def ready(self): pass
                """,
                "shop/web.py": """
                    class Timed:
                        def __init__(self, get_response): pass
                        def __call__(self, request): pass
                    class Slow(Timed): pass
                    class First: pass
                    class Unused: pass
                    def run(): pass
                    def other(): pass
                """,
                "shop/management/__init__.py": "",
                "shop/management/commands/__init__.py": "",
                "shop/management/commands/clean_up.py": """
                    from django.core.management.base import BaseCommand
                    class Command(BaseCommand):
                        def handle(self, *args, **options): pass
                """,
                "shop/tasks.py": """
                    from django.core.management import call_command
                    def nightly(): call_command("clean_up")
                """,
            },
            entries=frozenset({"command clean_up -> shop.management.commands.clean_up:Command.handle"}),
            calls=frozenset(
                {
                    "shop.settings: -[callback]-> shop.mail.apps:MailConfig.ready",
                    "shop.settings: -[callback]-> shop.apps:ShopConfig.ready",
                    "shop.settings: -[callback]-> shop.web:Timed.__init__",
                    "shop.settings: -[callback]-> shop.web:run",
                    "shop.settings: -[callback]-> shop.web:other",
                    "shop.settings: -[callback]-> shop.web:First",
                    "shop.apps:ShopConfig.ready -[call]-> shop.apps:start",
                    "shop.tasks:nightly -[call]-> shop.management.commands.clean_up:Command.handle",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/texts.py": "import django\nMIDDLEWARE = ['shop.web.Timed']\n",
                "shop/web.py": "class Timed: pass\n\n\ndef use(): return Timed()\n",
            },
            calls=frozenset({"shop.web:use -[construct]-> shop.web:Timed"}),
        ),
    ),
)
