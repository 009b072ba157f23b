"""In which order migrations run: after those that they name, and not as their files are named."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from decompose.facts import FileFacts, Op, ScopeFacts
from decompose.sources import SourceFile

Migration = tuple[SourceFile, FileFacts]
_Key = tuple[str, str]
"""Of Django's: the label of the application, and the name of the file."""

_Any = TypeVar("_Any", bound=Hashable)


def in_revision_order(migrations: Sequence[Migration]) -> list[Migration]:
    """Alembic's, each after those that it revises."""
    by_revision = {str(facts.scopes[0].names["revision"]): (file, facts) for file, facts in migrations}
    order = _after(sorted(by_revision), lambda revision: _parents(by_revision[revision][1]))
    return [by_revision[revision] for revision in order]


def in_order_of_dependencies(migrations: Sequence[Migration], label_of: Callable[[SourceFile], str]) -> list[Migration]:
    """Django's, each after those on which it depends, otherwise by their paths.

    Those that stand in place of others which are all there are left out: these do the same.
    """
    known = {file.path: (file, facts) for file, facts in sorted(migrations, key=lambda item: item[0].path)}
    named: dict[_Key, list[str]] = {}
    for file, _ in known.values():
        named.setdefault((label_of(file), file.module.rpartition(".")[2]), []).append(file.path)
    replaced = {path: _named(facts, "replaces") for path, (_, facts) in known.items()}
    squashed = {path for path, others in replaced.items() if others and all(other in named for other in others)}

    def standing_for(name: _Key) -> Iterator[str]:
        for path in named.get(name, ()):
            yield from (one for other in replaced[path] for one in named[other]) if path in squashed else (path,)

    before = {
        path: [p for n in _named(facts, "dependencies") for p in standing_for(n)] for path, (_, facts) in known.items()
    }
    for path, (_, facts) in known.items():
        for later in (p for name in _named(facts, "run_before") for p in standing_for(name)):
            before[later].append(path)
    return [known[path] for path in _after(known, before.__getitem__) if path not in squashed]


def _after(keys: Iterable[_Any], before: Callable[[_Any], Iterable[_Any]]) -> list[_Any]:
    """All keys in their order, but each after those that come before it; circles are cut where they are met."""
    known = dict.fromkeys(keys)
    ordered: dict[_Any, None] = {}
    for start in known:
        stack, waiting = [start], {start}
        while stack:
            pending = next((k for k in before(stack[-1]) if k in known and k not in ordered and k not in waiting), None)
            if pending is None:
                ordered.setdefault(stack.pop())
            else:
                stack.append(pending)
                waiting.add(pending)
    return list(ordered)


def _parents(facts: FileFacts) -> list[str]:
    down = facts.scopes[0].names["down_revision"]
    if isinstance(down, str):
        return [down]
    if isinstance(down, list) and isinstance(down[1], list):
        return [str(parent) for parent in down[1]]
    return []


def _named(facts: FileFacts, name: str) -> list[_Key]:
    """The migrations that the class of a migration names in a list, as pairs of label and name."""
    for scope in facts.scopes:
        if scope.qualname == "Migration" and name in scope.names:
            pairs = (
                one[1] if isinstance(one, list) and one[:1] == ["c"] else one
                for one in _elements(scope, scope.names[name])
            )
            return [(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    return []


def _elements(scope: ScopeFacts, ref: Any) -> list[Any]:
    """The elements of a list that is written where it is named."""
    named = next((o[2] for o in scope.ops if o[0] == Op.COPY and o[1] == ref), ref)
    if isinstance(named, list):
        return named[1] if isinstance(named[1], list) else []
    return next((list(o[3]) for o in scope.ops if o[0] == Op.CONTAINER and o[1] == named), [])
