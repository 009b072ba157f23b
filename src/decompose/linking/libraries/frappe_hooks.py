"""What an application of Frappe says in its ``hooks.py``, functions by their dotted names, and what it says by where a file lies.

``scheduler_events`` lists jobs by how often they run, ``doc_events`` handlers by the type of a document and what happens to it.
Everything else that names functions there is a hook of its own: ``before_request``, ``has_permission``, ``after_install``. A
module in a folder of its own name, below ``report`` or ``web_form``, is a report or a form; one below ``www`` is a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.linking.found import FoundEntry
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Scope

PACKAGE = "frappe"
EVERY_TYPE = "*"
_SCHEDULES = "scheduler_events"
_EVENTS = "doc_events"
_SERVED = "override_whitelisted_methods"
_CLASSES = "override_doctype_class"
_MAX_DEPTH = 6


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each function that the hooks name, under what it is named for."""
    for module in _modules(linked):
        lines = dict(module.facts.stated)
        for hook in module.top.facts.names:
            for path, text in _texts(_stated(linked, module, hook)) if hook != _CLASSES else ():
                for function in functions_named(linked, text, module.top):
                    kind, name = _told(hook, path, text)
                    line = lines.get(text)
                    file = module.file if line is not None else function.module.file
                    yield FoundEntry(kind, name, function, file, line or function.facts.line)


def pages(linked: Linked) -> Iterator[FoundEntry]:
    """Reports, pages, forms, dashboards and patches: functions of fixed names in modules at fixed places."""
    if not is_used(linked):
        return
    for module in linked.program.modules:
        parts = module.file.removesuffix(".py").split("/")
        for (kind, path), function in _by_place(parts).items() if not module.library else ():
            for inner in module.scopes:
                if inner.parent is module.top and inner.facts.name == function and inner.is_function:
                    yield FoundEntry(kind, path, inner, module.file, inner.facts.line)


def _by_place(parts: list[str]) -> dict[tuple[str, str], str]:
    """What lies at a path: the kind and the name of an entry point -> the function that answers."""
    *folders, stem = parts
    title = stem.replace("_", " ").title()
    if "www" in folders:
        below = [*folders[folders.index("www") + 1 :], *([stem] if stem not in ("index", "__init__") else [])]
        return {("http", f"GET /{'/'.join(below)}"): "get_context"}
    if "patches" in folders:
        return {("command", f"migrate {'.'.join(parts)}"): "execute"}
    if stem.endswith("_dashboard") and folders[-1:] == [stem.removesuffix("_dashboard")]:
        return {("admin", f"dashboard {title.removesuffix(' Dashboard')}"): "get_data"}
    if folders[-1:] != [stem] or len(folders) < 2:
        return {}
    if folders[-2] == "report":
        return {("admin", f"report {title}"): "execute"}
    return {("http", f"GET /{stem.replace('_', '-')}"): "get_context"} if folders[-2] == "web_form" else {}


def _told(hook: str, path: tuple[str, ...], text: str) -> tuple[str, str]:
    """The kind of an entry point, and its name."""
    if hook == _SCHEDULES:
        return "schedule", " ".join((*path, text))
    if hook == _SERVED:
        return "http", f"ANY /api/method/{path[0]}" if path else f"ANY /api/method/{text}"
    if hook == _EVENTS and len(path) > 1:
        return "signal", f"{path[0]} {path[1]}"
    return "signal", " ".join((hook, *path))


def handlers_of(linked: Linked) -> dict[str, dict[str, list[Scope]]]:
    """The type of a document, ``*`` for all -> what happens to it -> the functions that are told of it."""
    found: dict[str, dict[str, list[Scope]]] = {}
    for module in _modules(linked):
        for path, text in _texts(_stated(linked, module, _EVENTS)):
            if len(path) > 1:
                of_event = found.setdefault(path[0], {}).setdefault(path[1], [])
                of_event += functions_named(linked, text, module.top)
    return found


def replaced_classes(linked: Linked) -> dict[str, Scope]:
    """The type of a document -> the class that the hooks put in place of its own."""
    found: dict[str, Scope] = {}
    for module in _modules(linked):
        for path, text in _texts(_stated(linked, module, _CLASSES)):
            classes = [cls for cls in _named(linked, text, module.top) if not cls.is_function]
            if path and classes:
                found[path[0]] = classes[0]
    return found


def functions_named(linked: Linked, text: str, scope: Scope) -> list[Scope]:
    """The functions of the application that a dotted name means."""
    return [found for found in _named(linked, text, scope) if found.is_function]


def _named(linked: Linked, text: str, scope: Scope) -> Iterator[Scope]:
    if linked.engine.loading is None or "." not in text:
        return
    for module, name in linked.engine.loading.named(text, scope):
        for inner in module.scopes if name and not module.library else ():
            if inner.parent is module.top and inner.facts.name == name:
                yield inner


def is_used(linked: Linked) -> bool:
    """Whether the application imports Frappe."""
    return any(PACKAGE in module.facts.packages for module in linked.program.modules if not module.library)


def _modules(linked: Linked) -> Iterator[Module]:
    """The hooks of each application, beside its packages: ``shop.hooks``."""
    if is_used(linked):
        for module in linked.program.modules:
            if not module.library and module.name.count(".") == 1 and module.name.endswith(".hooks"):
                yield module


def _stated(linked: Linked, module: Module, hook: str) -> Any:
    ref = module.top.facts.names.get(hook)
    return linked.engine.names.constants.plain_data(module.top, ref) if ref is not None else None


def _texts(data: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in plain data, each with the keys that lead to it."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict) and len(path) < _MAX_DEPTH:
        for key, inner in data.items():
            yield from _texts(inner, *path, str(key))
    elif isinstance(data, list | tuple) and len(path) < _MAX_DEPTH:
        for inner in data:
            yield from _texts(inner, *path)
