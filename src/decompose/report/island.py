"""The data of the page: columns and numbers that point into them, in blocks that are read when they are needed.

``names``: what can be searched, and where each candidate puts it. ``ties``: what crosses when something moves, and
what the scores are made of. ``texts``: the lines of code. A block of more than `PLAIN` bytes is deflated. Columns that go up
are kept as steps from one number to the next, and ends of ties as `ITS_OWN` where their definition tells them: a third less.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from decompose.boundaries.clustering import GRAIN
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import DESCRIPTIONS, DIRECTIONS, Scorer
from decompose.boundaries.split import SHARED, Split
from decompose.boundaries.trust import Clusterings, groups_of_nodes
from decompose.report.headline import acting_class
from decompose.report.opened import transactions_of_units
from decompose.report.ties import FAMILIES, Ties
from decompose.report.view import View

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels as Nodes
    from decompose.report.ties import Column

PLAIN = 200_000
_LEVEL = 4
ITS_OWN = -2
"""The unit of a tie's end, where it is that of the definition."""

Block = dict[str, Any]
"""Plain data of any shape, as JSON has it."""


def island(view: View, executor: Executor) -> Callable[[], str]:
    """The text of the page's one data element, as JSON that cannot end it, once it is asked for.

    Packing goes on in ``executor`` meanwhile; it lets go of the interpreter's lock.
    """
    import numpy as np

    definitions = _Numbers()
    rules = _Numbers()
    files = _Numbers()
    blocks = {
        "ties": _ties(view, definitions, rules, files),
        "names": _names(view, files),
        "texts": _texts(view, files),
    }
    number_of = view.ties.number
    named = definitions.items
    owners = [number_of.get(view.ties.unit_of.get(name, name), -1) for name in named]
    things = view.ties.things
    rows = blocks["ties"]["rows"]
    own = np.array(owners, dtype=np.int64)
    for end, column, definition in (("source", view.ties.source, "from"), ("target", view.ties.target, "to")):
        rows[end] = np.where(own[rows[definition]] == column, ITS_OWN, column).tolist() if len(column) else []
    for name in ("from", "file", "line"):
        rows[name] = _steps(rows[name])
    blocks["ties"]["definitions"] = {
        "thing": _steps(owners),
        "rest": [
            name.removeprefix(things[owner]) if owner >= 0 and name.startswith(things[owner]) else f"\0{name}"
            for name, owner in zip(named, owners, strict=True)
        ],
    }
    blocks["ties"]["rules"] = rules.items
    blocks["names"]["files"] = files.items
    packed = {name: executor.submit(_packed, block) for name, block in sorted(blocks.items())}
    return lambda: "{" + ",".join(f'"{name}":{text.result()}' for name, text in packed.items()) + "}"


def _packed(block: Block) -> str:
    data = msgspec.json.encode(block)
    if len(data) > PLAIN:
        return '"' + base64.b64encode(zlib.compress(data, _LEVEL)).decode() + '"'
    return escaped(data.decode())


def escaped(json: str) -> str:
    """JSON that neither ends a script element nor breaks a line of script."""
    for character in "<>&\u2028\u2029":
        json = json.replace(character, f"\\u{ord(character):04x}")
    return json


