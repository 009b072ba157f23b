"""Functions that a decorator of the application's own marks, for somebody who registers all that are marked.

``view.rule = path`` in the decorator, and a loop over the members of an object that registers each with ``view.rule``: which
functions the loop meets nothing else tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.linked import Linked
from decompose.linking.origins import Given
from decompose.linking.program import Scope
from decompose.made_once import made_once

_MAX_STEPS = 60
_ADDING = frozenset({"append", "add"})
_PASSING = frozenset({Op.COPY, Op.ITEM, Op.ITERATE})


class _Set(NamedTuple):
    """What a decorator sets as an attribute of what it decorates, or puts into the lists and tables that it keeps there."""

    name: str
    value: Ref
    among_others: bool


class Marked(NamedTuple):
    """A function that is marked, what settles the attributes that are read of it, and where that is so."""

    function: Scope
    decoration: Site
    decorator: Scope
    settled: Given


def marked(linked: Linked, site: Site, view: Ref) -> list[Marked]:
    """The functions that are marked with what a call is given beside the value ``view``, if that may be any member of something."""
    scope = site.frame.scope
    if type(view) is not int or not (marks := _marks(linked)):
        return []
    same = _same(scope, view)
    attributes = (o for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and type(o[2]) is int)
    read = {o[1]: o[3] for o in attributes if o[2] in same and o[3] in marks}
    if not read or not (members := _members(scope, same)):
        return []
    given_to_it = [*site.operation[3], *(ref for _, ref in site.operation[4]), site.operation[2]]
    used = _behind(scope, given_to_it) & read.keys()
    names = {read[node] for node in used}
    found: list[Marked] = []
    for decorator, sets in {d.index: (d, s) for name in sorted(names) for d, s in marks[name]}.values():
        settled = dict(_settled(scope, used, read, decorator, sets))
        for decoration in linked.sites_leading_to(decorator) if settled else ():
            function = decoration.frame.scope.function_below(next(iter(decoration.arguments), -1))
            if function is not None and decoration.kind == "decorate" and members.may_be(linked, function):
                found.append(Marked(function, decoration, decorator, settled))
    return _once(found)


def _once(found: list[Marked]) -> list[Marked]:
    """Each decoration once, in however many frames it is."""
    return list(
        {(m.decoration.frame.scope.index, m.decoration.operation[1], m.decorator.index): m for m in found}.values()
    )


class _Members(NamedTuple):
    """Whose members a value may be: those of an object of a class and of the classes below it; anybody's."""

    cls: Scope | None

    def may_be(self, linked: Linked, function: Scope) -> bool:
        """Whether a function is such a member."""
        if self.cls is None:
            return True
        return function.parent is not None and linked.inherits(function.parent, self.cls.definition)


@made_once
def _marks(linked: Linked) -> dict[str, list[tuple[Scope, list[_Set]]]]:
    """Name of an attribute -> the functions that set it on what they are given and give back, with all that they set."""
    found: dict[str, list[tuple[Scope, list[_Set]]]] = {}
    for module in linked.program.modules:
        for scope in module.scopes if not module.library else ():
            if scope.is_function and scope.facts.parameters and scope.facts.returns:
                sets = list(_sets(scope))
                for name in dict.fromkeys(each.name for each in sets):
                    found.setdefault(name, []).append((scope, sets))
    return found


def _sets(function: Scope) -> Iterator[_Set]:
    if not any(o[0] == Op.SET_ATTRIBUTE for o in function.facts.ops):
        return
    first = function.facts.parameters[0][1]
    given_back = {function.copied_from(ref) for ref in function.facts.returns if type(ref) is int}
    own: set[int] = {
        ref
        for ref in given_back
        if type(ref) is int and (ref == first or any(o[0] == Op.FUNCTION for o in function.operations_producing(ref)))
    }
    for operation in function.facts.ops if own else ():
        if operation[0] == Op.SET_ATTRIBUTE:
            if _is_one_of(function, operation[1], own) and not operation[2].startswith("__"):
                yield _Set(operation[2], operation[3], among_others=False)
        elif operation[0] == Op.CALL and operation[3]:
            for of, name in function.attributes_read(operation[2]):
                kept = _kept_in(function, of, own) if name in _ADDING else ""
                if kept:
                    yield _Set(kept, operation[3][0], among_others=True)


