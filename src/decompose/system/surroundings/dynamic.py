"""What only running would tell: code that is loaded, made or looked up by names that are computed."""

from __future__ import annotations

from typing import Any

from decompose.facts import Op
from decompose.facts.records import HOLE, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.system.model import BlindSpot

_DYNAMIC = {"__import__": "dynamic import", "exec": "code run from text", "eval": "code run from text"}
_NAMESPACES = frozenset({"globals", "locals", "vars"})
_GETTERS = frozenset({"get", "pop", "__getitem__"})
_MAX_STEPS = 20


def dynamic_code(linked: Linked) -> list[BlindSpot]:
    """Imports, code from text, and calls of what was looked up by a computed name; one for each kind and line."""
    found: dict[tuple[str, int, str], BlindSpot] = {}
    lookups: dict[int, dict[int, str]] = {}
    unknown: list[tuple[Site, str, str]] = []
    for site, module, name in linked.external_sites():
        if module == "builtins" and not site.frame.scope.library:
            if name in _DYNAMIC and not _is_evaluated(site):
                unknown.append((site, name, _DYNAMIC[name]))
            elif site.kind == "call" and (name == "getattr" or name in _NAMESPACES):
                lookups.setdefault(site.frame.scope.index, {})[site.operation[1]] = name
    unknown += [(site, name, "dynamic import") for site, name in linked.unknown_loads()]
    for site, name, kind in unknown:
        scope = site.frame.scope
        if not scope.library:
            _add(found, scope, kind, site.line, f"{name}() of a value that only running would tell")
    for index, made in sorted(lookups.items()):
        scope = linked.program.scopes[index]
        for operation in scope.facts.ops:
            name = _looked_up(linked, scope, operation[2], made, _MAX_STEPS) if operation[0] == Op.CALL else ""
            if name:
                reason = f"what {name}() gives for a computed name is called"
                _add(found, scope, "dynamic attribute", operation[-1], reason)
    return list(found.values())


def _is_evaluated(site: Site) -> bool:
    """Whether the text of a call of ``eval`` was read, so that its result is more than what the call gives."""
    return len(site.frame.scope.operations_producing(site.operation[1])) > 1


def _add(found: dict[tuple[str, int, str], BlindSpot], scope: Scope, kind: str, line: int, reason: str) -> None:
    found[scope.definition, line, kind] = BlindSpot(
        kind=kind, definition=scope.definition, file=scope.module.file, line=line, reason=reason
    )


def _looked_up(linked: Linked, scope: Scope, node: Ref, made: dict[int, str], steps: int) -> str:
    """The built-in by which a value was looked up under a computed name; empty if it was not.

    ``made`` are the nodes that calls of such built-ins make.
    """
    for operation in scope.operations_producing(node) if steps else ():
        match operation[0]:
            case Op.COPY | Op.NARROW:
                name = _looked_up(linked, scope, operation[2], made, steps - 1)
            case Op.CALL if made.get(operation[1]) == "getattr":
                name = "getattr" if len(operation[3]) > 1 and _is_computed(linked, scope, operation[3][1]) else ""
            case Op.CALL if operation[3] and _is_computed(linked, scope, operation[3][0]):
                getters = [o for o in scope.operations_producing(operation[2]) if _is_getter(o)]
                name = _namespace(scope, getters[0][2], made, steps) if getters else ""
            case Op.ITEM if _is_computed(linked, scope, operation[3]):
                name = _namespace(scope, operation[2], made, steps)
            case _:
                name = ""
        if name:
            return name
    return ""


def _is_getter(operation: list[Any]) -> bool:
    return operation[0] == Op.ATTRIBUTE and operation[3] in _GETTERS


def _namespace(scope: Scope, node: Ref, made: dict[int, str], steps: int) -> str:
    """The built-in that gave a dictionary of names."""
    if type(node) is int and made.get(node) in _NAMESPACES:
        return made[node]
    for operation in scope.operations_producing(node) if steps else ():
        if operation[0] == Op.COPY and (name := _namespace(scope, operation[2], made, steps - 1)):
            return name
    return ""


def _is_computed(linked: Linked, scope: Scope, ref: Ref) -> bool:
    origin = linked.origin(scope, ref)
    if origin is not None and origin.operation[0] == Op.CALL:
        return True
    text = linked.constant(scope, ref)
    return not isinstance(text, str) or HOLE in text
