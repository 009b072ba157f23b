"""What calls of libraries do to tables, and what follows from it by what the classes declare."""

from __future__ import annotations

from collections import Counter

from decompose.linking import Linked
from decompose.linking.effects import ALONG, ASKED_BY, CHOICES, COPY, EACH, RENDERED, SHOWN, TAKEN_FOR
from decompose.linking.libraries import consequences
from decompose.linking.libraries.consequence import AT_FLUSH
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses, Place
from decompose.system.accesses.gathered import GatheredAccesses
from decompose.system.accesses.loaded import Loaded
from decompose.system.model import REACH_LINE, Resolution
from decompose.system.schema.tables import Schema

OPERATIONS = frozenset({"read", "insert", "update", "delete", "scan", "lock"})

_NONE: tuple[set[str], set[str]] = (set(), set())
_MOST_OF_ONE_QUERY = 15
"""No query of an application touches more tables than this along with its own, as far as is known (Weblate's largest touch 14)."""


class LibraryAccesses:
    """The accesses that the engine met while it followed calls of libraries."""

    def __init__(self, linked: Linked, schema: Schema, kept: FoundAccesses, loaded: Loaded) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept
        self.loaded = loaded

    def collect(self) -> None:
        met = GatheredAccesses(self.linked, self.schema, self.loaded)
        met.gather()
        # What is touched along with one of too many tables is no better known than that.
        unclear = {
            (place[0], place[1], place[4], place[5])
            for place, tables in met.found.items()
            if len(tables) > MAX_ALTERNATIVES and place[2] in ("read", "scan")
        }
        made_here = _made_here(met.found)
        for place, tables in sorted(met.found.items()):
            index, receiver, operation, role, rule, line = place
            if operation == "lock":
                self.kept.lock(index, receiver, tables, line)
                continue
            if operation not in OPERATIONS:
                continue  # nothing itself: what follows from it is
            said = "read" if operation == "scan" else operation
            if rule.endswith(ALONG) and (index, receiver, rule.removesuffix(ALONG), line) in unclear:
                self.kept.too_many(index, receiver, tables, said, role, rule, line)
            elif rule.endswith(ALONG) or rule.startswith((SHOWN, EACH)) or tables in met.together.get(place, ()):
                self._keep_all(place, tables, said)
            elif len(tables) > MAX_ALTERNATIVES:
                own = tables & made_here.get((index, receiver, operation), set()) if role == "execute" else set()
                for table in sorted(own):
                    how = f"{rule}, of the query made here among {len(tables)}"
                    self.kept.add(index, receiver, table, said, (), role, "inferred", how, line)
                self.kept.too_many(index, receiver, tables, said, role, rule, line, every=place in met.of_every)
            else:
                self._keep_alternatives(place, tables, said, assumed=place in met.assumed)
        self._joined_by_variables(met.by_variables)
        self._consequences(met.further)

    def _keep_all(self, place: Place, tables: set[str], said: str) -> None:
        """Not one of several: the statement touches them all."""
        index, receiver, _, role, rule, line = place
        of_some, scattered = self._touched_by_some(index, receiver, rule, line) if rule.endswith(ALONG) else _NONE
        scattered = scattered & tables
        if scattered:
            self.kept.too_many(index, receiver, scattered, said, role, rule, line)
        for table in sorted(tables - scattered):
            resolution: Resolution = "inferred" if table in of_some or _is_inferred(rule) else "exact"
            self.kept.add(index, receiver, table, said, (), role, resolution, rule, line)

    def _keep_alternatives(self, place: Place, tables: set[str], said: str, *, assumed: bool) -> None:
        index, receiver, _, role, rule, line = place
        sure = len(tables) == 1 and not assumed and not _is_inferred(rule)
        how = rule if len(tables) == 1 else f"{rule}, of {len(tables)} {REACH_LINE}"
        how = f"{how}, named like a model" if assumed else how
        for table in sorted(tables):
            self.kept.add(index, receiver, table, said, (), role, "exact" if sure else "inferred", how, line)

    def _joined_by_variables(self, found: dict[Place, set[str]]) -> None:
        """A variable that holds columns of several tables joins one of them at a time."""
        for (index, receiver, operation, role, rule, line), tables in sorted(found.items()):
            said = "read" if operation == "scan" else operation
            if len(tables) > MAX_ALTERNATIVES:
                self.kept.too_many(index, receiver, tables, said, role, rule, line)
                continue
            for table in sorted(tables) if said in OPERATIONS else ():
                self.kept.add(index, receiver, table, said, (), role, "inferred", rule, line)

    def _touched_by_some(self, index: int, receiver: int, rule: str, line: int) -> tuple[set[str], set[str]]:
        """What some of the queries that arrive at a line touch, not all, and what of it is only guessed.

        It is guessed where it is of many tables, and none of the queries touches them all or the function joins some itself: then the
        rest is of all that share the code on their way. So it is where each touches more than any one query does: that was put together for
        many. What the function joins itself is neither.
        """
        engine = self.linked.engine
        queries = engine.queries.touched_along.get((index, receiver, rule, line), ())
        each = [{table for v in query for table in self.schema.tables_of_value(v)} for query in queries]
        every = set[str]().union(*each)
        crowded = len(every) > _MOST_OF_ONE_QUERY
        by_all = set[str]() if crowded else every.intersection(*each)
        if every == by_all:
            return _NONE
        here = engine.queries.joined_by_function.get(index, ())
        own = {v for query in queries for v in query if self.linked.values[v][:2] in here}
        of_some = every.difference(*(self.schema.tables_of_value(v) for v in own)) - by_all
        scattered = crowded or (len(every) > MAX_ALTERNATIVES and (bool(own) or every not in each))
        return of_some, of_some if scattered else set()

    def _consequences(self, further: dict[int, set[Place]]) -> None:
        """What follows from an access by what the class declares: cascades, and rows that are loaded along."""
        alternatives: Counter[Place] = Counter()
        for places in further.values():
            alternatives.update(places)
        shared: dict[Place, Counter[tuple[str, str, str]]] = {}
        for cls, places in sorted(further.items()):
            scope = self.linked.program.scopes[cls]
            following: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
            for place in sorted(places):
                index, receiver, operation, role, rule, line = place
                found = following.get((operation, rule))
                if found is None:
                    found = following[operation, rule] = {
                        (follows.operation, table, follows.rule(rule))
                        for follows in consequences(self.linked, operation, scope, rule)
                        if (table := self.schema.table_of(follows.thing)) is not None
                    }
                if alternatives[place] > MAX_ALTERNATIVES and not rule.startswith((SHOWN, EACH)):
                    shared.setdefault(place, Counter()).update(found)
                    continue
                unproved = rule.startswith((ASKED_BY, CHOICES)) or TAKEN_FOR in rule
                sure = alternatives[place] == 1 and not unproved
                resolution: Resolution = "exact" if sure else "inferred"
                for does, table, said in sorted(found):
                    self.kept.add(index, receiver, table, does, (), _role(role, said), resolution, said, line)
        for place, counted in sorted(shared.items()):
            index, receiver, operation, role, rule, line = place
            if operation == COPY:
                tables = {table for _, table, _ in counted}
                self.kept.too_many(index, receiver, tables, "insert", role, rule, line)
                continue
            for (does, table, said), count in sorted(counted.items()):
                # Of code that too many share only what all of them do is told.
                if count == alternatives[place]:
                    self.kept.add(index, receiver, table, does, (), _role(role, said), "inferred", said, line)
            if operation not in OPERATIONS:
                self._guess(place, {(does, table) for does, table, _ in counted})

    def _guess(self, place: Place, following: set[tuple[str, str]]) -> None:
        """What may follow from something that touches no table itself, so that nothing else tells that it is not known."""
        index, receiver, _, role, rule, line = place
        for does in sorted({does for does, _ in following}):
            tables = {table for each, table in following if each == does}
            self.kept.too_many(index, receiver, tables, "read" if does == "scan" else does, role, rule, line)


def _made_here(found: dict[Place, set[str]]) -> dict[tuple[int, int, str], set[str]]:
    """Scope, receiver and operation -> the tables of the queries that the function makes itself."""
    made: dict[tuple[int, int, str], set[str]] = {}
    for (index, receiver, operation, role, rule, _), tables in found.items():
        if role == "build" and len(tables) <= MAX_ALTERNATIVES and not rule.endswith(ALONG):
            made.setdefault((index, receiver, operation), set()).update(tables)
    return made


def _role(role: str, rule: str) -> str:
    """What is looked up by a session's flush is only brought about by what is pending then."""
    return "build" if AT_FLUSH in rule else role


def _is_inferred(rule: str) -> bool:
    """Whether a rule rests on what no code proves, however few tables reach the line."""
    return rule.startswith((RENDERED, SHOWN, ASKED_BY, CHOICES)) or TAKEN_FOR in rule
