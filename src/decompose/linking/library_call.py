"""One call of a library function that a summary describes: type variables are bound by the arguments, the result has the
promised type, and the effects that the summary states are recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.linking import argument_uses, channels, given_dictionaries, query_types, special_methods
from decompose.linking.attributes import reading
from decompose.linking.calls import construction, following
from decompose.linking.effects import (
    ALONG,
    COPY,
    DECLARED,
    TAKEN_FOR,
    ParameterPlan,
    effect_names,
    effects_of,
    parameter_plan,
)
from decompose.linking.given_arguments import given_for, may_be_given, rules_out, surely_given
from decompose.linking.made_with import was_given
from decompose.linking.type_variables import TypeVariables
from decompose.linking.values import Bindings, Types, Value

if TYPE_CHECKING:
    from decompose.linking.declared_fields import DeclaredFields
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_ACCESSES = frozenset({"read", "insert", "update", "delete", "cascade", "cascade_of_query", "scan", COPY})
_WRITING = frozenset({"insert", "update", "delete", "cascade", "cascade_of_query"})
_FOLLOWING = DECLARED | {"collect"}
"""Effects of which only the class itself tells what they do."""

_TRANSACTIONAL = frozenset({"transaction", "commits", "rolls_back", "connects"})
_DEPENDING = frozenset(
    {
        "compares",
        "sums",
        "tests",
        "unless",
        "only_with",
        "only_without",
        "leaves_out",
        "needs",
        "leaves_to",
        "made_with",
    }
)
"""Effects that ask what the call is given, or what the application has of its own."""

ALWAYS_THE_SAME = _ACCESSES | _FOLLOWING | {"builds", "comes_in_order"}
"""Effects that depend only on what the type variables stand for."""

Told = tuple[str, Value, str, str]
"""What is accessed, without where: the operation, the rows, the role and the rule."""

_COMBINED = {
    "compares": (("__lt__", "__gt__"),),
    "sums": (("__radd__",), ("__add__",)),
    "tests": (("__bool__", "__len__"),),
}
"""Effect -> the special methods that are called on the values; of those in one tuple the first that there is."""


class StoreUse(NamedTuple):
    """A call that reads, writes or deletes something in a store; ``name`` says what tells its name (see `summaries`)."""

    site: Site
    function: Scope
    receiver: Value
    kind: str
    operation: str
    name: str = ""
    named: Value = -1
    """What the type variable in ``name`` stands for."""
    acting: str = ""
    """The argument that is the function that does it; else it is the one that calls."""


class LibraryCall(TypeVariables):
    """One call of one summarised function, with the type variables bound so far."""

    def __init__(
        self, engine: Engine, site: Site, function: Scope, bindings: Bindings, promised: Types, receiver: Value = -1
    ) -> None:
        super().__init__(engine, site, function, bindings)
        self.promised = promised
        self.receiver = receiver
        self.effects = effects_of(engine, function) if function.library else []
        self.done: set[Any] = set()
        self.called_back: list[tuple[Node, str]] = []
        self.handed_on: list[tuple[LibraryCall, Types, str]] = []
        """Calls of a library's own objects that this one makes: what their argument's type is, and the variable that it is."""
        self.combined: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
        self.matching = self.has_grown = False
        self._fields: DeclaredFields | None = None
        self.recorded: list[Told] | None = None
        """What the call is found to access, where somebody asks for it."""
        names = effect_names(engine, function) if function.library else frozenset()
        if not names.isdisjoint(_DEPENDING):
            self._look_at_arguments()
        self.enlarges = query_types.enlarges(self) if not names.isdisjoint(query_types.ENLARGING) else False
        if self.enlarges:
            query_types.enlarge(self)

    def _look_at_arguments(self) -> None:
        """Leave out the effects that depend on what the call is given."""
        site, function = self.site, self.function
        self.combined = [
            (arguments[0], _COMBINED[effect])
            for effect, arguments in self.effects
            if effect in _COMBINED and all(given_for(site, function, name) == -1 for name in arguments[1:])
        ]
        if any(rules_out(site, function, effect, arguments) for effect, arguments in self.effects):
            self.effects = [stated for stated in self.effects if stated[0] in ("calls_on", "renders")]
        for effect, arguments in self.effects:
            given = effect == "leaves_out" and surely_given(site, function, arguments[1])
            if given or (effect == "needs" and not may_be_given(site, function, arguments[1])):
                self.effects = [stated for stated in self.effects if stated[0] != arguments[0]]
            if effect == "made_with":
                self._leave_out_by_maker(*arguments)
            if effect == "leaves_to" and self._leave(*arguments[:2]):
                left = arguments[-1] if len(arguments) > 2 else arguments[0]
                self.effects = [s for s in self.effects if s[0] not in _WRITING or s[1][0] != left]

    def _leave_out_by_maker(self, name: str, mark: str, called_with: str, called_without: str) -> None:
        """Of two methods that it calls on the object only one is, where it is seen what the object was made with."""
        given = was_given(self.engine, self.site, name, mark)
        if given is not None:
            left_out = called_without if given else called_with
            self.effects = [
                (effect, [a for a in arguments if a != left_out] if effect == "calls_on" else arguments)
                for effect, arguments in self.effects
            ]

    def match_all(self, new: frozenset[Value], wanted: Types) -> None:
        """Match them all before what is known then is applied: applied one by one they would make a type for each of their beginnings."""
        outer, self.matching = self.matching, True
        try:
            super().match_all(new, wanted)
        finally:
            self.matching = outer
            self._apply_what_is_new()

    def more_is_known(self) -> None:
        self.has_grown = True
        self._apply_what_is_new()

    def _apply_what_is_new(self) -> None:
        if self.has_grown and not self.matching:
            self.has_grown = False
            if self.enlarges:
                query_types.enlarge(self)
            self.apply()

    def bind(self, skip_first: bool) -> None:
        """Match the arguments against the annotated parameters, and apply what is known then and whenever more is."""
        plan = parameter_plan(self.engine, self.function, effects_of(self.engine, self.function))
        self.matching = plan.telling
        if plan.telling:
            self._match_parameters(plan, skip_first)
        if query_types.must_wait(self):
            self.matching = True
            return
        self.matching = False
        if self.has_grown:
            self._apply_what_is_new()
        else:
            self.apply()

    def go_on(self) -> None:
        """Apply what is known, now that relations are stated for which the call was kept waiting."""
        self.matching, self.has_grown = False, True
        self._apply_what_is_new()

    def _match_parameters(self, plan: ParameterPlan, skip_first: bool) -> None:
        skip = 1 if skip_first else 0
        for position, ref in enumerate(self.site.arguments):
            at = position + skip
            parameter = plan.positional[at] if at < len(plan.positional) else plan.star
            if parameter is not None:
                argument_uses.follow(self, parameter, ref)
        for name, ref in self.site.keywords:
            parameter = plan.by_name.get(name, plan.double_star)
            if parameter is not None and parameter is plan.double_star and query_types.compares_one(self, name, ref):
                parameter = parameter._replace(wanted=query_types.without_queries(self.engine, parameter.wanted))
            if parameter is not None:
                argument_uses.follow(self, parameter, ref, of_mapping=name is None)

    def apply(self) -> None:
        """Add the promised result and record the effects, as far as the bindings tell."""
        if self.matching:
            return
        engine, site = self.engine, self.site
        for variable, operators in self.combined:
            for names in operators:
                argument_uses.ask(frozenset(self.bindings.get(variable, ())), self, names)
        for node, variables in self.called_back:
            for alternative in variables.split(" | "):
                variable, _, parameter = alternative.partition(" unless ")
                if self.bindings.get(variable) and not (parameter and self._is_given(parameter)):
                    engine.add(node, engine.standing_for(self.bindings[variable]))
        for inner, wanted, variable in self.handed_on:
            inner.match_all(frozenset(self.bindings.get(variable, ())), wanted)
        if site.result >= 0 and self.promised:
            engine.add_types(site.result, engine.values.substitute(self.promised, self.bindings))
        for effect, arguments in self.effects:
            if effect in _ACCESSES or effect in _FOLLOWING:
                self._record(effect, arguments[0], "execute")
                for variable in arguments[1:]:
                    self._record(effect, variable, "execute", ALONG)
                    self.touch_along(f"{self.function.definition}{self._taken_for()}", self._meant_by(variable))
            elif effect == "comes_in_order":
                rows, stated = (self.bindings.get(name, ()) for name in arguments)
                for value in query_types.usual_order(engine, rows, stated):
                    self.access("scan", value, f"{self.function.definition}{ALONG}")
            elif effect == "scans_where_joined" and self.bindings.get(arguments[1]):
                self._record("scan", arguments[0], "execute")
            elif effect == "builds":
                self._record(arguments[0], arguments[1], "build")
            elif effect == "scans_across":
                self._scan_across(arguments[0], arguments[1:])
            elif effect in _TRANSACTIONAL and effect not in self.done:
                self.done.add(effect)
                engine.transactions.append((site, effect, arguments[0]))
            elif effect == "stores":
                self._note_store(*arguments)
            elif effect == "invokes":
                self._invoke(arguments[0], arguments[1])
            elif effect == "calls_own" and effect not in self.done:
                self.done.add(effect)
                self._call_own(arguments[0], arguments[1])
            elif effect == "calls_on":
                for value in self.bindings.get(arguments[0], ()):
                    self._call_on(value, arguments[1:])
            elif effect in ("calls_named", "asks_named"):
                self._use_named(*arguments, call=effect == "calls_named")
            elif effect == "loads_fields":
                self._load_fields(*arguments)
            elif effect == "names_classes":
                self._bind_named_classes(*arguments)
            elif effect == "runs_query_of":
                self._run_query_of(*arguments)
            elif effect == "gives_own":
                self._give_own(arguments[0])
            elif effect == "holds":
                given_dictionaries.give(self)
            elif effect in ("listens", "announces", "gives"):
                for channel in self.bindings.get(arguments[0], ()):
                    if (effect, channel) not in self.done:
                        self.done.add((effect, channel))
                        channels.use(self, effect, channel, *arguments[1:])

    def _note_store(self, kind: str, operation: str, name: str = "", acting: str = "") -> None:
        """Something in a store is touched; of ``~N`` once for each name that N stands for; not where it is a table that T stands for."""
        name, _, table = name.partition(" unless ")
        if table and self.bindings.get(table):
            return
        variable = name.partition("~")[2]
        for named in (variable and self.bindings.get(variable)) or (-1,):
            use = StoreUse(self.site, self.function, self.receiver, kind, operation, name, named, acting)
            if use not in self.done:
                self.done.add(use)
                self.engine.store_uses.append(use)

    def _is_given(self, parameter: str) -> bool:
        names = [p[0] for p in self.function.facts.parameters]
        return bool(self.site.argument(names.index(parameter), parameter) != -1)

    def _scan_across(self, start: str, paths: list[str]) -> None:
        """What lies along paths of relations is looked at: from the rows that a variable, or a class of the summary, stands for."""
        engine, described = self.engine, self.engine.values
        for value in self._meant_by(start):
            cls = described[value][1] if described[value][0] == "I" else -1
            for path in paths if cls >= 0 else ():
                for touched in engine.relations.across(cls, path, loads=True):
                    self.access("scan", touched, f"{self.function.definition}{ALONG}")

    def _meant_by(self, name: str) -> Types:
        """What stands for a type variable; else rows of the class of the summary that has this name."""
        bound = self.bindings.get(name, ())
        top = self.function.module.top
        if bound or name not in top.facts.names:
            return bound
        named = self.engine.names.evaluate(top, top.facts.names[name])
        made = (self.engine.values.instance_of(value) for value in named if self.engine.values[value][0] == "C")
        return tuple(value for value in made if value is not None)

    def _bind_named_classes(self, asked: str, named: str) -> None:
        """``named`` stands for the classes that the annotations of what is asked name; of a class those of its initialiser."""
        engine, found = self.engine, dict.fromkeys(self.bindings.get(named, ()))
        before = len(found)
        for value in self.bindings.get(asked, ()):
            description = engine.values[value]
            if description[0] == "B":
                description = engine.values[description[1]]
            function = engine.program.scopes[description[1]] if description[0] in ("F", "C") else None
            if function is not None and description[0] == "C":
                made = engine.hierarchy.member(function, "__init__")
                function = engine.function_of(made)
            if function is None or function.library:
                continue
            for parameter in function.facts.parameters:
                types = engine.names.types(function, parameter[2]) if parameter[2] is not None else ()
                described = [engine.values[each] for each in types]
                found.update((engine.values.instance(d[1], d[2]), None) for d in described if d[0] == "I")
        if len(found) > before:
            self.bindings[named] = tuple(found)
            self.more_is_known()

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
        description = self.engine.values[value]
        cls = self.engine.program.scopes[description[1]] if description[0] == "I" else None
        for name in self._own_names(cls, names) if cls is not None else ():
            if cls is not None and (value, name) not in self.done:
                self.done.add((value, name))
                special_methods.call_method(
                    self.engine, self.site.frame, result, value, cls, name, self.site.line, by=self.function.definition
                )

    def _own_names(self, cls: Scope, names: Iterable[str]) -> Iterator[str]:
        """The names, with those of the application's methods in the place of one like ``visit_*``."""
        for name in names:
            if not name.endswith("*"):
                yield name
                continue
            owners = (owner for owner in self.engine.hierarchy.order(cls) if not owner.library)
            yield from dict.fromkeys(own for owner in owners for own in owner.facts.names if own.startswith(name[:-1]))

    def _use_named(self, variable: str, names: str, *, call: bool) -> None:
        """A method, or an attribute, by a name that a summary's object was made with."""
        described, site = self.engine.values, self.site
        named = [described[name][1] for name in self.bindings.get(names, ())]
        for value in self.bindings.get(variable, ()):
            if call:
                self._call_on(value, named, site.result)
                continue
            for name in named:
                if (value, name) not in self.done:
                    self.done.add((value, name))
                    only = self.engine.single(value)
                    reading.load(only, self.engine, site.frame, site.result, name, site.line)

    def _load_fields(self, schemas: str, rows: str) -> None:
        """What the schemas declare is read from the objects."""
        from decompose.linking.declared_fields import DeclaredFields

        if self._fields is None:
            self._fields = DeclaredFields(self.engine, self.site.frame, self.site.line)
        for schema in self.bindings.get(schemas, ()):
            described = self.engine.values[schema]
            for row in self.bindings.get(rows, ()) if described[0] == "I" else ():
                self._fields.read(self.engine.program.scopes[described[1]], row)

    def _give_own(self, name: str) -> None:
        """The result is what the application has put into this attribute of the object."""
        engine, site = self.engine, self.site
        for value in self.bindings.get("Self", ()) if site.result >= 0 else ():
            cls = engine.program.scopes[engine.values[value][1]]
            member = engine.hierarchy.member(cls, name)
            own = engine.hierarchy.sets_itself(cls, name) or (member is not None and not member.owner.library)
            if own and (value, name) not in self.done:
                self.done.add((value, name))
                reading.load(engine.single(value), engine, site.frame, site.result, name, site.line)

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
                self.engine.watch(node, argument_uses.execute, self)

    def _record(self, operation: str, variable: str, role: str, how: str = "") -> None:
        rule = f"{self.function.definition}{self._taken_for()}{how}"
        for value in self._meant_by(variable):
            self.access(operation, value, rule, role)

    def _taken_for(self) -> str:
        """What the rule says of an object whose class is not proved by any code."""
        described = self.engine.values[self.receiver] if self.receiver >= 0 else ("",)
        names = self.engine.program.scopes[described[1]].facts.names if described[0] == "I" else {}
        return TAKEN_FOR if "__is_taken_for_granted__" in names else ""

    def access(self, operation: str, value: Value, rule: str, role: str = "execute") -> None:
        """Record that the rows of ``value`` are accessed here."""
        frame = self.site.frame
        self.engine.accesses.add((frame.scope.index, frame.receiver, operation, value, role, rule, self.site.line))
        if self.recorded is not None:
            self.recorded.append((operation, value, role, rule))

    def touch_along(self, rule: str, rows: Types) -> None:
        """Note what one of the queries that run here touches along with its own rows."""
        if rows:
            frame = self.site.frame
            place = frame.scope.index, frame.receiver, f"{rule}{ALONG}", self.site.line
            self.engine.touched_along.setdefault(place, set()).add(rows)

    def _invoke(self, variable: str, kind: str) -> None:
        decorated = self.site.arguments[0] if kind == "decorate" and self.site.arguments else -1
        if any(o[0] == Op.CLASS for o in self.site.frame.scope.operations_producing(decorated)):
            return  # around one of its methods
        for value in self.bindings.get(variable, ()):
            self.run(value, kind)

    def run(self, value: Value, kind: str) -> None:
        description = self.engine.values[value]
        receiver = -1
        if description[0] == "B":
            receiver, description = description[2], self.engine.values[description[1]]
        if description[0] == "F" and value not in self.done:
            self.done.add(value)
            outer, result = self.site.kind, self.site.result
            # Who asks for work in the background is given a handle, not what the work gives; and so where a summary says what.
            handle = kind == "task" or (self.promised and kind != "decorate")
            self.site.kind, self.site.result = kind, -1 if handle else result
            following.call_function(self.engine, self.site, description, receiver)
            self.site.kind, self.site.result = outer, result
        elif (
            description[0] == "C" and value not in self.done and not self.engine.program.scopes[description[1]].library
        ):
            self.done.add(value)
            construction.construct(self.engine, self.site, value, description)

    def _call_own(self, name: str, kind: str) -> None:
        """The receiver's own method of that name runs."""
        description = self.engine.values[self.receiver] if self.receiver >= 0 else ("",)
        cls = self.engine.program.scopes[description[1]] if description[0] == "I" else None
        member = self.engine.hierarchy.member(cls, name) if cls is not None else None
        if cls is not None and member is not None and not member.owner.library:
            special_methods.call_method(
                self.engine, self.site.frame, -1, self.receiver, cls, name, self.site.line,
                by=self.function.definition, kind=kind,
            )  # fmt: skip
