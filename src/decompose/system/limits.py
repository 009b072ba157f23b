"""Where the analysis itself ends: files that are not read, values that are not followed, failures of this program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose import defects
from decompose.facts import FileFacts
from decompose.linking import Linked
from decompose.linking.hierarchy import MAX_ANCESTORS
from decompose.linking.libraries.supposed_models import unknown_models
from decompose.linking.libraries.unread import unread_frameworks, unread_mappers, unread_runners
from decompose.linking.program import Scope
from decompose.linking.rendered import ELSEWHERE
from decompose.sources import SourceFile, SourceTree
from decompose.system.model import BlindSpot


def unreadable(tree: SourceTree, parsed: Iterable[tuple[SourceFile, FileFacts]]) -> Iterator[BlindSpot]:
    """Files that cannot be read, and those of the ``parsed`` ones that are no Python."""
    for file, facts in parsed:
        if facts.error:
            yield BlindSpot(
                kind="unparsed file", definition="", file=file.path, line=facts.error_line, reason=facts.error
            )
    for unread in tree.unread:
        yield BlindSpot(kind=unread.kind, definition="", file=unread.path, line=0, reason=unread.reason)


def limits_of_linking(linked: Linked) -> Iterator[BlindSpot]:
    """Where more comes together than is followed, what is known not to be read, and where this program failed."""
    scopes = linked.program.scopes
    for scope in _saturated(linked):
        yield _spot("too many values", scope, "more values reach a variable here than are followed")
    for scope in (scopes[index] for index in sorted(linked.left_short)):
        yield _spot("too many values", scope, "more lists, tables or tuples reach a variable here than are followed")
    yield from _large_families(linked)
    for scope in (scopes[index] for index in sorted(linked.cut_short)):
        if not scope.library:
            yield _spot(
                "too many values", scope, "what is registered or run here comes together in more ways than are followed"
            )
    for cls in (scopes[index] for index in sorted(linked.hierarchy.cut)):
        if not cls.library:
            yield _spot(
                "deep inheritance", cls, f"only the nearest {MAX_ANCESTORS} ancestors of this class are looked at"
            )
    for name, scope, line in unread_mappers(linked):
        yield _spot("unread data", scope, f"what {name} keeps is not read: its data are not among the tables", line)
    for cls, base in unknown_models(linked):
        yield _spot(
            "unknown table", cls, f"{base} is not in view: whether this is a model with a table of its own is not known"
        )
    for name, scope, line in unread_frameworks(linked):
        yield _spot(
            "unread routes", scope, f"routes of {name} are not read: what it serves is not among the entry points", line
        )
    for name, scope, line in unread_runners(linked):
        reason = f"what {name} runs is not read: it is not among the entry points"
        yield _spot("unread entry points", scope, reason, line)
    for index, line in sorted(linked.untold_routes):
        if not scopes[index].library and not linked.replaced(scopes[index]):
            yield _spot(
                "unread routes", scopes[index], "a route is registered whose path or view is not in the code", line
            )
    # Of a template of somebody else one place is enough.
    unfollowed = sorted(linked.program.rendered.not_followed, reverse=True)
    told = {n.reason if n.reason.endswith(ELSEWHERE) else n[:3]: n for n in unfollowed}
    for file, line, reason, index in told.values():
        yield BlindSpot(
            kind="unfollowed template", definition=scopes[index].definition, file=file, line=line, reason=reason
        )
    # What reads more than one frame fails in each of them.
    for scope_of_failure, line, why in {
        (f.scope if f is not None else None, n, w) for f, n, w in linked.engine.failures
    }:
        yield _spot(defects.KIND, scope_of_failure, why, line)


def _saturated(linked: Linked) -> list[Scope]:
    """The functions in which so much flows together that what lies beyond the limit is not followed."""
    saturated = linked.engine.saturated
    found: dict[str, Scope] = {}
    for frame in linked.engine.frames if saturated else ():
        scope = frame.scope
        if not scope.library and scope.definition not in found and not saturated.isdisjoint(frame.nodes):
            found[scope.definition] = scope
    return list(found.values())


def _large_families(linked: Linked) -> Iterator[BlindSpot]:
    """Where a declared type has so many subclasses that what these have in its place is not followed."""
    scopes = linked.program.scopes
    for index, line, declared, name in sorted(linked.engine.large_families.not_followed):
        if not scopes[index].library:
            count = len(linked.hierarchy.subclasses[declared])
            reason = (
                f".{name} of {scopes[declared].facts.name}: too many of its {count} subclasses have one of their own"
            )
            yield _spot("too many values", scopes[index], reason, line)


def _spot(kind: str, scope: Scope | None, reason: str, line: int = 0) -> BlindSpot:
    if scope is None:
        return BlindSpot(kind=kind, definition="", file="", line=line, reason=reason)
    return BlindSpot(
        kind=kind, definition=scope.definition, file=scope.module.file, line=line or scope.facts.line, reason=reason
    )
