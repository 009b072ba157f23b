"""Settings and identities that the application asks its surroundings for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.libraries import surroundings as known
from decompose.linking.program import Module, Scope
from decompose.system.model import Dependency, Need
from decompose.system.surroundings.given_identities import identities_given
from decompose.system.surroundings.named_settings import through_names

_CAPITALS = re.compile(r"^[A-Z][A-Z0-9_]+$")
_LOOKUPS = frozenset({"get", "pop", "setdefault", "str", "bool", "int", "list", "getenv", "getint", "getboolean"})


class _Names:
    """What the names of a module mean that frameworks give settings or identities by."""

    def __init__(self, module: Module) -> None:
        self.settings: set[str] = set()
        self.environments: set[str] = set()
        self.functions: set[str] = set()
        self.identities: set[str] = set()
        self.gives_identities = not known.GIVING_PACKAGES.isdisjoint(module.facts.packages)
        imported = {o[1]: (o[3], o[4]) for o in module.top.facts.ops if o[0] == Op.FROM and not o[2]}
        for name, ref in module.top.facts.names.items() if imported else ():
            origin = imported.get(ref) if type(ref) is int else None
            if origin in known.SETTINGS_OBJECTS:
                self.settings.add(name)
            elif origin in known.ENVIRONMENTS:
                self.environments.add(name)
            elif origin in known.ENVIRONMENT_FUNCTIONS:
                self.functions.add(name)
            elif origin in known.IDENTITY_OBJECTS:
                self.identities.add(name)


def needs_of(
    linked: Linked, scopes: Sequence[Scope], dependencies: Iterable[Dependency], wide: frozenset[str]
) -> tuple[list[Need], dict[int, list[list[Any]]]]:
    """What the application asks for; and for each scope the operations on attributes that are named as ``wide`` columns."""
    names = {module.index: _Names(module) for module in linked.program.modules if not module.library}
    found: dict[tuple[str, str, str], Need] = {}
    readers: dict[str, int] = {}
    columns: dict[int, list[list[Any]]] = {}
    for scope in scopes:
        if scope.facts.kind == ScopeKind.CLASS:
            continue
        if names[scope.module.index].gives_identities and scope.is_function:
            for name in identities_given(linked, scope):
                _keep(found, scope, "identity", name, scope.facts.line)
        candidates, of_columns = _candidates(scope, names[scope.module.index], wide)
        if of_columns and scope.is_function:
            columns[scope.index] = of_columns
        for operation in candidates:
            for kind, name in _asked(scope, operation, names[scope.module.index], readers):
                _keep(found, scope, kind, name, operation[-1])
    _through_own_functions(linked, readers, dependencies, found)
    for need in list(through_names(linked, found.values())):
        found.setdefault((need.definition, need.kind, need.name), need)
    return sorted(found.values(), key=lambda n: (n.file, n.line, n.definition, n.kind, n.name)), columns


def _keep(found: dict[tuple[str, str, str], Need], scope: Scope, kind: Any, name: str, line: int) -> None:
    found.setdefault(
        (scope.definition, kind, name),
        Need(kind=kind, name=name, definition=scope.definition, file=scope.module.file, line=line),
    )


def _candidates(scope: Scope, names: _Names, wide: frozenset[str]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The few operations of a scope that are worth a look; the one loop here that sees every operation."""
    asking: list[list[Any]] = []
    columns: list[list[Any]] = []
    attributes, free, settings = known.IDENTITY_ATTRIBUTES, Op.FREE, bool(names.settings)
    for operation in scope.facts.ops:
        code = operation[0]
        if code == 1:  # ATTRIBUTE
            name = operation[3]
            if name in wide:
                columns.append(operation)
            if name in attributes or "user" in name or (settings and name.isupper()):
                asking.append(operation)
        elif code == 3:  # CALL
            if operation[3] and not isinstance(operation[3][0], list):
                argument = operation[3][0]
                if argument.isupper() if isinstance(argument, str) else argument >= 0:
                    asking.append(operation)
        elif code == 4:  # ITEM
            if not isinstance(operation[3], list):
                asking.append(operation)
        elif code == free:
            if "user" in operation[2] or operation[2] in names.identities:
                asking.append(operation)
        elif code == 2 and operation[2] in wide:  # SET_ATTRIBUTE
            columns.append(operation)
    return asking, columns


