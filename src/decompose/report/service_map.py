"""The service map: laid out by Graphviz, drawn as SVG by ourselves, so that it looks the same everywhere.

Only positions come from Graphviz (nodes have fixed sizes, so fonts play no part). The area of a box grows with the code
in it. The heaviest cuts are drawn, among them the heaviest of each service, and the rest are counted.
"""

from __future__ import annotations

import math
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.report.cuts import Cut
from decompose.report.ties import FAMILIES
from decompose.wording import counted

MAX_EDGES = 24
MAX_SERVICES = 40
MAX_NAME = 24
PAGE_WIDTH, PAGE_HEIGHT = 960.0, 960.0
"""Of the ways to lay it out, the map takes the one that has to be shrunk least to fit here."""

_POINTS = 72.0
_MARGIN = 14
_HEAD = 10.0
_NUMBER_WIDTH, _NUMBER_HEIGHT = 26.0, 13.0
_ASIDE = (0.0, 0.06, -0.06, 0.12, -0.12, 0.18, -0.18, 0.24, -0.24, 0.3, -0.3)
"""Of an arrow's way: how far from its place a number may move."""
_LEAST_HEIGHT = 44.0
_MOST_HEIGHT = 84.0

Point = tuple[float, float]


class Way(NamedTuple):
    """How a map is laid out.

    ``direction`` is Graphviz's name for from left to right (``LR``), or from top to bottom. Services that one arrow alone ties to the
    rest stand in so many ``ranks``: in one, the thirteen that all need the same service would be a wall.
    """

    direction: str
    ranks: int = 1


WAYS = tuple(Way(direction, ranks) for ranks in (1, 2, 3) for direction in ("LR", "TB"))
_MANY = 16
"""The boxes of more services than these stand closer beside each other."""
_FEW = 4
"""So many ends of single arrows at one service may stand in one rank."""


class Node(NamedTuple):
    """What the map says of a service; ``number`` is its rank by size, from 1."""

    name: str
    number: int
    units: int
    tables: int
    lines: int

    @property
    def title(self) -> str:
        """The first line of its box."""
        name = self.name if len(self.name) <= MAX_NAME else f"{self.name[: MAX_NAME - 1]}…"
        return f"{self.number} · {name}"

    @property
    def subtitle(self) -> str:
        """The second line of its box."""
        return f"{counted(self.units, 'unit')} · {counted(self.tables, 'table')}"


class Box(NamedTuple):
    """A service's place, in points from the top left."""

    node: Node
    x: float
    y: float
    width: float
    height: float


class Arrow(NamedTuple):
    """A drawn cut: an SVG path, its width, and where its number goes. ``kind`` is a number in `FAMILIES`."""

    cut: Cut
    kind: int
    path: str
    width: float
    x: float
    y: float


class ServiceMap(NamedTuple):
    """A laid out map; ``hidden`` cuts are not drawn."""

    width: float
    height: float
    boxes: list[Box]
    arrows: list[Arrow]
    hidden: int


def nodes_of(split: Split, lines: dict[str, int]) -> list[Node]:
    """What the map says of the services of ``split``, numbered in their order."""
    return [
        Node(s.name, number, len(s.units), len(s.tables), sum(lines.get(unit, 0) for unit in s.units))
        for number, s in enumerate(split.services, 1)
    ]


def lay_out(nodes: Sequence[Node], cuts: Sequence[Cut]) -> ServiceMap | None:
    """The map of the services in the best of some ways, or None when there is nothing to draw or to lay it out with."""
    if not 1 < len(nodes) <= MAX_SERVICES:
        return None
    proved = [cut for cut in cuts if cut.total]
    drawn = heaviest(proved, len(nodes))
    met = {name for cut in drawn for name in (cut.source, cut.target)}
    tied = [node for node in nodes if node.name in met]
    most = max((node.lines for node in nodes), default=1) or 1
    ends = _single_ends(drawn)
    maps = [_laid_out(tied, drawn, ends, len(proved) - len(drawn), way, most) for way in WAYS if ends or way.ranks == 1]
    best = min((found for found in maps if found), key=_discomfort, default=None)
    return _with_lonely(best, [node for node in nodes if node.name not in met], most) if best else None


