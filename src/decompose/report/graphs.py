"""Graphs for other tools: the service map as DOT, the unit graph as GraphML."""

from __future__ import annotations

import io
from collections import Counter

from decompose.report.view import View
from decompose.system.model import CALL_KINDS


def service_dot(view: View) -> bytes:
    """The service map in Graphviz's language, with counts of cuts as labels."""
    import graphviz

    graph = graphviz.Digraph(name="services", node_attr={"shape": "box"}, graph_attr={"rankdir": "LR"})
    for card in view.cards:
        graph.node(card.name, label=graphviz.escape(f"{card.name}\n{card.units} units, {len(card.tables)} tables"))
    for cut in view.cuts:
        graph.edge(card_id(cut.source), card_id(cut.target), label=str(cut.total))
    return str(graph.source).encode()


def card_id(name: str) -> str:
    """A service's name as a DOT identifier: a colon would be read as a port."""
    return name.replace(":", "-")


def unit_graphml(view: View) -> bytes:
    """Units and tables with their dependencies added up, and the service of each."""
    import networkx as nx

    system = view.system
    graph = nx.DiGraph()
    service_of, owner_of = view.split.service_of_unit(), view.split.service_of_table()
    for unit in system.units:
        graph.add_node(_clean(unit.id), kind=unit.kind, service=service_of.get(unit.id, ""), lines=unit.lines, file=_clean(unit.file))
    for table in system.tables:
        graph.add_node(_clean(f"table:{table.name}"), kind="table", service=owner_of.get(table.name, ""), lines=0, file=_clean(table.file))
    unit_of = {d.id: d.unit for d in system.definitions}
    calls: Counter[tuple[str, str]] = Counter()
    for d in system.dependencies:
        source, target = d.source_unit or unit_of.get(d.source, ""), d.target_unit or unit_of.get(d.target, "")
        if source != target and (d.kind in CALL_KINDS or d.kind == "inherit"):
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
    return "".join(character if character >= " " else "?" for character in text)
