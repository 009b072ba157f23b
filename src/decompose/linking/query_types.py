"""What a query touches besides its own rows stands in its type: a call that adds to that widens the type it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.linking import operands
from decompose.linking.effects import effect_names, effects_of
from decompose.linking.found_once import found_once
from decompose.linking.given_arguments import given_for
from decompose.linking.relations import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.values import Value

MAX_QUERIES_AT_A_CALL = 6
"""Where queries of more kinds of rows share a call, what others bring into each of them tells little and is left out.

So many queries of the same rows are told apart too; of more, each is told what they all touch.
"""

_MAX_PARTS = 60
"""How much of an expression is looked at to see whether it comes from elsewhere."""


ORDERED = "order_by()"
"""Among the names that a query states: it says itself in which order its rows come. No relation has this name."""

_RELATING = frozenset({"looks_up", "loads_along", "loads_required", "orders"})
"""Effects that ask where relations lead."""

ENLARGING = _RELATING | {"joins", "names", "forgets"}


def only_widens(engine: Engine, method: Scope) -> bool:
    """Whether a summarised method does nothing but to add to what a query touches."""
    stated = effect_names(engine, method)
    return bool(stated) and stated <= ENLARGING


def widens(engine: Engine, method: Scope) -> bool:
    """Whether a summarised method adds to what a query touches, and may run it then."""
    return not effect_names(engine, method).isdisjoint(ENLARGING)


class Sharing(NamedTuple):
    """Which queries share the place of a call with the one that it is about."""

    few: bool = True
    """Whether few kinds of rows, and few queries of those that the call is about."""
    alike: tuple[Value, ...] = ()
    """The queries of the same rows, where they are many."""


def sharing(call: LibraryCall) -> Sharing | None:
    """How the call adds to what a query touches; None if it does not.

    Queries of nobody knows which rows do not count, and managers and what they give count once.
    """
    if all(effect not in ENLARGING for effect, _ in call.effects):
        return None
    bound = call.site.bound
    if len(bound) <= MAX_QUERIES_AT_A_CALL:
        return Sharing()
    own = _asked_for(call.engine, call.receiver)
    if not own:
        return None
    told = {_asked_for(call.engine, done[1]): done[1] for done in bound if len(done) == 2 and type(done[1]) is int}
    alike = tuple(receiver for asked, receiver in told.items() if asked and asked[0] == own[0])
    if len(alike) > MAX_QUERIES_AT_A_CALL:
        return Sharing(few=False, alike=alike)
    return Sharing(few=len({asked[0] for asked in told if asked}) <= MAX_QUERIES_AT_A_CALL)


def _asked_for(engine: Engine, receiver: Value) -> tuple[Any, ...]:
    """The rows that a query is about, and what it touches besides; nothing where it does not tell."""
    description = engine.values[receiver] if receiver >= 0 else ("",)
    if description[0] != "I" or not description[2] or not description[2][0]:
        return ()
    told = list(description[2])
    while not told[-1]:
        told.pop()
    return tuple(told)


def must_wait(call: LibraryCall) -> bool:
    """Whether the call is at the level of a module or a class, and asks for relations before they are stated; it is noted then."""
    waiting = call.engine.waiting_for_relations
    if waiting is None or call.sharing is None or all(effect not in _RELATING for effect, _ in call.effects):
        return False
    waiting.append(call)
    return True


def enlarge(call: LibraryCall) -> None:
    """Bind the variables that stand for what a query touches besides its own rows.

    Calls that ask the same of the same rows by the same names bind them alike, whoever makes them.
    """
    engine, key = call.engine, _asked_alike(call)
    known = engine.queries.bound_alike.get(key) if key is not None else None
    if known is not None:
        call.bindings = known.copy()
        return
    _bind_what_is_touched(call)
    if key is not None:
        engine.queries.bound_alike[key] = call.bindings.copy()


def _asked_alike(call: LibraryCall) -> tuple[Any, ...] | None:
    """All that `enlarge` goes by; None where arguments bring rows of their own, or relations are not stated yet."""
    engine, site, (few, alike) = call.engine, call.site, call.sharing or Sharing()
    if alike or engine.waiting_for_relations is not None or call.effects is not effects_of(engine, call.function):
        return None
    joining = (name for effect, arguments in call.effects if effect == "joins" for name in arguments[1:])
    if few and any(call.bindings.get(name) for name in joining):
        return None
    given = bool(site.arguments or site.keywords)
    return few, call.function.index, call.receiver, tuple(call.bindings.items()), tuple(_texts(call)), given


def _bind_what_is_touched(call: LibraryCall) -> None:
    few, alike = call.sharing or Sharing()
    for effect, arguments in call.effects:
        if effect == "looks_up":
            _widen(call, arguments[0], _across(call, arguments, loads=False))
            _widen(call, arguments[0], _touched_by(call, alike, arguments[0]))
        elif effect == "orders":
            _widen(call, arguments[0], _ordered(call, arguments[1]))
        elif effect == "joins" and few:
            _widen(call, arguments[0], operands.joined(call, arguments[1:], _own_rows(call)))
        if not alike:
            _bind_what_is_stated(call, effect, arguments)
    _renew_receiver(call)


def _bind_what_is_stated(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    """What is loaded along, and what the query says of its order and of names: of many queries what all say is not known."""
    if effect == "names" and (len(arguments) == 1 or given_for(call.site, call.function, arguments[1]) == -1):
        _widen(call, arguments[0], (call.engine.values.intern("D", text) for text in _texts(call)))
    elif effect == "forgets":
        call.bindings.update((name, _order_in(call, name)) for name in arguments)
    elif effect == "orders":
        _widen(call, arguments[2], (call.engine.values.intern("D", ORDERED),))
    elif effect == "loads_along":
        _widen(call, arguments[0], _across(call, arguments, loads=True))
    elif effect == "loads_required" and not (call.site.arguments or call.site.keywords):
        _require(call, *arguments)


def _touched_by(call: LibraryCall, queries: Iterable[Value], variable: str) -> Iterator[Value]:
    """What queries touch besides their own rows: those that many branches have made of one are one from here on."""
    parent = call.function.parent
    if parent is None:
        return
    for query in queries:
        _, cls, arguments = call.engine.values[query][:3]
        yield from call.engine.hierarchy.bindings(call.engine.program.scopes[cls], arguments, parent).get(variable, ())


def compares_one(call: LibraryCall, name: str | None, ref: Ref) -> bool:
    """Whether a lookup compares with one value that comes from elsewhere: then that is no query.

    ``author=given``, rather than ``author__in=given``: all that flows there may be many things, but a query of many rows is refused.
    """
    lookup = any(effect in ("looks_up", "names") for effect, _ in call.effects)
    if not lookup or name is None or name.endswith(f"{SEPARATOR}in") or type(ref) is not int or ref < 0:
        return False
    return _is_given(call.engine, call.site.frame.scope, ref)


@found_once
def _is_given(_: Engine, function: Scope, ref: int) -> bool:
    """Whether something is made of a function's parameters."""
    own = {parameter[1] for parameter in function.facts.parameters}
    cut = any(operation[0] == Op.ITEM for operation in function.operations_producing(ref))
    return not cut and _leads_to(function, ref, own)


