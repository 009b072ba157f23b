"""Entry points that a decorator or a registration makes: one row of a table for each form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.admin_pages import registered_for
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given, keyword_ref
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations


class Form(NamedTuple):
    """A decorator or a function: the module and the path that it is reached by, and the kind of entry point that it makes.

    ``position``, ``keyword``: the argument that a function registers; what is listened to, and to which of its events, stands in
    front of it.
    """

    module: re.Pattern[str]
    name: re.Pattern[str]
    kind: str
    position: int = 0
    keyword: str = "receiver"


def _form(module: str, name: str, kind: str, position: int = 0, keyword: str = "receiver") -> Form:
    path = re.compile(rf"(?:^|.*\.)(?:{name})(?:\(\))?$")
    return Form(re.compile(rf"(?:{module})(?:\.|$)"), path, kind, position, keyword)


DECORATORS = (
    _form("flask|flask_click|asyncclick", "command|group", "command"),
    _form("typer", r"Typer\(\)\.command|Typer\(\)\.callback", "command"),
    _form("celery", r"task|shared_task|periodic_task", "task"),
    _form("dramatiq", "actor", "task"),
    _form("huey", r"task|db_task", "task"),
    _form("huey", r"periodic_task|db_periodic_task", "schedule"),
    _form("rq|django_rq|flask_rq2", "job", "task"),
    _form("apscheduler", "scheduled_job", "schedule"),
    _form("django.dispatch", "receiver", "signal"),
    _form("sqlalchemy", r"listens_for", "signal"),
    _form("blinker|flask|celery", r"connect|connect_via", "signal"),
    _form("django.contrib", "register", "admin"),
)

REGISTRATIONS = (
    _form("django.contrib", r"(?:.*\.)?site\.register|.*AdminSite(?:\(\))?\.register", "admin", 1, "admin_class"),
    _form("blinker|flask|django|celery", r"connect", "signal"),
    _form("sqlalchemy", r"event\.listen|listen", "signal", 2, "fn"),
)
_CONNECTED = _form("", "connect", "signal")

LIBRARY_DECORATORS = {
    "flask:CommandGroup.command": "command",
    "flask:CommandGroup.group": "command",
    "celery:Celery.task": "task",
    "celery:shared_task": "task",
    "blinker:Signal.connect": "signal",
    "blinker:SignalDecorator.__call__": "signal",
    "django.dispatch:Signal.connect": "signal",
    "django.dispatch:Receiver.__call__": "signal",
}


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Commands, tasks, schedules, signal handlers, consumers and admin pages."""
    registrations = Registrations(Makers(linked))
    kinds: dict[tuple[str, str, str], list[Form]] = {}
    for site, module, name in linked.external_sites():
        key = (site.kind, module, name)
        if key not in kinds:
            forms = DECORATORS if site.kind == "decorate" else REGISTRATIONS if site.kind == "call" else ()
            kinds[key] = [form for form in forms if form.module.match(module) and form.name.match(name)]
        for form in kinds[key]:
            yield from (
                _decorated(linked, registrations, site, form.kind)
                if site.kind == "decorate"
                else _registered(linked, registrations, site, form)
            )
    for definition, kind in LIBRARY_DECORATORS.items():
        for site in linked.sites_calling(definition):
            if site.kind == "decorate":
                yield from _decorated(linked, registrations, site, kind)
            elif kind == "signal":
                yield from _registered(linked, registrations, site, _CONNECTED)
            else:
                for place, decorated, given in registrations.decorated(site):
                    yield from _named(linked, site.frame.scope, site.operation, place, decorated, kind, given)
    yield from _django_commands(linked)


def _decorated(linked: Linked, registrations: Registrations, site: Site, kind: str) -> Iterator[FoundEntry]:
    scope = site.frame.scope
    made = scope.call_producing(site.operation[2])
    for place, decorated, given in registrations.calls(site, site.arguments[0]):
        yield from _named(linked, scope, made, place, decorated, kind, given, decorator=site)


def _named(
    linked: Linked, scope: Scope, made: list[Any] | None, place: Site, decorated: Ref, kind: str, given: Given,
    *, decorator: Site | None = None,
) -> Iterator[FoundEntry]:  # fmt: skip
    for function in linked.handlers(place, decorated):
        name = _name_of(linked, scope, made, function, kind, given, decorator or place)
        yield FoundEntry(kind, name, function, function.module.file, function.facts.line)


