"""Everything that ties units and tables, as columns: what the report counts, and what its page counts again.

Things are numbered: first the units, then the tables, each in the order of the system. Columns have one row for each
dependency, then each access, then each foreign key. Counting what a split cuts is then one pass of numpy, so that every
candidate can be drawn, not only the one that is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from decompose.boundaries.split import Split
from decompose.system.model import Access, Dependency, ForeignKey, System
from decompose.system.transactions.narrowed import Actor, Recorded
from decompose.system.transactions.reach import Reach
from decompose.system.transactions.reached import running

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[Any, np.dtype[np.int64]]

FAMILIES = ("call", "inheritance", "table access", "foreign key")
"""What can cross a boundary; imports and references to a name stay whatever moves, and are of no family."""

GUESSED = len(FAMILIES)
"""The column of a count that holds what is matched by name alone."""

NO_FAMILY = -1
_RESOLUTIONS = ("exact", "inferred", "guessed")
_SURE = {resolution: number for number, resolution in enumerate(_RESOLUTIONS)}
GUESSED_TIE = _SURE["guessed"]
"""A tie of this number in `Ties.sure` is matched by name alone."""
_FIRST_SHOWN = {"insert": 0, "update": 0, "delete": 0, "read": 1, "foreign key": 2}

Tie = Dependency | Access | ForeignKey

Place = tuple[str, int, int]
"""A line, by file and number, and the thing on whose behalf it runs."""


class Ties:
    """The ties of a system. ``source`` and ``target`` are numbers of things, -1 where a unit is not known.

    ``starts`` and ``ends`` are the ids of the definitions, or tables, that each tie joins.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.units = len(system.units)
        self.things: list[str] = [unit.id for unit in system.units]
        self.things += [f"table:{table.name}" for table in system.tables]
        self.number = {thing: number for number, thing in enumerate(self.things)}
        self.unit_of = {definition.id: definition.unit for definition in system.definitions}
        self.items: list[Tie] = [*system.dependencies, *system.accesses, *system.foreign_keys]
        self.kinds: list[str] = []
        self.starts: list[str] = []
        self.ends: list[str] = []
        self.rules: list[str] = []
        source: list[int] = []
        target: list[int] = []
        family: list[int] = []
        sure: list[int] = []
        number, unit_of = self.number.get, self.unit_of.get
        kinds, starts, ends, rules = self.kinds, self.starts, self.ends, self.rules
        for dependency in system.dependencies:
            kind = dependency.kind
            source.append(number(dependency.source_unit or unit_of(dependency.source, ""), -1))
            target.append(number(dependency.target_unit or unit_of(dependency.target, ""), -1))
            family.append(1 if kind == "inherit" else 0 if dependency.runs else NO_FAMILY)
            sure.append(_SURE[dependency.resolution])
            kinds.append(kind)
            starts.append(dependency.source)
            ends.append(dependency.target)
            rules.append(dependency.rule)
        for access in system.accesses:
            source.append(number(access.unit or unit_of(access.definition, ""), -1))
            target.append(number(f"table:{access.table}", -1))
            family.append(2)
            sure.append(_SURE[access.resolution])
            kinds.append(access.operation)
            starts.append(access.definition)
            ends.append(f"table:{access.table}")
            rules.append(access.rule)
        for key in system.foreign_keys:
            source.append(number(f"table:{key.table}", -1))
            target.append(number(f"table:{key.target_table}", -1))
            family.append(3)
            sure.append(0)
            kinds.append("foreign key")
            starts.append(f"table:{key.table}")
            ends.append(f"table:{key.target_table}")
            rules.append("")
        self._lists = source, target, family, sure
        self._labelled: dict[str, tuple[Split, Column]] = {}

    @cached_property
    def recorded(self) -> Recorded:
        """What callers give to the definitions that it tells apart."""
        return Recorded(self.system)

    @cached_property
    def givers(self) -> dict[Dependency, list[Actor]]:
        """Of calls of what a function is given, who gives it."""
        return {h.call: list(dict.fromkeys(giver[:2] for giver in h.givers)) for h in self.system.handed_over}

    @cached_property
    def reach(self) -> Reach:
        """Who runs whom when the application runs, without what tasks do later."""
        return running(self.system, self.recorded, after_commit=True, dispatching=False)

    @cached_property
    def _columns(self) -> tuple[Column, Column, Column, Column]:
        import numpy as np

        source, target, family, sure = (np.array(values, dtype=np.int64) for values in self._lists)
        return source, target, family, sure

    @property
    def source(self) -> Column:
        """The number of the thing that each tie starts at."""
        return self._columns[0]

    @property
    def target(self) -> Column:
        """The number of the thing that each tie leads to."""
        return self._columns[1]

    @property
    def family(self) -> Column:
        """The number of each tie's family in `FAMILIES`, or `NO_FAMILY`."""
        return self._columns[2]

    @property
    def sure(self) -> Column:
        """0 exact, 1 inferred, 2 guessed."""
        return self._columns[3]

    def labels(self, split: Split) -> Column:
        """For each thing the number of its service in ``split``, -1 for shared or not placed; one more -1 at the end."""
        import numpy as np

        known, labels = self._labelled.get(split.name, (None, None))
        if known is split and labels is not None:
            return labels
        labels = np.full(len(self.things) + 1, -1)
        for index, service in enumerate(split.services):
            members = [*service.units, *(f"table:{table}" for table in service.tables)]
            labels[[self.number[member] for member in members if member in self.number]] = index
        labels.setflags(write=False)
        self._labelled[split.name] = split, labels
        return labels

    def cut(self, labels: Column, services: int) -> CutTies:
        """What ``labels`` with so many ``services`` cut, counted by places."""
        import numpy as np

        first, second = labels[self.source], labels[self.target]
        rows = np.flatnonzero((first != second) & (first >= 0) & (second >= 0) & (self.family >= 0))
        column = np.where(self.sure[rows] == GUESSED_TIE, GUESSED, self.family[rows])
        pairs = first[rows] * services + second[rows]
        found, position = np.unique(pairs, return_inverse=True)
        width = GUESSED + 1
        place = self._places(rows.tolist())
        counted = np.unique(np.stack([position * width + column, place]), axis=1)[0]
        counts = np.bincount(counted, minlength=len(found) * width).reshape(-1, width)
        return CutTies(rows, position, [divmod(pair, services) for pair in found.tolist()], counts.tolist())

    def place(self, row: int) -> Place:
        """What counts once, however many a line may lead to."""
        item = self.items[row]
        return item.file, item.line, self._lists[0][row]

    def _places(self, rows: Sequence[int]) -> Column:
        """The places of ``rows``, numbered."""
        import numpy as np

        known: dict[Place, int] = {}
        return np.array([known.setdefault(self.place(row), len(known)) for row in rows], dtype=np.int64)

    def first_shown(self, rows: Sequence[int], count: int) -> list[tuple[int, int]]:
        """The rows of one cut that a reader should see first, one of each place, with how many more it has: proved before guessed, data
        before calls.
        """

        def order(row: int) -> tuple[int, int, int, str, int]:
            sure, item = int(self.sure[row]), self.items[row]
            return sure == GUESSED_TIE, _FIRST_SHOWN.get(self.kinds[row], 3), sure, item.file, item.line

        first: dict[tuple[Place, int], int] = {}
        more: Counter[tuple[Place, int]] = Counter()
        for row in sorted(rows, key=order):
            column = GUESSED if self.sure[row] == GUESSED_TIE else int(self.family[row])
            place = self.place(row), column
            first.setdefault(place, row)
            more[place] += 1
        return [(row, more[place] - 1) for place, row in islice(first.items(), count)]


class CutTies:
    """The ties that a split cuts: ``rows`` of the ties, and for each the ``position`` of its cut.

    ``pairs`` are the numbers of the two services of each cut, ``counts`` its places for each family and for guesses.
    """

    def __init__(self, rows: Column, position: Column, pairs: list[tuple[int, int]], counts: list[list[int]]) -> None:
        self.rows, self.position, self.pairs, self.counts = rows, position, pairs, counts

    def rows_of_cuts(self) -> list[list[int]]:
        """For each cut the numbers of its ties."""
        rows: list[list[int]] = [[] for _ in self.pairs]
        for row, position in zip(self.rows.tolist(), self.position.tolist(), strict=True):
            rows[position].append(row)
        return rows


def resolution(tie: Tie) -> str:
    """How the tie is known; a declared key is exact."""
    return "exact" if isinstance(tie, ForeignKey) else tie.resolution
