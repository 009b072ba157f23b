"""The service map: DOT for other tools, and an SVG for the page.

Graphviz only decides where things stand. Every box has a fixed size and carries no text while it is laid out, so the
result does not depend on the fonts of the machine, and no font is looked for; the text is put in afterwards.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import graphviz

from decompose.report.cuts import FAMILIES, Family

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.report.scene import Scene, ServiceRef

MOST_SERVICES = 40
"""Above this a map cannot be read, and is not drawn."""
MOST_ARROWS_FOR_EACH_SERVICE = 3

_HEIGHT = 62.0
_LEAST_WIDTH = 150.0
_MOST_WIDTH = 220.0
_LABEL_WIDTH, _LABEL_HEIGHT = 34.0, 20.0


@dataclass(frozen=True)
class MapNode:
    """One service. ``weight`` is its number of source lines; ``note`` stands under its name."""

    ref: ServiceRef
    weight: int
    note: str


@dataclass(frozen=True)
class MapArrow:
    """What one service needs of another: proven cuts by family, guessed ones and plain imports left out."""

    source: ServiceRef
    target: ServiceRef
    counts: dict[Family, int]

    @property
    def weight(self) -> int:
        """All cuts behind the arrow."""
        return sum(self.counts.values())

    @property
    def family(self) -> Family:
        """What most of them are."""
        return max(FAMILIES, key=lambda family: (self.counts.get(family, 0), -FAMILIES.index(family)))

    @property
    def text(self) -> str:
        """``12 calls, 3 data``."""
        return ", ".join(f"{self.counts[family]} {family}" for family in FAMILIES if self.counts.get(family))


@dataclass(frozen=True)
class PlacedNode:
    """A node in the picture: its upper left corner and size in pixels."""

    node: MapNode
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class PlacedArrow:
    """An arrow in the picture: an SVG path, its head, and where its number stands."""

    arrow: MapArrow
    path: str
    head: str
    label_x: float
    label_y: float
    stroke: float


@dataclass(frozen=True)
class Picture:
    """A laid-out map, in pixels."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    arrows: tuple[PlacedArrow, ...]


@dataclass(frozen=True)
class ServiceMap:
    """The map: its parts, how many arrows were left out of the picture, and the picture, if one could be drawn."""

    nodes: tuple[MapNode, ...]
    arrows: tuple[MapArrow, ...]
    drawn: tuple[MapArrow, ...]
    picture: Picture | None
    why_no_picture: str = ""


def service_map(scene: Scene) -> ServiceMap:
    """Build the map of the scene's split and lay it out."""
    lines_of = {unit.id: unit.lines for unit in scene.system.units}
    nodes = tuple(
        MapNode(
            scene.refs[service.name],
            sum(lines_of.get(unit, 0) for unit in service.units),
            f"{_count(len(service.units), 'unit')}, {_count(len(service.tables), 'table')}",
        )
        for service in scene.split.services
    )
    arrows = _arrows(scene)
    drawn = arrows[: MOST_ARROWS_FOR_EACH_SERVICE * len(nodes)]
    if len(nodes) > MOST_SERVICES:
        reason = f"{len(nodes)} services are too many for a map; the list below has them all."
        return ServiceMap(nodes, arrows, drawn, None, reason)
    picture = _picture(nodes, drawn)
    reason = "" if picture else "Graphviz could not be used on this machine, so the map is a list."
    return ServiceMap(nodes, arrows, drawn, picture, reason)


def render_dot(the_map: ServiceMap) -> bytes:
    """``graph.dot``: the whole map, with names and counts."""
    graph = graphviz.Digraph("services", graph_attr={"rankdir": "TB"}, node_attr={"shape": "box", "style": "rounded"})
    for node in the_map.nodes:
        label = f"{node.ref.name}\n{node.note}, {_count(node.weight, 'line')}"
        graph.node(_node_id(node.ref), label=graphviz.escape(label).replace("\n", "\\n"))
    for arrow in the_map.arrows:
        graph.edge(
            *(_node_id(arrow.source), _node_id(arrow.target)),
            label=graphviz.escape(arrow.text),
            weight=str(arrow.weight),
        )
    return graph.source.encode()


def _arrows(scene: Scene) -> tuple[MapArrow, ...]:
    arrows = []
    for (source, target), cuts in scene.cuts_of_pair.items():
        if source not in scene.services or target not in scene.services:
            continue
        counts: dict[Family, int] = dict.fromkeys(FAMILIES, 0)
        for cut in cuts:
            counts[cut.family] += cut.resolution != "guessed" and cut.family != "code"
        if any(counts.values()):
            arrows.append(MapArrow(scene.refs[source], scene.refs[target], counts))
    return tuple(sorted(arrows, key=lambda arrow: (-arrow.weight, arrow.source.number, arrow.target.number)))


