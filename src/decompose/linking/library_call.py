"""One call of a library function that a summary describes: type variables are bound by the arguments, the result has the
promised type, and the effects that the summary states are recorded.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from decompose.linking import argument_uses, handing_on, query_types
from decompose.linking.declared_fields import DeclaredFields
from decompose.linking.effects import ALONG, ParameterPlan, effect_names, effects_of, parameter_plan
from decompose.linking.effects_noted import NOTED
from decompose.linking.effects_on_objects import ON_OBJECTS, leave, leave_to
from decompose.linking.effects_on_rows import ON_ROWS, WRITING
from decompose.linking.given_arguments import given_for, may_be_given, rules_out, surely_given
from decompose.linking.laid_out import lay_out
from decompose.linking.made_with import was_given
from decompose.linking.type_variables import TypeVariables
from decompose.linking.values import Bindings, Types, Value

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_DEPENDING = frozenset(
    {
        "compares",
        "compares_greater",
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

Told = tuple[str, Value, str, str]
"""What is accessed, without where: the operation, the rows, the role and the rule."""

_COMBINED = {
    "compares": (("__lt__", "__gt__"),),
    "compares_greater": (("__gt__", "__lt__"),),
    "sums": (("__radd__",), ("__add__",)),
    "tests": (("__bool__", "__len__"),),
}
"""Effect -> the special methods that are called on the values; of those in one tuple the first that there is."""


_APPLIED = ON_ROWS | ON_OBJECTS | NOTED


class LibraryCall(TypeVariables):
    """One call of one summarised function, with the type variables bound so far."""

    def __init__(
        self, engine: Engine, site: Site, function: Scope, bindings: Bindings, promised: Types, receiver: Value = -1
    ) -> None:
        super().__init__(engine, site, function, bindings)
        self.promised = promised
        self.receiver = receiver
        self.place = site.frame, site.line
        """Where what it does is done: not in the call itself, if that is of a method that hands on what it is given."""
        self.effects = effects_of(engine, function) if function.library else []
        self.done: set[Any] = set()
        self.called_back: list[tuple[Node, str]] = []
        self.handed_on: list[tuple[LibraryCall, Types, str]] = []
        """Calls of a library's own objects that this one makes: what their argument's type is, and the variable that it is."""
        self.combined: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
        self.operands: dict[str, Node] = {}
        """Of type variables whose values are compared with each other, or added up: what the other one is."""
        self.matching = self.has_grown = False
        self.leaving: dict[str, str] = {}
        """Type variable -> the method by which objects of the application write their rows, if they have one."""
        self.recorded: list[Told] | None = None
        """What the call is found to access, where somebody asks for it."""
        names = effect_names(engine, function) if function.library else frozenset()
        if not names.isdisjoint(_DEPENDING):
            self._look_at_arguments()
        self.sharing = query_types.sharing(self) if not names.isdisjoint(query_types.ENLARGING) else None
        if self.sharing is not None:
            query_types.enlarge(self)

    def _look_at_arguments(self) -> None:
        """Leave out the effects that depend on what the call is given."""
        site, function = self.site, self.function
        self.combined = [
            (arguments[0], _COMBINED[effect])
            for effect, arguments in self.effects
            if effect in _COMBINED and all(given_for(site, function, name) == -1 for name in arguments[1:])
        ]
        settled = self.engine.settled
        ruled_out = [a[2:] for effect, a in self.effects if rules_out(site, function, effect, a, settled)]
        if [] in ruled_out:
            self.effects = [stated for stated in self.effects if stated[0] in ("calls_on", "renders")]
        self.effects = [stated for stated in self.effects if all(stated[0] not in named for named in ruled_out)]
        for effect, arguments in self.effects:
            given = effect == "leaves_out" and surely_given(site, function, arguments[1])
            if given or (effect == "needs" and not may_be_given(site, function, arguments[1])):
                self.effects = [stated for stated in self.effects if stated[0] != arguments[0]]
            if effect == "made_with":
                self._leave_out_by_maker(*arguments)
            if effect == "leaves_to":
                self._leave(*arguments)

    def _leave(self, variable: str, name: str, written: str = "") -> None:
        """What objects write themselves: their own rows, or those that another variable stands for."""
        if not written:
            self.leaving[variable] = name
        elif leave(self, variable, name):
            self.effects = [s for s in self.effects if s[0] not in WRITING or s[1][0] != written]

    def leaves(self, variable: str, value: Value) -> bool:
        """Whether an object that a type variable stands for writes its rows by a method of the application, which then is called."""
        return variable in self.leaving and leave_to(self, value, self.leaving[variable])

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
            if self.sharing is not None:
                query_types.enlarge(self)
            self.apply()

    def bind(self, skip_first: bool) -> None:
        """Match the arguments against the annotated parameters, and apply what is known then and whenever more is."""
        plan = parameter_plan(self.engine, self.function)
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
            if parameter is not None and not self._is_told_by_callers(ref):
                argument_uses.follow(self, parameter, ref)
        for name, ref in self.site.keywords:
            parameter = plan.by_name.get(name, plan.double_star)
            if parameter is not None and parameter is plan.double_star and query_types.compares_one(self, name, ref):
                parameter = parameter._replace(wanted=query_types.without_queries(self.engine, parameter.wanted))
            if parameter is not None and not self._is_told_by_callers(ref, name):
                argument_uses.follow(self, parameter, ref, of_mapping=name is None)
            for key, keyed in plan.by_name.items() if name is None else ():
                if keyed.run:
                    argument_uses.follow_key(self, keyed, ref, key)
        if plan.laid_out:
            lay_out(self, plan.laid_out)

    def _is_told_by_callers(self, ref: Ref, name: str | None = "") -> bool:
        told = handing_on.is_told_by_callers(self.engine, self.site, ref, name)
        return told and query_types.widens(self.engine, self.function)

    def apply(self) -> None:
        """Add the promised result and record the effects, as far as the bindings tell."""
        if self.matching:
            return
        engine, site = self.engine, self.site
        for variable, operators in self.combined:
            values = frozenset(self.bindings.get(variable, ()))
            if values and variable not in self.operands:
                self.operands[variable] = engine.new_node()
            operand = self.operands.get(variable, -1)
            if operand >= 0:
                engine.add(operand, values)
            for names in operators:
                # What ``sum`` adds on the left of the first one is what it begins with.
                argument_uses.ask(values, self, names, operand=-1 if names == ("__radd__",) else operand)
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
            apply = _APPLIED.get(effect)
            if apply is not None:
                apply(self, effect, arguments)

    def _is_given(self, parameter: str) -> bool:
        names = [each[0] for each in self.function.facts.parameters]
        return bool(self.site.argument(names.index(parameter), parameter) != -1)

    @cached_property
    def fields(self) -> DeclaredFields:
        """What declares fields that the call reads."""
        return DeclaredFields(self.engine, self.site.frame, self.site.line)

    def access(self, operation: str, value: Value, rule: str, role: str = "execute") -> None:
        """Record that the rows of ``value`` are accessed here."""
        frame, line = self.place
        self.engine.accesses.add((frame.scope.index, frame.acting, operation, value, role, rule, line))
        if self.recorded is not None:
            self.recorded.append((operation, value, role, rule))

    def touch_along(self, rule: str, rows: Types) -> None:
        """Note what one of the queries that run here touches along with its own rows."""
        if rows:
            frame, line = self.place
            place = frame.scope.index, frame.acting, f"{rule}{ALONG}", line
            self.engine.queries.touched_along.setdefault(place, set()).add(rows)
