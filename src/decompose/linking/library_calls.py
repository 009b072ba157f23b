"""Calls of library functions that a summary describes: type variables are bound by the arguments, the result has the
promised type, and the effects that the summary states are recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.values import Bindings, Types, Value

if TYPE_CHECKING:
    from decompose.linking.declared_fields import DeclaredFields
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

MAX_QUERIES_AT_A_CALL = 6
"""Where more kinds of queries share a call, what it adds to each of them tells little and is left out."""

ALONG = ", along with others"
"""Ends the rule of an access to what a statement touches besides the rows that it is about."""

SHOWN = "shown by the template"
EACH = "each"
"""How the rule begins of what happens to each of several tables, not to one of them: ``each of fixtures/start.json``."""
"""Begins the rule of an access that a template asks for."""

RENDERED = "query given to a template"
"""The rule of an access by a query that runs when a template is rendered, if the template uses it."""

_ACCESSES = frozenset({"read", "insert", "update", "delete", "cascade", "cascade_of_query", "scan"})
_ENLARGING = frozenset({"looks_up", "loads_along", "joins", "names", "forgets"})
_WRITING = frozenset({"insert", "update", "delete", "cascade", "cascade_of_query"})
_FOLLOWING = frozenset({"validates", "saves_relations", "loads_relations", "offers_choices", "represents"})
"""Effects of which only the class itself tells what they do: forms and serializers."""

_ACCESS_EFFECTS = {
    "reads": "read",
    "inserts": "insert",
    "updates": "update",
    "deletes": "delete",
    "scans": "scan",
    "cascades": "cascade",
    "cascades_of_query": "cascade_of_query",
}
_TRANSACTIONAL = frozenset({"transaction", "commits", "rolls_back"})
_KNOWN_USES = frozenset({"executes", "keeps", "runs", "listens", "supplies", "fills"})
"""Where these are stated, it is known what becomes of the arguments."""

_COMBINED = {"compares": (("__lt__", "__gt__"),), "sums": (("__radd__",), ("__add__",))}
"""Effect -> the special methods that are called between the values; of those in one tuple the first that there is."""

_ITERABLE = "builtins:Iterable"

_ITERABLES = frozenset(
    {"builtins:list", "builtins:set", "builtins:frozenset", "builtins:tuple", "builtins:Iterable", "builtins:Iterator"}
)


class Parameter(NamedTuple):
    """What an argument in this place tells.

    ``wanted``: the type variables that it binds. ``executed``: it is run. ``called_back``: it is called, with values of
    these type variables. ``special``: its special methods of these names are called. ``run``: what it is, or the name of,
    is run with the arguments behind it, by this kind of call. ``rendered``: queries in it are run. ``entered``: it is the
    manager of a block. ``supplied``: it is a function that the arguments behind it are kept for.
    """

    wanted: Types
    executed: bool
    called_back: tuple[str, ...] | None
    special: tuple[str, ...]
    run: str = ""
    rendered: bool = False
    entered: bool = False
    supplied: bool = False


_TELLS_NOTHING = Parameter((), executed=False, called_back=None, special=())


class ParameterPlan(NamedTuple):
    """The parameters of a summarised function; None where an argument tells nothing."""

    positional: list[Parameter | None]
    star: Parameter | None
    by_name: dict[str, Parameter]
    double_star: Parameter | None
    telling: bool


def parameter_plan(engine: Engine, function: Scope, effects: list[tuple[str, list[Any]]]) -> ParameterPlan:
    """The plan of a function, made once."""
    plan = engine.library_plans.get(function.index)
    if plan is not None:
        return plan
    positional: list[Parameter | None] = []
    star: Parameter | None = None
    double_star: Parameter | None = None
    by_name: dict[str, Parameter] = {}
    for name, _, annotation, _, kind in function.facts.parameters:
        types = engine.names.types(function, annotation) if annotation is not None else ()
        told = Parameter(
            tuple(value for value in types if value in engine.values.open_types),
            any(effect == "executes" and name in arguments for effect, arguments in effects),
            next((tuple(a[1:]) for effect, a in effects if effect == "calls_back" and a[0] == name), None),
            next((tuple(a[1:]) for effect, a in effects if effect == "asks" and a[0] == name), ()),
            next((str(a[1]) for effect, a in effects if effect == "runs" and a[0] == name), ""),
            any(effect == "renders" and name in arguments for effect, arguments in effects),
            any(effect == "opens" and name in arguments for effect, arguments in effects),
            any(effect == "supplies" and name in arguments for effect, arguments in effects),
        )
        tells = told.called_back is not None or told != _TELLS_NOTHING
        parameter = told if tells else None
        if kind == ParameterKind.POSITIONAL:
            positional.append(parameter)
        elif kind == ParameterKind.STAR:
            star = parameter
        elif kind == ParameterKind.STAR_STAR:
            double_star = parameter
        if parameter is not None and kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD):
            by_name[name] = parameter
    telling = star is not None or double_star is not None or bool(by_name)
    plan = engine.library_plans[function.index] = ParameterPlan(positional, star, by_name, double_star, telling)
    return plan


class StoreUse(NamedTuple):
    """A call that reads, writes or deletes something in a store; ``name`` says what tells its name (see `summaries`)."""

    site: Site
    function: Scope
    receiver: Value
    kind: str
    operation: str
    name: str = ""


class LibraryCall:
    """One call of one summarised function, with the type variables bound so far."""

    def __init__(
        self, engine: Engine, site: Site, function: Scope, bindings: Bindings, promised: Types, receiver: Value = -1
    ) -> None:
        self.engine = engine
        self.site = site
        self.function = function
        self.bindings = dict(bindings)
        self.promised = promised
        self.receiver = receiver
        self.effects = effects_of(engine, function) if function.library else []
        self.done: set[Any] = set()
        self.called_back: list[tuple[Node, str]] = []
        self.combined = [(arguments[0], _COMBINED[effect]) for effect, arguments in self.effects if effect in _COMBINED]
        self.matching = False
        self.enlarges = False
        self._fields: DeclaredFields | None = None
        if any(self._rules_out(effect, arguments) for effect, arguments in self.effects):
            self.effects = [stated for stated in self.effects if stated[0] in ("calls_on", "renders")]
        for effect, arguments in self.effects:
            if effect == "leaves_to" and self._leave(*arguments[:2]):
                left = arguments[-1] if len(arguments) > 2 else arguments[0]
                self.effects = [s for s in self.effects if s[0] not in _WRITING or s[1][0] != left]
        for effect, _ in self.effects:
            if effect in _ENLARGING and len(site.bound) <= MAX_QUERIES_AT_A_CALL:
                self.enlarges = True
                self._enlarge()
                break

    def bind(self, skip_first: bool) -> None:
        """Match the arguments against the annotated parameters, and apply what is known then and whenever more is."""
        plan = parameter_plan(self.engine, self.function, self.effects)
        self.matching = plan.telling
        if plan.telling:
            self._match_parameters(plan, skip_first)
        self.matching = False
        self.apply()

    def _match_parameters(self, plan: ParameterPlan, skip_first: bool) -> None:
        skip = 1 if skip_first else 0
        for position, ref in enumerate(self.site.arguments):
            at = position + skip
            parameter = plan.positional[at] if at < len(plan.positional) else plan.star
            if parameter is not None:
                self._argument(parameter, ref)
        for name, ref in self.site.keywords:
            parameter = plan.by_name.get(name, plan.double_star)
            if parameter is not None:
                self._argument(parameter, ref)

    def _argument(self, parameter: Parameter, ref: Ref) -> None:
        engine = self.engine
        node = engine.node_of(self.site.frame, ref)
        if isinstance(ref, str):
            for value in parameter.wanted:
                self._reference(value, ref)
        if isinstance(ref, str) and parameter.run and engine.loading is not None:
            node = engine.new_node()
            for module, name in engine.loading.named(ref, self.site.frame.scope):
                if name:
                    engine.edge(engine.export_node(module, name), node)
        if node < 0:
            return
        if parameter.run:
            engine.watch(node, self._run_argument, parameter.run, ref)
        if parameter.executed:
            engine.watch(node, self._execute)
        if parameter.called_back is not None:
            engine.watch(node, self._call_back, parameter.called_back)
        if parameter.entered:
            engine.watch(node, self._enter)
        if parameter.supplied:
            engine.watch(node, self._supply)
        if parameter.special:
            engine.watch(node, self._ask, parameter.special)
        if parameter.rendered:
            engine.watch(node, self._render)
        if parameter.wanted:
            engine.watch(node, self._match_all, parameter.wanted)

    def _reference(self, wanted: Value, text: str) -> None:
        """A class given by its name, where the summary says that a name may be given."""
        description = self.engine.values[wanted]
        definition = self.engine.program.scopes[description[1]].definition if description[0] == "I" else ""
        if definition == "decompose:TableName":
            self._bind_variable(description[2][0][0], (self.engine.values.intern("D", text),))
        elif definition in ("decompose:Declared", "decompose:DeclaredObject"):
            named = self._declared(text, made=definition == "decompose:DeclaredObject")
            self._bind_variable(description[2][0][0], named)
        elif definition == "decompose:Reference":
            found = self.engine.references.find(text, self.site.frame.scope)
            self._bind_variable(description[2][0][0], tuple(self.engine.values.instance(cls.index) for cls in found))

    def _declared(self, group: str, *, made: bool) -> Types:
        """What the project declares in a group of entry points; of classes with ``made`` their objects."""
        engine, found, loading = self.engine, [], self.engine.loading
        targets = [entry.target for entry in engine.declared if entry.group == group] if loading is not None else []
        for target in targets:
            for module, name in loading.named(target, self.site.frame.scope) if loading is not None else ():
                for value in sorted(engine.names.export(module, name)) if name else ():
                    described = engine.values[value]
                    if described[0] == "C":
                        found.append(engine.values.instance(described[1]) if made else value)
                    elif described[0] == "F":
                        home = engine.module_frame(engine.program.scopes[described[1]].module)
                        found.append(engine.values.intern("F", described[1], home.index))
        return tuple(found)

    def _match_all(self, new: frozenset[Value], wanted: Types) -> None:
        for actual in new:
            for value in wanted:
                self._match(value, actual)

    def _match(self, wanted: Value, actual: Value) -> None:
        engine = self.engine
        description, given = engine.values[wanted], engine.values[actual]
        if description[0] == "T":
            self._bind_variable(wanted, (actual,))
        elif description[0] == "Y":
            if given[0] == "C":
                self._bind_variable(description[1], (engine.values.instance(given[1], given[2]),))
        elif description[0] == "L":
            self._match_result(description[1], given)
        elif description[0] == "I":
            definition = engine.program.scopes[description[1]].definition
            if definition == "decompose:Reference":
                for cls in engine.references.find_external(given) if given[0] == "X" else ():
                    self._bind_variable(description[2][0][0], (engine.values.instance(cls.index),))
            elif given[0] == "I":
                self._match_arguments(description, given)
            elif given[0] == "O" and definition in _ITERABLES and description[2]:
                elements = engine.containers.elements(given[1], given[2])
                engine.watch(elements, self._match_all, description[2][0])

    def _match_arguments(self, description: tuple[Any, ...], given: tuple[Any, ...]) -> None:
        engine = self.engine
        owner = engine.program.scopes[description[1]]
        cls = engine.program.scopes[given[1]]
        if owner.definition == _ITERABLE and self.function.library and cls.library and cls.module.name != "builtins":
            from decompose.linking.attributes import call_method

            # Whoever takes the elements makes the object give them, which may be what runs a query.
            call_method(engine, self.site.frame, -1, engine.values.intern(*given), cls, "__iter__", self.site.line)
        if not engine.hierarchy.is_subclass(given[1], description[1]):
            if owner.definition in _ITERABLES and given[2] and cls.definition in _ITERABLES:
                self._pairwise(description[2][:1], given[2][:1])
            elif owner.definition in _ITERABLES and description[2] and not cls.library:
                from decompose.linking import containers

                elements = engine.new_node()
                given_value = engine.single(engine.values.intern(*given))
                containers.iterate(given_value, engine, self.site.frame, elements, self.site.line)
                engine.watch(elements, self._match_all, description[2][0])
            elif owner.definition in ("builtins:Iterable", "builtins:list"):
                getter = engine.hierarchy.member(cls, "__iter__")
                if getter is not None and getter.owner.library and getter.ref is not None:
                    function = engine.plain_function(getter.owner, getter.ref)
                    if function is not None and function.facts.return_annotation is not None:
                        types = engine.names.types(function, function.facts.return_annotation)
                        bound = engine.hierarchy.bindings(cls, given[2], getter.owner)
                        for iterator in engine.values.substitute(types, bound):
                            if engine.values[iterator][0] == "I":
                                self._pairwise(description[2][:1], engine.values[iterator][2][:1])
            return
        bound = engine.hierarchy.bindings(cls, given[2], owner)
        actual = tuple(bound.get(name, ()) for name in engine.names.type_parameters(owner))
        self._pairwise(description[2], actual)

    def _match_result(self, wanted: Types, given: tuple[Any, ...]) -> None:
        """What a function that is given returns."""
        engine = self.engine
        receiver = -1
        if given[0] == "B":
            receiver, given = given[2], engine.values[given[1]]
        if given[0] == "C":
            self._match_all(engine.single(engine.values.instance(given[1], given[2])), wanted)
        elif given[0] == "L":
            self._match_all(engine.standing_for(given[1]), wanted)
        elif given[0] == "F":
            function = engine.program.scopes[given[1]]
            if not function.library:
                parent = engine.frames[given[2]] if given[2] >= 0 else engine.class_frame(function)
                engine.watch(engine.frame(function, parent, receiver).returns, self._match_all, wanted)
            elif function.facts.return_annotation is not None:
                types = engine.names.types(function, function.facts.return_annotation)
                self._match_all(frozenset(t for t in types if t not in engine.values.open_types), wanted)

    def _pairwise(self, wanted: tuple[Types, ...], actual: tuple[Types, ...]) -> None:
        for variables, values in zip(wanted, actual, strict=False):
            for variable in variables:
                for value in values:
                    self._match(variable, value)

    def _bind_variable(self, variable: Value, values: Types) -> None:
        description = self.engine.values[variable]
        if description[0] != "T":
            for value in values:
                self._match(variable, value)
            return
        name = description[1]
        known = self.bindings.get(name, ())
        new = tuple(value for value in values if value not in known)
        if new:
            self.bindings[name] = known + new
            if self.enlarges:
                self._enlarge()
            self.apply()

    def _enlarge(self) -> None:
        """Bind the variables that stand for what a query touches besides its own rows."""
        for effect, arguments in self.effects:
            if effect == "names":
                self._widen(arguments[0], (self.engine.values.intern("D", text) for text in self._texts()))
            elif effect == "forgets":
                self.bindings.update((name, ()) for name in arguments)
            elif effect == "joins":
                self._widen(arguments[0], (v for name in arguments[1:] for v in self.bindings.get(name, ())))
            elif effect in ("looks_up", "loads_along"):
                self._widen(arguments[0], self._across(arguments, loads=effect == "loads_along"))
        self._renew_receiver()

    def _texts(self) -> Iterator[str]:
        """The names that a call is given: constant strings and the names of keywords."""
        yield from (ref for ref in self.site.arguments if isinstance(ref, str))
        for name, ref in self.site.keywords:
            if name is not None:
                yield name
            if isinstance(ref, str):
                yield ref

    def _across(self, arguments: list[Any], *, loads: bool) -> Iterator[Value]:
        described = self.engine.values
        paths = [*self._texts(), *(described[v][1] for name in arguments[2:] for v in self.bindings.get(name, ()))]
        for entity in self.bindings.get(arguments[1], ()):
            if described[entity][0] == "I":
                for path in paths:
                    yield from self.engine.relations.across(described[entity][1], path, loads=loads)

    def _widen(self, variable: str, values: Iterable[Value]) -> None:
        """Add to a variable, except for the rows that the receiver is about: those are no others."""
        described, known, own = self.engine.values, self.bindings.get(variable, ()), set()
        if self.receiver >= 0 and self.function.parent is not None:
            first = self.engine.names.type_parameters(self.function.parent)[:1]
            own = {described[v][:2] for name in first for v in self.bindings.get(name, ())}
        self.bindings[variable] = tuple(sorted({*known, *(v for v in values if described[v][:2] not in own)}))

    def _renew_receiver(self) -> None:
        """``Self`` is the receiver's class with the type arguments that its variables have by now."""
        engine, parent = self.engine, self.function.parent
        description = engine.values[self.receiver] if self.receiver >= 0 else ("",)
        if description[0] != "I" or parent is None:
            return
        arguments = list(description[2])
        for position, name in enumerate(engine.names.type_parameters(parent)):
            arguments[position : position + 1] = [self.bindings.get(name, ())]
        while arguments and not arguments[-1]:
            arguments.pop()
        self.bindings["Self"] = (engine.values.instance(description[1], tuple(arguments)),)

    def apply(self) -> None:
        """Add the promised result and record the effects, as far as the bindings tell."""
        if self.matching:
            return
        engine, site = self.engine, self.site
        for variable, operators in self.combined:
            for names in operators:
                self._ask(frozenset(self.bindings.get(variable, ())), names)
        for node, variable in self.called_back:
            if self.bindings.get(variable):
                engine.add(node, engine.standing_for(self.bindings[variable]))
        if site.result >= 0 and self.promised:
            engine.add_types(site.result, engine.values.substitute(self.promised, self.bindings))
        for effect, arguments in self.effects:
            if effect in _ACCESSES or effect in _FOLLOWING:
                self._record(effect, arguments[0], "execute")
                for variable in arguments[1:]:
                    self._record(effect, variable, "execute", ALONG)
            elif effect == "builds":
                self._record(arguments[0], arguments[1], "build")
            elif effect in _TRANSACTIONAL and effect not in self.done:
                self.done.add(effect)
                engine.transactions.append((site, effect, arguments[0]))
            elif effect == "stores" and (effect, *arguments) not in self.done:
                self.done.add((effect, *arguments))
                engine.store_uses.append(StoreUse(site, self.function, self.receiver, *arguments))
            elif effect == "invokes":
                self._invoke(arguments[0], arguments[1])
            elif effect == "calls_own" and effect not in self.done:
                self.done.add(effect)
                self._call_own(arguments[0], arguments[1])
            elif effect == "calls_on":
                for value in self.bindings.get(arguments[0], ()):
                    self._call_on(value, arguments[1:])
            elif effect == "loads_fields":
                self._load_fields(*arguments)
            elif effect == "runs_query_of":
                self._run_query_of(*arguments)
            elif effect in ("listens", "announces"):
                for channel in self.bindings.get(arguments[0], ()):
                    if (effect, channel) not in self.done:
                        self.done.add((effect, channel))
                        self._use_channel(effect, channel, arguments[1])

    def _rules_out(self, effect: str, arguments: list[Any]) -> bool:
        """Whether what the call is given, or is not given, says that nothing is done."""
        if effect not in ("unless", "only_with"):
            return False
        if any(type(ref) is list and ref[0] == "*" for ref in self.site.arguments) or any(
            name is None for name, _ in self.site.keywords
        ):
            return False
        names = [
            parameter[0] for parameter in self.function.facts.parameters if parameter[4] == ParameterKind.POSITIONAL
        ]
        position = names.index(arguments[0]) - 1 if arguments[0] in names else -1
        ref = self.site.argument(position, arguments[0])
        if effect == "only_with":
            return type(ref) is int and ref == -1
        return type(ref) is list and ref[0] == "c" and ref[1] == arguments[1]

    def _leave(self, variable: str, name: str) -> bool:
        """Call the application's own methods of that name; whether there are any, which then do what is to be done."""
        found = False
        for value in self.bindings.get(variable, ()):
            description = self.engine.values[value]
            cls = self.engine.program.scopes[description[1]] if description[0] == "I" else None
            member = self.engine.hierarchy.member(cls, name) if cls is not None else None
            if member is not None and not member.owner.library:
                found = True
                self._call_on(value, [name])
        return found

    def _call_on(self, value: Value, names: Iterable[str], result: Node = -1) -> None:
        """The library calls these methods of an object, its own or those that it inherits from the library."""
        from decompose.linking import attributes

        description = self.engine.values[value]
        cls = self.engine.program.scopes[description[1]] if description[0] == "I" else None
        for name in names:
            if cls is not None and (value, name) not in self.done:
                self.done.add((value, name))
                attributes.call_method(self.engine, self.site.frame, result, value, cls, name, self.site.line)

    def _load_fields(self, schemas: str, rows: str) -> None:
        """What the schemas declare is read from the objects."""
        from decompose.linking.declared_fields import DeclaredFields

        if self._fields is None:
            self._fields = DeclaredFields(self.engine, self.site.frame, self.site.line)
        for schema in self.bindings.get(schemas, ()):
            described = self.engine.values[schema]
            for row in self.bindings.get(rows, ()) if described[0] == "I" else ():
                self._fields.read(self.engine.program.scopes[described[1]], row)

    def _run_query_of(self, name: str, asked_for: str = "") -> None:
        """The query that the object's own method gives is run, if the application has something that asks for that."""
        hierarchy = self.engine.hierarchy
        for value in self.bindings.get("Self", ()):
            cls = self.engine.program.scopes[self.engine.values[value][1]]
            found = [hierarchy.member(cls, asking) for asking in asked_for.split()]
            if asked_for and all(member is None or member.owner.library for member in found):
                continue
            if (value, name) not in self.done:
                node = self.engine.new_node()
                self._call_on(value, [name], node)
                self.engine.watch(node, self._execute)

    def _record(self, operation: str, variable: str, role: str, how: str = "") -> None:
        frame = self.site.frame
        rule = f"{self.function.definition}{how}"
        for value in self.bindings.get(variable, ()):
            self.engine.accesses.add((frame.scope.index, frame.receiver, operation, value, role, rule, self.site.line))

    def _use_channel(self, effect: str, channel: Value, argument: str) -> None:
        """Add a listener, the argument of that name, to a channel; or run all its listeners, by that kind of call."""
        if effect == "announces":
            self.engine.watch(self.engine.channel(channel), self._run_all, argument)
            return
        parameters = [p[0] for p in self.function.facts.parameters if p[0] != "self"]
        position = parameters.index(argument) if argument in parameters else 0
        node = self.engine.node_of(self.site.frame, self.site.argument(position, argument))
        if node >= 0:
            self.engine.edge(node, self.engine.channel(channel))

    def _run_all(self, new: frozenset[Value], kind: str) -> None:
        for value in new:
            self._run(value, kind)

    def _invoke(self, variable: str, kind: str) -> None:
        for value in self.bindings.get(variable, ()):
            self._run(value, kind)

    def _run_argument(self, new: frozenset[Value], kind: str, ref: Ref) -> None:
        """A function that is given runs, with the arguments behind it."""
        site = self.site
        given = site.arguments
        position = next((at + 1 for at, argument in enumerate(given) if argument is ref), len(given))
        site.arguments = given[position:]
        for value in sorted(new):
            self._run(value, kind)
        site.arguments = given

    def _run(self, value: Value, kind: str) -> None:
        from decompose.linking import calls

        description = self.engine.values[value]
        receiver = -1
        if description[0] == "B":
            receiver, description = description[2], self.engine.values[description[1]]
        if description[0] == "F" and value not in self.done:
            self.done.add(value)
            outer, self.site.kind = self.site.kind, kind
            calls.call_function(self.engine, self.site, description, receiver)
            self.site.kind = outer
        elif (
            description[0] == "C" and value not in self.done and not self.engine.program.scopes[description[1]].library
        ):
            self.done.add(value)
            calls.construct(self.engine, self.site, value, description)

    def _enter(self, new: frozenset[Value]) -> None:
        """A context manager is opened, and closed in the end."""
        from decompose.linking import attributes

        attributes.enter(new, self.engine, self.site.frame, self.site.result, self.site.line)

    def _supply(self, new: frozenset[Value]) -> None:
        """A function is kept with some of its arguments, to be called later."""
        from decompose.linking import calls

        site, given = self.site, self.site.arguments
        for value in new:
            description = self.engine.values[value]
            receiver = -1
            if description[0] == "B":
                receiver, description = description[2], self.engine.values[description[1]]
            function = self.engine.program.scopes[description[1]] if description[0] == "F" else None
            if function is not None and not function.library:
                parent = (
                    self.engine.frames[description[2]] if description[2] >= 0 else self.engine.class_frame(function)
                )
                inner = self.engine.frame(function, parent, receiver)
                site.arguments = given[1:]
                calls.bind_arguments(self.engine, site, function, inner, skip_first=receiver >= 0)
                site.arguments = given

    def _call_own(self, name: str, kind: str) -> None:
        """The receiver's own method of that name runs."""
        from decompose.linking import attributes

        description = self.engine.values[self.receiver] if self.receiver >= 0 else ("",)
        cls = self.engine.program.scopes[description[1]] if description[0] == "I" else None
        member = self.engine.hierarchy.member(cls, name) if cls is not None else None
        function = self.engine.plain_function(member.owner, member.ref) if member is not None else None
        if member is not None and function is not None and not function.library:
            home, frame = self.engine.class_frame(member.owner), self.site.frame
            attributes.run_implicitly(self.engine, frame, -1, function, home, self.receiver, kind, self.site.line)

    def _execute(self, new: frozenset[Value]) -> None:
        """A statement is run: a query object, or SQL text."""
        engine, frame = self.engine, self.site.frame
        for value in new:
            description = engine.values[value]
            if description[0] == "Q":
                engine.sql_uses.add(
                    (frame.scope.index, frame.receiver, value, self.function.definition, self.site.line)
                )
            elif description[0] == "I":
                cls = engine.program.scopes[description[1]]
                member = engine.hierarchy.member(cls, "__operation__")
                if member is not None and isinstance(member.ref, str):
                    if member.ref != "read" and not any(description[2][:1]):
                        continue  # what it changes is not known yet
                    about = {engine.values[entity][:2] for entity in description[2][0]} if description[2] else set()
                    for position, entities in enumerate(description[2]):
                        # The first type argument is what the statement is about, all others are only read.
                        operations, rule = (member.ref.split(), "") if position == 0 else (["scan"], ALONG)
                        for entity in entities:
                            if position and engine.values[entity][:2] in about:
                                continue  # what it is about is named in its own conditions too
                            for operation in operations:
                                engine.accesses.add(
                                    (frame.scope.index, frame.receiver, operation, entity, "execute",
                                     f"{self.function.definition}{rule}", self.site.line)
                                )  # fmt: skip

    def _render(self, new: frozenset[Value]) -> None:
        """Queries that a template is given, in a dictionary or one by one, are run when it is rendered."""
        engine, frame = self.engine, self.site.frame
        for value in new:
            description = engine.values[value]
            if description[0] == "O" and (value, "rendered") not in self.done:
                self.done.add((value, "rendered"))
                engine.watch(description[2], self._render)
            elif description[0] == "I":
                cls = engine.program.scopes[description[1]]
                if engine.hierarchy.member(cls, "__offers_choices__") is not None:
                    engine.accesses.add(
                        (
                            frame.scope.index,
                            frame.receiver,
                            "offers_choices",
                            value,
                            "execute",
                            RENDERED,
                            self.site.line,
                        )
                    )
                member = engine.hierarchy.member(cls, "__operation__") if description[2] else None
                if member is None or member.ref != "read" or engine.hierarchy.member(cls, "__iter__") is None:
                    continue
                for position, entities in enumerate(description[2]):
                    operation, rule = ("scan", f"{RENDERED}{ALONG}") if position else ("read", RENDERED)
                    for entity in entities:
                        engine.accesses.add(
                            (frame.scope.index, frame.receiver, operation, entity, "execute", rule, self.site.line)
                        )

    def _call_back(self, new: frozenset[Value], variables: tuple[str, ...]) -> None:
        """A function that is given is called, with values of these type variables."""
        from decompose.linking import attributes

        engine = self.engine
        for value in new:
            description = engine.values[value]
            receiver = -1
            if description[0] == "B":
                receiver, description = description[2], engine.values[description[1]]
                method, owner = engine.program.scopes[description[1]], engine.values[receiver]
                if method.library and owner[0] == "I":
                    cls, name = engine.program.scopes[owner[1]], method.facts.name
                    attributes.call_method(engine, self.site.frame, -1, receiver, cls, name, self.site.line)
                    continue
            if description[0] == "F" and not engine.program.scopes[description[1]].library:
                self.site.leads_to((description[1], receiver, "callback"), certain=True)
                function = engine.program.scopes[description[1]]
                parent = engine.frames[description[2]] if description[2] >= 0 else engine.class_frame(function)
                inner = engine.frame(function, parent, receiver)
                parameters = [p for p in function.facts.parameters[receiver >= 0 :] if p[4] == ParameterKind.POSITIONAL]
                for parameter, variable in zip(parameters, variables, strict=False):
                    self.called_back.append((inner.nodes[parameter[1]], variable))
            elif description[0] == "C" and not engine.program.scopes[description[1]].library:
                from decompose.linking import calls

                outer, self.site.kind, result, self.site.result = self.site.kind, "callback", self.site.result, -1
                calls.construct(engine, self.site, value, description)
                self.site.kind, self.site.result = outer, result
        self.apply()

    def _ask(self, new: frozenset[Value], names: tuple[str, ...]) -> None:
        """The first of these special methods that an object has is called."""
        from decompose.linking import attributes

        for value in new:
            cls = attributes.special_class(self.engine, self.engine.values[value])
            if cls is None or cls.module.name == "builtins":
                continue
            result = -1 if cls.library else self.site.result
            for name in names:
                if self.engine.hierarchy.member(cls, name) is not None:
                    attributes.call_method(self.engine, self.site.frame, result, value, cls, name, self.site.line)
                    break


