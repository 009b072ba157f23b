"""Where the outside world enters, as recognisers of libraries find it."""

from __future__ import annotations

import re
from functools import partial
from typing import cast

from decompose.facts import HOLE
from decompose.linking import Linked
from decompose.linking.libraries import ENTRY_POINTS
from decompose.system.model import EntryPoint, EntryPointKind


def entry_points_of(linked: Linked) -> list[EntryPoint]:
    """All entry points, sorted."""
    found: dict[tuple[str, str, str], EntryPoint] = {}
    for recognise in ENTRY_POINTS:
        for entry in linked.engine.safely(partial(recognise, linked)):
            kind = cast("EntryPointKind", entry.kind)
            made = EntryPoint(
                kind=kind,
                name=entry.name.replace(HOLE, "*"),
                handler=entry.handler.definition,
                file=entry.file,
                line=entry.line,
                method=entry.method.definition if entry.method is not None else "",
            )
            found.setdefault((kind, made.name, made.handler), made)
    # Below a prefix that may be there or not, a route is one: that which is known whole.
    kept = (e for e in found.values() if not (" /<dynamic>" in e.name and _without_prefix(e) in found))
    return sorted(kept, key=lambda e: (e.kind, e.name, e.handler))


def _without_prefix(entry: EntryPoint) -> tuple[str, str, str]:
    """What the route of an entry point is where there is no prefix."""
    return entry.kind, re.sub("/<dynamic>/?", "/", entry.name, count=1), entry.handler
