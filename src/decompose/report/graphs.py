"""Graphs for other tools: the service map as DOT, the unit graph as GraphML."""

from __future__ import annotations

import io
import re
from collections import Counter

from decompose.report.view import View, counted
from decompose.system.model import CALL_KINDS

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def service_dot(view: View) -> bytes:
    """The service map in Graphviz's language: a node is called as its service, an edge counts what crosses."""
    lines = ["digraph services {", "graph [rankdir=LR]", "node [shape=box]"]
    for card in view.cards:
        label = f"{card.name}\n{counted(card.units, 'unit')}, {counted(len(card.tables), 'table')}"
        lines.append(f"{_quoted(card.name)} [label={_quoted(label)}]")
    lines += [f'{_quoted(c.source)} -> {_quoted(c.target)} [label="{c.total}"]' for c in view.cuts if c.total]
    return "\n".join([*lines, "}", ""]).encode(errors="backslashreplace")


def _quoted(text: str) -> str:
    """A quoted string of DOT; the text of a label may break its line, and nothing else is an escape."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


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
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
