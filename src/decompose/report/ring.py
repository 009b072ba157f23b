"""A map of services around a ring: for maps beside each other, in which matched services stand at the same place.

The page draws the same in ``script/09-ring.js``, for whichever candidates its reader chooses; a test holds both to the same lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.report.cuts import Cut
from decompose.report.service_map import heaviest
from decompose.report.ties import FAMILIES
from decompose.wording import counted

WIDTH = 540.0
MAX_PLACES = 60
"""Of more services there is no map."""

_LETTER = 7.6
_LETTERS = 16
_LEAST, _MOST = 8.5, 14.0
_PITCH = 31.0, 62.0
_HEIGHT = 400.0


class Place(NamedTuple):
    """Where a service stands; ``right`` is its column."""

    x: float
    y: float
    right: bool


class Dot(NamedTuple):
    """A service as it is drawn; ``lines`` are those of its name, beside the dot."""

    name: str
    number: int
    members: int
    place: Place
    radius: float
    lines: list[str]


class RingArrow(NamedTuple):
    """A drawn cut: the SVG paths of its line and its head. ``kind`` is a number in `FAMILIES`."""

    cut: Cut
    kind: int
    line: str
    head: str
    width: float


class Ring(NamedTuple):
    """The drawn services and arrows of one split, and in words how much of it that is."""

    width: float
    height: float
    dots: list[Dot]
    arrows: list[RingArrow]
    said: str


def places(count: int, width: float, longest: int) -> tuple[float, list[Place]]:
    """The height, and the places by number: in two columns that bulge, so that every name has a line of its own.

    ``longest``: letters of the longest name.
    """
    rows = max(1, math.ceil(count / 2))
    pitch = max(_PITCH[0], min(_PITCH[1], _HEIGHT / rows))
    names = _LETTER * min(longest, _LETTERS) + _MOST + 8
    reach = max(0.17 * width, min(0.26 * width, width / 2 - names))
    found = []
    for number in range(count):
        row = number % rows
        aside = reach * (0.7 + 0.3 * math.sqrt(1 - ((2 * row + 1) / rows - 1) ** 2))
        right = number >= rows
        found.append(Place(width / 2 + (aside if right else -aside), pitch * (row + 0.5) + 10, right))
    return rows * pitch + 20, found


def draw_ring(
    split: Split, cuts: Sequence[Cut], numbers: Mapping[str, int], count: int, longest: int, width: float = WIDTH
) -> Ring | None:
    """The map of ``split`` on a ring of ``count`` places, or None for too many; ``numbers`` are those of its services, from 1.

    ``longest``: letters of the longest name on this ring and those beside it.
    """
    if count > MAX_PLACES:
        return None
    height, at = places(count, width, longest)
    members = {service.name: len(service.units) + len(service.tables) for service in split.services}
    largest = max(members.values(), default=1) or 1
    dots = {}
    for name, number in numbers.items():
        place = at[number - 1]
        room = math.floor(((width - place.x if place.right else place.x) - _MOST - 8) / _LETTER)
        radius = _LEAST + (_MOST - _LEAST) * math.sqrt(members[name] / largest)
        dots[name] = Dot(name, number, members[name], place, radius, _lines(name, room))
    proved = [cut for cut in cuts if cut.total]
    drawn = heaviest(proved, len(dots))
    arrows = [_arrow(cut, dots[cut.source], dots[cut.target], width / 2) for cut in reversed(drawn)]
    shown = (
        f"the {len(drawn)} heaviest arrows of {len(proved)}"
        if len(drawn) < len(proved)
        else counted(len(proved), "arrow")
    )
    return Ring(width, height, list(dots.values()), arrows, f"{counted(len(dots), 'service')}; {shown}")


def _lines(name: str, most: int) -> list[str]:
    """In one line, or in two that part where words do."""
    joint = max(name.rfind("-", 0, most), name.rfind("_", 0, most)) + 1 if len(name) > most else 0
    parts = [name[:joint], name[joint:]] if joint else [name]
    return [part if len(part) <= most else f"{part[: max(1, most - 1)]}…" for part in parts]


def _arrow(cut: Cut, start: Dot, end: Dot, centre: float) -> RingArrow:
    """A curve beside that of the way back, with its head. In one column it bulges the more, the longer it is."""
    one, other = start.place, end.place
    dx, dy = other.x - one.x, other.y - one.y
    length = math.hypot(dx, dy) or 1.0
    middle = centre - one.x
    inward = 0.0
    if one.right == other.right:
        inward = math.copysign(min(22 + 0.55 * abs(dy), 1.9 * abs(middle)), middle)
    x = (one.x + other.x) / 2 + inward - dy / length * 12
    y = (one.y + other.y) / 2 + (0 if inward else dx / length * 12)

    def towards(dot: Dot, far: float) -> tuple[float, float, float, float]:
        size = math.hypot(x - dot.place.x, y - dot.place.y) or 1.0
        ux, uy = (x - dot.place.x) / size, (y - dot.place.y) / size
        return dot.place.x + ux * (dot.radius + far), dot.place.y + uy * (dot.radius + far), ux, uy

    from_x, from_y, _, _ = towards(start, 1.5)
    neck_x, neck_y, ux, uy = towards(end, 9)
    tip_x, tip_y, _, _ = towards(end, 1.5)
    corners = (tip_x, tip_y, neck_x - uy * 4.5, neck_y + ux * 4.5, neck_x + uy * 4.5, neck_y - ux * 4.5)
    return RingArrow(
        cut,
        FAMILIES.index(cut.main_family),
        f"M{from_x:.1f} {from_y:.1f}Q{x:.1f} {y:.1f} {neck_x:.1f} {neck_y:.1f}",
        "M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}z".format(*corners),
        min(4.5, 0.8 + 0.45 * math.log2(1 + cut.total)),
    )
