"""What can be told of a linked program without knowing its accesses to tables: a second process may find it beside them."""

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
from decompose.system.definitions import definitions_of
from decompose.system.entry_points import entry_points_of
from decompose.system.limits import limits_of_linking
from decompose.system.model import BlindSpot, CallCounts, Definition, Dependency, EntryPoint, Surroundings
from decompose.system.schema.tables import Schema
from decompose.system.surroundings.dynamic import dynamic_code
from decompose.system.surroundings.gathering import surroundings_of
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
    """What nothing else of the model waits for: what is called of others and asked of the surroundings, and what is not known.

    ``limits``: where the analysis itself ends, as far as it was seen here.
    """

    calls: list[Dependency]
    counts: CallCounts
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

    def prepare(self) -> None:
        """Look up what accesses to tables ask as well, so that two processes need not."""
        self.linked.seen.look_around()
        self.arguments.find_calls()

    def find_inside(self) -> Inside:
        """To be found first: the outside is told by what it finds."""
        linked, placement = self.linked, self.placement
        self._calls = calls_of(linked, placement, self.arguments)
        return Inside(
            self._calls.dependencies,
            self._calls.put_off,
            structural_dependencies(linked, placement),
            entry_points_of(linked),
            definitions_of(linked, placement),
            linked.engine.attempt(partial(uncalled, linked, placement), {}),
        )

    def find_outside(self, wide: Mapping[str, frozenset[str]]) -> Outside:
        """``wide``: the tables that are looked at column by column, with these columns."""
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
        spots = [*calls.blind_spots, *linked.engine.safely(partial(dynamic_code, linked))]
        return Outside(calls.external, calls.counts, surroundings, spots, list(limits_of_linking(linked)))