def without_queries(engine: Engine, wanted: tuple[Value, ...]) -> tuple[Value, ...]:
    """The types of a parameter without those of queries."""
    scopes, described = engine.program.scopes, engine.values
    return tuple(
        value
        for value in wanted
        if described[value][0] != "I" or engine.hierarchy.member(scopes[described[value][1]], "__operation__") is None
    )


def _leads_to(scope: Scope, start: int, parameters: set[Any]) -> bool:
    """Whether an expression is one of the parameters, or made of one."""
    waiting: list[Ref] = [start]
    seen: set[int] = set()
    for ref in waiting:
        if type(ref) is int and ref >= 0 and ref not in seen:
            if ref in parameters:
                return True
            seen.add(ref)
            if len(seen) > _MAX_PARTS:
                break
            waiting += (part for operation in scope.operations_producing(ref) for part in _parts(operation))
    return False


def _parts(operation: list[Any]) -> list[Ref]:
    """What an operation makes its result of; a name is stated."""
    match operation[0]:
        case Op.COPY | Op.ATTRIBUTE | Op.ITEM | Op.ENTER | Op.NARROW | Op.ITERATE:
            return [operation[2]]
        case Op.BINARY:
            return operation[2:4]
        case Op.CALL:
            return [operation[2], *operation[3]]
        case Op.CONTAINER:
            return list(operation[3])
    return []


