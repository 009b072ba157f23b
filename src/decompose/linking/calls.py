"""What calling a value leads to: the callee, its parameters, its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import attributes, library_calls, making
from decompose.linking.catch_alls import ANY_OBJECT
from decompose.linking.containers import constant_of, iterate
from decompose.linking.frames import Site
from decompose.linking.named_loads import load_listed, load_matching, put_together
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

PASSED = "sql text passed to a call"
"""The rule by which SQL is run that is given to code which is not in view."""

_ASKED = {
    "str": ("__str__", "__repr__"),
    "bytes": ("__bytes__",),
    "int": ("__int__", "__index__"),
    "float": ("__float__", "__index__"),
    "complex": ("__complex__", "__float__"),
    "bool": ("__bool__", "__len__"),
    "any": ("__iter__",),
    "all": ("__iter__",),
    "hex": ("__index__",),
    "divmod": ("__divmod__",),
    "pow": ("__pow__",),
}
"""Built-in -> the special methods of its argument that it calls, the first one found."""


_CONTAINERS = {kind: ("builtins", kind) for kind in ("dict", "set", "tuple", "generator")} | {
    "deque": ("collections", "deque")
}
"""Kind of container -> module and name of its class; what is not here is a list."""


def call(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``site`` calls each new value."""
    for value in new:
        description = engine.values[value]
        kind = description[0]
        if kind == "F":
            call_function(engine, site, description, -1)
        elif kind == "B":
            call_function(engine, site, engine.values[description[1]], description[2])
        elif kind == "C":
            construct(engine, site, value, description)
        elif kind == "I":
            call_instance(engine, site, value, description)
        elif kind == "X":
            call_external(engine, site, value, description)
        elif kind == "L":
            if site.result >= 0:
                engine.add(site.result, engine.standing_for(description[1]))
        elif kind == "K" and engine.values[description[1]][0] == "Q":
            # What is made of SQL text (stripped, put together, given its parameters) is still that text.
            engine.put(site.result, description[1])
            site.calls_outside(engine.values.intern("X", "builtins", f"str.{description[2]}"))
        elif kind == "K" and engine.values[description[1]][0] == "I":
            engine.put(site.result, description[1])
            site.calls_outside(engine.values.intern("X", "typing", f"NamedTuple.{description[2]}"))
        elif kind == "K" and engine.values[description[1]][0] == "C":
            _give_subclasses(engine, site, engine.values[description[1]])
        elif kind == "K":
            engine.containers.call_method(site, description[1], description[2])
            kind = engine.values[description[1]][1]
            if description[2] == "sort" and site.first_time("outside"):
                pass_outside(engine, site)
            home, container = _CONTAINERS.get(kind, ("builtins", "list"))
            site.calls_outside(engine.values.intern("X", home, f"{container}.{description[2]}"))


def call_function(engine: Engine, site: Site, description: tuple[Any, ...], receiver: Value) -> None:
    """Call a function, with ``receiver`` as its first argument unless that is -1."""
    function = engine.program.scopes[description[1]]
    if function.library:
        site.leads_to((function.index, receiver, "library"), certain=True)
        library_calls.call(engine, site, function, receiver)
        return
    if receiver >= 0 and function.facts.flavour == "static":
        receiver = -1
    if not engine.may_follow(site):
        return
    certain = receiver < 0 or engine.values[receiver][0] != "I" or not engine.values[receiver][3]
    site.leads_to((function.index, receiver, site.kind), certain=certain)
    parent = engine.frames[description[2]] if description[2] >= 0 else engine.class_frame(function)
    if parent.decorates is not None:
        site.wrappers = {**site.wrappers, parent.index: receiver}
    own = receiver if receiver >= 0 else engine.own_receiver(function) if function.is_method else -1
    frame = engine.frame(function, parent, own, site)
    if not site.first_time((frame.index, receiver >= 0)):
        return
    if engine.is_crowded(function, frame, site):
        # As good as a decorator that is not known: most return what they were given, or what ends up calling it.
        engine.saturated.update(frame.nodes[:1])
        engine.edge(engine.node_of(site.frame, site.arguments[0]), site.result)
        return
    bind_arguments(engine, site, function, frame, skip_first=receiver >= 0)
    forwarded = engine.forwards_to(function) if receiver < 0 else -1
    if type(forwarded) is int and forwarded >= 0:
        engine.watch(engine.node_of(frame, forwarded), _forward, engine, site)
    if site.result >= 0:
        handed_back = _hand_back(engine, site, function, frame, skip_first=receiver >= 0)
        named = site.loads and engine.loading is not None and engine.loading.puts_in(function)
        if not handed_back and not named and not engine.is_told_by_arguments(function, frame):
            engine.edge(frame.returns, site.result)
        library_calls.bind_type_variables(engine, site, function, receiver, frame)


