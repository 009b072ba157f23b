"""Classes that a module makes by a call: ``Forum = type("Forum", (AbstractForum,), {})``, or by a function that does so.

They are classes like those of a class statement, so they are made such before anything is linked: with a scope of their own, whose
body has what the module binds to names and whose bases are what the call is given. The call itself stays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref, ScopeFacts, ScopeKind
from decompose.linking.program import Given, Module, Program, Scope

_MAX_STEPS = 12


class _Maker(NamedTuple):
    """A function that gives a class derived from what it is given: the positions and names of the parameters that are bases, and
    what the body of the class has.
    """

    bases: tuple[tuple[int, str], ...]
    function: Scope
    body: tuple[tuple[str, Ref], ...]


def add_made_classes(program: Program) -> None:
    """Give every class that a module makes by a call, and binds to a name, a scope of its own."""
    makers = {scope.index: maker for scope in program.scopes if (maker := _maker(scope)) is not None}
    named = {program.scopes[index].facts.name for index in makers}
    for module in [module for module in program.modules if not module.library]:
        top = module.top
        if not any(_leads_to_class(module, operation, named) for operation in top.facts.ops):
            continue
        made: dict[int, tuple[str, list[Any], tuple[Ref, ...]]] = {}
        for name, ref in top.facts.names.items():
            call = call_held(top, ref)
            bases = _bases(program, top, call, makers) if call is not None else ()
            if call is not None and (bases or _is_made_of_its_body(top, call)):
                made.setdefault(id(call), (name, call, bases))
        if made:
            _add(program, module, made, makers)


def _leads_to_class(module: Module, operation: list[Any], makers: set[str]) -> bool:
    """Whether an operation of a module is about ``type``, or about a function of such a name."""
    if operation[0] == Op.FREE:
        return operation[2] == "type" or operation[2] in makers
    if operation[0] == Op.FUNCTION:
        return module.scopes[operation[2]].facts.name in makers
    return bool(operation[0] == Op.FROM and operation[4] in makers)


def _add(
    program: Program, module: Module, made: dict[int, tuple[str, list[Any], tuple[Ref, ...]]], makers: dict[int, _Maker]
) -> None:
    """Put the statement of a class behind each call that makes one."""
    top, ops, added = module.top, list[list[Any]](), list[ScopeFacts]()
    for operation in top.facts.ops:
        if id(operation) not in made:
            ops.append(operation)
            continue
        name, call, bases = made[id(operation)]
        facts = ScopeFacts(ScopeKind.CLASS, name, name, 0, call[-1], call[-1])
        facts.bases = list(bases)
        facts.base_annotations = [["c", None] for _ in bases]
        given = _fill_body(facts, top, call[-1], _body(program, top, call, makers))
        ops += [[Op.CALL, top.facts.nodes + len(added), *call[2:]], [Op.CLASS, call[1], len(module.scopes)]]
        scope = Scope(len(program.scopes), module, facts, top)
        program.given_to_classes.update({scope.index: given} if given else {})
        program.scopes.append(scope)
        module.scopes.append(scope)
        added.append(facts)
    # The facts are shared with whoever linked them before.
    top.facts = msgspec.structs.replace(top.facts, ops=ops, nodes=top.facts.nodes + len(added))
    top.producers = None
    module.facts = msgspec.structs.replace(module.facts, scopes=[top.facts, *module.facts.scopes[1:], *added])


def _fill_body(facts: ScopeFacts, top: Scope, line: int, body: list[tuple[str, Scope, Ref]]) -> list[Given]:
    """Put what the call puts into the class there, by name; gives what is no name of the module."""
    names = {ref: name for name, ref in top.facts.names.items() if type(ref) is int}
    given: list[Given] = []
    for key, scope, ref in body:
        if type(ref) is not int or ref < 0:
            continue
        free = [o[2] for o in scope.operations_producing(ref) if o[0] == Op.FREE]
        name = (names.get(ref) or (free[0] if len(free) == 1 else None)) if scope is top else None
        if name is not None:
            facts.ops.append([Op.FREE, facts.nodes, name, line])
        else:
            given.append((facts.nodes, scope, ref))
        facts.names[key] = facts.nodes
        facts.nodes += 1
    return given


def _body(program: Program, top: Scope, call: list[Any], makers: dict[int, _Maker]) -> list[tuple[str, Scope, Ref]]:
    """What a class that a module makes has in its body: the name, and where a ref says what it is."""
    if is_type(top, call[2]):
        return [(key, top, ref) for key, ref in _entries(top, call[3][2]) if key] if len(call[3]) == 3 else []
    function = function_meant(program, top, call[2])
    maker = makers.get(function.index) if function is not None else None
    if maker is None:
        return []
    parameters = {p[1]: (at, p) for at, p in enumerate(maker.function.facts.parameters)}
    found: list[tuple[str, Scope, Ref]] = []
    for key, ref in maker.body:
        at, parameter = parameters.get(ref, (0, None)) if type(ref) is int else (0, None)
        if parameter is None:
            found += [(key, maker.function, ref)] if key else []
        elif key:
            found.append((key, top, argument_of(call, at, parameter[0])))
        elif parameter[4] == ParameterKind.STAR_STAR:
            named = {p[0] for p in maker.function.facts.parameters}
            found += [(keyword, top, given) for keyword, given in call[4] if keyword and keyword not in named]
        else:
            found += [(each, top, given) for each, given in _entries(top, argument_of(call, at, parameter[0])) if each]
    return found


def _entries(scope: Scope, ref: Ref) -> list[tuple[str, Ref]]:
    """What a dictionary that is written out holds under texts, also what is put there later; "" for what is unpacked in it."""
    made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    if len(made) != 1 or made[0][0] != Op.CONTAINER or made[0][2] != "dict":
        return []
    found: list[tuple[str, Ref]] = []
    for key, element in zip(made[0][4] or (), made[0][3], strict=False):
        if isinstance(key, str):
            found.append((key, element))
        elif isinstance(element, list) and element[:1] == ["*"]:
            found.append(("", element[1]))
    stored = [o for o in scope.facts.ops if o[0] == Op.SET_ITEM and o[1] == ref and isinstance(o[2], str)]
    return found + [(operation[2], operation[3]) for operation in stored]


def _maker(function: Scope) -> _Maker | None:
    """What a function derives the class from that it returns; None where it returns no class that it made."""
    if function.library or not function.is_function or not function.facts.parameters:
        return None
    if "type" not in [operation[2] for operation in function.facts.ops if operation[0] == Op.FREE]:
        return None
    positions = {p[1]: (at, p[0]) for at, p in enumerate(function.facts.parameters) if p[4] == ParameterKind.POSITIONAL}
    for ref in function.facts.returns:
        call = call_held(function, ref)
        given = (
            [positions[base] for base in bases_of_type(function, call) if base in positions] if call is not None else []
        )
        if call is not None and given:
            return _Maker(tuple(given), function, tuple(_body_given(function, call[3][2], positions)))
    return None


def _body_given(function: Scope, ref: Ref, positions: dict[int, tuple[int, str]]) -> list[tuple[str, Ref]]:
    """The body of a class that a function makes: a dictionary of its own, or one that it is given."""
    return [("", ref)] if type(ref) is int and ref in positions else _entries(function, ref)


def call_held(scope: Scope, ref: Ref) -> list[Any] | None:
    """The one call whose result a name holds."""
    for _ in range(_MAX_STEPS):
        producers = scope.operations_producing(ref)
        if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.CALL):
            return None
        if producers[0][0] == Op.CALL:
            return producers[0]
        ref = producers[0][2]
    return None


def bases_of_type(scope: Scope, call: list[Any]) -> tuple[Ref, ...]:
    """The bases in ``type(name, (base, ...), body)``; -1 for what is unpacked there."""
    if len(call[3]) != 3 or not is_type(scope, call[2]):
        return ()
    made = scope.operations_producing(call[3][1])
    given = made[0][3] if len(made) == 1 and made[0][0] == Op.CONTAINER and made[0][2] == "tuple" else ()
    return tuple(base if type(base) is int else -1 for base in given)


def _is_made_of_its_body(scope: Scope, call: list[Any]) -> bool:
    """``type(name, (), {...})``: a class without bases."""
    if len(call[3]) != 3 or call[4] or not is_type(scope, call[2]):
        return False
    bases = scope.operations_producing(call[3][1])
    return len(bases) == 1 and bases[0][0] == Op.CONTAINER and bases[0][2:4] == ["tuple", []]


def is_type(scope: Scope, ref: Ref) -> bool:
    """Whether a ref is the built-in ``type``."""
    producers = scope.operations_producing(ref)
    return any(operation[0] == Op.FREE and operation[2] == "type" for operation in producers)


def _bases(program: Program, top: Scope, call: list[Any], makers: dict[int, _Maker]) -> tuple[Ref, ...]:
    bases = bases_of_type(top, call)
    if not bases:
        function = function_meant(program, top, call[2])
        maker = makers.get(function.index) if function is not None else None
        bases = tuple(argument_of(call, at, name) for at, name in maker.bases) if maker is not None else ()
    return bases if all(type(base) is int and base >= 0 for base in bases) else ()


def argument_of(call: list[Any], at: int, name: str) -> Ref:
    """What a call gives for the parameter of that place and name; -1 where it gives nothing."""
    named = next((ref for keyword, ref in call[4] if keyword == name), -1)
    return call[3][at] if at < len(call[3]) else named


def function_meant(program: Program, scope: Scope, ref: Ref) -> Scope | None:
    """The function of a module that a ref is, however it was imported."""
    for _ in range(_MAX_STEPS):
        producers = scope.operations_producing(ref)
        if len(producers) != 1:
            return None
        operation = producers[0]
        if operation[0] == Op.FUNCTION:
            found: Scope = scope.module.scopes[operation[2]]
            return found
        if operation[0] == Op.COPY:
            ref = operation[2]
            continue
        if operation[0] == Op.FREE:
            module: Module | None = scope.module
            name = operation[2]
        elif operation[0] == Op.FROM:
            module = program.by_name.get(program.absolute_name(scope.module, operation[2], operation[3]))
            name = operation[4]
        else:
            return None
        holder = program.exporting_module(module, name) if module is not None else None
        if holder is None:
            return None
        scope, ref = holder.top, holder.top.facts.names[name]
    return None
