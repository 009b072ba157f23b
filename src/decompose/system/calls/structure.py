"""Dependencies that run nothing: inheritance, imports, and names of classes and functions that are used."""

from __future__ import annotations

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.calls.evidence import in_order
from decompose.system.calls.placement import Placement
from decompose.system.model import Dependency

_IMPORTS = frozenset({Op.FROM, Op.IMPORT})
_FREE = Op.FREE


def structural_dependencies(linked: Linked, placement: Placement) -> list[Dependency]:
    """Inheritance, imports, and names of classes and functions that are used without being called."""
    edges: dict[tuple[str, str, str], Dependency] = {}
    modules = {module.name: module for module in linked.program.modules if not module.library}
    for scope in linked.program.scopes:
        if scope.library:
            continue
        if scope.facts.kind == ScopeKind.CLASS:
            for base in linked.names.inheritance.bases(scope):
                description = linked.values[base]
                if description[0] == "C":
                    _link(edges, placement, scope, linked.program.scopes[description[1]], "inherit", scope.facts.line)
        for operation in scope.facts.ops:
            if operation[0] in _IMPORTS:
                kind = "type-import" if operation[-2] else "import"
                values = linked.names.evaluate(scope, operation[1])
                for value in values:
                    description = linked.values[value]
                    if description[0] in ("C", "F"):
                        target = linked.program.scopes[description[1]]
                        _link(edges, placement, scope, target, kind, operation[-1])
                    elif description[0] == "M":
                        module = linked.program.modules[description[1]]
                        _link(edges, placement, scope, module.top, kind, operation[-1])
                if not values and operation[0] == Op.FROM:
                    name = linked.program.absolute_name(scope.module, operation[2], operation[3])
                    if name in modules:
                        _link(edges, placement, scope, modules[name].top, kind, operation[-1])
            elif operation[0] == _FREE and scope.facts.kind != ScopeKind.MODULE:
                for value in linked.names.evaluate(scope, operation[1]):
                    description = linked.values[value]
                    if description[0] in ("C", "F"):
                        target = linked.program.scopes[description[1]]
                        _link(edges, placement, scope, target, "reference", operation[-1])
    return sorted(edges.values(), key=in_order)


def _link(
    edges: dict[tuple[str, str, str], Dependency],
    placement: Placement,
    source: Scope,
    target: Scope,
    kind: str,
    line: int,
) -> None:
    if target.library or (
        target.module is source.module and kind != "inherit" and target.definition == source.definition
    ):
        return
    key = (source.definition, target.definition, kind)
    if key not in edges:
        edges[key] = Dependency(
            source=source.definition,
            target=target.definition,
            kind=kind,
            resolution="exact",
            rule="name",
            file=source.module.file,
            line=line,
            source_unit=placement.unit_of(source),
            target_unit=placement.unit_of(target),
        )