def _require(call: LibraryCall, loaded: str, rows: str, names: str) -> None:
    """Relations whose keys are never empty are loaded along."""
    described = call.engine.values
    for entity in call.bindings.get(rows, ()):
        if described[entity][0] == "I":
            required = list(call.engine.relations.required(described[entity][1]))
            _widen(call, loaded, (value for _, value in required))
            _widen(call, names, (described.intern("D", path) for path, _ in required))


def _texts(call: LibraryCall) -> Iterator[str]:
    """The names that a call is given: constant strings and the names of keywords, also of those in a dictionary."""
    yield from (ref for ref in call.site.arguments if isinstance(ref, str))
    for name, ref in call.site.keywords:
        yield from (name,) if name is not None else _keys(call.site.frame.scope, ref)
        if isinstance(ref, str):
            yield ref


def _keys(scope: Scope, ref: Ref) -> Iterator[str]:
    """The keys that a function gives a dictionary, on whatever branch: where it makes it, and one by one."""
    keys: list[Any] = list(ref[1]) if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], dict) else []
    known_as = [ref] if type(ref) is int else []
    for name in known_as:
        copied = [o[2] for o in scope.operations_producing(name) if o[0] == Op.COPY]
        keys += (key for each in copied if type(each) is list for key in _keys(scope, each))
        known_as += (each for each in copied if type(each) is int and each not in known_as)
    for operation in scope.facts.ops if known_as else ():
        if operation[0] == Op.SET_ITEM and operation[1] in known_as:
            keys.append(operation[2])
        elif operation[0] == Op.CONTAINER and operation[1] in known_as:
            keys += operation[4] or ()
        elif operation[0] == Op.CALL and operation[1] in known_as:
            keys += (name for name, _ in operation[4])
    yield from (key for key in keys if isinstance(key, str))


def _ordered(call: LibraryCall, rows: str) -> Iterator[Value]:
    """What is touched by the order that a call asks for."""
    paths = tuple(_texts(call))
    for entity in call.bindings.get(rows, ()):
        described = call.engine.values[entity]
        if described[0] == "I":
            yield from call.engine.relations.in_order(described[1], paths)


def _order_in(call: LibraryCall, variable: str) -> tuple[Value, ...]:
    """What a variable tells of the order of rows."""
    return tuple(v for v in call.bindings.get(variable, ()) if call.engine.values[v] == ("D", ORDERED))


def usual_order(engine: Engine, rows: Iterable[Value], stated: Iterable[Value]) -> Iterator[Value]:
    """What is touched because rows come in the order that their class states: unless the query has stated one."""
    if not any(engine.values[value] == ("D", ORDERED) for value in stated):
        for entity in rows:
            described = engine.values[entity]
            if described[0] == "I":
                yield from engine.relations.in_order(described[1])


def _across(call: LibraryCall, arguments: list[Any], *, loads: bool) -> Iterator[Value]:
    described = call.engine.values
    paths = [*_texts(call), *(described[v][1] for name in arguments[2:] for v in call.bindings.get(name, ()))]
    for entity in call.bindings.get(arguments[1], ()):
        if described[entity][0] == "I":
            for path in paths:
                yield from call.engine.relations.across(described[entity][1], path, loads=loads)


def _widen(call: LibraryCall, variable: str, values: Iterable[Value]) -> None:
    """Add to a variable, except for the rows that the receiver is about: those are no others."""
    described, known, own = call.engine.values, call.bindings.get(variable, ()), _own_rows(call)
    call.bindings[variable] = tuple(sorted({*known, *(v for v in values if described[v][:2] not in own)}))


def _own_rows(call: LibraryCall) -> set[tuple[Any, ...]]:
    """The rows that the receiver is about."""
    if call.receiver < 0 or call.function.parent is None:
        return set()
    first = call.engine.names.inheritance.type_parameters(call.function.parent)[:1]
    return {call.engine.values[value][:2] for name in first for value in call.bindings.get(name, ())}


def _renew_receiver(call: LibraryCall) -> None:
    """``Self`` is the receiver's class with the type arguments that its variables have by now."""
    engine, parent = call.engine, call.function.parent
    description = engine.values[call.receiver] if call.receiver >= 0 else ("",)
    if description[0] != "I" or parent is None:
        return
    arguments = list(description[2])
    for position, name in enumerate(engine.names.inheritance.type_parameters(parent)):
        arguments[position : position + 1] = [call.bindings.get(name, ())]
    while arguments and not arguments[-1]:
        arguments.pop()
    call.bindings["Self"] = (engine.values.instance(description[1], tuple(arguments)),)
