"""Who runs whom: what is reached from a definition through calls that happen at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from decompose.linking.effects import BEGINS, WHEN_ASKED
from decompose.system.gathered import Bits, Gathered, union
from decompose.system.model import (
    AFTER_COMMIT,
    BY_ATTRIBUTE,
    BY_NAME,
    BY_VALUE,
    PASSED_OUTSIDE,
    RETURNED,
    RUNS_DECORATED,
    Access,
    Dependency,
    EntryPoint,
)
from decompose.system.transactions.events import Actor, Lines, is_within
from decompose.system.transactions.narrowed import Narrowing, plain

_REGISTERING = frozenset({"callback", "decorate"})
_PLAIN = frozenset({BY_NAME, BY_ATTRIBUTE, BY_VALUE})


def at_run_time(
    dependencies: Iterable[Dependency], classes: Collection[str], entry_points: Iterable[EntryPoint]
) -> list[Dependency]:
    """What runs when a request does: without what class bodies call and decorate when they are imported.

    What a framework does for a class stays, but for what it does on objects of it only where somebody asks it to, which is
    told of who asks; the queries that a body makes are told where they run. A class that unknown code is handed may be made
    there or not: what its objects do is not told of who hands it over. Who calls a function without a name that a module keeps
    comes to the module's code, but not to what this registers when it is imported, and who calls one that a class keeps not to what the
    class answers as an entry point; nor does the module's code itself run what it registers as an entry point.
    """
    dependencies = list(dependencies)
    handlers = {name for entry in entry_points for name in (entry.handler, entry.method) if name}
    called = {d.target for d in dependencies if d.target.endswith(":") and d.runs and d.source != d.target}

    def runs_later(d: Dependency) -> bool:
        if d.target in classes and (d.rule == PASSED_OUTSIDE or (d.kind == "call" and d.target in handlers)):
            return True
        if d.kind in _REGISTERING and (d.source in called or (d.source.endswith(":") and d.target in handlers)):
            return True
        return d.source in classes and (d.kind == "decorate" or d.rule in _PLAIN or d.rule.endswith(WHEN_ASKED))

    return [d for d in dependencies if not (d.runs and runs_later(d))]


class Reach:
    """Who runs whom, as far as it is not guessed and happens at once."""

    def __init__(
        self,
        dependencies: Iterable[Dependency],
        contexts: Narrowing | None = None,
        *,
        after_commit: bool = False,
        accesses: Iterable[Access] = (),
    ) -> None:
        self.contexts = contexts
        self._known: dict[Actor, list[tuple[int, Actor]]] = {}
        self._definitions: Bits[str] = Bits()
        self._inside = Gathered(self.called_in_order, lambda actor: self._definitions.of([actor[0]]))
        self.following: dict[Actor, set[tuple[int, Actor]]] = {}
        self.called_ones: set[str] = set()
        """Definitions that somebody runs."""
        self._homes: dict[str, str] = {}
        self.wrappers: set[str] = set()
        """Definitions that run what they decorate."""
        self._begins: set[str] = set()
        """Definitions that make the query with which a library's method goes on."""
        self._bases: dict[str, set[str]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._heirs: dict[str, set[str]] = {}
        """Class -> the classes for which its methods are seen to act."""
        self._made_for: dict[str, list[Actor]] = {}
        for access in accesses:
            self._note_heir((access.definition, access.unit))
        for d in dependencies:
            if d.kind == "inherit":
                self._bases.setdefault(d.source_unit, set()).add(d.target_unit)
            if d.rule == RUNS_DECORATED:
                self.wrappers.add(d.source)
            if d.runs and d.resolution != "guessed" and d.kind != "task" and (after_commit or d.rule != AFTER_COMMIT):
                source, target = (d.source, d.source_unit), (d.target, d.target_unit)
                self._note_heir(source)
                self._note_heir(target)
                self.following.setdefault(source, set()).add((d.line, target))
                self.called_ones.add(target[0])
                if BEGINS in d.rule:
                    self._begins.add(d.target)

    def _note_heir(self, actor: Actor) -> None:
        home = self.home(actor)[1]
        if actor[1] != home:
            self._heirs.setdefault(home, set()).add(actor[1])

    def made_for_heirs(self, definition: str) -> list[Actor]:
        """A function inside of a method, for each class that inherits the method."""
        known = self._made_for.get(definition)
        if known is None:
            home = self.home((definition, ""))[1]
            inside = definition.removeprefix(home).split(".")
            heirs = sorted(self._heirs.get(home, ())) if len(inside) > 2 else []
            known = self._made_for[definition] = [(definition, u) for u in heirs if self._inherits(u, home, inside[1])]
        return known

    def _inherits(self, unit: str, home: str, method: str) -> bool:
        """Whether a class has a method from another, as far as no class between them is seen to have its own."""
        above = self.above(unit)
        between = {unit, *above} - {home} - self.above(home)
        return home in above and not any(self._is_known(f"{one}.{method}") for one in between)

    def _is_known(self, definition: str) -> bool:
        return definition in self.called_ones or self.home((definition, "")) in self.following

    def starting(self, handler: str) -> list[Actor]:
        """Whoever a handler may be that is known by its name only: a function inside of a method also for each class that inherits that."""
        return [self.home((handler, "")), *self.made_for_heirs(handler)]

    def home(self, actor: Actor) -> Actor:
        """The actor for the class that defines a method: what it does for every class stands there."""
        definition = actor[0]
        unit = self._homes.get(definition)
        if unit is None:
            module, _, name = definition.partition(":")
            unit = self._homes[definition] = f"{module}:{name.partition('.')[0]}"
        return definition, unit

    def places(self, actor: Actor) -> tuple[Actor, ...]:
        """Where what an actor does stands, itself first."""
        home = self.home(actor)
        return (actor,) if home == actor else tuple(dict.fromkeys((actor, plain(actor), home)))

    def only_begins(self, access: Access) -> bool:
        """Whether an access is a query that only begins there: for whichever model asks, and told where it goes on and runs."""
        return access.rule.startswith(RETURNED) and access.definition in self._begins

    def runs(self, actor: Actor) -> list[tuple[int, Actor]]:
        """Whom an actor runs, with the line, sorted. What a method asks of its own class, it asks of the class that acts."""
        known = self._known.get(actor)
        if known is None:
            contexts = self.contexts
            telling = contexts.telling if contexts is not None else ()
            unit = plain(actor)[1]
            given = unit != actor[1]
            left_out = contexts.uncalled(actor) if contexts is not None else ()
            found: set[tuple[int, Actor]] = set()
            for place in self.places(actor):
                # In one order: what is given is numbered as it comes, and not told apart any more when there is too much.
                for line, target in sorted(self.following.get(place, ())):
                    asked = (target[0], unit) if target[1] == place[1] else target
                    if left_out and place[1] != unit and (line, *asked) in left_out:
                        continue
                    if given and contexts is not None and not contexts.calls(actor, line, asked):
                        continue
                    if asked == target and target[1] != place[1]:
                        # Called elsewhere, what is inside of a method may be what it made for any heir.
                        found.update((line, heir) for heir in self.made_for_heirs(target[0]))
                    if asked[0] in telling and contexts is not None:
                        found.update((line, entered) for entered in contexts.enter(actor, line, asked))
                    else:
                        found.add((line, asked))
            known = self._known[actor] = sorted(found)
        return known

    def called(self, actor: Actor, lines: Lines = ()) -> set[Actor]:
        """Whom an actor calls itself, in all of its lines or in some."""
        return {target for line, target in self.runs(actor) if not lines or is_within(line, lines)}

    def chosen(self, started: Collection[str] = ()) -> dict[Actor, list[Actor]]:
        """Actor -> the same with what it is given, for all that calls give it; with itself, where that may be anything.

        ``started``: definitions that also somebody out of view starts.
        """
        if self.contexts is None:
            return {}
        found: dict[Actor, set[Actor]] = {}
        telling = self.contexts.telling
        seen: set[Actor] = set()
        # First what is called by who is told apart by nothing; then the rest, so that all are numbered in one order.
        outer = (a for a in self.following if a[0] not in telling or a[0] in started)
        for waiting in (sorted(outer), sorted(self.following)):
            first = not seen
            seen.update(waiting)
            while waiting:
                for _, target in self.runs(waiting.pop()):
                    if target[0] in telling:
                        if first:
                            found.setdefault(plain(target), set()).add(target)
                        if target not in seen:
                            seen.add(target)
                            waiting.append(target)
        each = self.contexts.each
        return {
            actor: sorted({one for entered in several for one in (each(actor) if entered == actor else [entered])})
            for actor, several in sorted(found.items())
        }

    def called_in_order(self, actor: Actor) -> list[Actor]:
        """Whom an actor calls itself, each once, by line."""
        return list(dict.fromkeys(target for _, target in self.runs(actor)))

    def inside(self, actors: Iterable[Actor]) -> set[str]:
        """The definitions of all that runs when some actors do."""
        return set(self._definitions.things(union(map(self._inside.of, actors))))

    def paths(self, *actors: Actor, alone: Iterable[Actor] = ()) -> dict[Actor, Actor | None]:
        """All that runs when some actors do, nearest first, each with what runs it; they themselves have nothing.

        ``alone``: actors of which what they call is not followed.
        """
        known: dict[Actor, Actor | None] = dict.fromkeys((*actors, *alone))
        level = list(actors)
        while level:
            following = []
            for current in level:
                for target in sorted(self.called(current)):
                    if target not in known:
                        known[target] = current
                        following.append(target)
            level = following
        return known

    def called_by_class(self, unit: str) -> set[Actor]:
        """What is called on a class and its objects by what it is derived from, also what it inherits."""
        found = {target for _, target in self.following.get((unit, unit), ())}
        for above in self.above(unit):
            for _, target in self.following.get((above, above), ()):
                found.add((target[0], unit) if target[1] == above else target)
        return found

    def above(self, unit: str) -> frozenset[str]:
        """What a class is derived from."""
        if unit not in self._bases:
            return frozenset()
        known = self._ancestors.get(unit)
        if known is None:
            stack, found = [unit], set[str]()
            while stack:
                further = self._bases.get(stack.pop(), set()) - found
                found |= further
                stack.extend(further)
            known = self._ancestors[unit] = frozenset(found - {unit})
        return known
