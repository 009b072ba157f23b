"""What Django's templates give to tags and filters of the application: rows, queries, forms, or all that they know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from decompose.facts import Op
from decompose.facts.records import ParameterKind
from decompose.linking.libraries.django_template_steps import arguments_of
from decompose.linking.program import Scope
from decompose.linking.values import Value

_CONTEXT = "context"
"""A tag whose first parameter is called so takes all that the template knows."""


class _Known(Protocol):
    @property
    def value(self) -> Value: ...


class Handed(NamedTuple):
    """A function of the application is given a value: for a parameter, or under a ``key`` of the dictionary that this is."""

    function: int
    parameter: str
    value: Value
    key: str = ""


def handed_to_filter(function: Scope, rows: Iterable[_Known]) -> Iterator[Handed]:
    """What a filter stands behind is its first argument."""
    for parameter in function.facts.parameters[:1]:
        yield from (Handed(function.index, parameter[0], row.value) for row in rows)


def handed_to_tag(
    function: Scope,
    arguments: str,
    known: Mapping[str, Iterable[_Known]],
    asked: Callable[[str, str], Iterable[_Known]],
) -> Iterator[Handed]:
    """The arguments of a tag, by position or by name, and what the template knows if the tag takes that.

    ``asked`` gives the values at the end of a path, after a filter.
    """
    parameters = [(name, kind) for name, _, _, _, kind in function.facts.parameters]
    if parameters and parameters[0][0] == _CONTEXT:
        del parameters[0]
        for key in sorted(asked_of_context(function) & known.keys()):
            rows = known[key]
            yield from (Handed(function.index, _CONTEXT, row.value, key) for row in rows)
    places = [name for name, kind in parameters if kind == ParameterKind.POSITIONAL]
    position = 0
    for given, path, filtered in arguments_of(arguments):
        name = given or (places[position] if position < len(places) else "")
        position += not given
        if name and path:
            yield from (Handed(function.index, name, row.value) for row in asked(path, filtered))


def asked_of_context(function: Scope) -> set[str]:
    """The names by which a tag may ask what the template knows, if it takes that."""
    found: set[str] = set()
    if not function.facts.parameters or function.facts.parameters[0][0] != _CONTEXT:
        return found
    for operation in function.facts.ops:
        if operation[0] == Op.ITEM and isinstance(operation[3], str):
            found.add(operation[3])
        elif operation[0] == Op.CALL:
            found.update(
                ref[1] for ref in operation[3] if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], str)
            )
    return found
