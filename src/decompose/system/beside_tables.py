"""What a second process can find of a linked program while this one finds its accesses to tables and its transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from decompose.facts import FileFacts
from decompose.linking import Linked
from decompose.sources import SourceFile, SourceTree
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.dependencies import Calls, calls_of
from decompose.system.calls.in_tests import Lines
from decompose.system.calls.placement import Placement
from decompose.system.calls.structure import structural_dependencies
from decompose.system.definitions import definitions_of, units_of
from decompose.system.entry_points import entry_points_of
from decompose.system.limits import limits_of_linking
from decompose.system.model import (
    BlindSpot,
    CallCounts,
    Definition,
    Dependency,
    EntryPoint,
    Store,
    StoreAccess,
    Surroundings,
    Table,
    Unit,
)
from decompose.system.schema.tables import Schema
from decompose.system.surroundings.dynamic import dynamic_code
from decompose.system.surroundings.gathering import surroundings_of
from decompose.system.surroundings.stores import Stores
from decompose.system.transactions.instead import Uncalled, uncalled
from decompose.system.transactions.narrowed import Actor


class Inside(NamedTuple):
    """What transactions need to know besides the accesses: calls and structure, the entry points, what exists.

    ``put_off`` and ``uncalled`` as in `Calls` and `Instead`.
    """

    calls: list[Dependency]
    put_off: dict[str, Lines]
    structure: list[Dependency]
    entry_points: list[EntryPoint]
    definitions: list[Definition]
    uncalled: Mapping[Actor, frozenset[Uncalled]]


class Outside(NamedTuple):
    """What nothing else of the model waits for: what is called of others, asked of the surroundings and kept outside of the tables, what
    moves as a whole, and what is not known.

    ``limits``: where the analysis itself ends, as far as it was seen here.
    """

    calls: list[Dependency]
    counts: CallCounts
    units: list[Unit]
    stores: list[Store]
    store_accesses: list[StoreAccess]
    surroundings: Surroundings
    blind_spots: list[BlindSpot]
    limits: list[BlindSpot]


class BesideTables:
    """Finds both; ``schema`` is read for what tables classes have."""

    def __init__(
        self,
        tree: SourceTree,
        linked: Linked,
        placement: Placement,
        arguments: Arguments,
        schema: Schema,
        application: Sequence[tuple[SourceFile, FileFacts]],
    ) -> None:
        self.tree = tree
        self.linked = linked
        self.placement = placement
        self.arguments = arguments
        self.schema = schema
        self.application = application
        self._calls: Calls | None = None
        self._structure: list[Dependency] = []

    def prepare(self) -> None:
        """Look up what accesses to tables ask as well, so that two processes need not."""
        self.linked.seen.look_around()
        self.arguments.find_calls()

    def find_inside(self) -> Inside:
        """To be found first: the outside is told by what it finds."""
        linked, placement = self.linked, self.placement
        self._calls = calls_of(linked, placement, self.arguments)
        self._structure = structural_dependencies(linked, placement)
        return Inside(
            self._calls.dependencies,
            self._calls.put_off,
            self._structure,
            entry_points_of(linked),
            definitions_of(linked, placement),
            linked.engine.attempt(partial(uncalled, linked, placement), {}),
        )

    def find_outside(self, tables: Sequence[Table], wide: Mapping[str, frozenset[str]], busy: set[str]) -> Outside:
        """``wide``: the tables that are looked at column by column, with these columns; ``busy``: the units that touch a table, or are
        called or call because one is touched.
        """
        linked, attempt = self.linked, self.linked.engine.attempt
        if self._calls is None:
            self.find_inside()
        calls = self._calls
        assert calls is not None
        find_surroundings = partial(
            surroundings_of,
            self.tree,
            linked,
            self.placement,
            self.schema,
            self.application,
            calls.dependencies,
            calls.external,
            wide,
        )
        surroundings = attempt(find_surroundings, Surroundings())
        stores = Stores(linked, self.placement, tables, self.arguments)
        attempt(stores.collect, None)
        spots = [*calls.blind_spots, *stores.blind_spots, *linked.engine.safely(partial(dynamic_code, linked))]
        return Outside(
            calls.external,
            calls.counts,
            self._units(calls, tables, busy),
            stores.stores,
            stores.accesses,
            surroundings,
            spots,
            list(limits_of_linking(linked)),
        )

    def _units(self, calls: Calls, tables: Sequence[Table], busy: set[str]) -> list[Unit]:
        doing = [d for d in (*calls.dependencies, *self._structure) if d.kind not in ("import", "type-import")]
        busy = busy | {d.source_unit for d in doing} | {d.target_unit for d in doing}
        models = {table.model: table.name for table in tables if table.model}
        return units_of(self.linked, self.placement, models, busy)