def _discomfort(found: ServiceMap) -> tuple[float, float]:
    """How far the map has to be shrunk, then how tall it is."""
    return max(found.width / PAGE_WIDTH, found.height / PAGE_HEIGHT, 1.0), found.height


def heaviest(cuts: Sequence[Cut], services: int) -> list[Cut]:
    """The cuts to draw: the heaviest two for each service, but the heaviest of each in any case."""
    ordered = sorted(cuts, key=lambda cut: (-cut.total, cut.source, cut.target))
    chosen = ordered[: min(MAX_EDGES, max(8, 2 * services))]
    met = {name for cut in chosen for name in (cut.source, cut.target)}
    for cut in ordered[len(chosen) :]:
        if not {cut.source, cut.target} <= met:
            chosen.append(cut)
            met |= {cut.source, cut.target}
    return chosen


def _single_ends(cuts: Sequence[Cut]) -> dict[str, int]:
    """The services that one arrow alone ties to a service that has many of them -> their number among those, by weight."""
    near: dict[str, list[str]] = {}
    for cut in cuts:
        near.setdefault(cut.source, []).append(cut.target)
        near.setdefault(cut.target, []).append(cut.source)
    ends: dict[str, list[str]] = {}
    for name, others in near.items():
        if len(others) == 1:
            ends.setdefault(others[0], []).append(name)
    return {name: number for names in ends.values() if len(names) > _FEW for number, name in enumerate(names)}


def _with_lonely(found: ServiceMap, lonely: list[Node], most: int) -> ServiceMap:
    """The map with the services that nothing ties to others, in rows below the rest."""
    width = max(found.width, PAGE_WIDTH if lonely else 0.0)
    x, y, height = float(_MARGIN), found.height, 0.0
    boxes = list(found.boxes)
    for node in lonely:
        w, h = _size(node, most)
        if boxes and x + w + _MARGIN > width:
            x, y, height = float(_MARGIN), y + height + _MARGIN, 0.0
        boxes.append(Box(node, _r(x), _r(y), _r(w), _r(h)))
        x, height = x + w + _MARGIN, max(height, h)
    boxes.sort(key=lambda box: box.node.number)
    bottom = y + height + _MARGIN if lonely else found.height
    return found._replace(width=_r(width), height=_r(bottom), boxes=boxes)


def _laid_out(
    nodes: Sequence[Node], drawn: list[Cut], ends: dict[str, int], hidden: int, way: Way, most: int
) -> ServiceMap | None:
    numbers = {node.name: node.number for node in nodes}
    # Room for the numbers that stand at the arrows.
    many = len(nodes) > _MANY
    gap = 0.55 if way.direction == "TB" else 0.63 if many else 0.9
    spaces = f"nodesep={0.32 if many else 0.45}, ranksep={gap}"
    lines = ["digraph services {", f"graph [rankdir={way.direction}, {spaces}, splines=true];"]
    lines.append('node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];')
    for node in nodes:
        width, height = _size(node, most)
        lines.append(f"s{node.number} [width={width / _POINTS:.3f}, height={height / _POINTS:.3f}];")
    for index, cut in enumerate(drawn):
        weight = 1 + int(math.log2(1 + cut.total))
        ranks = 1 + ends.get(cut.source, ends.get(cut.target, 0)) % way.ranks
        lines.append(
            f's{numbers[cut.source]} -> s{numbers[cut.target]} [weight={weight}, minlen={ranks}, id="e{index}"];'
        )
    lines.append("}")
    plain = _plain("\n".join(lines))
    return _read(plain, nodes, drawn, hidden) if plain else None


def _size(node: Node, most: int) -> tuple[float, float]:
    """In points: wide enough for two lines of text of 13 and 11 px, and an area that grows with the lines of code."""
    text = max(112.0, 7.6 * len(node.title) + 30, 6.3 * len(node.subtitle) + 30)
    share = math.sqrt(node.lines / most)
    return text + 40 * share, _LEAST_HEIGHT + (_MOST_HEIGHT - _LEAST_HEIGHT) * share


