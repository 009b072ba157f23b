"""Writers: one for each format, over one view of the run."""

from decompose.report.exports import EXPORTS, export_rows
from decompose.report.formats import write_table
from decompose.report.graphs import service_dot, unit_graphml
from decompose.report.html import render_html

__all__ = ["EXPORTS", "export_rows", "render_html", "service_dot", "unit_graphml", "write_table"]