class _Numbers:
    """Numbers for strings, in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    @property
    def items(self) -> list[str]:
        """The strings, by their numbers."""
        return list(self._known)

    def __call__(self, item: str) -> int:
        return self._known.setdefault(item, len(self._known))

    def of(self, items: Iterable[str]) -> list[int]:
        """The numbers of many strings."""
        known = self._known
        return [known.setdefault(item, len(known)) for item in items]


def _names(view: View, files: _Numbers) -> Block:
    system, ties = view.system, view.ties
    return {
        "shown": view.candidates.index(view.split),
        "units": ties.units,
        "things": {
            "id": ties.things,
            "file": files.of([*(unit.file for unit in system.units), *(table.file for table in system.tables)]),
            "line": [unit.line for unit in system.units] + [table.line for table in system.tables],
            "lines": [unit.lines for unit in system.units],
            "rows": [table.rows for table in system.tables] if any(t.rows is not None for t in system.tables) else [],
        },
        "entries": {
            "kind": [entry.kind for entry in system.entry_points],
            "name": [entry.name for entry in system.entry_points],
            "thing": [ties.number.get(ties.unit_of.get(entry.handler, ""), -1) for entry in system.entry_points],
            "file": files.of(entry.file for entry in system.entry_points),
            "line": [entry.line for entry in system.entry_points],
        },
        "splits": [
            {
                "name": split.name,
                "trivial": split.trivial,
                "services": [service.name for service in split.services],
                "labels": ties.labels(split)[:-1].tolist(),
                "sure": _shares(ties.things, split.confidence),
                "rival": _rivals(ties.things, split),
                "because": {ties.number[thing]: why for thing, why in split.because.items() if thing in ties.number},
                "scores": {score.name: [score.value, score.z] for score in split.scores},
            }
            for split in view.candidates
        ],
        "ladder": _ladder(view),
        "toss_ups": _toss_ups(view),
        "scores": [[name, direction, DESCRIPTIONS[name]] for name, direction in DIRECTIONS.items()],
    }


_ITS_OWN = -2
"""Where a toss-up goes that would be a service of its own."""


def _toss_ups(view: View) -> list[list[Any]]:
    """Of each toss-up of the shown split what it is, what pulls it, the numbers of its members, and of the service it goes to as well."""
    labels = {service.name: label for label, service in enumerate(view.split.services)} | {SHARED: -1, "": _ITS_OWN}
    return [
        [f"{one.size}: {one.modules_named}", one.pulls, [view.ties.number[m] for m in one.members], labels[one.rival]]
        for one in view.analysis.toss_ups_of(view.split)
    ]


def _ladder(view: View) -> Block:
    """The number of the split that the ladder is of, and for each rung its services, which two of the split's are made one, and why."""
    ladder = view.analysis.ladder
    at = next((at for at, split in enumerate(view.candidates) if split.name == ladder.split), -1)
    if at < 0:
        return {"split": -1, "rungs": []}
    number = {service.name: index for index, service in enumerate(view.candidates[at].services)}
    rungs = [
        [rung.services, number[rung.kept], number[rung.joined], "pays" if rung.pays else rung.folded]
        for rung in ladder.rungs
        if rung.joined
    ]
    return {"split": at, "rungs": rungs}


def _shares(things: list[str], shares: dict[str, float]) -> list[int]:
    """In percent, -1 where nothing is known; empty for a split without any."""
    return [round(100 * shares[thing]) if thing in shares else -1 for thing in things] if shares else []


def _rivals(things: list[str], split: Split) -> list[int]:
    """The number of the service that is second, -1 where there is none; empty for a split without any."""
    number = {service.name: index for index, service in enumerate(split.services)}
    if not split.runners_up:
        return []
    return [number.get(split.runners_up.get(thing, ""), -1) for thing in things]


def _ties(view: View, definitions: _Numbers, rules: _Numbers, files: _Numbers) -> Block:
    ties, system = view.ties, view.system
    scorer = view.scorer or Scorer(EvidenceGraph(system), view.analysis.commits)
    graph = scorer.graph
    kinds = _Numbers()
    messages = _messages_of(scorer)
    return {
        "families": [*FAMILIES, "other"],
        "packages": [[one.name, one.units, one.together, one.adds] for one in view.analysis.packages],
        "rows": {
            "source": [],
            "target": [],
            "family": ties.family.tolist(),
            "sure": ties.sure.tolist(),
            "kind": kinds.of(ties.kinds),
            "from": definitions.of(ties.starts),
            "to": definitions.of(ties.ends),
            "rule": rules.of(ties.rules),
            "file": files.of([item.file for item in ties.items]),
            "line": [item.line for item in ties.items],
        },
        "kinds": kinds.items,
        "transactions": {
            "definition": definitions.of(t.definition for t in system.transactions),
            "acting": [acting_class(t) for t in system.transactions],
            "answering": [", ".join(t.answering) for t in system.transactions],
            "written": [_numbers(ties.number, t.tables_written) for t in system.transactions],
            "file": files.of(t.file for t in system.transactions),
            "line": [t.line for t in system.transactions],
            "reached": _reached(ties),
        },
        "graph": {
            "node": [
                graph.table_node.get(thing.removeprefix("table:"), -1 - number)  # each service has it: no node
                if number >= ties.units
                else graph.unit_node[thing]
                for number, thing in enumerate(ties.things)
            ],
            "nodes": len(graph.members),
            "calls": [*_pairs(scorer.calls, scorer.call_shares), _requests(scorer, messages)],
            "loops": _in_loops(scorer, messages),
            "reads": _pairs(scorer.reads),
            "writes": _pairs(scorer.writes),
            "keys": _pairs(scorer.keys),
            "transactions": _groups(scorer.in_transactions, scorer.transactions),
            "joins": _groups(scorer.in_joins, scorer.joins),
            "contexts": scorer.contexts.tolist(),
            "entries": scorer.reach.entries.tolist(),
            "commits": _groups(*scorer.changed),
            "edges": [*map(_steps, scorer.edges.tolist()), (scorer.weights * GRAIN).astype("int64").tolist()],
            "grain": GRAIN,
            "clusterings": _clusterings(graph, view.analysis.clusterings),
        },
    }


