"""Graphs for other tools: the service map as DOT, the unit graph as GraphML."""

from __future__ import annotations

import io
import re
from collections import Counter

import graphviz

from decompose.report.view import View, counted

_NO_ID = re.compile(r'\\(?:["\r\n]|\Z)|\0')
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


def unit_graphml(view: View) -> bytes:
    """Units and tables with their dependencies added up, and the service of each."""
    import networkx as nx

    system = view.system
    graph = nx.DiGraph()
    service_of, owner_of = view.split.service_of_unit(), view.split.service_of_table()
    for unit in system.units:
        graph.add_node(
            _clean(unit.id),
            kind=unit.kind,
            service=_clean(service_of.get(unit.id, "")),
            lines=unit.lines,
            file=_clean(unit.file),
        )
    for table in system.tables:
        graph.add_node(
            _clean(f"table:{table.name}"),
            kind="table",
            service=_clean(owner_of.get(table.name, "")),
            lines=0,
            file=_clean(table.file),
        )
    unit_of = {d.id: d.unit for d in system.definitions}
    calls: Counter[tuple[str, str]] = Counter()
    for d in system.dependencies:
        source, target = d.source_unit or unit_of.get(d.source, ""), d.target_unit or unit_of.get(d.target, "")
        if source != target and (d.runs or d.kind == "inherit"):
            calls[source, target] += 1
    for a in system.accesses:
        calls[a.unit or unit_of.get(a.definition, ""), f"table:{a.table}"] += 1
    for k in system.foreign_keys:
        calls[f"table:{k.table}", f"table:{k.target_table}"] += 1
    for (source, target), weight in sorted(calls.items()):
        if _clean(source) in graph and _clean(target) in graph:
            graph.add_edge(_clean(source), _clean(target), weight=weight)
    buffer = io.BytesIO()
    nx.write_graphml(graph, buffer)
    return buffer.getvalue()


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
