"""``graph.graphml``: units and tables with their dependencies, for Gephi, yEd, networkx and the like.

Written directly: networkx would take longer to import than the whole file takes to write. It reads the result back,
as a test shows.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from decompose.report.units import ActingUnits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.boundaries.split import Split
    from decompose.runs.analysis import Analysis
    from decompose.system.model import System

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NODE_KEYS = {"kind": "string", "service": "string", "file": "string", "line": "long", "lines": "long"}
_EDGE_KEYS = {"kind": "string", "weight": "long", "guessed": "long"}


def render_graphml(analysis: Analysis, split: Split | None) -> bytes:
    """The unit graph as GraphML. Nodes are unit ids and ``table:NAME``, with their service in ``split``.

    There is one edge for each pair of nodes and kind; ``weight`` counts its sites and ``guessed`` those of them that
    were matched by name alone.
    """
    return "".join(_document(analysis.system, split)).encode()


def unit_edges(system: System) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(source node, target node, kind) -> (sites, guessed sites), without edges from a node to itself, sorted."""
    units = ActingUnits(system)
    sites: Counter[tuple[str, str, str]] = Counter()
    guessed: Counter[tuple[str, str, str]] = Counter()

    def add(source: str, target: str, kind: str, resolution: str) -> None:
        if source != target:
            sites[source, target, kind] += 1
            guessed[source, target, kind] += resolution == "guessed"

    for edge in system.dependencies:
        add(*units.ends(edge), edge.kind, edge.resolution)
    for access in system.accesses:
        add(units.accessing(access), f"table:{access.table}", access.operation, access.resolution)
    for key in system.foreign_keys:
        add(f"table:{key.table}", f"table:{key.target_table}", "foreign key", "exact")
    return {edge: (sites[edge], guessed[edge]) for edge in sorted(sites)}


def _document(system: System, split: Split | None) -> Iterator[str]:
    yield "<?xml version='1.0' encoding='utf-8'?>\n"
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name, kind in _NODE_KEYS.items():
        yield f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="{kind}"/>\n'
    for name, kind in _EDGE_KEYS.items():
        yield f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="G" edgedefault="directed">\n'
    service_of_unit = split.service_of_unit() if split else {}
    service_of_table = split.service_of_table() if split else {}
    known: set[str] = set()
    for unit in system.units:
        known.add(unit.id)
        service = service_of_unit.get(unit.id, "")
        yield _node(unit.id, kind=unit.kind, service=service, file=unit.file, line=unit.line, lines=unit.lines)
    for table in system.tables:
        known.add(f"table:{table.name}")
        service = service_of_table.get(table.name, "")
        yield _node(f"table:{table.name}", kind="table", service=service, file=table.file, line=table.line, lines=0)
    for number, ((source, target, kind), (weight, guessed)) in enumerate(unit_edges(system).items()):
        if source in known and target in known:
            yield (
                f'<edge id="{number}" source="{_text(source)}" target="{_text(target)}">'
                f'<data key="e_kind">{_text(kind)}</data><data key="e_weight">{weight}</data>'
                f'<data key="e_guessed">{guessed}</data></edge>\n'
            )
    yield "</graph>\n</graphml>\n"


def _node(identity: str, **values: str | int) -> str:
    data = "".join(f'<data key="n_{name}">{_text(str(value))}</data>' for name, value in values.items())
    return f'<node id="{_text(identity)}">{data}</node>\n'


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
