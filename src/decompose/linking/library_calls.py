"""Where a call, syntax or the making of an object leads to a function that a summary describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.linking import query_types
from decompose.linking.calls import outside
from decompose.linking.effects import ALONG, effect_names, parameter_plan
from decompose.linking.effects_on_rows import ACCESSES, ALWAYS_THE_SAME, WRITING
from decompose.linking.frames import Site
from decompose.linking.library_call import LibraryCall, Told

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Bindings, Types, Value

_KNOWN_USES = frozenset({"executes", "keeps", "runs", "listens", "supplies", "fills", "handles", "announces"})
"""Where these are stated, it is known what becomes of the arguments."""

_ASKING = query_types.ENLARGING | (ACCESSES - WRITING) | {"scans_where_joined"}


class PlainResult(NamedTuple):
    """What a summarised function does for a receiver that depends on nothing else: what it returns, and accesses.

    ``whatever``: it does whatever it is given; otherwise, if it is given nothing.
    """

    returned: frozenset[Value]
    accesses: tuple[Told, ...]
    whatever: bool


def call(engine: Engine, site: Site, function: Scope, receiver: Value, extra: Bindings | None = None) -> None:
    """Call a summarised function at ``site``."""
    key = (function.index, receiver)
    if not site.first_time(key):
        return
    plain = engine.plain_results.get(key)
    if plain is not None and not extra and (plain.whatever or not (site.arguments or site.keywords)):
        _do_again(engine, plain, site.frame, site.result, site.line)
        if function.module.name != "builtins":
            _pass_outside(engine, site)
        return
    facts = function.facts
    promised = engine.names.types(function, facts.return_annotation) if facts.return_annotation is not None else ()
    bindings = receiver_bindings(engine, function, receiver)
    if extra:
        bindings = {**bindings, **extra}
    started = LibraryCall(engine, site, function, bindings, promised, receiver)
    stated = effect_names(engine, function)
    whatever = not parameter_plan(engine, function).telling
    if stated <= ALWAYS_THE_SAME and not extra and (whatever or not (site.arguments or site.keywords)):
        started.recorded = []
        started.apply()
        if engine.waiting_for_relations is None or not stated:
            returned = engine.standing_for(engine.values.substitute(promised, bindings))
            engine.plain_results[key] = PlainResult(returned, tuple(started.recorded), whatever)
    else:
        started.bind(skip_first=receiver >= 0 and function.is_method and facts.flavour != "static")
        stated = frozenset(effect for effect, _ in started.effects)
    # What is built in calls nothing, unless it calls something back.
    if stated.isdisjoint(_KNOWN_USES) and (function.module.name != "builtins" or "calls_back" in stated):
        _pass_outside(engine, site)


def query_at(engine: Engine, site: Site, method: Scope, receiver: Value, place: tuple[Frame, int]) -> None:
    """What ``site`` says of a query is told at another place, which runs it; what is written there is told there anyhow."""
    bindings = receiver_bindings(engine, method, receiver)
    said = LibraryCall(engine, site, method, bindings, (), receiver)
    said.effects = [stated for stated in said.effects if stated[0] in _ASKING]
    said.place = place
    said.bind(skip_first=True)


def _do_again(engine: Engine, plain: PlainResult, frame: Frame, result: Node, line: int) -> None:
    """Do at another place what a function does everywhere."""
    if result >= 0 and plain.returned:
        engine.add(result, plain.returned)
    along: dict[str, dict[Value, None]] = {}
    for operation, value, role, rule in plain.accesses:
        engine.accesses.add((frame.scope.index, frame.acting, operation, value, role, rule, line))
        if rule.endswith(ALONG) and role == "execute":
            along.setdefault(rule, {})[value] = None
    for rule, values in along.items():
        engine.queries.touched_along.setdefault((frame.scope.index, frame.acting, rule, line), set()).add(tuple(values))


def call_of_elements(engine: Engine, site: Site, kind: str, name: str, every: Node) -> None:
    """A method of one of the language's own containers does with the elements what its summary says."""
    for value in engine.names.builtin(kind):
        cls = engine.program.scopes[engine.values[value][1]]
        member = engine.hierarchy.member(cls, name)
        function = engine.function_of(member)
        if function is not None:
            started = LibraryCall(engine, site, function, {}, ())
            started.bind(skip_first=True)
            variables = tuple(engine.values.intern("T", each) for each in engine.names.inheritance.type_parameters(cls))
            engine.watch(every, started.match_all, variables)


def _pass_outside(engine: Engine, site: Site) -> None:
    if site.kind != "decorate" and site.first_time("outside"):
        outside.pass_outside(engine, site, summarised=True)


