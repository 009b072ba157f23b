"""The service map: laid out by Graphviz, drawn as SVG by ourselves, so that it looks the same everywhere.

Only positions come from Graphviz (nodes have fixed sizes, so fonts play no part); the heaviest cuts are drawn and
the rest are counted.
"""

from __future__ import annotations

import math
import subprocess
from typing import NamedTuple

from decompose.report.view import Card, Cut, counted

MAX_EDGES = 24
MAX_SERVICES = 40
MAX_NAME = 26
_POINTS = 72.0
_NODE_HEIGHT = 0.75
_MARGIN = 14
_HEAD = 10.0

Point = tuple[float, float]


class Box(NamedTuple):
    """A service's place, in points from the top left."""

    card: Card
    x: float
    y: float
    width: float
    height: float


class Arrow(NamedTuple):
    """A drawn cut: an SVG path, its width, and where its number goes."""

    cut: Cut
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


def lay_out(cards: list[Card], cuts: list[Cut]) -> ServiceMap | None:
    """The map of the services, or None when there is nothing to draw or nothing to lay it out with."""
    if not 1 < len(cards) <= MAX_SERVICES:
        return None
    proved = [cut for cut in cuts if cut.total]
    drawn = proved[:MAX_EDGES]
    numbers = {card.name: card.number for card in cards}
    lines = ["digraph services {", "graph [rankdir=LR, nodesep=0.45, ranksep=1.0, splines=true];"]
    lines.append('node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];')
    lines += [f"s{card.number} [width={_width(card):.3f}, height={_NODE_HEIGHT}];" for card in cards]
    for index, cut in enumerate(drawn):
        weight = 1 + int(math.log2(1 + cut.total))
        lines.append(f's{numbers[cut.source]} -> s{numbers[cut.target]} [weight={weight}, id="e{index}"];')
    lines.append("}")
    plain = _plain("\n".join(lines))
    return _read(plain, cards, drawn, len(proved) - len(drawn)) if plain else None


def _width(card: Card) -> float:
    """In inches, so that both lines of text fit: 12 px bold and 10.5 px."""
    title = min(len(card.name), MAX_NAME) + len(f"{card.number} · ")
    return max(110.0, 7.4 * title + 24, 5.8 * len(subtitle(card)) + 24) / _POINTS


def subtitle(card: Card) -> str:
    """The second line of a box."""
    return f"{counted(card.units, 'unit')} · {counted(len(card.tables), 'table')}"


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


def _read(plain: str, cards: list[Card], drawn: list[Cut], hidden: int) -> ServiceMap:
    by_id = {f"s{card.number}": card for card in cards}
    by_pair = {(cut.source, cut.target): cut for cut in drawn}
    width = height = 0.0
    boxes, arrows = [], []
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
            middle = _middle(points)
            points[-2:] = _pulled_back(points[-2], points[-1])
            path = f"M{points[0][0]} {points[0][1]}C" + " ".join(f"{x} {y}" for x, y in points[1:])
            arrows.append(Arrow(cut, path, _r(min(6.0, 1 + 0.7 * math.log2(1 + cut.total))), *middle))
    boxes.sort(key=lambda box: box.card.number)
    arrows.sort(key=lambda arrow: (-arrow.cut.total, arrow.cut.source, arrow.cut.target))
    return ServiceMap(_r(width + 2 * _MARGIN), _r(height + 2 * _MARGIN), boxes, arrows, hidden)


def _middle(points: list[Point]) -> Point:
    """The middle of a chain of cubic Bézier curves."""
    pieces = (len(points) - 1) // 3
    a, b, c, d = points[3 * (pieces // 2) :][:4] if pieces % 2 else [points[3 * (pieces // 2)]] * 4
    return _r((a[0] + 3 * b[0] + 3 * c[0] + d[0]) / 8), _r((a[1] + 3 * b[1] + 3 * c[1] + d[1]) / 8)


def _pulled_back(control: Point, end: Point) -> list[Point]:
    """The end of an arrow's line, moved back so that its head has room before the box."""
    dx, dy = end[0] - control[0], end[1] - control[1]
    length = math.hypot(dx, dy) or 1.0
    x, y = _HEAD * dx / length, _HEAD * dy / length
    return [(_r(control[0] - x), _r(control[1] - y)), (_r(end[0] - x), _r(end[1] - y))]


def _r(value: float) -> float:
    return round(value, 1)
