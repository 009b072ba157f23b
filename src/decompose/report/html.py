"""The boundary report: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from decompose.plan.order import COSTS
from decompose.report.cuts import Evidence, find_cuts
from decompose.report.database_facts import differences, executions
from decompose.report.gathered import alike, by_file, by_head
from decompose.report.headline import SHOWN_TRANSACTIONS
from decompose.report.island import island
from decompose.report.requests import RequestCost
from decompose.report.service_map import ServiceMap, lay_out, nodes_of
from decompose.report.trade_offs import agreements, scatter
from decompose.report.view import MAX_LISTED, View
from decompose.wording import certainty, counted

if TYPE_CHECKING:
    import jinja2

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7b4ab5", "#a14b4b", "#3d7a7a", "#6b6b6b")
"""After Okabe and Ito (2008); every use also shows the name or number."""

SECTIONS = (
    ("verdict", "Verdict"),
    ("map", "Service map"),
    ("services", "Services"),
    ("tables", "Tables and owners"),
    ("database", "The database itself"),
    ("transactions", "Transactions"),
    ("requests", "What a request costs"),
    ("matrix", "Who needs whom"),
    ("cuts", "Cuts, line by line"),
    ("plan", "Extraction plan"),
    ("candidates", "Candidates"),
    ("what-if", "What if"),
    ("explore", "Callers and callees"),
    ("blind-spots", "Blind spots"),
    ("method", "Method and limits"),
)

_JOINTS = re.compile(r".{6,}?(?:(?<=[.:/])(?![.:/\d])(?<!table:)|(?<=[^\W_]_)(?=[^\W_]))(?=.{3})", re.DOTALL)
"""The start of a name up to where it may be broken: not before a line number, and not into crumbs, which only cost bytes."""
_SHORT = 22

_LEAST_SCALE = 0.75
"""The service map is not drawn smaller than this, so that its text stays readable; its box scrolls."""


def render_html(view: View) -> bytes:
    """The report of one run as a single file."""
    with ThreadPoolExecutor(1) as executor:
        return _rendered(view, executor)


def _rendered(view: View, executor: Executor) -> bytes:
    environment = _environment()
    lines = {unit.id: unit.lines for unit in view.system.units}
    maps: dict[str, ServiceMap] = {}
    for split in view.candidates:
        cuts = view.cuts if split is view.split else find_cuts(view.ties, split, shown_lines=0)
        if drawn := lay_out(nodes_of(split, lines), cuts):
            maps[split.name] = drawn
    shown = maps.get(view.split.name)
    design = view.database.design if view.database else None
    data = island(view, maps, executor)
    style = _style(shown)
    script = _script()
    contested = sorted((member for card in view.cards for member in card.contested), key=lambda m: (m.share, m.id))
    html = environment.get_template("report.html").render(
        view=view,
        sections=SECTIONS,
        recommendation=view.analysis.recommendation,
        map=shown,
        hidden_ties=sum(cut.total for cut in view.cuts) - sum(arrow.cut.total for arrow in shown.arrows)
        if shown
        else 0,
        colours=len(PALETTE),
        place=lambda file, line: _name(f"{file}:{line}"),
        source_line=lambda file, line: view.system.source_lines.get(file, {}).get(line, ""),
        evidence_items=_evidence_items,
        alike=alike,
        by_file=by_file,
        own_name=_own_name,
        counted=counted,
        certainty=certainty,
        singular=lambda kind: kind.removesuffix("es" if kind.endswith("sses") else "s"),
        costs=COSTS,
        numbers={card.name: card.number for card in view.cards},
        rows={row.ownership.table: number for number, row in enumerate(view.ownership[:MAX_LISTED], 1)},
        disputed={row.ownership.table for row in view.ownership if row.conflict},
        worst_table=max(
            (row for row in view.ownership[:MAX_LISTED] if row.conflict),
            key=lambda row: (row.conflict, sum(row.ownership.writers.values()), row.ownership.table),
            default=None,
        ),
        contested=contested,
        home={member.id: card.name for card in view.cards for member in card.contested},
        runner_up=view.split.runners_up,
        example=max(view.cuts, key=lambda cut: cut.total) if view.cuts else None,
        scatter=scatter(view.candidates),
        agreement=agreements(view.ties, view.candidates),
        sagas={(s.definition, s.unit, s.file, s.line): s for s in design.sagas} if design else {},
        requests=view.requests,
        shown_transactions=SHOWN_TRANSACTIONS,
        reaching=_reaching(view),
        executions=executions(view.system, view.split),
        differences=differences(view.system, view.split),
        counted_rows={
            t.name: f"{'~' if t.rows_estimated else ''}{counted(t.rows, 'row')}"
            for t in view.system.tables
            if t.rows is not None
        },
        costly=[cost for cost in view.requests if cost.calls or cost.accesses or cost.broken],
        max_listed=MAX_LISTED,
        style=style,
        script=script,
        policy=_policy(style, script),
        island=data,
    )
    return html.encode("utf-8", errors="replace")


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("decompose.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.filters["name"] = _name
    environment.filters["sentence"] = lambda text: _stopped(_capital(text))
    environment.filters["stopped"] = _stopped
    environment.filters["capital"] = _capital
    environment.filters["grouped"] = _grouped
    return environment


def load_templates() -> None:
    """Compile the templates ahead, for when there is nothing else to do."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


