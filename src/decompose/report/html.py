"""The boundary report: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from markupsafe import Markup, escape

from decompose.boundaries.scores import DESCRIPTIONS
from decompose.boundaries.split import SHARED
from decompose.database.split import SpanningTransaction
from decompose.plan.order import COSTS
from decompose.report.service_map import lay_out, subtitle
from decompose.report.view import MAX_LISTED, View, counted

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7b4ab5", "#a14b4b", "#3d7a7a", "#6b6b6b")
"""After Okabe and Ito (2008); every use also shows the name or number."""

_JOINTS = re.compile(r"(?<=[.:/])(?![.:/]|\d+$)(?<!table:)|(?<=[^\W_]_)(?=[^\W_])")
"""Where a name may be broken: not before a line number."""

_LEAST_SCALE = 0.85
"""The service map is not drawn smaller than this, so that its text stays readable; its box scrolls."""


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
    environment.filters["breakable"] = _breakable
    source = environment.loader.get_source if environment.loader else None
    assert source is not None
    matrix = _matrix(view)
    drawn = lay_out(view.cards, view.cuts)
    style = source(environment, "report.css")[0]
    if drawn is not None:
        style += f"@media screen{{svg.map{{min-width:{round(_LEAST_SCALE * drawn.width)}px;max-width:{round(1.6 * drawn.width)}px}}}}"
    script = source(environment, "report.js")[0]
    html = environment.get_template("report.html").render(
        view=view,
        system=view.system,
        split=view.split,
        recommendation=view.analysis.recommendation,
        map=drawn,
        colours={card.name: PALETTE[(card.number - 1) % len(PALETTE)] for card in view.cards},
        ink={colour: _ink(colour) for colour in PALETTE},
        name=_name,
        place=_place,
        counted=counted,
        singular=lambda kind: kind.removesuffix("es" if kind.endswith("sses") else "s"),
        subtitle=subtitle,
        costs=COSTS,
        spanning=_widest_first(view),
        numbers={card.name: card.number for card in view.cards},
        matrix=matrix,
        rows={row["owner"].table: number for number, row in enumerate(matrix[:MAX_LISTED], 1)},
        beside=_beside(view),
        max_listed=MAX_LISTED,
        style=style,
        script=script,
        policy=_policy(style, script),
        island=_island(view),
    )
    return html.encode("utf-8", errors="replace")


def _ink(colour: str) -> str:
    """White or near black, whichever has the greater contrast on ``colour`` (WCAG 2.2, relative luminance)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.058 else "#111111"


def _breakable(text: str) -> Markup:
    """A name or path that may be broken where its parts meet, and not inside them."""
    return Markup("<wbr>".join(_JOINTS.split(str(escape(text)))))  # noqa: S704 - the text is escaped, which makes no joint


def _name(text: str) -> Markup:
    return Markup(f"<code>{_breakable(text)}</code>")  # noqa: S704 - as above


def _place(file: str, line: int) -> Markup:
    return _name(f"{file}:{line}")


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
    places = {table.name: f"{table.file}:{table.line}" for table in view.system.tables}
    rows = []
    for owner in view.database.owners:
        cells = [(owner.writers.get(name, 0), owner.readers.get(name, 0)) for name in names]
        shared = owner.writers.get(SHARED, 0), owner.readers.get(SHARED, 0)
        rows.append({"owner": owner, "cells": cells, "shared": shared, "where": places.get(owner.table, "")})
    return sorted(
        rows,
        key=lambda row: (names.index(row["owner"].owner) if row["owner"].owner in names else 99, row["owner"].table),
    )


_BESIDE = {
    "services": "services",
    "single_writer_tables": "tables with one writer",
    "foreign_writes": "writes that cross",
    "foreign_reads": "reads that cross",
    "cut_foreign_keys": "keys cut",
    "spanning_transactions": "transactions that span",
    "inter_call": "calls that cross",
}


def _beside(view: View) -> dict[str, Any] | None:
    """The shown split and the trivial ones, by the scores that can be told in a word."""
    shown = [view.split, *(split for split in view.analysis.splits if split.trivial and split.name != view.split.name)]
    scores = [{score.name: score.value for score in split.scores} for split in shown]
    columns = [name for name in _BESIDE if all(name in values for values in scores)]
    if len(shown) < 2 or not columns:
        return None
    rows = [
        {
            "name": split.name,
            "trivial": split.trivial,
            "cells": [f"{values[name]:.0f}" if name == "services" else f"{values[name]:.0%}" for name in columns],
        }
        for split, values in zip(shown, scores, strict=True)
    ]
    return {"columns": [(_BESIDE[name], DESCRIPTIONS[name]) for name in columns], "rows": rows}


def _widest_first(view: View) -> list[SpanningTransaction]:
    spanning = view.database.spanning_transactions if view.database else ()
    return sorted(spanning, key=lambda s: (-len(s.services), -len(s.transaction.tables_written)))


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
    text = json.dumps(
        {"services": names, "files": files, "things": units + tables}, ensure_ascii=True, separators=(",", ":")
    )
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
