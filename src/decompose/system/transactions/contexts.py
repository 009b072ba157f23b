"""What a function does for one caller: which of the tables that it may touch, by what this caller gives it.

``def update_model(self, model, updates)`` updates whatever table its ``model`` is of; all callers together give it many, each
caller its own. So a function whose parameters say which tables it touches, or whom it calls for them, is looked at once for each
choice of tables that comes in: such an actor has the number of the choice behind its unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from decompose.facts import HOLE
from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.system.accesses.found import MAX_ALTERNATIVES
from decompose.system.calls.arguments import Arguments, Given, parameter_of
from decompose.system.calls.placement import Placement
from decompose.system.calls.property_bodies import Body, PropertyBodies
from decompose.system.model import Access, Dependency, Entered, Narrowed
from decompose.system.schema.tables import Schema
from decompose.system.transactions.brought import Brought
from decompose.system.transactions.call_sites import Calls, CallSites
from decompose.system.transactions.instead import Instead, Uncalled
from decompose.system.transactions.listening import Listeners
from decompose.system.transactions.narrowed import Actor, number_of, numbered, plain
from decompose.system.transactions.switches import Switches, is_key
from decompose.system.transactions.telling import TellingParameters, given_for

_MOST_CHOICES = 60
"""A function that is given more choices than this is not told apart by them."""

_MOST_NAMES = 400
"""Names are a constant for each caller, and where there are many most lead nowhere."""

_FEW_CALLS = 5_000
"""Calls are told apart by what they give as long as these are no more than there are calls at all, or than this: classes that
all ask each other for something would come to as many as there are pairs of them, for each choice again."""

_BODY = "lines"
"""Stands in a choice for which body of a property runs; no parameter of a property has this name."""

Choice = tuple[tuple[str, frozenset[str]], ...]
"""Parameter -> the tables whose rows, classes or queries it brings; a parameter that is not there may bring all."""


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
        self._sites = CallSites(placement, self.brought, self._parameters, self.telling)
        self._choices: dict[Choice, int] = {}
        self._chosen: list[Choice] = []
        self._count: dict[tuple[Actor, bool], set[int]] = {}
        self._entered: dict[tuple[Actor, int, Actor], tuple[Actor, ...]] = {}
        self._entered_by_requests: dict[tuple[Actor, int, Actor], tuple[Actor, ...]] = {}
        self._allowed: dict[tuple[Actor, int, str, bool], bool] = {}
        self._uncalled: dict[Actor, set[tuple[int, str, str]]] = {}
        self._left_out_lines: dict[Actor, set[tuple[int, str, bool]]] = {}
        self._told: dict[tuple[str, int, str, bool], bool] = {}
        self._actors_frames: dict[Actor, list[Frame]] = {}

    # The choices

    def choice(self, actor: Actor) -> Choice:
        """What an actor is given; empty where that may be anything."""
        number = number_of(actor)
        return self._chosen[number] if number >= 0 else ()

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
        bodies = self.bodies.run(caller[0], line, target[0])
        if bodies:
            entered = [self._chosen_for(target, {_BODY: {_spelled(body)}}, by_request) for body in bodies]
            return tuple(dict.fromkeys(actor or target for actor in entered))
        before = dict(self.choice(caller))
        choice: dict[str, set[str]] = {}
        calls, positions = self._sites.of(caller, line, target)
        kept = self._kept_for(caller, calls, positions)
        heard = self._heard(caller, line, target)
        own = ""
        for name in sorted(self.telling[target[0]]):
            if is_key(name):
                constant = self.switches.given(
                    caller[0], line, target[0], name, [calls.given[at] for at in kept], before
                )
                if constant:
                    choice[name] = {constant}
                continue
            if name in self._parameters.naming.get(target[0], ()):
                named = self._names_given((calls.given[at] for at in kept), name, before)
                if named:
                    choice[name] = named
                continue
            if heard and self.listeners.is_given_row(target[0], name):
                choice[name] = heard
                continue
            tables: set[str] = set()
            for at in kept:
                brought = self._sites.brought_by(target, calls, at, name)
                if not brought and not (by_request and _only_givers_tell(calls, at, name)):
                    break  # what is given is not known
                for table, leaves in brought.items():
                    if table not in tables and _comes_in(table, leaves, before):
                        tables.add(table)
                if _is_object(calls, at, name):
                    own = name
            else:
                if kept:
                    choice[name] = tables
        if not choice:
            return (target,)
        # An object is of one class at a time.
        several = [{own: {table}} for table in sorted(choice[own])] if own in choice else [{}]
        made = [self._chosen_for(target, {**choice, **one}, by_request) for one in several]
        return tuple(dict.fromkeys(actor or target for actor in made))

    def _heard(self, caller: Actor, line: int, listener: Actor) -> set[str]:
        """The tables whose rows a caller writes at a line to which a listener listens."""
        tables = self.listeners.tables_heard(caller, line, listener)
        told = number_of(caller) >= 0
        return {table for table in sorted(tables) if not told or self._leaves(caller, line, table, follows=False)}

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

    def _chosen_for(self, target: Actor, choice: Mapping[str, Iterable[str]], by_request: bool = False) -> Actor | None:
        made: Choice = tuple((name, frozenset(tables)) for name, tables in sorted(choice.items()))
        number = self._choices.get(made)
        if number is None:
            number = self._choices[made] = len(self._chosen)
            self._chosen.append(made)
        known = self._count.setdefault((target, by_request), set())
        most = _MOST_NAMES if target[0] in self._parameters.naming else _MOST_CHOICES
        if number not in known and len(known) >= most:
            without = {name: given for name, given in choice.items() if not is_key(name)}
            return self._chosen_for(target, without, by_request) if 0 < len(without) < len(choice) else None
        known.add(number)
        return numbered(target, number)

    def each(self, actor: Actor) -> list[Actor]:
        """An actor of which nobody says what it is given: once for each object that it is seen to act for."""
        function = next(iter(self._parameters.functions.get(actor[0], ())), None)
        own = function.facts.parameters[0][0] if function is not None and function.facts.parameters else ""
        if function is None or not function.is_method or own not in self.telling.get(actor[0], ()):
            return [actor]
        frames = self._frames_of(actor)
        tables = {table for frame in frames if frame.receiver >= 0 for table in self.brought.of_value(frame.receiver)}
        made = [self._chosen_for(actor, {own: {table}}) for table in sorted(tables)]
        return [one for one in made if one is not None] or [actor]

    def _kept_for(self, caller: Actor, calls: Calls, positions: list[int]) -> list[int]:
        """Those of some calls that a caller makes with what it is given."""
        frames = [calls.given[at][0].site.frame for at in positions] if number_of(caller) >= 0 else []
        given = self._given_object(caller, frames)
        kept = [positions[at] for at in self._about(given, frames)] if given is not None else []
        return kept or positions

    def _of_actor(self, actor: Actor, frames: Sequence[Frame]) -> list[Frame]:
        """The frames that are for an actor, or for all who inherit where it has none of its own."""
        unit = plain(actor)[1]
        own = [f for f in frames if self.placement.acting_in(f) == unit] or list(frames)
        given = self._given_object(actor, own)
        return [own[at] for at in self._about(given, own)] or own if given is not None else own

    def _given_object(self, actor: Actor, frames: Sequence[Frame]) -> frozenset[str] | None:
        """The tables of the object that an actor's method is of, where what it is given tells."""
        scope = frames[0].scope if frames and number_of(actor) >= 0 else None
        names = scope.parameter_names() if scope is not None else {}
        return (
            dict(self.choice(actor)).get(names[scope.facts.parameters[0][1]]) if scope is not None and names else None
        )

    def _about(self, tables: frozenset[str], frames: Sequence[Frame]) -> list[int]:
        """The positions of the frames whose object is of one of some tables."""
        return [at for at, f in enumerate(frames) if not tables.isdisjoint(self.brought.of_value(f.receiver))]

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
        return self._leaves(actor, access.line, access.table, follows=access.rule.endswith(ALONG))

    def _is_left_out(self, actor: Actor, line: int) -> bool:
        """Whether a line does not run with what is given, or is in a body of a property other than the one that does."""
        if number_of(actor) < 0:
            return False
        choice = self.choice(actor)
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
        return self.switches.let_run(actor[0], self.choice(actor)) if number_of(actor) >= 0 else set()

    def is_switched(self, actor: Actor) -> bool:
        """Whether what an actor is given says which lines run."""
        return any(is_key(name) for name, _ in self.choice(actor))

    def is_only_switched(self, actor: Actor) -> bool:
        """Whether it says that, and nothing else."""
        choice = self.choice(actor)
        return bool(choice) and all(is_key(name) for name, _ in choice)

    def _is_given(self, actor: Actor, access: Access) -> bool:
        choice = {name: tables for name, tables in self.choice(actor) if len(tables) <= MAX_ALTERNATIVES}
        return any(
            access.table in choice.get(name, ())
            for frame in (self._frames_of(actor) if choice else ())
            for name in self.brought.on_line(frame, access.line).get(access.table, ())
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
            names = dict(self.choice(actor)).get(name)
            made = names is None or self._parameters.is_named(actor[0], line, target[0], names)
        else:
            tables = self._sites.tables_called(actor[0], line, target)
            made = not tables or any(self._leaves(actor, line, table, follows=False) for table in sorted(tables))
        if not made:
            self._uncalled.setdefault(actor, set()).add((line, *target))
        return made

    def uncalled(self, actor: Actor) -> Collection[Uncalled]:
        """What of the calls in an inherited method does not hold for the class that acts."""
        return self.instead.uncalled.get(plain(actor), ())

    def recorded(self) -> tuple[tuple[Narrowed, ...], tuple[Entered, ...]]:
        """What was asked for so far, to be kept with the system."""
        untouched: dict[Actor, set[tuple[int, str, bool]]] = {}
        for (actor, line, table, follows), allowed in self._allowed.items():
            if not allowed and line in self._parameters.of_several.get(actor[0], ()):
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
                tuple(f"{name}: {', '.join(sorted(given))}" for name, given in self.choice(actor)),
                tuple(sorted(untouched.get(actor, ()))),
                tuple(sorted(uncalled.get(actor, ()))),
            )
            for actor in sorted(into.union(untouched, uncalled))
        )
        return narrowed, entered

    def _leaves(self, actor: Actor, line: int, table: str, *, follows: bool) -> bool:
        """Whether a table may be what a line is about, or ``follows`` from that, with what an actor is given."""
        key = (actor, line, table, follows)
        known = self._allowed.get(key)
        if known is None:
            known = self._allowed[key] = self._may_be_about(actor, line, table, follows=follows)
        return known

    def _may_be_about(self, actor: Actor, line: int, table: str, *, follows: bool) -> bool:
        choice = dict(self.choice(actor))
        for frame in self._frames_of(actor):
            brought = self.brought.on_line(frame, line)
            origins = self.brought.origins(table, brought, follows=follows)
            if any(_comes_in(origin, brought[origin], choice) for origin in origins):
                return True
        # Nothing that comes in is seen to be a reason for any of the callers.
        return not self._is_told(actor[0], line, table, follows=follows)

    def _is_told(self, definition: str, line: int, table: str, *, follows: bool) -> bool:
        key = (definition, line, table, follows)
        known = self._told.get(key)
        if known is None:
            known = self._told[key] = any(
                True
                for frame in self._parameters.frames.get(definition, ())
                for _ in self.brought.origins(table, self.brought.on_line(frame, line), follows=follows)
            )
        return known

    def _frames_of(self, actor: Actor) -> list[Frame]:
        known = self._actors_frames.get(actor)
        if known is None:
            known = self._actors_frames[actor] = self._of_actor(actor, self._parameters.frames.get(actor[0], ()))
        return known


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


def _comes_in(table: str, leaves: frozenset[str], choice: Mapping[str, frozenset[str]]) -> bool:
    return any(leaf not in choice or table in choice[leaf] for leaf in leaves)