def receiver_bindings(engine: Engine, function: Scope, receiver: Value) -> Bindings:
    """What the type variables of a method stand for because of the object that it is a method of."""
    if receiver < 0 or function.parent is None:
        return {}
    description = engine.values[receiver]
    if description[0] not in ("I", "C"):
        return {}
    cls = engine.program.scopes[description[1]]
    arguments = description[2]
    own = engine.values.instance(description[1], arguments)
    return {**engine.hierarchy.bindings(cls, arguments, function.parent), "Self": (own,)}


def call_implicitly(
    engine: Engine, frame: Frame, result: Node, function: Scope, receiver: Value, line: int,
    extra: Bindings | None = None, argument: Ref = -1,
) -> None:  # fmt: skip
    """Call a summarised special method or property that syntax implies."""
    if argument == -1 and not extra:
        plain = engine.plain_results.get((function.index, receiver))
        if plain is not None:
            _do_again(engine, plain, frame, result, line)
            return
    site = Site(frame, [Op.CALL, -1, -1, [], [], line], "property")
    site.result = result
    if argument != -1:
        site.arguments = [argument]
    if "invokes" in effect_names(engine, function):
        site.index = len(engine.sites)
        engine.sites.append(site)
    call(engine, site, function, receiver, extra)


def construct(engine: Engine, site: Site, cls: Scope, description: tuple[Any, ...], initialiser: Scope | None) -> None:
    """Make an instance of a summarised class; arguments may fix its type arguments."""
    key = (cls.index, "construct", description[2])
    if not site.first_time(key):
        return
    parameters = engine.names.inheritance.type_parameters(cls)
    arguments = description[2]
    own: Bindings = {}
    if not arguments and parameters and (identity := own_identity(engine, site, cls)):
        arguments, own = identity, {parameters[-1]: identity[-1]}
    container = engine.hierarchy.member(cls, "__container__")
    if container is not None and isinstance(container.ref, str) and cls.library:
        engine.containers.construct(site, container.ref)
        return
    bare = engine.values.instance(cls.index, arguments)
    if initialiser is not None and initialiser.library and parameters and not description[2]:
        types = (engine.values.instance(cls.index, tuple((engine.values.intern("T", name),) for name in parameters)),)
        started = LibraryCall(engine, site, initialiser, own, types)
        started.bind(skip_first=True)
        if not started.bindings and site.result >= 0:
            engine.put(site.result, bare)
        return
    if site.result >= 0:
        engine.put(site.result, bare)
    if initialiser is not None and initialiser.library:
        started = LibraryCall(engine, site, initialiser, {}, ())
        started.bind(skip_first=True)


def own_identity(engine: Engine, site: Site, cls: Scope) -> tuple[Types, ...]:
    """The type arguments of an object that is a type of its own, as its library says: what is said to one is not said to another.

    None for objects of other classes.
    """
    said = engine.hierarchy.member(cls, "__own_identity__")
    if said is None or not said.owner.library:
        return ()
    identity = (engine.values.intern("D", f"{site.frame.scope.definition}, line {site.line}"),)
    return (*((),) * (len(engine.names.inheritance.type_parameters(said.owner)) - 1), identity)


def construct_subclass(engine: Engine, site: Site, cls: Scope, initialiser: Scope) -> None:
    """Make an instance of an application's class whose initialiser a summary describes."""
    key = (cls.index, "library initialiser")
    if not site.first_time(key):
        return
    bindings: Bindings = {"Self": (engine.values.instance(cls.index),)}
    made: Types = ()
    owner = initialiser.parent
    if owner is not None and engine.hierarchy.member(cls, "__binds_owner__") is not None:
        # What it is given says what it is of, as for the class that it inherits from.
        parameters = engine.names.inheritance.type_parameters(owner)
        made = (engine.values.instance(cls.index, tuple((engine.values.intern("T", name),) for name in parameters)),)
    started = LibraryCall(engine, site, initialiser, bindings, made)
    started.bind(skip_first=True)


def bind_type_variables(engine: Engine, site: Site, function: Scope, receiver: Value, frame: Frame) -> None:
    """The result of an application's generic function, by its arguments."""
    annotation = function.facts.return_annotation
    types = engine.names.types(function, annotation) if annotation is not None else ()
    if engine.values.open_types.isdisjoint(types) or function.index in engine.names.promising_own:
        return
    bound = engine.bindings_of(frame)
    if engine.values.variables(types) <= bound.keys() - {engine.names.own_variable(function)}:
        return  # promised by the type arguments of whom the method acts for, whatever the call gives
    started = LibraryCall(engine, site, function, bound, types)
    started.bind(skip_first=receiver >= 0)