def _forward(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """A function hands on all that it is given: what it calls of a library is called with the caller's own arguments."""
    for value in new:
        description = engine.values[value]
        if description[0] == "C" and engine.program.scopes[description[1]].library:
            construct(engine, site, value, description)
        elif description[0] == "F" and engine.program.scopes[description[1]].library:
            call_function(engine, site, description, -1)


def _hand_back(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> bool:
    """Give the caller back its own arguments; whether the result has nothing else."""
    back = engine.handed_back(function)
    if not back.only:
        return False
    if any(isinstance(ref, list) and ref[0] == "*" for ref in site.arguments) or any(
        n is None for n, _ in site.keywords
    ):
        return False
    for parameter in back.parameters:
        position = function.facts.parameters.index(parameter) - skip_first
        ref = site.argument(position if parameter[4] == ParameterKind.POSITIONAL else -1, parameter[0])
        node = engine.node_of(site.frame, ref)
        if node >= 0:
            engine.edge(node, site.result)
    for annotation in (*back.narrowed, *(p[2] for p in back.parameters), function.facts.return_annotation):
        if annotation is not None:
            engine.add_types(site.result, engine.promised(frame, annotation))
    return True


def bind_arguments(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> None:
    """The arguments of a call flow into the parameters of a frame."""
    parameters = function.facts.parameters
    positional = [p for p in parameters if p[4] == ParameterKind.POSITIONAL][1 if skip_first else 0 :]
    star = next((p for p in parameters if p[4] == ParameterKind.STAR), None)
    double_star = next((p for p in parameters if p[4] == ParameterKind.STAR_STAR), None)
    spread, naming = False, engine.named_loads.naming(function)
    for position, ref in enumerate(site.arguments):
        node = engine.node_of(site.frame, ref)
        if (type(ref) is str or naming) and position < len(positional) and not spread:
            _give_name(engine, site, frame, positional[position][1], ref)
        if node < 0:
            continue
        if isinstance(ref, list) and ref[0] == "*":
            spread = True
            engine.watch(node, _spread, engine, site, [frame.nodes[p[1]] for p in positional[position:]], star, frame)
        elif position < len(positional) and not spread:
            engine.edge(node, frame.nodes[positional[position][1]])
        elif star is not None:
            _into_rest(engine, frame, star, position - len(positional), node)
        elif spread:
            for parameter in positional:
                engine.edge(node, frame.nodes[parameter[1]])
    by_name = {p[0]: p for p in parameters if p[4] in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)}
    for name, ref in site.keywords:
        node = engine.node_of(site.frame, ref)
        if (type(ref) is str or naming) and name in by_name:
            _give_name(engine, site, frame, by_name[name][1], ref)
        if node < 0:
            continue
        if name is None:
            targets = {p[0]: frame.nodes[p[1]] for p in by_name.values() if p not in positional[: len(site.arguments)]}
            engine.watch(node, _spread_named, engine, targets, double_star, frame)
        elif name in by_name:
            engine.edge(node, frame.nodes[by_name[name][1]])
        elif double_star is not None:
            _into_rest(engine, frame, double_star, name, node)


def _give_name(engine: Engine, site: Site, frame: Frame, parameter: int, ref: Ref) -> None:
    """A text is given, or the name of a constant, that may be what the function picks by."""
    text = ref if type(ref) is str else None
    if type(ref) is int and parameter in engine.named_loads.naming(frame.scope):
        text = engine.names.constants.key(site.frame.scope, ref)
    if isinstance(text, str):
        engine.named_loads.give(frame, parameter, text)


def _into_rest(engine: Engine, frame: Frame, parameter: list[Any], key: Any, node: Node) -> None:
    container = engine.containers.of_parameter(frame.nodes[parameter[1]], parameter[4])
    engine.edge(node, engine.containers.slot(engine.values[container][2], key))


def _spread(
    new: frozenset[Value], engine: Engine, site: Site, targets: list[Node], star: list[Any] | None, frame: Frame
) -> None:
    """``*value`` into the remaining positional parameters, by position where that is known."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] in ("tuple", "list"):
            every = description[2]
            for position, target in enumerate(targets):
                engine.edge(engine.containers.slot(every, position), target)
            if star is not None:
                rest = engine.containers.of_parameter(frame.nodes[star[1]], star[4])
                if not targets:
                    rest_every = engine.values[rest][2]
                    for position in range(8):
                        engine.edge(
                            engine.containers.slot(every, position), engine.containers.slot(rest_every, position)
                        )
                engine.edge(every, engine.containers.slot(engine.values[rest][2], None)) if targets else None
            continue
        for target in targets:
            iterate(engine.single(value), engine, site.frame, target, site.line)


def _spread_named(
    new: frozenset[Value], engine: Engine, targets: dict[str, Node], double_star: list[Any] | None, frame: Frame
) -> None:
    """``**value`` into parameters by name."""
    for value in new:
        description = engine.values[value]
        if description[0] != "O":
            continue
        for name, target in targets.items():
            engine.edge(engine.containers.slot(description[2], name), target)
        if double_star is not None:
            rest = engine.containers.of_parameter(frame.nodes[double_star[1]], double_star[4])
            if rest != value:
                engine.containers.merge(description[2], engine.values[rest][2])


def construct(
    engine: Engine, site: Site, value: Value, description: tuple[Any, ...], *, by_metaclass: bool = False
) -> None:
    """Call a class; ``by_metaclass``: from inside its metaclass, which is asked otherwise."""
    cls = engine.program.scopes[description[1]]
    if not description[2] and not cls.library and engine.names.type_parameters(cls):
        description = ("C", cls.index, engine.expected_arguments(site, cls))
    instance = engine.values.instance(description[1], description[2])
    meta = _metaclass_call(engine, cls) if not by_metaclass else None
    if meta is not None:
        call_function(engine, site, engine.values[meta], value)
    if site.arguments and making.is_enumeration(engine, cls) and site.first_time((cls.index, "missing")):
        attributes.call_method(engine, site.frame, site.result, value, cls, "_missing_", site.line)
    initialiser = engine.hierarchy.member(cls, "__init__")
    function = (
        engine.plain_function(initialiser.owner, initialiser.ref)
        if initialiser and initialiser.ref is not None
        else None
    )
    if cls.library:
        site.leads_to((cls.index, -1, "library"), certain=True)
        if cls.definition == "builtins:type":
            _call_type(engine, site)
            return
        library_calls.construct(engine, site, cls, description, function)
        return
    maker = engine.hierarchy.member(cls, "__new__")
    made = engine.plain_function(maker.owner, maker.ref) if maker is not None else None
    if site.result >= 0 and (made is None or made.library):
        engine.put(site.result, instance)
    kind = "construct" if site.kind == "call" else site.kind
    if function is not None and not function.library and initialiser is not None:
        outer, site.kind, result, site.result = site.kind, kind, site.result, -1
        home = engine.class_frame(initialiser.owner)
        call_function(engine, site, ("F", function.index, home.index), instance)
        site.kind, site.result = outer, result
    else:
        site.leads_to((cls.index, -1, kind), certain=True)
        if site.first_time((cls.index, "fields")):
            _fill_fields(engine, site, cls, instance)
        if function is not None:
            if function.module.name != "builtins":
                site.leads_to((function.index, instance, "library"), certain=True)
            library_calls.construct_subclass(engine, site, cls, function)
        elif initialiser is None:
            _construct_outside(engine, site, cls)
            engine.open_bases.construct(site, cls, instance)
        if initialiser is None or initialiser.owner.library:
            # A generated initialiser ends with it (dataclasses, attrs).
            for name in ("__post_init__", "__attrs_post_init__"):
                if engine.hierarchy.member(cls, name) is not None:
                    attributes.call_method(engine, site.frame, -1, instance, cls, name, site.line)
    if maker is not None and made is not None and not made.library:
        call_function(engine, site, ("F", made.index, engine.class_frame(maker.owner).index), value)


def raise_class(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``raise value`` for each new value: a class is called, an instance is there already."""
    for value in new:
        description = engine.values[value]
        if description[0] == "C" and not engine.program.scopes[description[1]].library:
            if not site.targets:
                site.index = len(engine.sites)
                engine.sites.append(site)
            construct(engine, site, value, description)


def _metaclass_call(engine: Engine, cls: Scope) -> Value | None:
    """The ``__call__`` that a metaclass of the application puts in place of the usual construction."""
    meta = making.metaclass(engine, cls)
    member = engine.hierarchy.member(meta, "__call__") if meta is not None else None
    function = engine.plain_function(member.owner, member.ref) if member is not None else None
    if member is None or function is None or function.library:
        return None
    return engine.values.intern("F", function.index, engine.class_frame(member.owner).index)


def _call_metatype(engine: Engine, site: Site, name: str) -> bool:
    """``super().__call__`` and ``super().__new__`` in a metaclass."""
    frame: Frame | None = site.frame
    while frame is not None and not (frame.scope.is_method and frame.receiver >= 0):
        frame = frame.parent
    description = engine.values[frame.receiver] if frame is not None else ("",)
    if frame is None or description[0] not in ("C", "I") or site.result < 0:
        return False
    if name == "type.__call__" and not making.is_metaclass(engine, engine.program.scopes[description[1]]):
        construct(engine, site, frame.receiver, description, by_metaclass=True)
    if name == "type.__new__":
        engine.edge(engine.made_by(description[1]), site.result)
    return True


def _construct_outside(engine: Engine, site: Site, cls: Scope) -> None:
    """The initialiser is that of a base outside of the program."""
    for base in engine.hierarchy.external_bases(cls)[:1]:
        if engine.values[base][1] != "builtins":
            for initialiser in engine.names.member(base, "__init__"):
                site.calls_outside(initialiser)


def _fill_fields(engine: Engine, site: Site, cls: Scope, instance: Value) -> None:
    """A generated initialiser (dataclass, ORM model) stores its arguments under the names of the fields."""
    order = [name for ancestor in reversed(engine.hierarchy.order(cls)) for name in ancestor.facts.annotations]
    named = [(order[i], ref) for i, ref in enumerate(site.arguments) if i < len(order)]
    for name, ref in [*named, *site.keywords]:
        node = engine.node_of(site.frame, ref)
        if name is not None and node >= 0:
            engine.program.stored_attributes.add(name)
            engine.edge(node, engine.fields_of(instance, name))
    if any(name is None for name, _ in site.keywords):
        return
    given = {name for name, _ in named} | {name for name, _ in site.keywords}
    for name, owner, factory in making.field_factories(engine, cls):
        if name not in given:
            engine.program.stored_attributes.add(name)
            filling = Site(site.frame, site.operation, "callback", len(engine.sites))
            filling.result = engine.fields_of(instance, name)
            engine.sites.append(filling)
            engine.watch(engine.node_of(engine.class_frame(owner), factory), call, engine, filling)


def call_instance(engine: Engine, site: Site, value: Value, description: tuple[Any, ...]) -> None:
    """Call an object that has ``__call__``."""
    cls = engine.program.scopes[description[1]]
    member = engine.hierarchy.member(cls, "__call__")
    if member is None or member.ref is None:
        if site.kind == "decorate" and cls.library:
            engine.edge(engine.node_of(site.frame, site.arguments[0]), site.result)
        return
    function = engine.plain_function(member.owner, member.ref)
    if function is not None:
        call_function(engine, site, ("F", function.index, engine.class_frame(member.owner).index), value)


def call_external(engine: Engine, site: Site, value: Value, description: tuple[Any, ...]) -> None:
    """Call something outside of the program."""
    if not site.calls_outside(value):
        return
    if description[1] == "builtins" and _call_builtin(engine, site, description[2]):
        return
    if description[2].endswith(".__new__") and site.arguments and site.result >= 0:
        _make(engine, site)
        return
    if description[2] in ("cast", "NewType") and len(site.arguments) == 2 and site.result >= 0:
        types = engine.names.types_of(site.frame.scope, site.arguments[description[2] == "NewType"])
        if description[2] == "cast":
            engine.add_types(site.result, types)
        else:
            engine.put(site.result, engine.values.intern("L", types))
        return
    if not site.bound and description[1] != "builtins":
        # The language's own functions call nothing but what their summary says.
        pass_outside(engine, site)
    site.first_time("external")
    if site.kind == "decorate":
        # An unknown decorator most often returns what it was given, or something that ends up calling it.
        node = engine.node_of(site.frame, site.arguments[0])
        if node >= 0:
            engine.edge(node, site.result)
        return
    result = engine.names.outside_result(value)
    if result is not None:
        engine.put(site.result, result)


def pass_outside(engine: Engine, site: Site, *, summarised: bool = False) -> None:
    """Functions given to code that we do not see may be called by it; SQL given to it may be run.

    Of ``summarised`` code it is known that it does not run the SQL. Nothing flows back, so it is told at the end.
    """
    for ref in site.arguments:
        if type(ref) is not int or ref >= 0:
            engine.passed_outside.append((site, ref, summarised))
    for _, ref in site.keywords:
        if type(ref) is not int or ref >= 0:
            engine.passed_outside.append((site, ref, summarised))


_SAYING = frozenset(
    """debug info warning warn error exception critical log write print append extend add join format split replace strip
    startswith endswith count index find encode set_attribute set_attributes add_event set_tag set_data""".split()
)
"""Methods that are given SQL text to show, keep or take apart, whatever they are of."""

_LOOKING_UP = frozenset({"get", "pop", "setdefault"})
"""Methods that give their second argument back where they find nothing, whatever they are of: they do not call it."""


def tell_passed_to_unknown(engine: Engine) -> None:
    """SQL given to a call of which nothing is known is taken to be run by it."""
    for site in engine.sites:
        if site.kind != "call" or site.targets or site.external or site.frame.scope.library:
            continue
        if not _SAYING.isdisjoint(_methods_called(site)):
            continue
        for ref in (*site.arguments, *(ref for _, ref in site.keywords)):
            for value in engine.values_of(engine.node_of(site.frame, ref)):
                if engine.values[value][0] == "Q":
                    scope = site.frame.scope.index
                    engine.sql_uses.add((scope, site.frame.receiver, value, PASSED, site.line))


def _methods_called(site: Site) -> list[str]:
    """The names of what a site calls, where these are attributes."""
    callee = site.operation[2]
    return [
        operation[3]
        for operation in (site.frame.scope.operations_producing(callee) if type(callee) is int else ())
        if operation[0] == Op.ATTRIBUTE
    ]


def _is_default(site: Site, ref: Ref) -> bool:
    """Whether an argument is what a lookup gives back where it finds nothing; paths are no keys, but have handlers."""
    if ref not in site.arguments[1:2] or _LOOKING_UP.isdisjoint(_methods_called(site)):
        return False
    key = site.arguments[0]
    return not (isinstance(key, str) and "/" in key)


def tell_passed_outside(engine: Engine) -> None:
    """What is known in the end to be given to code outside."""
    for site, ref, summarised in engine.passed_outside:
        for value in engine.values_of(engine.node_of(site.frame, ref)):
            description = engine.values[value]
            receiver = -1
            if description[0] == "B":
                receiver = description[2]
                description = engine.values[description[1]]
            if description[0] == "F" and not engine.program.scopes[description[1]].library:
                if site.kind != "decorate" and (summarised or not _is_default(site, ref)):
                    site.leads_to((description[1], receiver, "callback"), certain=False)
            elif description[0] == "Q":
                scope = site.frame.scope.index
                if summarised:
                    engine.sql_texts.add((scope, site.frame.receiver, value, site.line))
                elif _SAYING.isdisjoint(_methods_called(site)):
                    engine.sql_uses.add((scope, site.frame.receiver, value, PASSED, site.line))
    engine.passed_outside.clear()


def _call_builtin(engine: Engine, site: Site, name: str) -> bool:
    """Built-ins that give access to the program's own structure; the rest is told by the summary."""
    if name == "super":
        _call_super(engine, site)
        return True
    if name in ("type.__call__", "type.__new__"):
        return _call_metatype(engine, site, name)
    if name in _ASKED and site.arguments:
        base = engine.node_of(site.frame, site.arguments[0])
        if base >= 0:
            engine.watch(base, _ask, engine, site, _ASKED[name], base)
        return False
    if name == "getattr" and len(site.arguments) >= 2:
        attribute = _name_given(site.frame.scope, site.arguments[1])
        base = engine.node_of(site.frame, site.arguments[0])
        if isinstance(attribute, str) and HOLE in attribute and base >= 0:
            known = put_together(engine, site.frame.scope, attribute)
            for each in known:
                engine.watch(base, attributes.load, engine, site.frame, site.result, each, site.line)
            if attribute.strip(HOLE) and not known:
                engine.watch(base, load_matching, engine, site.frame, site.result, attribute, site.line)
        elif isinstance(attribute, str) and base >= 0:
            engine.watch(base, attributes.load, engine, site.frame, site.result, attribute, site.line, base)
        elif base >= 0:
            load_listed(engine, site, base)
        if len(site.arguments) > 2:
            default = engine.node_of(site.frame, site.arguments[2])
            if default >= 0:
                engine.edge(default, site.result)
        return True
    if name == "setattr" and len(site.arguments) == 3:
        attribute = constant_of(site.arguments[1])
        base, source = engine.node_of(site.frame, site.arguments[0]), engine.node_of(site.frame, site.arguments[2])
        if isinstance(attribute, str) and base >= 0:
            engine.program.stored_attributes.add(attribute)
            engine.watch(base, attributes.store, engine, site.frame, attribute, source, site.line)
        elif base >= 0:
            engine.watch(base, attributes.store_some, engine, site.frame, site.line)
        return True
    if name == "type":
        _call_type(engine, site)
        return True
    if name == "globals" and site.result >= 0:
        engine.put(site.result, engine.values.intern("M", site.frame.scope.module.index))
        return True
    return False


def _name_given(scope: Scope, ref: Ref) -> Any:
    """The name that an attribute is asked for by; what it only ends with, as in ``kind + "_handler"``, has a hole."""
    for operation in scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
        if operation[0] == Op.BINARY and operation[4] == "add" and isinstance(operation[3], str):
            return HOLE + operation[3]
    return constant_of(ref)


def _make(engine: Engine, site: Site) -> None:
    """``object.__new__(cls)``, and that of any base outside."""
    cls = engine.node_of(site.frame, site.arguments[0])
    if cls >= 0:
        engine.watch(cls, _instantiate, engine, site.result)


def _instantiate(new: frozenset[Value], engine: Engine, result: Node) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "C":
            engine.put(result, engine.values.instance(description[1], description[2]))


def _give_subclasses(engine: Engine, site: Site, description: tuple[Any, ...]) -> None:
    """``cls.__subclasses__()``: a list of the direct ones, or of all, which code of that kind goes on to find."""
    site.calls_outside(engine.values.intern("X", "builtins", "type.__subclasses__"))
    subclasses = engine.hierarchy.subclasses.get(description[1], ())
    if site.result >= 0 and subclasses and site.first_time(("subclasses", description[1])):
        nodes = [engine.constant(engine.values.intern("C", cls.index, ())) for cls in subclasses if not cls.library]
        engine.put(site.result, engine.containers.of_elements("list", nodes))


def _call_type(engine: Engine, site: Site) -> None:
    """The class of an object, or a class made while running."""
    if len(site.arguments) == 1 and site.result >= 0:
        base = engine.node_of(site.frame, site.arguments[0])
        if base >= 0:
            engine.watch(base, _type_of, engine, site.result)
    elif len(site.arguments) == 3 and site.result >= 0:
        bases = engine.node_of(site.frame, site.arguments[1])
        if bases >= 0:
            each = engine.new_node()
            engine.watch(bases, iterate, engine, site.frame, each, site.line)
            body = engine.node_of(site.frame, site.arguments[2])
            engine.watch(each, _derive, engine, site.result, body)


def _derive(new: frozenset[Value], engine: Engine, result: Node, body: Node) -> None:
    """A class made while running: what is known of it is that its instances are like those of its bases.

    What it adds to them is taken for theirs.
    """
    for value in new:
        description = engine.values[value]
        if description[0] == "C":
            engine.put(result, engine.values.intern("L", (engine.values.instance(description[1], description[2]),)))
            if body >= 0 and not engine.program.scopes[description[1]].library:
                engine.watch(body, _add_to_class, engine, description[1])


def _add_to_class(new: frozenset[Value], engine: Engine, cls: int) -> None:
    """What stands under constant names in a table becomes attributes of a class."""
    for value in new:
        description = engine.values[value]
        for name, node in engine.containers.keyed(description[2]) if description[0] == "O" else ():
            if isinstance(name, str):
                engine.contributed.add((cls, name))
                engine.edge(node, engine.inherited_fields(cls, name))


def _ask(new: frozenset[Value], engine: Engine, site: Site, names: tuple[str, ...], base: Node) -> None:
    """The first of these special methods that an object has is called, for the values of ``base``."""
    for value in new:
        description = engine.values[value]
        cls = attributes.special_class(engine, description)
        if cls is not None and not cls.library:
            for name in names:
                if engine.hierarchy.member(cls, name) is not None:
                    attributes.call_method(engine, site.frame, -1, value, cls, name, site.line)
                    if name in ANY_OBJECT:
                        engine.catch_alls.note(base, site.frame, value, name, site.line)
                    break
        elif cls is not None and names[0] == "__str__" and engine.hierarchy.member(cls, "__str__") is not None:
            # A summary says what the text of its object stands for: a statement that is built, for one.
            attributes.call_method(engine, site.frame, site.result, value, cls, "__str__", site.line)
        elif cls is not None and names[0] == "__bool__" and engine.hierarchy.member(cls, "__bool__") is not None:
            attributes.call_method(engine, site.frame, -1, value, cls, "__bool__", site.line)


def _type_of(new: frozenset[Value], engine: Engine, result: Node) -> None:
    classes = frozenset(engine.values.class_of(value) for value in new if engine.values[value][0] == "I")
    if classes:
        engine.add(result, classes)


def _call_super(engine: Engine, site: Site) -> None:
    frame: Frame | None = site.frame
    while frame is not None and not (frame.scope.is_method and frame.receiver >= 0):
        frame = frame.parent
    if frame is None or frame.scope.parent is None:
        return
    start = frame.scope.parent.index
    explicit: Ref = site.arguments[0] if len(site.arguments) == 2 else -1
    for value in engine.names.evaluate(site.frame.scope, explicit):
        if engine.values[value][0] == "C":
            start = engine.values[value][1]
    engine.put(site.result, engine.values.intern("S", start, frame.receiver))
    # Past the limit of frames other receivers arrive through the parameter.
