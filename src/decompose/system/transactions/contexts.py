"""What a function does for one caller: which of the tables that it may touch, by what this caller gives it.

``def update_model(self, model, updates)`` updates whatever table its ``model`` is of; all callers together give it many, each
caller its own. So a function whose parameters say which tables it touches, or whom it calls for them, is looked at once for each
choice of tables that comes in: such an actor has the number of the choice behind its unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from decompose.facts import HOLE
from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.program import Scope
from decompose.system.accesses.found import MAX_ALTERNATIVES
from decompose.system.calls.arguments import Arguments, Given, parameter_of
from decompose.system.calls.placement import Placement
from decompose.system.calls.property_bodies import Body, PropertyBodies
from decompose.system.model import Access, Dependency, Entered, Narrowed
from decompose.system.schema.tables import Schema
from decompose.system.transactions.brought import Brought
from decompose.system.transactions.call_sites import Calls, CallSites
from decompose.system.transactions.choices import Choices
from decompose.system.transactions.instead import Instead, Uncalled
from decompose.system.transactions.listening import Listeners
from decompose.system.transactions.narrowed import Actor, number_of, numbered, plain
from decompose.system.transactions.related import parameter_in
from decompose.system.transactions.remaining import Remaining
from decompose.system.transactions.switches import Switches, is_key
from decompose.system.transactions.telling import TellingParameters, given_for

_FEW_CALLS = 5_000
"""Calls are told apart by what they give as long as these are no more than there are calls at all, or than this: classes that
all ask each other for something would come to as many as there are pairs of them, for each choice again."""

_BODY = "lines"
"""Stands in a choice for which body of a property runs; no parameter of a property has this name."""


class Contexts:
    """Answers for one linked program.

    A transaction may touch whatever comes in; of a request that hands on a value of which nothing is known it is not told that it
    touches what only others hand on.
    """

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        schema: Schema,
        arguments: Arguments,
        accesses: Iterable[Access],
        dependencies: Collection[Dependency],
        instead: Instead,
        switches: Switches,
        listeners: Listeners,
    ) -> None:
        self.listeners = listeners
        self.placement = placement
        self.instead = instead
        self._most = max(_FEW_CALLS, len(dependencies))
        self.brought = Brought(linked, schema)
        self._parameters = TellingParameters(linked, arguments, self.brought, accesses, dependencies)
        self.bodies = PropertyBodies(linked)
        self.switches = switches
        switches.spread(self._parameters.calls)
        self.telling = {**{definition: set[str]() for definition in self.bodies.of}, **self._parameters.of}
        for definition, names in switches.names.items():
            self.telling[definition] = self.telling.get(definition, set()) | names
        self.told_tables = self._parameters.of.keys()
        """The definitions of which parameters say which tables they touch."""
        self._choices = Choices(self._parameters.naming)
        self._remaining = Remaining(placement, self.brought, self._parameters, self._choices)
        self._sites = CallSites(placement, self.brought, self._parameters, self.telling)
        self._entered: dict[tuple[Actor, int, Actor], tuple[Actor, ...]] = {}
        self._entered_by_requests: dict[tuple[Actor, int, Actor], tuple[Actor, ...]] = {}
        self._uncalled: dict[Actor, set[tuple[int, str, str]]] = {}
        self._left_out_lines: dict[Actor, set[tuple[int, str, bool]]] = {}

    # The choices

    def enter(self, caller: Actor, line: int, target: Actor) -> tuple[Actor, ...]:
        """Whom a call at a line is of, with what it is given there; several where the object may be one of several."""
        return self._enter(self._entered, caller, line, target)

    def enter_by_request(self, caller: Actor, line: int, target: Actor) -> tuple[Actor, ...]:
        """The same for what a request leads to: a value of which nothing is known brings nothing that only other callers give."""
        return self._enter(self._entered_by_requests, caller, line, target)

    def _enter(
        self, entered: dict[tuple[Actor, int, Actor], tuple[Actor, ...]], caller: Actor, line: int, target: Actor
    ) -> tuple[Actor, ...]:
        if target[0] not in self.telling:
            return (target,)
        key = (caller, line, target)
        known = entered.get(key)
        if known is None:
            if len(entered) >= self._most:
                return (target,)
            by_request = entered is self._entered_by_requests
            known = entered[key] = self._with_choices(caller, line, target, by_request=by_request)
        return known

    def _with_choices(self, caller: Actor, line: int, target: Actor, *, by_request: bool) -> tuple[Actor, ...]:
        choose = self._choices.choose
        bodies = self.bodies.run(caller[0], line, target[0])
        if bodies:
            entered = [choose(target, {_BODY: {_spelled(body)}}, by_request=by_request) for body in bodies]
            return tuple(dict.fromkeys(actor or target for actor in entered))
        choice, own = self._given(caller, line, target, by_request=by_request)
        if not choice:
            return (target,)
        # An object is of one class at a time.
        several = [{own: {table}} for table in sorted(choice[own])] if own in choice else [{}]
        made = [choose(target, {**choice, **one}, by_request=by_request) for one in several]
        return tuple(dict.fromkeys(actor or target for actor in made))

    def _given(self, caller: Actor, line: int, target: Actor, *, by_request: bool) -> tuple[dict[str, set[str]], str]:
        """Parameter -> what a call at a line gives for it, as far as that is known; and which of them is the object called."""
        before = dict(self._choices.of(caller))
        calls, positions = self._sites.of(caller, line, target)
        kept = self._kept_for(caller, calls, positions)
        heard = self._heard(caller, line, target)
        choice: dict[str, set[str]] = {}
        own = ""
        for name in sorted(self.telling[target[0]]):
            sites = [calls.given[at] for at in kept]
            if is_key(name):
                constant = self.switches.given(caller[0], line, target[0], name, sites, before)
                given = {constant} if constant else None
            elif name in self._parameters.naming.get(target[0], ()):
                given = self._names_given(sites, name, before) or None
            elif heard and self.listeners.is_given_row(target[0], name):
                given = heard
            else:
                given = self._tables_given(target, calls, kept, name, before, by_request=by_request)
                own = name if any(_is_object(calls, at, name) for at in kept) else own
            if given is not None:
                choice[name] = given
        return choice, own

    def _tables_given(
        self,
        target: Actor,
        calls: Calls,
        kept: list[int],
        name: str,
        before: Mapping[str, frozenset[str]],
        *,
        by_request: bool,
    ) -> set[str] | None:
        """The tables that some calls bring by a parameter; None if nothing is known of what one of them gives."""
        tables: set[str] = set()
        for at in kept:
            brought = self._sites.brought_by(target, calls, at, name)
            if not brought and not (by_request and _only_givers_tell(calls, at, name)):
                return None
            tables |= {
                table
                for table, leaves in brought.items()
                if table not in tables and self.brought.related.comes_in(table, leaves, before)
            }
        return tables if kept else None

    def _heard(self, caller: Actor, line: int, listener: Actor) -> set[str]:
        """The tables whose rows a caller writes at a line to which a listener listens."""
        tables = self.listeners.tables_heard(caller, line, listener)
        told = number_of(caller) >= 0
        return {
            table
            for table in sorted(tables)
            if not told or self._remaining.may_be_about(caller, line, table, follows=False)
        }

    def _names_given(
        self, sites: Iterable[tuple[Given, Scope]], name: str, before: Mapping[str, frozenset[str]]
    ) -> set[str]:
        """The constants that calls give for a parameter that is a name; none if one of them gives something else."""
        found: set[str] = set()
        for given, function in sites:
            ref = given_for(given, function, name)
            names = {ref} if isinstance(ref, str) else before.get(parameter_of(given.site.frame.scope, ref), set())
            if not names or any(HOLE in one for one in names):
                return set()
            found |= names
        return found

    def each(self, actor: Actor) -> list[Actor]:
        """An actor of which nobody says what it is given: once for each object that it is seen to act for."""
        function = next(iter(self._parameters.functions.get(actor[0], ())), None)
        own = function.facts.parameters[0][0] if function is not None and function.facts.parameters else ""
        if function is None or not function.is_method or own not in self.telling.get(actor[0], ()):
            return [actor]
        frames = self._remaining.frames_of(actor)
        tables = {
            table for frame in frames if frame.receiver >= 0 for table in self.brought.tables.of_value(frame.receiver)
        }
        made = [self._choices.choose(actor, {own: {table}}) for table in sorted(tables)]
        return [one for one in made if one is not None] or [actor]

    def _kept_for(self, caller: Actor, calls: Calls, positions: list[int]) -> list[int]:
        """Those of some calls that a caller makes with what it is given."""
        frames = [calls.given[at][0].site.frame for at in positions] if number_of(caller) >= 0 else []
        return [positions[at] for at in self._remaining.of_given_object(caller, frames)] or positions

    # What a choice leaves

    def touches(self, actor: Actor, access: Access) -> bool:
        """Whether an actor does what its definition may do, for the class that acts and with what it is given.

        What is only guessed, because so many callers share the code, it does if what it is given says so.
        """
        if self._is_left_out(actor, access.line):
            left = (access.line, access.table, access.rule.endswith(ALONG))
            self._left_out_lines.setdefault(actor, set()).add(left)
            return False
        if access.resolution == "guessed":
            return self._is_given(actor, access)
        left_out = self.instead.untouched.get(plain(actor))
        if left_out and (access.line, access.table, access.rule.endswith(ALONG)) in left_out:
            return False
        if number_of(actor) < 0 or access.line not in self._parameters.of_several.get(actor[0], ()):
            return True
        return self._remaining.may_be_about(actor, access.line, access.table, follows=access.rule.endswith(ALONG))

    def _is_left_out(self, actor: Actor, line: int) -> bool:
        """Whether a line does not run with what is given, or is in a body of a property other than the one that does."""
        if number_of(actor) < 0:
            return False
        choice = self._choices.of(actor)
        if self.switches.leaves_out(actor[0], line, choice):
            return True
        runs = dict(choice).get(_BODY, ()) if actor[0] in self.bodies.of else ()
        return any(
            first <= line <= last and _spelled((first, last)) not in runs
            for first, last in self.bodies.of.get(actor[0], ())
            if runs
        )

    def runs(self, actor: Actor, line: int) -> bool:
        """Whether a line runs with what is given."""
        return not self._is_left_out(actor, line)

    def let_run(self, actor: Actor) -> set[tuple[int, int]]:
        """The branches of a function, by their lines, that are no branches with what is given: they always run."""
        return self.switches.let_run(actor[0], self._choices.of(actor)) if number_of(actor) >= 0 else set()

    def is_switched(self, actor: Actor) -> bool:
        """Whether what an actor is given says which lines run."""
        return any(is_key(name) for name, _ in self._choices.of(actor))

    def is_only_switched(self, actor: Actor) -> bool:
        """Whether it says that, and nothing else."""
        choice = self._choices.of(actor)
        return bool(choice) and all(is_key(name) for name, _ in choice)

    def _is_given(self, actor: Actor, access: Access) -> bool:
        choice = {name: tables for name, tables in self._choices.of(actor) if len(tables) <= MAX_ALTERNATIVES}
        return any(
            parameter_in(leaf) in choice and self.brought.related.may_bring(leaf, access.table, choice)
            for frame in (self._remaining.frames_of(actor) if choice else ())
            for leaf in self.brought.on_line(frame, access.line).get(access.table, ())
        )

    def calls(self, actor: Actor, line: int, target: Actor) -> bool:
        """Whether an actor makes a call that its definition may make for one of several classes."""
        if self._is_left_out(actor, line):
            self._uncalled.setdefault(actor, set()).add((line, *target))
            return False
        if number_of(actor) < 0:
            return True
        heard = self.listeners.tables_heard(actor, line, target)
        if not heard and line not in self._parameters.calls_of_several.get(actor[0], ()):
            return True
        name = self._parameters.by_name.get((actor[0], line))
        if heard:
            made = bool(self._heard(actor, line, target))
        elif name is not None:
            names = dict(self._choices.of(actor)).get(name)
            made = names is None or self._parameters.is_named(actor[0], line, target[0], names)
        else:
            tables = self._sites.tables_called(actor[0], line, target)
            made = not tables or any(
                self._remaining.may_be_about(actor, line, table, follows=False) for table in sorted(tables)
            )
        if not made:
            self._uncalled.setdefault(actor, set()).add((line, *target))
        return made

    def uncalled(self, actor: Actor) -> Collection[Uncalled]:
        """What of the calls in an inherited method does not hold for the class that acts."""
        return self.instead.uncalled.get(plain(actor), ())

    def recorded(self) -> tuple[tuple[Narrowed, ...], tuple[Entered, ...]]:
        """What was asked for so far, to be kept with the system."""
        untouched: dict[Actor, set[tuple[int, str, bool]]] = {}
        for actor, line, table, follows in self._remaining.ruled_out():
            if line in self._parameters.of_several.get(actor[0], ()):
                untouched.setdefault(actor, set()).add((line, table, follows))
        own = {key: actors for key, actors in self._entered.items() if actors != (key[2],)}
        by_requests = {
            key: actors for key, actors in self._entered_by_requests.items() if actors != own.get(key, (key[2],))
        }
        entered = tuple(
            Entered(*plain(caller), number_of(caller), line, *target, tuple(map(number_of, actors)), by_request)
            for found, by_request in ((own, False), (by_requests, True))
            for (caller, line, target), actors in sorted(found.items())
        )
        for actor, left_out in (*self._left_out_lines.items(), *self.instead.untouched.items()):
            untouched.setdefault(actor, set()).update(left_out)
        uncalled = {actor: set(calls) for actor, calls in self._uncalled.items()}
        for actor, calls in self.instead.uncalled.items():
            uncalled.setdefault(actor, set()).update(calls)
        into = {numbered((e.target, e.target_unit), n) for e in entered for n in e.numbers if n >= 0}
        narrowed = tuple(
            Narrowed(
                *plain(actor),
                number_of(actor),
                tuple(f"{name}: {', '.join(sorted(given))}" for name, given in self._choices.of(actor)),
                tuple(sorted(untouched.get(actor, ()))),
                tuple(sorted(uncalled.get(actor, ()))),
            )
            for actor in sorted(into.union(untouched, uncalled))
        )
        return narrowed, entered


def _is_object(calls: Calls, at: int, name: str) -> bool:
    """Whether a parameter is the object whose method one of some calls is of."""
    given, function = calls.given[at]
    return bool(given.first) and function.facts.parameters[0][0] == name


def _only_givers_tell(calls: Calls, at: int, name: str) -> bool:
    """Whether nothing but what one of some calls gives for a parameter says what it is: no declared type, and not who acts."""
    function = calls.given[at][1]
    declared = next((p[2] for p in function.facts.parameters if p[0] == name), None)
    return declared is None and not _is_object(calls, at, name)


def _spelled(body: Body) -> str:
    return f"{body[0]}-{body[1]}"