def _name_of(
    linked: Linked, scope: Scope, operation: list[Any] | None, function: Scope, kind: str, handed: Given, site: Site
) -> str:
    given = None
    if operation is not None and kind in ("command", "task"):
        given = linked.keyword(scope, operation, "name", 0, handed)
    if kind == "signal":
        # ``@receiver(paid)``, ``@event.listens_for(Order, "after_insert")`` or ``@paid.connect``
        told = operation[3] if operation is not None else []
        event = _event_of(linked, scope, operation, handed) if operation is not None and len(told) > 1 else None
        given = event or (_written(scope, told[0]) if told else _signal_name(scope, site))
    if kind == "admin" and operation is not None and operation[3]:
        written = ", ".join(filter(None, (_written(scope, model) for model in operation[3])))
        given = written or _models_of(linked, function)
    if isinstance(given, str) and given:
        return given
    if kind == "command":
        return function.facts.name.replace("_", "-")
    return f"{function.module.name}.{function.facts.qualname}" if kind == "task" else function.facts.name


def _written(scope: Scope, ref: object) -> str | None:
    """A name as it is written: ``signals.post_save``."""
    if isinstance(ref, str):
        return ref
    if type(ref) is not int or ref < 0:
        return None
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE:
            return str(operation[3])
        if operation[0] == Op.FREE:
            return str(operation[2])
        if operation[0] == Op.CONTAINER:
            return ", ".join(filter(None, (_written(scope, element) for element in operation[3]))) or None
        if operation[0] == Op.CALL:
            # The name that is bound to what is made here.
            return next((name for name, bound in scope.facts.names.items() if bound == ref), None)
        if operation[0] == Op.FROM:
            return str(operation[4])
        if operation[0] == Op.CLASS:
            index: int = operation[2]
            return scope.module.scopes[index].facts.name
    return None


def _registered(linked: Linked, registrations: Registrations, site: Site, form: Form) -> Iterator[FoundEntry]:
    scope, kind = site.frame.scope, form.kind
    refs = [site.argument(form.position), keyword_ref(site.operation, form.keyword)]
    for function, place, given in (found for ref in refs for found in _handed_in(linked, registrations, site, ref)):
        if form.position > 1:
            what = _event_of(linked, scope, site.operation, given)
        else:
            what = _written(scope, site.argument(0)) if kind == "admin" else _signal_name(scope, site, linked, given)
        if kind == "admin" and what is None:
            what = _models_of(linked, function)
        yield FoundEntry(kind, what or function.facts.name, function, place.frame.scope.module.file, place.line)


def _event_of(linked: Linked, scope: Scope, operation: list[Any], given: Given) -> str | None:
    """``Order after_insert``: what is listened to, and the event, the first two arguments of a call, as far as they are known."""
    target = operation[3][0]
    event = linked.keyword(scope, operation, "identifier", 1, given)
    of = _written(*given.get((scope.index, target), (scope, target))) if type(target) is int else None
    return " ".join(each for each in (of, event) if isinstance(each, str)) or None


def _handed_in(
    linked: Linked, registrations: Registrations, site: Site, ref: Ref
) -> Iterator[tuple[Scope, Site, Given]]:
    """What is registered, by whom the function around the call is given it, and with what."""
    if not linked.argument_values(site, ref):
        return
    for place, handed, given in (
        registrations.calls(site, ref) if site.frame.scope.is_function else [(site, ref, NOTHING)]
    ):
        yield from ((function, place, given) for function in linked.handlers(place, handed))


def _models_of(linked: Linked, page: Scope) -> str | None:
    """The models that a page is registered for with a call that finds them."""
    return ", ".join(model.facts.name for model in registered_for(linked, page)) or None


def _signal_name(scope: Scope, site: Site, linked: Linked | None = None, given: Given = NOTHING) -> str | None:
    for signal, _ in scope.attributes_read(site.operation[2]):
        named = next((o for o in scope.operations_producing(signal) if o[0] == Op.FREE), None)
        around = linked.binding(scope, named) if linked is not None and named is not None else None
        key = (around[0].index, around[1]) if around is not None else (scope.index, signal)
        return _written(*given[key]) if key in given else _written(scope, signal)
    return None


def _django_commands(linked: Linked) -> Iterator[FoundEntry]:
    for module in linked.program.modules:
        if module.library or ".management.commands." not in f".{module.name}":
            continue
        for scope in module.scopes:
            if scope.facts.qualname == "Command" and not module.name.rpartition(".")[2].startswith("_"):
                handler = linked.hierarchy.member(scope, "handle") or linked.hierarchy.member(scope, "handle_noargs")
                function = linked.method_below(handler)
                yield FoundEntry(
                    "command", module.name.rpartition(".")[2], function or scope, module.file, scope.facts.line
                )
