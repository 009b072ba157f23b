"""What Django's settings say about every request, read as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_ATOMIC = "ATOMIC_REQUESTS"
_PROCESSORS = "context_processors"


def atomic_requests(linked: Linked) -> bool:
    """Whether ``ATOMIC_REQUESTS`` is on, for any of the databases."""
    for module in linked.program.modules:
        if module.library or "settings" not in module.name:
            continue
        if _says_so(module.top.facts.names.get("DATABASES")):
            return True
        for operation in module.top.facts.ops:
            match operation[0]:
                case Op.CONTAINER if operation[4] and _ATOMIC in operation[4]:
                    if _is_true(operation[3][operation[4].index(_ATOMIC)]):
                        return True
                case Op.CONTAINER | Op.COPY if any(_says_so(part) for part in _parts(operation)):
                    return True
                case Op.SET_ITEM if operation[2] == _ATOMIC and _is_true(operation[3]):
                    return True
    return False


def context_processors(linked: Linked) -> Iterator[Scope]:
    """The functions of the application that the settings name to add to what every template of a request gets."""
    for name in texts_under(linked, _PROCESSORS):
        scope = scope_at(linked, name)
        if scope is not None and scope.is_function:
            yield scope


def texts_under(linked: Linked, setting: str) -> list[str]:
    """The texts that the settings list under a name, or the one text there, in whatever dictionary."""
    found: dict[str, None] = {}
    for module in linked.program.modules:
        if module.library or "settings" not in module.name:
            continue
        for operation in module.top.facts.ops:
            if operation[0] == Op.CONTAINER and operation[4] and setting in operation[4]:
                found.update(dict.fromkeys(_texts(module.top, operation[3][operation[4].index(setting)])))
            for part in _parts(operation) if operation[0] in (Op.CONTAINER, Op.COPY) else ():
                found.update(dict.fromkeys(_said_at(part, setting)))
        for ref in module.top.facts.names.values():
            found.update(dict.fromkeys(_said_at(ref, setting)))
    return list(found)


def _texts(scope: Scope, ref: Ref) -> list[str]:
    """The texts of a list: plain data, or put together in the code."""
    if isinstance(ref, str):
        return [ref]
    if isinstance(ref, list) and ref[0] == "c":
        return [text for text in ref[1] if isinstance(text, str)] if isinstance(ref[1], list) else []
    made = scope.operations_producing(ref)
    return [text for o in made if o[0] == Op.CONTAINER for text in o[3] if isinstance(text, str)]


def _said_at(ref: Ref, name: str) -> Iterator[str]:
    """The texts that plain data holds under a name, at any depth."""
    waiting = [ref[1]] if isinstance(ref, list) and ref[0] == "c" else []
    while waiting:
        data = waiting.pop()
        told = data.get(name) if isinstance(data, dict) else None
        if told is not None:
            yield from (text for text in (told if isinstance(told, list) else [told]) if isinstance(text, str))
        if isinstance(data, (dict, list)):
            waiting += data.values() if isinstance(data, dict) else data


_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "dispatch")


def views_outside_of_transactions(linked: Linked) -> set[str]:
    """The views that are decorated to run without the transaction around each request, by their definition."""
    name = "django.db.transaction:non_atomic_requests"
    found = {
        scope.definition
        for site in linked.sites_calling(name)
        for holder in (site, *linked.decorations(site))
        if holder.arguments
        for scope in linked.functions_among(linked.argument_values(holder, holder.arguments[0]))
    }
    return found | {scope.definition for scope, _ in _methods_decorated(linked, name)}


def methods_in_transactions(linked: Linked) -> Iterator[tuple[Scope, int]]:
    """The methods that ``method_decorator`` puts a transaction around, each with the line that says so."""
    yield from _methods_decorated(linked, "django.db.transaction:atomic")


def _methods_decorated(linked: Linked, decorator: str) -> Iterator[tuple[Scope, int]]:
    """What ``@method_decorator(decorator)`` decorates: a method, or methods of a class that ``name`` names."""
    made = {(site.frame.scope.index, site.operation[1]) for site in linked.sites_calling(decorator)}
    for site in linked.sites_calling("django.utils.decorators:method_decorator"):
        given = site.argument(0, "decorator")
        plain = (linked.values[value] for value in linked.argument_values(site, given))
        named = any(d[0] == "F" and linked.program.scopes[d[1]].definition == decorator for d in plain)
        origin = linked.origin(site.frame.scope, given)
        if not named and (origin is None or (origin.scope.index, origin.operation[1]) not in made):
            continue
        name = linked.keyword(site.frame.scope, site.operation, "name", 1)
        for decoration in linked.decorations(site):
            for scope in linked.functions_among(linked.argument_values(decoration, decoration.arguments[0])):
                if scope.is_function:
                    yield scope, decoration.line
                elif isinstance(name, str):
                    methods = _METHODS if name == "dispatch" else (name,)
                    inner = (s for s in scope.module.scopes if s.parent is scope and s.facts.name in methods)
                    yield from ((method, decoration.line) for method in inner)


def _parts(operation: list[Any]) -> list[Ref]:
    return operation[3] if operation[0] == Op.CONTAINER else [operation[2]]


def _is_true(ref: Ref) -> bool:
    return isinstance(ref, list) and ref[0] == "c" and ref[1] is True


def _says_so(ref: Ref | None) -> bool:
    """Whether plain data holds the setting, at any depth."""
    return isinstance(ref, list) and ref[0] == "c" and _holds(ref[1])


def _holds(data: Any) -> bool:
    return isinstance(data, dict) and (data.get(_ATOMIC) is True or any(_holds(inner) for inner in data.values()))
