"""The boundary report: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from decompose.boundaries.split import SHARED
from decompose.report.service_map import lay_out
from decompose.report.view import MAX_LISTED, View

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7b4ab5", "#a14b4b", "#3d7a7a", "#6b6b6b")
"""After Okabe and Ito (2008), darkened where text stands on it; every use also shows the name or number."""


def render_html(view: View) -> bytes:
    """The report of one run as a single file."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("decompose.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = environment.loader.get_source if environment.loader else None
    assert source is not None
    style = source(environment, "report.css")[0]
    script = source(environment, "report.js")[0]
    html = environment.get_template("report.html").render(
        view=view,
        system=view.system,
        split=view.split,
        recommendation=view.analysis.recommendation,
        map=lay_out(view.cards, view.cuts),
        colours={card.name: PALETTE[(card.number - 1) % len(PALETTE)] for card in view.cards},
        numbers={card.name: card.number for card in view.cards},
        matrix=_matrix(view),
        max_listed=MAX_LISTED,
        style=style,
        script=script,
        policy=_policy(style, script),
        island=_island(view),
    )
    return html.encode("utf-8", errors="replace")


def _policy(style: str, script: str) -> str:
    """Nothing may run or load but this very style and script."""
    return f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _matrix(view: View) -> list[dict[str, Any]]:
    """Tables x services: how often each reads and writes."""
    if view.database is None:
        return []
    names = [card.name for card in view.cards]
    rows = []
    for owner in view.database.owners:
        cells = [(owner.writers.get(name, 0), owner.readers.get(name, 0)) for name in names]
        shared = owner.writers.get(SHARED, 0), owner.readers.get(SHARED, 0)
        rows.append({"owner": owner, "cells": cells, "shared": shared})
    return sorted(rows, key=lambda row: (names.index(row["owner"].owner) if row["owner"].owner in names else 99, row["owner"].table))


def _island(view: View) -> str:
    """Units and tables for the search, as JSON that cannot end its script element."""
    service_of, owner_of = view.split.service_of_unit(), view.split.service_of_table()
    names = sorted(set(service_of.values()) | set(owner_of.values()))
    number = {name: index for index, name in enumerate(names)}
    files = sorted({unit.file for unit in view.system.units} | {table.file for table in view.system.tables})
    file_number = {file: index for index, file in enumerate(files)}
    sure = view.split.confidence
    units = [
        [u.id, number[service_of[u.id]], file_number[u.file], u.line, sure.get(u.id, -1)]
        for u in view.system.units
        if u.id in service_of
    ]
    tables = [
        [f"table:{t.name}", number[owner_of[t.name]], file_number[t.file], t.line, sure.get(f"table:{t.name}", -1)]
        for t in view.system.tables
        if t.name in owner_of
    ]
    text = json.dumps({"services": names, "files": files, "things": units + tables}, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