def _picture(nodes: Sequence[MapNode], arrows: Sequence[MapArrow]) -> Picture | None:
    if not nodes:
        return None
    heaviest = max(node.weight for node in nodes) or 1
    widths = {
        _node_id(node.ref): round(_LEAST_WIDTH + (_MOST_WIDTH - _LEAST_WIDTH) * sqrt(node.weight / heaviest))
        for node in nodes
    }
    graph = graphviz.Digraph(
        graph_attr={"rankdir": "TB", "nodesep": "0.45", "ranksep": "0.55"},
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "height": f"{_HEIGHT / 72:.4f}"},
    )
    for name, width in widths.items():
        graph.node(name, width=f"{width / 72:.4f}")
    # An HTML table of fixed size keeps a place for the number without any text to measure.
    label = (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{_LABEL_WIDTH:.0f}" HEIGHT="{_LABEL_HEIGHT:.0f}"><TR><TD></TD></TR></TABLE>>'
    )
    for number, arrow in enumerate(arrows):
        graph.edge(_node_id(arrow.source), _node_id(arrow.target), label=label, comment=str(number))
    layout = _lay_out(graph.source)
    if layout is None:
        return None
    _, _, width, height = (float(value) for value in layout["bb"].split(","))
    positions = {item["name"]: _point(item["pos"]) for item in layout["objects"]}
    placed_nodes = []
    for node in nodes:
        x, y = positions[_node_id(node.ref)]
        own_width = widths[_node_id(node.ref)]
        title = shortened(node.ref.name, int((own_width - 44) / 7.4))
        placed_nodes.append(
            PlacedNode(node, round(x - own_width / 2, 1), round(height - y - _HEIGHT / 2, 1), own_width, _HEIGHT, title)
        )
    most = max((arrow.weight for arrow in arrows), default=1)
    placed_arrows = [
        _placed_arrow(arrows[int(edge["comment"])], edge, height, 1.2 + 3.8 * sqrt(arrows[int(edge["comment"])].weight / most))
        for edge in layout.get("edges", [])
    ]
    return Picture(round(width, 1), round(height, 1), tuple(placed_nodes), tuple(placed_arrows))


def _placed_arrow(arrow: MapArrow, edge: dict[str, str], height: float, stroke: float) -> PlacedArrow:
    """Turn Graphviz's spline (``e,tip p0 c1 c2 p3 ...``, y upwards) into an SVG path and a triangle."""
    tip: tuple[float, float] | None = None
    points: list[tuple[float, float]] = []
    for part in edge["pos"].split():
        if part.startswith("e,"):
            tip = _point(part[2:])
        else:
            points.append(_point(part))
    flipped = [(x, height - y) for x, y in points]
    start, *rest = flipped
    path = f"M{start[0]:.1f},{start[1]:.1f}C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in rest)
    head = ""
    if tip is not None:
        (end_x, end_y), (tip_x, tip_y) = flipped[-1], (tip[0], height - tip[1])
        length = sqrt((tip_x - end_x) ** 2 + (tip_y - end_y) ** 2) or 1.0
        half = 3.2 + stroke * 0.8
        side_x, side_y = -(tip_y - end_y) / length * half, (tip_x - end_x) / length * half
        corners = [(tip_x, tip_y), (end_x + side_x, end_y + side_y), (end_x - side_x, end_y - side_y)]
        head = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    label_x, label_y = _point(edge["lp"]) if "lp" in edge else points[len(points) // 2]
    return PlacedArrow(arrow, path, head, round(label_x, 1), round(height - label_y, 1), round(stroke, 1))


def _lay_out(source: str) -> dict[str, Any] | None:
    """Graphviz's own JSON for ``source``: from the libraries in the pygraphviz wheel, else from ``dot`` on the PATH."""
    try:
        import pygraphviz  # noqa: PLC0415 - its compiled libraries may be missing on this platform
    except ImportError:
        return _lay_out_with_program(source)
    graph = pygraphviz.AGraph(string=source)
    try:
        layout: dict[str, Any] = json.loads(graph.draw(format="json", prog="dot"))
    except ValueError:
        return _lay_out_with_program(source)
    finally:
        graph.close()
    return layout


def _lay_out_with_program(source: str) -> dict[str, Any] | None:
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        # The arguments are fixed and the graph is our own.
        done = subprocess.run([program, "-Tjson"], input=source.encode(), capture_output=True, check=True, timeout=60)  # noqa: S603
        layout: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return layout


def shortened(name: str, most: int) -> str:
    """``name`` in at most ``most`` columns; wide letters take two."""
    columns = 0
    for index, letter in enumerate(name):
        columns += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if columns > most:
            return name[: max(index - 1, 1)] + "…"
    return name


def _point(text: str) -> tuple[float, float]:
    x, y = text.split(",")
    return float(x), float(y)


def _node_id(ref: ServiceRef) -> str:
    return f"s{ref.number}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
