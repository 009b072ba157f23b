"""Models that a mixin makes for each model that inherits it: ``self.Label = type(f"{self.__name__}Label", (Label, Base), {...})``.

A method under ``declared_attr`` runs once for each class, so each is given a class of its own before anything is linked: its body is
what the call puts into it, with the inheriting class in the place of ``self``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref, ScopeFacts, ScopeKind
from decompose.linking.made_classes import bases_of_type, is_type
from decompose.linking.program import Program, Scope

if TYPE_CHECKING:
    from decompose.linking.linked import Linked

_MADE_FOR = "__made_for__"
"""The name by which such a class has the model that it is made for."""

_MAX_STEPS = 12


class _Making(NamedTuple):
    """A call of ``type`` in a method of a mixin, and the attribute of the inheriting class that keeps what it makes."""

    function: Scope
    attribute: str
    call: list[Any]


def add_classes_of_mixins(program: Program) -> None:
    """Give each model that inherits such a mixin the classes that are made for it."""
    makings: dict[int, list[_Making]] = {}
    for module in program.modules:
        for scope in module.scopes if not module.library and "sqlalchemy" in module.facts.packages else ():
            if scope.facts.kind == ScopeKind.CLASS:
                found = list(_makings(scope))
                if found:
                    makings[scope.index] = found
    inheriting = [cls for cls in program.classes() if not cls.library] if makings else []
    served: set[tuple[int, str]] = set()
    for cls in inheriting:
        above = _ancestors(program, cls)
        for mixin in above:
            for making in makings.get(mixin.index, ()):
                if not any((other.index, making.attribute) in served for other in above):
                    served.add((cls.index, making.attribute))
                    _add(program, cls, making)


def made_for(linked: Linked, cls: Scope) -> Scope | None:
    """The model that a mixin has made a class for; None for other classes."""
    ref = cls.facts.names.get(_MADE_FOR)
    values = linked.names.evaluate(cls, ref) if ref is not None else ()
    described = (linked.values[value] for value in values)
    return next((linked.program.scopes[d[1]] for d in described if d[0] == "C"), None)


def _makings(mixin: Scope) -> Iterator[_Making]:
    for ref in mixin.facts.names.values():
        decorators = [o for o in mixin.operations_producing(ref) if o[0] == Op.DECORATE]
        function = mixin.function_below(ref) if decorators else None
        if function is None or not function.facts.parameters or not _is_declared(mixin, decorators[0]):
            continue
        own = function.facts.parameters[0][1]
        for operation in function.facts.ops:
            if operation[0] == Op.SET_ATTRIBUTE and operation[1] == own:
                for call in function.operations_producing(operation[3]):
                    if call[0] == Op.CALL and len(call[3]) == 3 and is_type(function, call[2]):
                        yield _Making(function, operation[2], call)


def _is_declared(scope: Scope, decoration: list[Any]) -> bool:
    return any("declared_attr" in o[2:5] for o in scope.operations_producing(decoration[2]))


def _ancestors(program: Program, cls: Scope) -> list[Scope]:
    """The classes above one, as far as their names tell, the nearest first."""
    found, waiting = list[Scope](), [cls]
    while waiting and len(found) < _MAX_STEPS * _MAX_STEPS:
        each = waiting.pop(0)
        above = [_class_meant(program, each.parent, ref) for ref in each.facts.bases if each.parent is not None]
        new = [base for base in above if base is not None and base not in found]
        found += new
        waiting += new
    return found


def _class_meant(program: Program, scope: Scope | None, ref: Ref) -> Scope | None:
    for _ in range(_MAX_STEPS):
        producers = scope.operations_producing(ref) if scope is not None else []
        if scope is None or len(producers) != 1:
            return None
        operation = producers[0]
        if operation[0] == Op.CLASS:
            found: Scope = scope.module.scopes[operation[2]]
            return found
        if operation[0] not in (Op.COPY, Op.FREE, Op.FROM):
            return None
        if operation[0] == Op.COPY:
            ref = operation[2]
            continue
        module, name = scope.module, operation[2]
        if operation[0] == Op.FROM:
            named = program.by_name.get(program.absolute_name(module, operation[2], operation[3]))
            if named is None:
                return None
            module, name = named, operation[4]
        holder = program.exporting_module(module, name)
        scope, ref = (holder.top, holder.top.facts.names[name]) if holder is not None else (None, -1)
    return None


def _add(program: Program, cls: Scope, making: _Making) -> None:
    function, call = making.function, making.call
    module, line = function.module, call[-1]
    top = module.top
    named = {o[1]: o[2] for o in function.facts.ops if o[0] == Op.FREE}
    bases = [top.facts.names.get(named.get(base, "")) for base in bases_of_type(function, call)]
    written = _filled(function, call[3][0], cls)
    if not bases or None in bases or not isinstance(written, str) or HOLE in written or written in top.facts.names:
        return
    facts = ScopeFacts(ScopeKind.CLASS, written, written, 0, line, line)
    facts.bases, facts.base_annotations = list(bases), [["c", None] for _ in bases]
    facts.nodes, facts.templates = function.facts.nodes + 1, function.facts.templates
    facts.ops = [o for o in function.facts.ops if o is not call and o[0] not in (Op.SET_ATTRIBUTE, Op.FUNCTION)]
    made_for = [Op.FROM, function.facts.parameters[0][1], 0, cls.module.name, cls.facts.name, False, line]
    facts.ops.insert(0, made_for)
    facts.names = {name: _filled(function, ref, cls) for name, ref in _body(function, call[3][2])}
    facts.names[_MADE_FOR] = made_for[1]
    scope = Scope(len(program.scopes), module, facts, top)
    program.scopes.append(scope)
    module.scopes.append(scope)
    _bind(top, written, lambda node: [Op.CLASS, node, len(module.scopes) - 1])
    module.facts = msgspec.structs.replace(module.facts, scopes=[top.facts, *module.facts.scopes[1:], facts])
    _bind(cls, making.attribute, lambda node: [Op.FROM, node, 0, module.name, written, False, line])
    _bind_relation(cls, making)


def _bind_relation(cls: Scope, making: _Making) -> None:
    """``return relationship(self.Label)``: the inheriting class has a relation to what was made for it."""
    function, made = making.function, cls.facts.names[making.attribute]
    kept = [o[1] for o in function.facts.ops if o[0] == Op.ATTRIBUTE and o[3] == making.attribute]
    named = {o[1]: o[2] for o in function.facts.ops if o[0] == Op.FREE}
    for call in [o for ref in function.facts.returns for o in function.operations_producing(ref)]:
        if call[0] != Op.CALL or call[2] not in named or not any(ref in kept for ref in call[3]):
            continue
        callee, line = cls.facts.nodes, call[-1]
        brought = [Op.FROM, callee, 0, function.module.name, named[call[2]], False, line]
        cls.facts = msgspec.structs.replace(cls.facts, ops=[*cls.facts.ops, brought], nodes=callee + 1)
        arguments = [made if ref in kept else _constant(ref) for ref in call[3]]
        options = [[name, _constant(ref)] for name, ref in call[4]]
        _bind(cls, function.facts.name, lambda node: [Op.CALL, node, callee, arguments, options, line])  # noqa: B023
        return


def _constant(ref: Ref) -> Ref:
    """A constant; what else it is stands in another scope."""
    return ref if not isinstance(ref, int) else -1


def _bind(scope: Scope, name: str, made: Any) -> None:
    """Let a scope bind a name to what an operation makes. Facts are shared with whoever linked them before."""
    node = scope.facts.nodes
    scope.facts = msgspec.structs.replace(
        scope.facts, names={**scope.facts.names, name: node}, ops=[*scope.facts.ops, made(node)], nodes=node + 1
    )
    scope.producers = None


def _body(function: Scope, ref: Ref) -> Iterator[tuple[str, Ref]]:
    """What a call of ``type`` puts into the class."""
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], dict):
        yield from ((str(name), value if isinstance(value, str) else ["c", value]) for name, value in ref[1].items())
    for operation in function.operations_producing(ref):
        if operation[0] == Op.CONTAINER and operation[2] == "dict":
            pairs = zip(operation[4] or (), operation[3], strict=False)
            yield from ((name, value) for name, value in pairs if isinstance(name, str))


def _filled(function: Scope, ref: Ref, cls: Scope) -> Ref:
    """A text with the name of the inheriting class in it."""
    if not isinstance(ref, str) or HOLE not in ref:
        return ref
    asked = [o for node in function.facts.templates.get(ref, ()) for o in function.operations_producing(node)]
    pieces = ref.split(HOLE)
    if len(asked) != len(pieces) - 1:
        return ref
    put = [cls.facts.name if o[0] == Op.ATTRIBUTE and o[3] == "__name__" else HOLE for o in asked]
    return "".join(piece for pair in zip(pieces, [*put, ""], strict=True) for piece in pair)
