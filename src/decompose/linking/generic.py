"""Which functions hand on what they are given, so that their calls must be told apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.names import Names
from decompose.linking.program import Scope


class HandedBack(NamedTuple):
    """The parameters that a function returns just as it was given them; ``only``: it returns nothing else.

    ``narrowed`` are the types that it has found them to be.
    """

    parameters: tuple[list[Any], ...]
    narrowed: tuple[list[Any], ...]
    only: bool


class Passed(NamedTuple):
    """The parameters of which a function returns what is left of them after some ``methods`` of theirs, and nothing else."""

    parameters: tuple[list[Any], ...]
    methods: frozenset[str]


_NOTHING_PASSED = Passed((), frozenset())


def passed(function: Scope) -> Passed:
    """Which arguments of ``function`` its result is, narrowed: ``return rows.filter(open=True) if asked else rows``.

    The result is of the type of what is given, whoever calls it, where these methods keep that; there are none for `handed_back`.
    """
    facts = function.facts
    plain = _plain_parameters(function)
    nothing = _NOTHING_PASSED
    found: dict[int, list[Any]] = {}
    methods: set[str] = set()
    seen: set[Ref] = set()
    waiting = [] if facts.yields else [ref for ref in facts.returns if type(ref) is not list or ref[:1] != ["c"]]
    while waiting:
        ref = waiting.pop()
        if type(ref) is not int or ref in seen:
            if type(ref) is not int:
                return nothing
            continue
        seen.add(ref)
        producers = function.operations_producing(ref)
        if ref in plain:
            found[ref] = plain[ref]
        elif not producers and ref >= 0:
            return nothing
        for operation in producers:
            asked = function.operations_producing(operation[2]) if operation[0] == Op.CALL else []
            if operation[0] in (Op.COPY, Op.NARROW):
                waiting.append(operation[2])
            elif len(asked) == 1 and asked[0][0] == Op.ATTRIBUTE:
                methods.add(asked[0][3])
                waiting.append(asked[0][2])
            else:
                return nothing
    return Passed(tuple(found.values()), frozenset(methods)) if found and methods else nothing


def _plain_parameters(function: Scope) -> dict[int, list[Any]]:
    """The parameters, by their nodes, for which only what is given at a call can stand."""
    facts = function.facts
    skip = 1 if function.is_method and facts.flavour != "static" else 0
    return {
        p[1]: p
        for p in facts.parameters[skip:]
        if p[4] in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD) and not (type(p[3]) is int and p[3] >= 0)
    }


def handed_back(function: Scope) -> HandedBack:
    """Which arguments of ``function`` its result is, whoever calls it; a decorator that registers is an example.

    The result of such a call is known from its own arguments, without what other calls give.
    """
    plain = _plain_parameters(function)
    found: dict[int, list[Any]] = {}
    narrowed: list[list[Any]] = []
    only = not function.facts.yields
    seen: set[Ref] = set()  # ``x = x`` comes from itself
    waiting = [(ref, True) for ref in function.facts.returns]
    while waiting:
        node, sure = waiting.pop()
        producers = function.operations_producing(node)
        if type(node) is int and node in plain and not producers:
            found[node] = plain[node]
        elif producers and node not in plain and all(o[0] in (Op.COPY, Op.NARROW) for o in producers):
            if node not in seen:
                sure = sure and len(producers) == 1  # where branches meet, it is of that class in some of them only
                narrowed += [o[3] for o in producers if sure and o[0] == Op.NARROW and o[3][0] != "!"]
                waiting += [(o[2], sure) for o in producers]
            seen.add(node)
        elif type(node) is not int or node >= 0:
            only = only and type(node) is list and node[0] == "c"
    return HandedBack(tuple(found.values()), tuple(narrowed), only and bool(found))


def hangs_functions(function: Scope) -> bool:
    """Whether a decorator keeps functions of its own in attributes of what it decorates: ``function.delay = delay``."""
    facts = function.facts
    if not facts.parameters:
        return False
    given = {parameter[1] for parameter in facts.parameters}
    return any(
        operation[0] == Op.SET_ATTRIBUTE
        and operation[1] in given
        and any(made[0] == Op.FUNCTION for made in _producing(function, operation[3]))
        for operation in facts.ops
    )


def expected_types(function: Scope, node: int) -> list[list[Any]]:
    """The annotations of what ``node`` becomes: of the name that it is assigned to, and of what the function returns."""
    facts = function.facts
    reached, names = {node}, {node}
    for operation in facts.ops:
        if operation[0] == Op.COPY and type(operation[2]) is int and operation[2] in reached:
            reached.add(operation[1])
            names.add(operation[1])
    found = [
        typed[2]
        for name in sorted(names)
        for operation in function.operations_producing(name)
        if operation[0] == Op.COPY and type(operation[2]) is int and operation[2] >= 0 and operation[2] not in reached
        for typed in function.operations_producing(operation[2])
        if typed[0] == Op.TYPED
    ]
    if facts.return_annotation is not None and not reached.isdisjoint(r for r in facts.returns if type(r) is int):
        found.append(facts.return_annotation)
    return found


def forwards_to(function: Scope) -> Ref:
    """What a function calls with just what it was given, and whose result it returns; -1 if it does anything else with it.

    ``def Table(*args, **options): return library.Table(*args, **options)``: whoever calls it calls that.
    """
    kinds = [p[4] for p in function.facts.parameters]
    if kinds not in ([ParameterKind.STAR, ParameterKind.STAR_STAR], [ParameterKind.STAR]):
        return -1
    calls = [o for ref in function.facts.returns for o in _producing(function, ref) if o[0] == Op.CALL]
    if len(calls) != 1 or len(function.facts.returns) != 1:
        return -1
    star = function.facts.parameters[0][1]
    found: Ref = calls[0][2]
    return found if calls[0][3] == [["*", star]] else -1


def _producing(function: Scope, ref: Ref) -> list[list[Any]]:
    return function.operations_producing(ref)


def returns_arguments(function: Scope, names: Names) -> bool:
    """Whether a result of ``function`` may be, or be made from, one of its arguments (other than ``self``)."""
    facts = function.facts
    skip = 1 if function.is_method and facts.flavour != "static" else 0
    reached = {parameter[1] for parameter in facts.parameters[skip:]}
    given_back = nodes_among((*facts.returns, *facts.yields))
    if not reached:
        return False
    left: list[tuple[int, list[int]]] = []  # what is made of what, as far as it was not reached in passing
    for operation in facts.ops:
        made_of = [(held, operation[3]) for held in _filled(operation, function)] if operation[0] == Op.CALL else []
        if operation[1] not in reached:
            made_of.insert(0, (operation[1], _inputs(operation, function, names)))
        for made, refs in made_of:
            nodes = nodes_among(refs)
            if not reached.isdisjoint(nodes):
                reached.add(made)
            elif made not in reached:
                left.append((made, nodes))
    size = -1
    while size != len(reached):
        size = len(reached)
        for made, nodes in left:
            if not reached.isdisjoint(nodes):
                reached.add(made)
    return not reached.isdisjoint(given_back)


def _filled(call: list[Any], function: Scope) -> list[int]:
    """The container made here that a call puts something into: ``found.append(row)``."""
    for asked in _producing(function, call[2]):
        if asked[0] == Op.ATTRIBUTE and asked[3] in _FILLING:
            made = _producing(function, asked[2])
            return [asked[2]] if any(o[0] in (Op.CONTAINER, Op.COPY) for o in made) else []
    return []


_FILLING = frozenset({"append", "add", "extend", "insert", "update"})
_WITHOUT_LINE = frozenset({Op.COPY, Op.SET_FREE})
"""Operations that end with what they take."""


def uses_receiver(function: Scope) -> bool:
    """Whether a method's body, or a function inside it, uses its first parameter or ``super()``."""
    facts = function.facts
    if not facts.parameters:
        return True
    name, node = facts.parameters[0][0], facts.parameters[0][1]
    for operation in facts.ops:
        if operation[0] in (Op.FUNCTION, Op.CLASS):
            return True
        if operation[0] == Op.FREE and operation[2] in ("super", "__class__", name):
            return True
        parts = operation[1:] if operation[0] in _WITHOUT_LINE else operation[1:-1]
        if any(_mentions(part, node) for part in parts):
            return True
    return any(_mentions(ref, node) for ref in (*facts.returns, *facts.yields))