def _reached(ties: Ties) -> Block:
    """The transactions that each unit opens or reaches: the number of one of the ``sets`` for each; many have the same."""
    sets: dict[tuple[int, ...], int] = {}
    return {"of": [sets.setdefault(found, len(sets)) for found in transactions_of_units(ties)], "sets": list(sets)}


def _clusterings(graph: EvidenceGraph, kept: Clusterings) -> Block:
    """What agreement is counted with: the group of each node, and the weight and the communities of groups of each partition."""
    return {
        "group": groups_of_nodes(graph, kept).tolist(),
        "ensemble": [[one.weight, one.communities] for one in kept.ensemble],
        "layers": [[one.weight, one.communities] for one in kept.layers],
    }


def _steps(numbers: Sequence[int]) -> list[int]:
    """From each number to the next one, from 0."""
    import numpy as np

    steps: list[int] = np.diff(np.array(numbers, dtype=np.int64), prepend=0).tolist()
    return steps


def _numbers(number: dict[str, int], tables: tuple[str, ...]) -> list[int]:
    return [number[f"table:{table}"] for table in tables if f"table:{table}" in number]


def _pairs(pairs: Column, shares: Column | None = None) -> list[list[float]]:
    """Distinct pairs of nodes and how often each occurs, as three columns; where there are ``shares``, the sum of these."""
    import numpy as np

    if not pairs.size:
        return [[], [], []]
    distinct, which = np.unique(pairs, axis=1, return_inverse=True)
    counts = np.bincount(which.ravel(), shares).tolist()
    return [distinct[0].tolist(), distinct[1].tolist(), [int(n) if n == int(n) else round(n, 6) for n in counts]]


def _requests(scorer: Scorer, messages: Column) -> list[float]:
    """For each distinct pair of calls, in the order of `_pairs`, the share of entry points whose request may make it."""
    return [round(share, 9) for share in scorer.reach.requests[messages].tolist()]


def _in_loops(scorer: Scorer, messages: Column) -> list[int]:
    """Which of the distinct pairs of calls, by their position in `_pairs`, stand in a loop."""
    import numpy as np

    found: list[int] = np.flatnonzero(np.isin(messages, scorer.repeated)).tolist()
    return found


def _messages_of(scorer: Scorer) -> Column:
    """For each distinct pair of calls, in the order of `_pairs`, its position among the messages of the scorer."""
    import numpy as np

    span = len(scorer.graph.members)
    callers, callees = np.unique(scorer.calls, axis=1)
    position: Column = np.searchsorted(scorer.messages[1] * span + scorer.messages[0], callees * span + callers)
    return position


def _groups(nodes: Nodes, starts: Nodes) -> list[list[int]]:
    """Groups of nodes: each from its start to the next one's."""
    listed, bounds = nodes.tolist(), [*starts.tolist(), len(nodes)]
    return [listed[start:end] for start, end in pairwise(bounds)]


def _texts(view: View, files: _Numbers) -> Block:
    lines = view.system.source_lines
    named = [(files(file), lines[file]) for file in sorted(lines)]
    return {
        "file": [number for number, _ in named],
        "line": [_steps(sorted(found)) for _, found in named],
        "text": [[found[line] for line in sorted(found)] for _, found in named],
    }
