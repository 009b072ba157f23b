"""Programs that the project's own configuration declares -> commands."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.sources import COMMANDS


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each declared program under its own name, at the line that declares it."""
    for entry in linked.engine.declared:
        handler = scope_at(linked, entry.target) if entry.group in COMMANDS else None
        if handler is not None:
            yield FoundEntry("command", entry.name, handler, entry.file, entry.line)
