"""What code takes from its surroundings, and how it is called: facts that a plan needs besides the edges."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from decompose.facts import FileFacts, Op, ScopeKind
from decompose.facts.records import ParameterKind
from decompose.linking import Linked
from decompose.linking.libraries import surroundings as known
from decompose.linking.program import Module, Scope
from decompose.sources import SourceFile, SourceTree
from decompose.system.calls.behaviour import changed_objects, returned_types, written
from decompose.system.calls.placement import Placement
from decompose.system.model import ColumnUse, Dependency, Need, Operation, Surroundings, Table, TestFile
from decompose.system.schema.tables import Schema
from decompose.system.surroundings.named_settings import through_names

WIDE = 8
"""A table is looked at column by column if it has at least this many that are no keys."""

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([^\n#]+))", re.MULTILINE
)
_HAS_TESTS = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test|^class[ \t]+\w*Test|^>>>|^[ \t]+>>>", re.MULTILINE)
_PATH = re.compile(rb"[\"'](/[\w/{}<>:.-]+)[\"'/?]")
_CAPITALS = re.compile(r"^[A-Z][A-Z0-9_]+$")
_SELF = frozenset({"self", "cls"})
_MAX_TESTED_PATHS = 200
_LOOKUPS = frozenset({"get", "pop", "setdefault", "str", "bool", "int", "list", "getenv", "getint", "getboolean"})


def surroundings_of(
    tree: SourceTree,
    linked: Linked,
    placement: Placement,
    schema: Schema,
    application: Sequence[tuple[SourceFile, FileFacts]],
    dependencies: Sequence[Dependency],
    external: Iterable[Dependency],
) -> Surroundings:
    """Everything of the application that is no edge and yet decides how a service can be taken out.

    ``dependencies`` are calls within the application, ``external`` those of libraries.
    """
    scopes = [scope for scope in linked.program.scopes if not scope.library]
    names = [m.name for m in linked.program.modules if not m.library]
    own = {name.partition(".")[0] for name in names}
    functions = [s for s in scopes if s.facts.kind == ScopeKind.FUNCTION]
    wide = _wide_tables(schema)
    needs, on_columns = _needs(linked, scopes, dependencies, frozenset().union(*wide.values()))
    return Surroundings(
        signatures={s.definition: _signature(s) for s in functions if s.facts.parameters},
        returns=returned_types(linked, functions),
        changing=changed_objects(linked, functions),
        raising=tuple(sorted(_raising(linked, external))),
        imports=_imports(linked, frozenset(names)),
        packages=_packages(application, own),
        needs=tuple(needs),
        loops={f.path: tuple((a, b) for a, b in facts.loops) for f, facts in application if facts.loops},
        looped={f.path: _by_line(facts.looped) for f, facts in application if facts.looped},
        dropped={f.path: _by_line(facts.dropped) for f, facts in application if facts.dropped},
        columns=tuple(_columns(linked, placement, schema, wide, on_columns)),
        tests=tuple(_tests(tree, frozenset(names))),
    )


def _raising(linked: Linked, external: Iterable[Dependency]) -> set[str]:
    """The definitions that raise, by themselves or by a library's function that is there for it."""
    raising = {m.scopes[i].definition for m in linked.program.modules if not m.library for i in m.facts.raising}
    raising.update(
        d.source for d in external if d.target in known.REFUSING or _last(d.target) in known.REFUSING_METHODS
    )
    return raising


def _last(target: str) -> str:
    return target.rpartition(":")[2].rpartition(".")[2]


def _by_line(dropped: Iterable[list[Any]]) -> dict[int, tuple[str, ...]]:
    lines: dict[int, tuple[str, ...]] = {}
    for line, name in dropped:
        lines[line] = (*lines.get(line, ()), name)
    return lines


def _packages(application: Sequence[tuple[SourceFile, FileFacts]], own: set[str]) -> dict[str, tuple[str, ...]]:
    inside = own | sys.stdlib_module_names | {"__future__"}
    found = {file.path: tuple(p for p in facts.packages if p not in inside) for file, facts in application}
    return {path: packages for path, packages in found.items() if packages}


