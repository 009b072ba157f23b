"""The boundary report: one HTML file that needs nothing else."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor

from markupsafe import Markup, escape

from decompose.boundaries.toss_ups import told
from decompose.database.split import DatabaseSplit, Saga
from decompose.plan.effort import assumptions
from decompose.plan.work import COSTS
from decompose.report.contested import disputed
from decompose.report.cuts import Evidence
from decompose.report.database_facts import differences, executions
from decompose.report.gathered import alike, by_file
from decompose.report.headline import SHOWN_TRANSACTIONS, acting_class
from decompose.report.island import island
from decompose.report.page import PALETTE, as_file, breakable, environment, joined, name, policy, style
from decompose.report.plan_text import against
from decompose.report.requests import RequestCost, by_definition
from decompose.report.requests import alike as alike_costs
from decompose.report.service_map import ServiceMap, lay_out, nodes_of
from decompose.report.trade_offs import agreements, scatter
from decompose.report.view import MAX_LISTED, View
from decompose.system.model import Transaction
from decompose.wording import certainty, counted, singular

SECTIONS = (
    ("verdict", "Verdict"),
    ("map", "Service map"),
    ("services", "Services"),
    ("tables", "Tables and owners"),
    ("database", "The database itself"),
    ("transactions", "Transactions"),
    ("requests", "What a request needs"),
    ("matrix", "Who needs whom"),
    ("cuts", "Cuts, line by line"),
    ("plan", "Extraction plan"),
    ("candidates", "Candidates"),
    ("what-if", "What if"),
    ("explore", "Callers and callees"),
    ("blind-spots", "Blind spots"),
    ("method", "Method and limits"),
)

_LEAST_SCALE = 0.75
"""The service map is not drawn smaller than this, so that its text stays readable; its box scrolls."""
_OWN_PAGE = 900
"""A map that is higher than this gets a page of paper of its own, instead of what the verdict leaves free."""


_UNFOLDED_STORES = 12
"""Of more, those that no two services share are folded by their kind."""


def render_html(view: View) -> bytes:
    """The report of one run as a single file."""
    with ThreadPoolExecutor(1) as executor:
        return _rendered(view, executor)


def _rendered(view: View, executor: Executor) -> bytes:
    lines = {unit.id: unit.lines for unit in view.system.units}
    shown = lay_out(nodes_of(view.split, lines), view.cuts)
    data = island(view, executor)
    own_style = style() + (_sized(shown) if shown else "")
    script = _script()
    toss_ups = view.analysis.toss_ups_of(view.split)
    contested = disputed(view.cards, view.split, toss_ups)
    html = (
        environment()
        .get_template("report.html")
        .render(
            view=view,
            sections=SECTIONS,
            recommendation=view.analysis.recommendation,
            map=shown,
            hidden_ties=sum(cut.total for cut in view.cuts) - sum(arrow.cut.total for arrow in shown.arrows)
            if shown
            else 0,
            colours=len(PALETTE),
            place=lambda file, line: name(f"{file}:{line}"),
            source_line=lambda file, line: view.system.source_lines.get(file, {}).get(line, ""),
            evidence_items=_evidence_items,
            against=against,
            alike=alike,
            by_definition=by_definition,
            by_file=by_file,
            own_name=_own_name,
            counted=counted,
            certainty=certainty,
            singular=singular,
            costs=COSTS,
            assumptions=assumptions,
            numbers={card.name: card.number for card in view.cards},
            rows={row.ownership.table: number for number, row in enumerate(view.ownership[:MAX_LISTED], 1)},
            disputed={row.ownership.table for row in view.ownership if row.conflict},
            worst_table=max(
                (row for row in view.ownership[:MAX_LISTED] if row.conflict),
                key=lambda row: (row.conflict, sum(row.ownership.asked_of().values()), row.ownership.table),
                default=None,
            ),
            contested=contested,
            members_contested=sum(len(card.contested) for card in view.cards),
            toss_ups=toss_ups,
            called=told,
            example=max(view.cuts, key=lambda cut: cut.total) if view.cuts else None,
            scatter=scatter(view.candidates),
            agreement=agreements(view.ties, view.candidates),
            sagas=_sagas(view.database) if view.database else {},
            requests=view.requests,
            shown_transactions=SHOWN_TRANSACTIONS,
            positions={transaction: number for number, transaction in enumerate(view.system.transactions)},
            acting_class=acting_class,
            reaching=_reaching(view),
            executions=executions(view.system, view.split),
            differences=differences(view.system, view.split),
            counted_rows={
                t.name: f"{'~' if t.rows_estimated else ''}{counted(t.rows, 'row')}"
                for t in view.system.tables
                if t.rows is not None
            },
            unseen_bases={t.name: t.unseen_base for t in view.system.tables if t.may_miss_columns},
            costly=alike_costs(cost for cost in view.requests if cost.operations or cost.tables or cost.broken),
            max_listed=MAX_LISTED,
            max_unfolded_stores=_UNFOLDED_STORES,
            style=own_style,
            script=script,
            policy=policy(own_style, script),
            island=data,
        )
    )
    return as_file(html)


def _evidence_items(evidence: list[Evidence]) -> Markup:
    """Lines behind a cut; there are very many of them, so they are put together here, each part escaped, and not in a template."""
    return Markup(  # noqa: S704 - as it says
        "".join(
            f"<li>{escape(e.kind)}, {escape(e.resolution)}: {name(_own_name(e.source))} → {name(e.target)}"
            f"{f', and {e.more} more on this line' if e.more else ''}"
            f'<br><span class="soft">{breakable(f"{e.file}:{e.line}")}</span>'
            + (f'<div class="code">{escape(e.text)}</div></li>\n' if e.text else "</li>\n")
            for e in evidence
        )
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


def _sized(shown: ServiceMap) -> str:
    """The style of the map: as large as can be read, and not larger than it was drawn."""
    width = round(shown.width)
    screen = f"@media screen{{#service-map{{min-width:{round(_LEAST_SCALE * width)}px;width:100%;max-width:{round(1.15 * width)}px}}}}\n"
    return screen + ("@media print{#service-map{max-height:205mm}}\n" if shown.height > _OWN_PAGE else "")


def _script() -> str:
    """The modules of the page as one script in a scope of its own."""
    return f'"use strict";(()=>{{\n{joined("script")}}})();'


def _sagas(database: DatabaseSplit) -> dict[Transaction, Saga]:
    """What takes the place of each transaction; shared code is several, one for each kind of rows that it is given."""
    if database.design is None:
        return {}
    return dict(zip((item.transaction for item in database.spanning_transactions), database.design.sagas, strict=True))
