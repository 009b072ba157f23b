"""What Django's settings say about every request, read as data."""

from __future__ import annotations

from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.linked import Linked

_ATOMIC = "ATOMIC_REQUESTS"


def requests_in_transactions(linked: Linked) -> bool:
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


def views_outside_of_transactions(linked: Linked) -> set[str]:
    """The views that are decorated to run without the transaction around each request, by their definition."""
    sites = linked.sites_calling("django.db.transaction:non_atomic_requests")
    return {
        scope.definition
        for site in sites
        for holder in (site, *linked.decorations(site))
        if holder.arguments
        for scope in linked.functions_among(linked.argument_values(holder, holder.arguments[0]))
    }


def _parts(operation: list[Any]) -> list[Ref]:
    return operation[3] if operation[0] == Op.CONTAINER else [operation[2]]


def _is_true(ref: Ref) -> bool:
    return isinstance(ref, list) and ref[0] == "c" and ref[1] is True


def _says_so(ref: Ref | None) -> bool:
    """Whether plain data holds the setting, at any depth."""
    return isinstance(ref, list) and ref[0] == "c" and _holds(ref[1])


def _holds(data: Any) -> bool:
    return isinstance(data, dict) and (data.get(_ATOMIC) is True or any(_holds(inner) for inner in data.values()))