@cache
def _joined(folder: str) -> str:
    """The files of a folder of templates, in the order of their names."""
    files = sorted((resources.files("decompose.report") / "templates" / folder).iterdir(), key=lambda file: file.name)
    return "".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith((".css", ".js")))


def _style(shown: ServiceMap | None) -> str:
    style = _joined("style")
    style += "".join(f".c{number}{{--c:{colour};--i:{_ink(colour)}}}\n" for number, colour in enumerate(PALETTE, 1))
    if shown is not None:
        width = round(shown.width)
        style += f"@media screen{{#service-map{{min-width:{round(_LEAST_SCALE * width)}px;width:100%;max-width:{round(1.15 * width)}px}}}}\n"
    return style


def _script() -> str:
    """The modules of the page as one script in a scope of its own."""
    return f'"use strict";(()=>{{\n{_joined("script")}}})();'


def _ink(colour: str) -> str:
    """White or near black, whichever has the greater contrast on ``colour`` (WCAG 2.2, relative luminance)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.058 else "#111111"


def _breakable(text: Any) -> Markup:  # Any: whatever a template prints
    """A name or path that may be broken where its parts meet, and not inside them; a short one is left whole."""
    return Markup(_JOINTS.sub(r"\g<0><wbr>", str(escape(text))) if len(str(text)) > _SHORT else escape(text))  # noqa: S704 - the text is escaped, which makes no joint


def _name(text: Any) -> Markup:
    return Markup(f"<code>{_breakable(text)}</code>")  # noqa: S704 - as above


def _stopped(text: str) -> str:
    """With a full stop at its end."""
    return text if text.endswith(".") else f"{text}."


def _capital(text: str) -> str:
    """With a capital at its beginning, unless that is a name of code."""
    first, _, _ = text.partition(" ")
    return text if set("_.:-") & set(first) else text[:1].upper() + text[1:]


def _evidence_items(evidence: list[Evidence]) -> Markup:
    """Lines behind a cut; there are many of them, so they are put together here and not in a template."""
    return Markup("").join(
        Markup('<li>{}, {}: {} → {}<br><span class="soft">{}</span>{}</li>\n').format(
            e.kind,
            e.resolution,
            _name(_own_name(e.source)),
            _name(e.target),
            _breakable(f"{e.file}:{e.line}"),
            Markup('<div class="code">{}</div>').format(e.text) if e.text else "",
        )
        for e in evidence
    )


def _reaching(view: View) -> dict[int, list[RequestCost]]:
    """For the position of each broken transaction the entry points that reach it, those with a path first."""
    found: dict[int, list[RequestCost]] = {}
    for cost in sorted(view.requests, key=lambda cost: (cost.kind != "http", cost.kind, cost.name, cost.place)):
        for position in cost.breaks:
            found.setdefault(position, []).append(cost)
    return found


def _own_name(identifier: str) -> str:
    """What follows the module, which the file beside it tells."""
    module, colon, name = identifier.partition(":")
    return name if colon and name and module != "table" else identifier


def _grouped(names: Sequence[str]) -> Markup:
    """Items of a list, one for each file or module; there are many, so they are put together here."""
    return Markup("").join(
        Markup("<li>{} {}</li>").format(
            _name(head),
            Markup(", ").join(Markup("<code>{}</code>").format(tail) if tail else "top level" for tail in tails),
        )
        if any(tails)
        else Markup("<li>{}</li>").format(_name(head))
        for head, tails in by_head(names)
    )


def _policy(style: str, script: str) -> str:
    """Nothing may run or load but this very style and script."""
    return f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
