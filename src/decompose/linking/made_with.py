"""What an object was made with, where that decides what a library calls on it: ``Form(data=...).save()`` creates, ``Form(row, data=...).save()`` updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.linking.effects import effects_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

_MAX_STEPS = 8
_GIVE_ONE_OR_NONE = frozenset({"first", "last", "one_or_none", "scalar_one_or_none"})
"""Methods that may find nothing, whatever they are of: what they give may not be there."""


def was_given(engine: Engine, site: Site, name: str, mark: str) -> bool | None:
    """Whether the object that a method is called on was made with the first argument, ``name``; None where that is not seen.

    Its maker is a call that also names the argument ``mark``, or one of a class.
    """
    scope = site.frame.scope
    answers = {
        answer
        for base, _ in scope.attributes_read(site.operation[2])
        for answer in _answers(engine, site, scope, base, name, mark)
    }
    return answers.pop() if len(answers) == 1 else None


def _answers(engine: Engine, site: Site, scope: Scope, base: Ref, name: str, mark: str) -> Iterator[bool | None]:
    waiting, seen = [base], set[Any]()
    while waiting and len(seen) < _MAX_STEPS:
        ref = waiting.pop()
        seen.add(ref)
        producers = scope.operations_producing(ref)
        if not producers:
            yield _handed(engine, site, scope, ref, name)
        for operation in producers:
            if operation[0] in (Op.COPY, Op.NARROW):
                if operation[2] not in seen:
                    waiting.append(operation[2])
            elif operation[0] == Op.CALL and _makes(engine, scope, operation, mark):
                yield _is_given(scope, operation, name)
            else:
                yield None
    if waiting:
        yield None


def _makes(engine: Engine, scope: Scope, operation: list[Any], mark: str) -> bool:
    if any(keyword == mark for keyword, _ in operation[4]):
        return True
    return any(engine.values[value][0] == "C" for value in engine.names.evaluate(scope, operation[2]))


def _is_given(scope: Scope, operation: list[Any], name: str) -> bool | None:
    arguments, keywords = operation[3], dict(operation[4])
    if None in keywords or any(type(ref) is list and ref[0] == "*" for ref in arguments):
        return None
    if name not in keywords and not arguments:
        return False
    ref = keywords[name] if name in keywords else arguments[0]
    if _is_none(ref):
        return False
    producers = scope.operations_producing(ref)
    if any(o[0] == Op.COPY and _is_none(o[2]) for o in producers):
        return None
    asked = [o[2] for o in producers if o[0] == Op.CALL]
    found = {name for callee in asked for _, name in scope.attributes_read(callee)}
    return None if found & _GIVE_ONE_OR_NONE else True


def _is_none(ref: Ref) -> bool:
    return type(ref) is list and ref[0] == "c" and ref[1] is None


def _handed(engine: Engine, site: Site, scope: Scope, ref: Ref, name: str) -> bool | None:
    """What a library says of the object that it hands to a method which takes the place of one of its own."""
    position = next((i for i, parameter in enumerate(scope.facts.parameters) if parameter[1] == ref), -1)
    described = engine.values[site.frame.receiver] if site.frame.receiver >= 0 else ("",)
    if position < 0 or described[0] != "I":
        return None
    for owner in engine.hierarchy.order(engine.program.scopes[described[1]]):
        stated = owner.facts.names.get(scope.facts.name) if owner.library else None
        replaced = owner.function_below(stated) if stated is not None else None
        if replaced is None or position >= len(replaced.facts.parameters):
            continue
        own = replaced.facts.parameters[position][0]
        for effect, arguments in effects_of(engine, replaced):
            if effect in ("hands_made_with", "hands_made_without") and arguments == [own, name]:
                return effect == "hands_made_with"
    return None