def call(engine: Engine, site: Site, function: Scope, receiver: Value, extra: Bindings | None = None) -> None:
    """Call a summarised function at ``site``."""
    key = (function.index, receiver)
    if not site.first_time(key):
        return
    result = engine.plain_results.get(key)
    if result is not None and not extra:
        if site.result >= 0 and result:
            engine.add(site.result, result)
        if function.module.name != "builtins":
            _pass_outside(engine, site)
        return
    facts = function.facts
    promised = engine.names.types(function, facts.return_annotation) if facts.return_annotation is not None else ()
    bindings = {**_receiver_bindings(engine, function, receiver), **(extra or {})}
    started = LibraryCall(engine, site, function, bindings, promised, receiver)
    if not started.effects and not parameter_plan(engine, function, started.effects).telling and not extra:
        # Such a call gives the same whatever it is given.
        started.apply()
        engine.plain_results[key] = engine.standing_for(engine.values.substitute(promised, bindings))
    else:
        started.bind(skip_first=receiver >= 0 and function.is_method and facts.flavour != "static")
    stated = {effect for effect, _ in started.effects}
    # What is built in calls nothing, unless it calls something back.
    if stated.isdisjoint(_KNOWN_USES) and (function.module.name != "builtins" or "calls_back" in stated):
        _pass_outside(engine, site)


