"""Writers: one for each format, over one view of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.report.graphml import render_graphml
from decompose.report.page import boundary_report, render_page
from decompose.report.scene import Scene, shown_split
from decompose.report.service_map import render_dot, service_map

if TYPE_CHECKING:
    from decompose.runs.analysis import Analysis

REPORT_FILE, DOT_FILE, GRAPHML_FILE = "report.html", "graph.dot", "graph.graphml"


def render_run(analysis: Analysis) -> dict[str, bytes]:
    """The files of a run directory beside ``analysis.json``: name -> content."""
    split = shown_split(analysis)
    if split is None:
        raise ValueError("an analysis without any split cannot be reported")
    scene = Scene(analysis, split)
    the_map = service_map(scene)
    return {
        REPORT_FILE: render_page("report.html.j2", report=boundary_report(scene, the_map)),
        DOT_FILE: render_dot(the_map),
        GRAPHML_FILE: render_graphml(analysis, split),
    }