def _plain(dot: str) -> str:
    try:
        import pygraphviz

        drawn = pygraphviz.AGraph(string=dot).draw(format="plain", prog="dot")
        return drawn.decode() if isinstance(drawn, bytes) else str(drawn)
    except (ImportError, OSError, ValueError, RuntimeError):
        pass
    command = ["dot", "-Tplain"]
    try:
        return subprocess.run(command, input=dot, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 - no input of a user's
    except (OSError, subprocess.SubprocessError):
        return ""


def _read(plain: str, nodes: Sequence[Node], drawn: list[Cut], hidden: int) -> ServiceMap:
    by_id = {f"s{node.number}": node for node in nodes}
    by_pair = {(cut.source, cut.target): cut for cut in drawn}
    width = height = 0.0
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for line in plain.splitlines():
        parts = line.split()
        if parts[:1] == ["graph"]:
            width, height = float(parts[2]) * _POINTS, float(parts[3]) * _POINTS
        elif parts[:1] == ["node"]:
            x, y, w, h = (float(part) * _POINTS for part in parts[2:6])
            boxes.append(Box(by_id[parts[1]], _r(x - w / 2 + _MARGIN), _r(height - y - h / 2 + _MARGIN), _r(w), _r(h)))
        elif parts[:1] == ["edge"]:
            count = int(parts[3])
            values = [float(part) * _POINTS for part in parts[4 : 4 + 2 * count]]
            points = [(_r(values[i] + _MARGIN), _r(height - values[i + 1] + _MARGIN)) for i in range(0, 2 * count, 2)]
            cut = by_pair[by_id[parts[1]].name, by_id[parts[2]].name]
            # Where there is an arrow back, each number stands nearer to where its arrow comes from.
            middle = _free(points, 0.36 if (cut.target, cut.source) in by_pair else 0.5, boxes, arrows)
            points[-2:] = _pulled_back(points[-2], points[-1])
            path = f"M{points[0][0]} {points[0][1]}C" + " ".join(f"{x} {y}" for x, y in points[1:])
            thick = _r(min(6.0, 1 + 0.7 * math.log2(1 + cut.total)))
            arrows.append(Arrow(cut, FAMILIES.index(cut.main_family), path, thick, *middle))
    arrows.sort(key=lambda arrow: (-arrow.cut.total, arrow.cut.source, arrow.cut.target))
    return ServiceMap(_r(width + 2 * _MARGIN), _r(height + 2 * _MARGIN), boxes, arrows, hidden)


def _free(points: list[Point], share: float, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Point:
    """A point near ``share`` of the way, for a number that neither a box nor another number covers; else that at ``share``."""
    for aside in _ASIDE:
        x, y = _along(points, share + aside)
        covered = any(
            box.x - _NUMBER_WIDTH / 2 < x < box.x + box.width + _NUMBER_WIDTH / 2
            and box.y - 2 < y < box.y + box.height + _NUMBER_HEIGHT
            for box in boxes
        ) or any(abs(x - other.x) < _NUMBER_WIDTH and abs(y - other.y) < _NUMBER_HEIGHT for other in arrows)
        if not covered:
            return x, y
    return _along(points, share)


def _along(points: list[Point], share: float) -> Point:
    """The point at ``share`` of a chain of cubic Bézier curves, all counted as equally long."""
    pieces = (len(points) - 1) // 3
    piece = min(int(share * pieces), pieces - 1)
    t = share * pieces - piece
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    curve = points[3 * piece : 3 * piece + 4]
    x, y = (math.fsum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return _r(x), _r(y)


def _pulled_back(control: Point, end: Point) -> list[Point]:
    """The end of an arrow's line, moved back so that its head has room before the box."""
    dx, dy = end[0] - control[0], end[1] - control[1]
    length = math.hypot(dx, dy) or 1.0
    x, y = _HEAD * dx / length, _HEAD * dy / length
    return [(_r(control[0] - x), _r(control[1] - y)), (_r(end[0] - x), _r(end[1] - y))]


def _r(value: float) -> float:
    return round(value, 1)