def _pass_outside(engine: Engine, site: Site) -> None:
    from decompose.linking import calls

    if site.kind != "decorate" and site.first_time("outside"):
        calls.pass_outside(engine, site, summarised=True)


def _receiver_bindings(engine: Engine, function: Scope, receiver: Value) -> Bindings:
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
    from decompose.linking.frames import Site

    site = Site(frame, [Op.CALL, -1, -1, [], [], line], "property")
    site.result = result
    if argument != -1:
        site.arguments = [argument]
    if any(effect == "invokes" for effect, _ in effects_of(engine, function)):
        site.index = len(engine.sites)
        engine.sites.append(site)
    call(engine, site, function, receiver, extra)


def construct(engine: Engine, site: Site, cls: Scope, description: tuple[Any, ...], initialiser: Scope | None) -> None:
    """Make an instance of a summarised class; arguments may fix its type arguments."""
    key = (cls.index, "construct", description[2])
    if not site.first_time(key):
        return
    parameters = engine.names.type_parameters(cls)
    arguments = description[2]
    if not arguments and engine.hierarchy.member(cls, "__own_identity__") is not None:
        # Every object made is a type of its own: what is said to one is not said to another.
        arguments = ((engine.values.intern("D", f"{site.frame.scope.definition}, line {site.line}"),),)
    container = engine.hierarchy.member(cls, "__container__")
    if container is not None and isinstance(container.ref, str) and cls.library:
        engine.containers.construct(site, container.ref)
        return
    bare = engine.values.instance(cls.index, arguments)
    if initialiser is not None and initialiser.library and parameters and not description[2]:
        types = (engine.values.instance(cls.index, tuple((engine.values.intern("T", name),) for name in parameters)),)
        started = LibraryCall(engine, site, initialiser, {}, types)
        started.bind(skip_first=True)
        if not started.bindings and site.result >= 0:
            engine.put(site.result, bare)
        return
    if site.result >= 0:
        engine.put(site.result, bare)
    if initialiser is not None and initialiser.library:
        started = LibraryCall(engine, site, initialiser, {}, ())
        started.bind(skip_first=True)


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
        parameters = engine.names.type_parameters(owner)
        made = (engine.values.instance(cls.index, tuple((engine.values.intern("T", name),) for name in parameters)),)
    started = LibraryCall(engine, site, initialiser, bindings, made)
    started.bind(skip_first=True)


