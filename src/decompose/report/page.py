"""``report.html``: the view of a run as one self-contained page."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from decompose.report.candidates import Candidates, candidates
from decompose.report.data_sections import DataSections, data_sections
from decompose.report.island import search_island
from decompose.report.knowledge import Knowledge, knowledge
from decompose.report.pairs import Pair, pair_anchor, pairs
from decompose.report.service_cards import ServiceCard, service_cards
from decompose.report.service_map import ServiceMap
from decompose.report.verdict import Verdict, verdict

if TYPE_CHECKING:
    from decompose.plan.step import Step
    from decompose.report.scene import Listed, Scene


@dataclass(frozen=True)
class BoundaryReport:
    """Everything on the page, in its order."""

    name: str
    version: str
    verdict: Verdict
    map: ServiceMap
    cards: tuple[ServiceCard, ...]
    data: DataSections
    pairs: Listed[Pair]
    steps: tuple[Step, ...]
    candidates: Candidates
    knowledge: Knowledge
    island: str


def boundary_report(scene: Scene, the_map: ServiceMap) -> BoundaryReport:
    """Build the view of the scene."""
    data = data_sections(scene)
    return BoundaryReport(
        name=scene.system.name,
        version=scene.analysis.decompose_version,
        verdict=verdict(scene),
        map=the_map,
        cards=service_cards(scene),
        data=data,
        pairs=pairs(scene),
        steps=scene.plan.steps if scene.plan else (),
        candidates=candidates(scene),
        knowledge=knowledge(scene.system),
        island=search_island(scene, data),
    )


def render_page(template: str, **values: Any) -> bytes:
    """Render ``template`` with the page's own style and script, which its Content-Security-Policy names by hash."""
    environment = _environment()
    text = environment.get_template(template).render(**values)
    # A file name that is no UTF-8 must not end the run; it is shown with its bytes escaped.
    return text.encode("utf-8", "backslashreplace")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("decompose.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = _source(environment, "report.css"), _source(environment, "report.js")
    environment.globals |= {
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "policy": (
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        "pair_anchor": pair_anchor,
    }
    environment.filters |= {"number": _number, "percent": _percent, "trusted": Markup, "score": _score}
    return environment


def _source(environment: jinja2.Environment, name: str) -> str:
    if environment.loader is None:  # pragma: no cover - it was given one above
        raise RuntimeError("the page has no templates")
    return environment.loader.get_source(environment, name)[0]


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _number(value: int) -> str:
    return f"{value:,}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _score(value: float) -> str:
    """Three decimals for small values, none for counts."""
    return f"{value:,.0f}" if value == round(value) and abs(value) >= 2 else f"{value:,.3f}"