def _asked(scope: Scope, operation: list[Any], names: _Names, readers: dict[str, int]) -> Iterator[tuple[str, str]]:
    """What an operation asks for; a function that asks for what its parameter names is noted in ``readers``."""
    code = operation[0]
    if code == Op.FREE:
        if operation[2] in names.identities or known.CURRENT_USER.match(operation[2]):
            yield "identity", operation[2]
    elif code == Op.ATTRIBUTE:
        name = operation[3]
        if names.settings and name.isupper() and _named(scope, operation[2]) in names.settings:
            yield "setting", name
        elif name in known.IDENTITY_ATTRIBUTES or known.CURRENT_USER.match(name):
            holder = _named(scope, operation[2])
            if holder.rpartition(".")[2] in known.REQUEST_OBJECTS:
                yield "identity", f"{holder}.{name}"
            elif known.CURRENT_USER.match(name):
                yield "identity", name
    else:
        argument = operation[3] if code == Op.ITEM else operation[3][0]
        position = -1
        if not isinstance(argument, str):
            position = next((i for i, p in enumerate(scope.facts.parameters) if p[1] == argument), -1)
            if position < 0:
                return
        elif not _CAPITALS.match(argument):
            return
        asked = _named(scope, operation[2])
        holder, _, last = asked.rpartition(".")
        if code == Op.ITEM:
            asks = asked in names.environments or last in known.SETTINGS_MAPPINGS
        else:
            mapping = holder in names.environments or holder.rpartition(".")[2] in known.SETTINGS_MAPPINGS
            asks = asked in names.functions or (last in _LOOKUPS and mapping) or asked == "os.getenv"
        if asks and isinstance(argument, str):
            yield "setting", argument
        elif asks:
            given = position - (scope.is_method and scope.facts.flavour != "static")
            if given >= 0:  # what it asks for is not the object itself
                readers.setdefault(scope.definition, given)


def _through_own_functions(
    linked: Linked,
    readers: dict[str, int],
    dependencies: Iterable[Dependency],
    found: dict[tuple[str, str, str], Need],
) -> None:
    """``setting("NAME")``, where the application's own function looks its parameter up."""
    lines: dict[str, dict[int, int]] = defaultdict(dict)
    for dependency in dependencies if readers else ():
        position = readers.get(dependency.target)
        if position is not None and dependency.kind == "call":
            lines[dependency.source][dependency.line] = position
    for scope in linked.program.scopes if lines else ():
        here = lines.get(scope.definition)
        if here is None or scope.library:
            continue
        for operation in scope.facts.ops:
            if operation[0] == Op.CALL and operation[5] in here and here[operation[5]] < len(operation[3]):
                argument = operation[3][here[operation[5]]]
                if isinstance(argument, str) and _CAPITALS.match(argument):
                    _keep(found, scope, "setting", argument, operation[5])


def _named(scope: Scope, ref: Any, depth: int = 0) -> str:
    """The dotted name by which a value was reached, or the empty string."""
    if type(ref) is not int or ref < 0 or depth > 4:
        return ""
    for parameter in scope.facts.parameters:
        if parameter[1] == ref:
            return str(parameter[0])
    for operation in scope.operations_producing(ref):
        match operation[0]:
            case Op.FREE:
                return str(operation[2])
            case Op.FROM:
                return str(operation[4])
            case Op.IMPORT:
                return str(operation[3])
            case Op.ATTRIBUTE:
                holder = _named(scope, operation[2], depth + 1)
                return f"{holder}.{operation[3]}" if holder else str(operation[3])
    return ""
