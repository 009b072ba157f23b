"""The definitions of the application, and the units in which they move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.calls.placement import Placement
from decompose.system.model import Definition, DefinitionKind, Unit
from decompose.system.words import words_of

_MAX_TERMS = 80
_KINDS: dict[int, DefinitionKind] = {
    ScopeKind.MODULE: "module",
    ScopeKind.CLASS: "class",
    ScopeKind.FUNCTION: "function",
}
_SILENT_OPERATIONS = frozenset(
    {Op.IMPORT, Op.FROM, Op.FUNCTION, Op.CLASS, Op.COPY, Op.IMPORT_STAR, Op.FREE, Op.TYPED, Op.TYPE_VARIABLE}
)


def definitions_of(linked: Linked, placement: Placement) -> list[Definition]:
    """Everything that the application defines, sorted; of several of one name the first."""
    found: dict[str, Definition] = {}
    for scope in _own_scopes(linked):
        if scope.facts.kind == ScopeKind.LAMBDA or scope.definition in found:
            continue
        found[scope.definition] = Definition(
            id=scope.definition,
            kind=_KINDS[scope.facts.kind],
            file=scope.module.file,
            line=scope.facts.line,
            end_line=max(scope.facts.end_line, scope.facts.line),
            unit=placement.unit_of(scope),
        )
    return sorted(found.values(), key=lambda d: d.id)


def units_of(linked: Linked, placement: Placement, models: dict[str, str], busy: set[str]) -> list[Unit]:
    """What moves as a whole, sorted: classes and functions of modules, and modules that do something when they are loaded.

    ``models``: class -> its table; ``busy``: modules that call, are called, or touch a table.
    """
    found: dict[str, Unit] = {}
    inner_terms: dict[str, list[str]] = {}
    inner_lines: Counter[str] = Counter()
    for scope in _own_scopes(linked):
        words = inner_terms.setdefault(placement.unit_of(scope), [])
        words += words_of(scope.facts.name)
        words += words_of(" ".join(scope.facts.terms))
        if scope.parent is not None and scope.parent.facts.kind == ScopeKind.MODULE:
            inner_lines[f"{scope.module.name}:"] += scope.facts.end_line - scope.facts.line + 1
    for scope in _own_scopes(linked):
        facts = scope.facts
        top = scope.parent is not None and scope.parent.facts.kind == ScopeKind.MODULE
        if facts.kind == ScopeKind.LAMBDA or scope.definition in found:
            continue
        if facts.kind == ScopeKind.MODULE:
            if not _does_something(scope) and scope.definition not in busy:
                continue
            lines = max(facts.end_line - inner_lines[scope.definition], 0)
        elif top:
            lines = facts.end_line - facts.line + 1
        else:
            continue
        terms = Counter([*inner_terms[scope.definition], *words_of(scope.module.name.rpartition(".")[2])])
        found[scope.definition] = Unit(
            id=scope.definition,
            kind=_KINDS[facts.kind],
            file=scope.module.file,
            line=facts.line,
            end_line=max(facts.end_line, facts.line),
            lines=lines,
            model_of=models.get(scope.definition, ""),
            terms=tuple(word for word, _ in sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:_MAX_TERMS]),
        )
    return sorted(found.values(), key=lambda unit: unit.id)


def _own_scopes(linked: Linked) -> Iterable[Scope]:
    return (scope for scope in linked.program.scopes if not scope.library)


def _does_something(module: Scope) -> bool:
    """Whether a module's top level has code of its own: more than imports, definitions and constants."""
    return any(
        operation[0] not in _SILENT_OPERATIONS and not (operation[0] == Op.BINARY and operation[4] == "bool")
        for operation in module.facts.ops
    )
