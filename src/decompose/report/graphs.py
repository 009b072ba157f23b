"""Graphs for other tools: the service map as DOT, the unit graph as GraphML."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

import graphviz

from decompose.report.view import View, counted

_NO_ID = re.compile(r'\\(?:["\r\n]|\Z)|\0')
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_IN_ATTRIBUTE = str.maketrans({'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"})


def service_dot(view: View) -> bytes:
    """The service map in Graphviz's language: a node is called as its service, an edge counts what crosses."""
    graph = _Services("services", graph_attr={"rankdir": "LR"}, node_attr={"shape": "box"})
    for card in view.cards:
        label = f"{card.name}\n{counted(card.units, 'unit')}, {counted(len(card.tables), 'table')}"
        graph.node(_id(card.name), _text(label))
    for cut in view.cuts:
        if cut.total:
            graph.edge(_id(cut.source), _id(cut.target), str(cut.total))
    source: str = graph.source
    return source.encode(errors="backslashreplace")


class _Services(graphviz.Digraph):
    """A graph without ports: a colon in the name at an edge's end belongs to the name."""

    _quote_edge = staticmethod(graphviz.quoting.quote)


def _id(name: str) -> str:
    """The name as it is; DOT can write a backslash in front of a quote or a break only as two."""
    return _text(name) if _NO_ID.search(name) else graphviz.nohtml(name)


def _text(text: str) -> str:
    """Text that Graphviz takes as it is, but for the lines that it breaks into."""
    return graphviz.nohtml(graphviz.escape(text).replace("\n", "\\n").replace("\0", "\ufffd"))


_GRAPHML = """\
<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
  <key id="d4" for="edge" attr.name="weight" attr.type="long" />
  <key id="d3" for="node" attr.name="file" attr.type="string" />
  <key id="d2" for="node" attr.name="lines" attr.type="long" />
  <key id="d1" for="node" attr.name="service" attr.type="string" />
  <key id="d0" for="node" attr.name="kind" attr.type="string" />
  <graph edgedefault="directed">
{}
  </graph>
</graphml>
"""


def unit_graphml(view: View) -> bytes:
    """Units and tables with their dependencies added up, and the service of each."""
    system = view.system
    service_of, owner_of = view.split.service_of_unit(), view.split.service_of_table()
    ids = {name: _quoted(name) for name in (*(u.id for u in system.units), *(f"table:{t.name}" for t in system.tables))}
    nodes = {ids[u.id]: _node(ids[u.id], u.kind, service_of.get(u.id, ""), u.lines, u.file) for u in system.units}
    for table in system.tables:
        name = ids[f"table:{table.name}"]
        nodes[name] = _node(name, "table", owner_of.get(table.name, ""), 0, table.file)
    unit_of = {d.id: d.unit for d in system.definitions}
    calls: Counter[tuple[str, str]] = Counter()
    for d in system.dependencies:
        if d.runs or d.kind == "inherit":
            source, target = d.source_unit or unit_of.get(d.source, ""), d.target_unit or unit_of.get(d.target, "")
            if source != target:
                calls[source, target] += 1
    for a in system.accesses:
        calls[a.unit or unit_of.get(a.definition, ""), f"table:{a.table}"] += 1
    for k in system.foreign_keys:
        calls[f"table:{k.table}", f"table:{k.target_table}"] += 1
    edges: dict[str, dict[str, str]] = {node: {} for node in nodes}
    for (source, target), weight in sorted(calls.items()):
        if source in ids and target in ids:
            edges[ids[source]][ids[target]] = (
                f'    <edge source="{ids[source]}" target="{ids[target]}">\n'
                f'      <data key="d4">{weight}</data>\n    </edge>'
            )
    parts = [*nodes.values(), *(edge for leaving in edges.values() for edge in leaving.values())]
    return _GRAPHML.format("\n".join(parts)).encode()


def _node(quoted: str, *values: str | int) -> str:
    data = [
        f'      <data key="d{number}">{escape(_clean(str(value)), quote=False)}</data>\n'
        if value != ""
        else f'      <data key="d{number}" />\n'
        for number, value in enumerate(values)
    ]
    return f'    <node id="{quoted}">\n{"".join(data)}    </node>'


def _quoted(text: str) -> str:
    """Text for an attribute, where a break that is written as it is would be read as a blank."""
    return escape(_clean(text), quote=False).translate(_IN_ATTRIBUTE)


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
