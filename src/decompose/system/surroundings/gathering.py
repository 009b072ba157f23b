"""What code takes from its surroundings, and how it is called: facts that a plan needs besides the edges."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from decompose.facts import FileFacts, ScopeKind
from decompose.facts.records import ParameterKind
from decompose.linking import Linked
from decompose.linking.libraries import surroundings as known
from decompose.linking.program import Scope
from decompose.sources import SourceFile, SourceTree
from decompose.system.calls.behaviour import changed_objects, returned_types, written
from decompose.system.calls.placement import Placement
from decompose.system.model import Dependency, Surroundings
from decompose.system.schema.tables import Schema
from decompose.system.surroundings.given_rows import given_rows
from decompose.system.surroundings.needs import needs_of
from decompose.system.surroundings.tested import tests_of
from decompose.system.surroundings.wide_columns import columns_used

_SELF = frozenset({"self", "cls"})


def surroundings_of(
    tree: SourceTree,
    linked: Linked,
    placement: Placement,
    schema: Schema,
    application: Sequence[tuple[SourceFile, FileFacts]],
    dependencies: Sequence[Dependency],
    external: Iterable[Dependency],
    wide: Mapping[str, frozenset[str]],
) -> Surroundings:
    """Everything of the application that is no edge and yet decides how a service can be taken out.

    ``dependencies`` are calls within the application, ``external`` those of libraries; ``wide`` as `wide_tables` tells.
    """
    scopes = [scope for scope in linked.program.scopes if not scope.library]
    names = [m.name for m in linked.program.modules if not m.library]
    own = {name.partition(".")[0] for name in names}
    functions = [s for s in scopes if s.facts.kind == ScopeKind.FUNCTION]
    needs, on_columns = needs_of(linked, scopes, dependencies, frozenset().union(*wide.values()))
    return Surroundings(
        signatures={s.definition: _signature(s) for s in functions if s.facts.parameters},
        returns=returned_types(linked, functions),
        changing=changed_objects(linked, functions),
        given=given_rows(linked, schema, functions),
        raising=tuple(sorted(_raising(linked, external))),
        imports=_imports(linked, frozenset(names)),
        packages=_packages(application, own),
        needs=tuple(needs),
        loops={f.path: tuple((a, b) for a, b in facts.loops) for f, facts in application if facts.loops},
        looped={f.path: _by_line(facts.looped) for f, facts in application if facts.looped},
        dropped={f.path: _by_line(facts.dropped) for f, facts in application if facts.dropped},
        entered={f.path: _by_line(facts.entered) for f, facts in application if facts.entered},
        columns=tuple(columns_used(linked, placement, schema, wide, on_columns)),
        tests=tuple(tests_of(tree, frozenset(names))),
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


def _by_line(calls: Iterable[list[Any]]) -> dict[int, tuple[str, ...]]:
    lines: dict[int, tuple[str, ...]] = {}
    for line, name in calls:
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
