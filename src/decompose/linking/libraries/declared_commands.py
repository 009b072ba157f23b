"""Programs that the project's own configuration declares -> commands; functions in a cloud that a template declares -> tasks."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.sources import CLOUD_FUNCTIONS, COMMANDS

_KINDS = {CLOUD_FUNCTIONS: "task", **dict.fromkeys(COMMANDS, "command")}


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each declared program or function under its own name, at the line that declares it."""
    whole: dict[str, str] = {}
    for entry in linked.engine.declared:
        if entry.group == CLOUD_FUNCTIONS:
            whole[entry.name] = max(whole.get(entry.name, ""), entry.target, key=len)
    for entry in linked.engine.declared:
        kind = _KINDS.get(entry.group, "")
        handler = scope_at(linked, entry.target) if kind else None
        if handler is not None and (entry.group != CLOUD_FUNCTIONS or _stands_at(handler, whole[entry.name])):
            yield FoundEntry(kind, entry.name, handler, entry.file, entry.line)


def _stands_at(handler: Scope, target: str) -> bool:
    """Whether a function is in the file that a template names: modules of one name may stand in several folders."""
    path = target.partition(":")[0].replace(".", "/")
    return f"/{handler.module.file}".endswith((f"/{path}.py", f"/{path}/__init__.py"))