def hands_on(function: Scope, node: int) -> bool:
    """Whether what ``node`` holds is used at all: given to a call, stored, returned, or asked for something."""
    facts = function.facts
    if any(_mentions(ref, node) for ref in (*facts.returns, *facts.yields)) or node in facts.names.values():
        return True
    for operation in facts.ops:
        match operation[0]:
            case Op.CALL:
                given = [*operation[3], *(ref for _, ref in operation[4])]
            case Op.SET_ATTRIBUTE | Op.SET_ITEM | Op.CONTAINER:
                given = [operation[3]]
            case Op.COPY | Op.SET_FREE | Op.ATTRIBUTE:
                given = [operation[2]]
            case _:
                continue
        if any(_mentions(ref, node) for ref in given):
            return True
    return False


def _mentions(part: Any, node: int) -> bool:
    """Whether ``node`` may stand in a part of an operation; a line or a position of that number counts too."""
    if type(part) is int:
        return part == node
    return isinstance(part, list) and part[:1] != ["c"] and any(_mentions(inner, node) for inner in part)


def nodes_among(refs: Iterable[Ref]) -> list[int]:
    """Those of some refs that are nodes, also unpacked."""
    return [
        ref[1] if isinstance(ref, list) else ref
        for ref in refs
        if type(ref) is int or (isinstance(ref, list) and ref[0] == "*")
    ]


def _inputs(operation: list[Any], function: Scope, names: Names) -> list[Ref]:
    match operation[0]:
        case Op.COPY | Op.ATTRIBUTE | Op.ITERATE | Op.ENTER:
            return [operation[2]]
        case Op.ITEM:
            return [operation[2], operation[3]]
        case Op.CALL:
            callees = names.evaluate(function, operation[2])
            if callees and all(names.values[c][0] == "X" and names.values[c][2] != "getattr" for c in callees):
                return [operation[2]]  # what code outside returns is not followed through its arguments
            return [operation[2], *operation[3], *(ref for _, ref in operation[4])]
        case Op.CONTAINER:
            return list(operation[3])
        case Op.DECORATE:
            return [operation[2], operation[3]]
        case Op.FUNCTION | Op.CLASS:
            # A closure made in the function sees the arguments.
            return [parameter[1] for parameter in function.facts.parameters[-1:]]
    return []