def bind_type_variables(engine: Engine, site: Site, function: Scope, receiver: Value, frame: Frame) -> None:
    """The result of an application's generic function, by its arguments."""
    annotation = function.facts.return_annotation
    if annotation is None:
        return
    types = engine.names.types(function, annotation)
    if not any(value in engine.values.open_types for value in types):
        return
    started = LibraryCall(engine, site, function, engine.bindings_of(frame), types)
    started.bind(skip_first=receiver >= 0)


def functions_with_effect(engine: Engine, effect: str) -> Iterator[int]:
    """The summarised functions that state an effect."""
    for scope in engine.program.scopes:
        # A summary imports the effects that it states.
        stated = scope.library and scope.facts.decorators and effect in scope.module.top.facts.names
        if stated and any(name == effect for name, _ in effects_of(engine, scope)):
            yield scope.index


def effects_of(engine: Engine, function: Scope) -> list[tuple[str, list[Any]]]:
    """The effects that a summary states for a function, by its decorators."""
    known = engine.library_effects.get(function.index)
    if known is None:
        known = []
        parent = function.parent
        for ref in function.facts.decorators if parent is not None else ():
            for operation in parent.operations_producing(ref) if parent is not None and type(ref) is int else ():
                if operation[0] != Op.CALL or parent is None:
                    continue
                for value in engine.names.evaluate(parent, operation[2]):
                    description = engine.values[value]
                    if description[0] == "X" and description[1] == "decompose.effects":
                        arguments = [ref[1] if isinstance(ref, list) else ref for ref in operation[3]]
                        known.append((_ACCESS_EFFECTS.get(description[2], description[2]), arguments))
        engine.library_effects[function.index] = known
    return known