def _imports(linked: Linked, names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Module -> modules of the application that it imports: what a tool that reads only imports would see."""
    found: dict[str, tuple[str, ...]] = {}
    for module in linked.program.modules:
        if module.library:
            continue
        asked: set[str] = set()
        for level, name, inner in module.facts.imported:
            base = linked.program.absolute_name(module, level, name)
            asked.add(f"{base}.{inner}" if inner and f"{base}.{inner}" in names else base)
        asked |= {linked.program.absolute_name(module, level, name) for level, name in module.facts.stars}
        inside = sorted((asked & names) - {module.name})
        if inside:
            found[module.name] = tuple(inside)
    return dict(sorted(found.items()))


# How functions are called


def _signature(function: Scope) -> str:
    """The parameters as written: ``user, address_id: int, *, gateway=None``."""
    parts: list[str] = []
    keyword_only = False
    for position, (name, _, annotation, default, kind) in enumerate(function.facts.parameters):
        if position == 0 and name in _SELF and function.is_method:
            continue
        if kind == ParameterKind.STAR:
            keyword_only = True
            text = f"*{name}"
        elif kind == ParameterKind.STAR_STAR:
            text = f"**{name}"
        else:
            if kind == ParameterKind.KEYWORD and not keyword_only:
                keyword_only = True
                parts.append("*")
            text = name
        if annotation:
            text += f": {written(annotation)}"
        if default is not None:
            text += f"={_constant(default)}" if not annotation else f" = {_constant(default)}"
        parts.append(text)
    return ", ".join(parts)


def _constant(ref: Any) -> str:
    if isinstance(ref, str):
        return repr(ref) if len(ref) < 40 else "..."
    if isinstance(ref, list) and ref[0] == "c" and not isinstance(ref[1], list | dict):
        return repr(ref[1])
    return "..."


# Settings and identity


class _Names:
    """What the names of a module mean that frameworks give settings or identities by."""

    def __init__(self, module: Module) -> None:
        self.settings: set[str] = set()
        self.environments: set[str] = set()
        self.functions: set[str] = set()
        self.identities: set[str] = set()
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


def _needs(
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
            readers.setdefault(scope.definition, position - (1 if scope.is_method else 0))


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


# Columns of wide tables


def _wide_tables(schema: Schema) -> dict[str, frozenset[str]]:
    """The tables that are looked at column by column, with those of their columns that are no keys."""
    wide = {table.name: _plain_columns(schema, table) for table in schema.tables.values() if len(table.columns) > WIDE}
    return {name: columns for name, columns in wide.items() if len(columns) >= WIDE}


def _columns(
    linked: Linked,
    placement: Placement,
    schema: Schema,
    wide: dict[str, frozenset[str]],
    wanted: dict[int, list[list[Any]]],
) -> Iterator[ColumnUse]:
    tables: dict[int, str | None] = {}
    found: dict[tuple[str, str, Operation, str, str, str, int], bool] = {}
    engine = linked.engine
    passing = {index: _handed_through(linked.program.scopes[index], operations) for index, operations in wanted.items()}
    for frame in engine.frames:
        scope = frame.scope
        for number, operation in enumerate(wanted.get(scope.index, ())):
            reading = operation[0] == Op.ATTRIBUTE
            base, name = (operation[2], operation[3]) if reading else (operation[1], operation[2])
            for value in engine.values_of(engine.node_of(frame, base)):
                described = linked.values[value]
                cls = described[1] if described[0] in ("I", "C") else -1
                if cls not in tables:
                    tables[cls] = _table_of(linked, schema, cls) if cls >= 0 else None
                table = tables[cls]
                if table is None or name not in wide.get(table, ()):
                    continue
                unit = placement.acting_unit(scope, frame.receiver)
                doing: Operation = "read" if reading else "update"
                key = (table, name, doing, scope.definition, unit, scope.module.file, operation[4])
                # Of several uses on a line one that is more than handing through counts.
                found[key] = found.get(key, True) and number in passing[scope.index]
    for (table, name, doing, definition, unit, file, line), handed in sorted(found.items()):
        yield ColumnUse(
            table=table, column=name, operation=doing, definition=definition, unit=unit, file=file, line=line,
            handed_through=handed,
        )  # fmt: skip


def _handed_through(scope: Scope, operations: Sequence[list[Any]]) -> frozenset[int]:
    """Which of some reads and writes of attributes only hand a value through, by position.

    Read into a dictionary, as serialisers do; set to what a parameter gives, as forms do; or emptied.
    """
    kept = {
        element
        for operation in scope.facts.ops
        if operation[0] == Op.CONTAINER and operation[2] == "dict"
        for element in operation[3]
        if type(element) is int
    }
    parameters = {parameter[1] for parameter in scope.facts.parameters}
    return frozenset(
        number
        for number, operation in enumerate(operations)
        if (operation[1] in kept if operation[0] == Op.ATTRIBUTE else _is_given(scope, operation[3], parameters))
    )


def _is_given(scope: Scope, ref: Any, parameters: set[int], depth: int = 0) -> bool:
    """Whether a value is what a parameter gives, or None."""
    if ref == ["c", None] or (type(ref) is int and ref in parameters):
        return True
    if type(ref) is not int or ref < 0 or depth > 3:
        return False
    origins = [o[2] for o in scope.operations_producing(ref) if o[0] in (Op.COPY, Op.NARROW)]
    return bool(origins) and all(_is_given(scope, origin, parameters, depth + 1) for origin in origins)


def _plain_columns(schema: Schema, table: Table) -> frozenset[str]:
    keys = {column for key in schema.keys.values() if key.table == table.name for column in key.columns}
    return frozenset(c.name for c in table.columns if not c.primary_key and c.name not in keys)


def _table_of(linked: Linked, schema: Schema, cls: int) -> str | None:
    scope = linked.program.scopes[cls]
    return None if scope.library else schema.table_of_class(scope)


# Tests


def _tests(tree: SourceTree, modules: frozenset[str]) -> Iterator[TestFile]:
    for file in tree.files:
        if file.role != "test":
            continue
        try:
            data = Path(tree.base, file.path).read_bytes()
        except OSError:
            continue
        if not _HAS_TESTS.search(data):
            continue  # fixtures and factories help tests and are none
        imported: set[str] = set()
        by_name: set[str] = set()
        for start, names, plain in _IMPORT.findall(data):
            if start:
                module = start.decode()
                wanted = {n.strip().partition(b" ")[0].decode(errors="replace") for n in names.strip(b"()").split(b",")}
                found = {f"{module}.{name}" for name in wanted} & modules
                imported |= found or ({module} & modules)
                if module in modules:
                    by_name |= {f"{module}:{name}" for name in wanted if name and f"{module}.{name}" not in modules}
            else:
                imported |= {n.strip().partition(b" ")[0].decode(errors="replace") for n in plain.split(b",")} & modules
        paths = sorted({path.decode(errors="replace") for path in _PATH.findall(data)})[:_MAX_TESTED_PATHS]
        if imported or paths:
            yield TestFile(
                file=file.path, modules=tuple(sorted(imported)), paths=tuple(paths), names=tuple(sorted(by_name))
            )