def _is_one_of(function: Scope, ref: Ref, own: set[int]) -> bool:
    copied = function.copied_from(ref)
    return type(copied) is int and copied in own


def _kept_in(function: Scope, ref: Ref, own: set[int]) -> str:
    """The attribute of what is decorated that holds a list, itself or in a table."""
    for _ in range(_MAX_STEPS):
        operation = next(iter(function.operations_producing(ref)), None)
        if operation is None:
            return ""
        if operation[0] == Op.ATTRIBUTE and _is_one_of(function, operation[2], own):
            return str(operation[3])
        if operation[0] not in _PASSING:
            return ""
        ref = operation[2]
    return ""


def _same(scope: Scope, ref: int) -> set[int]:
    """The nodes of a value in its function, however often it is bound anew, or wrapped by what takes it alone."""
    found, waiting = {ref}, [ref]
    while waiting and len(found) < _MAX_STEPS:
        node = waiting.pop()
        made = scope.operations_producing(node)
        before = [o[2] for o in made if o[0] == Op.COPY]
        if len(made) == 1 and made[0][0] == Op.CALL and len(made[0][3]) == 1 and not made[0][4] and len(found) > 1:
            before.append(made[0][3][0])
        after = [o[1] for o in scope.facts.ops if o[0] == Op.COPY and o[2] == node]
        for other in (*before, *after):
            if type(other) is int and other >= 0 and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _members(scope: Scope, same: set[int]) -> _Members | None:
    """Whose members come under a name that is computed, or in a loop over what something has; None for a value of another kind."""
    own = scope.facts.parameters[0][1] if scope.is_method and scope.facts.parameters else -1
    for operation in (o for node in sorted(same) for o in scope.operations_producing(node)):
        if operation[0] == Op.CALL and len(operation[3]) > 1 and type(operation[3][1]) is int:
            named = [o[2] for o in scope.operations_producing(operation[2]) if o[0] == Op.FREE]
            if named == ["getattr"]:
                of_itself = own != -1 and scope.copied_from(operation[3][0]) == own
                return _Members(scope.parent if of_itself else None)
        row = operation[2] if operation[0] == Op.ITEM else operation[1]
        loops = (o for o in scope.operations_producing(row) if o[0] == Op.ITERATE)
        if any(o[0] == Op.CALL for loop in loops for o in scope.operations_producing(scope.copied_from(loop[2]))):
            return _Members(None)
    return None


def _behind(scope: Scope, refs: list[Ref]) -> set[int]:
    """The nodes that come before some others, as far as attributes."""
    found: set[int] = set()
    waiting = list(refs)
    while waiting and len(found) < _MAX_STEPS:
        ref = waiting.pop()
        if isinstance(ref, list) and ref and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0 or ref in found:
            continue
        found.add(ref)
        for operation in scope.operations_producing(ref):
            if operation[0] in _PASSING:
                waiting.append(operation[2])
            elif operation[0] == Op.CALL:
                waiting += [operation[2], *operation[3], *(each for _, each in operation[4])]
            elif operation[0] == Op.CONTAINER:
                waiting += operation[3]
    return found


def _settled(
    scope: Scope, used: set[int], read: dict[int, str], decorator: Scope, sets: list[_Set]
) -> Iterator[tuple[tuple[int, int], tuple[Scope, Any]]]:
    """What the attributes that are read hold, or each element of them in a loop."""
    for node in used:
        for each in sets:
            if read[node] == each.name:
                if not each.among_others:
                    yield (scope.index, node), (decorator, each.value)
                for loop in scope.facts.ops if each.among_others else ():
                    if loop[0] == Op.ITERATE and node in _passed(scope, loop[2]):
                        yield (scope.index, loop[1]), (decorator, each.value)


def _passed(scope: Scope, ref: Ref) -> set[int]:
    """The nodes through which an element, or an element of an element, is come to."""
    found: set[int] = set()
    while type(ref) is int and ref >= 0 and ref not in found:
        found.add(ref)
        ref = next((o[2] for o in scope.operations_producing(ref) if o[0] in (Op.COPY, Op.ITEM)), -1)
    return found
